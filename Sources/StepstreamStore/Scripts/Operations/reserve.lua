#!lua
--@include arguments
--@include clock
-- Binds an idempotency key to an ID, unless it is bound, and says how its first request stands.
-- `life` is how long the record is kept, `acceptance` how long the request may take until it is accepted, in ms.
-- Answers `reserved`; or `bound` with the ID and how long ago in ms the key was first used (its first request broke off, this one takes its
-- place); or `accepting` with the ID; or `answered` with the first answer; or `conflict`.
-- KEYS: record
-- ARGV: id fingerprint life request acceptance
-- answer: code value age
-- codes: reserved bound accepting answered conflict
local record = KEYS[1]
local id, fingerprint, life, request, acceptance = take(), take(), take(), take(), count()
local function answer(code, value, age) return { code, value, age } end
local bound = redis.call('HMGET', record, 'operation', 'fingerprint', 'answer', 'until', 'holder', 'since')
if bound[1] and bound[2] ~= fingerprint then return answer('conflict') end
if bound[3] then return answer('answered', bound[3]) end
-- The same request asks once more, because its answer was lost: it does not wait for itself.
local is_repeated = bound[5] == request
if bound[1] and bound[4] and tonumber(bound[4]) > now and not is_repeated then return answer('accepting', bound[1]) end
local bound_id = bound[1] or id
local since = bound[6] or now_text
redis.call('HSET', record, 'operation', bound_id, 'fingerprint', fingerprint, 'holder', request, 'until', texts[now + acceptance],
    'since', since)
redis.call('PEXPIRE', record, life)
if bound[1] and not (is_repeated and bound_id == id) then return answer('bound', bound_id, texts[now - since]) end
return answer('reserved')
