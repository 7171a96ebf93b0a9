-- From clocks to verdicts: the pauses, the deadline they move, what came first, and the day it counts on. It judges what
-- stands in clock and empties it, so that rules that depend on another come after that one was judged.
CREATE INDEX clock_case ON clock (rule, shop, kind, id);

-- When the clock of a case stands still: dated exceptions, and while the platform has it. until is NULL while nobody knows.
CREATE TABLE span AS
SELECT rule, shop, kind, id, at AS since, until FROM exception JOIN excuse USING (code) WHERE until > at
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

-- The deadline is moved by each pause that begins before it; one without an end stops the clock for good. Until when a
-- presumed promise may fail is no clock, and is not moved.
CREATE TABLE moved AS
WITH RECURSIVE move (clock, since, n, due, paused, rule, shop, kind, id) AS (
  SELECT c.rowid, c.since, 0, c.due, 0, c.rule, c.shop, c.kind, c.id FROM clock c JOIN rule USING (rule)
  WHERE c.due IS NOT NULL AND (NOT presumed OR c.lap > 0)
    AND EXISTS (SELECT 1 FROM pause p WHERE p.rule = c.rule AND p.shop = c.shop AND p.kind = c.kind AND p.id = c.id)
  UNION ALL
  SELECT m.clock, m.since, p.n, m.due + coalesce(max(0, p.until - max(p.since, m.since)), 0), p.until IS NULL, m.rule, m.shop, m.kind, m.id
  FROM move m JOIN pause p ON p.rule = m.rule AND p.shop = m.shop AND p.kind = m.kind AND p.id = m.id AND p.n = m.n + 1
  WHERE p.since < m.due AND NOT m.paused
)
SELECT clock, due, max(n), paused FROM move GROUP BY clock; -- due and paused are those of the row with the greatest n
CREATE UNIQUE INDEX moved_clock ON moved (clock);

-- Of the laps of a case the first that was too long tells, else the last.
CREATE TABLE told AS
WITH lap AS (
  SELECT c.*, coalesce(m.due, c.due) AS last, coalesce(m.paused, 0) AS paused, presumed AND c.lap = 0 AS trusted, now
  FROM clock c JOIN rule USING (rule) LEFT JOIN moved m ON m.clock = c.rowid, asof
),
late AS (
  SELECT *, last IS NOT NULL AND NOT paused AND NOT trusted AND coalesce(stop, now) > last AS late FROM lap
)
SELECT * FROM (
  SELECT *, row_number() OVER (PARTITION BY rule, shop, kind, id, part ORDER BY late DESC, iif(late, lap, -lap)) AS choice FROM late
) WHERE choice = 1;

-- What a fact broke, and what it took. Of a promise that is trusted (presumed, and nothing triggered a clock) due only says
-- until when it may fail; of others a stop before the fail saves it, but where a presumed promise was triggered: there the fail
-- stands by itself. Of a fact that stops and one that fails at the same instant, the failing counts.
CREATE TABLE settled AS
WITH known AS (
  SELECT t.*, day AS day_of, cap, presumed FROM told t JOIN rule USING (rule)
)
SELECT k.*,
  CASE
    WHEN along IS NOT NULL THEN along
    WHEN trusted THEN iif(fail <= coalesce(last, fail), fail, NULL)
    WHEN presumed OR fail <= coalesce(stop, fail) THEN fail
  END AS broken,
  max(0, stop - start - coalesce((SELECT sum(max(0, min(coalesce(p.until, k.stop), k.stop) - max(p.since, k.start))) FROM pause p
    WHERE p.rule = k.rule AND p.shop = k.shop AND p.kind = k.kind AND p.id = k.id), 0)) AS took,
  EXISTS (SELECT 1 FROM exception e JOIN excuse x USING (code) WHERE x.rule = k.rule AND e.shop = k.shop AND e.kind = k.kind AND e.id = k.id
    AND e.until IS NULL AND (k.session IS NULL OR k.session =
      (SELECT c.session FROM chat c WHERE c.shop = e.shop AND c.id = e.id AND c.at = e.at AND c.type = e.type AND c.says = e.says))) AS excused
FROM known k;

-- Broken when a fact or the deadline did so, whichever came first. What fell away before it was fulfilled and before a fact
-- broke it is void, and so is what was excused, whenever that was.
INSERT INTO verdict (rule, shop, kind, id, part, day, due, outcome, took)
WITH ended AS (
  SELECT *, broken IS NOT NULL AND NOT (late AND last <= broken) AS failed FROM settled
),
judged AS (
  SELECT *,
    CASE WHEN failed THEN broken WHEN NOT trusted THEN last END AS due_at,
    CASE
      WHEN excused OR void < coalesce(stop, void + 1) AND (NOT failed OR void < broken) THEN 'void'
      WHEN failed OR late THEN 'breached'
      WHEN stop IS NOT NULL OR trusted THEN 'met'
      ELSE 'open'
    END AS outcome
  FROM ended
)
SELECT rule, shop, kind, id, part,
  (iif(day_of = 'start', start, coalesce(due_at, start)) + zone_ms) / 86400000,
  due_at, outcome,
  CASE
    WHEN outcome = 'void' THEN NULL
    WHEN stop IS NOT NULL THEN min(took, coalesce(cap, took))
    WHEN outcome = 'breached' THEN cap
  END
FROM judged JOIN shop USING (shop);

DROP TABLE span;
DROP TABLE pause;
DROP TABLE moved;
DROP TABLE told;
DROP TABLE settled;
DROP INDEX clock_case;
DELETE FROM clock;
CREATE INDEX IF NOT EXISTS verdict_case ON verdict (rule, shop, id);
