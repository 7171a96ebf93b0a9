-- messages.lua keeps the records and lines of messages. It is put in front of every script that touches them.
--
-- A record is a hash: s state, m message as JSON, e member of the message it edits or answers, g group it may be folded
-- with, z day and chat whose noise it is, a attempts, b attempts in a row that failed, c claim that holds it, u set when an
-- attempt ended without a record, k attempts that were settled in doubt, h chat it follows to, x set when it was withdrawn
-- while a worker had it, v shelf it goes to when that worker is done, o place in its line before it waited for what it
-- edits, y set when an operator had it tried again, i message id, f where the id and the parts of what it went out with are
-- kept, p parts of what went out as one, r reason, d instant it ended.
-- States: w waiting, l leased, s sent, g given up, q in doubt for good, x withdrawn. The last four are final. Of a message
-- that was sent or withdrawn only its mark is left; one that was given up or is in doubt keeps its text.
--
-- What one chat gets of one route in one lane is a line: a set of members in the order they go out, of which the first is
-- leased before the next. The lane is the set of its lines by the instant to look at them; held says until when a line
-- waits whatever else comes for it, as CLAIM/UNTIL, where CLAIM is '' unless a worker has it.

-- arrange puts a line in its place in the lane: when its first message is due, but not before the instant floor.
local function arrange(lane, line, held, name, floor)
  local head = redis.call('ZRANGE', line, 0, 0, 'WITHSCORES')
  if #head == 0 then
    redis.call('ZREM', lane, name)
    redis.call('HDEL', held, name)
    return
  end
  local at = head[2]
  if tonumber(floor) > tonumber(at) then
    at = floor
  end
  redis.call('ZADD', lane, at, name)
end

-- queue puts a member into its line. A line that waits for something keeps its place.
local function queue(lane, line, held, name, score, member)
  redis.call('ZADD', line, score, member)
  if redis.call('HEXISTS', held, name) == 0 then
    arrange(lane, line, held, name, 0)
  end
end

-- enqueue adds a message, unless its key is known.
local function enqueue(out, lane, line, held, record, member, name, score, ttl, target, group, noise, body)
  if redis.call('EXISTS', record) == 1 then
    return
  end
  redis.call('HSET', record, 's', 'w', 'm', body)
  for field, value in pairs({e = target, g = group, z = noise}) do
    if value ~= '' then
      redis.call('HSET', record, field, value)
    end
  end
  redis.call('EXPIRE', record, ttl)
  redis.call('ZADD', out, score, member)
  queue(lane, line, held, name, score, member)
end

-- finish makes a record final. It is written afresh, so that a mark without its message takes little memory.
local function finish(out, record, member, state)
  local ttl, shelf = redis.call('PTTL', record), redis.call('HGET', record, 'v')
  redis.call('DEL', record)
  redis.call('HSET', record, 's', state)
  if shelf then
    redis.call('HSET', record, 'v', shelf)
  end
  if ttl > 0 then
    redis.call('PEXPIRE', record, ttl)
  end
  redis.call('ZREM', out, member)
end

-- withdraw takes back a message that waits, and marks one that a worker has in hand not to be tried again. Its line is
-- cleared of it when its turn comes.
local function withdraw(out, record, member)
  local state = redis.call('HGET', record, 's')
  if state == 'w' then
    finish(out, record, member, 'x')
  elseif state == 'l' then
    redis.call('HSET', record, 'x', '1')
  end
end

-- tidy moves the record of a message that was shelved while a worker had it.
local function tidy(record)
  local shelf = redis.call('HGET', record, 'v')
  if shelf then
    redis.call('HDEL', record, 'v')
    redis.call('RENAME', record, shelf)
  end
end

-- shelve withdraws a message and moves its record, so that its key may be used again. One that a worker has in hand stays
-- where the worker will look for it and moves when the worker is done; until then what edits it finds it on its way.
local function shelve(out, record, member, shelf)
  withdraw(out, record, member)
  local state = redis.call('HGET', record, 's')
  if state == 'l' then
    redis.call('HSET', record, 'v', shelf)
    redis.call('HSET', shelf, 's', 'l')
    redis.call('PEXPIRE', shelf, math.max(redis.call('PTTL', record), 1))
  elseif state then
    redis.call('RENAME', record, shelf)
  end
end
