-- 首次响应及时: in each session a person answers in substance within 180 seconds, when it began in service hours.
INSERT INTO rule (rule, day) VALUES ('chat-first-response', 'start');
INSERT INTO excuse VALUES ('chat-first-response', 'spam'), ('chat-first-response', 'outage');

INSERT INTO clock (rule, shop, kind, id, part, session, start, since, due, stop)
WITH asked AS (
  SELECT s.shop, s.id, s.session, min(c.at) AS asked
  FROM session s JOIN chat c USING (shop, id, session)
  WHERE c.speaker = 'buyer' AND c.at >= s.human GROUP BY s.shop, s.id, s.session
)
SELECT 'chat-first-response', a.shop, 'conversation', a.id, a.asked, a.session, a.asked, a.asked, a.asked + 180000,
  (SELECT min(at) FROM chat c WHERE c.shop = a.shop AND c.id = a.id AND c.session = a.session AND c.at >= a.asked
     AND c.speaker = 'agent' AND c.substantive <> 'false')
FROM asked a JOIN shop USING (shop)
WHERE always_open OR (asked + zone_ms) % 86400000 BETWEEN 8 * 3600000 AND 23 * 3600000 - 1;
