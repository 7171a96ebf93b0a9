-- 按时发货: paid, then picked up whole within 48 hours, by the shortest promise, or by the date agreed last.
INSERT INTO rule (rule, day) VALUES ('ship-on-time', 'due');
INSERT INTO excuse VALUES ('ship-on-time', 'majeure'), ('ship-on-time', 'shift'), ('ship-on-time', 'agreed'),
  ('ship-on-time', 'stopship'), ('ship-on-time', 'abuse'), ('ship-on-time', 'lowvalue');

INSERT INTO clock (rule, shop, kind, id, start, since, due, stop, void)
WITH o AS (
  SELECT shop, id,
    min(at) FILTER (WHERE type = 'order.paid') AS paid,
    coalesce(min(at) FILTER (WHERE type = 'order.picked_up' AND partial <> 'true'),
             min(at) FILTER (WHERE type = 'order.shipped' AND partial <> 'true')) AS gone,
    min(at) FILTER (WHERE type = 'order.canceled') AS canceled,
    min(ship_by) FILTER (WHERE type <> 'order.ship_by_changed') AS promised
  FROM fact WHERE kind = 'order' GROUP BY shop, id HAVING paid IS NOT NULL
)
SELECT 'ship-on-time', shop, 'order', id, paid, paid,
  coalesce(
    (SELECT ship_by FROM fact c WHERE c.shop = o.shop AND c.kind = 'order' AND c.id = o.id
       AND c.type = 'order.ship_by_changed' AND (gone IS NULL OR c.at <= gone) ORDER BY c.at DESC, c.ship_by DESC LIMIT 1),
    promised, paid + 48 * 3600000),
  gone, canceled
FROM o;
