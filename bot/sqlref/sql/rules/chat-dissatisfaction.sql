-- 会话不满意率: each rated session with a person, opened in service hours, is fine unless it gets three stars or fewer.
INSERT INTO rule (rule, day, presumed) VALUES ('chat-dissatisfaction', 'start', 1);
INSERT INTO excuse VALUES ('chat-dissatisfaction', 'spam');

INSERT INTO clock (rule, shop, kind, id, part, session, start, since, due, fail)
WITH s AS (
  SELECT shop, id, session,
    min(at) FILTER (WHERE type = 'chat.rated') AS rated,
    min(at) FILTER (WHERE type = 'chat.rated' AND CAST(stars AS INTEGER) <= 3) AS bad,
    coalesce(min(at) FILTER (WHERE speaker = 'buyer'), min(at) FILTER (WHERE type = 'chat.rated')) AS opened
  FROM chat GROUP BY shop, id, session HAVING rated IS NOT NULL AND max(speaker = 'agent') = 1
)
SELECT 'chat-dissatisfaction', shop, 'conversation', id, rated, session, rated, rated, rated + 30 * 86400000, bad
FROM s JOIN shop USING (shop)
WHERE always_open OR (opened + zone_ms) % 86400000 BETWEEN 8 * 3600000 AND 23 * 3600000 - 1;
