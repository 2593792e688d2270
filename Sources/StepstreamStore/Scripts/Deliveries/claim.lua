#!lua flags=allow-oom
--@include receiver
-- Claims deliveries that are due, each under a lease and an epoch of its own. A receiver that failed several times in a row is given one
-- at a time, until one succeeds.
-- Those that are older than the schedule of tries is long, because their receiver was too far behind, are exhausted.
-- Input: KEYS[1] the receiver's queue, KEYS[2] receivers, KEYS[3] its state; its name, lease in ms, failures in a row from which on it is probed, URL in the
--        configuration (or empty), how old in ms a delivery may become;
--        per delivery its member of the queue, number of the ledger's key, number of the delivery.
-- Output: per delivery claimed: member, epoch, event, URL, tries since it was last replayed.
local receiver, lease, most = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local configured, oldest = ARGV[4], now - ARGV[5]
local state = redis.call('HMGET', KEYS[3], 'failures', 'until', 'probe', 'gone')
local is_failing = tonumber(state[1] or 0) >= most
local answers = {}
local is_gone = configured ~= '' and state[4] == configured
if math.max(tonumber(state[2] or 0), tonumber(state[3] or 0)) <= now then
    for i = 6, #ARGV, 3 do
        local member, ledger, number = ARGV[i], KEYS[tonumber(ARGV[i + 1])], ARGV[i + 2]
        local score = redis.call('ZSCORE', KEYS[1], member)
        if score and tonumber(score) <= now then
            local stored = redis.call('HMGET', ledger, number .. ':state', number .. ':epoch', number .. ':event', number .. ':url',
                number .. ':round', 'gone', number .. ':since')
            if stored[1] ~= 'pending' then
                redis.call('ZREM', KEYS[1], member)
            elseif stored[7] and tonumber(stored[7]) < oldest then
                redis.call('HSET', ledger, number .. ':state', 'exhausted')
                redis.call('HDEL', ledger, number .. ':next')
                redis.call('ZREM', KEYS[1], member)
            elseif is_failing and #answers > 0 then
                -- Its turn comes when the probe has succeeded.
            elseif is_gone or (stored[4] ~= '' and stored[6] == stored[4]) then
                redis.call('HSET', ledger, number .. ':state', 'disabled')
                redis.call('HDEL', ledger, number .. ':next')
                redis.call('ZREM', KEYS[1], member)
            else
                local epoch = tonumber(stored[2] or 0) + 1
                redis.call('HSET', ledger, number .. ':epoch', epoch, number .. ':held', text(now + lease))
                redis.call('ZADD', KEYS[1], text(now + lease), member)
                answers[#answers + 1] = { member, epoch, stored[3], stored[4], tonumber(stored[5] or 0) }
            end
        end
    end
    if is_failing and #answers > 0 then redis.call('HSET', KEYS[3], 'probe', text(now + lease)) end
end
reschedule(KEYS[1], KEYS[2], KEYS[3], receiver)
return answers
