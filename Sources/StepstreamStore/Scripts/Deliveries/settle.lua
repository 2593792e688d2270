#!lua flags=allow-oom
--@include arguments
--@include delivery
-- Writes down what a try of a delivery led to and what becomes of the delivery, if its epoch still holds.
-- `try` is the tail of a JSON object; `again` ms until the next try, or empty; `pause` ms for which the receiver is left alone, or empty: it
-- answered well; `life` how long a ledger and a state are kept in ms; `kept` how many tries are; `gone` the URL in the configuration of a
-- receiver that no longer accepts webhooks, else empty.
-- KEYS: ledger
-- ARGV: receiver member number epoch try state again pause life kept gone
-- codes: applied lost
local ledger = KEYS[4]
local receiver, member, number, epoch, try, state, again, pause, life, kept, gone =
    take(), take(), take(), take(), take(), take(), take(), take(), take(), count(), take()
local stored = redis.call('HMGET', ledger, number .. ':epoch', number .. ':state', number .. ':url', number .. ':held')
-- The same once more, because its answer was lost.
if stored[1] == epoch and not stored[4] then return 'applied' end
local is_ours = stored[1] == epoch and stored[2] == 'pending'
if is_ours then
    local tries = redis.call('HINCRBY', ledger, number .. ':tries', 1)
    redis.call('HINCRBY', ledger, number .. ':round', 1)
    redis.call('HSET', ledger, number .. ':state', state, number .. ':try:' .. tries, '{"time":' .. now_text .. try)
    redis.call('HDEL', ledger, number .. ':held', number .. ':next', number .. ':try:' .. (tries - kept))
    if again ~= '' then
        redis.call('HSET', ledger, number .. ':next', texts[now + again])
        redis.call('ZADD', queue, texts[now + again], member)
    else
        redis.call('ZREM', queue, member)
    end
    if state == 'disabled' and stored[3] ~= '' then redis.call('HSET', ledger, 'gone', stored[3]) end
    redis.call('PEXPIRE', ledger, life)
end
-- How the receiver answered is true whoever holds the delivery now.
if pause == '' then
    redis.call('HDEL', receiver_state, 'failures', 'until', 'probe')
else
    redis.call('HINCRBY', receiver_state, 'failures', 1)
    local rests = tonumber(redis.call('HGET', receiver_state, 'until') or 0)
    redis.call('HSET', receiver_state, 'until', texts[math.max(rests, now + pause)])
    redis.call('HDEL', receiver_state, 'probe')
    if redis.call('HEXISTS', receiver_state, 'gone') == 0 then redis.call('PEXPIRE', receiver_state, life) end
end
if gone ~= '' then
    redis.call('HSET', receiver_state, 'gone', gone)
    redis.call('PERSIST', receiver_state)
end
reschedule(queue, receivers, receiver_state, receiver)
return is_ours and 'applied' or 'lost'
