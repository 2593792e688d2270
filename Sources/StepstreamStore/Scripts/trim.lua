#!lua flags=allow-oom
-- Removes index entries whose operation has expired.
-- Input: KEYS[1] ended, KEYS[2] attention, then the operations; their IDs in the same order.
-- Output: how many entries were removed.
local removed = 0
for i, id in ipairs(ARGV) do
    if redis.call('EXISTS', KEYS[i + 2]) == 0 then
        removed = removed + redis.call('ZREM', KEYS[1], id)
        redis.call('ZREM', KEYS[2], id)
    end
end
return removed
