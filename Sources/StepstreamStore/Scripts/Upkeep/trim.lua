#!lua flags=allow-oom
-- Removes index entries whose operation has expired.
-- Input: KEYS[1] ended, KEYS[2] attention, then the operations; their IDs in the same order.
-- Output: the numbers, from 1 on, of the operations that are still there.
local kept = {}
for i, id in ipairs(ARGV) do
    if redis.call('EXISTS', KEYS[i + 2]) == 1 then
        kept[#kept + 1] = i
    else
        redis.call('ZREM', KEYS[1], id)
        redis.call('ZREM', KEYS[2], id)
    end
end
return kept
