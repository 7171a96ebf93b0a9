-- 退货签收后退款: 48 hours after the goods came back the money is returned, or the refusal is proven. An exchange owes none.
INSERT INTO rule (rule, day) VALUES ('return-received-refund', 'due');
INSERT INTO excuse VALUES ('return-received-refund', 'buyer'), ('return-received-refund', 'platform'), ('return-received-refund', 'shift');
INSERT INTO platform_pause VALUES ('return-received-refund');

INSERT INTO clock (rule, shop, kind, id, start, since, due, stop, void)
WITH back AS (
  SELECT shop, id, min(at) AS back FROM fact WHERE kind = 'aftersale' AND type = 'aftersale.return_received' GROUP BY shop, id
)
SELECT 'return-received-refund', b.shop, 'aftersale', b.id, back, back, back + 48 * 3600000,
  min(f.at) FILTER (WHERE f.at >= back AND (type = 'aftersale.refunded' OR type = 'aftersale.rejected' AND evidence <> '')),
  min(f.at) FILTER (WHERE type = 'aftersale.closed' OR type = 'aftersale.opened' AND what = 'exchange')
FROM back b CROSS JOIN fact f ON f.shop = b.shop AND f.kind = 'aftersale' AND f.id = b.id
GROUP BY b.shop, b.id;
