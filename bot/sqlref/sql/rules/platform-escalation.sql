-- 平台求助率: an order whose buyer asked the shop stays with the shop, unless it is escalated within 30 days.
INSERT INTO rule (rule, day, presumed) VALUES ('platform-escalation', 'start', 1);
INSERT INTO excuse VALUES ('platform-escalation', 'spam'), ('platform-escalation', 'abuse');

INSERT INTO clock (rule, shop, kind, id, start, since, due, fail)
WITH asked AS (
  SELECT shop, id, min(at) AS start FROM fact WHERE kind = 'order' AND type = 'aftersale.opened' GROUP BY shop, id
)
SELECT 'platform-escalation', shop, 'order', id, start, start, start + 30 * 86400000,
  (SELECT min(at) FROM fact f WHERE f.shop = a.shop AND f.kind = 'order' AND f.id = a.id AND f.type = 'aftersale.escalated' AND f.at >= start)
FROM asked a;
