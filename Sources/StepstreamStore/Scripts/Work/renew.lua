#!lua flags=allow-oom
-- Extends leases whose epoch still holds, and keeps their entries from looking idle while they are this consumer's.
-- Input: consumer, lease in ms; per lease the number of the operation's key, field of the record's lease, epoch, number of the stream's key, entry (may be empty).
-- Output: per lease `renewed`, `cancel` (renewed; the operation is to be canceled) or `lost`.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local consumer, lease = ARGV[1], tonumber(ARGV[2])
local answers = {}
for i = 3, #ARGV, 5 do
    local key, field, epoch, stream, entry = KEYS[tonumber(ARGV[i])], ARGV[i + 1], ARGV[i + 2], KEYS[tonumber(ARGV[i + 3])], ARGV[i + 4]
    local state = redis.call('HMGET', key, field, 'cancel')
    local held, owner = string.match(state[1] or '', '^(%d+) %d+ (.*)')
    if held ~= epoch then
        answers[#answers + 1] = 'lost'
    else
        redis.call('HSET', key, field, string.format('%s %.0f %s', epoch, now + lease, owner))
        -- A stream or group that is gone is an error; the lease holds all the same, and so do those after it.
        local pending = entry ~= '' and redis.pcall('XPENDING', stream, 'workers', entry, entry, 1, consumer)
        if pending and not pending.err and #pending == 1 then
            redis.call('XCLAIM', stream, 'workers', consumer, 0, entry, 'IDLE', 0, 'JUSTID')
        end
        answers[#answers + 1] = state[2] and 'cancel' or 'renewed'
    end
end
return answers
