-- 物流轨迹异常: a parcel with a label is picked up within 48 hours; where the carrier shows scans, the first one comes within
-- 48 hours of the pickup. A pickup before the payment is one by itself.
INSERT INTO rule (rule, day) VALUES ('tracking-anomaly', 'due');
INSERT INTO excuse VALUES ('tracking-anomaly', 'majeure'), ('tracking-anomaly', 'buyer');

INSERT INTO clock (rule, shop, kind, id, part, lap, start, since, due, stop, fail, void)
WITH parcel AS (
  SELECT DISTINCT shop, id, package_id AS part FROM fact WHERE kind = 'order' AND type = 'order.label_created'
),
seen AS (
  SELECT parcel.shop, parcel.id, parcel.part, f.at, f.type
  FROM parcel CROSS JOIN fact f ON f.shop = parcel.shop AND f.kind = 'order' AND f.id = parcel.id
  WHERE parcel.part = '' OR f.package_id IN ('', parcel.part)
),
p AS (
  SELECT shop, id, part,
    min(at) FILTER (WHERE type = 'order.label_created') AS label,
    min(at) FILTER (WHERE type = 'parcel.scanned') AS scan,
    min(at) FILTER (WHERE type = 'order.paid') AS paid,
    min(at) FILTER (WHERE type = 'order.canceled') AS canceled
  FROM seen GROUP BY shop, id, part
),
-- A pickup before the first scan starts the clock anew; any other pickup, a scan or a delivery stops it.
move AS (
  SELECT s.shop, s.id, s.part, s.at, max(s.type <> 'order.picked_up' OR scan IS NULL OR s.at >= scan) AS ends
  FROM seen s JOIN p USING (shop, id, part)
  WHERE s.type IN ('order.picked_up', 'parcel.scanned', 'order.delivered')
  GROUP BY s.shop, s.id, s.part, s.at
),
ended AS (
  SELECT p.*,
    (SELECT min(at) FROM move m WHERE m.shop = p.shop AND m.id = p.id AND m.part = p.part AND ends AND at <= label) AS early,
    (SELECT min(at) FROM seen s WHERE s.shop = p.shop AND s.id = p.id AND s.part = p.part AND type = 'order.picked_up' AND at < paid) AS false_pickup
  FROM p
),
way AS (
  SELECT shop, id, part, label AS at, 0 AS ends FROM ended
  UNION
  SELECT m.shop, m.id, m.part, m.at, m.ends FROM move m JOIN ended USING (shop, id, part) WHERE m.at > label AND early IS NULL
),
laps AS (
  SELECT shop, id, part, at AS since, lead(at) OVER w AS stop, row_number() OVER w - 1 AS lap,
    sum(ends) OVER (PARTITION BY shop, id, part ORDER BY at) AS over
  FROM way WINDOW w AS (PARTITION BY shop, id, part ORDER BY at)
)
SELECT 'tracking-anomaly', l.shop, 'order', l.id, l.part, l.lap, label, l.since, l.since + 48 * 3600000,
  coalesce(early, l.stop), false_pickup, canceled
FROM laps l JOIN ended USING (shop, id, part) WHERE over = 0;
