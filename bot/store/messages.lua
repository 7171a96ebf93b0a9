-- messages.lua keeps the records of messages. It is put in front of every script that touches them.
--
-- A record is a hash: s state, m message as JSON, e member of the message it edits, a attempts, c claim that holds it,
-- t instant of that claim, u set when an attempt ended without a record, k set when one was settled in doubt, n instant of
-- the next attempt, h chat it follows to, x set when it was withdrawn while a worker had it, i message id, r reason.
-- States: w waiting, l leased, s sent, g given up, x withdrawn. The last three are final; of a settled message only its
-- mark is left.

-- enqueue adds a message, unless its key is known.
local function enqueue(out, record, member, score, ttl, target, body)
  if redis.call('EXISTS', record) == 1 then
    return
  end
  redis.call('HSET', record, 's', 'w', 'm', body)
  if target ~= '' then
    redis.call('HSET', record, 'e', target)
  end
  redis.call('EXPIRE', record, ttl)
  redis.call('ZADD', out, score, member)
end

-- settle makes a record final. It is written afresh, so that a mark without its message takes little memory.
local function settle(out, record, member, state)
  local ttl = redis.call('PTTL', record)
  redis.call('DEL', record)
  redis.call('HSET', record, 's', state)
  if ttl > 0 then
    redis.call('PEXPIRE', record, ttl)
  end
  redis.call('ZREM', out, member)
end

-- withdraw takes back a message that waits, and marks one that a worker has in hand not to be tried again.
local function withdraw(out, record, member)
  local state = redis.call('HGET', record, 's')
  if state == 'w' then
    settle(out, record, member, 'x')
  elseif state == 'l' then
    redis.call('HSET', record, 'x', '1')
  end
end

-- shelve withdraws a message and moves its record, so that its key may be used again. One that a worker has in hand stays
-- where the worker will look for it.
local function shelve(out, record, member, shelf)
  withdraw(out, record, member)
  local state = redis.call('HGET', record, 's')
  if state and state ~= 'l' then
    redis.call('RENAME', record, shelf)
  end
end
