#!lua flags=allow-oom
-- Hands operations whose total time is over to one worker: their timers are put off, and come again should that worker die.
-- Input: KEYS[1] timers, then the operations; ms until they come again, then the timers' texts in the same order.
-- Output: the timers' texts that are this worker's now.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local ended = { Succeeded = true, Failed = true, Canceled = true }
local answer = {}
for i = 2, #ARGV do
    local score = redis.call('ZSCORE', KEYS[1], ARGV[i])
    if score and tonumber(score) <= now then
        local status = redis.call('HGET', KEYS[i], 'status')
        if not status or ended[status] then
            redis.call('ZREM', KEYS[1], ARGV[i])
        else
            redis.call('ZADD', KEYS[1], string.format('%.0f', now + ARGV[1]), ARGV[i])
            answer[#answer + 1] = ARGV[i]
        end
    end
end
return answer
