package sla_test

import (
	"fmt"
	"testing"
	"time"

	"shopwarden/bot/sla"
	"shopwarden/config"
	"shopwarden/rules"
)

// graded is a policy by which a missed parcel costs points.
func graded(config.Shop) (*rules.Policy, error) {
	match := func(t rules.Type) []rules.Match { return []rules.Match{{Type: t}} }
	ship := rules.Rule{ID: "ship-on-time", Principle: rules.Timely, Subject: rules.Order, Start: match("order.paid"), Stop: match("order.picked_up"),
		EarlyStop: true, Deadline: rules.Deadline{Within: 48 * time.Hour}, Day: rules.ByDue, Metric: rules.MetRate, AlertAt: 2, Weight: 1,
		Anchors: rules.Anchors{Excellent: 1, Good: 0.9, Pass: 0.8, Floor: 0.2}}
	return rules.NewPolicy(&rules.Rulebook{Pack: "test", Editions: []rules.Edition{{Rules: []rules.Rule{ship}}}}, rules.Terms{Zone: time.UTC, Hours: rules.ByPlatform})
}

// busyDay is a shop an hour before six parcels are due, one of which left; two broke the day before and one of these left late.
func busyDay(t *testing.T) *sla.Desk {
	t.Helper()
	m, c := newMemory(config.Shop{ID: "s1"}), newClock(start)
	tracker := runWith(t, m, c, graded)
	apply(t, tracker, paid("old1", start.Add(-24*time.Hour)), paid("old2", start.Add(-24*time.Hour)), paid("kept", start.Add(-24*time.Hour)))
	apply(t, tracker, picked("kept", start.Add(-time.Hour)))
	for i := range 6 {
		apply(t, tracker, paid(fmt.Sprint(i), start.Add(time.Duration(i)*time.Minute)))
	}
	apply(t, tracker, picked("5", start.Add(time.Hour)))
	c.set(start.Add(25 * time.Hour))
	sweep(t, tracker, 2)
	apply(t, tracker, picked("old1", start.Add(25*time.Hour)))
	c.set(start.Add(47 * time.Hour))
	return sla.NewDesk(m, graded, c.now)
}

func TestTodayIsComparedWithTheLastClosedDayThatHasAScore(t *testing.T) {
	v, err := busyDay(t).Today(t.Context(), "s1")
	ok(t, err)
	if day := v.Policy.Day(v.Now); v.BeforeDay != day.Next(-1) || !v.Before.Total.Known {
		t.Errorf("compared with %v %+v, want the day before %v", v.BeforeDay, v.Before.Total, day)
	}
}

func TestDueListsWhatIsLateAndNotDoneBesideWhatIsOpen(t *testing.T) {
	d, err := busyDay(t).Due(t.Context(), "s1", 3)
	ok(t, err)
	late, open := 0, 0
	for _, k := range d.Cases {
		switch k.Outcome {
		case rules.Breached:
			late++
			if k.Subject.ID != "old2" {
				t.Errorf("%s is done, and listed", k.Subject.ID)
			}
		case rules.Open:
			open++
		}
	}
	if late != 1 || open != 3 || d.Total != 5 || d.Open["ship-on-time"] != 5 || d.More {
		t.Errorf("%d late, %d open of %d, by rule %v", late, open, d.Total, d.Open)
	}
}

func TestWhatIsSavedIsWhatTheScoreOfTheDaySays(t *testing.T) {
	desk := busyDay(t)
	s, err := desk.Save(t.Context(), "s1")
	ok(t, err)
	if len(s.Rescues) != 5 || s.Rescues[0].Case.Subject.ID != "0" || s.Unread != 0 {
		t.Fatalf("to save: %+v", s.Rescues)
	}
	w, err := desk.WhatIf(t.Context(), "s1", rules.Suppose{Rule: "ship-on-time", Save: 5})
	ok(t, err)
	if w.Open != 5 || w.Asked.Cases != 5 || w.Asked.After.Total != s.WhatIf.Kept.Total || w.All.Kept.Total != s.WhatIf.Kept.Total {
		t.Errorf("open %d, asked %+v; all kept %v, five kept %v", w.Open, w.Asked.After.Total, w.All.Kept.Total, s.WhatIf.Kept.Total)
	}
	if w, err = desk.WhatIf(t.Context(), "s1", rules.Suppose{Rule: "gone", Miss: 2}); err != nil || w.Asked.Cases != 0 {
		t.Errorf("a rule that is not there: %v, %d cases", err, w.Asked.Cases)
	}
}

func TestADayWithoutACaseIsNotQuietWhileSomethingIsLate(t *testing.T) {
	desk := busyDay(t)
	v, err := desk.View(t.Context(), "s1")
	if err != nil {
		t.Fatal(err)
	}
	day := v.Policy.Day(v.Now).Next(-4)
	card, err := desk.Scorecard(t.Context(), "s1", day, false)
	if err != nil || !card.Undone {
		t.Errorf("nothing is late (%v), want the parcel that broke yesterday and is not gone", err)
	}
}

func TestWhatIsLateAndNotDoneIsUrgentForTwoDays(t *testing.T) {
	m, c := newMemory(config.Shop{ID: "s1"}), newClock(start)
	tracker := runWith(t, m, c, graded)
	apply(t, tracker, paid("late", start.Add(-24*time.Hour))) // due after another 24 h
	for _, x := range []struct{ hours, urgent int }{{25, 1}, {71, 1}, {73, 0}} {
		c.set(start.Add(time.Duration(x.hours) * time.Hour))
		sweep(t, tracker, 1)
		v, err := sla.NewDesk(m, graded, c.now).Today(t.Context(), "s1")
		ok(t, err)
		if len(v.Urgent) != x.urgent {
			t.Errorf("after %d h: %d urgent, want %d", x.hours, len(v.Urgent), x.urgent)
		}
	}
	c.set(start.Add(50 * time.Hour))
	apply(t, tracker, picked("late", c.now()))
	if v, err := sla.NewDesk(m, graded, c.now).Today(t.Context(), "s1"); err != nil || len(v.Urgent) != 0 {
		t.Errorf("it is done, and %d are urgent (%v)", len(v.Urgent), err)
	}
}
