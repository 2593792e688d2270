#!lua
--@include prelude
-- Accepts operations: hash, first event, first message or timer, index entry.
-- Without the allow-oom flag: refused as a whole when memory is short, before any write.
-- Input: per operation the number of its arguments, number of its key, ID, fingerprint, tenant, number of its
--        definition's key, callback (or empty), transition.
-- Output: per operation `accepted` with the time, `exists`, `conflict` or `unknown-definition`.
local answers = {}
for i = 1, count() do
    local length = count()
    local after = position + length
    local key, id, fingerprint, tenant, definition, callback = KEYS[count()], take(), take(), take(), KEYS[count()], take()
    local stored = redis.call('HMGET', key, 'fingerprint', 'tenant')
    if stored[1] then
        -- Another tenant's operation is never shown, even if the requests are alike.
        answers[i] = { stored[1] == fingerprint and stored[2] == tenant and 'exists' or 'conflict' }
    elseif redis.call('EXISTS', definition) == 0 then
        answers[i] = { 'unknown-definition' }
    else
        redis.call('HSET', key, 'fingerprint', fingerprint, 'created', now_text)
        if callback ~= '' then redis.call('HSET', key, 'callback', callback) end
        redis.call('ZADD', KEYS[2], now, id)
        apply(key, id, 0, callback ~= '' and callback)
        answers[i] = { 'accepted', now_text }
    end
    position = after
end
announce_timers()
announce_tellings()
return answers
