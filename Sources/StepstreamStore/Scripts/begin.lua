#!lua flags=allow-oom
--@include prelude
-- Begins work: a new epoch and lease, `Running`, the attempt counted (or the crash of the worker that held it before), undo intent.
-- Input: KEYS[6] the reconciler's counters; consumer and a text that no other call has, lease in ms; lists, each with how its timers' texts begin and the fields to read (version, status, epoch, and status, attempts, crashes, lease of the record, callback,
--        then what the core wants to see); per
--        message the number of the operation's key, ID, step, action, number of the stream's key, entry (empty when no
--        message asked for it), whether the step has an undo, number of its list of fields.
-- Output: per message `held`, `stale` (acknowledged and deleted), or `begun`, epoch, attempts, crashes, version, time, the fields read.
local consumer, lease = take(), count()
local lists = {}
for i = 1, count() do
    local timer, fields = take(), {}
    for j = 1, count() do fields[j] = take() end
    lists[i] = { timer = timer, fields = fields }
end

-- Whether work that nobody holds may be begun. Only an undo that was asked for is run; without a message only what waits for its process.
-- While a timer for the work has still to come, this message is a second one: without this, a retry would skip its delay.
local function may_begin(record_status, action, entry, timer)
    if record_status == 'Queued' then return entry ~= '' end
    if record_status == 'Waiting' and entry == '' then return action == 'run' end
    if record_status == 'Retrying' or (record_status == 'Waiting' and action == 'run') then
        return entry ~= '' and not redis.call('ZSCORE', KEYS[1], timer)
    end
    return false
end

local answers = {}
local begun_now = {}
for i = 1, count() do
    local key, id, step, action, stream, entry = KEYS[count()], take(), take(), take(), KEYS[count()], take()
    local has_undo, list = take() == '1', lists[count()]
    local record = (action == 'undo' and 'undo:' or 'step:') .. step
    local state = redis.call('HMGET', key, unpack(list.fields))
    local version, status, epoch, record_status, attempts, crashes, held_until =
        state[1], state[2], state[3], state[4], tonumber(state[5] or 0), tonumber(state[6] or 0), tonumber(state[7] or 0)
    local crashed = record_status == 'Running'
    if not version or ended[status] or not (crashed or may_begin(record_status, action, entry, list.timer .. id)) then
        if entry ~= '' then
            redis.call('XACK', stream, 'workers', entry)
            redis.call('XDEL', stream, entry)
            if not version then redis.call('HINCRBY', KEYS[6], 'orphans', 1) end
        end
        answers[i] = { 'stale' }
    elseif crashed and held_until > now and not begun_now[key .. record] and redis.call('HGET', key, record .. ':owner') == consumer then
        -- The same call once more, because its answer was lost: what it began is its own.
        begun_now[key .. record] = true
        redis.call('HSET', key, record .. ':lease', string.format('%.0f', now + lease))
        answers[i] = { 'begun', redis.call('HGET', key, record .. ':epoch'), attempts, crashes, tonumber(version), now_text, state }
    elseif crashed and held_until > now then
        answers[i] = { 'held' }
    else
        begun_now[key .. record] = true
        if crashed then crashes = crashes + 1 else attempts = attempts + 1 end
        epoch = string.format('%.0f', math.max(tonumber(epoch or 0) + 1, micros))
        local drafts = {}
        if status == 'NotStarted' then drafts[1] = '"type":"operation.started","data":{}}' end
        drafts[#drafts + 1] = '"type":"step.' .. (action == 'undo' and 'undoing' or 'started')
            .. '","data":{"step":"' .. step .. '","attempt":' .. attempts .. '}}'
        local written = {
            'status', 'Running', 'phase', action == 'undo' and 'undoing' or 'executing', 'updated', now_text, 'epoch', epoch,
            record .. ':status', 'Running', record .. ':attempts', attempts, record .. ':epoch', epoch,
            record .. ':lease', string.format('%.0f', now + lease), record .. ':owner', consumer, record .. ':started', now_text,
        }
        if crashes > 0 then
            written[#written + 1] = record .. ':crashes'
            written[#written + 1] = crashes
        end
        if crashed then
            written[#written + 1] = record .. ':uncertain'
            written[#written + 1] = '1'
        end
        if has_undo then
            written[#written + 1] = 'undo:' .. step .. ':status'
            written[#written + 1] = 'Waiting'
        end
        version = append(written, key, id, tonumber(version), drafts, state[8])
        redis.call('HSET', key, unpack(written))
        answers[i] = { 'begun', epoch, attempts, crashes, version, now_text, state }
    end
end
announce_tellings()
return answers
