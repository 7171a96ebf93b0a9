package store_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"shopwarden/bot/notify"
	"shopwarden/bot/sla"
	"shopwarden/bot/store"
	"shopwarden/rules"
)

func whatAShopSaidToTipsComesBack(t *testing.T, s *store.Store) {
	ctx := t.Context()
	saved(t, s, "s1")
	saved(t, s, "s2")
	first := notify.TipState{Decision: notify.Later, At: noon, Rule: "ship-on-time", Misses: 3, AllMisses: 4}
	then := notify.TipState{Decision: notify.Accepted, At: noon + 9, Rule: "ship-on-time", Dim: rules.ByRegion, Value: "新疆:told|x",
		Misses: 9, AllMisses: 12, Cases: 25, AllCases: 300}
	other := notify.TipState{Decision: notify.NotUseful, At: noon, Rule: "invoice-on-time"}
	ok(t, s.SaveTip(ctx, "s1", "evening", first))
	ok(t, s.SaveTip(ctx, "s1", "invoice", other))
	for range 2 { // the second time after a lost reply
		ok(t, s.SaveTip(ctx, "s1", "evening", then))
	}
	must[rules.Date](t)(s.TellTip(ctx, "s1", "evening", then.At, 20779))
	want := map[string]notify.TipState{"evening": then, "invoice": other}
	if diff := cmp.Diff(want, must[map[string]notify.TipState](t)(s.Tips(ctx, "s1"))); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if got := must[map[string]notify.TipState](t)(s.Tips(ctx, "s2")); len(got) != 0 {
		t.Errorf("another shop said %v", got)
	}
	if err := s.SaveTip(ctx, "nobody", "evening", then); !errors.Is(err, sla.ErrUnknownShop) {
		t.Errorf("a tip for an unknown shop: %v, want %v", err, sla.ErrUnknownShop)
	}
}

func theResultOfATipIsBookedOnOneDay(t *testing.T, s *store.Store) {
	ctx := t.Context()
	saved(t, s, "s1")
	tell := func(tip string, accepted rules.Instant, day, want rules.Date) {
		t.Helper()
		if got := must[rules.Date](t)(s.TellTip(ctx, "s1", tip, accepted, day)); got != want {
			t.Errorf("%s accepted at +%d asked for %s: booked on %s, want %s", tip, accepted-noon, day, got, want)
		}
	}
	tell("a", noon, 20779, 20779)
	tell("a", noon, 20780, 20779)
	tell("a", noon, 20779, 20779)
	tell("b", noon, 20780, 20780)
	tell("a", noon+1, 20790, 20790) // accepted again
	if _, err := s.TellTip(ctx, "nobody", "a", noon, 1); !errors.Is(err, sla.ErrUnknownShop) {
		t.Errorf("a result for an unknown shop: %v, want %v", err, sla.ErrUnknownShop)
	}
}

func aLogIsReadWholeOrNotAtAll(t *testing.T, s *store.Store) {
	ctx := t.Context()
	fill(t, s, "s1", 1)
	var log []rules.Event
	ok(t, s.Log(ctx, "s1", func(e rules.Event) error { log = append(log, e); return nil }))
	got, whole, err := s.Recent(ctx, "s1", len(log))
	if err != nil || !whole || len(log) == 0 || !slices.EqualFunc(got, log, func(a, b rules.Event) bool { return a.ID == b.ID }) {
		t.Errorf("read %d of %d events, whole %v, %v", len(got), len(log), whole, err)
	}
	if got, whole, err := s.Recent(ctx, "s1", len(log)-1); err != nil || whole || len(got) != 0 {
		t.Errorf("a log that is too long: %d events, whole %v, %v", len(got), whole, err)
	}
	if got, whole, err := s.Recent(ctx, "nobody", 1); err != nil || !whole || len(got) != 0 {
		t.Errorf("no log: %d events, whole %v, %v", len(got), whole, err)
	}
}
