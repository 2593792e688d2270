#!lua flags=allow-oom
--@include prelude
--@include statuses
-- Begins work: a new epoch and lease, `Running`, the attempt counted (or the crash of the worker that held it before), undo intent.
-- `consumer` may end with a text that no other call has; `lease` is in ms. Of a kind of work: `timer` is how its timers' texts begin, `undo` the
-- record of its undo (empty when it has none), `fields` what is read: first what this script looks at, `state`, and from the callback on what
-- is answered. `entry` is empty when no message asked for the work.
-- Answers the time, and then for each message, one behind the other: `held`, `stale` (acknowledged and deleted), or `begun` and a row, whose
-- `uncertain` is `1` if nobody knows what an earlier attempt did and whose `error` is the record's, and the fields read from the callback on.
-- KEYS: reconciler
-- ARGV: consumer lease kinds
-- kind: timer record direction step undo stream fields
-- operations: total before
-- message: entry kind
-- state: version status epoch record_status attempts callback
-- begun: epoch attempts crashes version uncertain error
-- codes: begun held stale
local reconciler = KEYS[6]
local begun_now = {} -- by the field of the lease, which kinds of several queues may share: the operations begun by this very call
local function take_kinds()
    local kinds = {}
    for i = 1, count() do
        local timer, record, direction, step, undo, stream, fields = take(), take(), take(), take(), take(), KEYS[count()], take_list()
        local lease_field = record .. ':lease'
        begun_now[lease_field] = begun_now[lease_field] or {}
        kinds[i] = {
            timer = timer, direction = direction, step = step, undo = undo, stream = stream, fields = fields, lease = lease_field,
            status = record .. ':status', attempts = record .. ':attempts', crashes = record .. ':crashes',
            uncertain = record .. ':uncertain', started = record .. ':started', error = record .. ':error',
            begun_now = begun_now[lease_field],
        }
    end
    return kinds
end
local consumer, lease, kinds = take(), count(), take_kinds()
local lease_end = texts[now + lease] .. ' ' .. consumer

-- Whether work that nobody holds may be begun. Only an undo that was asked for is run; without a message only what waits for its process.
-- While a timer for the work has still to come, this message is a second one: without this, a retry would skip its delay.
local function may_begin(status, kind, entry, key)
    if status == 'Queued' then return entry ~= '' end
    if status == 'Waiting' and entry == '' then return kind.direction == 'forward' end
    if status == 'Retrying' or (status == 'Waiting' and kind.direction == 'forward') then
        return entry ~= '' and not call('ZSCORE', timers, kind.timer .. id_of(key))
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
local function answer(code)
    size = size + 1
    answers[size] = code
end
-- What begun work is answered with; a field that is not there is false.
local function answer_begun(state, epoch, attempts, crashes, version, uncertain, error)
    answer('begun')
    answers[size + 1], answers[size + 2], answers[size + 3], answers[size + 4], answers[size + 5], answers[size + 6] =
        epoch, attempts, crashes, version, uncertain, error
    size = size + 6
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
        local version, status, epoch, record_status, attempts, callback = state[1], state[2], state[3], state[4], state[5], state[6]
        -- Crashes, lease, doubt and error of a record: most have begun nothing yet, and have none.
        local crashed = record_status == 'Running'
        local past = (crashed or attempts) and call('HMGET', key, kind.crashes, kind.lease, kind.uncertain, kind.error) or nothing
        local held, held_until, owner
        if past[2] then held, held_until, owner = string.match(past[2], '^(%d+) (%d+) (.*)') end
        local is_held = crashed and held and numbers[held_until] > now
        local attempted, crashes = numbers[attempts or '0'], numbers[past[1] or '0']
        if not version or has_ended[status] or not (crashed or may_begin(record_status, kind, entry, key)) then
            acknowledge(kind.stream, entry)
            if entry ~= '' and not version then call('HINCRBY', reconciler, 'orphans', 1) end
            answer('stale')
        elseif is_held and not kind.begun_now[key] and owner == consumer then
            -- The same call once more, because its answer was lost: what it began is its own.
            kind.begun_now[key] = true
            call('HSET', key, kind.lease, held .. ' ' .. lease_end)
            answer_begun(state, held, attempted, crashes, numbers[version], past[3] or '', past[4] or '')
        elseif is_held then
            answer('held')
        else
            kind.begun_now[key] = true
            if crashed then crashes = crashes + 1 else attempted = attempted + 1 end
            local next_epoch = texts[math.max((tonumber(epoch) or 0) + 1, micros)]
            local begun = beginning_like(kind, status, record_status, version, attempted, crashes, crashed)
            begun.fields[2], begun.fields[4] = next_epoch, next_epoch .. ' ' .. lease_end
            call('HSET', key, unpack(begun.fields))
            send_events(begun.events, begun.drafts, key, id_of(key), callback or '')
            answer_begun(state, next_epoch, attempted, crashes, begun.events.version, (crashed or past[3]) and '1' or '', past[4] or '')
        end
    end
end)
return problem or answers
