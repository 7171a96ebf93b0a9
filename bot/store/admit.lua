-- admit.lua lets messages through as far as Telegram's limits allow: all that it says holds for all processes together.
--
-- KEYS[1] window of all  KEYS[2] lanes that wait for room  KEYS[3] until when everybody rests
-- KEYS[4…] per request two: window of the chat, until when the chat rests
-- ARGV[1] messages a second in all  ARGV[2] one second, µs  ARGV[3] how long one on its way may count, µs
-- ARGV[4] messages to one chat in as many seconds  ARGV[5] messages a minute to one group
-- ARGV[6…] per request three: id, lane, 1 for a group
-- Result  the server's time in µs, then per request two: 0 when it may go, else µs to wait; 1 when it waits for everybody
--         and not for its chat. Asking again with an id that may go gets the same answer.
--
-- The windows hold ids by when they counted at Telegram at the latest; one on its way counts from the end of its time until
-- pass.lua says better. A lane that finds no room leaves word, and later lanes then leave the next room to it.

local limit, second, flying = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local burst, minute = tonumber(ARGV[4]), tonumber(ARGV[5])
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
local function text(at) return string.format('%.0f', at) end

redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', text(now - second))
redis.call('ZREMRANGEBYSCORE', KEYS[1], text(now + 2 * flying), '+inf') -- of a clock that went back
local wants = redis.call('HGETALL', KEYS[2])

-- wanted reports whether an earlier lane waits for room.
local function wanted(lane)
  for i = 1, #wants, 2 do
    if tonumber(wants[i]) < lane and tonumber(wants[i + 1]) > now then
      return true
    end
  end
  return false
end

-- room is how long until fewer than n of a window lie within the span. What is on its way may count sooner than it says.
local function room(window, n, span, patience)
  local at = redis.call('ZREVRANGE', window, n - 1, n - 1, 'WITHSCORES')[2]
  if not at or tonumber(at) + span <= now then
    return 0
  end
  if tonumber(at) > now then
    return patience
  end
  return tonumber(at) + span - now
end

local function rest(key) return math.max(tonumber(redis.call('GET', key) or 0) - now, 0) end

local answer, full = {text(now)}, nil
for i = 4, #KEYS, 2 do
  local chat, arg = KEYS[i], 6 + (i - 4) / 2 * 3
  local id, lane, group = ARGV[arg], tonumber(ARGV[arg + 1]), ARGV[arg + 2] == '1'
  local wait, all = 0, 0
  if full and lane >= full.lane then -- those before found no room, and these come after them
    wait, all = full.wait, 1
  elseif not redis.call('ZSCORE', KEYS[1], id) then
    wait = math.max(rest(KEYS[i + 1]), room(chat, burst, burst * second, second / 4))
    if group then
      wait = math.max(wait, room(chat, minute, 60 * second, second / 4))
    end
    if wait == 0 then
      all, wait = 1, math.max(rest(KEYS[3]), room(KEYS[1], limit, second, second / 50))
      if wait > 0 then
        redis.call('HSET', KEYS[2], lane, text(now + 2 * second))
        redis.call('PEXPIRE', KEYS[2], math.ceil(second / 500))
        full = {lane = lane, wait = wait}
      elseif wanted(lane) then
        wait = second / 50
      else
        all = 0
        redis.call('HDEL', KEYS[2], lane)
        redis.call('ZADD', KEYS[1], text(now + flying), id)
        redis.call('ZADD', chat, text(now + flying), id)
        local span = group and 60 * second or burst * second
        redis.call('ZREMRANGEBYSCORE', chat, '-inf', text(now - span))
        redis.call('ZREMRANGEBYSCORE', chat, text(now + 2 * flying), '+inf')
        redis.call('PEXPIRE', chat, math.ceil((span + flying) / 1000))
        redis.call('PEXPIRE', KEYS[1], math.ceil((second + flying) / 1000))
      end
    end
  end
  answer[#answer + 1] = math.ceil(wait)
  answer[#answer + 1] = all
end
return answer
