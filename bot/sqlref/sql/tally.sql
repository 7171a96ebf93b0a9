-- The counters: cases of one rule on one local day of one shop. timed is over how many took_ms is summed.
CREATE TABLE tally AS
SELECT shop, rule, day,
  count(*) FILTER (WHERE outcome = 'open') AS open, count(*) FILTER (WHERE outcome = 'met') AS met,
  count(*) FILTER (WHERE outcome = 'breached') AS breached, count(*) FILTER (WHERE outcome = 'void') AS void,
  count(took) AS timed, coalesce(sum(took), 0) AS took_ms
FROM verdict GROUP BY shop, rule, day ORDER BY shop, rule, day;

-- The same over a day, a natural week (from Monday on; 1970-01-01 was a Thursday) and the 30 days that end on a day. n/a is
-- NULL: a rate of nothing, a mean of nothing.
CREATE VIEW span_tally AS
SELECT 'day' AS span, shop, rule, day AS day, open, met, breached, void, timed, took_ms FROM tally
UNION ALL
SELECT 'week', shop, rule, day - (day + 3) % 7 AS monday, sum(open), sum(met), sum(breached), sum(void), sum(timed), sum(took_ms)
FROM tally GROUP BY shop, rule, monday
UNION ALL
SELECT '30 days', shop, rule, day, sum(open) OVER w, sum(met) OVER w, sum(breached) OVER w, sum(void) OVER w, sum(timed) OVER w,
  sum(took_ms) OVER w
FROM tally WINDOW w AS (PARTITION BY shop, rule ORDER BY day RANGE BETWEEN 29 PRECEDING AND CURRENT ROW);

CREATE VIEW rate AS
SELECT span, shop, rule, day, open, met, breached, void, timed, took_ms,
  CAST(met AS REAL) / nullif(met + breached, 0) AS met_rate, took_ms / nullif(timed, 0) AS mean_ms
FROM span_tally;
