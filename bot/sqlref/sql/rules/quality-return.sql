-- 商品品质退货率: a delivered order is good, unless the first after-sales case about it is about quality, within 30 days.
INSERT INTO rule (rule, day, presumed) VALUES ('quality-return', 'start', 1);
INSERT INTO excuse VALUES ('quality-return', 'abuse'), ('quality-return', 'lowvalue');

INSERT INTO clock (rule, shop, kind, id, start, since, due, fail)
WITH delivered AS (
  SELECT shop, id, min(at) AS start FROM fact WHERE kind = 'order' AND type = 'order.delivered' GROUP BY shop, id
),
complaint AS (
  SELECT shop, id, at, quality, row_number() OVER (PARTITION BY shop, id ORDER BY at, says) AS n
  FROM fact WHERE kind = 'order' AND type = 'aftersale.opened'
)
SELECT 'quality-return', shop, 'order', id, start, start, start + 30 * 86400000, at
FROM delivered LEFT JOIN (SELECT shop, id, at FROM complaint WHERE n = 1 AND quality = 'true') USING (shop, id);
