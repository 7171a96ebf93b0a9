-- 中转停滞: from the pickup of a parcel to its first scan, from scan to scan and to the delivery no gap is too long: 24 hours
-- to the first hub, then 120 to remote provinces, 48 inside the region of the warehouse, 72 elsewhere. Parcels without any
-- scan say nothing.
INSERT INTO rule (rule, day) VALUES ('transit-stall', 'due');
INSERT INTO excuse VALUES ('transit-stall', 'majeure'), ('transit-stall', 'shift');

INSERT INTO clock (rule, shop, kind, id, part, lap, start, since, due, stop)
WITH parcel AS (
  SELECT DISTINCT shop, id, package_id AS part FROM fact WHERE kind = 'order' AND type = 'order.picked_up'
),
seen AS (
  SELECT parcel.shop, parcel.id, parcel.part, f.at, f.type, f.region, f.warehouse
  FROM parcel CROSS JOIN fact f ON f.shop = parcel.shop AND f.kind = 'order' AND f.id = parcel.id
  WHERE parcel.part = '' OR f.package_id IN ('', parcel.part)
),
p AS (
  SELECT shop, id, part, min(at) FILTER (WHERE type = 'order.picked_up') AS pickup
  FROM seen GROUP BY shop, id, part HAVING max(type = 'parcel.scanned') = 1
),
-- The first region and the first warehouse that were named.
named AS (
  SELECT p.*,
    (SELECT region FROM fact f WHERE f.shop = p.shop AND f.kind = 'order' AND f.id = p.id AND region <> ''
     ORDER BY at, type, says LIMIT 1) AS region,
    (SELECT warehouse FROM fact f WHERE f.shop = p.shop AND f.kind = 'order' AND f.id = p.id AND warehouse <> ''
     ORDER BY at, type, says LIMIT 1) AS warehouse
  FROM p
),
-- The way of the parcel: the pickup, each scan behind it, the first delivery.
way AS (
  SELECT shop, id, part, pickup AS at, 0 AS ends FROM named
  UNION
  SELECT s.shop, s.id, s.part, s.at, max(s.type = 'order.delivered') FROM seen s JOIN named p USING (shop, id, part)
  WHERE s.type IN ('parcel.scanned', 'order.delivered') AND s.at > p.pickup GROUP BY s.shop, s.id, s.part, s.at
),
laps AS (
  SELECT shop, id, part, at AS since, lead(at) OVER w AS stop, row_number() OVER w - 1 AS lap,
    coalesce(sum(ends) OVER (PARTITION BY shop, id, part ORDER BY at), 0) AS ended
  FROM way WINDOW w AS (PARTITION BY shop, id, part ORDER BY at)
)
SELECT 'transit-stall', l.shop, 'order', l.id, l.part, l.lap, p.pickup, l.since,
  l.since + 3600000 * CASE
    WHEN l.lap = 0 THEN 24
    WHEN region LIKE '新疆%' OR region LIKE '西藏%' OR region LIKE '内蒙古%' OR region LIKE '青海%' OR region LIKE '宁夏%'
      OR region LIKE '云南%' OR region LIKE '甘肃%' OR region LIKE '海南%' THEN 120
    WHEN region = warehouse THEN 48
    ELSE 72 END,
  l.stop
FROM laps l JOIN named p USING (shop, id, part) WHERE l.ended = 0;
