#!lua flags=allow-oom
-- Puts messages aside that nobody holds and this worker cannot run: a timer brings each back; no attempt is spent.
-- Input: KEYS[1] timers, KEYS[2] the reconciler's counters; delay in ms, problem, channel that announces a timer due before all others; per message the number of the operation's key, record, number of the stream's key, entry, timer.
-- Output: per message `snoozed`, `held` or `stale` (acknowledged and deleted).
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local delay, problem, wake = tonumber(ARGV[1]), ARGV[2], ARGV[3]
local over = { Held = true, Skipped = true, Succeeded = true, Failed = true, Canceled = true }
local answers = {}
local set_timers = {}
for i = 4, #ARGV, 5 do
    local key, record, stream, entry, timer = KEYS[tonumber(ARGV[i])], ARGV[i + 1], KEYS[tonumber(ARGV[i + 2])], ARGV[i + 3], ARGV[i + 4]
    local state = redis.call('HMGET', key, record .. ':status', record .. ':lease')
    local answer = 'snoozed'
    if not state[1] or over[state[1]] then
        answer = 'stale'
    elseif state[1] == 'Running' and tonumber(string.match(state[2] or '', '^%d+ (%d+)') or 0) > now then
        answer = 'held'
    end
    if answer == 'snoozed' then
        redis.call('HSET', key, record .. ':error', problem)
        redis.call('ZADD', KEYS[1], now + delay, timer)
        set_timers[timer] = true
    end
    if answer ~= 'held' then
        redis.call('XACK', stream, 'workers', entry)
        redis.call('XDEL', stream, entry)
        if not state[1] and redis.call('EXISTS', key) == 0 then redis.call('HINCRBY', KEYS[2], 'orphans', 1) end
    end
    answers[#answers + 1] = answer
end
-- Those that are due already do not count: whoever publishes them has asked for the next one before these were there.
local first = redis.call('ZRANGE', KEYS[1], '(' .. string.format('%.0f', now), '+inf', 'BYSCORE', 'LIMIT', 0, 1)[1]
if next(set_timers) and (delay <= 0 or set_timers[first or '']) then redis.call('PUBLISH', wake, first or '') end
return answers
