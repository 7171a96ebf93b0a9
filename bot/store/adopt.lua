-- adopt.lua puts a message into its line that waits outside of any. Needs messages.lua in front.
--
-- KEYS[1] lane  KEYS[2] line  KEYS[3] held hash  KEYS[4] out set  KEYS[5] record
-- ARGV[1] name of the line  ARGV[2] member
-- Result  1 done, 0 it stands in its line, or does not wait. Doing it again changes nothing.

local state = redis.call('HGET', KEYS[5], 's')
local due = redis.call('ZSCORE', KEYS[4], ARGV[2])
if not due or state ~= 'w' and state ~= 'l' or redis.call('ZSCORE', KEYS[2], ARGV[2]) then
  return 0
end
if state == 'l' then
  redis.call('HSET', KEYS[5], 's', 'w', 'u', '1')
  redis.call('HDEL', KEYS[5], 'c')
end
queue(KEYS[1], KEYS[2], KEYS[3], ARGV[1], due, ARGV[2])
return 1
