-- Of operations.
local has_ended = { Succeeded = true, Failed = true, Canceled = true }
