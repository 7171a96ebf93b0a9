// Package rules says what a shop has promised, when a promise is broken and what it adds up to.
//
// It is the inner ring: pure functions over values, the standard library only, no clock and no I/O. Time is always an
// argument.
//
// The story in five words. An [Event] is a fact from a platform. A [Dossier] is the set of facts known about one subject
// (an order, a conversation, an after-sales case…). A [Rule] turns a set of facts into a [Case]: one obligation, from its
// start to its verdict. Cases add up to a [Tally] per rule and local day. Tallies make a [Scorecard], and a
// year of them a [Ledger] of what may follow. What a platform did impose is a [Sanction] and never mixed with it.
//
// What counts are worth: a [Proof] says what they prove, an [Overview] how a day and the days before it score, an
// [Allowance] how much may still go wrong, an [Outlook] where the day ends, a [Choice] and a [Rescue] what it is worth to
// close a case in time.
//
// One subject may make several cases of one rule: a parcel, a session, a turn of the buyer, a daily check ([Per]). What is known
// of an after-sales case is told to its order and back ([Related]). Two words of the vocabulary are ours beside those that
// platforms push: case.excused (and case.reinstated), by which people say that something was not their fault, and
// chat.flagged, since the text of a chat is never heard here.
//
// What it guarantees: order does not matter. Step adds facts to a set and every case is a pure function of that set, the
// policy and the instant of judging; so any permutation, any repetition and any split of the same events ends in the same
// dossiers, the same verdicts and the same tallies. Nothing counts occurrences: what a dossier has contributed stands in
// the dossier ([Entry]), and a new verdict is booked as new minus old on the days they belong to. A late fact therefore
// corrects the past without a special case.
//
// Conventions, kept everywhere:
//   - Instants are kept to the millisecond; finer digits are dropped when an event is read.
//   - A stop at the deadline itself is in time; one millisecond later is late.
//   - Windows are half-open: 08:00–23:00 includes 22:59:59.999 and not 23:00:00.
//   - A clock on business hours that runs out exactly at closing time is due at closing time, not at the next opening.
//   - 0 of 0 is "not applicable", never 0 % and never 100 %.
package rules
