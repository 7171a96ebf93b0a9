-- 欺诈发货: an empty, wrong or short parcel is alleged, and the platform decides. No clock decides it.
INSERT INTO rule (rule, day) VALUES ('fraud-shipping', 'due');
INSERT INTO excuse VALUES ('fraud-shipping', 'platform');

INSERT INTO clock (rule, shop, kind, id, start, since, stop, fail)
WITH alleged AS (
  SELECT shop, id, min(at) AS start FROM fact
  WHERE kind = 'aftersale' AND type = 'aftersale.opened' AND reason IN ('empty_parcel', 'wrong_goods', 'short_goods') GROUP BY shop, id
)
SELECT 'fraud-shipping', a.shop, 'aftersale', a.id, start, start,
  min(f.at) FILTER (WHERE f.at >= start AND (type = 'aftersale.judged' AND judged_for = 'seller' OR type = 'aftersale.closed')),
  min(f.at) FILTER (WHERE f.at >= start AND type = 'aftersale.judged' AND judged_for = 'buyer')
FROM alleged a CROSS JOIN fact f ON f.shop = a.shop AND f.kind = 'aftersale' AND f.id = a.id
GROUP BY a.shop, a.id;
