-- claim.lua leases one message. Needs messages.lua in front.
--
-- KEYS[1] out set  KEYS[2] record  KEYS[3] record of the message it edits, when it edits one
-- ARGV[1] member  ARGV[2] now  ARGV[3] end of the lease  ARGV[4] id of the claim
-- ARGV[5] when to ask again while the message it edits is still on its way (instants in ms)
-- Result  nil, or {message as JSON, attempt, 1 when an earlier attempt ended without a record, 1 when one was settled in
--         doubt, chat it follows to or '', message id to edit or 0}. The same claim gets the same result again.

local out, record, member = KEYS[1], KEYS[2], ARGV[1]
local body, state, claim = unpack(redis.call('HMGET', record, 'm', 's', 'c'))
if not body then
  redis.call('ZREM', out, member)
  return nil
end

local function answer()
  local attempt, uncertain, unknown, chat = unpack(redis.call('HMGET', record, 'a', 'u', 'k', 'h'))
  local id = KEYS[3] and redis.call('HGET', KEYS[3], 'i')
  return {body, tonumber(attempt), uncertain and 1 or 0, unknown and 1 or 0, chat or '', tonumber(id or 0)}
end

if state == 'l' and claim == ARGV[4] then
  return answer()
end
local due = redis.call('ZSCORE', out, member)
if not due or tonumber(due) >= tonumber(ARGV[2]) + 1 then
  return nil
end
if redis.call('HEXISTS', record, 'x') == 1 then
  settle(out, record, member, 'x')
  return nil
end
local target = KEYS[3] and redis.call('HGET', KEYS[3], 's')
if target == 'w' or target == 'l' then
  redis.call('ZADD', out, ARGV[5], member)
  return nil
end
if state == 'l' then
  redis.call('HSET', record, 'u', '1')
end
redis.call('HSET', record, 's', 'l', 'c', ARGV[4], 't', ARGV[2])
redis.call('HINCRBY', record, 'a', 1)
redis.call('ZADD', out, ARGV[3], member)
return answer()
