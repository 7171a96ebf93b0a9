-- claim.lua leases the first message of one line, with those that may go out as one with it. Needs messages.lua in front.
--
-- KEYS[1] lane  KEYS[2] line  KEYS[3] held hash  KEYS[4] out set  KEYS[5] calm hash of the route
-- ARGV[1] name of the line  ARGV[2] now  ARGV[3] end of the lease  ARGV[4] id of the claim
-- ARGV[5] when to ask again about an edit whose target is still on its way (instants in ms)
-- ARGV[6] what the keys of records begin with  ARGV[7] what the keys of noise begin with  ARGV[8] most messages to fold
-- Result  nil, or {when the last of its group was sent or 0, messages of its day that rang in its chat, id of the message it
--         edits or answers or 0, member under which that id is kept or '', parts of that or '', 1 when the line
--         holds more, then per message:
--         message as JSON, attempt, failures in a row, 1 when an attempt ended without a record, attempts settled in doubt,
--         chat it follows to or '', 1 when an operator had it tried again}. The same claim gets the same result again.
-- Records are found by the members of the line, all on the slot of the declared keys.

local lane, line, held, out, calm = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local name, now, claim = ARGV[1], tonumber(ARGV[2]), ARGV[4]

local function record(member) return ARGV[6] .. member end

-- answer tells what this claim holds.
local function answer(members)
  local first = record(members[1])
  local group, noise, target = unpack(redis.call('HMGET', first, 'g', 'z', 'e'))
  local since = group and redis.call('HGET', calm, name .. '/' .. group)
  local rang = 0
  if noise then
    local day, chat = string.match(noise, '^([^/]*)/(.*)$')
    rang = redis.call('HGET', ARGV[7] .. day, chat) or 0
  end
  local id, leader, parts = 0, '', ''
  if target then
    leader = redis.call('HGET', record(target), 'f') or target
    id, parts = unpack(redis.call('HMGET', record(leader), 'i', 'p'))
  end
  local more = redis.call('ZCARD', line) > #members and 1 or 0
  local list = {tonumber(since or 0), tonumber(rang), tonumber(id or 0), leader, parts or '', more}
  for _, member in ipairs(members) do
    local m, a, b, u, k, h, y = unpack(redis.call('HMGET', record(member), 'm', 'a', 'b', 'u', 'k', 'h', 'y'))
    for _, value in ipairs({m, tonumber(a), tonumber(b or 0), u and 1 or 0, tonumber(k or 0), h or '', y and 1 or 0}) do
      list[#list + 1] = value
    end
  end
  return list
end

local holder = redis.call('HGET', held, name)
if holder and string.sub(holder, 1, #claim + 1) == claim .. '/' then -- asked again
  local mine = {}
  for _, member in ipairs(redis.call('ZRANGE', line, 0, -1)) do
    if redis.call('HGET', record(member), 'c') == claim then
      mine[#mine + 1] = member
    end
  end
  return #mine > 0 and answer(mine) or nil
end

local look = redis.call('ZSCORE', lane, name)
if not look or tonumber(look) >= now + 1 then
  return nil
end
redis.call('HDEL', held, name)

-- ready says what to do with a due member: 'go', 'gone' when it is to be forgotten, 'wait' while its target is on its way.
local function ready(member)
  local state, body, withdrawn, target = unpack(redis.call('HMGET', record(member), 's', 'm', 'x', 'e'))
  if not body or state ~= 'w' and state ~= 'l' then
    return 'gone'
  end
  if withdrawn then
    finish(out, record(member), member, 'x')
    tidy(record(member))
    return 'gone'
  end
  local of = target and redis.call('HGET', record(target), 's')
  if of == 'w' or of == 'l' then
    return 'wait', redis.call('ZSCORE', out, target)
  end
  return 'go'
end

-- eldest is the first of the edits of one message. Those that waited for it stand behind one that came later and did not.
local function eldest(member, score)
  local target = redis.call('HGET', record(member), 'e')
  if not target or redis.call('ZCARD', line) == 1 then
    return member
  end
  local best, since = member, tonumber(redis.call('HGET', record(member), 'o') or score)
  for _, other in ipairs(redis.call('ZRANGE', line, 0, -1)) do
    local of, asked = unpack(redis.call('HMGET', record(other), 'e', 'o'))
    if of == target and asked and tonumber(asked) < since and ready(other) == 'go' then
      best, since = other, tonumber(asked)
    end
  end
  return best
end

local first
while not first do
  local head = redis.call('ZRANGE', line, 0, 0, 'WITHSCORES')
  if #head == 0 or tonumber(head[2]) >= now + 1 then
    arrange(lane, line, held, name, 0)
    return nil
  end
  local verdict, due = ready(head[1])
  if verdict == 'go' then
    first = eldest(head[1], head[2])
  elseif verdict == 'gone' then
    redis.call('ZREM', line, head[1])
    redis.call('ZREM', out, head[1])
  else
    local again = ARGV[5]
    if due and tonumber(due) > tonumber(again) then
      again = due
    end
    redis.call('HSETNX', record(head[1]), 'o', head[2])
    redis.call('ZADD', line, again, head[1])
  end
end

local members, group = {first}, redis.call('HGET', record(first), 'g')
if group then
  for _, member in ipairs(redis.call('ZRANGEBYSCORE', line, '-inf', string.format('(%d', now + 1))) do
    if #members >= tonumber(ARGV[8]) then
      break
    end
    if member ~= first and redis.call('HGET', record(member), 'g') == group and ready(member) == 'go' then
      members[#members + 1] = member
    end
  end
end
for _, member in ipairs(members) do
  if redis.call('HGET', record(member), 's') == 'l' then
    redis.call('HSET', record(member), 'u', '1')
  end
  redis.call('HSET', record(member), 's', 'l', 'c', claim)
  redis.call('HINCRBY', record(member), 'a', 1)
end
redis.call('HSET', held, name, claim .. '/' .. ARGV[3])
redis.call('ZADD', lane, ARGV[3], name)
return answer(members)
