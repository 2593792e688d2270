#!lua
-- Binds an idempotency key to an ID, unless it is bound, and says how its first request stands.
-- Input: KEYS[1] the key's record; ID, fingerprint, time to live in ms, name of the request, how long in ms it may take until it is accepted.
-- Output: `reserved`; or `bound` with the ID (its first request broke off, this one takes its place); or `accepting` with the ID; or `answered` with
--         the first answer; or `conflict`.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local bound = redis.call('HMGET', KEYS[1], 'operation', 'fingerprint', 'answer', 'until')
if bound[1] and bound[2] ~= ARGV[2] then return { 'conflict' } end
if bound[3] then return { 'answered', bound[3] } end
if bound[1] and bound[4] and tonumber(bound[4]) > now then return { 'accepting', bound[1] } end
local id = bound[1] or ARGV[1]
redis.call('HSET', KEYS[1], 'operation', id, 'fingerprint', ARGV[2], 'holder', ARGV[4], 'until', string.format('%.0f', now + ARGV[5]))
redis.call('PEXPIRE', KEYS[1], ARGV[3])
if bound[1] then return { 'bound', id } end
return { 'reserved' }
