#!lua flags=allow-oom
--@include arguments
-- Removes index entries whose operation has expired.
-- The operations stand behind the other keys, in order. Answers the numbers, from 1 on, of those that are still there.
-- KEYS: ended attention
-- operation: id
local ended, attention = KEYS[1], KEYS[2]
local kept = {}
for i = 3, #KEYS do
    local id = take()
    if redis.call('EXISTS', KEYS[i]) == 1 then
        kept[#kept + 1] = i - 2
    else
        redis.call('ZREM', ended, id)
        redis.call('ZREM', attention, id)
    end
end
return kept
