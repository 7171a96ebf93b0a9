package config

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"shopwarden/rules"
	"shopwarden/rules/rulestest"
)

// allTypes is the whole vocabulary but for unknown types.
var allTypes = []rules.Type{"order.created", "order.paid", "order.ship_by_changed", "order.label_created", "order.shipped",
	"order.picked_up", "parcel.scanned", "order.delivered", "order.completed", "order.canceled", "order.address_changed", "notice.sent",
	"aftersale.opened", "aftersale.approved", "aftersale.return_shipped", "aftersale.return_received", "aftersale.refunded",
	"aftersale.rejected", "aftersale.closed", "aftersale.deadline_changed", "aftersale.escalated", "aftersale.judged", "chat.message",
	"chat.message", "chat.message", "chat.closed", "chat.rated", "chat.flagged", "review.posted", "review.replied", "review.resolved",
	"ticket.opened", "ticket.answered", "invoice.requested", "invoice.delivered", "guarantee.enabled", "guarantee.claimed",
	"guarantee.decided", "goodwill.requested", "goodwill.granted", "promise.published", "promise.conflict", "promise.fixed",
	"address.checked", "penalty.issued", "penalty.appealed", "case.excused", "case.reinstated"}

var orderBase = time.Date(2026, 11, 20, 20, 0, 0, 0, time.UTC)

// anyEvent draws an event of any type over few ids and coarse times, so that collisions are common.
func anyEvent() *rapid.Generator[rules.Event] {
	when := rapid.Custom(func(t *rapid.T) time.Time {
		return orderBase.Add(time.Duration(rapid.IntRange(0, 144*4).Draw(t, "quarter")) * 15 * time.Minute)
	})
	flag := rapid.Custom(func(t *rapid.T) *bool {
		v := rapid.Bool().Draw(t, "flag")
		if rapid.Bool().Draw(t, "absent") {
			return nil
		}
		return &v
	})
	return rapid.Custom(func(t *rapid.T) rules.Event {
		id := rapid.SampledFrom([]string{"A", "B"}).Draw(t, "id")
		pick := func(name string, from ...string) string { return rapid.SampledFrom(from).Draw(t, name) }
		stars := rapid.IntRange(1, 5).Draw(t, "stars")
		later := func(name string) string {
			if rapid.Bool().Draw(t, name+" absent") {
				return ""
			}
			return when.Draw(t, name).Add(24 * time.Hour).Format(time.RFC3339)
		}
		e := rules.Event{Type: rapid.SampledFrom(allTypes).Draw(t, "type"), At: when.Draw(t, "at"), Data: rules.Data{
			OrderID: id, AftersaleID: pick("aftersale", "A", "X"), ConversationID: id, ReviewID: id, TicketID: id, ClaimID: id, PromiseID: id, PenaltyID: id,
			PackageID: pick("parcel", "", "P1", "P2"), Region: pick("region", "", "新疆", "浙江"), Warehouse: pick("warehouse", "", "浙江"),
			ShipBy: later("ship"), DeliverBy: later("deliver"), DecideBy: later("decide"), AnswerBy: later("answer"), Until: later("until"),
			By: pick("by", "buyer", "seller", "platform"), For: pick("for", "buyer", "seller"), From: pick("from", "buyer", "buyer", "agent", "bot", "system"),
			Partial: flag.Draw(t, "partial"), WithChoice: flag.Draw(t, "choice"), Quality: flag.Draw(t, "quality"), Damage: flag.Draw(t, "damage"),
			Substantive: flag.Draw(t, "substantive"), WantsHuman: flag.Draw(t, "human"), Valid: flag.Draw(t, "valid"), Stars: &stars,
			Reason: pick("reason", "", "empty_parcel", "too_small"), Evidence: rules.Evidence(pick("evidence", "", "photo")),
			Program: "damage_refund", Rung: "warning", Subject: pick("subject", "order/A", "conversation/B", "aftersale/X"),
			Code: pick("code", rules.Codes()...)}}
		e.Data.Kind = kindFor(e.Type, func(from ...string) string { return pick("kind", from...) })
		complete(&e)
		if err := e.Check(); err != nil {
			t.Fatalf("generated a bad event: %v", err)
		}
		return e
	})
}

func kindFor(typ rules.Type, pick func(...string) string) string {
	switch typ {
	case "aftersale.opened":
		return pick("refund_unshipped", "refund", "return", "exchange")
	case "notice.sent":
		return pick("delay", "stock", "other")
	case "goodwill.requested", "goodwill.granted":
		return pick("extension", "gift")
	}
	return ""
}

// complete gives an event what its type cannot do without.
func complete(e *rules.Event) {
	some := orderBase.Add(48 * time.Hour).Format(time.RFC3339)
	switch e.Type {
	case "order.ship_by_changed":
		e.Data.Reason = "agreed"
		if e.Data.ShipBy == "" {
			e.Data.ShipBy = some
		}
	case "aftersale.deadline_changed":
		if e.Data.DecideBy == "" {
			e.Data.DecideBy = some
		}
	case "address.checked":
		if e.Data.Valid == nil {
			e.Data.Valid = new(bool)
		}
	}
}

// TestAnyOrderAndRepetitionOfAnyEventsEndInTheSameCounters is guarantee 1 for every rule of the default pack at once.
func TestAnyOrderAndRepetitionOfAnyEventsEndInTheSameCounters(t *testing.T) {
	policy := policyOf(t, Shop{ID: "a"})
	rapid.Check(t, func(t *rapid.T) {
		events := rapid.SliceOfN(anyEvent(), 1, 40).Draw(t, "events")
		end := rules.InstantOf(orderBase.Add(time.Duration(rapid.IntRange(1, 60*24).Draw(t, "end")) * time.Hour))
		want := rulestest.New(policy)
		want.Apply(end, events...)
		want.Tick(end)

		stream := slices.Concat(rapid.Permutation(events).Draw(t, "order"), rapid.SliceOf(rapid.SampledFrom(events)).Draw(t, "again"))
		got, now := rulestest.New(policy), rules.InstantOf(orderBase)
		for _, e := range stream {
			got.Apply(now, e)
			now = min(end, now+rules.Instant(rapid.IntRange(0, 12*3600_000).Draw(t, "pause")))
			if rapid.IntRange(0, 3).Draw(t, "look") == 0 {
				got.Tick(now)
			}
		}
		got.Tick(end)
		for name, pair := range map[string][2]any{"dossiers": {want.Dossiers, got.Dossiers}, "tallies": {want.Tallies, got.Tallies}, "times": {want.Took, got.Took}} {
			if diff := cmp.Diff(pair[0], pair[1]); diff != "" {
				t.Fatalf("%s (-want +got):\n%s", name, diff)
			}
		}
	})
}

// TestSpreadingTheLogGivesTheSameFactsAsHearingItLive holds the recount to what was counted.
func TestSpreadingTheLogGivesTheSameFactsAsHearingItLive(t *testing.T) {
	policy := policyOf(t, Shop{ID: "a"})
	rapid.Check(t, func(t *rapid.T) {
		live := rulestest.New(policy)
		end := rules.InstantOf(orderBase.Add(400 * time.Hour))
		for _, e := range rapid.SliceOfN(anyEvent(), 1, 30).Draw(t, "events") {
			live.Apply(rules.InstantOf(e.At), e)
		}
		facts := map[rules.Subject]rules.Facts{}
		for _, e := range live.Log {
			about := e.Facts()[0]
			facts[about.Subject], _ = facts[about.Subject].Add(about.Fact)
		}
		rules.Spread(facts)
		live.Tick(end)
		for s, d := range live.Dossiers {
			if diff := cmp.Diff(d.Facts, facts[s]); diff != "" {
				t.Fatalf("%s (-live +log):\n%s", s, diff)
			}
		}
	})
}
