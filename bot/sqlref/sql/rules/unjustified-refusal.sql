-- 无故拒绝售后: a decision is just. A refusal without evidence is mended within 24 hours; one that the platform overturns was
-- unjust at once.
INSERT INTO rule (rule, day, presumed) VALUES ('unjustified-refusal', 'due', 1);
INSERT INTO excuse VALUES ('unjustified-refusal', 'platform'), ('unjustified-refusal', 'abuse');

INSERT INTO clock (rule, shop, kind, id, lap, start, since, due, stop, fail)
WITH a AS (
  SELECT shop, id,
    min(at) FILTER (WHERE type IN ('aftersale.approved', 'aftersale.refunded', 'aftersale.rejected', 'aftersale.closed')) AS start,
    min(at) FILTER (WHERE type = 'aftersale.rejected') AS rejected
  FROM fact WHERE kind = 'aftersale' GROUP BY shop, id HAVING start IS NOT NULL
),
overturned AS (
  SELECT shop, id, min(at) AS overturned FROM fact JOIN a USING (shop, id)
  WHERE kind = 'aftersale' AND type = 'aftersale.judged' AND judged_for = 'buyer' AND at > rejected GROUP BY shop, id
),
refusal AS (
  SELECT shop, id, at,
    (SELECT min(at) FROM fact s WHERE s.shop = c.shop AND s.kind = 'aftersale' AND s.id = c.id AND s.at >= c.at
       AND (s.type IN ('aftersale.approved', 'aftersale.refunded') OR s.type = 'aftersale.rejected' AND s.evidence <> '')) AS mended
  FROM fact c WHERE kind = 'aftersale' AND type = 'aftersale.rejected' AND evidence = ''
),
laps AS (
  SELECT shop, id, min(at) AS since, mended, row_number() OVER (PARTITION BY shop, id ORDER BY min(at)) AS lap
  FROM refusal GROUP BY shop, id, mended
)
SELECT 'unjustified-refusal', shop, 'aftersale', id, coalesce(lap, 0), coalesce(since, start), coalesce(since, start),
  since + 24 * 3600000, mended, overturned
FROM a LEFT JOIN laps USING (shop, id) LEFT JOIN overturned USING (shop, id);
