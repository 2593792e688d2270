#!lua flags=allow-oom
--@include arguments
-- Releases an idempotency key whose request was certainly not accepted, so that the next try need not wait.
-- `is_new` is `1` when that request bound the key. Answers 1 when it was this request's.
-- KEYS: record
-- ARGV: request is_new
local record = KEYS[1]
local request, is_new = take(), take() == '1'
if redis.call('HGET', record, 'holder') ~= request then return 0 end
if is_new then
    redis.call('DEL', record)
else
    redis.call('HDEL', record, 'holder', 'until')
end
return 1
