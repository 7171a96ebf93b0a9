package sla_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"shopwarden/bot/alarm"
	"shopwarden/bot/notify"
	"shopwarden/bot/sla"
	"shopwarden/config"
	"shopwarden/rules"
)

// excusing is policy with exceptions, and a promise for each turn of a chat.
func excusing(config.Shop) (*rules.Policy, error) {
	from := func(who string) []rules.Match {
		return []rules.Match{{Type: "chat.message", Where: []rules.Condition{{Field: "from", Op: "=", Value: who}}}}
	}
	book := &rules.Rulebook{Pack: "test", Editions: []rules.Edition{{Rules: []rules.Rule{
		{ID: "ship-on-time", Principle: rules.Timely, Subject: rules.Order, Start: []rules.Match{{Type: "order.paid"}}, Stop: []rules.Match{{Type: "order.picked_up"}},
			Deadline: rules.Deadline{Within: 48 * time.Hour}, Excuses: []string{"majeure"}, Day: rules.ByDue, Metric: rules.MetRate, AlertAt: 1, Weight: 1},
		{ID: "chat-turn", Principle: rules.Timely, Subject: rules.Conversation, Per: rules.PerTurn, Start: from("buyer"), Stop: from("agent"),
			Deadline: rules.Deadline{Within: 3 * time.Minute}, Excuses: []string{"outage"}, Day: rules.ByStart, Metric: rules.MetRate, AlertAt: 9, Weight: 1},
	}}}}
	return rules.NewPolicy(book, rules.Terms{Zone: time.UTC, Hours: rules.ByPlatform})
}

func said(who string, at time.Time) rules.Event {
	return rules.Event{ID: who + at.String(), Type: "chat.message", At: at, Data: rules.Data{ConversationID: "c", From: who}}
}

// TestAnExcuseTakesACaseOutOfTheCountAndItsUndoingPutsItBack goes the way of the buttons, over and over, each event twice.
func TestAnExcuseTakesACaseOutOfTheCountAndItsUndoingPutsItBack(t *testing.T) {
	m, c := newMemory(config.Shop{ID: "s1"}), newClock(start)
	tracker, desk, ctx := runWith(t, m, c, excusing), sla.NewDesk(m, excusing, c.now), t.Context()
	c.set(start.Add(72 * time.Hour))
	err := tracker.Apply(ctx, "s1", []rules.Event{paid("1", start), said("buyer", start), said("agent", start.Add(time.Hour)),
		{ID: "x", Type: "chat.closed", At: start.Add(2 * time.Hour), Data: rules.Data{ConversationID: "c"}},
		said("buyer", start.Add(3*time.Hour)), said("agent", start.Add(4*time.Hour))})
	if err != nil {
		t.Fatal(err)
	}
	turn := func(at time.Time) string {
		return alarm.CaseID(fmt.Sprintf("chat-turn@%d", at.UnixMilli()), rules.Subject{Kind: rules.Conversation, ID: "c"})
	}
	other := turn(start.Add(3 * time.Hour)) // of the next session: what is said about the first does not concern it
	for id, cause := range map[string]string{"ship-on-time|order/1": "majeure", turn(start): "outage"} {
		a := alarm.Alarm{ID: id}
		for i := range 6 {
			c.set(c.now().Add(time.Minute))
			press := alarm.Press{Act: alarm.Excuse, Cause: cause, Who: alarm.Mark{Person: 1, At: rules.InstantOf(c.now())}}
			want := rules.Void
			if i%2 == 1 {
				press.Act, press.Of, want = alarm.Undo, alarm.Excuse, rules.Breached
			}
			a, _ = a.Press(press)
			for range 2 {
				w := look(t, desk, id)
				e, ok := a.Correction(w.Case, rules.InstantOf(c.now()))
				if err := e.Check(); err != nil || !ok {
					t.Fatalf("%s: %v, %v", id, ok, err)
				}
				if err := tracker.Apply(ctx, "s1", []rules.Event{e}); err != nil {
					t.Fatal(err)
				}
			}
			if got := look(t, desk, id).Case.Outcome; got != want {
				t.Errorf("%s after press %d: %v, want %v", id, i+1, got, want)
			}
			if got := look(t, desk, other).Case.Outcome; got != rules.Breached {
				t.Errorf("%s after press %d: the next session is %v", id, i+1, got)
			}
		}
	}
	if _, ok := (alarm.Alarm{Cause: alarm.Courier, Excused: alarm.Mark{At: 1}}).Correction(rules.Case{}, 5); ok {
		t.Error("what is no exception changes the count")
	}
}

func look(t *testing.T, desk *sla.Desk, id string) notify.AlarmView {
	t.Helper()
	w, err := desk.Alarm(t.Context(), "s1", id)
	if err != nil {
		t.Fatalf("%s: %v", id, err)
	}
	return w
}

func TestAnAlarmIsAboutWhatTheShopHas(t *testing.T) {
	m, c := newMemory(config.Shop{ID: "s1"}), newClock(start)
	tracker, desk, ctx := runWith(t, m, c, excusing), sla.NewDesk(m, excusing, c.now), t.Context()
	c.set(start.Add(72 * time.Hour))
	if err := tracker.Apply(ctx, "s1", []rules.Event{paid("1", start)}); err != nil {
		t.Fatal(err)
	}
	day := rules.DateOf(rules.InstantOf(start.Add(48*time.Hour)), time.UTC)
	if w := look(t, desk, alarm.DayID("ship-on-time", day)); w.Finding.Breached != 1 || w.Level() != alarm.Violated || !w.ToDo() {
		t.Errorf("the line: %+v", w.Finding)
	}
	if w := look(t, desk, "ship-on-time|order/1"); w.Case.Subject.ID != "1" || w.Level() != alarm.Broken || w.Step() != notify.ToldBreach {
		t.Errorf("the case: %+v", w.Case)
	}
	for _, id := range []string{"ship-on-time|order/2", "ship-on-time@x|order/1", "chat-turn|order/1", alarm.DayID("ship-on-time", day.Next(1)), "nonsense", ""} {
		if _, err := desk.Alarm(ctx, "s1", id); !errors.Is(err, sla.ErrNotFound) {
			t.Errorf("%q: %v, want %v", id, err, sla.ErrNotFound)
		}
	}
	if _, err := desk.Alarm(ctx, "nobody", "ship-on-time|order/1"); !errors.Is(err, sla.ErrUnknownShop) {
		t.Errorf("an unknown shop: %v", err)
	}
}
