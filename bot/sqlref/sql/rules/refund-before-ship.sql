-- 未发货退款: a refund before shipping is decided in 24 hours, by the shortest promise or by the date set last; goods that
-- leave after the request break it.
INSERT INTO rule (rule, day) VALUES ('refund-before-ship', 'due');
INSERT INTO excuse VALUES ('refund-before-ship', 'agreed'), ('refund-before-ship', 'platform');
INSERT INTO platform_pause VALUES ('refund-before-ship');

INSERT INTO clock (rule, shop, kind, id, start, since, due, stop, fail, void)
WITH asked AS (
  SELECT shop, id, min(at) AS start FROM fact
  WHERE kind = 'aftersale' AND type = 'aftersale.opened' AND what = 'refund_unshipped' GROUP BY shop, id
),
a AS (
  SELECT asked.shop, asked.id, start,
    min(f.at) FILTER (WHERE type IN ('aftersale.approved', 'aftersale.refunded', 'aftersale.rejected') AND f.at >= start) AS decided,
    min(f.at) FILTER (WHERE type IN ('order.shipped', 'order.picked_up') AND f.at >= start) AS gone,
    min(f.at) FILTER (WHERE type = 'aftersale.closed') AS closed,
    min(decide_by) FILTER (WHERE type <> 'aftersale.deadline_changed') AS promised
  FROM asked CROSS JOIN fact f ON f.shop = asked.shop AND f.kind = 'aftersale' AND f.id = asked.id
  GROUP BY asked.shop, asked.id
)
SELECT 'refund-before-ship', shop, 'aftersale', id, start, start,
  coalesce(
    (SELECT decide_by FROM fact c WHERE c.shop = a.shop AND c.kind = 'aftersale' AND c.id = a.id
       AND c.type = 'aftersale.deadline_changed' AND (decided IS NULL OR c.at <= decided) ORDER BY c.at DESC, c.decide_by DESC LIMIT 1),
    promised, start + 24 * 3600000),
  decided, gone, closed
FROM a;
