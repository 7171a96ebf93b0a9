package store_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"shopwarden/bot/alarm"
	"shopwarden/bot/sla"
	"shopwarden/bot/store"
)

func anAlarmIsDueUntilItsNextLookIsSet(t *testing.T, s *store.Store) {
	ctx := t.Context()
	due := func(want ...alarm.Due) {
		t.Helper()
		got := must[[]alarm.Due](t)(s.DueAlarms(ctx, noon, 10))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("due (-want +got):\n%s", diff)
		}
	}
	shop := saved(t, s, "a shop")
	id := "ship|order/1|2"
	due()
	for range 2 { // the second time after a lost reply
		ok(t, s.Followed(ctx, shop, id, noon-2))
		ok(t, s.Followed(ctx, shop, "duty|5", noon-1))
		ok(t, s.Followed(ctx, shop, "later", noon+1))
	}
	first, second := alarm.Due{Shop: shop, ID: id, At: noon - 2}, alarm.Due{Shop: shop, ID: "duty|5", At: noon - 1}
	due(first, second)
	due(first, second) // reading takes nothing away
	ok(t, s.Followed(ctx, shop, id, noon+5))
	due(second)
	for range 2 {
		ok(t, s.Followed(ctx, shop, "duty|5", 0))
	}
	due()
	if err := s.Followed(ctx, "nobody", id, noon); !errors.Is(err, sla.ErrUnknownShop) {
		t.Errorf("following for an unknown shop: %v, want %v", err, sla.ErrUnknownShop)
	}
	ok(t, s.Followed(ctx, "nobody", id, 0))
}

func whatARemovedShopFollowedIsGone(t *testing.T, s *store.Store) {
	ctx := t.Context()
	for _, shop := range []string{"s1", "s10"} {
		ok(t, s.Followed(ctx, saved(t, s, shop), "ship|order/1", noon))
	}
	ok(t, s.RemoveShop(ctx, "s1"))
	want := []alarm.Due{{Shop: "s10", ID: "ship|order/1", At: noon}}
	if diff := cmp.Diff(want, must[[]alarm.Due](t)(s.DueAlarms(ctx, noon, 10))); diff != "" {
		t.Errorf("due (-want +got):\n%s", diff)
	}
}
