package sla_test

import (
	"fmt"
	"testing"
	"time"

	"shopwarden/bot/notify"
	"shopwarden/rules"
)

func TestAReviewAddsUpItsDaysAndSetsThemAgainstThoseBefore(t *testing.T) {
	_, c, tracker, desk := tracked(t, start)
	var events []rules.Event
	for day := range 12 { // paid on 20 November and after, due two days later
		at := start.AddDate(0, 0, day)
		id := fmt.Sprint("o", day)
		events = append(events, paid(id, at), rules.Event{ID: "p" + id, Type: "order.picked_up", At: at.Add(time.Hour), Data: rules.Data{OrderID: id}})
	}
	c.set(start.AddDate(0, 0, 12))
	apply(t, tracker, append(events, paid("late", start.AddDate(0, 0, 4)))...)
	ok(t, tracker.Sweep(t.Context()))
	monday := rules.DateOf(rules.InstantOf(start.AddDate(0, 0, 12)), time.UTC)
	for !notify.Weekly.Closes(monday) {
		monday--
	}
	w, err := desk.Review(t.Context(), "s1", notify.Weekly, monday, true)
	ok(t, err)
	var met, missed int64
	for _, x := range w.Tallies {
		met, missed = met+x.Met, missed+x.Breached
	}
	if w.From != monday.Next(-7) || w.To != monday || len(w.Scores) != 7 || len(w.Trend) != 7 || met != 7 || missed != 1 || !w.Late {
		t.Errorf("%s to %s: %d kept, %d missed, %d days", w.From, w.To, met, missed, len(w.Scores))
	}
	if got := w.Card.Principles[0].Rules[0].Tally; got.Met != met || got.Breached != missed {
		t.Errorf("the score rests on %+v", got)
	}
	w, err = desk.Review(t.Context(), "s1", notify.Monthly, rules.NewDate(2026, 12, 1), false)
	ok(t, err)
	if w.From != rules.NewDate(2026, 11, 1) || len(w.Scores) != 30 || len(w.Trend) != 30 {
		t.Errorf("%s to %s: %d days", w.From, w.To, len(w.Scores))
	}
	card, err := desk.Scorecard(t.Context(), "s1", monday, false)
	ok(t, err)
	if len(card.Scores) != 30 || card.Scores[29].Day != monday {
		t.Errorf("%d days of scores", len(card.Scores))
	}
}
