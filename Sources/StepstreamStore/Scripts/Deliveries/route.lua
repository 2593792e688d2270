#!lua flags=allow-oom
--@include arguments
--@include receiver
-- Moves events to the queues of their receivers, and writes them into the ledgers of their operations; each once, whoever routes.
-- `life` is how long a ledger is kept in ms, `most` how many deliveries an operation may have; `ends` is `1` if the event ends the operation;
-- `url` is that of a callback, else empty; `total` is how many receivers an event has. Answers how many events were moved.
-- KEYS: deliveries receivers ledgers
-- ARGV: life most
-- event: entry ledger id tenant event ends total
-- receiver: receiver queue state url
local deliveries, receivers, ledgers = KEYS[1], KEYS[2], KEYS[3]
local life, most = count(), count()
local moved = 0
while has_more() do
    local entry, ledger, id, tenant, event, ends, total = take(), KEYS[count()], take(), take(), take(), take() == '1', count()
    local is_there = #redis.call('XRANGE', deliveries, entry, entry) == 1
    for _ = 1, total do
        local receiver, queue, state, url = take(), KEYS[count()], KEYS[count()], take()
        local known = is_there and redis.call('HMGET', ledger, 'count', 'gone')
        if is_there and not ends and tonumber(known[1] or 0) >= most then
            redis.call('HINCRBY', ledger, 'dropped', 1)
        elseif is_there then
            local number = redis.call('HINCRBY', ledger, 'count', 1)
            local is_gone = url ~= '' and known[2] == url
            redis.call('HSET', ledger, 'tenant', tenant, number .. ':event', event, number .. ':receiver', receiver, number .. ':url', url,
                number .. ':state', is_gone and 'disabled' or 'pending')
            if not is_gone then
                redis.call('HSET', ledger, number .. ':next', now_text, number .. ':since', now_text)
                redis.call('ZADD', queue, now_text, id .. '/' .. number)
                reschedule(queue, receivers, state, receiver)
            end
        end
    end
    if is_there then
        redis.call('PEXPIRE', ledger, life)
        if redis.call('EXISTS', ledger) == 1 then redis.call('ZADD', ledgers, now_text, id) end
        redis.call('XDEL', deliveries, entry)
        moved = moved + 1
    end
end
redis.call('ZREMRANGEBYSCORE', ledgers, '-inf', texts[now - life])
return moved
