#!lua flags=allow-oom
--@include prelude
--@include templates
-- Applies a transition that no attempt makes (cancel, an operator's act, a deadline), if the operation's version still holds.
-- Input: templates, one; number of the operation's key, version, whether the decision knew of a request to cancel (`1` or empty), channel to
--        tell the workers that it is to be canceled (or empty), number of the template, the rest of the transition.
-- Output: `applied`, `changed` or `lost`; an operation's new version is the number of its last event.
local templates = take_templates()
local key, version, knew_of_cancel, cancels, template = KEYS[count()], take(), take(), take(), templates[count()]
local stored = call('HMGET', key, 'version', 'cancel', 'created')
if not stored[1] then return 'lost' end
if stored[1] ~= version or (stored[2] and knew_of_cancel == '') then return 'changed' end
apply(template, key, numbers[version], take_callback(template), stored[3])
if cancels ~= '' then call('PUBLISH', cancels, id_of(key)) end
finish()
return 'applied'
