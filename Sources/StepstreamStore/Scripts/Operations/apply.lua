#!lua flags=allow-oom
--@include prelude
--@include templates
-- Applies a transition that no attempt makes (cancel, an operator's command, a deadline), if the operation's version still holds.
-- `knew_of_cancel` is `1` if the decision knew of a request to cancel; `cancels` the channel on which workers learn that it is to be canceled, or
-- empty. An operation's new version is the number of its last event.
-- ARGV: operation version knew_of_cancel cancels template
-- codes: applied changed lost
local templates = take_templates()
local operation, version, knew_of_cancel, cancels, template = KEYS[count()], take(), take(), take(), templates[count()]
local stored = call('HMGET', operation, 'version', 'cancel', 'created')
if not stored[1] then return 'lost' end
if stored[1] ~= version or (stored[2] and knew_of_cancel == '') then return 'changed' end
apply(template, operation, numbers[version], stored[3])
if cancels ~= '' then call('PUBLISH', cancels, id_of(operation)) end
finish()
return 'applied'
