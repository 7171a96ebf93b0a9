package store_test

import (
	"fmt"
	"testing"
	"time"

	"shopwarden/bot/sla"
	"shopwarden/bot/store"
	"shopwarden/bot/store/storetest"
	"shopwarden/rules"
)

// brokenCases commits so many broken cases of two rules in turn, a minute apart.
func brokenCases(t testing.TB, s *store.Store, shop string, n int) {
	t.Helper()
	loaded, err := s.Load(t.Context(), []sla.Ask{{Partition: s.Partition(shop), Shops: []sla.ShopAsk{{Shop: shop}}}})
	if err != nil {
		t.Fatal(err)
	}
	w := sla.ShopWrite{Shop: shop, Broken: map[sla.CaseID]rules.Instant{}}
	for i := range n {
		rule := []string{"ship|odd", "chat"}[i%2]
		w.Broken[sla.CaseID{Rule: rule, Part: []string{"", "p@1"}[i%2], Subject: rules.Subject{Kind: rules.Order, ID: fmt.Sprintf("%05d|x", i)}}] = noon + rules.Instant(i)*60_000
	}
	if _, err := s.Commit(t.Context(), []sla.Write{{Partition: s.Partition(shop), Version: loaded[0].Version, Shops: []sla.ShopWrite{w}}}); err != nil {
		t.Fatal(err)
	}
}

func brokenCasesArePickedInPages(t *testing.T, s *store.Store) {
	shop, ctx := saved(t, s, "s1"), t.Context()
	brokenCases(t, s, shop, 11_001) // more than is read at a time, and than fits one write
	ask := sla.BrokenAsk{From: noon + 60_000, To: noon + 11_000*60_000, Rules: []string{"ship|odd"}, Offset: 5400, Limit: 10}
	page, counts, err := s.BrokenPage(ctx, shop, ask)
	ok(t, err)
	if len(page) != 10 || page[0].ID.Subject.ID != "00198|x" || page[0].ID.Rule != "ship|odd" || page[9].Due != noon+180*60_000 || counts["ship|odd"] != 5499 || counts["chat"] != 5500 {
		t.Errorf("%d cases from %+v, counts %v", len(page), page[0], counts)
	}
	ask.Rules, ask.Offset = nil, 0
	if page, _, err = s.BrokenPage(ctx, shop, ask); err != nil || len(page) != 10 || page[0].ID.Subject.ID != "10999|x" || page[0].ID.Part != "p@1" {
		t.Errorf("%+v, %v", page, err)
	}
	if page, counts, err = s.BrokenPage(ctx, "other", ask); err != nil || len(page)+len(counts) != 0 {
		t.Errorf("another shop has %v, %v", page, err)
	}
}

// theEventBehindAFactIsFound logs events and asks which of them told a fact.
func theEventBehindAFactIsFound(t *testing.T, s *store.Store) {
	shop, ctx := saved(t, s, "s1"), t.Context()
	now := rules.InstantOf(time.Now())
	e := rules.Event{ID: "evt", Type: "order.picked_up", At: now.Time(), Data: rules.Data{OrderID: "A1", Carrier: "SF"}}
	other := e
	other.ID, other.Data.OrderID = "other", "A2"
	commit(t, s, sla.ShopWrite{Shop: shop, Log: []rules.Event{event(1), other, e}})
	about := e.Facts()[0]
	id, at, found, err := s.Told(ctx, shop, about)
	if err != nil || !found || id != "evt" || at < now-1000 || at > now+60_000 {
		t.Errorf("found %v: %q at %d, %v", found, id, at, err)
	}
	about.Subject = rules.Subject{Kind: rules.Aftersale, ID: "S1"} // it was told what its order knows
	if id, _, found, err = s.Told(ctx, shop, about); err != nil || !found || id == "" {
		t.Errorf("a fact of another subject: %v, %q, %v", found, id, err)
	}
	ahead := e
	ahead.ID, ahead.At = "ahead", e.At.Add(5*time.Hour)
	commit(t, s, sla.ShopWrite{Shop: shop, Log: []rules.Event{ahead}})
	if id, _, found, err = s.Told(ctx, shop, ahead.Facts()[0]); err != nil || !found || id != "ahead" {
		t.Errorf("an event ahead of the server's clock: %v, %q, %v", found, id, err)
	}
	about.Fact.At++
	if _, _, found, err = s.Told(ctx, shop, about); err != nil || found {
		t.Errorf("a fact that nobody told is found: %v, %v", found, err)
	}
}

// BenchmarkBrokenPage is a page of 10 among 10,000 broken cases: as read without counts, and under a filter with them.
func BenchmarkBrokenPage(b *testing.B) {
	s, err := store.Connect(b.Context(), store.Options{URL: storetest.Redis(b)})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	brokenCases(b, s, "s1", 10_000)
	b.Run("unfiltered", func(b *testing.B) {
		for b.Loop() {
			if list, n, err := s.Broken(b.Context(), "s1", noon, noon*2, 10); err != nil || len(list) != 10 || n != 10_000 {
				b.Fatal(len(list), n, err)
			}
		}
	})
	b.Run("filtered", func(b *testing.B) {
		for b.Loop() {
			ask := sla.BrokenAsk{From: noon, To: noon * 2, Rules: []string{"chat"}, Offset: 2500, Limit: 10}
			if list, _, err := s.BrokenPage(b.Context(), "s1", ask); err != nil || len(list) != 10 {
				b.Fatal(len(list), err)
			}
		}
	})
}
