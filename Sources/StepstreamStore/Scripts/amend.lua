#!lua flags=allow-oom
--@include prelude
-- Applies a transition that no attempt makes (cancel, an operator's act), if the operation's version still holds.
-- Input: number of the operation's key, ID, version, channel to tell the workers that it is to be canceled (or empty), transition.
-- Output: `applied` with the new version, `changed` or `lost`.
local key, id, version, cancels = KEYS[count()], take(), take(), take()
local stored = redis.call('HGET', key, 'version')
if not stored then return { 'lost' } end
if stored ~= version then return { 'changed' } end
local applied = apply(key, id, tonumber(version))
if cancels ~= '' then redis.call('PUBLISH', cancels, id) end
announce_timers()
return { 'applied', applied }
