#!lua flags=allow-oom
-- Looks whether something leads on for operations of the live index (a message, a timer or a lease), and publishes again what has lost it.
-- Nothing here depends on how long something took: whatever publishes, begins and commits changes message and record in one script.
-- Input: KEYS[1] timers, KEYS[2] live, KEYS[3] ended, KEYS[4] attention, KEYS[6] counters; how long past its end a lease is left alone, in ms;
--        per operation the number of its key, ID, definition, number of records (empty when its definition is missing), then its total time in ms,
--        the text of that timer and the record of its pivot (each empty when it has none); per record its name, number of the queue's key, text of its timer.
-- Output: how many left the index, how many timers were set, IDs of the operations nothing leads on for, `IDs and records` of the published messages.
local position = 0
local function take()
    position = position + 1
    return ARGV[position]
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local now_text = string.format('%.0f', now)
local grace = tonumber(take())
local ended = { Succeeded = true, Failed = true, Canceled = true }
-- An operator's move comes next, or something other than a worker.
local resting = { ['undo-failed'] = true, waiting = true }

local delivered = {}
-- Whether `entry` was delivered by its group, whoever has it now.
local function was_delivered(stream, entry)
    if not delivered[stream] then
        delivered[stream] = '0-0'
        for _, group in ipairs(redis.call('XINFO', 'GROUPS', stream)) do
            local found = {}
            for i = 1, #group, 2 do found[group[i]] = group[i + 1] end
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

local removed, timers, examined, republished = 0, 0, 0, 0
local stranded, published = {}, {}
while position < #ARGV do
    local key, id, definition = KEYS[tonumber(take())], take(), take()
    local number = take()
    local records = {}
    local total_time, deadline, pivot = '', '', ''
    if number ~= '' then total_time, deadline, pivot = take(), take(), take() end
    for i = 1, tonumber(number == '' and 0 or number) do
        records[i] = { name = take(), stream = KEYS[tonumber(take())], timer = take() }
    end
    local operation = redis.call('HMGET', key, 'status', 'phase', 'created', 'not-before', 'cancel', pivot .. ':status')
    local status = operation[1]
    examined = examined + 1
    if not status or ended[status] then
        removed = removed + redis.call('ZREM', KEYS[2], id)
        if status then redis.call('ZADD', KEYS[3], operation[3], id) else redis.call('ZREM', KEYS[4], id) end
    elseif number ~= '' and not resting[operation[2]] and not redis.call('ZSCORE', KEYS[4], id) then
        local opened = 0
        -- Its total time means nothing any more once it goes back, or only forward.
        local is_timed = total_time ~= '' and operation[2] ~= 'undoing' and not operation[5] and operation[6] ~= 'Succeeded'
        if is_timed and not redis.call('ZSCORE', KEYS[1], deadline) then
            local from = math.max(tonumber(operation[3]), tonumber(operation[4] or 0))
            redis.call('ZADD', KEYS[1], string.format('%.0f', from + total_time), deadline)
            timers = timers + 1
        end
        for _, record in ipairs(records) do
            local state = redis.call('HMGET', key, record.name .. ':status', record.name .. ':lease', record.name .. ':entry')
            if state[1] and is_open(record.name, state[1]) then
                opened = opened + 1
                local held_until = tonumber(string.match(state[2] or '', '^%d+ (%d+)') or 0)
                local is_held = state[1] == 'Running' and held_until + grace > now
                if not is_held and not redis.call('ZSCORE', KEYS[1], record.timer) and not is_waiting(record.stream, state[3]) then
                    local not_before = tonumber(operation[4] or 0)
                    if state[1] == 'Waiting' and not_before > now then
                        redis.call('ZADD', KEYS[1], not_before, record.timer)
                        timers = timers + 1
                    else
                        local direction = string.sub(record.name, 1, 5) == 'undo:' and 'undo' or 'forward'
                        local entry = redis.call('XADD', record.stream, '*', 'operation', id, 'step', string.sub(record.name, 6),
                            'direction', direction, 'definition', definition)
                        redis.call('HSET', key, record.name .. ':entry', entry)
                        published[#published + 1] = id .. ' ' .. record.name
                    end
                end
            end
        end
        if opened == 0 then stranded[#stranded + 1] = id end
    end
end
republished = #published
local found = { examined = examined, removed = removed, timers = timers, stranded = #stranded, republished = republished }
for name, count in pairs(found) do
    if count > 0 then redis.call('HINCRBY', KEYS[6], name, count) end
end
redis.call('HSET', KEYS[6], 'last', now_text)
return { removed, timers, stranded, published }
