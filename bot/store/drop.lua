-- drop.lua forgets a message that is not sent. Needs messages.lua in front.
--
-- KEYS[1] out set  KEYS[2] dead set  KEYS[3] record
-- ARGV[1] member
-- Result   1 done, 2 a worker has it: it goes out or is dropped after this attempt, 0 there is no such message any more

local state = redis.call('HGET', KEYS[3], 's')
if state == 'l' then
  redis.call('HSET', KEYS[3], 'x', '1')
  return 2
end
if state ~= 'w' and state ~= 'g' and state ~= 'q' then
  return 0
end
finish(KEYS[1], KEYS[3], ARGV[1], 'x')
redis.call('ZREM', KEYS[2], ARGV[1])
return 1
