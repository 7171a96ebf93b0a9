package alarm_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"shopwarden/bot/alarm"
	"shopwarden/rules"
)

// t0 is when the alarm was told.
const t0 = rules.Instant(1_795_600_000_000)

// sent is one act and when it was decided, in minutes from t0.
type sent struct {
	At   rules.Instant
	Kind alarm.TaskKind
	N    int
}

// scene is a case that is late from t0 on.
func scene() alarm.Look {
	return alarm.Look{State: alarm.Overdue, Level: alarm.Broken, Due: t0, Told: t0, Escalate: 15 * time.Minute, OnDuty: []int64{7}, Owners: []int64{1}}
}

// live looks at an alarm whenever it asks to be looked at, and at the extra instants, until an instant. change may press
// buttons before each look.
func live(a alarm.Alarm, in alarm.Look, first, until rules.Instant, extra []rules.Instant, change func(rules.Instant, *alarm.Alarm, *alarm.Look)) []sent {
	var out []sent
	for now, due := t0, first; ; {
		now = due
		for _, x := range extra {
			if x < now && (len(out) == 0 || x > t0) {
				now = x
			}
		}
		extra = slices.DeleteFunc(slices.Clone(extra), func(x rules.Instant) bool { return x <= now })
		if now > until {
			return out
		}
		if in.Now = now; change != nil {
			change(now, &a, &in)
		}
		next, acts, again := a.Look(in)
		for _, act := range acts {
			out = append(out, sent{(now - t0) / minute, act.Kind, act.N})
		}
		if a, due = next, again; again == 0 {
			return out
		}
	}
}

func TestAnUntakenAlarmGoesToThePersonOnDutyThenToTheOwnerAndIsToldAgainEverMoreRarely(t *testing.T) {
	got := live(alarm.Alarm{}, scene(), t0+15*minute, t0+14*24*60*minute, nil, nil)
	want := []sent{{15, alarm.AskDuty, 0}, {30, alarm.AskOwner, 0}, {60, alarm.Remind, 1}, {180, alarm.Remind, 2},
		{420, alarm.Remind, 3}, {900, alarm.Remind, 4}, {1860, alarm.Remind, 5}, {1860 + 1440, alarm.Remind, 6}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestWhoIsAskedAndWhen(t *testing.T) {
	take := func(at rules.Instant) alarm.Alarm {
		return alarm.Alarm{Taken: alarm.Mark{Person: 5, At: t0 + at*minute}}
	}
	for _, tt := range []struct {
		name string
		a    alarm.Alarm
		set  func(*alarm.Look)
		want []sent // within four hours, without reminders
	}{
		{"nobody on duty", alarm.Alarm{}, func(in *alarm.Look) { in.OnDuty = nil }, []sent{{15, alarm.AskOwner, 0}}},
		{"the owner is on duty", alarm.Alarm{}, func(in *alarm.Look) { in.OnDuty = []int64{7, 1} }, []sent{{15, alarm.AskDuty, 0}}},
		{"one of two owners is on duty", alarm.Alarm{}, func(in *alarm.Look) { in.OnDuty, in.Owners = []int64{1}, []int64{1, 2} },
			[]sent{{15, alarm.AskDuty, 0}, {30, alarm.AskOwner, 0}}},
		{"off", alarm.Alarm{}, func(in *alarm.Look) { in.Escalate = 0 }, nil},
		{"taken, and not done", take(5), nil, []sent{{125, alarm.AskDuty, 0}, {140, alarm.AskOwner, 0}}},
		{"a line, taken", take(5), func(in *alarm.Look) { in.State, in.Level = alarm.Standing, alarm.Violated }, nil},
		{"a line", alarm.Alarm{}, func(in *alarm.Look) { in.State, in.Level = alarm.Standing, alarm.Violated },
			[]sent{{15, alarm.AskDuty, 0}, {30, alarm.AskOwner, 0}}},
		{"snoozed for an hour", alarm.Alarm{Hushed: alarm.Broken, Quiet: t0 + 60*minute}, nil, []sent{{75, alarm.AskDuty, 0}, {90, alarm.AskOwner, 0}}},
		{"snoozed while it was a warning", alarm.Alarm{Hushed: alarm.Warned, Quiet: t0 + 60*minute}, nil,
			[]sent{{15, alarm.AskDuty, 0}, {30, alarm.AskOwner, 0}}},
		{"not our fault", alarm.Alarm{Excused: alarm.Mark{Person: 5, At: t0 + minute}}, nil, nil},
		{"done", alarm.Alarm{}, func(in *alarm.Look) { in.State = alarm.Done }, []sent{{15, alarm.TellDone, 0}}},
		{"taken back", alarm.Alarm{}, func(in *alarm.Look) { in.State = alarm.Cleared }, nil},
		{"gone", alarm.Alarm{}, func(in *alarm.Look) { in.State = alarm.Gone }, nil},
		{"a new deadline", alarm.Alarm{Due: t0 - 600*minute, Since: t0 - 600*minute, Reminders: 3, Escalated: 2}, nil,
			[]sent{{15, alarm.AskDuty, 0}, {30, alarm.AskOwner, 0}}},
	} {
		in := scene()
		if tt.set != nil {
			tt.set(&in)
		}
		got := slices.DeleteFunc(live(tt.a, in, t0+15*minute, t0+240*minute, nil, nil), func(s sent) bool { return s.Kind == alarm.Remind })
		if diff := cmp.Diff(tt.want, got); diff != "" && len(got)+len(tt.want) > 0 {
			t.Errorf("%s: %s", tt.name, diff)
		}
	}
}

func TestASnoozeHoldsEverythingBackAndNothingElseDoes(t *testing.T) {
	in := scene()
	in.Now = t0 + 300*minute
	a := alarm.Alarm{Since: t0, Due: t0, Level: alarm.Broken, Hushed: alarm.Broken, Quiet: t0 + 400*minute}
	next, acts, again := a.Look(in)
	if len(acts) != 0 || again != a.Quiet || next.Quiet != a.Quiet {
		t.Errorf("in a snooze: %v, again at %d", acts, again)
	}
	in.Now = a.Quiet
	if _, acts, _ := next.Look(in); len(acts) != 1 || acts[0].Kind != alarm.Remind {
		t.Errorf("when it ended: %v, want a reminder", acts)
	}
}

func TestLookingMoreOftenNeverChangesWhatIsSent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := scene()
		in.Escalate = time.Duration(rapid.IntRange(0, 120).Draw(t, "escalate")) * time.Minute
		in.State = rapid.SampledFrom([]alarm.State{alarm.Overdue, alarm.Standing}).Draw(t, "state")
		if rapid.Bool().Draw(t, "nobody on duty") {
			in.OnDuty = nil
		}
		in.Now = t0 + 15*minute
		a, _, again := alarm.Alarm{Since: t0}.Look(in)
		press := rapid.IntRange(0, 3).Draw(t, "press")
		pressed := t0 + rules.Instant(rapid.IntRange(15, 600).Draw(t, "pressed"))*minute
		change := func(now rules.Instant, a *alarm.Alarm, _ *alarm.Look) {
			if now < pressed || a.Version > 0 {
				return
			}
			switch a.Version = 1; press {
			case 1:
				a.Taken = alarm.Mark{Person: 5, At: pressed}
			case 2:
				a.Quiet, a.Hushed = pressed+60*minute, alarm.Broken
			case 3:
				a.Excused = alarm.Mark{Person: 5, At: pressed}
			}
		}
		var extra []rules.Instant
		for _, m := range rapid.SliceOfN(rapid.IntRange(15, 6000), 0, 40).Draw(t, "extra") {
			extra = append(extra, t0+rules.Instant(m)*minute)
		}
		until := t0 + 6000*minute
		base := []rules.Instant{pressed} // a press is followed by a look
		want := live(a, in, again, until, base, change)
		got := live(a, in, again, until, append(base, extra...), change)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestALookRepeatedAtOnceFindsNothingToDo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := scene()
		in.Now = t0 + rules.Instant(rapid.IntRange(0, 10_000).Draw(t, "now"))*minute
		a := alarm.Alarm{Since: t0, Due: t0, Level: alarm.Broken, Reminders: rapid.IntRange(0, 6).Draw(t, "reminders"), Escalated: rapid.IntRange(0, 2).Draw(t, "escalated")}
		one, acts, again := a.Look(in)
		same, more, later := a.Look(in)
		if diff := cmp.Diff([]any{one, acts, again}, []any{same, more, later}); diff != "" {
			t.Fatal(diff)
		}
		if two, acts, next := one.Look(in); len(acts) != 0 || next != again || !cmp.Equal(one, two) || again <= in.Now {
			t.Fatalf("again at once: %v, then at %d instead of %d", acts, next, again)
		}
	})
}

func TestACaseStandsAsItsOutcomeSays(t *testing.T) {
	for want, k := range map[alarm.State]rules.Case{
		alarm.Undecided: {Outcome: rules.Open, Reason: rules.Running},
		alarm.Overdue:   {Outcome: rules.Breached, Reason: rules.NeverStopped},
		alarm.Standing:  {Outcome: rules.Breached, Reason: rules.Failed},
		alarm.Done:      {Outcome: rules.Breached, Reason: rules.StoppedLate, Stop: 1},
		alarm.Cleared:   {Outcome: rules.Void},
	} {
		if got, _ := alarm.Of(k, true); got != want {
			t.Errorf("%v: %v, want %v", k.Reason, got, want)
		}
	}
	if got, _ := alarm.Of(rules.Case{}, false); got != alarm.Gone {
		t.Errorf("no case: %v", got)
	}
}
