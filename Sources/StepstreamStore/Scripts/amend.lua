#!lua flags=allow-oom
--@include prelude
-- Applies a transition that no attempt makes (cancel, an operator's act, a deadline), if the operation's version still holds.
-- Input: number of the operation's key, ID, version, whether the decision knew of a request to cancel (`1` or empty), channel to tell the workers that it is to be canceled (or empty), transition.
-- Output: `applied` with the new version, `changed` or `lost`.
local key, id, version, knew_of_cancel, cancels = KEYS[count()], take(), take(), take(), take()
local stored = redis.call('HMGET', key, 'version', 'cancel', 'callback', 'created')
if not stored[1] then return { 'lost' } end
if stored[1] ~= version or (stored[2] and knew_of_cancel == '') then return { 'changed' } end
local applied = apply(key, id, tonumber(version), stored[3], stored[4])
if cancels ~= '' then redis.call('PUBLISH', cancels, id) end
announce_timers()
announce_tellings()
return { 'applied', applied }
