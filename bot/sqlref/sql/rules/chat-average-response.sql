-- 平均响应时长: each turn of the buyer, from the first message that waits for an answer to the answer in substance, in 60
-- seconds; ten minutes are booked at most, also where nobody answered. A bot that answers before a person is in the
-- conversation ends a turn that is no turn of the people.
INSERT INTO rule (rule, day, cap) VALUES ('chat-average-response', 'start', 600000);
INSERT INTO excuse VALUES ('chat-average-response', 'spam'), ('chat-average-response', 'outage');

INSERT INTO clock (rule, shop, kind, id, part, session, start, since, due, stop)
WITH message AS (
  SELECT c.shop, c.id, c.session, c.at, c.says,
    CASE
      WHEN c.speaker = 'buyer' AND c.substantive <> 'false' AND c.at >= s.human THEN 'waits'
      WHEN c.speaker = 'agent' AND c.substantive <> 'false' THEN 'answered'
      WHEN c.speaker = 'bot' AND s.wanted IS NULL
        AND NOT coalesce(max(c.speaker = 'agent') OVER (PARTITION BY c.shop, c.id, c.session ORDER BY c.at, c.says
          ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) THEN 'bot'
    END AS does
  FROM chat c JOIN session s USING (shop, id, session)
  WHERE c.type = 'chat.message' AND s.human IS NOT NULL
),
step AS (
  SELECT *, lag(does) OVER (PARTITION BY shop, id, session ORDER BY at, says) AS before FROM message WHERE does IS NOT NULL
),
turn AS (
  SELECT shop, id, session, at AS asked, does,
    lead(at) OVER w AS stop, lead(does) OVER w AS ending
  FROM step WHERE does <> 'waits' OR before IS NOT 'waits'
  WINDOW w AS (PARTITION BY shop, id, session ORDER BY at, says)
)
SELECT 'chat-average-response', shop, 'conversation', id, asked, session, asked, asked, asked + 60000, stop
FROM turn JOIN shop USING (shop)
WHERE does = 'waits' AND ending IS NOT 'bot'
  AND (always_open OR (asked + zone_ms) % 86400000 BETWEEN 8 * 3600000 AND 23 * 3600000 - 1);
