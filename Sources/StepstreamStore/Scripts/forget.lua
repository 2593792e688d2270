#!lua flags=allow-oom
-- Forgets an operation that has ended.
-- Input: KEYS[1] the operation, KEYS[2] live, KEYS[3] ended, KEYS[4] attention; ID.
-- Output: `forgotten`, `not-ended` or `absent`.
local status = redis.call('HGET', KEYS[1], 'status')
if not status then return 'absent' end
if status == 'NotStarted' or status == 'Running' then return 'not-ended' end
redis.call('UNLINK', KEYS[1])
redis.call('ZREM', KEYS[3], ARGV[1])
redis.call('ZREM', KEYS[4], ARGV[1])
return 'forgotten'
