package store_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"shopwarden/bot/alarm"
	"shopwarden/bot/appeal"
	"shopwarden/bot/notify"
	"shopwarden/bot/outbox"
	"shopwarden/bot/sla"
	"shopwarden/bot/store"
	"shopwarden/config"
	"shopwarden/rules"
)

func chat(id int64) notify.Chat {
	return notify.Chat{ID: id, Title: "packers", Role: notify.Team, Lang: "zh", Alerts: true}
}

func settingsComeBack(t *testing.T, s *store.Store) {
	ctx := t.Context()
	want := config.Shop{ID: "s1", Platform: "doudian", Timezone: "Asia/Shanghai", Hours: "09:00-21:00", Pack: "p",
		Secrets: []config.ShopSecret{{Sealed: "x"}}, Overrides: map[string]config.Override{"ship": {Off: true}}}
	ok(t, s.SaveShop(ctx, want))
	if diff := cmp.Diff(want, must[config.Shop](t)(s.Shop(ctx, "s1"))); diff != "" {
		t.Errorf("settings (-want +got):\n%s", diff)
	}
	saved(t, s, "s0")
	if shops := must[[]string](t)(s.Shops(ctx)); !slices.Equal(shops, []string{"s0", "s1"}) {
		t.Errorf("shops %v", shops)
	}
}

func aChangeOfSettingsStopsACommitThatLoadedBefore(t *testing.T, s *store.Store) {
	shop, ctx := saved(t, s, "s1"), t.Context()
	changes := map[string]func() error{
		"settings": func() error { return s.SaveShop(ctx, config.Shop{ID: shop, Pack: "other"}) },
		"bind":     func() error { return s.Bind(ctx, shop, chat(1)) },
		"pause":    func() error { return s.PauseChat(ctx, 1, true) },
		"unbind":   func() error { return s.Unbind(ctx, shop, 1) },
		"remove":   func() error { return s.RemoveShop(ctx, shop) },
	}
	for _, name := range []string{"settings", "bind", "pause", "unbind", "remove"} {
		version, _ := load(t, s, shop)
		ok(t, changes[name]())
		if commitOn(t, s, version, full(shop)) {
			t.Errorf("%s: a commit that loaded before was applied", name)
		}
	}
}

func aRemovedShopLeavesNothing(t *testing.T, s *store.Store) {
	ctx := t.Context()
	neighbours := []string{"gone2", "other", "gone:x"}
	for _, id := range neighbours {
		fill(t, s, id, 500)
	}
	before := allKeys(t, s)
	prints := map[string]string{}
	for _, id := range neighbours {
		prints[id] = must[string](t)(s.Fingerprint(ctx, id))
	}
	fill(t, s, "gone", 400)
	ok(t, s.RemoveShop(ctx, "gone"))
	ok(t, s.RemoveShop(ctx, "gone"))

	after := allKeys(t, s)
	ignore := func(key string) bool { return strings.HasSuffix(key, ":seq") }
	before, after = slices.DeleteFunc(before, ignore), slices.DeleteFunc(after, ignore)
	slices.Sort(before)
	slices.Sort(after)
	if diff := cmp.Diff(before, after); diff != "" {
		t.Errorf("keys (-before +after):\n%s", diff)
	}
	for id, want := range prints {
		if got := must[string](t)(s.Fingerprint(ctx, id)); got != want {
			t.Errorf("removing a shop changed %s", id)
		}
	}
	if prefs := must[store.ChatPrefs](t)(s.ChatPrefs(ctx, 400)); prefs.CurrentShop != "" || prefs.Lang != "zh" {
		t.Errorf("preferences %+v, want the language only", prefs)
	}
	for _, wake := range must[[]sla.Wake](t)(s.Wakes(ctx, noon+1000, 10)) {
		if wake.Shop == "gone" {
			t.Error("the removed shop wakes up")
		}
	}
	keys, _ := claim(t, s, noon+1000)
	if len(keys) != len(neighbours) {
		t.Errorf("claimed %v, want one message per neighbour", keys)
	}
}

// fill uses every kind of key a shop can have. Its chat has preferences beforehand.
func fill(t *testing.T, s *store.Store, shop string, chatID int64) {
	t.Helper()
	ctx := t.Context()
	saved(t, s, shop)
	ok(t, s.Bind(ctx, shop, chat(chatID)))
	prefs := store.ChatPrefs{Lang: "zh", CurrentShop: shop}
	if chatID == 500 {
		prefs.CurrentShop = "other"
		ok(t, s.SaveChatPrefs(ctx, 400, store.ChatPrefs{Lang: "zh"}))
	}
	ok(t, s.SaveChatPrefs(ctx, chatID, prefs))
	commit(t, s, full(shop))
	ok(t, s.SaveTip(ctx, shop, "tip", notify.TipState{Decision: notify.Later, At: noon}))
	must[alarm.Alarm](t)(s.EditAlarm(ctx, shop, "r|order/1", func(a alarm.Alarm) alarm.Alarm { a.Since = noon; return a }))
	must[appeal.Folder](t)(s.EditFolder(ctx, shop, "P-1", func(f appeal.Folder) appeal.Folder { return f.FiledBy(alarm.Mark{Person: 1, At: noon}) }))
	must[string](t)(s.NewCode(ctx, shop, notify.Owner, time.Hour))
	ok(t, s.Schedule(ctx, shop, noon))
	ok(t, s.SaveBoards(ctx, shop, notify.BoardPlan{States: map[int64]notify.BoardState{chatID: {Key: "board"}}}))
}

func removingAShopAgainCompletesIt(t *testing.T, s *store.Store) {
	ctx := t.Context()
	fill(t, s, "gone", 1)
	ok(t, store.CloseShop(ctx, s, "gone")) // as far as a crash may get
	if shops := must[[]string](t)(s.ChatShops(ctx, 1)); len(shops) != 0 {
		t.Errorf("the chat still sees %v", shops)
	}
	ok(t, s.RemoveShop(ctx, "gone"))
	if left := keysWith(t, s, "gone"); len(left) != 0 {
		t.Errorf("left %v", left)
	}
}

func trimDropsWhatIsTooOldOnly(t *testing.T, s *store.Store) {
	shop, ctx := saved(t, s, "s1"), t.Context()
	now := rules.InstantOf(time.Now())
	today := rules.DateOf(now, time.UTC)
	old, kept := today.Next(-402), today.Next(-398)
	ids := []sla.CaseID{{Rule: "old", Subject: orderA}, {Rule: "kept", Subject: orderA}}
	commit(t, s, sla.ShopWrite{Shop: shop,
		Tallies:   map[rules.Date]rules.DayTallies{old: {"r": {Met: 1}}, kept: {"r": {Met: 2}}},
		Took:      map[sla.RuleDay]rules.Durations{{Day: old, Rule: "r"}: {1}, {Day: kept, Rule: "r"}: {2}},
		Broken:    map[sla.CaseID]rules.Instant{ids[0]: old.At(0, time.UTC), ids[1]: kept.At(0, time.UTC)},
		Penalties: map[string]rules.Instant{"old": old.At(0, time.UTC), "kept": kept.At(0, time.UTC)},
		Log:       []rules.Event{event(1)},
	})
	ok(t, s.Trim(ctx, shop))
	data := must[[]sla.DayData](t)(s.Days(ctx, []sla.DayAsk{{Shop: shop, Days: []rules.Date{old, kept},
		Took: []sla.RuleDay{{Day: old, Rule: "r"}, {Day: kept, Rule: "r"}}}}))
	want := []sla.DayData{{Tallies: map[rules.Date]rules.DayTallies{old: {}, kept: {"r": {Met: 2}}},
		Took: map[sla.RuleDay]rules.Durations{{Day: kept, Rule: "r"}: {2}}}}
	if diff := cmp.Diff(want, data); diff != "" {
		t.Errorf("days (-want +got):\n%s", diff)
	}
	broken, n, err := s.Broken(ctx, shop, 1, now, 10)
	if err != nil || n != 1 || broken[0].ID != ids[1] {
		t.Errorf("broken %v (%v), want the one that is kept", broken, err)
	}
	if ids := must[[]string](t)(s.Penalties(ctx, shop, 1, now)); !slices.Equal(ids, []string{"kept"}) {
		t.Errorf("penalties %v, want the one that is kept", ids)
	}
	events := 0
	ok(t, s.Log(ctx, shop, func(rules.Event) error { events++; return nil }))
	if events != 1 {
		t.Errorf("%d events in the log, want 1", events)
	}
}

func fingerprintsShowEveryDifference(t *testing.T, s *store.Store) {
	ctx := t.Context()
	changes := map[string]func(*sla.ShopWrite){
		"dossier": func(w *sla.ShopWrite) { w.Dossiers[orderA] = rules.Dossier{Facts: dossier.Facts} },
		"days":    func(w *sla.ShopWrite) { w.Tallies[day]["ship"] = rules.Tally{Met: 9} },
		"took":    func(w *sla.ShopWrite) { w.Took[sla.RuleDay{Day: day, Rule: "ship"}] = rules.Durations{1} },
		"due":     func(w *sla.ShopWrite) { w.Due[caseA]++ },
		"broken":  func(w *sla.ShopWrite) { w.Broken[caseA]++ },
		"penalty": func(w *sla.ShopWrite) { w.Penalties["P1"]++ },
	}
	one, two := saved(t, s, "one"), saved(t, s, "two")
	commit(t, s, full(one))
	commit(t, s, full(two))
	want := must[string](t)(s.Fingerprint(ctx, one))
	if got := must[string](t)(s.Fingerprint(ctx, two)); got != want || strings.Count(got, "\n") != 5 {
		t.Errorf("fingerprints of the same facts differ (-one +two):\n%s", cmp.Diff(want, got))
	}
	for name, change := range changes {
		w := full(two)
		change(&w)
		commit(t, s, w)
		if must[string](t)(s.Fingerprint(ctx, two)) == want {
			t.Errorf("a change of %s does not show", name)
		}
		commit(t, s, full(two))
	}
}

func aMessageOfAnotherPartitionIsRefused(t *testing.T, s *store.Store) {
	shop := saved(t, s, "s1")
	w := sla.Write{Partition: s.Partition(shop), Shops: []sla.ShopWrite{{Shop: shop, Messages: []outbox.Message{message("k", "s2")}}}}
	if _, err := s.Commit(t.Context(), []sla.Write{w}); err == nil {
		t.Error("a message with the route of another partition was committed")
	}
	w = sla.Write{Partition: s.Partition(shop) + 1, Shops: []sla.ShopWrite{{Shop: shop}}}
	if _, err := s.Commit(t.Context(), []sla.Write{w}); err == nil {
		t.Error("a shop of another partition was committed")
	}
}

func aChatSeesOnlyWhatItIsBoundTo(t *testing.T, s *store.Store) {
	ctx := t.Context()
	saved(t, s, "a")
	saved(t, s, "b")
	ok(t, s.Bind(ctx, "b", chat(1)))
	ok(t, s.Bind(ctx, "a", chat(1)))
	ok(t, s.Bind(ctx, "b", chat(2)))
	for id, want := range map[int64][]string{1: {"a", "b"}, 2: {"b"}, 3: nil} {
		if got := must[[]string](t)(s.ChatShops(ctx, id)); !slices.Equal(got, want) {
			t.Errorf("chat %d sees %v, want %v", id, got, want)
		}
	}
	if chats := must[[]notify.Chat](t)(s.Chats(ctx, "b")); !slices.Equal(chats, []notify.Chat{chat(1), chat(2)}) {
		t.Errorf("chats of b: %+v", chats)
	}
	if _, loaded := load(t, s, "a"); !slices.Equal(loaded.Chats, []notify.Chat{chat(1)}) {
		t.Errorf("loaded chats of a: %+v", loaded.Chats)
	}
	ok(t, s.Unbind(ctx, "b", 1))
	ok(t, s.Unbind(ctx, "b", 1))
	if got := must[[]string](t)(s.ChatShops(ctx, 1)); !slices.Equal(got, []string{"a"}) {
		t.Errorf("chat 1 sees %v after unbinding, want a", got)
	}
	if err := s.Bind(ctx, "nobody", chat(1)); !errors.Is(err, sla.ErrUnknownShop) {
		t.Errorf("binding to an unknown shop: %v, want %v", err, sla.ErrUnknownShop)
	}
	if left := keysWith(t, s, "nobody"); len(left) != 0 {
		t.Errorf("left %v", left)
	}
}

// aHalfWrittenBindingShowsNothing leaves the index as crashes may leave it.
func aHalfWrittenBindingShowsNothing(t *testing.T, s *store.Store) {
	ctx := t.Context()
	saved(t, s, "a")
	ok(t, store.IndexChat(ctx, s, 1, "a"))
	ok(t, store.IndexChat(ctx, s, 1, "gone"))
	if got := must[[]string](t)(s.ChatShops(ctx, 1)); len(got) != 0 {
		t.Errorf("chat 1 sees %v, want nothing", got)
	}
	ok(t, s.Bind(ctx, "a", chat(1)))
	if got := must[[]string](t)(s.ChatShops(ctx, 1)); !slices.Equal(got, []string{"a"}) {
		t.Errorf("chat 1 sees %v, want a", got)
	}
}

func pausingReachesEveryShop(t *testing.T, s *store.Store) {
	ctx := t.Context()
	for _, shop := range []string{"a", "b"} {
		saved(t, s, shop)
		ok(t, s.Bind(ctx, shop, chat(1)))
		ok(t, s.Bind(ctx, shop, chat(2)))
	}
	for _, paused := range []bool{true, true, false} {
		ok(t, s.PauseChat(ctx, 1, paused))
		for _, shop := range []string{"a", "b"} {
			chats := must[[]notify.Chat](t)(s.Chats(ctx, shop))
			if chats[0].Paused != paused || chats[1].Paused {
				t.Errorf("%s: paused %v and %v, want %v and false", shop, chats[0].Paused, chats[1].Paused, paused)
			}
		}
	}
}

func aGroupKeepsItsShopsWhenItsIDChanges(t *testing.T, s *store.Store) {
	ctx := t.Context()
	for _, shop := range []string{"a", "b", "c"} {
		saved(t, s, shop)
	}
	ok(t, s.Bind(ctx, "a", chat(-1)))
	ok(t, s.Bind(ctx, "b", chat(-1)))
	there := chat(-1001)
	there.Lang = "en"
	ok(t, s.Bind(ctx, "b", there))
	ok(t, s.SaveChatPrefs(ctx, -1, store.ChatPrefs{Lang: "zh", CurrentShop: "a"}))
	for range 2 {
		ok(t, s.MigrateChat(ctx, -1, -1001))
	}
	if got := must[[]string](t)(s.ChatShops(ctx, -1001)); !slices.Equal(got, []string{"a", "b"}) {
		t.Errorf("the new id sees %v, want a and b", got)
	}
	if got := must[[]string](t)(s.ChatShops(ctx, -1)); len(got) != 0 {
		t.Errorf("the old id sees %v, want nothing", got)
	}
	if got := must[store.ChatPrefs](t)(s.ChatPrefs(ctx, -1001)); got != (store.ChatPrefs{Lang: "zh", CurrentShop: "a"}) {
		t.Errorf("preferences %+v", got)
	}
	if chats := must[[]notify.Chat](t)(s.Chats(ctx, "a")); !slices.Equal(chats, []notify.Chat{chat(-1001)}) {
		t.Errorf("chats of a: %+v", chats)
	}
	if chats := must[[]notify.Chat](t)(s.Chats(ctx, "b")); !slices.Equal(chats, []notify.Chat{there}) {
		t.Errorf("chats of b: %+v", chats)
	}
	if left := keysWith(t, s, "{chat:-1}"); len(left) != 0 {
		t.Errorf("left %v", left)
	}
}
