-- Shared by every script that applies a transition: stands in front of the script's own text.
-- Arguments are read from left to right; every list is preceded by its length.
-- KEYS[1] timers, KEYS[2] live, KEYS[3] ended, KEYS[4] attention, KEYS[5] deliveries; further keys are named by their number in KEYS.
local position = 0
local function take()
    position = position + 1
    return ARGV[position]
end
local function count()
    position = position + 1
    return tonumber(ARGV[position])
end

local time = redis.call('TIME')
local micros = time[1] * 1000000 + time[2]
local now = math.floor(micros / 1000)
local now_text = string.format('%.0f', now)

local channels = take() -- an operation's channel is this text and its ID
local wake = take()     -- the channel that is told of a timer due before all others
local history = count() -- how many events an operation keeps
local told = take()     -- the kinds of events that configured receivers of webhooks want, a space around each; empty: none

local set_timers = {}
local tellings = {} -- events that a receiver of webhooks is to be told of

-- Notes an event for its receivers. A callback is the kinds of events it wants and its URL, with spaces between them.
local function tell(key, id, event, kind, callback)
    local wanted = callback and string.find(' ' .. callback, ' ' .. kind .. ' ', 1, true)
    if wanted or string.find(told, ' ' .. kind .. ' ', 1, true) then
        tellings[#tellings + 1] = { key, id, event, wanted and callback or '' }
    end
end

-- Appends events to `fields` and publishes them in one message; returns the new version. A draft is the tail of a JSON object.
local function append(fields, key, id, version, drafts, callback)
    local oldest = version + #drafts - history -- what is at or below it is not kept
    local lines = {}
    for _, draft in ipairs(drafts) do
        version = version + 1
        local event = '{"sequence":' .. version .. ',"time":' .. now_text .. ',' .. draft
        if version > oldest then
            fields[#fields + 1] = 'event:' .. version
            fields[#fields + 1] = event
        end
        if version > history then redis.call('HDEL', key, 'event:' .. (version - history)) end
        lines[#lines + 1] = event
        if callback or told ~= '' then tell(key, id, event, string.match(draft, '^"type":"([^"]+)"'), callback) end
    end
    if lines[1] then redis.call('PUBLISH', channels .. id, table.concat(lines, '\n')) end
    fields[#fields + 1] = 'version'
    fields[#fields + 1] = version
    return version
end

-- Notes on each of `total` resources that the operation is pending on it or, with a retention, that it has ended.
local function note_resources(total, id, version, retention)
    if total == 0 then return end
    local type, status = take(), take()
    for _ = 1, total do
        local resource = KEYS[count()]
        if retention == '' then
            redis.call('HSET', resource, 'pending:' .. id, type .. ' ' .. now_text)
            redis.call('PERSIST', resource)
        else
            redis.call('HDEL', resource, 'pending:' .. id)
            redis.call('HSET', resource, 'ended', id .. ' ' .. type .. ' ' .. status .. ' ' .. version .. ' ' .. now_text)
            if redis.call('HLEN', resource) == 1 then redis.call('PEXPIRE', resource, retention) end
        end
    end
end

-- Reads a transition from the arguments and applies it to the operation at `key`, which was `created` then (nil: now); returns the new version.
local function apply(key, id, version, callback, created)
    local fields = { 'updated', now_text }
    for _ = 1, count() do
        fields[#fields + 1] = take()
        fields[#fields + 1] = take()
    end
    for _ = 1, count() do
        fields[#fields + 1] = take()
        fields[#fields + 1] = now_text
    end
    local drafts = {}
    for i = 1, count() do drafts[i] = take() end
    local removed = {}
    for i = 1, count() do removed[i] = take() end
    version = append(fields, key, id, version, drafts, callback)
    for _ = 1, count() do -- messages
        local stream, step, action, definition = KEYS[count()], take(), take(), take()
        fields[#fields + 1] = (action == 'undo' and 'undo:' or 'step:') .. step .. ':entry'
        fields[#fields + 1] = redis.call('XADD', stream, '*', 'operation', id, 'step', step, 'action', action, 'definition', definition)
    end
    for _ = 1, count() do redis.call('ZREM', KEYS[1], take()) end
    for _ = 1, count() do -- timers
        local from, after, member = count(), count(), take()
        local due = math.max(now, from) + after
        redis.call('ZADD', KEYS[1], string.format('%.0f', due), member)
        set_timers[member] = due
    end
    local retention = take()
    if retention ~= '' then
        local size = #fields
        fields[size + 1], fields[size + 2] = 'ended', now_text
        fields[size + 3], fields[size + 4] = 'expires', string.format('%.0f', now + retention)
    end
    redis.call('HSET', key, unpack(fields))
    if #removed > 0 then redis.call('HDEL', key, unpack(removed)) end
    if retention ~= '' then
        redis.call('PEXPIRE', key, retention)
        redis.call('ZREM', KEYS[2], id)
        redis.call('ZADD', KEYS[3], created or now_text, id)
    end
    local attention = take()
    if attention == '1' then redis.call('ZADD', KEYS[4], now, id) end
    if attention == '0' then redis.call('ZREM', KEYS[4], id) end
    note_resources(count(), id, version, retention)
    return version
end

-- Publishes what receivers of webhooks are to be told: after all writes, so that what the hash holds can be read.
local function announce_tellings()
    if #tellings == 0 then return end
    for _, telling in ipairs(tellings) do
        redis.call('XADD', KEYS[5], '*', 'operation', telling[2], 'tenant', redis.call('HGET', telling[1], 'tenant') or '',
            'event', telling[3], 'callback', telling[4])
    end
    redis.call('PUBLISH', KEYS[5], #tellings)
end

-- Tells the workers if one of the timers just set comes before all others. Those that are due already do not count: whoever is about to
-- publish them has asked for the next one before this one was there.
local function announce_timers()
    if next(set_timers) == nil then return end
    local first = redis.call('ZRANGE', KEYS[1], '(' .. now_text, '+inf', 'BYSCORE', 'LIMIT', 0, 1)[1]
    for member, due in pairs(set_timers) do
        if due <= now or member == first then return redis.call('PUBLISH', wake, member) end
    end
end

local ended = { Succeeded = true, Failed = true, Canceled = true }
