#!lua flags=allow-oom
--@include arguments
-- Makes the groups of queues where they are missing, at `0`, never `$`: what was published before is work too.
-- With the allow-oom flag, though it takes memory: a worker that cannot read can never finish what fills Redis.
-- The streams of the queues stand behind the other keys, in order. Answers how many groups were made.
-- KEYS: queues
-- queue: name
local queues = KEYS[1]
local made = 0
for i = 2, #KEYS do
    local name = take()
    local answer = redis.pcall('XGROUP', 'CREATE', KEYS[i], 'workers', '0', 'MKSTREAM')
    if not answer.err then
        made = made + 1
    elseif string.sub(answer.err, 1, 9) ~= 'BUSYGROUP' then
        return answer
    end
    redis.call('SADD', queues, name)
end
return made
