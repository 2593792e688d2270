-- Templates of transitions and their application: stands behind the prelude in every script that applies what the core decided.

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
        local stream, step, direction, definition = KEYS[count()], take(), take(), take()
        local field = (direction == 'undo' and 'undo:' or 'step:') .. step .. ':entry'
        messages[i] = { stream = stream, step = step, direction = direction, definition = definition, field = field }
    end
    return messages
end

-- Reads a template: what transitions have in common, written once a call however many operations share it. An operation brings, in this order:
-- its callback if the template says so, a value for each field that is its `own`, and if the template says so a list of what else it does.
-- `shared` is what the script itself wants to know of all operations of the template.
local function take_template()
    local fields = {}
    for i = 1, 2 * count() do fields[i] = take() end
    local size = #fields
    for _ = 1, count() do
        size = size + 2
        fields[size - 1], fields[size] = take(), now_text
    end
    local template = { fields = fields, drafts = take_list(), removed = take_list(), messages = take_messages(), events = {} }
    template.retention, template.attention = take(), take()
    template.expires = template.retention ~= '' and texts[now + template.retention]
    if template.expires then
        fields[size + 1], fields[size + 2] = 'ended', now_text
        fields[size + 3], fields[size + 4] = 'expires', template.expires
        size = size + 4
    end
    template.size, template.varying = size, take_list()
    template.has_callback, template.has_rest = take() == '1', take() == '1'
    template.shared = take_list()
    return template
end

local function take_templates()
    local templates = {}
    for i = 1, count() do templates[i] = take_template() end
    return templates
end

local function take_callback(template) return template.has_callback and take() or '' end

-- Passes over what an operation brings that `apply` would have taken.
local function skip(template)
    position = position + #template.varying
    if template.has_rest then
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

-- Applies a transition to the operation at `key`, which was `created` then: its template, and from the arguments the fields that are its own,
-- timers and resources. Returns the new version.
local function apply(template, key, version, callback, created)
    local fields, size, id = template.fields, template.size, id_of(key)
    local events = template.events[version]
    if not events then
        events = write_events(template.drafts, version)
        template.events[version] = events
    end
    for _, text in ipairs(events.fields) do
        size = size + 1
        fields[size] = text
    end
    for _, name in ipairs(template.varying) do
        size = size + 2
        fields[size - 1], fields[size] = name, take()
    end
    for _, message in ipairs(template.messages) do
        size = size + 2
        fields[size - 1] = message.field
        fields[size] = call('XADD', message.stream, '*', 'operation', id, 'step', message.step, 'direction', message.direction,
            'definition', message.definition)
    end
    call('HSET', key, unpack(fields, 1, size))
    if template.removed[1] then call('HDEL', key, unpack(template.removed)) end
    send_events(events, template.drafts, key, id, callback)
    if template.expires then
        call('PEXPIREAT', key, template.expires) -- relative, it would be rewritten for the append-only file
        note(removed, KEYS[2], id)
        note(added, KEYS[3], created, id)
    end
    if template.attention == '1' then note(added, KEYS[4], now_text, id) end
    if template.attention == '0' then note(removed, KEYS[4], id) end
    if template.has_rest then
        take() -- its length
        change_timers()
        note_resources(count(), id, events.version, template.retention)
    end
    return events.version
end
