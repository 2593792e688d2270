#!lua
-- Binds an idempotency key to an ID, unless it is bound.
-- Input: KEYS[1] the key's record; ID, fingerprint, time to live in ms.
-- Output: `reserved`; or `bound` with the ID; or `conflict`.
local bound = redis.call('HMGET', KEYS[1], 'operation', 'fingerprint')
if bound[1] then
    if bound[2] ~= ARGV[2] then return { 'conflict' } end
    return { 'bound', bound[1] }
end
redis.call('HSET', KEYS[1], 'operation', ARGV[1], 'fingerprint', ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return { 'reserved' }
