#!lua flags=allow-oom
--@include prelude
-- Applies a transition that no attempt makes (cancel, an operator's act, a deadline), if the operation's version still holds.
-- Input: shapes, one; number of the operation's key, ID, version, whether the decision knew of a request to cancel (`1` or empty), channel to
--        tell the workers that it is to be canceled (or empty), callback (or empty), the rest of the transition.
-- Output: `applied` with the new version, `changed` or `lost`.
local shapes = take_shapes()
local key, id, version, knew_of_cancel, cancels, callback = KEYS[count()], take(), take(), take(), take(), take()
local stored = call('HMGET', key, 'version', 'cancel', 'created')
if not stored[1] then return { 'lost' } end
if stored[1] ~= version or (stored[2] and knew_of_cancel == '') then return { 'changed' } end
local applied = apply(shapes[count()], key, id, numbers[version], callback, stored[3])
if cancels ~= '' then call('PUBLISH', cancels, id) end
finish()
return { 'applied', applied }
