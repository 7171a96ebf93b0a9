package sla_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"shopwarden/bot/notify"
	"shopwarden/bot/sla"
	"shopwarden/config"
	"shopwarden/rules"
)

// excuse says of a subject that it was no fault of the shop, or takes that back.
func excuse(subject, code string, at time.Time, back bool) rules.Event {
	e := rules.Event{ID: subject + at.String(), Type: "case.excused", At: at, Data: rules.Data{Subject: subject, Code: code, By: "1"}}
	if back {
		e.Type, e.Data.By = "case.reinstated", ""
	}
	return e
}

// TestBothNumbersFollowEveryCorrection excuses one case that is broken and one that is still open, lets time pass, takes one
// back and does the other late: after each step the platform's number is what it would be without a word from the shop.
func TestBothNumbersFollowEveryCorrection(t *testing.T) {
	m, c := newMemory(config.Shop{ID: "s1"}), newClock(start)
	tracker, desk, ctx := runWith(t, m, c, excusing), sla.NewDesk(m, excusing, c.now), t.Context()
	apply := func(events ...rules.Event) {
		t.Helper()
		for range 2 { // a repeat changes nothing
			if err := tracker.Apply(ctx, "s1", events); err != nil {
				t.Fatal(err)
			}
		}
	}
	day := rules.DateOf(rules.InstantOf(start), time.UTC)
	check := func(step string, want map[string]notify.CorrectedRule) {
		t.Helper()
		got, err := desk.Corrected(ctx, "s1", day, day.Next(9))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(notify.Corrected{Rules: want}, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", step, diff)
		}
		if diffs, err := desk.Recount(ctx, "s1", day, day.Next(9)); err != nil || len(diffs) > 0 {
			t.Errorf("%s: the log counts otherwise: %v, %v", step, diffs, err)
		}
	}
	type numbers = map[string]notify.CorrectedRule
	apply(paid("1", start), paid("2", start.Add(24*time.Hour)), paid("3", start))
	c.set(start.Add(60 * time.Hour))
	sweep(t, tracker, 1)
	check("two are late", numbers{"ship-on-time": {Missed: 2}})

	apply(excuse("order/1", "majeure", c.now(), false), excuse("order/2", "majeure", c.now(), false))
	check("one late and one open are excused", numbers{"ship-on-time": {Missed: 1, Excused: 1}})
	apply(excuse("order/3", "spam", c.now(), false))
	check("a reason that the rule does not know", numbers{"ship-on-time": {Missed: 1, Excused: 1}})

	c.set(start.Add(73 * time.Hour))
	sweep(t, tracker, 1)
	check("the deadline of the open one passes", numbers{"ship-on-time": {Missed: 1, Excused: 2}})

	c.set(c.now().Add(time.Minute))
	apply(excuse("order/1", "majeure", c.now(), true))
	check("one is taken back", numbers{"ship-on-time": {Missed: 2, Excused: 1}})

	apply(rules.Event{ID: "p2", Type: "order.picked_up", At: start.Add(30 * time.Hour), Data: rules.Data{OrderID: "2"}})
	check("a late fact proves that the other was in time", numbers{"ship-on-time": {Missed: 2}})
}
