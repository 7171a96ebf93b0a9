-- commit.lua applies a list of writes to one partition, all of them or none.
--
-- KEYS[1]  version of the partition
-- KEYS[2…] every key that the writes touch
-- ARGV[1]  version the writes were computed from; '' applies them whatever it is
-- ARGV[2…] writes, each: operation, index into KEYS, number of arguments n, then n arguments.
--          The operation is a Redis command that takes the key first, or one of
--            require             first of all: without that key nothing is applied
--            append  age event…  adds to a stream and drops what is older than age, ms
--            enqueue out lane line held member name score ttl target group noise body
--                                                       see enqueue in messages.lua; out to held are indexes into KEYS
--            withdraw out member                        see withdraw in messages.lua
--            shelve out member shelf                    see shelve in messages.lua; shelf is an index into KEYS
-- Result   1 applied, 0 the version has moved on, -1 a required key is missing

if ARGV[1] ~= '' and (redis.call('GET', KEYS[1]) or '0') ~= ARGV[1] then
  return 0
end

local function append(key, first, last)
  for i = first + 1, last - 1 do
    redis.call('XADD', key, '*', 'e', ARGV[i])
  end
  local cutoff = tonumber(redis.call('TIME')[1]) * 1000 - tonumber(ARGV[first])
  redis.call('XADD', key, 'MINID', '~', string.format('%d', cutoff), '*', 'e', ARGV[last])
end

local i = 2
while i <= #ARGV do
  local op, key, n = ARGV[i], KEYS[tonumber(ARGV[i + 1])], tonumber(ARGV[i + 2])
  local first, last = i + 3, i + 2 + n
  if op == 'require' then
    if redis.call('EXISTS', key) == 0 then
      return -1
    end
  elseif op == 'append' then
    append(key, first, last)
  elseif op == 'enqueue' then
    local function at(n) return KEYS[tonumber(ARGV[first + n])] end
    enqueue(at(0), at(1), at(2), at(3), key, unpack(ARGV, first + 4, last))
  elseif op == 'shelve' then
    shelve(KEYS[tonumber(ARGV[first])], key, ARGV[first + 1], KEYS[tonumber(ARGV[first + 2])])
  elseif op == 'withdraw' then
    withdraw(KEYS[tonumber(ARGV[first])], key, ARGV[first + 1])
  else
    redis.call(op, key, unpack(ARGV, first, last))
  end
  i = last + 1
end
redis.call('INCR', KEYS[1])
return 1
