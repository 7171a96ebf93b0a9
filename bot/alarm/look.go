package alarm

import (
	"slices"
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

// TaskKind is what is to be done about an alarm when time has passed.
type TaskKind int

// Remind: tell the shop's chats that it is still open. AskDuty: ask the people on duty. AskOwner: ask the owners. TellDone:
// put into what was told that it is done.
const (
	Remind TaskKind = iota + 1
	AskDuty
	AskOwner
	TellDone
)

// String returns the task in lower case, as it stands in keys.
func (k TaskKind) String() string { return [...]string{"", "remind", "duty", "owner", "done"}[k] }

// Task is one thing to do. Kind, N and Round, with the fact the alarm is about, name it: the same task decided twice has the
// same name.
type Task struct {
	Kind  TaskKind
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

// Held reports whether somebody has it in hand at an instant: it was taken, and the take has not run out.
func (a Alarm) Held(now rules.Instant) bool {
	return a.Taken.At != 0 && now < a.Taken.At+ms(TakeLasts)
}

// Look decides what is due of an alarm at an instant: the alarm afterwards, what is to be done, and when to look again; 0
// says that the alarm is over and may be forgotten. To look again with what came out finds nothing to do until then, so
// looking more often than asked changes nothing.
//
// Nobody takes it within Escalate of being told: the people on duty are asked, and as long after that the owner; with nobody
// on duty, the owner at once; an owner who is on duty is asked once. A take stops that until it runs out; then it begins
// again, without a wait. What is late and still to be done is told again after 1, 2, 4 … hours, at most 24, six times. In a
// snooze nothing happens, nor when it is not the shop's fault; a snooze that was pressed while things were better has ended.
func (a Alarm) Look(in Look) (next Alarm, tasks []Task, again rules.Instant) {
	switch in.State {
	case Undecided, Cleared, Gone:
		return a, nil, 0
	case Done:
		return a, []Task{{Kind: TellDone}}, 0
	}
	a.meet(in)
	switch {
	case a.Excused.At != 0:
		return a, nil, in.Now + ms(idle)
	case a.Silences(in.Level, in.Now):
		return a, nil, a.Quiet
	}
	again = in.Now + ms(idle)
	for _, step := range []func(Look) (Task, rules.Instant){a.escalate, a.remind} {
		task, due := step(in)
		if task.Kind != 0 {
			tasks = append(tasks, task)
		}
		if due != 0 {
			again = min(again, due)
		}
	}
	return a, tasks, again
}

// meet takes in what the look knows of the fact. A deadline that was missed and not looked at before is a new fact: what
// was pressed or told before, when it was only near or another one, does not count.
func (a *Alarm) meet(in Look) {
	if a.Due != in.Due {
		a.Due, a.Since, a.Reminders, a.Reminded, a.Escalated, a.Raised = in.Due, 0, 0, 0, 0, 0
	}
	if a.Since == 0 {
		a.Since = max(in.Told, in.Due)
	}
	a.Level = max(a.Level, in.Level)
}

// rested is when a snooze ended that held back what is as bad as level, 0 = none did.
func (a *Alarm) rested(level Level) rules.Instant {
	if level > a.Hushed {
		return 0
	}
	return a.Quiet
}

// escalate asks somebody when nobody acts. due is when the next step comes, 0 = never.
func (a *Alarm) escalate(in Look) (task Task, due rules.Instant) {
	wait, start := ms(in.Escalate), a.Since+ms(in.Escalate)
	switch {
	case wait <= 0, a.Taken.At != 0 && in.State == Standing:
		return Task{}, 0
	case a.Taken.At != 0:
		start = a.Taken.At + ms(TakeLasts)
		if in.Now < start {
			return Task{}, start
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
		return Task{}, 0
	}
	if quiet := a.rested(in.Level); quiet != 0 { // a snooze is over: the wait begins again
		due = max(due, quiet+wait)
	}
	if in.Now < due {
		return Task{}, due
	}
	if a.Escalated == 0 && len(in.OnDuty) > 0 {
		task = Task{Kind: AskDuty, Round: a.Round, To: in.OnDuty}
		if a.Escalated, a.Raised = 1, in.Now; in.ownersOnDuty() {
			a.Escalated = 2
			return task, 0
		}
		return task, in.Now + wait
	}
	task = Task{Kind: AskOwner, Round: a.Round, Asked: a.Escalated == 1, To: in.Owners}
	a.Escalated, a.Raised = 2, in.Now
	return task, 0
}

// ownersOnDuty reports whether the people on duty include every owner, so that nobody is left to be asked after them.
func (in Look) ownersOnDuty() bool {
	return len(in.Owners) > 0 && !slices.ContainsFunc(in.Owners, func(chat int64) bool { return !slices.Contains(in.OnDuty, chat) })
}

// remind tells it again. due is when the next reminder comes, 0 = never.
func (a *Alarm) remind(in Look) (task Task, due rules.Instant) {
	if in.State != Overdue || a.Reminders >= maxReminders {
		return Task{}, 0
	}
	due = max(max(a.Reminded, a.Since)+ms(backOff(a.Reminders)), a.rested(in.Level))
	if in.Now < due {
		return Task{}, due
	}
	a.Reminders, a.Reminded = a.Reminders+1, in.Now
	if a.Reminders < maxReminders {
		due = in.Now + ms(backOff(a.Reminders))
	} else {
		due = 0
	}
	return Task{Kind: Remind, N: a.Reminders}, due
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

// Due is an alarm that is due to be looked at.
type Due struct {
	Shop string
	ID   string
	At   rules.Instant // when it was due
}
