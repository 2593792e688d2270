#!lua flags=allow-oom
-- Gives the turn at a duty to one worker, or leaves it with the one that has it.
-- Input: KEYS[1] the turn; consumer, time in ms until it is anyone's.
-- Output: 1 when it is this consumer's.
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
