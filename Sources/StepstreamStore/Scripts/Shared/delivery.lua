--@include receiver
-- Shared by the scripts that change deliveries to one receiver.
-- KEYS: queue receivers receiver_state
local queue, receivers, receiver_state = KEYS[1], KEYS[2], KEYS[3]
