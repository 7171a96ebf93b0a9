-- lease.lua takes or renews a lease.
--
-- KEYS[1] lease
-- ARGV[1] owner  ARGV[2] life ms
-- Result  1 held by the owner, 0 held by another

local owner = redis.call('GET', KEYS[1])
if owner and owner ~= ARGV[1] then
  return 0
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
