-- The points that douyin-2023-points would give since 1 January, by its lines that count alone can decide. Points are in
-- hundredths. The pack douyin-2026 gives none.

-- span is day, week (from Monday) or year, up to the day that is judged. A line holds when all that it asks for holds: share
-- is in basis points of the resolved cases, more than it with strict; of and times count days on which another line held.
-- cap is the most a line gives in cap_span: a week, or 30 days.
CREATE TABLE line (rule TEXT, line TEXT, class TEXT, span TEXT, resolved INTEGER, under INTEGER, breached INTEGER, share INTEGER,
  strict INTEGER, of TEXT, times INTEGER, points INTEGER, per_case INTEGER, cap INTEGER, cap_span TEXT);
INSERT INTO line VALUES
  ('pickup-after-label',       'many',          'general', 'day',  0,  NULL, 5,  500,  1, NULL, NULL, 100,  0, 600,  '30 days'),
  ('chat-unserved-session',    'unserved-day',  'general', 'day',  20, NULL, 0,  500,  1, NULL, NULL, 200,  0, 800,  'week'),
  ('chat-unserved-session',    'grave',         'severe',  'day',  20, NULL, 0,  5000, 0, NULL, NULL, 400,  0, NULL, NULL),
  ('after-sales-review',       'lapse',         'general', 'day',  0,  NULL, 1,  NULL, 0, NULL, NULL, 50,   1, 800,  'week'),
  ('return-received-refund',   'lapse',         'general', 'day',  0,  NULL, 1,  NULL, 0, NULL, NULL, 50,   1, 800,  'week'),
  ('out-of-stock',             'strike-points', 'general', 'day',  0,  NULL, 30, 3000, 1, NULL, NULL, 200,  0, NULL, NULL),
  ('tracking-anomaly',         'strike-points', 'severe',  'day',  0,  NULL, 20, 1000, 1, NULL, NULL, 400,  0, NULL, NULL),
  ('fraud-shipping',           'strike',        NULL,      'day',  0,  NULL, 3,  NULL, 0, NULL, NULL, NULL, 0, NULL, NULL),
  ('fraud-shipping',           'strike-1',      'severe',  'year', 0,  NULL, 0,  NULL, 0, 'strike', 1, 400,  0, NULL, NULL),
  ('fraud-shipping',           'strike-2',      'severe',  'year', 0,  NULL, 0,  NULL, 0, 'strike', 2, 800,  0, NULL, NULL),
  ('fraud-shipping',           'strike-3',      'severe',  'year', 0,  NULL, 0,  NULL, 0, 'strike', 3, 1200, 0, NULL, NULL),
  ('platform-ticket-response', 'most',          'general', 'week', 5,  NULL, 0,  6000, 0, NULL, NULL, 50,   1, 800,  'week'),
  ('platform-ticket-response', 'three',         'general', 'week', 0,  5,    3,  NULL, 0, NULL, NULL, 50,   1, 800,  'week'),
  ('respectful-conversation',  'ten-points',    'general', 'week', 0,  NULL, 10, NULL, 0, NULL, NULL, 200,  0, NULL, NULL),
  ('respectful-conversation',  'fifteen',       'severe',  'week', 0,  NULL, 15, NULL, 0, NULL, NULL, 400,  0, NULL, NULL),
  ('unjustified-refusal',      'many',          'general', 'day',  0,  NULL, 5,  250,  1, NULL, NULL, 200,  0, NULL, NULL),
  ('unjustified-refusal',      'ten',           'severe',  'day',  0,  NULL, 10, NULL, 0, NULL, NULL, 400,  0, NULL, NULL),
  ('return-address-valid',     'lapse',         'general', 'day',  0,  NULL, 1,  NULL, 0, NULL, NULL, 50,   1, 500,  'week'),
  ('guarantee-claim-response', 'lapse',         'general', 'day',  0,  NULL, 1,  NULL, 0, NULL, NULL, 50,   1, 500,  'week');

-- Every day from the Monday before the first case to the day that is judged, also those without a case.
CREATE TABLE counted AS
WITH RECURSIVE calendar (shop, day, judged) AS (
  SELECT shop, min(day) - (min(day) + 3) % 7, (now + zone_ms) / 86400000 FROM tally JOIN shop USING (shop), asof WHERE points GROUP BY shop
  UNION ALL
  SELECT shop, day + 1, judged FROM calendar WHERE day < judged
)
SELECT c.shop, c.day, c.day - (c.day + 3) % 7 AS monday, c.judged, l.rule,
  coalesce(met, 0) + coalesce(breached, 0) AS resolved, coalesce(breached, 0) AS breached
FROM calendar c CROSS JOIN (SELECT DISTINCT rule FROM line) l LEFT JOIN tally USING (shop, day, rule);

-- On which days each line held. What is summed for a line of a week is that of the week up to the day.
CREATE TABLE held AS
WITH summed AS (
  SELECT 'day' AS span, shop, day, monday, judged, rule, resolved, breached FROM counted
  UNION ALL
  SELECT 'week', shop, day, monday, judged, rule, sum(resolved) OVER w, sum(breached) OVER w FROM counted
  WINDOW w AS (PARTITION BY shop, rule, monday ORDER BY day)
)
SELECT shop, s.day, monday, judged, l.rule, l.line, l.span, s.breached,
  s.resolved >= l.resolved AND (under IS NULL OR s.resolved < under) AND s.breached >= l.breached
    AND (share IS NULL OR s.resolved > 0 AND s.breached * 10000 >= share * s.resolved + strict) AS holds
FROM summed s JOIN line l USING (rule, span);

INSERT INTO held
SELECT h.shop, h.day, h.monday, h.judged, l.rule, l.line, l.span, 0,
  sum(h.holds) OVER (PARTITION BY h.shop, l.rule, l.line ORDER BY h.day) >= l.times
FROM line l JOIN held h ON h.rule = l.rule AND h.line = l.of;

-- A line of a day makes a step on each day it holds. One of a week or a year makes one while it holds at the end of it, dated
-- on the day since which it has held without a break.
CREATE TABLE step AS
WITH ending AS (
  SELECT *, CASE span WHEN 'day' THEN day WHEN 'week' THEN min(monday + 6, judged) ELSE judged END AS ending,
    iif(span = 'week', monday, 0) AS beginning
  FROM held
)
SELECT e.shop, l.class, e.rule, e.line, l.points * iif(l.per_case, e.breached, 1) AS raw, l.cap, l.cap_span,
  iif(e.span = 'day', e.day, (SELECT min(d.day) FROM held d WHERE d.shop = e.shop AND d.rule = e.rule AND d.line = e.line
    AND d.day > coalesce((SELECT max(n.day) FROM held n WHERE n.shop = e.shop AND n.rule = e.rule AND n.line = e.line
      AND n.day BETWEEN e.beginning AND e.day AND NOT n.holds), e.beginning - 1))) AS day
FROM ending e JOIN line l USING (rule, line)
WHERE e.day = ending AND e.holds AND l.class IS NOT NULL;

-- A cap lets through what is left of it. earlier lists what the steps before the last one gave, as [day, points].
CREATE TABLE booked AS
WITH RECURSIVE numbered AS (
  SELECT *, iif(cap_span = 'week', day - (day + 3) % 7, day - 29) AS since,
    row_number() OVER (PARTITION BY shop, rule, line ORDER BY day) AS n
  FROM step
),
given (shop, class, rule, line, day, n, raw, points, earlier) AS (
  SELECT shop, class, rule, line, day, n, raw, min(raw, coalesce(cap, raw)), json_array() FROM numbered WHERE n = 1
  UNION ALL
  SELECT s.shop, s.class, s.rule, s.line, s.day, s.n, s.raw,
    min(s.raw, coalesce(max(0, s.cap - iif(g.day >= s.since, g.points, 0)
      - (SELECT coalesce(sum(value ->> 1), 0) FROM json_each(g.earlier) WHERE value ->> 0 >= s.since)), s.raw)),
    json_insert(g.earlier, '$[#]', json_array(g.day, g.points))
  FROM given g JOIN numbered s ON s.shop = g.shop AND s.rule = g.rule AND s.line = g.line AND s.n = g.n + 1
)
SELECT shop, class, rule, line, day, points, raw - points AS cut FROM given;

-- Every 12 general points are a node, and 4, 8 and 12 severe ones.
CREATE TABLE crossing AS
WITH RECURSIVE node (class, points) AS (
  VALUES ('severe', 400), ('severe', 800), ('severe', 1200), ('general', 1200)
  UNION ALL
  SELECT class, points + 1200 FROM node WHERE class = 'general' AND points < (SELECT sum(points) FROM booked)
),
summed AS (
  SELECT *, sum(points) OVER (PARTITION BY shop, class ORDER BY day, rule, line) AS total FROM booked
)
SELECT s.shop, s.class, s.day, s.rule, s.line, n.points AS at
FROM summed s JOIN node n ON n.class = s.class AND n.points > s.total - s.points AND n.points <= s.total;
