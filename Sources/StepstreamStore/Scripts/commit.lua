#!lua flags=allow-oom
--@include prelude
--@include shapes
-- Applies what attempts led to, each if its epoch and its operation's version still hold, and acknowledges and deletes its entry.
-- Input: shapes, whose frame is the field of the record's lease, the number of the stream's key, and whether the decision knew of a request
--        to cancel (`1` or empty); how many attempts, how many keys stand before those of their operations; per attempt its epoch, version,
--        entry (empty when no message asked for the work), the number of its shape, the rest of its transition.
-- Output: the time; per attempt `applied`, `changed` or `lost`; an operation's new version is the number of its last event.
local shapes = take_shapes()
local answers = { now_text }
local total, before = count(), count()
local problem = complete(function()
    for i = 1, total do
        local key, epoch, version, entry, shape = KEYS[before + i], take(), take(), take(), shapes[count()]
        local callback, knew_of_cancel = take_callback(shape), shape.frame[3]
        local state = call('HMGET', key, 'version', shape.frame[1], 'cancel', 'created')
        if not state[2] or string.match(state[2], '^%d+') ~= epoch then
            answers[i + 1] = 'lost'
            skip(shape)
        elseif state[1] ~= version or (state[3] and knew_of_cancel == '') then -- a request to cancel is no event and has no version
            answers[i + 1] = 'changed'
            skip(shape)
        else
            answers[i + 1] = 'applied'
            apply(shape, key, numbers[version], callback, state[4])
            acknowledge(KEYS[numbers[shape.frame[2]]], entry)
        end
    end
end)
return problem or answers
