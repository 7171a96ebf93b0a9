-- 会话不服务: in each session a person speaks within ten minutes, be it with a greeting, and before it is closed.
INSERT INTO rule (rule, day) VALUES ('chat-unserved-session', 'start');
INSERT INTO excuse VALUES ('chat-unserved-session', 'spam'), ('chat-unserved-session', 'outage');

INSERT INTO clock (rule, shop, kind, id, part, session, start, since, due, stop, fail)
WITH asked AS (
  SELECT s.shop, s.id, s.session, min(c.at) AS asked
  FROM session s JOIN chat c USING (shop, id, session)
  WHERE c.speaker = 'buyer' AND c.at >= s.human GROUP BY s.shop, s.id, s.session
)
SELECT 'chat-unserved-session', a.shop, 'conversation', a.id, a.asked, a.session, a.asked, a.asked, a.asked + 600000,
  (SELECT min(at) FROM chat c WHERE c.shop = a.shop AND c.id = a.id AND c.session = a.session AND c.at >= a.asked
     AND c.speaker = 'agent'),
  (SELECT min(at) FROM chat c WHERE c.shop = a.shop AND c.id = a.id AND c.session = a.session AND c.at >= a.asked
     AND c.type = 'chat.closed')
FROM asked a JOIN shop USING (shop)
WHERE always_open OR (asked + zone_ms) % 86400000 BETWEEN 8 * 3600000 AND 23 * 3600000 - 1;
