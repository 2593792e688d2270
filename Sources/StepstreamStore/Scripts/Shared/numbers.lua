-- Each number is read, and each is written, once a call: printf and strtod cost more than the command they are for.
local numbers = setmetatable({}, {
    __index = function(known, text)
        local number = tonumber(text)
        known[text] = number
        return number
    end,
})
local texts = setmetatable({}, {
    __index = function(known, number)
        local text = string.format('%.0f', number)
        known[number] = text
        return text
    end,
})
