#!lua
--@include prelude
--@include templates
-- Accepts operations: hash, first event, first message or timer, index entry.
-- Without the allow-oom flag: refused as a whole when memory is short, before any write.
-- The first field of a template that varies is the fingerprint. Answers the time, and then a code an operation.
-- shared: tenant definition
-- operations: total before
-- submission: template
-- codes: accepted exists conflict unknown-definition
local templates = take_templates(function()
    local tenant, definition = take(), KEYS[count()]
    return { tenant = tenant, definition = definition }
end)
local known = {}
local function is_known(definition)
    if known[definition] == nil then known[definition] = call('EXISTS', definition) == 1 end
    return known[definition]
end

local answers, none = { now_text }, {}
local total, before = count(), count()
-- Mostly none is there yet: asking once costs a fraction of reading each.
local may_exist, accepted = call('EXISTS', unpack(KEYS, before + 1, before + total)) > 0, {}
local problem = complete(function()
    for i = 1, total do
        local key, template = KEYS[before + i], templates[count()]
        local stored = (may_exist or accepted[key]) and call('HMGET', key, 'fingerprint', 'tenant') or none
        if stored[1] then
            -- Another tenant's operation is never shown, even if the requests are alike.
            answers[i + 1] = stored[1] == peek() and stored[2] == template.shared.tenant and 'exists' or 'conflict'
            skip(template)
        elseif not is_known(template.shared.definition) then
            answers[i + 1] = 'unknown-definition'
            skip(template)
        else
            note(added, live, now_text, id_of(key))
            apply(template, key, 0, now_text)
            accepted[key] = true
            answers[i + 1] = 'accepted'
        end
    end
end)
return problem or answers
