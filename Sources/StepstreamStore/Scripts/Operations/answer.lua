#!lua flags=allow-oom
-- Keeps the answer to the first request of an idempotency key, once; the answer comes after the operation was accepted, so memory is not asked.
-- Input: KEYS[1] the key's record; ID, answer, time to live in ms.
-- Output: 1 when it was kept.
if redis.call('HGET', KEYS[1], 'operation') ~= ARGV[1] then return 0 end
redis.call('HDEL', KEYS[1], 'holder', 'until')
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return redis.call('HSETNX', KEYS[1], 'answer', ARGV[2])
