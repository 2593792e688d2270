-- Shapes of transitions and their application: stands behind the prelude in every script that applies what the core decided.

-- Notes on each of `total` resources that the operation is pending on it or, with a retention, that it has ended.
local function note_resources(total, id, version, retention)
    if total == 0 then return end
    local type, status = take(), take()
    for _ = 1, total do
        local resource = KEYS[count()]
        if retention == '' then
            call('HSET', resource, 'pending:' .. id, type .. ' ' .. now_text)
            call('PERSIST', resource)
        else
            call('HDEL', resource, 'pending:' .. id)
            call('HSET', resource, 'ended', id .. ' ' .. type .. ' ' .. status .. ' ' .. texts[version] .. ' ' .. now_text)
            if call('HLEN', resource) == 1 then call('PEXPIRE', resource, retention) end
        end
    end
end

local function take_list()
    local list = {}
    for i = 1, count() do list[i] = take() end
    return list
end

local function take_messages()
    local messages = {}
    for i = 1, count() do
        local stream, step, action, definition = KEYS[count()], take(), take(), take()
        local field = (action == 'undo' and 'undo:' or 'step:') .. step .. ':entry'
        messages[i] = { stream = stream, step = step, action = action, definition = definition, field = field }
    end
    return messages
end

-- Reads a shape: what transitions have in common, written once a call however many operations share it. An operation brings, in this order:
-- its callback if the shape says so, a value for each field that is its `own`, and if the shape says so a list of what else it does.
-- `frame` is what the script itself wants to know of all operations of the shape.
local function take_shape()
    local fields = {}
    for i = 1, 2 * count() do fields[i] = take() end
    local size = #fields
    for _ = 1, count() do
        size = size + 2
        fields[size - 1], fields[size] = take(), now_text
    end
    local shape = { fields = fields, drafts = take_list(), removed = take_list(), messages = take_messages(), events = {} }
    shape.retention, shape.attention = take(), take()
    shape.expires = shape.retention ~= '' and texts[now + shape.retention]
    if shape.expires then
        fields[size + 1], fields[size + 2] = 'ended', now_text
        fields[size + 3], fields[size + 4] = 'expires', shape.expires
        size = size + 4
    end
    shape.size, shape.own = size, take_list()
    shape.has_callback, shape.has_rest = take() == '1', take() == '1'
    shape.frame = take_list()
    return shape
end

local function take_shapes()
    local shapes = {}
    for i = 1, count() do shapes[i] = take_shape() end
    return shapes
end

local function take_callback(shape) return shape.has_callback and take() or '' end

-- Passes over what an operation brings that `apply` would have taken.
local function skip(shape)
    position = position + #shape.own
    if shape.has_rest then
        local length = count()
        position = position + length
    end
end

local function change_timers()
    for _ = 1, count() do call('ZREM', KEYS[1], take()) end
    for _ = 1, count() do
        local from, after, member = count(), count(), take()
        local due = math.max(now, from) + after
        call('ZADD', KEYS[1], texts[due], member)
        set_timers[member] = due
    end
end

-- Applies a transition to the operation at `key`, which was `created` then: its shape, and from the arguments the fields that are its own,
-- timers and resources. Returns the new version.
local function apply(shape, key, version, callback, created)
    local fields, size, id = shape.fields, shape.size, id_of(key)
    local events = shape.events[version]
    if not events then
        events = write_events(shape.drafts, version)
        shape.events[version] = events
    end
    for _, text in ipairs(events.fields) do
        size = size + 1
        fields[size] = text
    end
    for _, name in ipairs(shape.own) do
        size = size + 2
        fields[size - 1], fields[size] = name, take()
    end
    for _, message in ipairs(shape.messages) do
        size = size + 2
        fields[size - 1] = message.field
        fields[size] = call('XADD', message.stream, '*', 'operation', id, 'step', message.step, 'action', message.action,
            'definition', message.definition)
    end
    call('HSET', key, unpack(fields, 1, size))
    if shape.removed[1] then call('HDEL', key, unpack(shape.removed)) end
    send_events(events, shape.drafts, key, id, callback)
    if shape.expires then
        call('PEXPIREAT', key, shape.expires) -- relative, it would be rewritten for the append-only file
        note(removed, KEYS[2], id)
        note(added, KEYS[3], created, id)
    end
    if shape.attention == '1' then note(added, KEYS[4], now_text, id) end
    if shape.attention == '0' then note(removed, KEYS[4], id) end
    if shape.has_rest then
        take() -- its length
        change_timers()
        note_resources(count(), id, events.version, shape.retention)
    end
    return events.version
end
