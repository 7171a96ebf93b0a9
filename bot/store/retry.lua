-- retry.lua has a message sent that was given up or is in doubt. Needs messages.lua in front.
--
-- KEYS[1] lane  KEYS[2] line  KEYS[3] held hash  KEYS[4] out set  KEYS[5] dead set  KEYS[6] record
-- ARGV[1] name of the line  ARGV[2] member  ARGV[3] now ms
-- Result  1 done, 0 there is nothing of that kind to be tried again

local state = redis.call('HGET', KEYS[6], 's')
if state ~= 'g' and state ~= 'q' then
  return 0
end
redis.call('HDEL', KEYS[6], 'r', 'd', 'b', 'c', 'u', 'k', 'x')
redis.call('HSET', KEYS[6], 's', 'w', 'y', '1')
redis.call('ZREM', KEYS[5], ARGV[2])
redis.call('ZADD', KEYS[4], ARGV[3], ARGV[2])
queue(KEYS[1], KEYS[2], KEYS[3], ARGV[1], ARGV[3], ARGV[2])
return 1
