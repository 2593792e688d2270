#!lua
--@include prelude
-- Accepts operations: hash, first event, first message or timer, index entry.
-- Without the allow-oom flag: refused as a whole when memory is short, before any write.
-- Input: shapes; per operation the number of its arguments behind this, number of its key, ID, fingerprint, tenant, number of its
--        definition's key, callback (or empty), number of its shape, the rest of its transition.
-- Output: per operation `accepted` with the time, `exists`, `conflict` or `unknown-definition`.
local shapes = take_shapes()
local known = {}
local function is_known(definition)
    if known[definition] == nil then known[definition] = call('EXISTS', definition) == 1 end
    return known[definition]
end

local answers = {}
local problem = complete(function()
    for i = 1, count() do
        local length = count()
        local after = position + length
        local key, id, fingerprint, tenant, definition, callback, shape =
            KEYS[count()], take(), take(), take(), KEYS[count()], take(), shapes[count()]
        local stored = call('HMGET', key, 'fingerprint', 'tenant')
        if stored[1] then
            -- Another tenant's operation is never shown, even if the requests are alike.
            answers[i] = { stored[1] == fingerprint and stored[2] == tenant and 'exists' or 'conflict' }
        elseif not is_known(definition) then
            answers[i] = { 'unknown-definition' }
        else
            note(added, KEYS[2], now_text, id)
            apply(shape, key, id, 0, callback, now_text)
            answers[i] = { 'accepted', now_text }
        end
        position = after
    end
end)
return problem or answers
