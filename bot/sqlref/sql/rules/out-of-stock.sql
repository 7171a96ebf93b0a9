-- 缺货无货: an order that was paid is picked up, or settled with the buyer, by 48 hours after its shipping deadline. The shop
-- that says it has none, or cancels, breaks it at once.
INSERT INTO rule (rule, day) VALUES ('out-of-stock', 'due');
INSERT INTO excuse VALUES ('out-of-stock', 'majeure'), ('out-of-stock', 'agreed'), ('out-of-stock', 'abuse'), ('out-of-stock', 'lowvalue');

INSERT INTO clock (rule, shop, kind, id, start, since, due, stop, fail, void)
WITH o AS (
  SELECT shop, id,
    min(at) FILTER (WHERE type = 'order.paid') AS paid,
    coalesce(min(at) FILTER (WHERE type = 'order.picked_up' AND partial <> 'true' OR type IN ('aftersale.approved', 'aftersale.refunded')),
             min(at) FILTER (WHERE type = 'order.shipped' AND partial <> 'true')) AS gone,
    min(at) FILTER (WHERE type = 'notice.sent' AND what = 'stock' OR type = 'order.canceled' AND actor = 'seller') AS admitted,
    min(at) FILTER (WHERE type = 'order.canceled' AND actor IN ('buyer', 'platform')) AS canceled,
    min(ship_by) FILTER (WHERE type <> 'order.ship_by_changed') AS promised
  FROM fact WHERE kind = 'order' GROUP BY shop, id HAVING paid IS NOT NULL
)
SELECT 'out-of-stock', shop, 'order', id, paid, paid,
  48 * 3600000 + coalesce(
    (SELECT ship_by FROM fact c WHERE c.shop = o.shop AND c.kind = 'order' AND c.id = o.id
       AND c.type = 'order.ship_by_changed' AND (gone IS NULL OR c.at <= gone) ORDER BY c.at DESC, c.ship_by DESC LIMIT 1),
    promised, paid + 48 * 3600000),
  gone, admitted, canceled
FROM o;
