#!lua flags=allow-oom
--@include prelude
-- Begins work: a new epoch and lease, `Running`, the attempt counted (or the crash of the worker that held it before), undo intent.
-- Input: KEYS[6] the reconciler's counters; consumer and a text that no other call has, lease in ms; kinds of work, each with how its
--        timers' texts begin, its record, action, step, the record of its undo (empty when it has none), number of the queue's key, and
--        the fields to read (version, status, epoch, callback, status and attempts of the record, then what the core wants to see);
--        how many messages, how many keys stand before those of their operations; per message ID, entry (empty when no message asked for
--        it), number of its kind.
-- Output: per message `held`, `stale` (acknowledged and deleted), or `begun`, epoch, attempts, crashes, version, time, `1` if nobody knows what
--         an earlier attempt did, the record's error, the fields read.
local consumer, lease = take(), count()
local lease_end = texts[now + lease] .. ' ' .. consumer
local kinds = {}
for i = 1, count() do
    local timer, record, action, step, undo, stream, fields = take(), take(), take(), take(), take(), KEYS[count()], {}
    for j = 1, count() do fields[j] = take() end
    kinds[i] = {
        timer = timer, action = action, step = step, undo = undo, stream = stream, fields = fields, begun = {},
        status = record .. ':status', attempts = record .. ':attempts', crashes = record .. ':crashes', uncertain = record .. ':uncertain',
        lease = record .. ':lease', started = record .. ':started', error = record .. ':error',
    }
end

-- Whether work that nobody holds may be begun. Only an undo that was asked for is run; without a message only what waits for its process.
-- While a timer for the work has still to come, this message is a second one: without this, a retry would skip its delay.
local function may_begin(status, kind, entry, id)
    if status == 'Queued' then return entry ~= '' end
    if status == 'Waiting' and entry == '' then return kind.action == 'run' end
    if status == 'Retrying' or (status == 'Waiting' and kind.action == 'run') then
        return entry ~= '' and not call('ZSCORE', KEYS[1], kind.timer .. id)
    end
    return false
end

-- What is written for work of `kind`: the same for all that were as far, but for epoch and lease, which stand first.
local function beginning(kind, status, version, attempts, crashes, crashed)
    local drafts = {}
    if status == 'NotStarted' then drafts[1] = '"type":"operation.started","data":{}}' end
    drafts[#drafts + 1] = '"type":"step.' .. (kind.action == 'undo' and 'undoing' or 'started')
        .. '","data":{"step":"' .. kind.step .. '","attempt":' .. texts[attempts] .. '}}'
    local fields = {
        'epoch', '', kind.lease, '', 'status', 'Running', 'phase', kind.action == 'undo' and 'undoing' or 'executing', 'updated', now_text,
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

local answers = {}
local begun_now = {}
local total, before = count(), count()
local problem = complete(function()
    for i = 1, total do
        local key, id, entry, kind = KEYS[before + i], take(), take(), kinds[count()]
        local state = call('HMGET', key, unpack(kind.fields))
        local version, status, callback, record_status = state[1], state[2], state[4] or '', state[5]
        -- Crashes, lease, doubt and error of a record: most have begun nothing yet, and have none.
        local crashed = record_status == 'Running'
        local past = (crashed or state[6]) and call('HMGET', key, kind.crashes, kind.lease, kind.uncertain, kind.error) or {}
        local held, held_until, owner = string.match(past[2] or '', '^(%d+) (%d+) (.*)')
        local is_held = crashed and held and numbers[held_until] > now
        local attempts, crashes = numbers[state[6] or '0'], numbers[past[1] or '0']
        if not version or ended[status] or not (crashed or may_begin(record_status, kind, entry, id)) then
            acknowledge(kind.stream, entry)
            if entry ~= '' and not version then call('HINCRBY', KEYS[6], 'orphans', 1) end
            answers[i] = { 'stale' }
        elseif is_held and not begun_now[key .. kind.lease] and owner == consumer then
            -- The same call once more, because its answer was lost: what it began is its own.
            begun_now[key .. kind.lease] = true
            call('HSET', key, kind.lease, held .. ' ' .. lease_end)
            answers[i] = { 'begun', held, attempts, crashes, numbers[version], now_text, past[3] or '', past[4] or '', state }
        elseif is_held then
            answers[i] = { 'held' }
        else
            begun_now[key .. kind.lease] = true
            if crashed then crashes = crashes + 1 else attempts = attempts + 1 end
            local epoch = texts[math.max((tonumber(state[3]) or 0) + 1, micros)]
            local alike = table.concat({ status, record_status, version, attempts, crashes }, ' ')
            local begun = kind.begun[alike]
            if not begun then
                begun = beginning(kind, status, numbers[version], attempts, crashes, crashed)
                kind.begun[alike] = begun
            end
            begun.fields[2], begun.fields[4] = epoch, epoch .. ' ' .. lease_end
            call('HSET', key, unpack(begun.fields))
            send_events(begun.events, begun.drafts, key, id, callback)
            local is_uncertain = (crashed or past[3]) and '1' or ''
            answers[i] = { 'begun', epoch, attempts, crashes, begun.events.version, now_text, is_uncertain, past[4] or '', state }
        end
    end
end)
return problem or answers
