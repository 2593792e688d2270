#!lua flags=allow-oom
-- Publishes the messages of timers that are due; a timer is published by whoever removes it, so once.
-- Input: KEYS[1] timers, KEYS[2] the reconciler's counters; per timer its text, number of the queue's key, number of the operation's key, ID, step, direction, definition.
-- Output: how many were published.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local promoted, orphans = 0, 0
for i = 1, #ARGV, 7 do
    local stream, key, step, direction = KEYS[tonumber(ARGV[i + 1])], KEYS[tonumber(ARGV[i + 2])], ARGV[i + 4], ARGV[i + 5]
    local score = redis.call('ZSCORE', KEYS[1], ARGV[i])
    if score and tonumber(score) <= now then
        redis.call('ZREM', KEYS[1], ARGV[i])
        if redis.call('EXISTS', key) == 1 then
            local entry = redis.call('XADD', stream, '*', 'operation', ARGV[i + 3], 'step', step, 'direction', direction, 'definition', ARGV[i + 6])
            redis.call('HSET', key, (direction == 'undo' and 'undo:' or 'step:') .. step .. ':entry', entry)
            promoted = promoted + 1
        else
            orphans = orphans + 1
        end
    end
end
if orphans > 0 then redis.call('HINCRBY', KEYS[2], 'orphans', orphans) end
return promoted
