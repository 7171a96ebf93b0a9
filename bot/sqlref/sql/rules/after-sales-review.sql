-- 售后审核时长: a refund, return or exchange is decided in 36 hours, by the shortest promise or by the date set last. What is
-- asked for between 23:00 and 08:00 counts from 08:00.
INSERT INTO rule (rule, day) VALUES ('after-sales-review', 'due');
INSERT INTO excuse VALUES ('after-sales-review', 'buyer'), ('after-sales-review', 'platform'), ('after-sales-review', 'shift');
INSERT INTO platform_pause VALUES ('after-sales-review');

INSERT INTO clock (rule, shop, kind, id, start, since, due, stop, void)
WITH asked AS (
  SELECT shop, id, min(at) AS asked FROM fact
  WHERE kind = 'aftersale' AND type = 'aftersale.opened' AND what IN ('refund', 'return', 'exchange') GROUP BY shop, id
),
-- morning is how long it is to 08:00, when it is night.
woken AS (
  SELECT shop, id, asked, CASE
    WHEN always_open THEN asked
    WHEN (asked + zone_ms) % 86400000 < 8 * 3600000 THEN asked + 8 * 3600000 - (asked + zone_ms) % 86400000
    WHEN (asked + zone_ms) % 86400000 >= 23 * 3600000 THEN asked + 32 * 3600000 - (asked + zone_ms) % 86400000
    ELSE asked END AS start
  FROM asked JOIN shop USING (shop)
),
a AS (
  SELECT woken.shop, woken.id, start,
    min(f.at) FILTER (WHERE type IN ('aftersale.approved', 'aftersale.refunded', 'aftersale.rejected') AND f.at >= asked) AS decided,
    min(f.at) FILTER (WHERE type = 'aftersale.closed') AS closed,
    min(decide_by) FILTER (WHERE type <> 'aftersale.deadline_changed') AS promised
  FROM woken CROSS JOIN fact f ON f.shop = woken.shop AND f.kind = 'aftersale' AND f.id = woken.id
  GROUP BY woken.shop, woken.id
)
SELECT 'after-sales-review', shop, 'aftersale', id, start, start,
  coalesce(
    (SELECT decide_by FROM fact c WHERE c.shop = a.shop AND c.kind = 'aftersale' AND c.id = a.id
       AND c.type = 'aftersale.deadline_changed' AND (decided IS NULL OR c.at <= decided) ORDER BY c.at DESC, c.decide_by DESC LIMIT 1),
    promised, start + 36 * 3600000),
  decided, closed
FROM a;
