#!lua flags=allow-oom
--@include arguments
--@include clock
-- Extends leases whose epoch still holds by `duration` ms, and keeps their entries from looking idle while they are this consumer's.
-- `field` is that of the record's lease; `entry` may be empty. Answers a code a lease: `cancel` is renewed, and the operation is to be canceled.
-- ARGV: consumer duration
-- lease: operation field epoch stream entry
-- codes: renewed cancel lost
local consumer, duration = take(), count()
local answers = {}
while has_more() do
    local operation, field, epoch, stream, entry = KEYS[count()], take(), take(), KEYS[count()], take()
    local state = redis.call('HMGET', operation, field, 'cancel')
    local held, owner = string.match(state[1] or '', '^(%d+) %d+ (.*)')
    if held ~= epoch then
        answers[#answers + 1] = 'lost'
    else
        redis.call('HSET', operation, field, epoch .. ' ' .. texts[now + duration] .. ' ' .. owner)
        -- A stream or group that is gone is an error; the lease holds all the same, and so do those after it.
        local pending = entry ~= '' and redis.pcall('XPENDING', stream, 'workers', entry, entry, 1, consumer)
        if pending and not pending.err and #pending == 1 then
            redis.call('XCLAIM', stream, 'workers', consumer, 0, entry, 'IDLE', 0, 'JUSTID')
        end
        answers[#answers + 1] = state[2] and 'cancel' or 'renewed'
    end
end
return answers
