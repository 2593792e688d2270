#!lua flags=allow-oom
--@include arguments
-- Keeps the answer to the first request of an idempotency key, once; the answer comes after the operation was accepted, so memory is not asked.
-- `life` is how long the record is kept, in ms. Answers 1 when the answer was kept.
-- KEYS: record
-- ARGV: id answer life
local record = KEYS[1]
local id, answer, life = take(), take(), take()
if redis.call('HGET', record, 'operation') ~= id then return 0 end
redis.call('HDEL', record, 'holder', 'until')
redis.call('PEXPIRE', record, life)
return redis.call('HSETNX', record, 'answer', answer)
