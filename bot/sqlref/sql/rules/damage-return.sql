-- 破损退货率: an order that was paid arrives whole, unless the first after-sales case about it is about damage, within 45 days.
INSERT INTO rule (rule, day, presumed) VALUES ('damage-return', 'start', 1);
INSERT INTO excuse VALUES ('damage-return', 'majeure'), ('damage-return', 'abuse'), ('damage-return', 'lowvalue');

INSERT INTO clock (rule, shop, kind, id, start, since, due, fail, void)
WITH o AS (
  SELECT shop, id, min(at) FILTER (WHERE type = 'order.paid') AS paid, min(at) FILTER (WHERE type = 'order.canceled') AS canceled
  FROM fact WHERE kind = 'order' GROUP BY shop, id HAVING paid IS NOT NULL
),
complaint AS (
  SELECT shop, id, at, damage, row_number() OVER (PARTITION BY shop, id ORDER BY at, says) AS n
  FROM fact WHERE kind = 'order' AND type = 'aftersale.opened'
)
SELECT 'damage-return', shop, 'order', id, paid, paid, paid + 45 * 86400000, iif(at >= paid, at, NULL), canceled
FROM o LEFT JOIN (SELECT shop, id, at FROM complaint WHERE n = 1 AND damage = 'true') USING (shop, id);
