#!lua flags=allow-oom
--@include arguments
--@include clock
--@include message
-- Publishes the messages of timers that are due; a timer is published by whoever removes it, so once. Answers how many were published.
-- KEYS: timers reconciler
-- timer: member stream operation id step direction definition
local timers, reconciler = KEYS[1], KEYS[2]
local promoted, orphans = 0, 0
while has_more() do
    local member, stream, operation, id, step, direction, definition = take(), KEYS[count()], KEYS[count()], take(), take(), take(), take()
    local score = redis.call('ZSCORE', timers, member)
    if score and tonumber(score) <= now then
        redis.call('ZREM', timers, member)
        if redis.call('EXISTS', operation) == 1 then
            redis.call('HSET', operation, entry_field(step, direction), add_message(stream, id, step, direction, definition))
            promoted = promoted + 1
        else
            orphans = orphans + 1
        end
    end
end
if orphans > 0 then redis.call('HINCRBY', reconciler, 'orphans', orphans) end
return promoted
