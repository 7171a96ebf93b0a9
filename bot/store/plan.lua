-- plan.lua ends a claim on the boards of one shop. Where somebody asked for a look meanwhile, the sooner of the two holds.
--
-- KEYS[1] board set
-- ARGV[1] member  ARGV[2] end of the lease of the claim  ARGV[3] next look, 0 for none (instants in ms)
-- Result  0. The same said again changes nothing.

local at = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not at then
  return 0
end
if tonumber(at) == tonumber(ARGV[2]) then
  if ARGV[3] == '0' then
    redis.call('ZREM', KEYS[1], ARGV[1])
  else
    redis.call('ZADD', KEYS[1], ARGV[3], ARGV[1])
  end
elseif ARGV[3] ~= '0' and tonumber(ARGV[3]) < tonumber(at) then
  redis.call('ZADD', KEYS[1], ARGV[3], ARGV[1])
end
return 0
