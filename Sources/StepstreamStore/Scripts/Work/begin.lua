#!lua flags=allow-oom
--@include prelude
-- Begins work: a new epoch and lease, `Running`, the attempt counted (or the crash of the worker that held it before), undo intent.
-- Input: KEYS[6] the reconciler's counters; consumer and a text that no other call has, lease in ms; kinds of work, each with how its
--        timers' texts begin, its record, direction, step, the record of its undo (empty when it has none), number of the queue's key, and
--        the fields to read (version, status, epoch, status and attempts of the record, callback, then what the core wants to see);
--        how many messages, how many keys stand before those of their operations; per message its entry (empty when no message asked for
--        it), number of its kind.
-- Output: the time, then per message, one behind the other: `held`, `stale` (acknowledged and deleted), or `begun`, epoch, attempts, crashes,
--         version, `1` if nobody knows what an earlier attempt did, the record's error, the fields read from the callback on.
local consumer, lease = take(), count()
local lease_end = texts[now + lease] .. ' ' .. consumer
local kinds = {}
local begun_now = {} -- by the field of the lease, which kinds of several queues may share: the operations begun by this very call
for i = 1, count() do
    local timer, record, direction, step, undo, stream, fields = take(), take(), take(), take(), take(), KEYS[count()], {}
    for j = 1, count() do fields[j] = take() end
    kinds[i] = {
        timer = timer, direction = direction, step = step, undo = undo, stream = stream, fields = fields,
        status = record .. ':status', attempts = record .. ':attempts', crashes = record .. ':crashes', uncertain = record .. ':uncertain',
        lease = record .. ':lease', started = record .. ':started', error = record .. ':error',
    }
    local field = kinds[i].lease
    begun_now[field] = begun_now[field] or {}
    kinds[i].begun_now = begun_now[field]
end

-- Whether work that nobody holds may be begun. Only an undo that was asked for is run; without a message only what waits for its process.
-- While a timer for the work has still to come, this message is a second one: without this, a retry would skip its delay.
local function may_begin(status, kind, entry, key)
    if status == 'Queued' then return entry ~= '' end
    if status == 'Waiting' and entry == '' then return kind.direction == 'forward' end
    if status == 'Retrying' or (status == 'Waiting' and kind.direction == 'forward') then
        return entry ~= '' and not call('ZSCORE', KEYS[1], kind.timer .. id_of(key))
    end
    return false
end

-- What is written for work of `kind`: the same for all that were as far, but for epoch and lease, which stand first.
local function beginning(kind, status, version, attempts, crashes, crashed)
    local drafts = {}
    if status == 'NotStarted' then drafts[1] = 'operation.started' end
    drafts[#drafts + 1] = 'step.' .. (kind.direction == 'undo' and 'undoing' or 'started')
        .. ' {"step":"' .. kind.step .. '","attempt":' .. texts[attempts] .. '}'
    local fields = {
        'epoch', '', kind.lease, '', 'status', 'Running', 'phase', kind.direction == 'undo' and 'undoing' or 'executing',
        kind.status, 'Running', kind.attempts, texts[attempts], kind.started, now_text,
    }
    local function add(field, value)
        fields[#fields + 1] = field
        fields[#fields + 1] = value
    end
    if crashes > 0 then add(kind.crashes, texts[crashes]) end
    if crashed then add(kind.uncertain, '1') end
    if kind.undo ~= '' then add(kind.undo .. ':status', 'Waiting') end
    local events = write_events(drafts, version)
    for i = 1, #events.fields, 2 do add(events.fields[i], events.fields[i + 1]) end
    return { fields = fields, events = events, drafts = drafts }
end

-- The last beginning of `kind` if it is the same: those of one queue mostly are as far as each other.
local function beginning_like(kind, status, record_status, version, attempts, crashes, crashed)
    local last = kind.last
    if not last or last.version ~= version or last.status ~= status or last.record_status ~= record_status
        or last.attempts ~= attempts or last.crashes ~= crashes then
        last = beginning(kind, status, numbers[version], attempts, crashes, crashed)
        last.version, last.status, last.record_status, last.attempts, last.crashes = version, status, record_status, attempts, crashes
        kind.last = last
    end
    return last
end

local answers, size = { now_text }, 1
-- What begun work is answered with; a field that is not there is false.
local function answer(epoch, attempts, crashes, version, uncertain, error, state)
    answers[size + 1], answers[size + 2], answers[size + 3], answers[size + 4] = 'begun', epoch, attempts, crashes
    answers[size + 5], answers[size + 6], answers[size + 7] = version, uncertain, error
    size = size + 7
    for i = 6, #state do
        size = size + 1
        answers[size] = state[i]
    end
end

local nothing = {}
local total, before = count(), count()
local problem = complete(function()
    for i = 1, total do
        local key, entry, kind = KEYS[before + i], take(), kinds[count()]
        local state = call('HMGET', key, unpack(kind.fields))
        local version, status, record_status, callback = state[1], state[2], state[4], state[6] or ''
        -- Crashes, lease, doubt and error of a record: most have begun nothing yet, and have none.
        local crashed = record_status == 'Running'
        local past = (crashed or state[5]) and call('HMGET', key, kind.crashes, kind.lease, kind.uncertain, kind.error) or nothing
        local held, held_until, owner
        if past[2] then held, held_until, owner = string.match(past[2], '^(%d+) (%d+) (.*)') end
        local is_held = crashed and held and numbers[held_until] > now
        local attempts, crashes = numbers[state[5] or '0'], numbers[past[1] or '0']
        if not version or ended[status] or not (crashed or may_begin(record_status, kind, entry, key)) then
            acknowledge(kind.stream, entry)
            if entry ~= '' and not version then call('HINCRBY', KEYS[6], 'orphans', 1) end
            size = size + 1
            answers[size] = 'stale'
        elseif is_held and not kind.begun_now[key] and owner == consumer then
            -- The same call once more, because its answer was lost: what it began is its own.
            kind.begun_now[key] = true
            call('HSET', key, kind.lease, held .. ' ' .. lease_end)
            answer(held, attempts, crashes, numbers[version], past[3] or '', past[4] or '', state)
        elseif is_held then
            size = size + 1
            answers[size] = 'held'
        else
            kind.begun_now[key] = true
            if crashed then crashes = crashes + 1 else attempts = attempts + 1 end
            local epoch = texts[math.max((tonumber(state[3]) or 0) + 1, micros)]
            local begun = beginning_like(kind, status, record_status, version, attempts, crashes, crashed)
            begun.fields[2], begun.fields[4] = epoch, epoch .. ' ' .. lease_end
            call('HSET', key, unpack(begun.fields))
            send_events(begun.events, begun.drafts, key, id_of(key), callback)
            answer(epoch, attempts, crashes, begun.events.version, (crashed or past[3]) and '1' or '', past[4] or '', state)
        end
    end
end)
return problem or answers
