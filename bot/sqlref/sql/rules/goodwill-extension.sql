-- 超承诺宽限: what a buyer asks for beyond duty is granted within 24 hours.
INSERT INTO rule (rule, day) VALUES ('goodwill-extension', 'due');
INSERT INTO excuse VALUES ('goodwill-extension', 'abuse');

INSERT INTO clock (rule, shop, kind, id, start, since, due, stop)
WITH asked AS (
  SELECT shop, id, min(at) AS asked FROM fact WHERE kind = 'order' AND type = 'goodwill.requested' GROUP BY shop, id
)
SELECT 'goodwill-extension', shop, 'order', id, asked, asked, asked + 24 * 3600000,
  (SELECT min(at) FROM fact f WHERE f.shop = a.shop AND f.kind = 'order' AND f.id = a.id AND f.type = 'goodwill.granted' AND f.at >= asked)
FROM asked a;
