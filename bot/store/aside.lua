-- aside.lua moves an update from the inbox to the dead stream.
--
-- KEYS[1] inbox  KEYS[2] dead stream
-- ARGV[1] stream id  ARGV[2] reason  ARGV[3] how many the dead stream keeps  ARGV[4] its life s
-- Result  1 moved, 0 not there (any more)

local entry = redis.call('XRANGE', KEYS[1], ARGV[1], ARGV[1])[1]
if not entry then
  return 0
end
local fields = entry[2]
fields[#fields + 1] = 'reason'
fields[#fields + 1] = ARGV[2]
redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[3], '*', unpack(fields))
redis.call('EXPIRE', KEYS[2], ARGV[4])
redis.call('XDEL', KEYS[1], ARGV[1])
return 1
