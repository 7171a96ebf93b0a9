-- due.lua claims the digest of one shop.
--
-- KEYS[1] digest set  KEYS[2] slots
-- ARGV[1] member  ARGV[2] now  ARGV[3] end of the lease  ARGV[4] id of the claim (instants in ms)
-- Result  nil, or the slot that was due, however often it was claimed before. The same claim gets the same result again.

local at, holder = string.match(redis.call('HGET', KEYS[2], ARGV[1]) or '', '^(%d+):?(.*)$')
if at and holder == ARGV[4] then
  return at
end
local due = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not due or not at or tonumber(due) > tonumber(ARGV[2]) then
  return nil
end
redis.call('ZADD', KEYS[1], ARGV[3], ARGV[1])
redis.call('HSET', KEYS[2], ARGV[1], at .. ':' .. ARGV[4])
return at
