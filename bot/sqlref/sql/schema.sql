-- The event log as a table: one row per event, one column per field that a promise can turn on. Text that is absent is '',
-- an instant that is absent is NULL. Instants are milliseconds since 1970-01-01 UTC.
CREATE TABLE event (
  shop INTEGER NOT NULL, type TEXT NOT NULL, at INTEGER NOT NULL,
  order_id TEXT NOT NULL, aftersale_id TEXT NOT NULL, conversation_id TEXT NOT NULL, review_id TEXT NOT NULL,
  ticket_id TEXT NOT NULL, claim_id TEXT NOT NULL, promise_id TEXT NOT NULL, subject TEXT NOT NULL,
  speaker TEXT NOT NULL, agent TEXT NOT NULL, substantive TEXT NOT NULL, wants_human TEXT NOT NULL,
  kind TEXT NOT NULL, reason TEXT NOT NULL, quality TEXT NOT NULL, damage TEXT NOT NULL,
  amount TEXT NOT NULL, currency TEXT NOT NULL, package_id TEXT NOT NULL, partial TEXT NOT NULL,
  region TEXT NOT NULL, warehouse TEXT NOT NULL, actor TEXT NOT NULL, judged_for TEXT NOT NULL,
  evidence TEXT NOT NULL, stars TEXT NOT NULL, with_choice TEXT NOT NULL, valid TEXT NOT NULL, code TEXT NOT NULL,
  ship_by INTEGER, deliver_by INTEGER, decide_by INTEGER, answer_by INTEGER, until INTEGER
);

-- zone_ms is the offset of local time, always_open drops windows and the night rule (hours: always), points says whether the
-- pack of the shop gives any.
CREATE TABLE shop (shop INTEGER PRIMARY KEY, zone_ms INTEGER NOT NULL, always_open INTEGER NOT NULL, points INTEGER NOT NULL);

-- One row: when the log is looked at.
CREATE TABLE asof (now INTEGER NOT NULL);

-- A fact is what an event says about one subject; saying it twice makes it no truer. Facts of one subject stand in the order
-- of time, of type, and of what they say.
CREATE TABLE fact (
  shop INTEGER NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, at INTEGER NOT NULL, type TEXT NOT NULL, says TEXT NOT NULL,
  order_id TEXT NOT NULL, speaker TEXT NOT NULL, substantive TEXT NOT NULL, wants_human TEXT NOT NULL, what TEXT NOT NULL,
  reason TEXT NOT NULL, quality TEXT NOT NULL, damage TEXT NOT NULL, package_id TEXT NOT NULL, partial TEXT NOT NULL,
  region TEXT NOT NULL, warehouse TEXT NOT NULL, actor TEXT NOT NULL, judged_for TEXT NOT NULL, evidence TEXT NOT NULL,
  stars TEXT NOT NULL, with_choice TEXT NOT NULL, valid TEXT NOT NULL, code TEXT NOT NULL,
  ship_by INTEGER, deliver_by INTEGER, decide_by INTEGER, answer_by INTEGER, until INTEGER,
  PRIMARY KEY (shop, kind, id, at, type, says)
) WITHOUT ROWID;

-- What a rule file says of its rule: the day a case counts on, the longest time that is booked, and whether the promise
-- counts as kept until something says otherwise.
CREATE TABLE rule (rule TEXT PRIMARY KEY, day TEXT NOT NULL, cap INTEGER, presumed INTEGER NOT NULL DEFAULT 0);

-- The exceptions a rule knows, and the rules whose clock stands still while the platform has the case.
CREATE TABLE excuse (rule TEXT NOT NULL, code TEXT NOT NULL);
CREATE TABLE platform_pause (rule TEXT NOT NULL);

-- What a rule file finds: one row per clock that ran. A case has one, or one per lap where the clock starts anew.
--   part     the parcel, or the instant at which a session, turn or fact began; '' = one case per subject
--   session  of a conversation
--   start    when the case began, night rule and later facts included
--   since    when this lap began
--   due      by when it had to be stopped, before pauses; NULL = never. Of a presumed promise: until when fail counts
--   stop     when it was stopped, NULL = not
--   fail     when a fact broke it, void when the obligation fell away
--   along    when another rule's case broke it along with its own, stopped or not
CREATE TABLE clock (
  rule TEXT NOT NULL, shop INTEGER NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, part TEXT NOT NULL DEFAULT '',
  session INTEGER, lap INTEGER NOT NULL DEFAULT 0, start INTEGER NOT NULL, since INTEGER NOT NULL, due INTEGER, stop INTEGER,
  fail INTEGER, void INTEGER, along INTEGER
);

-- What becomes of it: one row per case.
CREATE TABLE verdict (
  rule TEXT NOT NULL, shop INTEGER NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, part TEXT NOT NULL,
  day INTEGER NOT NULL, due INTEGER, outcome TEXT NOT NULL, took INTEGER
);
