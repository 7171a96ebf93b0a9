-- settle.lua records what became of what one claim held. Needs messages.lua in front.
--
-- KEYS[1] lane  KEYS[2] line  KEYS[3] held hash  KEYS[4] out set  KEYS[5] dead set  KEYS[6] calm hash of the route
-- KEYS[7] alarms of the partition  KEYS[8…] records of the messages
-- ARGV[1] name of the line  ARGV[2] claim  ARGV[3] now ms  ARGV[4] state: w, s, g, q or x  ARGV[5] message id, with s
-- ARGV[6] next attempt ms, with w  ARGV[7] 1 when others may overtake meanwhile, with w  ARGV[8] reason
-- ARGV[9] time to live of a mark s  ARGV[10] chat to follow to, with w; '' as before  ARGV[11] attempts in doubt, with w
-- ARGV[12] failures in a row, with w  ARGV[13] what the keys of records begin with  ARGV[14] member that was edited, or ''
-- ARGV[15] parts that went out as one, or ''  ARGV[16] what the keys of noise begin with  ARGV[17] what is counted there:
-- 'rang', 'spared' or ''  ARGV[18] most dead letters that are kept
-- ARGV[19…] per message four: member, 1 when it was dropped as not true any more, alarm that begins or '', when that is
-- looked at; it begins when the message was sent, or was only counted: what nobody heard has to be asked about more than
-- what rang
-- Result  how many were recorded. A message that somebody else claimed meanwhile stays theirs, except that one that was
--         sent is sent. Saying the same again changes nothing.

local lane, line, held, out, dead, calm, alarms = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], KEYS[7]
local name, claim, now, state, reason = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[8]

-- lead is the first that was not dropped: of a dropped one there is nothing to edit.
local lead, count = ARGV[19], 0
for arg = 19, #ARGV, 4 do
  if ARGV[arg + 1] == '0' then
    lead = ARGV[arg]
    break
  end
end

-- What later edits want to know is kept with the message. Of a bundle it is kept apart, because each of its messages may be
-- moved to a shelf.
local bundle = ARGV[15] ~= '' and ARGV[14] == '' and string.match(lead, '^[^:]*:') .. 'bundle/' .. claim

local function noise(field)
  local day, chat = string.match(field, '^([^/]*)/(.*)$')
  if ARGV[17] ~= '' then
    local key = ARGV[16] .. day
    redis.call('HINCRBY', key, chat .. (ARGV[17] == 'rang' and '' or '/s'), 1)
    redis.call('EXPIRE', key, 864000)
  end
end

-- wait has a message tried again.
local function wait(record, member)
  redis.call('HSET', record, 's', 'w', 'b', ARGV[12], 'k', ARGV[11], 'r', reason)
  redis.call('HDEL', record, 'c')
  if ARGV[10] ~= '' then
    redis.call('HSET', record, 'h', ARGV[10])
  end
  if ARGV[7] == '1' then
    redis.call('ZADD', line, ARGV[6], member)
    redis.call('ZADD', out, ARGV[6], member)
  end
end

-- bury keeps the text of a message that will not be sent.
local function bury(record, member)
  redis.call('HSET', record, 's', state, 'r', reason, 'd', now)
  redis.call('HDEL', record, 'c')
  redis.call('EXPIRE', record, ARGV[9])
  redis.call('ZREM', out, member)
  redis.call('ZADD', dead, now, member)
  redis.call('ZREMRANGEBYRANK', dead, 0, -1 - tonumber(ARGV[18]))
end

-- sent marks a message as sent.
local function sent(record, member)
  finish(out, record, member, 's')
  redis.call('ZREM', dead, member)
  redis.call('HSET', record, 'i', ARGV[5], 'r', reason, 'd', now)
  redis.call('EXPIRE', record, ARGV[9])
  if bundle then
    redis.call('HSET', record, 'f', bundle)
  end
end

for i = 8, #KEYS do
  local record, arg = KEYS[i], 19 + (i - 8) * 4
  local member, dropped, alarm, look = unpack(ARGV, arg, arg + 3)
  local known, holder, withdrawn, ring, group, attempts = unpack(redis.call('HMGET', record, 's', 'c', 'x', 'z', 'g', 'a'))
  local mine = known == 'l' and holder == claim
  if known == 'w' and not attempts then -- another message, whose key was made free meanwhile
    known = false
  end
  if known and known ~= 's' and dropped == '0' and state == 's' then
    sent(record, member)
    if ring and member == lead then
      noise(ring)
    end
    if group then
      redis.call('HSET', calm, name .. '/' .. group, now)
      redis.call('EXPIRE', calm, 3600)
    end
    if alarm ~= '' then
      redis.call('ZADD', alarms, 'NX', look, alarm)
    end
    count = count + 1
  elseif mine then
    if dropped == '1' or state == 'x' or state == 'w' and withdrawn then
      finish(out, record, member, 'x')
      redis.call('HSET', record, 'r', reason)
      if ring and dropped == '0' then
        noise(ring)
      end
      if alarm ~= '' and dropped == '0' and ARGV[17] == 'spared' then
        redis.call('ZADD', alarms, 'NX', look, alarm)
      end
    elseif state == 'w' then
      wait(record, member)
    else
      bury(record, member)
    end
    count = count + 1
  end
  local after = redis.call('HGET', record, 's')
  if after ~= 'w' and after ~= 'l' then
    redis.call('ZREM', line, member)
  end
end

if state == 's' and count > 0 then
  local at = ARGV[13] .. (bundle or ARGV[14] ~= '' and ARGV[14] or lead)
  if bundle then
    redis.call('HSET', at, 's', 's')
    redis.call('EXPIRE', at, ARGV[9])
  end
  if redis.call('EXISTS', at) == 1 then
    redis.call('HSET', at, 'i', ARGV[5])
    if ARGV[15] ~= '' then
      redis.call('HSET', at, 'p', ARGV[15])
    end
  end
end

for i = 8, #KEYS do
  local after = redis.call('HGET', KEYS[i], 's')
  if after ~= 'w' and after ~= 'l' then
    tidy(KEYS[i])
  end
end

local holder = redis.call('HGET', held, name)
if holder and string.sub(holder, 1, #claim + 1) == claim .. '/' then
  if state == 'w' and ARGV[7] ~= '1' then
    redis.call('HSET', held, name, '/' .. ARGV[6])
    arrange(lane, line, held, name, ARGV[6])
  else
    redis.call('HDEL', held, name)
    arrange(lane, line, held, name, now)
  end
end
return count
