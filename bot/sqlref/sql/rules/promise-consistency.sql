-- 承诺一致: a promise is consistent until a conflict is found; each conflict is fixed within 24 hours.
INSERT INTO rule (rule, day, presumed) VALUES ('promise-consistency', 'due', 1);

INSERT INTO clock (rule, shop, kind, id, lap, start, since, due, stop)
WITH p AS (
  SELECT shop, id, min(at) AS start FROM fact
  WHERE kind = 'promise' AND type IN ('promise.published', 'promise.conflict') GROUP BY shop, id
),
conflict AS (
  SELECT shop, id, at,
    (SELECT min(at) FROM fact s WHERE s.shop = c.shop AND s.kind = 'promise' AND s.id = c.id AND s.type = 'promise.fixed' AND s.at >= c.at) AS fixed
  FROM fact c WHERE kind = 'promise' AND type = 'promise.conflict'
),
-- Conflicts that one fix ends are one, from the first of them on.
laps AS (
  SELECT shop, id, min(at) AS since, fixed, row_number() OVER (PARTITION BY shop, id ORDER BY min(at)) AS lap
  FROM conflict GROUP BY shop, id, fixed
)
SELECT 'promise-consistency', shop, 'promise', id, coalesce(lap, 0), coalesce(since, start), coalesce(since, start),
  since + 24 * 3600000, fixed
FROM p LEFT JOIN laps USING (shop, id);
