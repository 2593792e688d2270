--@include numbers
-- Reads the arguments from left to right. Every `local` that is taken this way is a position of a row at the head of its script, of the same
-- name; the Swift side writes the same rows, and ScriptSchemaTests compares them. Every list is preceded by its length.
local KEYS, ARGV = KEYS, ARGV
local position = 0
local function take()
    position = position + 1
    return ARGV[position]
end
local function count()
    position = position + 1
    return numbers[ARGV[position]]
end

-- The next argument, which stays to be taken.
local function peek() return ARGV[position + 1] end
local function has_more() return position < #ARGV end

local function take_list()
    local list = {}
    for i = 1, count() do list[i] = take() end
    return list
end
-- A list of pairs, flat.
local function take_pairs()
    local list = {}
    for i = 1, 2 * count() do list[i] = take() end
    return list
end
-- A list of keys by their numbers.
local function take_keys()
    local list = {}
    for i = 1, count() do list[i] = KEYS[count()] end
    return list
end
