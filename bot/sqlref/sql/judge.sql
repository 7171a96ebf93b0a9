-- From clocks to verdicts: the pauses, the deadline they move, what came first, and the day it counts on. It judges what
-- stands in clock and empties it, so that rules that depend on another come after that one was judged.
CREATE INDEX clock_case ON clock (rule, shop, kind, id);

-- Exceptions that were not taken back by a reinstatement of the same code at the same instant or later.
CREATE TABLE exception AS
SELECT e.rule, f.shop, f.kind, f.id, f.at, f.type, f.says, f.until
FROM excuse e JOIN fact f ON f.type = 'case.excused' AND f.code = e.code
WHERE NOT EXISTS (SELECT 1 FROM fact r WHERE r.shop = f.shop AND r.kind = f.kind AND r.id = f.id
  AND r.type = 'case.reinstated' AND r.code = f.code AND r.at >= f.at)
  AND EXISTS (SELECT 1 FROM clock c WHERE c.rule = e.rule);

-- When the clock of a case stands still: dated exceptions, and while the platform has it. until is NULL while nobody knows.
CREATE TABLE span AS
SELECT rule, shop, kind, id, at AS since, until FROM exception WHERE until > at
UNION ALL
SELECT p.rule, shop, kind, id, at, ended FROM platform_pause p JOIN (
  SELECT shop, kind, id, type, at, lag(type) OVER w AS before,
    min(at) FILTER (WHERE type = 'aftersale.judged') OVER (w ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS ended
  FROM fact WHERE kind = 'aftersale' AND type IN ('aftersale.escalated', 'aftersale.judged')
  WINDOW w AS (PARTITION BY shop, kind, id ORDER BY at, type, says)
) WHERE type = 'aftersale.escalated' AND before IS NOT 'aftersale.escalated';

-- The spans of a case in order and without overlap.
CREATE TABLE pause AS
WITH reach AS (
  SELECT *, max(coalesce(until, 1 << 60)) OVER (PARTITION BY rule, shop, kind, id ORDER BY since, coalesce(until, 1 << 60)
    ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reached
  FROM span
),
island AS (
  SELECT *, sum(reached IS NULL OR since > reached) OVER (PARTITION BY rule, shop, kind, id ORDER BY since, coalesce(until, 1 << 60)) AS n
  FROM reach
)
SELECT rule, shop, kind, id, n, min(since) AS since, nullif(max(coalesce(until, 1 << 60)), 1 << 60) AS until
FROM island GROUP BY rule, shop, kind, id, n;
CREATE INDEX pause_case ON pause (rule, shop, kind, id, n);

-- The deadline is moved by each pause that begins before it; one without an end stops the clock for good.
CREATE TABLE moved AS
WITH RECURSIVE move (lap, since, n, due, paused, rule, shop, kind, id) AS (
  SELECT c.rowid, c.since, 0, c.due, 0, c.rule, c.shop, c.kind, c.id FROM clock c
  WHERE c.due IS NOT NULL AND EXISTS (SELECT 1 FROM pause p WHERE p.rule = c.rule AND p.shop = c.shop AND p.kind = c.kind AND p.id = c.id)
  UNION ALL
  SELECT m.lap, m.since, p.n, m.due + coalesce(max(0, p.until - max(p.since, m.since)), 0), p.until IS NULL, m.rule, m.shop, m.kind, m.id
  FROM move m JOIN pause p ON p.rule = m.rule AND p.shop = m.shop AND p.kind = m.kind AND p.id = m.id AND p.n = m.n + 1
  WHERE p.since < m.due AND NOT m.paused
)
SELECT lap, due, max(n), paused FROM move GROUP BY lap; -- due and paused are those of the row with the greatest n
CREATE UNIQUE INDEX moved_lap ON moved (lap);

-- Of the laps of a case the first that was too long tells, else the last.
CREATE TABLE told AS
WITH lap AS (
  SELECT c.*, coalesce(m.due, c.due) AS last, coalesce(m.paused, 0) AS paused, now
  FROM clock c LEFT JOIN moved m ON m.lap = c.rowid, asof
),
late AS (
  SELECT *, last IS NOT NULL AND NOT paused AND coalesce(stop, now) > last AS late FROM lap
)
SELECT * FROM (
  SELECT *, row_number() OVER (PARTITION BY rule, shop, kind, id, part ORDER BY late DESC, iif(late, lap, -lap)) AS choice FROM late
) WHERE choice = 1;

-- A presumed promise with a fail and no trigger has no stop: its deadline only says until when fail counts.
CREATE TABLE settled AS
SELECT t.*, day AS day_of, cap,
  CASE WHEN presumed AND stop IS NULL AND t.lap = 0 THEN iif(fail <= last, fail, iif(last IS NULL, fail, NULL))
       WHEN presumed OR stop IS NULL OR fail <= stop THEN fail END AS broken,
  presumed AND t.lap = 0 AS trusted,
  stop - start - coalesce((SELECT sum(max(0, min(coalesce(p.until, t.stop), t.stop) - max(p.since, t.start))) FROM pause p
    WHERE p.rule = t.rule AND p.shop = t.shop AND p.kind = t.kind AND p.id = t.id), 0) AS took,
  EXISTS (SELECT 1 FROM exception e WHERE e.rule = t.rule AND e.shop = t.shop AND e.kind = t.kind AND e.id = t.id
    AND e.until IS NULL AND (t.session IS NULL OR t.session =
      (SELECT c.session FROM chat c WHERE c.shop = e.shop AND c.id = e.id AND c.at = e.at AND c.type = e.type AND c.says = e.says))) AS excused
FROM told t JOIN rule USING (rule);

INSERT INTO verdict (rule, shop, kind, id, part, day, due, outcome, took)
WITH ended AS (
  SELECT *,
    CASE WHEN trusted THEN broken WHEN broken < last OR last IS NULL THEN broken ELSE last END AS due_at,
    CASE
      WHEN excused OR void < coalesce(stop, 1 << 60) THEN 'void'
      WHEN broken IS NOT NULL THEN 'breached'
      WHEN trusted THEN 'met'
      WHEN late THEN 'breached'
      WHEN stop IS NOT NULL THEN 'met'
      ELSE 'open'
    END AS outcome
  FROM settled
)
SELECT rule, shop, kind, id, part,
  (iif(day_of = 'start', start, coalesce(due_at, start)) + zone_ms) / 86400000,
  due_at, outcome,
  CASE
    WHEN outcome = 'void' THEN NULL
    WHEN stop IS NOT NULL THEN min(max(took, 0), coalesce(cap, 1 << 60))
    WHEN outcome = 'breached' THEN cap
  END
FROM ended JOIN shop USING (shop);

DROP TABLE exception;
DROP TABLE span;
DROP TABLE pause;
DROP TABLE moved;
DROP TABLE told;
DROP TABLE settled;
DROP INDEX clock_case;
DELETE FROM clock;
CREATE INDEX IF NOT EXISTS verdict_case ON verdict (rule, shop, id);
