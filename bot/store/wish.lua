-- wish.lua keeps what a chat asks for, unless it asks for something already. Said again, it changes nothing.
--
-- KEYS[1] wishes of a line
-- ARGV[1] chat  ARGV[2] wish  ARGV[3] life ms
-- Result  the wish that stands

local standing = redis.call('HGET', KEYS[1], ARGV[1])
if standing then
  return standing
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return ARGV[2]
