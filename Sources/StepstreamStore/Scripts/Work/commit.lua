#!lua flags=allow-oom
--@include prelude
--@include templates
-- Applies what attempts led to, each if its epoch and its operation's version still hold, and acknowledges and deletes its entry.
-- Input: templates, whose shared part is the field of the record's lease, the number of the stream's key, and whether the decision knew of a request
--        to cancel (`1` or empty); how many attempts, how many keys stand before those of their operations; per attempt its epoch, version,
--        entry (empty when no message asked for the work), the number of its template, the rest of its transition.
-- Output: per attempt `applied`, `changed` or `lost`; an operation's new version is the number of its last event.
local templates = take_templates()
local answers = {}
local total, before = count(), count()
local problem = complete(function()
    for i = 1, total do
        local key, epoch, version, entry, template = KEYS[before + i], take(), take(), take(), templates[count()]
        local callback, knew_of_cancel = take_callback(template), template.shared[3]
        local state = call('HMGET', key, 'version', template.shared[1], 'cancel', 'created')
        if not state[2] or string.match(state[2], '^%d+') ~= epoch then
            answers[i] = 'lost'
            skip(template)
        elseif state[1] ~= version or (state[3] and knew_of_cancel == '') then -- a request to cancel is no event and has no version
            answers[i] = 'changed'
            skip(template)
        else
            answers[i] = 'applied'
            apply(template, key, numbers[version], callback, state[4])
            acknowledge(KEYS[numbers[template.shared[2]]], entry)
        end
    end
end)
return problem or answers
