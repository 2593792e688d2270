#!lua flags=allow-oom
-- Removes a consumer that holds nothing: with entries pending its removal would make them unreachable.
-- Input: KEYS[1] the queue; consumer, idle time in ms that it must have reached.
-- Output: 1 when it was removed.
for _, pairs_of_consumer in ipairs(redis.call('XINFO', 'CONSUMERS', KEYS[1], 'workers')) do
    local found = {}
    for i = 1, #pairs_of_consumer, 2 do found[pairs_of_consumer[i]] = pairs_of_consumer[i + 1] end
    if found.name == ARGV[1] and found.pending == 0 and found.idle >= tonumber(ARGV[2]) then
        redis.call('XGROUP', 'DELCONSUMER', KEYS[1], 'workers', ARGV[1])
        return 1
    end
end
return 0
