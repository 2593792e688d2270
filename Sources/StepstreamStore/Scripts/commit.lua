#!lua flags=allow-oom
--@include prelude
-- Applies what attempts led to, each if its epoch and its operation's version still hold, and acknowledges and deletes its entry.
-- Input: per attempt the number of its arguments, number of the operation's key, ID, record (`step:…` or `undo:…`), epoch, version,
--        whether the decision knew of a request to cancel (`1` or empty), number of the stream's key and entry (empty when no message asked for the work), transition.
-- Output: per attempt `applied` with the new version, `changed` or `lost`.
local answers = {}
for i = 1, count() do
    local length = count()
    local after = position + length
    local key, id, record, epoch, version, knew_of_cancel = KEYS[count()], take(), take(), take(), take(), take()
    local stream, entry = KEYS[count()], take()
    local state = redis.call('HMGET', key, 'version', record .. ':epoch', 'cancel', 'callback', 'created')
    if state[2] ~= epoch then
        answers[i] = { 'lost' }
    elseif state[1] ~= version or (state[3] and knew_of_cancel == '') then -- a request to cancel is no event and has no version
        answers[i] = { 'changed' }
    else
        answers[i] = { 'applied', apply(key, id, tonumber(version), state[4], state[5]) }
        if entry ~= '' then
            redis.call('XACK', stream, 'workers', entry)
            redis.call('XDEL', stream, entry)
        end
    end
    position = after
end
announce_timers()
announce_tellings()
return answers
