#!lua
-- Binds an idempotency key to an ID, unless it is bound, and says how its first request stands.
-- Input: KEYS[1] the key's record; ID, fingerprint, time to live in ms, name of the request, how long in ms it may take until it is accepted.
-- Output: `reserved`; or `bound` with the ID and how long ago in ms the key was first used (its first request broke off, this one takes its place); or `accepting` with the ID; or `answered` with
--         the first answer; or `conflict`.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local bound = redis.call('HMGET', KEYS[1], 'operation', 'fingerprint', 'answer', 'until', 'holder', 'since')
if bound[1] and bound[2] ~= ARGV[2] then return { 'conflict' } end
if bound[3] then return { 'answered', bound[3] } end
-- The same request asks once more, because its answer was lost: it does not wait for itself.
local is_repeated = bound[5] == ARGV[4]
if bound[1] and bound[4] and tonumber(bound[4]) > now and not is_repeated then return { 'accepting', bound[1] } end
local id = bound[1] or ARGV[1]
local since = bound[6] or string.format('%.0f', now)
redis.call('HSET', KEYS[1], 'operation', id, 'fingerprint', ARGV[2], 'holder', ARGV[4], 'until', string.format('%.0f', now + ARGV[5]), 'since', since)
redis.call('PEXPIRE', KEYS[1], ARGV[3])
if bound[1] and not (is_repeated and id == ARGV[1]) then return { 'bound', id, string.format('%.0f', now - since) } end
return { 'reserved' }
