#!lua flags=allow-oom
--@include prelude
-- Applies what attempts led to, each if its epoch and its operation's version still hold, and acknowledges and deletes its entry.
-- Input: shapes; per attempt the number of its arguments behind this, number of the operation's key, ID, field of the record's lease, epoch,
--        version, whether the decision knew of a request to cancel (`1` or empty), callback (or empty), number of the stream's key and entry
--        (empty when no message asked for the work), number of its shape, the rest of its transition.
-- Output: per attempt `applied` with the new version, `changed` or `lost`.
local shapes = take_shapes()
local answers = {}
local problem = complete(function()
    for i = 1, count() do
        local length = count()
        local after = position + length
        local key, id, lease, epoch, version, knew_of_cancel = KEYS[count()], take(), take(), take(), take(), take()
        local callback, stream, entry, shape = take(), KEYS[count()], take(), shapes[count()]
        local state = call('HMGET', key, 'version', lease, 'cancel', 'created')
        if not state[2] or string.match(state[2], '^%d+') ~= epoch then
            answers[i] = { 'lost' }
        elseif state[1] ~= version or (state[3] and knew_of_cancel == '') then -- a request to cancel is no event and has no version
            answers[i] = { 'changed' }
        else
            answers[i] = { 'applied', apply(shape, key, id, numbers[version], callback, state[4]) }
            acknowledge(stream, entry)
        end
        position = after
    end
end)
return problem or answers
