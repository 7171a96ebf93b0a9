-- take.lua takes a bind code for one chat.
--
-- KEYS[1] code
-- ARGV[1] chat
-- Result  nil when the code is unknown or another chat took it, or {shop, role, chat that invites, 1 when spent}. The chat
--         that took it gets the same result again.

local shop, role, chat, by, spent = unpack(redis.call('HMGET', KEYS[1], 'shop', 'role', 'chat', 'by', 'spent'))
if not shop or chat and chat ~= ARGV[1] then
  return nil
end
redis.call('HSET', KEYS[1], 'chat', ARGV[1])
return {shop, role, by or '0', spent or '0'}
