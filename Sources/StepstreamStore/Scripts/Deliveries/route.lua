#!lua flags=allow-oom
--@include receiver
-- Moves events to the queues of their receivers, and writes them into the ledgers of their operations; each once, whoever routes.
-- Input: KEYS[1] deliveries, KEYS[2] receivers, KEYS[3] ledgers; how long a ledger is kept in ms, the most deliveries of one operation; per event
--        its entry, number of the ledger's key, ID, tenant, event, `1` if it ends the operation, number of receivers; per receiver its name,
--        numbers of the keys of its queue and state, URL (of a callback, else empty).
-- Output: how many events were moved.
local life, most = tonumber(ARGV[1]), tonumber(ARGV[2])
local position, moved = 2, 0
local function take()
    position = position + 1
    return ARGV[position]
end
while position < #ARGV do
    local entry, ledger, id, tenant, event, ends = take(), KEYS[tonumber(take())], take(), take(), take(), take() == '1'
    local is_there = #redis.call('XRANGE', KEYS[1], entry, entry) == 1
    for _ = 1, tonumber(take()) do
        local receiver, queue, state, url = take(), KEYS[tonumber(take())], KEYS[tonumber(take())], take()
        local known = is_there and redis.call('HMGET', ledger, 'count', 'gone')
        if is_there and not ends and tonumber(known[1] or 0) >= most then
            redis.call('HINCRBY', ledger, 'dropped', 1)
        elseif is_there then
            local number = redis.call('HINCRBY', ledger, 'count', 1)
            local is_gone = url ~= '' and known[2] == url
            redis.call('HSET', ledger, 'tenant', tenant, number .. ':event', event, number .. ':receiver', receiver, number .. ':url', url,
                number .. ':state', is_gone and 'disabled' or 'pending')
            if not is_gone then
                redis.call('HSET', ledger, number .. ':next', text(now), number .. ':since', text(now))
                redis.call('ZADD', queue, text(now), id .. '/' .. number)
                reschedule(queue, KEYS[2], state, receiver)
            end
        end
    end
    if is_there then
        redis.call('PEXPIRE', ledger, life)
        if redis.call('EXISTS', ledger) == 1 then redis.call('ZADD', KEYS[3], text(now), id) end
        redis.call('XDEL', KEYS[1], entry)
        moved = moved + 1
    end
end
redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', text(now - life))
return moved
