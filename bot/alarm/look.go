package alarm

import (
	"strings"
	"time"

	"shopwarden/rules"
)

// How long things last.
const (
	TakeLasts     = 2 * time.Hour // a take, when the case is not done by then: to take is not to do
	firstReminder = time.Hour     // then twice as long each time
	longestWait   = 24 * time.Hour
	maxReminders  = 6
	idle          = 24 * time.Hour // between looks at an alarm that nothing is due of: it may be over
)

// State is how that which an alarm is about stands.
type State int

// Undecided: open, and not late. Overdue: late, and still to be done. Standing: broken for good, or a line that is reached:
// nothing more can be done about the case, only about its cause. Done: it was late, and is done. Cleared: it does not count
// (any more). Gone: there is no such thing (any more).
const (
	Undecided State = iota + 1
	Overdue
	Standing
	Done
	Cleared
	Gone
)

// String returns the state in lower case.
func (s State) String() string {
	return [...]string{"", "undecided", "overdue", "standing", "done", "cleared", "gone"}[s]
}

// ActKind is what is to be done about an alarm when time has passed.
type ActKind int

// Remind: tell the shop's chats that it is still open. AskDuty: ask the people on duty. AskOwner: ask the owners. TellDone:
// put into what was told that it is done.
const (
	Remind ActKind = iota + 1
	AskDuty
	AskOwner
	TellDone
)

// String returns the act in lower case, as it stands in keys.
func (k ActKind) String() string { return [...]string{"", "remind", "duty", "owner", "done"}[k] }

// Act is one thing to do. Kind, N and Round, with the fact the alarm is about, name it: the same act decided twice has the
// same name.
type Act struct {
	Kind  ActKind
	N     int           // Remind: which one, from 1
	Round rules.Instant // AskDuty and AskOwner: see [Alarm.Round]
	Asked bool          // AskOwner: people on duty were asked before
	To    []int64       // AskDuty and AskOwner: private chats
}

// Look is what an alarm is looked at with.
type Look struct {
	Now      rules.Instant
	State    State
	Level    Level         // how bad it is now
	Due      rules.Instant // deadline of the case, 0 for a day
	Told     rules.Instant // when it was told; counts where the alarm does not know
	Escalate time.Duration // how long it may go untaken, 0 = for ever
	OnDuty   []int64       // private chats of the people on duty
	Owners   []int64       // private chats of the owners
}

// Of returns how a case stands, and how bad that is. ok is false when there is no such case.
func Of(k rules.Case, ok bool) (State, Level) {
	switch {
	case !ok:
		return Gone, 0
	case k.Outcome == rules.Open:
		return Undecided, Warned
	case k.Outcome != rules.Breached:
		return Cleared, 0
	case k.Stop != 0 && k.Reason == rules.StoppedLate:
		return Done, Broken
	case k.Reason == rules.NeverStopped:
		return Overdue, Broken
	}
	return Standing, Broken
}

// Look decides what is due of an alarm at an instant: the alarm afterwards, what is to be done, and when to look again; 0
// says that the alarm is over and may be forgotten. To look again with what came out finds nothing to do until then, so
// looking more often than asked changes nothing.
//
// Nobody takes it within Escalate of being told: the people on duty are asked, and as long after that the owner; with nobody
// on duty, the owner at once. A take stops that until it runs out; then it begins again, without a wait. What is late and
// still to be done is told again after 1, 2, 4 … hours, at most 24, six times. In a snooze nothing happens, nor when it is
// not the shop's fault; a snooze that was pressed while things were better has ended.
func (a Alarm) Look(in Look) (next Alarm, acts []Act, again rules.Instant) {
	switch in.State {
	case Undecided, Cleared, Gone:
		return a, nil, 0
	case Done:
		return a, []Act{{Kind: TellDone}}, 0
	}
	a.meet(in)
	switch {
	case a.Excused.At != 0:
		return a, nil, in.Now + ms(idle)
	case a.Quiet > in.Now:
		return a, nil, a.Quiet
	}
	again = in.Now + ms(idle)
	for _, step := range []func(Look) (Act, rules.Instant){a.escalate, a.remind} {
		act, due := step(in)
		if act.Kind != 0 {
			acts = append(acts, act)
		}
		if due != 0 {
			again = min(again, due)
		}
	}
	return a, acts, again
}

// meet takes in what the look knows of the fact. A new deadline that was missed is a new fact, and counts from anew.
func (a *Alarm) meet(in Look) {
	if a.Due != 0 && a.Due != in.Due {
		a.Since, a.Reminders, a.Reminded, a.Escalated, a.Raised = 0, 0, 0, 0, 0
	}
	a.Due = in.Due
	if a.Since == 0 {
		a.Since = max(in.Told, in.Due)
	}
	if in.Level > a.Level {
		if a.Level != 0 {
			a.Snoozed, a.Quiet = Mark{}, 0
		}
		a.Level = in.Level
	}
}

// escalate asks somebody when nobody acts. due is when the next step comes, 0 = never.
func (a *Alarm) escalate(in Look) (act Act, due rules.Instant) {
	wait, start := ms(in.Escalate), a.Since+ms(in.Escalate)
	switch {
	case wait <= 0, a.Taken.At != 0 && in.State == Standing:
		return Act{}, 0
	case a.Taken.At != 0:
		start = a.Taken.At + ms(TakeLasts)
		if in.Now < start {
			return Act{}, start
		}
	}
	if a.Round != a.Taken.At {
		a.Round, a.Escalated, a.Raised = a.Taken.At, 0, 0
	}
	switch a.Escalated {
	case 0:
		due = start
	case 1:
		due = a.Raised + wait
	default:
		return Act{}, 0
	}
	if a.Quiet != 0 { // a snooze is over: the wait begins again
		due = max(due, a.Quiet+wait)
	}
	if in.Now < due {
		return Act{}, due
	}
	if a.Escalated == 0 && len(in.OnDuty) > 0 {
		a.Escalated, a.Raised = 1, in.Now
		return Act{Kind: AskDuty, Round: a.Round, To: in.OnDuty}, in.Now + wait
	}
	act = Act{Kind: AskOwner, Round: a.Round, Asked: a.Escalated == 1, To: in.Owners}
	a.Escalated, a.Raised = 2, in.Now
	return act, 0
}

// remind tells it again. due is when the next reminder comes, 0 = never.
func (a *Alarm) remind(in Look) (act Act, due rules.Instant) {
	if in.State != Overdue || a.Reminders >= maxReminders {
		return Act{}, 0
	}
	due = max(max(a.Reminded, a.Since)+ms(backOff(a.Reminders)), a.Quiet)
	if in.Now < due {
		return Act{}, due
	}
	a.Reminders, a.Reminded = a.Reminders+1, in.Now
	if a.Reminders < maxReminders {
		due = in.Now + ms(backOff(a.Reminders))
	} else {
		due = 0
	}
	return Act{Kind: Remind, N: a.Reminders}, due
}

// backOff is the wait before the next reminder after n of them.
func backOff(n int) time.Duration { return min(firstReminder<<n, longestWait) }

func ms(d time.Duration) rules.Instant { return rules.Instant(d.Milliseconds()) }

// First is how long after it was told an alarm is looked at for the first time, by how long it may go untaken (0 = for
// ever) and whether it may be told again. 0 says that nothing is followed.
func First(escalate time.Duration, reminded bool) time.Duration {
	switch {
	case reminded && (escalate <= 0 || escalate > firstReminder):
		return firstReminder
	case escalate > 0:
		return escalate
	}
	return 0
}

// Of a day and of a case: what an id names.

// dayMark stands before the day in the id of a day's alarm.
const dayMark = "day/"

// About reads an alarm's id: the case by its ref and subject, or else the rule and the day. ok is false for an id of
// neither kind. Ids of platforms may hold bars; a part of a case that holds "|" and a kind behind it does not occur.
func About(id string) (ref string, s rules.Subject, day rules.Date, ok bool) {
	for i := 0; i < len(id); i++ {
		if id[i] != '|' {
			continue
		}
		ref, rest := id[:i], id[i+1:]
		if text, isDay := strings.CutPrefix(rest, dayMark); isDay {
			if day, err := rules.ParseDate(text); err == nil {
				return ref, rules.Subject{}, day, true
			}
		}
		if s, isSubject := rules.ParseSubject(rest); isSubject && known(s.Kind) {
			return ref, s, 0, true
		}
	}
	return "", rules.Subject{}, 0, false
}

func known(kind rules.Kind) bool {
	switch kind {
	case rules.Order, rules.Aftersale, rules.Conversation, rules.Review, rules.Ticket, rules.Claim, rules.Promise,
		rules.Penalty, rules.Guarantee, rules.Shop:
		return true
	}
	return false
}

// Due is an alarm that is due to be looked at.
type Due struct {
	Shop string
	ID   string
	At   rules.Instant // when it was due
}
