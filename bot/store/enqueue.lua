-- enqueue.lua adds messages to the queue of one partition. Needs messages.lua in front.
--
-- KEYS[1]  out set of the partition
-- KEYS[2…] per message four: lane, line, held hash of the lane, record
-- ARGV     per message eight: member, line's name, score, time to live s, member of the message it edits or '', group or '',
--          noise or '', message as JSON
-- Result   0

for i = 0, (#KEYS - 1) / 4 - 1 do
  local key, arg = 2 + i * 4, 1 + i * 8
  enqueue(KEYS[1], KEYS[key], KEYS[key + 1], KEYS[key + 2], KEYS[key + 3], unpack(ARGV, arg, arg + 7))
end
return 0
