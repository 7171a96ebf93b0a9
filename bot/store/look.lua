-- look.lua claims the boards of one shop.
--
-- KEYS[1] board set
-- ARGV[1] member  ARGV[2] now  ARGV[3] end of the lease, of this claim alone (instants in ms)
-- Result  1 claimed, 0 not due or claimed by another. The same claim gets the same result again.

local at = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not at then
  return 0
end
if tonumber(at) == tonumber(ARGV[3]) then
  return 1
end
if tonumber(at) > tonumber(ARGV[2]) then
  return 0
end
redis.call('ZADD', KEYS[1], ARGV[3], ARGV[1])
return 1
