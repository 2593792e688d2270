#!lua flags=allow-oom
--@include arguments
--@include delivery
-- Claims deliveries that are due, each under a lease of `lease` ms and an epoch of its own. A receiver that failed `probed_from` times in a
-- row is given one at a time, until one succeeds.
-- Those that are older than `longest`, as long as the schedule of tries is in ms, because their receiver was too far behind, are exhausted.
-- `configured` is the receiver's URL in the configuration, or empty. Answers a row a delivery claimed; `tries` counts from its last replay.
-- ARGV: receiver lease probed_from configured longest
-- delivery: member ledger number
-- answer: member epoch event url tries
local receiver, lease, probed_from, configured, longest = take(), count(), count(), take(), count()
local lease_end = texts[now + lease]
local state = redis.call('HMGET', receiver_state, 'failures', 'until', 'probe', 'gone')
local is_failing = tonumber(state[1] or 0) >= probed_from
local answers = {}
local is_gone = configured ~= '' and state[4] == configured
if math.max(tonumber(state[2] or 0), tonumber(state[3] or 0)) <= now then
    while has_more() do
        local member, ledger, number = take(), KEYS[count()], take()
        local score = redis.call('ZSCORE', queue, member)
        if score and tonumber(score) <= now then
            local stored = redis.call('HMGET', ledger, number .. ':state', number .. ':epoch', number .. ':event', number .. ':url',
                number .. ':round', 'gone', number .. ':since')
            local event, url, tries = stored[3], stored[4], tonumber(stored[5] or 0)
            if stored[1] ~= 'pending' then
                redis.call('ZREM', queue, member)
            elseif stored[7] and tonumber(stored[7]) < now - longest then
                redis.call('HSET', ledger, number .. ':state', 'exhausted')
                redis.call('HDEL', ledger, number .. ':next')
                redis.call('ZREM', queue, member)
            elseif is_failing and #answers > 0 then
                -- Its turn comes when the probe has succeeded.
            elseif is_gone or (url ~= '' and stored[6] == url) then
                redis.call('HSET', ledger, number .. ':state', 'disabled')
                redis.call('HDEL', ledger, number .. ':next')
                redis.call('ZREM', queue, member)
            else
                local epoch = tonumber(stored[2] or 0) + 1
                redis.call('HSET', ledger, number .. ':epoch', epoch, number .. ':held', lease_end)
                redis.call('ZADD', queue, lease_end, member)
                answers[#answers + 1] = { member, epoch, event, url, tries }
            end
        end
    end
    if is_failing and #answers > 0 then redis.call('HSET', receiver_state, 'probe', lease_end) end
end
reschedule(queue, receivers, receiver_state, receiver)
return answers
