#!lua flags=allow-oom
--@include arguments
--@include clock
--@include statuses
--@include message
--@include fields
-- Looks whether something leads on for operations of the live index (a message, a timer or a lease), and publishes again what has lost it.
-- Nothing here depends on how long something took: whatever publishes, begins and commits changes message and record in one script.
-- `grace` is how long past its end a lease is left alone, in ms. Of an operation: `deadline` is in ms, `timer` the text of its timer, `pivot` the
-- record of its pivot, each empty when it has none; `records` is how many there are, empty when its definition is missing.
-- Answers how many left the index, how many timers were set, the IDs of the operations nothing leads on for, `IDs and records` of the
-- published messages.
-- KEYS: timers live ended attention reconciler
-- ARGV: grace
-- operation: operation id definition deadline timer pivot records
-- record: record stream timer
-- answer: removed set_timers stranded published
local timers, live, ended, attention, reconciler = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local grace = count()
-- An operator's move comes next, or something other than a worker.
local resting = { ['undo-failed'] = true, waiting = true }

local delivered = {}
-- Whether `entry` was delivered by its group, whoever has it now.
local function was_delivered(stream, entry)
    if not delivered[stream] then
        delivered[stream] = '0-0'
        for _, group in ipairs(redis.call('XINFO', 'GROUPS', stream)) do
            local found = by_name(group)
            if found.name == 'workers' then delivered[stream] = found['last-delivered-id'] end
        end
    end
    local last_ms, last_number = string.match(delivered[stream], '(%d+)-(%d+)')
    local ms, number = string.match(entry, '(%d+)-(%d+)')
    last_ms, last_number, ms, number = tonumber(last_ms), tonumber(last_number), tonumber(ms), tonumber(number)
    return ms < last_ms or (ms == last_ms and number <= last_number)
end

-- Whether a reader or a sweep will come to `entry`. One that was delivered and is pending for nobody is found by neither: it goes.
local function is_waiting(stream, entry)
    if not entry or #redis.call('XRANGE', stream, entry, entry) == 0 then return false end
    local pending = redis.pcall('XPENDING', stream, 'workers', entry, entry, 1)
    -- Without a group the next reader makes one that begins at 0.
    if pending.err or #pending == 1 then return true end
    if not was_delivered(stream, entry) then return true end
    redis.call('XDEL', stream, entry)
    return false
end

local function is_open(record, status)
    return status == 'Queued' or status == 'Running' or status == 'Retrying' or (status == 'Waiting' and string.sub(record, 1, 5) == 'step:')
end

local function take_records(total)
    local list = {}
    for i = 1, total do
        local record, stream, timer = take(), KEYS[count()], take()
        list[i] = { name = record, stream = stream, timer = timer }
    end
    return list
end

local removed, set_timers, examined = 0, 0, 0
local stranded, published = {}, {}
while has_more() do
    local operation, id, definition, deadline, timer, pivot, records = KEYS[count()], take(), take(), take(), take(), take(), take()
    local is_defined = records ~= ''
    local state = redis.call('HMGET', operation, 'status', 'phase', 'created', 'not-before', 'cancel', pivot .. ':status')
    local status, phase, created, not_before = state[1], state[2], state[3], tonumber(state[4] or 0)
    local known = take_records(is_defined and numbers[records] or 0)
    examined = examined + 1
    if not status or has_ended[status] then
        removed = removed + redis.call('ZREM', live, id)
        if status then redis.call('ZADD', ended, created, id) else redis.call('ZREM', attention, id) end
    elseif is_defined and not resting[phase] and not redis.call('ZSCORE', attention, id) then
        local opened = 0
        -- Its deadline means nothing any more once it goes back, or only forward.
        local is_timed = deadline ~= '' and phase ~= 'undoing' and not state[5] and state[6] ~= 'Succeeded'
        if is_timed and not redis.call('ZSCORE', timers, timer) then
            redis.call('ZADD', timers, texts[math.max(tonumber(created), not_before) + deadline], timer)
            set_timers = set_timers + 1
        end
        for _, record in ipairs(known) do
            local stored = redis.call('HMGET', operation, record.name .. ':status', record.name .. ':lease', record.name .. ':entry')
            if stored[1] and is_open(record.name, stored[1]) then
                opened = opened + 1
                local held_until = tonumber(string.match(stored[2] or '', '^%d+ (%d+)') or 0)
                local is_held = stored[1] == 'Running' and held_until + grace > now
                if not is_held and not redis.call('ZSCORE', timers, record.timer) and not is_waiting(record.stream, stored[3]) then
                    if stored[1] == 'Waiting' and not_before > now then
                        redis.call('ZADD', timers, texts[not_before], record.timer)
                        set_timers = set_timers + 1
                    else
                        local direction = string.sub(record.name, 1, 5) == 'undo:' and 'undo' or 'forward'
                        local entry = add_message(record.stream, id, string.sub(record.name, 6), direction, definition)
                        redis.call('HSET', operation, record.name .. ':entry', entry)
                        published[#published + 1] = id .. ' ' .. record.name
                    end
                end
            end
        end
        if opened == 0 then stranded[#stranded + 1] = id end
    end
end
local found = { examined = examined, removed = removed, timers = set_timers, stranded = #stranded, republished = #published }
for name, number in pairs(found) do
    if number > 0 then redis.call('HINCRBY', reconciler, name, number) end
end
redis.call('HSET', reconciler, 'last', now_text)
return { removed, set_timers, stranded, published }
