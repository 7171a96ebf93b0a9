-- 平台介入工单: a ticket of the platform is answered within 24 hours, or by the time it sets.
INSERT INTO rule (rule, day) VALUES ('platform-ticket-response', 'due');
INSERT INTO excuse VALUES ('platform-ticket-response', 'platform'), ('platform-ticket-response', 'outage');

INSERT INTO clock (rule, shop, kind, id, start, since, due, stop)
WITH t AS (
  SELECT shop, id, min(at) FILTER (WHERE type = 'ticket.opened') AS opened, min(answer_by) AS promised
  FROM fact WHERE kind = 'ticket' GROUP BY shop, id HAVING opened IS NOT NULL
)
SELECT 'platform-ticket-response', shop, 'ticket', id, opened, opened, coalesce(promised, opened + 24 * 3600000),
  (SELECT min(at) FROM fact f WHERE f.shop = t.shop AND f.kind = 'ticket' AND f.id = t.id AND f.type = 'ticket.answered' AND f.at >= opened)
FROM t;
