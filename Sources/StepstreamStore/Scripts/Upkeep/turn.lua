#!lua flags=allow-oom
--@include arguments
-- Gives the turn at a duty to one worker for `duration` ms, or leaves it with the one that has it. Answers 1 when it is this consumer's.
-- KEYS: turn
-- ARGV: consumer duration
local turn = KEYS[1]
local consumer, duration = take(), take()
local holder = redis.call('GET', turn)
if holder and holder ~= consumer then return 0 end
redis.call('SET', turn, consumer, 'PX', duration)
return 1
