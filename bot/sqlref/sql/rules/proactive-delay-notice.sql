-- 延误先告知: of the orders that shipped late, those whose buyer was told two hours before the deadline, with a choice. This
-- file comes after that of ship-on-time.
INSERT INTO rule (rule, day) VALUES ('proactive-delay-notice', 'due');

INSERT INTO clock (rule, shop, kind, id, start, since, due, stop)
WITH o AS (
  SELECT shop, id,
    min(at) FILTER (WHERE type = 'order.paid') AS paid,
    min(at) FILTER (WHERE type = 'notice.sent' AND what = 'delay' AND with_choice = 'true') AS told
  FROM fact WHERE kind = 'order' GROUP BY shop, id HAVING paid IS NOT NULL
)
SELECT 'proactive-delay-notice', shop, 'order', id, paid, paid, v.due - 2 * 3600000, told
FROM o JOIN verdict v USING (shop, id) WHERE v.rule = 'ship-on-time' AND v.outcome = 'breached';
