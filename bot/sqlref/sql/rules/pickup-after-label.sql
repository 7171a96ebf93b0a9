-- 上传单号后揽收: each parcel is picked up within 24 hours of its label. A scan or a delivery shows that it was.
INSERT INTO rule (rule, day) VALUES ('pickup-after-label', 'due');
INSERT INTO excuse VALUES ('pickup-after-label', 'majeure'), ('pickup-after-label', 'shift'), ('pickup-after-label', 'agreed');

INSERT INTO clock (rule, shop, kind, id, part, start, since, due, stop, void)
WITH parcel AS (
  SELECT DISTINCT shop, id, package_id AS part FROM fact
  WHERE kind = 'order' AND type IN ('order.label_created', 'order.shipped')
),
p AS (
  SELECT parcel.shop, parcel.id, parcel.part,
    min(f.at) FILTER (WHERE type IN ('order.label_created', 'order.shipped')) AS label,
    coalesce(min(f.at) FILTER (WHERE type = 'order.picked_up'),
             min(f.at) FILTER (WHERE type IN ('parcel.scanned', 'order.delivered'))) AS pickup,
    min(f.at) FILTER (WHERE type = 'order.canceled') AS canceled
  FROM parcel CROSS JOIN fact f ON f.shop = parcel.shop AND f.kind = 'order' AND f.id = parcel.id
  WHERE parcel.part = '' OR f.package_id IN ('', parcel.part) -- a fact that names no parcel speaks of all
  GROUP BY parcel.shop, parcel.id, parcel.part
)
SELECT 'pickup-after-label', shop, 'order', id, part, label, label, label + 24 * 3600000, pickup, canceled FROM p;
