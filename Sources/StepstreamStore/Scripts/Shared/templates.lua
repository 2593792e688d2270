--@include message
-- Templates of transitions and their application: stands behind the prelude in every script that applies what the core decided.
-- A template is what transitions have in common, written once a call however many operations share it; behind it stands what the script
-- itself wants to know of all operations of the template. An operation brings, in this order: a value for each field that varies, and if the
-- template says so its callback, and what else it does.
-- template: fields stamps drafts removals messages retention attention varying has_callback has_rest
-- message: stream step direction definition
-- varying: value
-- webhook: callback
-- rest: obsolete due type status resources
-- timer: from after member

-- Notes on each of `resources` that the operation is pending on it or, with a retention, that it has ended.
local function note_resources(resources, id, type, status, version, retention)
    for _, resource in ipairs(resources) do
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

local function take_messages()
    local messages = {}
    for i = 1, count() do
        local stream, step, direction, definition = KEYS[count()], take(), take(), take()
        messages[i] = { stream = stream, step = step, direction = direction, definition = definition, field = entry_field(step, direction) }
    end
    return messages
end

local function take_template()
    local fields, stamps, drafts, removals, messages, retention, attention, varying, has_callback, has_rest =
        take_pairs(), take_list(), take_list(), take_list(), take_messages(), take(), take(), take_list(), take() == '1', take() == '1'
    local size = #fields
    local function add(field, value)
        fields[size + 1], fields[size + 2] = field, value
        size = size + 2
    end
    for _, field in ipairs(stamps) do add(field, now_text) end
    local expires = retention ~= '' and texts[now + retention]
    if expires then
        add('ended', now_text)
        add('expires', expires)
    end
    return {
        fields = fields, size = size, drafts = drafts, removals = removals, messages = messages, retention = retention, expires = expires,
        attention = attention, varying = varying, has_callback = has_callback, has_rest = has_rest, events = {},
    }
end

-- What stands behind each template is taken by `take_shared`.
local function take_templates(take_shared)
    local templates = {}
    for i = 1, count() do
        templates[i] = take_template()
        templates[i].shared = take_shared and take_shared()
    end
    return templates
end

local function take_timers()
    local list = {}
    for i = 1, count() do
        local from, after, member = count(), count(), take()
        list[i] = { from = from, after = after, member = member }
    end
    return list
end

local function take_rest()
    local obsolete, due, type, status, resources = take_list(), take_timers(), take(), take(), take_keys()
    return { obsolete = obsolete, due = due, type = type, status = status, resources = resources }
end

-- Passes over what an operation brings that `apply` would have taken.
local function skip(template)
    position = position + #template.varying + (template.has_callback and 1 or 0)
    if template.has_rest then take_rest() end
end

local function change_timers(obsolete, due)
    for _, member in ipairs(obsolete) do call('ZREM', timers, member) end
    for _, timer in ipairs(due) do
        local due_at = math.max(now, timer.from) + timer.after
        call('ZADD', timers, texts[due_at], timer.member)
        set_timers[timer.member] = due_at
    end
end

-- Applies a transition to the operation at `key`, which was `created` then: its template, and from the arguments what it brings. Returns the
-- new version.
local function apply(template, key, version, created)
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
        local value = take()
        size = size + 2
        fields[size - 1], fields[size] = name, value
    end
    local callback = template.has_callback and take() or ''
    for _, message in ipairs(template.messages) do
        size = size + 2
        fields[size - 1] = message.field
        fields[size] = add_message(message.stream, id, message.step, message.direction, message.definition)
    end
    call('HSET', key, unpack(fields, 1, size))
    if template.removals[1] then call('HDEL', key, unpack(template.removals)) end
    send_events(events, template.drafts, key, id, callback)
    if template.expires then
        call('PEXPIREAT', key, template.expires) -- relative, it would be rewritten for the append-only file
        note(removed, live, id)
        note(added, ended, created, id)
    end
    if template.attention == '1' then note(added, attention, now_text, id) end
    if template.attention == '0' then note(removed, attention, id) end
    if template.has_rest then
        local rest = take_rest()
        change_timers(rest.obsolete, rest.due)
        note_resources(rest.resources, id, rest.type, rest.status, events.version, template.retention)
    end
    return events.version
end
