package rules_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"shopwarden/rules"
	"shopwarden/rules/rulestest"
)

// equal fails unless two shops hold the same.
func equal(t interface{ Fatalf(string, ...any) }, w, v *rulestest.World) {
	if d := cmp.Diff(w.Dossiers, v.Dossiers); d != "" {
		t.Fatalf("dossiers differ:\n%s", d)
	}
	if d := cmp.Diff(w.Tallies, v.Tallies); d != "" {
		t.Fatalf("tallies differ:\n%s", d)
	}
	if d := cmp.Diff(w.Took, v.Took); d != "" {
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
		want := rulestest.New(p)
		want.Apply(end, events...)
		want.Tick(end)

		shuffled := rapid.Permutation(events).Draw(t, "order")
		again := rapid.SliceOf(rapid.SampledFrom(events)).Draw(t, "repeated")
		stream := slices.Concat(shuffled, again)
		got := rulestest.New(p)
		now := rules.InstantOf(base)
		for len(stream) > 0 {
			n := rapid.IntRange(1, len(stream)).Draw(t, "split")
			got.Apply(now, stream[:n]...)
			stream = stream[n:]
			now = min(end, now+rules.Instant(rapid.IntRange(0, 20*3600_000).Draw(t, "pause")))
			if rapid.Bool().Draw(t, "sweep") {
				got.Tick(now)
			}
		}
		got.Tick(end)
		equal(t, got, want)
	})
}

func TestRecountFromTheLogEqualsTheCounters(t *testing.T) {
	p := testPolicy(t)
	rapid.Check(t, func(t *rapid.T) {
		events := genEvents(t)
		end := rules.InstantOf(base.Add(60 * time.Hour))
		live := rulestest.New(p)
		for i, e := range events {
			live.Apply(rules.InstantOf(e.At), e, events[i/2])
		}
		live.Tick(end)
		recount := rulestest.New(p)
		recount.Apply(end, live.Log...)
		recount.Tick(end)
		equal(t, recount, live)
	})
}

func TestEveryTallyIsTheSumOfItsCases(t *testing.T) {
	p := testPolicy(t)
	rapid.Check(t, func(t *rapid.T) {
		end := rules.InstantOf(base.Add(60 * time.Hour))
		w := rulestest.New(p)
		w.Apply(rules.InstantOf(base.Add(20*time.Hour)), genEvents(t)...)
		w.Tick(end)
		var cases, counted int64
		for s, d := range w.Dossiers {
			cases += int64(len(p.Judge(s, d.Facts, end)))
		}
		for _, day := range w.Tallies {
			for _, tally := range day {
				counted += tally.Open + tally.Met + tally.Breached + tally.Void
			}
		}
		if cases != counted {
			t.Fatalf("%d cases, %d counted", cases, counted)
		}
	})
}
