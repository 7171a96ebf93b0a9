package rules_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"shopwarden/rules"
)

// world is a shop in memory: what a store would hold.
type world struct {
	policy   *rules.Policy
	dossiers map[rules.Subject]rules.Dossier
	tallies  map[rules.Date]rules.DayTallies
	took     map[string]rules.Durations
	log      []rules.Event
}

func newWorld(p *rules.Policy) *world {
	return &world{p, map[rules.Subject]rules.Dossier{}, map[rules.Date]rules.DayTallies{}, map[string]rules.Durations{}, nil}
}

func (w *world) apply(events []rules.Event, now rules.Instant) {
	for _, e := range events {
		for _, about := range e.Facts() {
			d, change, fresh := w.policy.Step(about.Subject, w.dossiers[about.Subject], []rules.Fact{about.Fact}, now)
			w.book(about.Subject, d, change)
			if fresh[0] {
				w.log = append(w.log, e)
			}
		}
	}
}

func (w *world) tick(now rules.Instant) {
	for s, d := range w.dossiers {
		d, change := w.policy.Tick(s, d, now)
		w.book(s, d, change)
	}
}

func (w *world) book(s rules.Subject, d rules.Dossier, change rules.Change) {
	w.dossiers[s] = d
	for _, x := range change.Deltas {
		day := w.tallies[x.Entry.Day]
		if day == nil {
			day = rules.DayTallies{}
			w.tallies[x.Entry.Day] = day
		}
		if day[x.Entry.Rule] = day[x.Entry.Rule].Apply(x); day[x.Entry.Rule] == (rules.Tally{}) {
			delete(day, x.Entry.Rule)
		}
		if len(day) == 0 {
			delete(w.tallies, x.Entry.Day)
		}
		key := fmt.Sprint(x.Entry.Day, x.Entry.Rule)
		if w.took[key] = w.took[key].Apply(x); len(w.took[key]) == 0 {
			delete(w.took, key)
		}
	}
}

func (w *world) equal(t interface{ Fatalf(string, ...any) }, v *world) {
	if d := cmp.Diff(w.dossiers, v.dossiers); d != "" {
		t.Fatalf("dossiers differ:\n%s", d)
	}
	if d := cmp.Diff(w.tallies, v.tallies); d != "" {
		t.Fatalf("tallies differ:\n%s", d)
	}
	if d := cmp.Diff(w.took, v.took); d != "" {
		t.Fatalf("times differ:\n%s", d)
	}
}

var base = time.Date(2026, 11, 20, 20, 0, 0, 0, time.UTC)

// genEvents draws a stream over few subjects and coarse times, so that collisions, early stops, cancels and moved
// deadlines are common.
func genEvents(t *rapid.T) []rules.Event {
	when := rapid.Custom(func(t *rapid.T) time.Time {
		return base.Add(time.Duration(rapid.IntRange(0, 72*4).Draw(t, "quarter")) * 15 * time.Minute)
	})
	one := rapid.Custom(func(t *rapid.T) rules.Event {
		id := rapid.SampledFrom([]string{"A", "B", "C"}).Draw(t, "id")
		e := rules.Event{ID: rapid.String().Draw(t, "event id"), At: when.Draw(t, "at")}
		e.Type = rapid.SampledFrom([]rules.Type{"order.created", "order.paid", "order.ship_by_changed", "order.shipped", "order.picked_up",
			"order.canceled", "notice.sent", "aftersale.opened", "aftersale.approved", "aftersale.closed", "aftersale.deadline_changed",
			"chat.message", "chat.closed"}).Draw(t, "type")
		fill(t, &e, id, when)
		if err := e.Check(); err != nil {
			t.Fatalf("generated a bad event: %v", err)
		}
		return e
	})
	return rapid.SliceOfN(one, 1, 40).Draw(t, "events")
}

func fill(t *rapid.T, e *rules.Event, id string, when *rapid.Generator[time.Time]) {
	later := when.Draw(t, "promise").Add(24 * time.Hour).Format(time.RFC3339)
	switch e.Type {
	case "chat.message", "chat.closed":
		e.Data.ConversationID = id
		e.Data.From = rapid.SampledFrom([]string{"buyer", "agent", "bot", "system"}).Draw(t, "from")
		if rapid.Bool().Draw(t, "empty") {
			e.Data.Substantive = no()
		}
		if rapid.IntRange(0, 3).Draw(t, "wants") == 0 {
			e.Data.WantsHuman = yes()
		}
	case "aftersale.opened", "aftersale.approved", "aftersale.closed", "aftersale.deadline_changed":
		e.Data.AftersaleID, e.Data.OrderID = id, id
		e.Data.Kind = rapid.SampledFrom([]string{"refund", "return", "refund_unshipped"}).Draw(t, "kind")
		if rapid.Bool().Draw(t, "with deadline") || e.Type == "aftersale.deadline_changed" {
			e.Data.DecideBy = later
		}
	default:
		e.Data.OrderID = id
		e.Data.By = "buyer"
		e.Data.Kind, e.Data.WithChoice = "delay", yes()
		if e.Type == "goodwill.requested" {
			e.Data.Kind = ""
		}
		if rapid.Bool().Draw(t, "promised") || e.Type == "order.ship_by_changed" {
			e.Data.ShipBy = later
		}
	}
}

func TestAnyOrderRepetitionAndSplitEndsInTheSameCounters(t *testing.T) {
	p := testPolicy(t)
	rapid.Check(t, func(t *rapid.T) {
		events := genEvents(t)
		end := rules.InstantOf(base.Add(60 * time.Hour))
		want := newWorld(p)
		want.apply(events, end)
		want.tick(end)

		shuffled := rapid.Permutation(events).Draw(t, "order")
		again := rapid.SliceOf(rapid.SampledFrom(events)).Draw(t, "repeated")
		stream := slices.Concat(shuffled, again)
		got := newWorld(p)
		now := rules.InstantOf(base)
		for len(stream) > 0 {
			n := rapid.IntRange(1, len(stream)).Draw(t, "split")
			got.apply(stream[:n], now)
			stream = stream[n:]
			now = min(end, now+rules.Instant(rapid.IntRange(0, 20*3600_000).Draw(t, "pause")))
			if rapid.Bool().Draw(t, "sweep") {
				got.tick(now)
			}
		}
		got.tick(end)
		got.equal(t, want)
	})
}

func TestRecountFromTheLogEqualsTheCounters(t *testing.T) {
	p := testPolicy(t)
	rapid.Check(t, func(t *rapid.T) {
		events := genEvents(t)
		end := rules.InstantOf(base.Add(60 * time.Hour))
		live := newWorld(p)
		for i, e := range events {
			live.apply([]rules.Event{e, events[i/2]}, rules.InstantOf(e.At))
		}
		live.tick(end)
		recount := newWorld(p)
		recount.apply(live.log, end)
		recount.tick(end)
		recount.equal(t, live)
	})
}

func TestEveryTallyIsTheSumOfItsCases(t *testing.T) {
	p := testPolicy(t)
	rapid.Check(t, func(t *rapid.T) {
		end := rules.InstantOf(base.Add(60 * time.Hour))
		w := newWorld(p)
		w.apply(genEvents(t), rules.InstantOf(base.Add(20*time.Hour)))
		w.tick(end)
		var cases, counted int64
		for s, d := range w.dossiers {
			cases += int64(len(p.Judge(s, d.Facts, end)))
		}
		for _, day := range w.tallies {
			for _, tally := range day {
				counted += tally.Open + tally.Met + tally.Breached + tally.Void
			}
		}
		if cases != counted {
			t.Fatalf("%d cases, %d counted", cases, counted)
		}
	})
}
