package alarm

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"shopwarden/rules"
)

// Act is what a person does with an alarm.
type Act int

// Seen: has read it. Take: has it in hand, unless somebody else has. TakeOver: has it in hand, whoever had it. Snooze: no
// noise about it until an instant, or until it gets worse. Excuse: not our fault. Undo: takes back the last act of a kind.
const (
	Seen Act = iota + 1
	Take
	TakeOver
	Snooze
	Excuse
	Undo
)

var actNames = [...]string{Seen: "seen", Take: "take", TakeOver: "over", Snooze: "snooze", Excuse: "excuse", Undo: "undo"}

// String returns the act as buttons and catalogues name it.
func (a Act) String() string {
	if a < Seen || a > Undo {
		return "act(" + strconv.Itoa(int(a)) + ")"
	}
	return actNames[a]
}

// ParseAct reads what String writes.
func ParseAct(text string) (Act, error) {
	for a := Seen; a <= Undo; a++ {
		if actNames[a] == text {
			return a, nil
		}
	}
	return 0, fmt.Errorf("%q is no act: seen, take, over, snooze, excuse or undo", text)
}

// Press is one press of a button, by somebody who may.
type Press struct {
	Act   Act
	Of    Act           // with Undo: what is taken back; TakeOver is a Take
	Who   Mark          // with the instant of the press
	Level Level         // how bad it is at the press
	Until rules.Instant // with Snooze
	Cause string        // with Excuse
}

// sameSnooze is how far two ends of a snooze may lie apart and be the same to the one who asked: an hour from now is
// another instant at each of two taps.
const sameSnooze = rules.Instant(time.Minute / time.Millisecond)

// Press returns the alarm after a press, and whether anything changed; Version tells it too. The first who sees it, takes it
// or calls it no fault stays the one; of snoozes the last holds. A second press of the same person changes nothing.
func (a Alarm) Press(p Press) (next Alarm, changed bool) {
	next = a
	switch p.Act {
	case Seen:
		changed = next.Seen.first(p.Who)
	case Take:
		changed = next.Taken.first(p.Who)
	case TakeOver:
		if changed = !next.Taken.Is(p.Who); changed {
			next.Taken = p.Who
		}
	case Snooze:
		changed = next.snooze(p)
	case Excuse:
		if changed = next.Excused.first(p.Who); changed {
			next.Cause = p.Cause
			next.Record = append(slices.Clone(a.Record[max(0, len(a.Record)-mostRulings+1):]), Ruling{Who: p.Who, Cause: p.Cause})
		}
	case Undo:
		if changed = next.undo(p.Of); changed && p.Of == Excuse {
			next.takeBack(p.Who)
		}
	}
	if !changed {
		return a, false
	}
	if next.Since == 0 {
		next.Since = p.Who.At
	}
	next.Level = max(next.Level, p.Level)
	next.Version++
	return next, true
}

func (a *Alarm) snooze(p Press) bool {
	same := a.Snoozed.Is(p.Who) && a.Hushed >= p.Level && max(a.Quiet-p.Until, p.Until-a.Quiet) < sameSnooze
	if same || p.Until <= p.Who.At {
		return false
	}
	a.Snoozed, a.Quiet, a.Hushed = p.Who, p.Until, p.Level
	return true
}

// undo takes back an act; the cause of an excuse stays, so that it is known what was taken back.
func (a *Alarm) undo(act Act) bool {
	var m *Mark
	switch act {
	case Seen:
		m = &a.Seen
	case Take, TakeOver:
		m = &a.Taken
	case Snooze:
		m, a.Quiet, a.Hushed = &a.Snoozed, 0, 0
	case Excuse:
		m = &a.Excused
	default:
		return false
	}
	was := !m.Nobody()
	*m = Mark{}
	return was
}

// takeBack notes who took the last ruling back. One that was made before there was a record has none.
func (a *Alarm) takeBack(who Mark) {
	if n := len(a.Record); n > 0 && a.Record[n-1].Back.Nobody() {
		a.Record = slices.Clone(a.Record)
		a.Record[n-1].Back = who
	}
}

// Silences reports whether noise about the alarm is held back: it is snoozed, and not worse now than it was then.
func (a Alarm) Silences(level Level, now rules.Instant) bool {
	return now < a.Quiet && level <= a.Hushed
}

// Last is the latest instant at which anything was done about it, or the end of a snooze that is still to come.
func (a Alarm) Last() rules.Instant {
	return max(a.Since, a.Seen.At, a.Taken.At, a.Excused.At, a.Snoozed.At, a.Quiet)
}

// Nobody reports whether nobody did it.
func (m Mark) Nobody() bool { return m == Mark{} }

// Is reports whether it was the same person, whenever it was. Administrators who hide are told apart by what is known of
// them.
func (m Mark) Is(who Mark) bool {
	return !m.Nobody() && m.Person == who.Person && (m.Person != 0 || m.Name == who.Name)
}

// first sets a mark that nobody has set.
func (m *Mark) first(who Mark) bool {
	if !m.Nobody() {
		return false
	}
	*m = who
	return true
}
