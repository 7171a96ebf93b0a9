-- 明日达占比: of the orders that were delivered, those that were by the end of the local day after the payment.
INSERT INTO rule (rule, day) VALUES ('next-day-delivery', 'due');
INSERT INTO excuse VALUES ('next-day-delivery', 'shift');

INSERT INTO clock (rule, shop, kind, id, start, since, due, stop, void)
WITH o AS (
  SELECT shop, id,
    min(at) FILTER (WHERE type = 'order.paid') AS paid,
    min(at) FILTER (WHERE type = 'order.delivered') AS delivered,
    min(at) FILTER (WHERE type = 'order.canceled') AS canceled
  FROM fact WHERE kind = 'order' GROUP BY shop, id HAVING paid IS NOT NULL AND delivered IS NOT NULL
)
SELECT 'next-day-delivery', shop, 'order', id, paid, paid, ((paid + zone_ms) / 86400000 + 2) * 86400000 - zone_ms - 1, delivered, canceled
FROM o JOIN shop USING (shop);
