#!lua
--@include arguments
--@include clock
-- Registers a process for `life` ms, and removes those whose time is over.
-- `processes` orders processes by the time they are gone. Answers 1; 0 when there are as many as are kept, `most`.
-- KEYS: processes process
-- ARGV: name registration life most
local processes, process = KEYS[1], KEYS[2]
local name, registration, life, most = take(), take(), count(), count()
redis.call('ZREMRANGEBYSCORE', processes, '-inf', now_text)
if redis.call('ZCARD', processes) >= most and not redis.call('ZSCORE', processes, name) then return 0 end
redis.call('SET', process, registration, 'PX', life)
redis.call('ZADD', processes, texts[now + life], name)
redis.call('PEXPIRE', processes, life)
return 1
