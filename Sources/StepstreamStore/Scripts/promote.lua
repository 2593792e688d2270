#!lua flags=allow-oom
-- Publishes the messages of timers that are due; a timer is published by whoever removes it, so once.
-- Input: KEYS[1] timers; per timer its text, number of the queue's key, operation, step, action, definition.
-- Output: how many were published.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local promoted = 0
for i = 1, #ARGV, 6 do
    local score = redis.call('ZSCORE', KEYS[1], ARGV[i])
    if score and tonumber(score) <= now then
        redis.call('ZREM', KEYS[1], ARGV[i])
        redis.call('XADD', KEYS[tonumber(ARGV[i + 1])], '*',
            'operation', ARGV[i + 2], 'step', ARGV[i + 3], 'action', ARGV[i + 4], 'definition', ARGV[i + 5])
        promoted = promoted + 1
    end
end
return promoted
