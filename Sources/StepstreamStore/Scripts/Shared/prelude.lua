--@include arguments
--@include clock
-- Shared by every script that applies a transition: stands in front of the script's own text.
-- A lease is `<epoch> <until, in ms> <consumer>`; it is empty when nobody holds one.
-- Further keys are named by their number in KEYS; those of the operations of a call stand behind all others, in order.
--   channels        an operation's channel is this text and its ID
--   wake            the channel that announces a timer due before all others
--   history         how many events an operation keeps
--   webhook_events  the kinds of events that configured receivers of webhooks want, a space around each; empty: none
--   asks            whether this server knows of all listeners: not so in a Cluster, where a channel's may be on any node
--   prefix          what stands before the ID in the key of an operation
-- KEYS: timers live ended attention deliveries
-- head: channels wake history webhook_events asks prefix
local call = redis.call
local timers, live, ended, attention, deliveries = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local channels, wake, history, webhook_events, asks, prefix = take(), take(), count(), take(), take() == '1', take()
local id_starts = #prefix + 1
local function id_of(key) return string.sub(key, id_starts) end

local set_timers = {}
local notifications = {} -- events that a receiver of webhooks is to be sent

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
local function notify(key, id, event, kind, callback)
    local wanted = callback ~= '' and string.find(' ' .. callback, ' ' .. kind .. ' ', 1, true)
    if wanted or string.find(webhook_events, ' ' .. kind .. ' ', 1, true) then
        notifications[#notifications + 1] = { key, id, event, wanted and callback or '' }
    end
end

local channel_names, published = {}, {} -- what is published, and where

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
    published[#published + 1] = events.message
    if events.dropped[1] then call('HDEL', key, unpack(events.dropped)) end
    if callback ~= '' or webhook_events ~= '' then
        for i, draft in ipairs(drafts) do notify(key, id, events.lines[i], string.match(draft, '^%S+'), callback) end
    end
end

-- Tells the workers if one of the timers just set comes before all others. Those that are due already do not count: whoever is about to
-- publish them has asked for the next one before this one was there.
local function announce_timers()
    if next(set_timers) == nil then return end
    local first = call('ZRANGE', timers, '(' .. now_text, '+inf', 'BYSCORE', 'LIMIT', 0, 1)[1]
    for member, due in pairs(set_timers) do
        if due <= now or member == first then return call('PUBLISH', wake, member) end
    end
end

-- Publishes to the channels that someone listens to: asking for all at once costs a fraction of publishing to nobody. Asking for one does not.
local function publish_events()
    if not published[1] then return end
    if not published[2] then return call('PUBLISH', channel_names[1], published[1]) end
    local to_all = not asks or call('PUBSUB', 'NUMPAT') > 0
    local listeners = to_all or call('PUBSUB', 'NUMSUB', unpack(channel_names))
    for i, message in ipairs(published) do
        if to_all or listeners[2 * i] > 0 then call('PUBLISH', channel_names[i], message) end
    end
end

-- Publishes what receivers of webhooks are to be sent.
local function announce_notifications()
    if #notifications == 0 then return end
    for _, notification in ipairs(notifications) do
        call('XADD', deliveries, '*', 'operation', notification[2], 'tenant', call('HGET', notification[1], 'tenant') or '',
            'event', notification[3], 'callback', notification[4])
    end
    call('PUBLISH', deliveries, #notifications)
end

-- Writes what was noted for the end of the call, and publishes it: after all writes, so that the hashes can be read.
local function finish()
    for key, list in pairs(removed) do call('ZREM', key, unpack(list)) end
    for key, list in pairs(added) do call('ZADD', key, unpack(list)) end
    for stream, list in pairs(acknowledged) do
        call('XACK', stream, 'workers', unpack(list))
        call('XDEL', stream, unpack(list))
    end
    publish_events()
    announce_timers()
    announce_notifications()
end

-- Does `work` and finishes. Should it fail half-way, as a key of a foreign type would bring about, what was done until then is finished
-- all the same; returns the error, or nil.
local function complete(work)
    local is_done, problem = pcall(work)
    finish()
    if not is_done then return type(problem) == 'table' and problem or redis.error_reply(tostring(problem)) end
end
