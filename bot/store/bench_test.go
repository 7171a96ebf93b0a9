package store_test

import (
	"fmt"
	"testing"

	"shopwarden/bot/outbox"
	"shopwarden/bot/sla"
	"shopwarden/bot/store"
	"shopwarden/bot/store/storetest"
	"shopwarden/config"
	"shopwarden/rules"
)

// BenchmarkGroup is one flush of the tracker: 64 events of 64 shops, each with its dossier, counters, lists and log, in
// three round trips.
func BenchmarkGroup(b *testing.B) {
	const shops = 64
	ctx := b.Context()
	s, err := store.Connect(ctx, store.Options{URL: storetest.Redis(b)})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	asks := map[int]*sla.Ask{}
	days := make([]sla.DayAsk, 0, shops)
	for i := range shops {
		shop := fmt.Sprintf("shop-%d", i)
		if err := s.SaveShop(ctx, config.Shop{ID: shop, Timezone: "Asia/Shanghai"}); err != nil {
			b.Fatal(err)
		}
		p := s.Partition(shop)
		if asks[p] == nil {
			asks[p] = &sla.Ask{Partition: p}
		}
		asks[p].Shops = append(asks[p].Shops, sla.ShopAsk{Shop: shop, Subjects: []rules.Subject{orderA}})
		days = append(days, sla.DayAsk{Shop: shop, Days: []rules.Date{day}, Took: []sla.RuleDay{{Day: day, Rule: "ship"}}})
	}
	var list []sla.Ask
	for _, ask := range asks {
		list = append(list, *ask)
	}
	for b.Loop() {
		loaded, err := s.Load(ctx, list)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := s.Days(ctx, days); err != nil {
			b.Fatal(err)
		}
		if _, err := s.Commit(ctx, writesOf(list, loaded)); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/shops, "µs/event")
}

func writesOf(asks []sla.Ask, loaded []sla.Loaded) []sla.Write {
	writes := make([]sla.Write, len(asks))
	for i, ask := range asks {
		writes[i] = sla.Write{Partition: ask.Partition, Version: loaded[i].Version}
		for _, shop := range ask.Shops {
			w := full(shop.Shop)
			w.Messages = []outbox.Message{}
			writes[i].Shops = append(writes[i].Shops, w)
		}
	}
	return writes
}
