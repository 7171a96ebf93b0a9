package store_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"shopwarden/bot/notify"
	"shopwarden/bot/outbox"
	"shopwarden/bot/sla"
	"shopwarden/bot/store"
	"shopwarden/rules"
)

func boundChat(t *testing.T, s *store.Store, shop string, chat int64) notify.Chat {
	t.Helper()
	for _, c := range must[[]notify.Chat](t)(s.Chats(t.Context(), shop)) {
		if c.ID == chat {
			return c
		}
	}
	t.Fatalf("chat %d is not bound to %s", chat, shop)
	return notify.Chat{}
}

func aPauseKnowsSinceWhen(t *testing.T, s *store.Store) {
	ctx, shop := t.Context(), saved(t, s, "s1")
	ok(t, s.Bind(ctx, shop, notify.Chat{ID: 7, Role: notify.Owner, Alerts: true}))
	ok(t, s.PauseChat(ctx, 7, true))
	first := boundChat(t, s, shop, 7)
	if age := time.Since(first.PausedAt.Time()); !first.Paused || age < 0 || age > time.Minute {
		t.Errorf("paused %v since %v", first.Paused, first.PausedAt.Time())
	}
	ok(t, s.PauseChat(ctx, 7, true))
	if again := boundChat(t, s, shop, 7); again != first {
		t.Errorf("pausing again made %+v of %+v", again, first)
	}
	ok(t, s.MigrateChat(ctx, 7, -1007)) // a group that was taken for gone
	ok(t, s.PauseChat(ctx, -1007, false))
	if c := boundChat(t, s, shop, -1007); c.Paused || c.PausedAt != 0 || !c.Alerts {
		t.Errorf("resumed: %+v", c)
	}
}

func aTopicIsMovedWhereItWasBound(t *testing.T, s *store.Store) {
	ctx := t.Context()
	for shop, thread := range map[string]int{"s1": 5, "s2": 6} {
		saved(t, s, shop)
		ok(t, s.Bind(ctx, shop, notify.Chat{ID: -7, Thread: thread, Alerts: true}))
	}
	for range 2 {
		ok(t, s.MoveThread(ctx, -7, 5, 0))
	}
	if a, b := boundChat(t, s, "s1", -7), boundChat(t, s, "s2", -7); a.Thread != 0 || b.Thread != 6 || !a.Alerts {
		t.Errorf("topics %d and %d, want 0 and 6", a.Thread, b.Thread)
	}
}

func whatIsTakenBackInTimeIsNotSent(t *testing.T, s *store.Store) {
	ctx, shop := t.Context(), saved(t, s, "s1")
	later := noon + rules.Instant(30_000)
	var list []outbox.Message
	for _, key := range []string{"gone/a", "gone/b"} {
		list = append(list, outbox.Message{Key: key, Route: shop, Shop: shop, Chat: 1, Kind: outbox.Notice, HTML: "x", Created: noon, Due: later})
	}
	ok(t, s.Enqueue(ctx, noon, list))
	for range 2 {
		ok(t, s.Withdraw(ctx, shop, []string{"gone/a", "never was"}))
	}
	ok(t, s.Withdraw(ctx, shop, nil))
	if keys, _ := claim(t, s, later); len(keys) != 1 || keys[0] != "gone/b" {
		t.Errorf("claimed %v, want gone/b alone", keys)
	}
}

func theRhythmOfAShopComesBack(t *testing.T, s *store.Store) {
	ctx, shop := t.Context(), saved(t, s, "s1")
	if p := must[rules.Pulse](t)(s.Pulse(ctx, shop)); p != (rules.Pulse{}) {
		t.Errorf("a shop that was never heard has %+v", p)
	}
	var want rules.Pulse
	for i := range rules.Instant(3000) {
		want, _ = want.Beat(noon+i*180_000, time.UTC)
	}
	want.Told = true
	for h := range want.Hours { // kept in 32 bits
		want.Hours[h].Usual = float64(float32(want.Hours[h].Usual))
	}
	p := s.Partition(shop)
	loaded := must[[]sla.Loaded](t)(s.Load(ctx, []sla.Ask{{Partition: p, Shops: []sla.ShopAsk{{Shop: shop}}}}))
	must[[]bool](t)(s.Commit(ctx, []sla.Write{{Partition: p, Version: loaded[0].Version, Shops: []sla.ShopWrite{{Shop: shop, Pulse: &want}}}}))
	loaded = must[[]sla.Loaded](t)(s.Load(ctx, []sla.Ask{{Partition: p, Shops: []sla.ShopAsk{{Shop: shop}}}}))
	if diff := cmp.Diff(want, loaded[0].Shops[0].Pulse); diff != "" {
		t.Errorf("loaded (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want, must[rules.Pulse](t)(s.Pulse(ctx, shop))); diff != "" {
		t.Errorf("read (-want +got):\n%s", diff)
	}
}
