#!lua flags=allow-oom
--@include arguments
--@include clock
--@include statuses
-- Gives operations that have passed their deadline to one worker: their timers are put off by `delay` ms, and come again should that worker die.
-- The operations stand behind the other keys, in the order of their timers. Answers the timers that are this worker's now.
-- KEYS: timers
-- ARGV: delay
-- deadline: timer
local timers = KEYS[1]
local delay = count()
local answer = {}
for i = 2, #KEYS do
    local timer = take()
    local score = redis.call('ZSCORE', timers, timer)
    if score and tonumber(score) <= now then
        local status = redis.call('HGET', KEYS[i], 'status')
        if not status or has_ended[status] then
            redis.call('ZREM', timers, timer)
        else
            redis.call('ZADD', timers, texts[now + delay], timer)
            answer[#answer + 1] = timer
        end
    end
end
return answer
