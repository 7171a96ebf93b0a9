package sla_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"shopwarden/bot/notify"
	"shopwarden/bot/sla"
	"shopwarden/config"
	"shopwarden/rules"
)

// book is a memory with what shops said to tips. Long says that the log is longer than is read.
type book struct {
	*memory
	long   bool
	states map[string]notify.TipState
	told   map[string]rules.Date
}

func newBook() *book {
	return &book{memory: newMemory(config.Shop{ID: "s1"}), states: map[string]notify.TipState{}, told: map[string]rules.Date{}}
}

func (b *book) Recent(_ context.Context, shop string, limit int) ([]rules.Event, bool, error) {
	if b.long || len(b.log[shop]) > limit {
		return nil, false, nil
	}
	return b.log[shop], true, nil
}

func (b *book) Tips(context.Context, string) (map[string]notify.TipState, error) {
	return maps.Clone(b.states), nil
}

func (b *book) SaveTip(_ context.Context, _, tip string, s notify.TipState) error {
	b.states[tip] = s
	return nil
}

func (b *book) TellTip(_ context.Context, _, tip string, accepted rules.Instant, day rules.Date) (rules.Date, error) {
	key := fmt.Sprint(tip, accepted)
	if _, ok := b.told[key]; !ok {
		b.told[key] = day
	}
	return b.told[key], nil
}

// advise runs an advisor over a book at a time that tests move.
func advise(t *testing.T, now time.Time) (*book, *clock, *sla.Advisor) {
	t.Helper()
	b, c := newBook(), newClock(now)
	tips := []rules.Tip{{ID: "evening", Rules: []string{"ship-on-time"}, When: []rules.Trigger{{Dim: rules.ByHour}}}}
	return b, c, sla.NewAdvisor(sla.NewDesk(b, policy, c.now), b, tips)
}

// orders sells n orders at a time of day of November 2026, each shipped in 50 h when late and in 10 h when not.
func orders(b *book, n int, late bool, day, hour int) {
	after := 10 * time.Hour
	if late {
		after = 50 * time.Hour
	}
	at := time.Date(2026, 11, day, hour, 0, 0, 0, time.UTC)
	for range n {
		id := fmt.Sprint(len(b.log["s1"]))
		b.log["s1"] = append(b.log["s1"], paid(id, at), picked(id, at.Add(after)))
	}
}

// fridays sells 60 orders in two weeks, and 8 of the 10 of Friday evenings leave late.
func fridays(b *book) {
	orders(b, 4, true, 6, 21)
	orders(b, 1, false, 6, 21)
	orders(b, 4, true, 13, 22)
	orders(b, 1, false, 13, 22)
	for i := range 50 {
		orders(b, 1, false, 2+i%5, 8+i%14)
	}
}

var evening = rules.Pattern{Dim: rules.ByWeekHour, Value: "fri 20-24", Misses: 8, AllMisses: 8, Cases: 10, AllCases: 60, Timed: 8, TookMS: 8 * 50 * 3600 * 1000}

func TestTheCauseOfATipIsCountedInTheWholeLog(t *testing.T) {
	b, _, a := advise(t, time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC))
	fridays(b)
	for range 3 { // in any order
		v, err := a.Tips(t.Context(), "s1", "")
		if err != nil || v.Read != 0 || v.To-v.From != 30 {
			t.Fatalf("read %d of %d days, %v", v.Read, v.To-v.From, err)
		}
		if diff := cmp.Diff(map[string][]rules.Pattern{"ship-on-time": {evening}}, v.Causes); diff != "" {
			t.Fatalf("-want +got:\n%s", diff)
		}
		rand.Shuffle(len(b.log["s1"]), func(i, j int) { b.log["s1"][i], b.log["s1"][j] = b.log["s1"][j], b.log["s1"][i] })
	}
}

func TestALongLogIsNotReadAndTheBrokenCasesSpeakAlone(t *testing.T) {
	b, _, a := advise(t, time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC))
	b.long = true
	for i := range 1001 {
		s := rules.Subject{Kind: rules.Order, ID: fmt.Sprint(i)}
		at := rules.InstantOf(time.Date(2026, 11, 3+i%8, 21, 0, 0, 0, time.UTC))
		b.dossiers["s1"][s] = rules.Dossier{Facts: rules.Facts{{Type: "order.paid", At: at}}}
		b.broken["s1"][sla.CaseID{Rule: "ship-on-time", Subject: s}] = at + 48*3600*1000
	}
	v, err := a.Tips(t.Context(), "s1", "")
	if err != nil || v.Read != 1000 {
		t.Fatalf("read %d, %v; want the latest 1000", v.Read, err)
	}
	want := map[string][]rules.Pattern{"ship-on-time": {{Dim: rules.ByHour, Value: "20-24", Misses: 1000, AllMisses: 1000}}}
	if diff := cmp.Diff(want, v.Causes); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestWhatWasAcceptedIsMeasuredOverTheSameCasesAndToldOnce(t *testing.T) {
	b, c, a := advise(t, time.Date(2026, 11, 13, 23, 0, 0, 0, time.UTC)) // a Friday
	orders(b, 9, true, 5, 21)                                            // due on the 7th: in the week before
	orders(b, 16, false, 8, 21)
	orders(b, 30, false, 8, 10)
	choice := notify.TipChoice{Decision: notify.Accepted, Tip: "evening", Rule: "ship-on-time", Dim: rules.ByHour, Value: "20-24"}
	ok(t, a.DecideTip(t.Context(), "s1", choice))
	state := notify.TipState{Decision: notify.Accepted, At: rules.InstantOf(c.now()), Rule: "ship-on-time", Dim: rules.ByHour, Value: "20-24",
		Misses: 9, AllMisses: 9, Cases: 25, AllCases: 55}
	if diff := cmp.Diff(map[string]notify.TipState{"evening": state}, b.states); diff != "" {
		t.Fatalf("-want +got:\n%s", diff)
	}
	orders(b, 50, true, 11, 21) // due on the day of acceptance: on neither side
	orders(b, 2, true, 12, 21)
	orders(b, 22, false, 17, 21)
	orders(b, 50, true, 19, 20) // due on the 21st: too late for the week after

	c.set(time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC))
	want := []notify.TipResult{{Tip: "evening", State: state, Compare: rules.Compare(rules.MissShare{Misses: 9, Cases: 25}, rules.MissShare{Misses: 2, Cases: 24})}}
	tell := func(day int) []notify.TipResult {
		t.Helper()
		v, err := a.Tips(t.Context(), "s1", "")
		ok(t, err)
		if diff := cmp.Diff(want, v.Results); diff != "" {
			t.Errorf("page: -want +got:\n%s", diff)
		}
		card, err := a.Told(t.Context(), notify.ScorecardView{View: v.View, Day: rules.NewDate(2026, 11, day)})
		ok(t, err)
		return card.Results
	}
	for _, tt := range []struct {
		day  int
		want []notify.TipResult
	}{{19, nil}, {21, want}, {22, nil}, {21, want}} { // the scorecard of the 20th was missed, that of the 21st composed twice
		if diff := cmp.Diff(tt.want, tell(tt.day)); diff != "" {
			t.Errorf("scorecard of the %dth: -want +got:\n%s", tt.day, diff)
		}
	}
}

func TestWithoutTheLogTheWholeRuleIsMeasured(t *testing.T) {
	b, c, a := advise(t, time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC))
	b.long = true
	accepted := rules.NewDate(2026, 11, 13)
	b.states["evening"] = notify.TipState{Decision: notify.Accepted, At: accepted.At(60, time.UTC), Rule: "ship-on-time", Dim: rules.ByHour, Value: "20-24"}
	for day, tally := range map[int]rules.Tally{-8: {Breached: 99}, -7: {Met: 5, Breached: 5}, -1: {Met: 10}, 0: {Breached: 99}, 1: {Met: 9, Breached: 1}, 7: {Met: 20}, 8: {Breached: 99}} {
		b.tallies["s1"][accepted.Next(day)] = rules.DayTallies{"ship-on-time": tally}
	}
	v, err := a.Tips(t.Context(), "s1", "")
	ok(t, err)
	want := []notify.TipResult{{Tip: "evening", State: b.states["evening"], Whole: true,
		Compare: rules.Compare(rules.MissShare{Misses: 5, Cases: 20}, rules.MissShare{Misses: 1, Cases: 30})}}
	if diff := cmp.Diff(want, v.Results); diff != "" {
		t.Errorf("at %v: -want +got:\n%s", c.now(), diff)
	}
}

func TestADecisionAboutNothingIsRefused(t *testing.T) {
	b, _, a := advise(t, start)
	for _, choice := range []notify.TipChoice{{Decision: notify.Later, Tip: "told:evening:1", Rule: "ship-on-time"}, {Decision: notify.Later, Tip: "evening", Rule: "gone"}} {
		if err := a.DecideTip(t.Context(), "s1", choice); !errors.Is(err, sla.ErrNoTip) {
			t.Errorf("%+v: got %v, want %v", choice, err, sla.ErrNoTip)
		}
	}
	if err := a.DecideTip(t.Context(), "s9", notify.TipChoice{}); !errors.Is(err, sla.ErrUnknownShop) || len(b.states) != 0 {
		t.Errorf("unknown shop: got %v and %v", err, b.states)
	}
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
