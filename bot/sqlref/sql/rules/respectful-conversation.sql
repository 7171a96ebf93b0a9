-- 文明服务: each session in which a person speaks is respectful, unless it is flagged within 30 days.
INSERT INTO rule (rule, day, presumed) VALUES ('respectful-conversation', 'start', 1);
INSERT INTO excuse VALUES ('respectful-conversation', 'platform');

INSERT INTO clock (rule, shop, kind, id, part, session, start, since, due, fail)
WITH spoke AS (
  SELECT shop, id, session, min(at) AS spoke FROM chat WHERE speaker = 'agent' GROUP BY shop, id, session
)
SELECT 'respectful-conversation', shop, 'conversation', id, spoke, session, spoke, spoke, spoke + 30 * 86400000,
  (SELECT min(at) FROM chat c WHERE c.shop = s.shop AND c.id = s.id AND c.session = s.session AND c.type = 'chat.flagged' AND c.at >= spoke)
FROM spoke s;
