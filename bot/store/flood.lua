-- flood.lua obeys a 429: the chat rests, and everybody does when several chats got one, because Telegram does not say whom
-- it means.
--
-- KEYS[1] until when everybody rests  KEYS[2] chats that got one of late  KEYS[3] until when the chat rests
-- ARGV[1] chat  ARGV[2] µs to wait  ARGV[3] µs within which, and ARGV[4] how many chats, make it everybody's
-- ARGV[5] most µs that everybody rests for a guess
-- Result  1 when everybody rests, else 0

local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])

local function rest(key, wait)
  local till = math.max(now + wait, tonumber(redis.call('GET', key) or 0))
  redis.call('SET', key, string.format('%.0f', till), 'PX', math.ceil((till - now) / 1000))
end

rest(KEYS[3], tonumber(ARGV[2]))
redis.call('ZADD', KEYS[2], string.format('%.0f', now), ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', string.format('%.0f', now - tonumber(ARGV[3])))
redis.call('PEXPIRE', KEYS[2], math.ceil(tonumber(ARGV[3]) / 1000))
if redis.call('ZCARD', KEYS[2]) < tonumber(ARGV[4]) then
  return 0
end
rest(KEYS[1], math.min(tonumber(ARGV[2]), tonumber(ARGV[5])))
return 1
