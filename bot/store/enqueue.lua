-- enqueue.lua adds messages to the queue of one partition. Needs messages.lua in front.
--
-- KEYS[1]  out set of the partition
-- KEYS[2…] records of the messages
-- ARGV     per message five: member, score, time to live s, member of the message it edits or '', message as JSON
-- Result   0

for i = 2, #KEYS do
  local first = (i - 2) * 5 + 1
  enqueue(KEYS[1], KEYS[i], unpack(ARGV, first, first + 4))
end
return 0
