#!lua flags=allow-oom
-- Gives an idempotency key back whose request was certainly not accepted, so that the next try need not wait.
-- Input: KEYS[1] the key's record; name of the request, `1` when that request bound the key.
-- Output: 1 when it was this request's.
if redis.call('HGET', KEYS[1], 'holder') ~= ARGV[1] then return 0 end
if ARGV[2] == '1' then
    redis.call('DEL', KEYS[1])
else
    redis.call('HDEL', KEYS[1], 'holder', 'until')
end
return 1
