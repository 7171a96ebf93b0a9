package alarm_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"shopwarden/bot/alarm"
	"shopwarden/rules"
)

const (
	minute = rules.Instant(60_000)
	hour   = 60 * minute
	noon   = rules.Instant(1_800_000_000_000)
)

var (
	li   = alarm.Mark{Person: 1, Name: "Li Na", At: noon}
	wang = alarm.Mark{Person: 2, Name: "Wang", At: noon + minute}
)

func later(m alarm.Mark, by rules.Instant) alarm.Mark { m.At += by; return m }

func TestAPressDoesWhatItSays(t *testing.T) {
	type press = alarm.Press
	base := alarm.Alarm{ID: "r|order/1", Level: alarm.Warned, Since: noon - hour, Version: 3}
	with := func(f func(*alarm.Alarm)) alarm.Alarm { a := base; a.Version++; f(&a); return a }
	taken := with(func(a *alarm.Alarm) { a.Taken = li })
	snoozed := with(func(a *alarm.Alarm) { a.Snoozed, a.Quiet, a.Hushed = li, noon+hour, alarm.Warned })
	excused := with(func(a *alarm.Alarm) {
		a.Excused, a.Cause, a.Record = li, "outage", []alarm.Ruling{{Who: li, Cause: "outage"}}
	})
	for _, tt := range []struct {
		name    string
		before  alarm.Alarm
		press   press
		after   alarm.Alarm // with the version of before where nothing changes
		changed bool
	}{
		{"seen", base, press{Act: alarm.Seen, Who: li}, with(func(a *alarm.Alarm) { a.Seen = li }), true},
		{"seen by a second", with(func(a *alarm.Alarm) { a.Seen = li }), press{Act: alarm.Seen, Who: wang}, alarm.Alarm{}, false},
		{"taken", base, press{Act: alarm.Take, Who: li}, taken, true},
		{"taken twice by one", taken, press{Act: alarm.Take, Who: later(li, hour)}, alarm.Alarm{}, false},
		{"taken by two at once", taken, press{Act: alarm.Take, Who: wang}, alarm.Alarm{}, false},
		{"taken over", taken, press{Act: alarm.TakeOver, Who: wang}, with(func(a *alarm.Alarm) { a.Taken, a.Version = wang, 5 }), true},
		{"taken over from oneself", taken, press{Act: alarm.TakeOver, Who: later(li, hour)}, alarm.Alarm{}, false},
		{"taken over from nobody", base, press{Act: alarm.TakeOver, Who: li}, taken, true},
		{"snoozed", base, press{Act: alarm.Snooze, Who: li, Until: noon + hour, Level: alarm.Warned}, snoozed, true},
		{"snoozed twice by one", snoozed, press{Act: alarm.Snooze, Who: later(li, 2000), Until: noon + hour + 2000, Level: alarm.Warned}, alarm.Alarm{}, false},
		{"snoozed for longer", snoozed, press{Act: alarm.Snooze, Who: later(li, 2000), Until: noon + 5*hour, Level: alarm.Warned},
			with(func(a *alarm.Alarm) {
				a.Snoozed, a.Quiet, a.Hushed, a.Version = later(li, 2000), noon+5*hour, alarm.Warned, 5
			}), true},
		{"snoozed again when it is worse", snoozed, press{Act: alarm.Snooze, Who: later(li, 2000), Until: noon + hour, Level: alarm.Broken},
			with(func(a *alarm.Alarm) {
				a.Snoozed, a.Quiet, a.Hushed, a.Level, a.Version = later(li, 2000), noon+hour, alarm.Broken, alarm.Broken, 5
			}), true},
		{"snoozed into the past", base, press{Act: alarm.Snooze, Who: li, Until: noon, Level: alarm.Warned}, alarm.Alarm{}, false},
		{"excused", base, press{Act: alarm.Excuse, Who: li, Cause: "outage"}, excused, true},
		{"excused by a second for another cause", excused, press{Act: alarm.Excuse, Who: wang, Cause: "spam"}, alarm.Alarm{}, false},
		{"given back", taken, press{Act: alarm.Undo, Of: alarm.Take, Who: wang}, with(func(a *alarm.Alarm) { a.Version = 5 }), true},
		{"given back after it was taken over", taken, press{Act: alarm.Undo, Of: alarm.TakeOver, Who: wang}, with(func(a *alarm.Alarm) { a.Version = 5 }), true},
		{"given back twice", base, press{Act: alarm.Undo, Of: alarm.Take, Who: wang}, alarm.Alarm{}, false},
		{"woken", snoozed, press{Act: alarm.Undo, Of: alarm.Snooze, Who: wang}, with(func(a *alarm.Alarm) { a.Version = 5 }), true},
		{"no excuse after all", excused, press{Act: alarm.Undo, Of: alarm.Excuse, Who: wang}, with(func(a *alarm.Alarm) {
			a.Cause, a.Version, a.Record = "outage", 5, []alarm.Ruling{{Who: li, Cause: "outage", Back: wang}}
		}), true},
		{"undoing an undo", taken, press{Act: alarm.Undo, Of: alarm.Undo, Who: wang}, alarm.Alarm{}, false},
		{"nothing", taken, press{Who: wang}, alarm.Alarm{}, false},
		{"the first thing that is known of it", alarm.Alarm{ID: "x"}, press{Act: alarm.Seen, Who: li, Level: alarm.Broken},
			alarm.Alarm{ID: "x", Seen: li, Since: noon, Level: alarm.Broken, Version: 1}, true},
	} {
		want := tt.after
		if !tt.changed {
			want = tt.before
		}
		got, changed := tt.before.Press(tt.press)
		if diff := cmp.Diff(want, got); diff != "" || changed != tt.changed {
			t.Errorf("%s: changed %v, want %v (-want +got):\n%s", tt.name, changed, tt.changed, diff)
		}
		if again, changed := got.Press(tt.press); changed {
			t.Errorf("%s: the same press again changed %v", tt.name, cmp.Diff(got, again))
		}
	}
}

func TestASnoozeEndsInTimeOrWhenItGetsWorse(t *testing.T) {
	a, _ := alarm.Alarm{ID: "x"}.Press(alarm.Press{Act: alarm.Snooze, Who: li, Until: noon + hour, Level: alarm.Broken})
	for _, tt := range []struct {
		level alarm.Level
		at    rules.Instant
		want  bool
	}{
		{alarm.Warned, noon, true}, {alarm.Broken, noon + hour - 1, true}, {alarm.Broken, noon + hour, false}, {alarm.Violated, noon + 1, false},
	} {
		if got := a.Silences(tt.level, tt.at); got != tt.want {
			t.Errorf("%v at +%d min: silent %v, want %v", tt.level, (tt.at-noon)/minute, got, tt.want)
		}
	}
	if (alarm.Alarm{}).Silences(alarm.Warned, noon) {
		t.Error("nobody snoozed it")
	}
}

func TestAdministratorsWhoHideAreToldApartByWhatIsKnown(t *testing.T) {
	hidden, signed := alarm.Mark{At: noon}, alarm.Mark{Name: "Boss", At: noon}
	if hidden.Is(signed) || !signed.Is(later(signed, 5)) || !hidden.Is(later(hidden, 5)) || (alarm.Mark{}).Is(hidden) || hidden.Nobody() {
		t.Error("mixed up")
	}
}

func TestAnIDIsReadAsItWasWritten(t *testing.T) {
	order := rules.Subject{Kind: rules.Order, ID: "a|b/c|order/2"}
	day := rules.NewDate(2026, 11, 23)
	for id, want := range map[string]alarm.About{
		alarm.CaseID("ship-on-time", order):                                                  {Rule: "ship-on-time", Ref: "ship-on-time", Subject: order},
		alarm.CaseID("scan@p|1", rules.Subject{Kind: rules.Order, ID: "7"}):                  {Rule: "scan", Ref: "scan@p|1", Subject: rules.Subject{Kind: rules.Order, ID: "7"}},
		alarm.CaseID("chat@180000", rules.Subject{Kind: rules.Conversation, ID: "day/2026"}): {Rule: "chat", Ref: "chat@180000", Subject: rules.Subject{Kind: rules.Conversation, ID: "day/2026"}},
		alarm.DayID("ship-on-time", day):                                                     {Rule: "ship-on-time", Day: day},
	} {
		got, ok := alarm.Read(id)
		if diff := cmp.Diff(want, got); diff != "" || !ok || got.Line() != (got.Day != 0) {
			t.Errorf("%s: ok %v, line %v (-want +got):\n%s", id, ok, got.Line(), diff)
		}
	}
	for _, id := range []string{"", "|", "r", "r|", "r|order", "r|order/", "|order/1", "r|ghost/1", "r|day/", "r|day/2026-13-01", "|day/2026-11-23"} {
		if got, ok := alarm.Read(id); ok {
			t.Errorf("%q is read as %+v", id, got)
		}
	}
}

func TestActsAndLevelsPrintThemselves(t *testing.T) {
	for a := alarm.Seen; a <= alarm.Undo; a++ {
		if got, err := alarm.ParseAct(a.String()); err != nil || got != a {
			t.Errorf("%v is read as %v, %v", a, got, err)
		}
	}
	if _, err := alarm.ParseAct("act(0)"); err == nil || alarm.Act(0).String() != "act(0)" || alarm.Level(9).String() != "level(9)" || alarm.Violated.String() != "violated" {
		t.Error("an unknown one passes for a known one")
	}
}
