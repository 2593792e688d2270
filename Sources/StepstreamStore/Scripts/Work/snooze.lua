#!lua flags=allow-oom
--@include arguments
--@include clock
-- Puts messages aside that nobody holds and this worker cannot run: a timer brings each back after `delay` ms; no attempt is spent.
-- `wake` is the channel that announces a timer due before all others. Answers a code a message: `stale` is acknowledged and deleted.
-- KEYS: timers reconciler
-- ARGV: delay problem wake
-- message: operation record stream entry timer
-- codes: snoozed held stale
local timers, reconciler = KEYS[1], KEYS[2]
local delay, problem, wake = count(), take(), take()
local is_over = { Held = true, Skipped = true, Succeeded = true, Failed = true, Canceled = true }
local answers = {}
local set_timers = {}
while has_more() do
    local operation, record, stream, entry, timer = KEYS[count()], take(), KEYS[count()], take(), take()
    local state = redis.call('HMGET', operation, record .. ':status', record .. ':lease')
    local answer = 'snoozed'
    if not state[1] or is_over[state[1]] then
        answer = 'stale'
    elseif state[1] == 'Running' and tonumber(string.match(state[2] or '', '^%d+ (%d+)') or 0) > now then
        answer = 'held'
    end
    if answer == 'snoozed' then
        redis.call('HSET', operation, record .. ':error', problem)
        redis.call('ZADD', timers, texts[now + delay], timer)
        set_timers[timer] = true
    end
    if answer ~= 'held' then
        redis.call('XACK', stream, 'workers', entry)
        redis.call('XDEL', stream, entry)
        if not state[1] and redis.call('EXISTS', operation) == 0 then redis.call('HINCRBY', reconciler, 'orphans', 1) end
    end
    answers[#answers + 1] = answer
end
-- Those that are due already do not count: whoever publishes them has asked for the next one before these were there.
local first = redis.call('ZRANGE', timers, '(' .. now_text, '+inf', 'BYSCORE', 'LIMIT', 0, 1)[1]
if next(set_timers) and (delay <= 0 or set_timers[first or '']) then redis.call('PUBLISH', wake, first or '') end
return answers
