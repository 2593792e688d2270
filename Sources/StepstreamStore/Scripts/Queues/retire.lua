#!lua flags=allow-oom
--@include arguments
--@include fields
-- Removes a consumer that holds nothing and has been idle for `idle` ms: with entries pending its removal would make them unreachable.
-- Answers 1 when it was removed.
-- KEYS: queue
-- ARGV: consumer idle
local queue = KEYS[1]
local consumer, idle = take(), count()
for _, list in ipairs(redis.call('XINFO', 'CONSUMERS', queue, 'workers')) do
    local found = by_name(list)
    if found.name == consumer and found.pending == 0 and found.idle >= idle then
        redis.call('XGROUP', 'DELCONSUMER', queue, 'workers', consumer)
        return 1
    end
end
return 0
