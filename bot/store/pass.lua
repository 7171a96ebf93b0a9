-- pass.lua says when messages that were let through counted at Telegram.
--
-- KEYS[1] window of all  KEYS[2…] windows of the chats
-- ARGV    per message two: id, the server's µs when it counted at the latest or '' when it never did
-- Result  0

for i = 2, #KEYS do
  local id, at = ARGV[2 * i - 3], ARGV[2 * i - 2]
  for _, window in ipairs({KEYS[1], KEYS[i]}) do
    if at == '' then
      redis.call('ZREM', window, id)
    else
      redis.call('ZADD', window, 'XX', at, id)
    end
  end
end
return 0
