#!lua flags=no-writes
-- The timers that are due.
-- Input: KEYS[1] timers; limit.
-- Output: ms until the first timer that is not due (empty when there is none), then the due timers.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local answer = redis.call('ZRANGE', KEYS[1], '-inf', now, 'BYSCORE', 'LIMIT', 0, ARGV[1])
local later = redis.call('ZRANGE', KEYS[1], '(' .. string.format('%.0f', now), '+inf', 'BYSCORE', 'LIMIT', 0, 1, 'WITHSCORES')
table.insert(answer, 1, later[2] and string.format('%.0f', later[2] - now) or '')
return answer
