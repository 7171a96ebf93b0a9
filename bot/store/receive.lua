-- receive.lua puts an update into the inbox, once per update id.
--
-- KEYS[1] mark of the update id  KEYS[2] inbox
-- ARGV[1] update id  ARGV[2] chat  ARGV[3] the update as it came  ARGV[4] life of the mark s  ARGV[5] life of the inbox s
-- Result  1 stored, 0 known already

if not redis.call('SET', KEYS[1], '1', 'NX', 'EX', ARGV[4]) then
  return 0
end
redis.call('XADD', KEYS[2], '*', 'u', ARGV[1], 'c', ARGV[2], 'r', ARGV[3])
redis.call('EXPIRE', KEYS[2], ARGV[5])
return 1
