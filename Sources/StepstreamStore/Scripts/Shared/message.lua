-- Adds a message to the stream of a queue, as StreamEntryDecoder reads it, and returns its entry.
local function add_message(stream, id, step, direction, definition)
    return redis.call('XADD', stream, '*', 'operation', id, 'step', step, 'direction', direction, 'definition', definition)
end
-- The field in which an operation keeps the entry last added for a step.
local function entry_field(step, direction) return (direction == 'undo' and 'undo:' or 'step:') .. step .. ':entry' end
