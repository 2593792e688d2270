#!lua flags=allow-oom
--@include receiver
-- Writes down what a try of a delivery came to and what becomes of the delivery, if its epoch still holds.
-- Input: KEYS[1] the receiver's queue, KEYS[2] receivers, KEYS[3] its state, KEYS[4] the ledger; its name, member, number of the delivery, epoch,
--        the try (the tail of a JSON object), state, ms until the next try (or empty), ms for which the receiver is left alone (empty: it
--        answered well), how long a ledger and a state are kept in ms, how many tries are kept, the URL
--        in the configuration of a receiver that wants nothing more (else empty).
-- Output: `applied` or `lost`.
local receiver, member, number, epoch, try, state, again, pause, life, kept, gone =
    ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6], ARGV[7], ARGV[8], tonumber(ARGV[9]), tonumber(ARGV[10]), ARGV[11]
local stored = redis.call('HMGET', KEYS[4], number .. ':epoch', number .. ':state', number .. ':url', number .. ':held')
-- The same once more, because its answer was lost.
if stored[1] == epoch and not stored[4] then return 'applied' end
local is_ours = stored[1] == epoch and stored[2] == 'pending'
if is_ours then
    local tries = redis.call('HINCRBY', KEYS[4], number .. ':tries', 1)
    redis.call('HINCRBY', KEYS[4], number .. ':round', 1)
    redis.call('HSET', KEYS[4], number .. ':state', state, number .. ':try:' .. tries, '{"time":' .. text(now) .. try)
    redis.call('HDEL', KEYS[4], number .. ':held', number .. ':next', number .. ':try:' .. (tries - kept))
    if again ~= '' then
        redis.call('HSET', KEYS[4], number .. ':next', text(now + again))
        redis.call('ZADD', KEYS[1], text(now + again), member)
    else
        redis.call('ZREM', KEYS[1], member)
    end
    if state == 'disabled' and stored[3] ~= '' then redis.call('HSET', KEYS[4], 'gone', stored[3]) end
    redis.call('PEXPIRE', KEYS[4], life)
end
-- How the receiver answered is true whoever holds the delivery now.
if pause == '' then
    redis.call('HDEL', KEYS[3], 'failures', 'until', 'probe')
else
    redis.call('HINCRBY', KEYS[3], 'failures', 1)
    local rests = tonumber(redis.call('HGET', KEYS[3], 'until') or 0)
    redis.call('HSET', KEYS[3], 'until', text(math.max(rests, now + pause)))
    redis.call('HDEL', KEYS[3], 'probe')
    if redis.call('HEXISTS', KEYS[3], 'gone') == 0 then redis.call('PEXPIRE', KEYS[3], life) end
end
if gone ~= '' then
    redis.call('HSET', KEYS[3], 'gone', gone)
    redis.call('PERSIST', KEYS[3])
end
reschedule(KEYS[1], KEYS[2], KEYS[3], receiver)
return is_ours and 'applied' or 'lost'
