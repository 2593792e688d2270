#!lua flags=allow-oom
-- Makes the groups of queues where they are missing, at `0`, never `$`: what was published before is work too.
-- With the allow-oom flag, though it takes memory: a worker that cannot read can never finish what fills Redis.
-- Input: KEYS[1] the set of queues, then the queues; their names in the same order.
-- Output: how many were made.
local made = 0
for i, name in ipairs(ARGV) do
    local answer = redis.pcall('XGROUP', 'CREATE', KEYS[i + 1], 'workers', '0', 'MKSTREAM')
    if not answer.err then
        made = made + 1
    elseif string.sub(answer.err, 1, 9) ~= 'BUSYGROUP' then
        return answer
    end
    redis.call('SADD', KEYS[1], name)
end
return made
