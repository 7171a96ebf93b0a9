-- release.lua gives a lease back, if it is still the owner's.
--
-- KEYS[1] lease
-- ARGV[1] owner
-- Result  1 given back, 0 not the owner's (any more)

if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return 0
end
redis.call('DEL', KEYS[1])
return 1
