// Package alarm follows what was told until somebody acts: who has seen it, who has it in hand, until when it is quiet, when
// it is told again and whom it goes to when nobody takes it.
//
// The story: when an alert was sent, an alarm begins. People press its buttons ([Alarm.Press]); time passes ([Alarm.Look]).
// What it guarantees: every decision is a pure function of the alarm, the case, the people and the instant, so asking twice
// gives the same answer; an alarm silences noise and never a count.
package alarm

import (
	"strconv"
	"time"

	"shopwarden/rules"
)

// Level is how bad it is. A higher level ends a snooze.
type Level int

// Warned: a deadline is near. Broken: a promise is broken. Violated: a line was reached.
const (
	Warned Level = iota + 1
	Broken
	Violated
)

// String returns "warned", "broken" or "violated".
func (l Level) String() string {
	if l < Warned || l > Violated {
		return "level(" + strconv.Itoa(int(l)) + ")"
	}
	return [...]string{Warned: "warned", Broken: "broken", Violated: "violated"}[l]
}

// Mark is who did something and when; the zero Mark is nobody.
type Mark struct {
	Person int64         `json:"person,omitempty"` // Telegram user id; 0: an administrator who hides, Name is what is known
	Name   string        `json:"name,omitempty"`
	At     rules.Instant `json:"at,omitempty"`
}

// Alarm is one thing that was told and is followed up: a case of a shop, or a line that a rule reached on a day.
type Alarm struct {
	ID        string        `json:"id"`              // see CaseID and DayID
	Level     Level         `json:"level,omitempty"` // the worst it was told at
	Since     rules.Instant `json:"since,omitempty"` // when it was first told
	Seen      Mark          `json:"seen,omitzero"`
	Taken     Mark          `json:"taken,omitzero"`
	Excused   Mark          `json:"excused,omitzero"` // not our fault
	Cause     string        `json:"cause,omitempty"`  // why, in the last Excused, also when that was taken back: a word of rules.Codes, or another
	Snoozed   Mark          `json:"snoozed,omitzero"`
	Quiet     rules.Instant `json:"quiet,omitempty"`     // snoozed until then
	Hushed    Level         `json:"hushed,omitempty"`    // how bad it was at the snooze; anything worse ends it
	Due       rules.Instant `json:"due,omitempty"`       // deadline of the case when it was told; another one is another fact
	Reminders int           `json:"reminders,omitempty"` // how often it was told again
	Reminded  rules.Instant `json:"reminded,omitempty"`  // when, the last time
	Escalated int           `json:"escalated,omitempty"` // 0 nobody, 1 the person on duty, 2 the owner
	Raised    rules.Instant `json:"raised,omitempty"`    // when, the last time
	Round     rules.Instant `json:"round,omitempty"`     // the take that ran out before that, by its instant; 0 = nobody had taken it
	Record    []Ruling      `json:"record,omitempty"`    // who said that it is no fault of the shop, and who took that back, the latest last
	Version   int64         `json:"version,omitempty"`   // +1 with every change, for keys of messages that tell of it
}

// Ruling is one time that somebody said it was no fault of the shop: who and when, why, and who took it back. It stays when
// it was taken back.
type Ruling struct {
	Who   Mark   `json:"who"`
	Cause string `json:"cause"`
	Back  Mark   `json:"back,omitzero"` // nobody = it holds
}

// mostRulings is how many of them are kept, the latest.
const mostRulings = 10

// DefaultEscalate is how long an alert may go untaken where a shop says nothing else.
const DefaultEscalate = 15 * time.Minute

// CaseID names the alarm of a case, ref as [rules.Case.Ref] names it.
func CaseID(ref string, s rules.Subject) string { return ref + "|" + s.String() }

// DayID names the alarm of a line that a rule reached on a local day.
func DayID(rule string, day rules.Date) string { return rule + "|day/" + day.String() }
