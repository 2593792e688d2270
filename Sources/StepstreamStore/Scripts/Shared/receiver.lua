--@include clock
-- Shared by the scripts that change the queue of a receiver of webhooks.

-- Sets the time at which a receiver is due: that of its first delivery, and not before its pause or probe is over.
local function reschedule(queue, receivers, receiver_state, receiver)
    local first = redis.call('ZRANGE', queue, 0, 0, 'WITHSCORES')
    if first[2] then
        local rests = redis.call('HMGET', receiver_state, 'until', 'probe')
        redis.call('ZADD', receivers, texts[math.max(first[2], rests[1] or 0, rests[2] or 0)], receiver)
    else
        redis.call('ZREM', receivers, receiver)
    end
end
