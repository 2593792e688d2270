#!lua flags=no-writes
-- The receivers for which a delivery is due.
-- Input: KEYS[1] receivers; limit.
-- Output: ms until the first that is not due (empty when there is none), then the names of those that are.
local time = redis.call('TIME')
local now = string.format('%.0f', math.floor((time[1] * 1000000 + time[2]) / 1000))
local answer = redis.call('ZRANGE', KEYS[1], '-inf', now, 'BYSCORE', 'LIMIT', 0, ARGV[1])
local later = redis.call('ZRANGE', KEYS[1], '(' .. now, '+inf', 'BYSCORE', 'LIMIT', 0, 1, 'WITHSCORES')
table.insert(answer, 1, later[2] and string.format('%.0f', later[2] - now) or '')
return answer
