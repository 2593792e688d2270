#!lua flags=allow-oom
-- Forgets an operation that has ended.
-- Input: KEYS[1] the operation, KEYS[2] live, KEYS[3] ended, KEYS[4] attention, KEYS[5] the ledger of its deliveries, KEYS[6] ledgers; ID.
-- Output: `deleted`, `not-ended` or `absent`.
local status = redis.call('HGET', KEYS[1], 'status')
if not status then return 'absent' end
if status == 'NotStarted' or status == 'Running' then return 'not-ended' end
redis.call('UNLINK', KEYS[1], KEYS[5])
redis.call('ZREM', KEYS[6], ARGV[1])
redis.call('ZREM', KEYS[3], ARGV[1])
redis.call('ZREM', KEYS[4], ARGV[1])
return 'deleted'
