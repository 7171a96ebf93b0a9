-- From events to facts.

-- says is all that a fact says, field by field, so that two events that say the same are one fact.
INSERT OR IGNORE INTO fact
WITH worded AS (
  SELECT *,
    iif(speaker = '', '', 'from' || char(1) || speaker || char(2)) ||
    iif(agent = '', '', 'agent' || char(1) || agent || char(2)) ||
    iif(substantive = '', '', 'substantive' || char(1) || substantive || char(2)) ||
    iif(wants_human = '', '', 'wants_human' || char(1) || wants_human || char(2)) ||
    iif(actor = '', '', 'by' || char(1) || actor || char(2)) ||
    iif(judged_for = '', '', 'for' || char(1) || judged_for || char(2)) ||
    iif(evidence = '', '', 'evidence' || char(1) || evidence || char(2)) ||
    iif(stars = '', '', 'stars' || char(1) || stars || char(2)) ||
    iif(valid = '', '', 'valid' || char(1) || valid || char(2)) ||
    iif(code = '', '', 'code' || char(1) || code || char(2)) ||
    iif(until IS NULL, '', 'until' || char(1) || until || char(2)) ||
    iif(kind = '', '', 'kind' || char(1) || kind || char(2)) ||
    iif(with_choice = '', '', 'with_choice' || char(1) || with_choice || char(2)) ||
    iif(reason = '', '', 'reason' || char(1) || reason || char(2)) ||
    iif(quality = '', '', 'quality' || char(1) || quality || char(2)) ||
    iif(damage = '', '', 'damage' || char(1) || damage || char(2)) ||
    iif(amount = '', '', 'amount' || char(1) || amount || char(2)) ||
    iif(currency = '', '', 'currency' || char(1) || currency || char(2)) ||
    iif(decide_by IS NULL, '', 'decide_by' || char(1) || decide_by || char(2)) ||
    iif(answer_by IS NULL, '', 'answer_by' || char(1) || answer_by || char(2)) ||
    iif(ship_by IS NULL, '', 'ship_by' || char(1) || ship_by || char(2)) ||
    iif(deliver_by IS NULL, '', 'deliver_by' || char(1) || deliver_by || char(2)) ||
    iif(region = '', '', 'region' || char(1) || region || char(2)) ||
    iif(warehouse = '', '', 'warehouse' || char(1) || warehouse || char(2)) ||
    iif(package_id = '', '', 'package_id' || char(1) || package_id || char(2)) ||
    iif(partial = '', '', 'partial' || char(1) || partial || char(2)) AS says
  FROM event
),
-- Whom an event is about. case.excused and case.reinstated name it themselves, as kind/id.
about AS (
  SELECT *,
    CASE
      WHEN type IN ('case.excused', 'case.reinstated') THEN substr(subject, 1, instr(subject, '/') - 1)
      WHEN type LIKE 'order.%' OR type LIKE 'invoice.%' OR type LIKE 'goodwill.%'
        OR type IN ('parcel.scanned', 'notice.sent') THEN 'order'
      WHEN type LIKE 'aftersale.%' THEN 'aftersale'
      WHEN type LIKE 'chat.%' THEN 'conversation'
      WHEN type LIKE 'review.%' THEN 'review'
      WHEN type LIKE 'ticket.%' THEN 'ticket'
      WHEN type IN ('guarantee.claimed', 'guarantee.decided') THEN 'claim'
      WHEN type LIKE 'promise.%' THEN 'promise'
      WHEN type = 'address.checked' THEN 'shop'
    END AS about_kind
  FROM worded
)
SELECT shop, about_kind,
  CASE
    WHEN type IN ('case.excused', 'case.reinstated') THEN substr(subject, instr(subject, '/') + 1)
    WHEN about_kind = 'order' THEN order_id
    WHEN about_kind = 'aftersale' THEN aftersale_id
    WHEN about_kind = 'conversation' THEN conversation_id
    WHEN about_kind = 'review' THEN review_id
    WHEN about_kind = 'ticket' THEN ticket_id
    WHEN about_kind = 'claim' THEN claim_id
    WHEN about_kind = 'promise' THEN promise_id
    ELSE ''
  END AS about_id,
  at, type, says, order_id, speaker, substantive, wants_human, kind, reason, quality, damage, package_id, partial, region,
  warehouse, actor, judged_for, evidence, stars, with_choice, valid, code, ship_by, deliver_by, decide_by, answer_by, until
FROM about WHERE about_kind IS NOT NULL
ORDER BY shop, about_kind, about_id, at, type, says;

-- An after-sales case names its order when it is opened. The order hears what becomes of it; it hears that the goods left.
CREATE TABLE related AS
SELECT DISTINCT shop, id AS aftersale_id, order_id FROM fact WHERE kind = 'aftersale' AND type = 'aftersale.opened';
CREATE INDEX related_order ON related (shop, order_id);

INSERT OR IGNORE INTO fact
SELECT f.shop, 'order', r.order_id, f.at, f.type, f.says || 'aftersale_id' || char(1) || f.id || char(2), '', speaker, substantive,
  wants_human, what, reason, quality, damage, package_id, partial, region, warehouse, actor, judged_for, evidence, stars,
  with_choice, valid, code, ship_by, deliver_by, decide_by, answer_by, until
FROM related r CROSS JOIN fact f ON f.shop = r.shop AND f.kind = 'aftersale' AND f.id = r.aftersale_id
WHERE f.type IN ('aftersale.opened', 'aftersale.approved', 'aftersale.rejected', 'aftersale.refunded', 'aftersale.closed',
  'aftersale.escalated', 'aftersale.judged');

INSERT OR IGNORE INTO fact
SELECT f.shop, 'aftersale', r.aftersale_id, f.at, f.type, f.says, '', speaker, substantive, wants_human, what, reason, quality,
  damage, package_id, partial, region, warehouse, actor, judged_for, evidence, stars, with_choice, valid, code, ship_by,
  deliver_by, decide_by, answer_by, until
FROM related r CROSS JOIN fact f ON f.shop = r.shop AND f.kind = 'order' AND f.id = r.order_id
WHERE f.type IN ('order.shipped', 'order.picked_up');

-- A session of a conversation begins with the first message after the one before was closed. What follows the close
-- (a rating, a flag, an exception) still belongs to it.
CREATE TABLE chat AS
WITH talk AS (
  SELECT *, lag(type) OVER (PARTITION BY shop, id ORDER BY at, type, says) AS before
  FROM fact WHERE kind = 'conversation' AND type IN ('chat.message', 'chat.closed')
),
cut AS (
  SELECT shop, id, at, type, says FROM talk WHERE type = 'chat.message' AND before = 'chat.closed'
)
SELECT f.shop, f.id, f.at, f.type, f.says, f.speaker, f.substantive, f.wants_human, f.stars, f.code, f.until,
  sum(cut.at IS NOT NULL) OVER (PARTITION BY f.shop, f.id ORDER BY f.at, f.type, f.says) AS session
FROM fact f LEFT JOIN cut USING (shop, id, at, type, says)
WHERE f.kind = 'conversation';
CREATE INDEX chat_session ON chat (shop, id, session, at);

-- When the conversation with people begins: at once where no bot speaks (-1), else with the first message that wants a
-- human; where nobody asked but a person spoke all the same, at once (-1); else never (NULL).
CREATE TABLE session AS
SELECT shop, id, session,
  max(speaker = 'bot') AS bot, min(at) FILTER (WHERE wants_human = 'true') AS wanted,
  CASE
    WHEN max(speaker = 'bot') = 0 THEN -1
    WHEN max(wants_human = 'true') = 1 THEN min(at) FILTER (WHERE wants_human = 'true')
    WHEN max(speaker = 'agent') = 1 THEN -1
  END AS human
FROM chat GROUP BY shop, id, session;
CREATE UNIQUE INDEX session_key ON session (shop, id, session);

-- Exceptions that were not taken back by a reinstatement of the same code at the same instant or later.
CREATE TABLE exception AS
WITH said AS MATERIALIZED (
  SELECT shop, kind, id, at, type, says, code, until FROM fact WHERE type IN ('case.excused', 'case.reinstated')
)
SELECT * FROM said e WHERE type = 'case.excused' AND NOT EXISTS (SELECT 1 FROM said r
  WHERE r.shop = e.shop AND r.kind = e.kind AND r.id = e.id AND r.type = 'case.reinstated' AND r.code = e.code AND r.at >= e.at);
CREATE INDEX exception_case ON exception (shop, kind, id);

ANALYZE;
