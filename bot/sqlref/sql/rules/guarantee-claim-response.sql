-- 特色保障响应: a claim on a guarantee is decided within 24 hours.
INSERT INTO rule (rule, day) VALUES ('guarantee-claim-response', 'due');
INSERT INTO excuse VALUES ('guarantee-claim-response', 'buyer'), ('guarantee-claim-response', 'platform');

INSERT INTO clock (rule, shop, kind, id, start, since, due, stop)
WITH c AS (
  SELECT shop, id, min(at) AS claimed FROM fact WHERE kind = 'claim' AND type = 'guarantee.claimed' GROUP BY shop, id
)
SELECT 'guarantee-claim-response', shop, 'claim', id, claimed, claimed, claimed + 24 * 3600000,
  (SELECT min(at) FROM fact f WHERE f.shop = c.shop AND f.kind = 'claim' AND f.id = c.id AND f.type = 'guarantee.decided' AND f.at >= claimed)
FROM c;
