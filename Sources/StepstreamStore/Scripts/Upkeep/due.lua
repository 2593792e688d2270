#!lua flags=no-writes
--@include arguments
--@include clock
-- What is due of a sorted set by time, at most `limit`: timers, or receivers of webhooks.
-- Answers ms until the first member that is not due (empty when there is none), and the members that are.
-- KEYS: index
-- ARGV: limit
-- answer: wait due
local index = KEYS[1]
local limit = take()
local due = redis.call('ZRANGE', index, '-inf', now_text, 'BYSCORE', 'LIMIT', 0, limit)
local later = redis.call('ZRANGE', index, '(' .. now_text, '+inf', 'BYSCORE', 'LIMIT', 0, 1, 'WITHSCORES')
local wait = later[2] and texts[later[2] - now] or ''
return { wait, due }
