#!lua flags=allow-oom
--@include arguments
--@include delivery
-- Has a delivery tried again from the first try on. `life` is how long a ledger is kept in ms. Answers `held` while it is being tried.
-- KEYS: ledger deliveries
-- ARGV: receiver member number life
-- codes: replayed held absent
local ledger, deliveries = KEYS[4], KEYS[5]
local receiver, member, number, life = take(), take(), take(), take()
local stored = redis.call('HMGET', ledger, number .. ':state', number .. ':held', number .. ':url', 'gone')
if not stored[1] then return 'absent' end
if stored[1] == 'pending' and tonumber(stored[2] or 0) > now then return 'held' end
redis.call('HSET', ledger, number .. ':state', 'pending', number .. ':round', 0, number .. ':next', now_text, number .. ':since', now_text)
if stored[4] and stored[4] == stored[3] then redis.call('HDEL', ledger, 'gone') end
redis.call('PEXPIRE', ledger, life)
redis.call('HDEL', receiver_state, 'until', 'probe', 'gone') -- someone believes that it answers again
redis.call('ZADD', queue, now_text, member)
reschedule(queue, receivers, receiver_state, receiver)
redis.call('PUBLISH', deliveries, 1)
return 'replayed'
