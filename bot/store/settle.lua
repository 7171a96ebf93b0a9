-- settle.lua records what became of a message. Needs messages.lua in front.
--
-- KEYS[1] out set  KEYS[2] record
-- ARGV[1] member  ARGV[2] state: w, s, g or x  ARGV[3] message id, with s  ARGV[4] next attempt ms, with w
-- ARGV[5] reason  ARGV[6] time to live of the mark s  ARGV[7] chat to follow to, with w; '' as before
-- ARGV[8] 1 when the attempt ended in doubt, with w
-- Result  1 recorded, 0 nothing to do: unknown, settled before, or the same said again after another claimed it. That a
--         message was sent is recorded even after it was given up.

local out, record, member, state = KEYS[1], KEYS[2], ARGV[1], ARGV[2]
local known = redis.call('HGET', record, 's')
if not known then
  redis.call('ZREM', out, member)
  return 0
end
local final = known ~= 'w' and known ~= 'l'
if known == 's' or final and state ~= 's' then
  return 0
end
if state == 'w' then
  local next, claimed = unpack(redis.call('HMGET', record, 'n', 't'))
  if next == ARGV[4] and claimed and tonumber(claimed) > tonumber(next) then
    return 0 -- nobody asks for an instant before his own claim: this is the settlement of the attempt before
  end
  if redis.call('HEXISTS', record, 'x') == 1 then
    settle(out, record, member, 'x')
    return 1
  end
  redis.call('HSET', record, 's', 'w', 'n', ARGV[4], 'r', ARGV[5])
  redis.call('HDEL', record, 'c')
  if ARGV[7] ~= '' then
    redis.call('HSET', record, 'h', ARGV[7])
  end
  if ARGV[8] == '1' then
    redis.call('HSET', record, 'k', '1')
  end
  redis.call('ZADD', out, ARGV[4], member)
  return 1
end
settle(out, record, member, state)
redis.call('HSET', record, 'r', ARGV[5])
if state == 's' then
  redis.call('HSET', record, 'i', ARGV[3])
end
redis.call('EXPIRE', record, ARGV[6])
return 1
