#!lua flags=allow-oom
--@include arguments
-- Deletes an operation that has ended, and the ledger of its deliveries.
-- KEYS: operation ended attention ledger ledgers
-- ARGV: id
-- codes: deleted not-ended absent
local operation, ended, attention, ledger, ledgers = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local id = take()
local status = redis.call('HGET', operation, 'status')
if not status then return 'absent' end
if status == 'NotStarted' or status == 'Running' then return 'not-ended' end
redis.call('UNLINK', operation, ledger)
redis.call('ZREM', ledgers, id)
redis.call('ZREM', ended, id)
redis.call('ZREM', attention, id)
return 'deleted'
