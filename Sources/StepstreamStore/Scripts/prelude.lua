-- Shared by every script that applies a transition: stands in front of the script's own text.
-- Arguments are read from left to right; every list is preceded by its length.
-- A lease is `<epoch> <until, in ms> <consumer>`; it is empty when nobody holds one.
-- KEYS[1] timers, KEYS[2] live, KEYS[3] ended, KEYS[4] attention, KEYS[5] deliveries; further keys are named by their number in KEYS.
local call, KEYS, ARGV = redis.call, KEYS, ARGV

-- Each number is read, and each is written, once a call: printf and strtod cost more than the command they are for.
local numbers = setmetatable({}, {
    __index = function(known, text)
        local number = tonumber(text)
        known[text] = number
        return number
    end,
})
local texts = setmetatable({}, {
    __index = function(known, number)
        local text = string.format('%.0f', number)
        known[number] = text
        return text
    end,
})

local position = 0
local function take()
    position = position + 1
    return ARGV[position]
end
local function count()
    position = position + 1
    return numbers[ARGV[position]]
end

local time = call('TIME')
local micros = time[1] * 1000000 + time[2]
local now = math.floor(micros / 1000)
-- Written out of the texts that they came as, without printf.
local fraction = string.sub('00000' .. time[2], -6)
local now_text = time[1] .. string.sub(fraction, 1, 3)
texts[now], texts[micros] = now_text, time[1] .. fraction

local channels = take() -- an operation's channel is this text and its ID
local wake = take()     -- the channel that is told of a timer due before all others
local history = count() -- how many events an operation keeps
local told = take()     -- the kinds of events that configured receivers of webhooks want, a space around each; empty: none
local asks = take() == '1' -- whether this server knows of all listeners: not so in a Cluster, where a channel's may be on any node
local id_starts = #take() + 1 -- where the ID begins in the key of an operation
local function id_of(key) return string.sub(key, id_starts) end

local set_timers = {}
local tellings = {} -- events that a receiver of webhooks is to be told of

-- What many operations of a call change in one key is written by one command at its end: lists of arguments by key.
local added, removed, acknowledged = {}, {}, {}
local function note(lists, key, first, second)
    local list = lists[key]
    if not list then
        list = {}
        lists[key] = list
    end
    list[#list + 1] = first
    list[#list + 1] = second
end
local function acknowledge(stream, entry)
    if entry ~= '' then note(acknowledged, stream, entry) end
end

-- Notes an event for its receivers. A callback is the kinds of events it wants and its URL, with spaces between them.
local function tell(key, id, event, kind, callback)
    local wanted = callback ~= '' and string.find(' ' .. callback, ' ' .. kind .. ' ', 1, true)
    if wanted or string.find(told, ' ' .. kind .. ' ', 1, true) then
        tellings[#tellings + 1] = { key, id, event, wanted and callback or '' }
    end
end

local channel_names, messages = {}, {} -- what is published, and where

-- Events as fields and as the lines of a message: those behind `version`. A draft is the kind of an event and, with a space before it, its
-- data if there are any; in the hash its time stands before it, in a message and a ledger its number before both.
local function write_events(drafts, version)
    local events = { lines = {}, version = version + #drafts, dropped = {} }
    events.fields = { 'version', texts[events.version] }
    local oldest = events.version - history -- what is at or below it is not kept
    for i, draft in ipairs(drafts) do
        local number = texts[version + i]
        local line = now_text .. ' ' .. draft
        events.lines[i] = number .. ' ' .. line
        if version + i > oldest then
            events.fields[#events.fields + 1] = 'event:' .. number
            events.fields[#events.fields + 1] = line
        end
        if version + i > history then events.dropped[#events.dropped + 1] = 'event:' .. texts[version + i - history] end
    end
    events.message = table.concat(events.lines, '\n')
    return events
end

-- Publishes events, notes them for their receivers and drops the oldest.
local function send_events(events, drafts, key, id, callback)
    if not drafts[1] then return end
    channel_names[#channel_names + 1] = channels .. id
    messages[#messages + 1] = events.message
    if events.dropped[1] then call('HDEL', key, unpack(events.dropped)) end
    if callback ~= '' or told ~= '' then
        for i, draft in ipairs(drafts) do tell(key, id, events.lines[i], string.match(draft, '^%S+'), callback) end
    end
end

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

-- Reads shapes: what transitions have in common, written once a call however many operations share it. An operation brings, in this order:
-- its callback if the shape says so, a value for each field that is its `own`, and if the shape says so a list of what else it does.
-- `frame` is what the script itself wants to know of all operations of the shape.
local function take_shapes()
    local shapes = {}
    for i = 1, count() do
        local fields, drafts, dropped, published, own, frame = {}, {}, {}, {}, {}, {}
        for j = 1, 2 * count() do fields[j] = take() end
        local size = #fields
        for _ = 1, count() do
            size = size + 2
            fields[size - 1], fields[size] = take(), now_text
        end
        for j = 1, count() do drafts[j] = take() end
        for j = 1, count() do dropped[j] = take() end
        for j = 1, count() do
            local stream, step, action, definition = KEYS[count()], take(), take(), take()
            local field = (action == 'undo' and 'undo:' or 'step:') .. step .. ':entry'
            published[j] = { stream = stream, step = step, action = action, definition = definition, field = field }
        end
        local retention, attention = take(), take()
        local expires = retention ~= '' and texts[now + retention]
        if expires then
            fields[size + 1], fields[size + 2] = 'ended', now_text
            fields[size + 3], fields[size + 4] = 'expires', expires
            size = size + 4
        end
        for j = 1, count() do own[j] = take() end
        local has_callback, has_rest = take() == '1', take() == '1'
        for j = 1, count() do frame[j] = take() end
        shapes[i] = {
            fields = fields, size = size, drafts = drafts, removed = dropped, messages = published, retention = retention,
            expires = expires, attention = attention, own = own, has_callback = has_callback, has_rest = has_rest, frame = frame,
            events = {},
        }
    end
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
    if not shape.has_rest then return events.version end
    take() -- its length
    for _ = 1, count() do call('ZREM', KEYS[1], take()) end
    for _ = 1, count() do
        local from, after, member = count(), count(), take()
        local due = math.max(now, from) + after
        call('ZADD', KEYS[1], texts[due], member)
        set_timers[member] = due
    end
    note_resources(count(), id, events.version, shape.retention)
    return events.version
end

-- Tells the workers if one of the timers just set comes before all others. Those that are due already do not count: whoever is about to
-- publish them has asked for the next one before this one was there.
local function announce_timers()
    if next(set_timers) == nil then return end
    local first = call('ZRANGE', KEYS[1], '(' .. now_text, '+inf', 'BYSCORE', 'LIMIT', 0, 1)[1]
    for member, due in pairs(set_timers) do
        if due <= now or member == first then return call('PUBLISH', wake, member) end
    end
end

-- Publishes to the channels that someone listens to: asking for all at once costs a fraction of publishing to nobody. Asking for one does not.
local function publish_events()
    if not messages[1] then return end
    if not messages[2] then return call('PUBLISH', channel_names[1], messages[1]) end
    local to_all = not asks or call('PUBSUB', 'NUMPAT') > 0
    local listeners = to_all or call('PUBSUB', 'NUMSUB', unpack(channel_names))
    for i, message in ipairs(messages) do
        if to_all or listeners[2 * i] > 0 then call('PUBLISH', channel_names[i], message) end
    end
end

-- Publishes what receivers of webhooks are to be told.
local function announce_tellings()
    if #tellings == 0 then return end
    for _, telling in ipairs(tellings) do
        call('XADD', KEYS[5], '*', 'operation', telling[2], 'tenant', call('HGET', telling[1], 'tenant') or '',
            'event', telling[3], 'callback', telling[4])
    end
    call('PUBLISH', KEYS[5], #tellings)
end

-- Writes what was noted for the end of the call, and tells of it: after all writes, so that what the hashes hold can be read.
local function finish()
    for key, list in pairs(removed) do call('ZREM', key, unpack(list)) end
    for key, list in pairs(added) do call('ZADD', key, unpack(list)) end
    for stream, list in pairs(acknowledged) do
        call('XACK', stream, 'workers', unpack(list))
        call('XDEL', stream, unpack(list))
    end
    publish_events()
    announce_timers()
    announce_tellings()
end

-- Does `work` and finishes. Should it fail half-way, as a key of a foreign type would bring about, what was done until then is finished
-- all the same; returns the error, or nil.
local function complete(work)
    local is_done, problem = pcall(work)
    finish()
    if not is_done then return type(problem) == 'table' and problem or redis.error_reply(tostring(problem)) end
end

local ended = { Succeeded = true, Failed = true, Canceled = true }
