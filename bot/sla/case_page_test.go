package sla_test

import (
	"errors"
	"testing"
	"time"

	"shopwarden/bot/alarm"
	"shopwarden/bot/notify"
	"shopwarden/bot/sla"
	"shopwarden/config"
	"shopwarden/rules"
)

// TestACorrectionDoesWhatItsPreviewSaid weighs a correction, makes it, and compares.
func TestACorrectionDoesWhatItsPreviewSaid(t *testing.T) {
	m, c := newMemory(config.Shop{ID: "s1"}), newClock(start)
	tracker, desk, ctx := runWith(t, m, c, excusing), sla.NewDesk(m, excusing, c.now), t.Context()
	c.set(start.Add(60 * time.Hour))
	if err := tracker.Apply(ctx, "s1", []rules.Event{paid("1", start), paid("2", start)}); err != nil {
		t.Fatal(err)
	}
	sweep(t, tracker, 1)
	e := excuse("order/1", "majeure", c.now(), false)
	w, err := desk.Weigh(ctx, "s1", "ship-on-time|order/1", e)
	if err != nil || w.Before.Outcome != rules.Breached || w.After.Outcome != rules.Void || w.Before.Missed != 2 || w.After.Missed != 1 {
		t.Fatalf("%+v, %v", w, err)
	}
	before, err := desk.Explain(ctx, "s1", "ship-on-time", "order/1")
	if err != nil || before.Both != (notify.CorrectedRule{Missed: 2}) || len(before.Proof) != 1 || !before.Proof[0].Known || before.Clock == nil {
		t.Errorf("weighing stored something, or there is no proof: %+v, %v", before, err)
	}
	if err := tracker.Apply(ctx, "s1", []rules.Event{e}); err != nil {
		t.Fatal(err)
	}
	after, err := desk.Explain(ctx, "s1", "ship-on-time", "order/1")
	if err != nil || after.Case.Outcome != w.After.Outcome || after.Both != (notify.CorrectedRule{Missed: w.After.Missed, Excused: 1}) || after.Plain.Outcome != rules.Breached || len(after.Said) != 1 {
		t.Errorf("%+v, %v", after, err)
	}
	if _, err := desk.Weigh(ctx, "s1", "ship-on-time|order/9", e); !errors.Is(err, sla.ErrNotFound) {
		t.Errorf("weighing a case that is not there: %v", err)
	}
}

func TestAListTurnsItsPagesUnderAFilter(t *testing.T) {
	m, c := newMemory(config.Shop{ID: "s1"}), newClock(start)
	tracker, desk, ctx := runWith(t, m, c, excusing), sla.NewDesk(m, excusing, c.now), t.Context()
	var events []rules.Event
	for i := range 23 {
		events = append(events, paid(string(rune('A'+i)), start.Add(time.Duration(i)*time.Minute)))
	}
	c.set(start.Add(60 * time.Hour))
	if err := tracker.Apply(ctx, "s1", append(events, said("buyer", start.Add(50*time.Hour)))); err != nil {
		t.Fatal(err)
	}
	sweep(t, tracker, 1)
	for _, tt := range []struct {
		f                    notify.Filter
		cases, total, offset int
		first                string
	}{
		{notify.Filter{}, 10, 24, 0, "c"}, {notify.Filter{Rule: "ship-on-time"}, 10, 23, 0, "W"}, {notify.Filter{Rule: "ship-on-time", Offset: 20}, 3, 23, 20, "C"},
		{notify.Filter{Rule: "ship-on-time", Offset: 99}, 3, 23, 20, "C"}, {notify.Filter{Principle: rules.Delight}, 0, 0, 0, ""}, {notify.Filter{Days: 1, Offset: 5}, 10, 24, 5, "S"},
		{notify.Filter{Yesterday: true}, 0, 0, 0, ""}, {notify.Filter{Rule: "chat-turn", Day: rules.DateOf(rules.InstantOf(c.now()), time.UTC)}, 1, 1, 0, "c"},
	} {
		w, err := desk.Violations(ctx, "s1", tt.f)
		if err != nil || len(w.Cases) != tt.cases || w.Total != tt.total || w.Filter.Offset != tt.offset || tt.cases > 0 && w.Cases[0].Subject.ID != tt.first {
			t.Errorf("%q: %d of %d from %d, %v, %v", tt.f, len(w.Cases), w.Total, w.Filter.Offset, w.Cases, err)
		}
	}
	clear(m.dossiers["s1"])
	if w, err := desk.Violations(ctx, "s1", notify.Filter{}); err != nil || len(w.Cases) != 10 || w.Cases[0].Reason != 0 || w.Cases[0].Due == 0 {
		t.Errorf("what is only listed is not shown: %+v, %v", w.Cases, err)
	}
}

func TestWhatIsMeantWithoutAnIDIsMostUrgentOrLatest(t *testing.T) {
	m, c := newMemory(config.Shop{ID: "s1"}), newClock(start)
	tracker, desk, ctx := runWith(t, m, c, excusing), sla.NewDesk(m, excusing, c.now), t.Context()
	c.set(start.Add(60 * time.Hour))
	err := tracker.Apply(ctx, "s1", []rules.Event{paid("late", start), paid("later", start.Add(time.Hour)), paid("open", start.Add(30*time.Hour)), paid("next", start.Add(20*time.Hour)),
		paid("done", start.Add(2*time.Hour)), {ID: "p", Type: "order.picked_up", At: start.Add(55 * time.Hour), Data: rules.Data{OrderID: "done"}}})
	if err != nil {
		t.Fatal(err)
	}
	sweep(t, tracker, 1)
	for _, tt := range []struct {
		act  alarm.Act
		done map[string]bool
		want []string
	}{
		{alarm.Take, nil, []string{"next", "open", "later", "late"}}, {alarm.Excuse, nil, []string{"done", "later", "late"}},
		{alarm.Take, map[string]bool{"ship-on-time|order/next": true}, []string{"open", "later", "late"}},
	} {
		p, err := desk.Pick(ctx, "s1", tt.act, tt.done)
		var got []string
		for _, k := range p.Cases {
			got = append(got, k.Subject.ID)
		}
		if err != nil || len(got) != len(tt.want) || got[0] != tt.want[0] || got[len(got)-1] != tt.want[len(tt.want)-1] {
			t.Errorf("%v: %v, want %v (%v)", tt.act, got, tt.want, err)
		}
	}
}
