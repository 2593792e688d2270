#!lua flags=allow-oom
--@include prelude
--@include templates
-- Applies what attempts led to, each if its epoch and its operation's version still hold, and acknowledges and deletes its entry.
-- `lease` is the field of the record's lease; `knew_of_cancel` is `1` if the decision knew of a request to cancel; `entry` is empty when no
-- message asked for the work. Answers the time, and then a code an attempt; an operation's new version is the number of its last event.
-- shared: lease stream knew_of_cancel
-- operations: total before
-- attempt: epoch version entry template
-- codes: applied changed lost
local templates = take_templates(function()
    local lease, stream, knew_of_cancel = take(), KEYS[count()], take() == '1'
    return { lease = lease, stream = stream, knew_of_cancel = knew_of_cancel }
end)
local answers = { now_text }
local total, before = count(), count()
local problem = complete(function()
    for i = 1, total do
        local key, epoch, version, entry, template = KEYS[before + i], take(), take(), take(), templates[count()]
        local shared = template.shared
        local state = call('HMGET', key, 'version', shared.lease, 'cancel', 'created')
        if not state[2] or string.match(state[2], '^%d+') ~= epoch then
            answers[i + 1] = 'lost'
            skip(template)
        elseif state[1] ~= version or (state[3] and not shared.knew_of_cancel) then -- a request to cancel is no event and has no version
            answers[i + 1] = 'changed'
            skip(template)
        else
            answers[i + 1] = 'applied'
            apply(template, key, numbers[version], state[4])
            acknowledge(shared.stream, entry)
        end
    end
end)
return problem or answers
