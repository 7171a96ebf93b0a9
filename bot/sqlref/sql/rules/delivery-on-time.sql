-- 配送时效达成: picked up, then delivered by what the platform promised. No promise, no case. An anomalous parcel counts as
-- missed, so this file comes after that of tracking-anomaly.
INSERT INTO rule (rule, day) VALUES ('delivery-on-time', 'due');
INSERT INTO excuse VALUES ('delivery-on-time', 'majeure'), ('delivery-on-time', 'shift'), ('delivery-on-time', 'buyer');

INSERT INTO clock (rule, shop, kind, id, start, since, due, stop, along, void)
WITH o AS (
  SELECT shop, id,
    min(at) FILTER (WHERE type = 'order.picked_up') AS pickup,
    min(at) FILTER (WHERE type = 'order.delivered') AS delivered,
    min(at) FILTER (WHERE type = 'order.canceled') AS canceled,
    min(deliver_by) AS promised
  FROM fact WHERE kind = 'order' GROUP BY shop, id HAVING pickup IS NOT NULL AND promised IS NOT NULL
)
SELECT 'delivery-on-time', shop, 'order', id, pickup, pickup, promised, delivered,
  (SELECT min(due) FROM verdict v WHERE v.rule = 'tracking-anomaly' AND v.shop = o.shop AND v.id = o.id AND v.outcome = 'breached'),
  canceled
FROM o;
