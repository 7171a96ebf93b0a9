-- leave.lua makes a chat forget a shop.
--
-- KEYS[1] shops of the chat  KEYS[2] preferences of the chat
-- ARGV[1] shop
-- Result  0

redis.call('SREM', KEYS[1], ARGV[1])
if redis.call('HGET', KEYS[2], 'shop') == ARGV[1] then
  redis.call('HDEL', KEYS[2], 'shop')
end
return 0
