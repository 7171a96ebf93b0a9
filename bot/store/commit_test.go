package store_test

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"shopwarden/bot/outbox"
	"shopwarden/bot/sla"
	"shopwarden/bot/store"
	"shopwarden/config"
	"shopwarden/rules"
)

const noon = rules.Instant(1_795_435_200_000) // 2026-11-23 12:00 UTC

var (
	day     = rules.DateOf(noon, time.UTC)
	orderA  = rules.Subject{Kind: rules.Order, ID: "A1"}
	caseA   = sla.CaseID{Rule: "ship", Subject: orderA}
	dossier = rules.Dossier{
		Facts:  rules.Facts{{Type: "order.paid", At: noon, Attrs: []rules.Attr{{Key: "ship_by", Value: "1795521600000"}}}},
		Booked: []rules.Entry{{Rule: "ship", Day: day, Outcome: rules.Open, Due: noon + 86_400_000}},
	}
)

// saved sets a shop up and returns its id.
func saved(t *testing.T, s *store.Store, id string) string {
	t.Helper()
	ok(t, s.SaveShop(t.Context(), config.Shop{ID: id, Platform: "standard", Timezone: "UTC", Hours: "always"}))
	return id
}

// load reads one shop.
func load(t *testing.T, s *store.Store, shop string, subjects ...rules.Subject) (version int64, loaded sla.LoadedShop) {
	t.Helper()
	ask := sla.Ask{Partition: s.Partition(shop), Shops: []sla.ShopAsk{{Shop: shop, Subjects: subjects}}}
	got := must[[]sla.Loaded](t)(s.Load(t.Context(), []sla.Ask{ask}))
	return got[0].Version, got[0].Shops[0]
}

// commit loads and commits one shop's write.
func commit(t *testing.T, s *store.Store, w sla.ShopWrite) {
	t.Helper()
	version, _ := load(t, s, w.Shop)
	if !commitOn(t, s, version, w) {
		t.Fatal("the commit was not applied")
	}
}

func commitOn(t *testing.T, s *store.Store, version int64, w sla.ShopWrite) bool {
	t.Helper()
	write := sla.Write{Partition: s.Partition(w.Shop), Version: version, Shops: []sla.ShopWrite{w}}
	return must[[]bool](t)(s.Commit(t.Context(), []sla.Write{write}))[0]
}

// full is a write that uses every field.
func full(shop string) sla.ShopWrite {
	return sla.ShopWrite{
		Shop:      shop,
		Dossiers:  map[rules.Subject]rules.Dossier{orderA: dossier},
		Wakes:     map[rules.Subject]rules.Instant{orderA: noon + 5},
		Due:       map[sla.CaseID]rules.Instant{caseA: noon + 10},
		Broken:    map[sla.CaseID]rules.Instant{caseA: noon + 20},
		Penalties: map[string]rules.Instant{"P1": noon + 30},
		Tallies:   map[rules.Date]rules.DayTallies{day: {"ship": {Open: 1, Met: 2, TookMS: 3}}},
		Took:      map[sla.RuleDay]rules.Durations{{Day: day, Rule: "ship"}: {1, 2, 2, 900}},
		Log:       []rules.Event{event(1)},
		Messages:  []outbox.Message{{Key: "breach/1", Route: shop, Shop: shop, Chat: 7, Kind: outbox.Breach, HTML: "late", Created: noon}},
		Heard:     noon,
	}
}

func event(n int) rules.Event {
	return rules.Event{ID: fmt.Sprintf("e%d", n), Type: "order.completed", At: (noon + rules.Instant(n)).Time(),
		Data: rules.Data{OrderID: fmt.Sprintf("o%d", n)}}
}

func whatIsCommittedIsLoaded(t *testing.T, s *store.Store) {
	shop, ctx := saved(t, s, "s1"), t.Context()
	commit(t, s, full(shop))

	version, loaded := load(t, s, shop, orderA, rules.Subject{Kind: rules.Order, ID: "unknown"})
	if version != 2 || !loaded.Found || loaded.Config.ID != shop || loaded.Raw == "" {
		t.Errorf("version %d, found %v, config %+v; want 2, true and the settings", version, loaded.Found, loaded.Config)
	}
	if diff := cmp.Diff([]rules.Dossier{dossier, {}}, loaded.Dossiers); diff != "" {
		t.Errorf("dossiers (-want +got):\n%s", diff)
	}
	rd := sla.RuleDay{Day: day, Rule: "ship"}
	days := must[[]sla.DayData](t)(s.Days(ctx, []sla.DayAsk{{Shop: shop, Days: []rules.Date{day, day + 1}, Took: []sla.RuleDay{rd}}}))
	want := []sla.DayData{{
		Tallies: map[rules.Date]rules.DayTallies{day: {"ship": {Open: 1, Met: 2, TookMS: 3}}, day + 1: {}},
		Took:    map[sla.RuleDay]rules.Durations{rd: {1, 2, 2, 900}},
	}}
	if diff := cmp.Diff(want, days); diff != "" {
		t.Errorf("days (-want +got):\n%s", diff)
	}
	if heard := must[rules.Instant](t)(s.Heard(ctx, shop)); heard != noon {
		t.Errorf("heard %d, want %d", heard, noon)
	}
	if d := must[[]rules.Dossier](t)(s.Dossiers(ctx, shop, []rules.Subject{orderA})); !cmp.Equal(d, []rules.Dossier{dossier}) {
		t.Errorf("Dossiers = %v", d)
	}
}

func aCommitOnAnOldVersionChangesNothing(t *testing.T, s *store.Store) {
	shop := saved(t, s, "s1")
	version, _ := load(t, s, shop)
	if !commitOn(t, s, version, sla.ShopWrite{Shop: shop, Heard: noon}) {
		t.Fatal("the first commit was not applied")
	}
	if commitOn(t, s, version, full(shop)) {
		t.Error("a commit on an old version was applied")
	}
	if _, loaded := load(t, s, shop, orderA); len(loaded.Dossiers[0].Facts) != 0 {
		t.Errorf("a refused commit left %v", loaded.Dossiers[0])
	}
	if heard := must[rules.Instant](t)(s.Heard(t.Context(), shop)); heard != noon {
		t.Errorf("heard %d, want %d", heard, noon)
	}
}

// aCommitMayTouchManyShopsAndEvents holds commits of the largest size against the limits of Lua.
func aCommitMayTouchManyShopsAndEvents(t *testing.T, s *store.Store) {
	ctx := t.Context()
	byPart := map[int]*sla.Write{}
	sizes := []int{300, 5, 5, 5, 5, 5}
	for i, size := range sizes {
		shop := saved(t, s, fmt.Sprintf("shop%d", i))
		p := s.Partition(shop)
		if byPart[p] == nil {
			byPart[p] = &sla.Write{Partition: p}
		}
		byPart[p].Shops = append(byPart[p].Shops, large(shop, size))
	}
	var writes []sla.Write
	for _, w := range byPart {
		got := must[[]sla.Loaded](t)(s.Load(ctx, []sla.Ask{{Partition: w.Partition}}))
		w.Version = got[0].Version
		writes = append(writes, *w)
	}
	must[[]bool](t)(s.Commit(ctx, writes)) // false where a slow server made the client library ask twice
	for i, shop := range must[[]string](t)(s.Shops(ctx)) {
		cases, n, err := s.Due(ctx, shop, 3)
		if err != nil || n != sizes[i] || len(cases) != 3 {
			t.Fatalf("%s has %d due and lists %d (%v), want %d and 3", shop, n, len(cases), err, sizes[i])
		}
	}
}

func large(shop string, size int) sla.ShopWrite {
	w := sla.ShopWrite{Shop: shop, Dossiers: map[rules.Subject]rules.Dossier{}, Wakes: map[rules.Subject]rules.Instant{},
		Due: map[sla.CaseID]rules.Instant{}, Tallies: map[rules.Date]rules.DayTallies{}}
	for i := range size {
		subject := rules.Subject{Kind: rules.Order, ID: fmt.Sprint(i)}
		w.Dossiers[subject] = dossier
		w.Wakes[subject] = noon + rules.Instant(i)
		w.Due[sla.CaseID{Rule: "ship", Subject: subject}] = noon + rules.Instant(i)
		w.Tallies[day+rules.Date(i)] = rules.DayTallies{"ship": {Open: 1}}
		w.Log = append(w.Log, event(i))
	}
	return w
}

// commitsOfManyWritersLoseNothing counts to a number from many sides, the way the tracker does.
func commitsOfManyWritersLoseNothing(t *testing.T, s *store.Store) {
	const writers, each = 8, 5
	shop, ctx := saved(t, s, "s1"), t.Context()
	count := func() error {
		for {
			loaded, err := s.Load(ctx, []sla.Ask{{Partition: s.Partition(shop), Shops: []sla.ShopAsk{{Shop: shop}}}})
			if err != nil {
				return err
			}
			days, err := s.Days(ctx, []sla.DayAsk{{Shop: shop, Days: []rules.Date{day}}})
			if err != nil {
				return err
			}
			met := days[0].Tallies[day]["ship"].Met
			w := sla.ShopWrite{Shop: shop, Tallies: map[rules.Date]rules.DayTallies{day: {"ship": {Met: met + 1}}}}
			applied, err := s.Commit(ctx, []sla.Write{{Partition: s.Partition(shop), Version: loaded[0].Version, Shops: []sla.ShopWrite{w}}})
			if err != nil || applied[0] {
				return err
			}
		}
	}
	var wg sync.WaitGroup
	for range writers {
		wg.Go(func() {
			for range each {
				if err := count(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	data := must[[]sla.DayData](t)(s.Days(ctx, []sla.DayAsk{{Shop: shop, Days: []rules.Date{day}}}))
	if got := data[0].Tallies[day]["ship"].Met; got != writers*each {
		t.Errorf("counted %d, want %d", got, writers*each)
	}
}

func zeroRemoves(t *testing.T, s *store.Store) {
	shop, ctx := saved(t, s, "s1"), t.Context()
	commit(t, s, full(shop))
	rd := sla.RuleDay{Day: day, Rule: "ship"}
	commit(t, s, sla.ShopWrite{
		Shop:     shop,
		Dossiers: map[rules.Subject]rules.Dossier{orderA: {}},
		Wakes:    map[rules.Subject]rules.Instant{orderA: 0},
		Due:      map[sla.CaseID]rules.Instant{caseA: 0},
		Broken:   map[sla.CaseID]rules.Instant{caseA: 0},
		Tallies:  map[rules.Date]rules.DayTallies{day: {"ship": {}}},
		Took:     map[sla.RuleDay]rules.Durations{rd: {}},
	})
	if _, loaded := load(t, s, shop, orderA); len(loaded.Dossiers[0].Facts) != 0 {
		t.Errorf("dossier %v, want none", loaded.Dossiers[0])
	}
	for _, key := range []string{"days", "took", "due", "broken"} {
		if keys := keysWith(t, s, ":"+key+":"); len(keys) != 0 {
			t.Errorf("left %v", keys)
		}
	}
	if wakes := must[[]sla.Wake](t)(s.Wakes(ctx, noon+1000, 10)); len(wakes) != 0 {
		t.Errorf("wakes %v, want none", wakes)
	}
}

func wakesComeWhenTheyAreDue(t *testing.T, s *store.Store) {
	for _, shop := range []string{"s1", "s2", "s3"} {
		saved(t, s, shop)
		commit(t, s, sla.ShopWrite{Shop: shop, Wakes: map[rules.Subject]rules.Instant{
			orderA: noon, {Kind: rules.Ticket, ID: "late"}: noon + 1}})
	}
	wakes := must[[]sla.Wake](t)(s.Wakes(t.Context(), noon, 10))
	want := []sla.Wake{{Shop: "s1", Subject: orderA}, {Shop: "s2", Subject: orderA}, {Shop: "s3", Subject: orderA}}
	less := func(a, b sla.Wake) bool { return a.Shop < b.Shop }
	if diff := cmp.Diff(want, wakes, cmpopts.SortSlices(less)); diff != "" {
		t.Errorf("wakes (-want +got):\n%s", diff)
	}
	if wakes := must[[]sla.Wake](t)(s.Wakes(t.Context(), noon+1, 1)); len(wakes) != 3 {
		t.Errorf("%d wakes with a limit of 1 per partition, want 3", len(wakes))
	}
}

func listsAreOrderedAndBounded(t *testing.T, s *store.Store) {
	shop, ctx := saved(t, s, "s1"), t.Context()
	id := func(n int) sla.CaseID {
		return sla.CaseID{Rule: "ship", Subject: rules.Subject{Kind: rules.Order, ID: fmt.Sprint(n)}}
	}
	list := map[sla.CaseID]rules.Instant{}
	for i := range 5 {
		list[id(i)] = noon + rules.Instant(i)
	}
	commit(t, s, sla.ShopWrite{Shop: shop, Due: list, Broken: list})

	due, n, err := s.Due(ctx, shop, 2)
	ok(t, err)
	if want := []sla.Listed{{ID: id(0), Due: noon}, {ID: id(1), Due: noon + 1}}; n != 5 || !slices.Equal(due, want) {
		t.Errorf("due %v of %d, want %v of 5", due, n, want)
	}
	broken, n, err := s.Broken(ctx, shop, noon+1, noon+4, 2)
	ok(t, err)
	if want := []sla.Listed{{ID: id(3), Due: noon + 3}, {ID: id(2), Due: noon + 2}}; n != 3 || !slices.Equal(broken, want) {
		t.Errorf("broken %v of %d, want %v of 3", broken, n, want)
	}
}

func theLogKeepsTheOrderOfCommit(t *testing.T, s *store.Store) {
	shop := saved(t, s, "s1")
	var want []rules.Event
	for i := range 5 {
		var log []rules.Event
		for j := range 500 {
			log = append(log, event(i*500+j))
		}
		want = append(want, log...)
		commit(t, s, sla.ShopWrite{Shop: shop, Log: log})
	}
	var got []rules.Event
	ok(t, s.Log(t.Context(), shop, func(e rules.Event) error { got = append(got, e); return nil }))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("log (-want +got):\n%s", diff)
	}
	stop := errors.New("enough")
	if err := s.Log(t.Context(), shop, func(rules.Event) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("Log = %v, want %v", err, stop)
	}
}

func anUnknownShopIsUnknown(t *testing.T, s *store.Store) {
	if _, loaded := load(t, s, "nobody", orderA); loaded.Found || loaded.Raw != "" {
		t.Errorf("loaded %+v, want nothing found", loaded)
	}
	if _, err := s.Shop(t.Context(), "nobody"); !errors.Is(err, sla.ErrUnknownShop) {
		t.Errorf("Shop = %v, want %v", err, sla.ErrUnknownShop)
	}
	if heard := must[rules.Instant](t)(s.Heard(t.Context(), "nobody")); heard != 0 {
		t.Errorf("heard %d, want 0", heard)
	}
}

// idsMayHoldAnything holds ids that look like patterns, tags and separators apart.
func idsMayHoldAnything(t *testing.T, s *store.Store) {
	ctx := t.Context()
	shops := []string{"a", "a:b", "a*", "{p001}", "a\x00b", "店铺", "a/b|c", "a?b=c&d e%20"}
	for i, shop := range shops {
		saved(t, s, shop)
		id := sla.CaseID{Rule: "r|" + shop, Subject: rules.Subject{Kind: rules.Order, ID: "x|/" + shop}}
		w := sla.ShopWrite{Shop: shop, Heard: noon + rules.Instant(i), Due: map[sla.CaseID]rules.Instant{id: noon},
			Wakes: map[rules.Subject]rules.Instant{id.Subject: noon}}
		commit(t, s, w)
		due, n, err := s.Due(ctx, shop, 9)
		if err != nil || n != 1 || due[0].ID != id {
			t.Errorf("%q: due %v (%v), want %v", shop, due, err, id)
		}
	}
	var woken []string
	for _, wake := range must[[]sla.Wake](t)(s.Wakes(ctx, noon, 9)) {
		woken = append(woken, wake.Shop)
	}
	slices.Sort(shops)
	slices.Sort(woken)
	if listed := must[[]string](t)(s.Shops(ctx)); !slices.Equal(listed, shops) || !slices.Equal(woken, shops) {
		t.Errorf("shops %q, woken %q, want %q", listed, woken, shops)
	}
}

func aCaseDueInAThousandYearsIsNotForgottenAtOnce(t *testing.T, s *store.Store) {
	saved(t, s, "s1")
	far := rules.InstantOf(time.Date(3000, 1, 1, 0, 0, 0, 0, time.UTC))
	d := rules.Dossier{Facts: dossier.Facts, Booked: []rules.Entry{{Rule: "ship", Outcome: rules.Open, Due: far}}}
	commit(t, s, sla.ShopWrite{Shop: "s1", Dossiers: map[rules.Subject]rules.Dossier{orderA: d}})
	left, err := store.TimeLeft(s, "s1", orderA)
	if err != nil || left < 24*time.Hour {
		t.Errorf("it lives for %v: %v", left, err)
	}
}

func subjectsAreFoundOfOneShopOnly(t *testing.T, s *store.Store) {
	for _, shop := range []string{"s1", "s1/order", "s"} {
		saved(t, s, shop)
		commit(t, s, sla.ShopWrite{Shop: shop, Dossiers: map[rules.Subject]rules.Dossier{orderA: dossier, {Kind: rules.Kind(shop), ID: "x"}: dossier}})
	}
	got := must[[]rules.Subject](t)(s.Subjects(t.Context(), "s1"))
	if diff := cmp.Diff([]rules.Subject{orderA, {Kind: "s1", ID: "x"}}, got); diff != "" {
		t.Error(diff)
	}
}
