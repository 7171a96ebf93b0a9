package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"shopwarden/bot/notify"
	"shopwarden/bot/outbox"
	"shopwarden/bot/sla"
	"shopwarden/bot/store"
	"shopwarden/bot/store/storetest"
	"shopwarden/config"
	"shopwarden/rules"
)

// short is the form that runs with all tests; "make reference" runs the long one.
var short = size{events: 40_000, shops: 5, seed: 1}

func TestCountersRatesMeansAndPointsEqualPlainSQL(t *testing.T) {
	var out strings.Builder
	n, err := check(t.Context(), &out, short)
	if err != nil || n > 0 {
		t.Fatalf("%d differences, %v:\n%s", n, err, &out)
	}
}

// TestCountersInRedisEqualPlainSQL takes the events of two shops through the tracker into a real server.
func TestCountersInRedisEqualPlainSQL(t *testing.T) {
	r, err := newReference(t.Context(), last)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.close() }()
	kept := openStore(t)
	tracker := startTracker(t, kept)
	engine := numbers{}
	for _, s := range []Shop{shops(4)[0], shops(4)[3]} {
		events, err := generate(2, s, 2500)
		if err != nil {
			t.Fatal(err)
		}
		loadShop(t, r, s, events)
		id := fmt.Sprintf("shop-%d", s.Number)
		hours := "platform"
		if s.Always {
			hours = "always"
		}
		if err := kept.SaveShop(t.Context(), config.Shop{ID: id, Platform: "standard", Timezone: s.Zone, Hours: hours, Pack: s.Pack}); err != nil {
			t.Fatal(err)
		}
		known := slices.DeleteFunc(events, func(e rules.Event) bool { return !rules.Known(e.Type) })
		for part := range slices.Chunk(known, 100) {
			if err := tracker.Apply(t.Context(), id, part); err != nil {
				t.Fatal(err)
			}
		}
		tallied(engine, s.Number, keptTallies(t, kept, id))
	}
	if err := r.count(t.Context(), func(string, time.Duration) {}); err != nil {
		t.Fatal(err)
	}
	want, err := r.rates(t.Context())
	if err != nil || len(want) == 0 {
		t.Fatalf("%d numbers, %v", len(want), err)
	}
	for i, k := range differences(engine, want) {
		if i < 5 {
			t.Errorf("%+v: kept %+v, reference %+v", k, engine[k], want[k])
		}
	}
}

func openStore(t *testing.T) *store.Store {
	t.Helper()
	kept, err := store.Connect(t.Context(), store.Options{URL: storetest.Redis(t)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = kept.Close() })
	return kept
}

// mute tells nobody.
type mute struct{}

func (mute) Alerts(notify.News) []outbox.Message { return nil }

func startTracker(t *testing.T, kept *store.Store) *sla.Tracker {
	t.Helper()
	packs, err := config.LoadPacks(config.BuiltIn(), "")
	if err != nil {
		t.Fatal(err)
	}
	policy := func(s config.Shop) (*rules.Policy, error) { return s.Policy(packs) }
	tracker := sla.NewTracker(kept, policy, mute{}, slog.New(slog.NewTextHandler(io.Discard, nil)),
		sla.Config{Now: func() time.Time { return last }, Sweep: -1})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); _ = tracker.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-done })
	return tracker
}

// keptTallies reads every day that can have a case.
func keptTallies(t *testing.T, kept *store.Store, shop string) map[rules.Date]rules.DayTallies {
	t.Helper()
	ask := sla.DayAsk{Shop: shop}
	from, to := rules.DateOf(rules.InstantOf(first), time.UTC).Next(-10), rules.DateOf(rules.InstantOf(last), time.UTC).Next(60)
	for d := from; d < to; d++ {
		ask.Days = append(ask.Days, d)
	}
	answers, err := kept.Days(t.Context(), []sla.DayAsk{ask})
	if err != nil {
		t.Fatal(err)
	}
	return answers[0].Tallies
}

func loadShop(t *testing.T, r *reference, s Shop, events []rules.Event) {
	t.Helper()
	tx, err := r.db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	l, err := newLoader(t.Context(), tx)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.load(t.Context(), s, events); err != nil {
		t.Fatal(err)
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
}

func TestEveryRuleOfThePackHasItsSQL(t *testing.T) {
	policy, err := policyOf(shops(1)[0])
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, r := range policy.Rules(rules.DateOf(rules.InstantOf(last), time.UTC)) {
		if r.ID != countdown {
			want = append(want, r.ID)
		}
	}
	slices.Sort(want)
	got, err := ruleIDs()
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// TestTheLogKeepsAndBreaksEveryPromise holds the generator to what makes the comparison worth something.
func TestTheLogKeepsAndBreaksEveryPromise(t *testing.T) {
	sums := map[string]rules.Tally{}
	types, points := map[rules.Type]int{}, map[string]bool{}
	for _, s := range shops(short.shops) {
		events, err := generate(short.seed, s, short.events/short.shops)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range events {
			types[e.Type]++
			if err := e.Check(); err != nil {
				t.Fatalf("%s: %v", e.Type, err)
			}
		}
		w, err := live(s, events, last)
		if err != nil {
			t.Fatal(err)
		}
		climbed(points, s.Number, w, last)
		for _, byRule := range w.Tallies {
			for rule, tally := range byRule {
				sums[rule] = sums[rule].Plus(tally)
			}
		}
	}
	if len(points) < 40 {
		t.Errorf("only %d steps and nodes of points: %v", len(points), slices.Sorted(maps.Keys(points)))
	}
	delete(sums, countdown)
	for rule, sum := range sums {
		if sum.Met == 0 || sum.Breached == 0 {
			t.Errorf("%s: %+v", rule, sum)
		}
	}
	if len(sums) != 28 {
		t.Errorf("%d rules have cases: %v", len(sums), slices.Sorted(maps.Keys(sums)))
	}
	for _, e := range vocabulary {
		if types[e] == 0 {
			t.Errorf("no %s in the log", e)
		}
	}
}

// vocabulary is every type of event there is.
var vocabulary = []rules.Type{
	"order.created", "order.paid", "order.ship_by_changed", "order.label_created", "order.shipped", "order.picked_up",
	"parcel.scanned", "order.delivered", "order.completed", "order.canceled", "order.address_changed", "notice.sent",
	"aftersale.opened", "aftersale.approved", "aftersale.return_shipped", "aftersale.return_received", "aftersale.refunded",
	"aftersale.rejected", "aftersale.closed", "aftersale.deadline_changed", "aftersale.escalated", "aftersale.judged",
	"chat.message", "chat.closed", "chat.rated", "chat.flagged", "review.posted", "review.replied", "review.resolved",
	"ticket.opened", "ticket.answered", "invoice.requested", "invoice.delivered", "guarantee.enabled", "guarantee.disabled",
	"guarantee.claimed", "guarantee.decided", "goodwill.requested", "goodwill.granted", "promise.published",
	"promise.conflict", "promise.fixed", "address.checked", "penalty.issued", "penalty.appealed", "penalty.upheld",
	"penalty.withdrawn", "exam.passed", "case.excused", "case.reinstated",
}

func TestTheSameSeedGivesTheSameLog(t *testing.T) {
	s := shops(1)[0]
	a, errA := generate(7, s, 500)
	b, errB := generate(7, s, 500)
	if errA != nil || errB != nil {
		t.Fatal(errA, errB)
	}
	if d := cmp.Diff(a, b); d != "" {
		t.Error(d)
	}
}

func TestADifferenceIsFoundAndExplained(t *testing.T) {
	s := Shop{Number: 1, Pack: "douyin-2026", Zone: "Asia/Shanghai"}
	paid := rules.Event{ID: "e1", Type: "order.paid", At: last.Add(-10 * day), Data: rules.Data{OrderID: "o1"}}
	left := rules.Event{ID: "e2", Type: "order.picked_up", At: paid.At.Add(hour), Data: rules.Data{OrderID: "o1"}}
	r, err := newReference(t.Context(), last)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.close() }()
	loadShop(t, r, s, []rules.Event{paid}) // the reference never hears that it left
	if err := r.count(t.Context(), func(string, time.Duration) {}); err != nil {
		t.Fatal(err)
	}
	want, err := r.rates(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	w, err := live(s, []rules.Event{paid, left}, last)
	if err != nil {
		t.Fatal(err)
	}
	engine := numbers{}
	tallied(engine, 1, w.Tallies)
	found := differences(engine, want)
	i := slices.IndexFunc(found, func(k key) bool { return k.rule == "ship-on-time" })
	if i < 0 {
		t.Fatalf("found %v", found)
	}
	var out strings.Builder
	if err := explain(t.Context(), &out, r, s, []rules.Event{paid, left}, found[i], engine[found[i]], want[found[i]]); err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"shop 1, ship-on-time, day 2026-11-19", "Met:1", "Breached:1", "order/o1@", "engine    met on", "reference breached on", "order.picked_up"} {
		if !strings.Contains(out.String(), part) {
			t.Errorf("no %q in:\n%s", part, &out)
		}
	}
}
