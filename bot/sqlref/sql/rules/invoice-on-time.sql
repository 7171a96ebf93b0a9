-- 开票及时: ten days from the later of completion and request. Nothing is owed for an order that was canceled or refunded.
INSERT INTO rule (rule, day) VALUES ('invoice-on-time', 'due');
INSERT INTO excuse VALUES ('invoice-on-time', 'buyer'), ('invoice-on-time', 'refunded');

INSERT INTO clock (rule, shop, kind, id, start, since, due, stop, void)
WITH o AS (
  SELECT shop, id,
    max(min(at) FILTER (WHERE type = 'invoice.requested'), min(at) FILTER (WHERE type = 'order.completed')) AS start,
    min(at) FILTER (WHERE type = 'invoice.delivered') AS sent,
    min(at) FILTER (WHERE type IN ('order.canceled', 'aftersale.refunded')) AS canceled
  FROM fact WHERE kind = 'order' GROUP BY shop, id HAVING start IS NOT NULL
)
SELECT 'invoice-on-time', shop, 'order', id, start, start, start + 240 * 3600000, sent, canceled FROM o;
