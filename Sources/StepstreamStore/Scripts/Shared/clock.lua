--@include numbers
-- The time of the call in ms since 1970, also as text, and in microseconds.
local time = redis.call('TIME')
local micros = time[1] * 1000000 + time[2]
local now = math.floor(micros / 1000)
-- Written out of the texts that they came as, without printf.
local fraction = string.sub('00000' .. time[2], -6)
local now_text = time[1] .. string.sub(fraction, 1, 3)
texts[now], texts[micros] = now_text, time[1] .. fraction
