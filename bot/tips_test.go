package main

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"shopwarden/bot/notify"
	"shopwarden/bot/outbox"
	"shopwarden/bot/sla"
	"shopwarden/bot/store"
	"shopwarden/bot/store/storetest"
	"shopwarden/config"
	"shopwarden/rules"
)

// assembled is the program without doors and Telegram, over a Redis of its own, at an instant that the test moves.
func assembled(t *testing.T, now *time.Time) *app {
	t.Helper()
	s, err := store.Connect(t.Context(), store.Options{URL: storetest.Redis(t)})
	check(t, err)
	t.Cleanup(func() { _ = s.Close() })
	a, err := assemble(config.Settings{}, s, slog.New(slog.DiscardHandler), func() time.Time { return *now }, sla.Config{Sweep: -1})
	check(t, err)
	return a
}

// TestAnAcceptedTipIsToldOnTheScorecardOfItsSeventhDay goes all the way: events into Redis, a decision, and the scorecards
// of the days after it.
func TestAnAcceptedTipIsToldOnTheScorecardOfItsSeventhDay(t *testing.T) {
	ctx := t.Context()
	now := time.Date(2026, 11, 13, 23, 0, 0, 0, time.UTC) // before anything runs, and then between runs only
	a := assembled(t, &now)
	s := a.store
	check(t, s.SaveShop(ctx, config.Shop{ID: "tea", Platform: "standard", Timezone: "UTC", Hours: "always", Pack: config.DefaultPack}))
	check(t, s.Bind(ctx, "tea", notify.Chat{ID: 7, Role: notify.Owner, Lang: "en", Digest: true}))
	check(t, a.withTracker(ctx, func(ctx context.Context) error {
		return a.tracker.Apply(ctx, "tea", append(sold("before", 20, 8, 5), sold("after", 20, 0, 16)...))
	}))
	check(t, a.advisor.DecideTip(ctx, "tea", notify.TipChoice{Decision: notify.Accepted, Tip: "ship-late-evening", Rule: "ship-on-time",
		Dim: rules.ByHour, Value: "20-24"}))
	now = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	for _, day := range []int{20, 19, 20, 21} {
		messages, err := a.cards(ctx, "tea", rules.NewDate(2026, 11, day), false)
		check(t, err)
		if len(messages) != 1 || messages[0].Kind != outbox.Scorecard || messages[0].Key != fmt.Sprintf("scorecard/tea/2026-11-%d/7", day) {
			t.Fatalf("%d messages for the %dth: %+v", len(messages), day, messages)
		}
		told := strings.Contains(messages[0].HTML, "missed 0 of 20, before 8 of 20")
		if want := day == 20; told != want {
			t.Errorf("the scorecard of the %dth tells the result: %v, want %v\n%s", day, told, want, messages[0].HTML)
		}
	}
}

// sold is n orders of one evening of November 2026, late of them picked up after 50 h and the others after 10 h.
func sold(name string, n, late, day int) (events []rules.Event) {
	paid := time.Date(2026, 11, day, 21, 0, 0, 0, time.UTC)
	for i := range n {
		took := 10 * time.Hour
		if i < late {
			took = 50 * time.Hour
		}
		id := fmt.Sprint(name, i)
		events = append(events, rules.Event{ID: "p" + id, Type: "order.paid", At: paid, Data: rules.Data{OrderID: id}},
			rules.Event{ID: "s" + id, Type: "order.picked_up", At: paid.Add(took), Data: rules.Data{OrderID: id}})
	}
	return events
}
