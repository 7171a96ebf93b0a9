-- granted.lua forgets what a chat asked for, unless it is something else by now.
--
-- KEYS[1] wishes of a line
-- ARGV[1] chat  ARGV[2] wish
-- Result  1 forgotten, 0 it was not that

if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then
  return 0
end
return redis.call('HDEL', KEYS[1], ARGV[1])
