#!lua flags=allow-oom
--@include receiver
-- Has a delivery tried again from the first try on.
-- Input: KEYS[1] the receiver's queue, KEYS[2] receivers, KEYS[3] its state, KEYS[4] the ledger, KEYS[5] deliveries; its name, member, number, how
--        long a ledger is kept in ms.
-- Output: `replayed`, `held` (it is being tried) or `absent`.
local receiver, member, number, life = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local stored = redis.call('HMGET', KEYS[4], number .. ':state', number .. ':held', number .. ':url', 'gone')
if not stored[1] then return 'absent' end
if stored[1] == 'pending' and tonumber(stored[2] or 0) > now then return 'held' end
redis.call('HSET', KEYS[4], number .. ':state', 'pending', number .. ':round', 0, number .. ':next', text(now), number .. ':since', text(now))
if stored[4] and stored[4] == stored[3] then redis.call('HDEL', KEYS[4], 'gone') end
redis.call('PEXPIRE', KEYS[4], life)
redis.call('HDEL', KEYS[3], 'until', 'probe', 'gone') -- someone believes that it answers again
redis.call('ZADD', KEYS[1], text(now), member)
reschedule(KEYS[1], KEYS[2], KEYS[3], receiver)
redis.call('PUBLISH', KEYS[5], 1)
return 'replayed'
