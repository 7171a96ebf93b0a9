package store_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"shopwarden/bot/store"
	"shopwarden/bot/store/storetest"
	"shopwarden/config"
	"shopwarden/rules"
)

func TestAWrongURLIsRefusedWithoutShowingItsPassword(t *testing.T) {
	for _, url := range []string{
		"", "localhost", "http://:hunter2@localhost", "redis://:hunter2@local host", "redis://u:hunter2@h:port/x",
		"redis://u:hun/ter2@127.0.0.1:1", "redis+magic://:hunter2@h", "redis+cluster://:hunter2@127.0.0.1:x,127.0.0.1:1", "redis+cluster://:hunter2@127.0.0.1:1?nope=hunter2", "redis+sentinel://:hunter2@127.0.0.1:1",
		"redis+sentinel://:hunter2@127.0.0.1:1?master=m&no_such_option=1", "redis://:hunter2@127.0.0.1:1?no_such_option=hunter2",
	} {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		s, err := store.Connect(ctx, store.Options{URL: url})
		cancel()
		if err == nil {
			t.Errorf("%q is accepted", url)
			_ = s.Close() // it should not be there
			continue
		}
		if strings.Contains(err.Error(), "ter2") {
			t.Errorf("the error shows the password: %v", err)
		}
	}
}

func TestAClusterIsFoundByAnyOfItsNodes(t *testing.T) {
	addrs := storetest.Cluster(t)
	s := open(t, "redis+cluster://"+addrs[2]+","+addrs[0]+"?pool_size=4")
	saved(t, s, "s1")
	ok(t, s.Ping(t.Context()))
	found := must[[]store.Finding](t)(s.Health(t.Context()))
	if len(found) != 3 || found[0].Problem != store.NoAOF {
		t.Errorf("findings %+v, want no AOF on three nodes", found)
	}
}

// TestAFailoverIsSurvived lets Sentinel promote the replica, which does not know the scripts.
func TestAFailoverIsSurvived(t *testing.T) {
	t.Parallel() // it waits most of the time
	sentinel := storetest.NewSentinel(t)
	s := open(t, sentinel.URL())
	saved(t, s, "s1")
	commit(t, s, full("s1"))
	sentinel.Failover(t)
	commit(t, s, full("s1"))
	if _, loaded := load(t, s, "s1", orderA); len(loaded.Dossiers[0].Facts) == 0 {
		t.Error("the dossier is lost")
	}
}

func TestHealthNamesWhatLosesData(t *testing.T) {
	ctx := t.Context()
	s := open(t, storetest.Redis(t))
	check := func(want ...store.Problem) {
		t.Helper()
		var got []store.Problem
		for _, f := range must[[]store.Finding](t)(s.Health(ctx)) {
			got = append(got, f.Problem)
		}
		if !slices.Equal(got, want) {
			t.Errorf("findings %v, want %v", got, want)
		}
	}
	check(store.NoAOF)
	ok(t, store.Client(s).ConfigSet(ctx, "appendonly", "yes").Err())
	check()
	ok(t, store.Client(s).ConfigSet(ctx, "maxmemory-policy", "allkeys-lru").Err())
	check(store.Evicts)
}

func TestTheEmbeddedStoreWorksAndSaysThatItKeepsNothing(t *testing.T) {
	s, done, err := store.ConnectMini(store.Config{})
	ok(t, err)
	defer done()
	saved(t, s, "s1")
	commit(t, s, full("s1"))
	found := must[[]store.Finding](t)(s.Health(t.Context()))
	if len(found) != 1 || found[0].Problem != store.Embedded || found[0].Problem.String() != "embedded" {
		t.Errorf("findings %+v, want embedded", found)
	}
}

// TestEverythingExpires holds the table in the package doc: what has no time to live belongs to a shop that is set up and
// is trimmed or removed with it, or is one of few.
func TestEverythingExpires(t *testing.T) {
	ctx := t.Context()
	s := open(t, storetest.Redis(t))
	for _, d := range deeds {
		if d.prepare != nil {
			ok(t, store.FlushAll(ctx, s))
			d.prepare(t, s)
		}
		_, err := d.do(ctx, s)
		ok(t, err)
		fill(t, s, "s9", 9)
		for _, key := range allKeys(t, s) {
			name := key[strings.Index(key, "}:")+1:]
			name, _, _ = strings.Cut(strings.TrimPrefix(name, ":"), ":")
			name = strings.TrimRight(name, "123456") // the lane
			if slices.Contains([]string{"lane", "held", "dead", "alarms", "boards", "seq", "shops", "shop", "chats", "wake", "out", "digest", "slots", "tg", "install",
				"days", "took", "due", "broken", "penalties", "log"}, name) {
				continue
			}
			if ttl := must[time.Duration](t)(store.Client(s).TTL(ctx, key).Result()); ttl <= 0 {
				t.Errorf("%s after %s does not expire", key, d.method)
			}
		}
	}
}

func TestADossierOutlivesItsOpenCase(t *testing.T) {
	url, mini := storetest.Mini(t)
	now := noon.Time()
	s, err := store.Connect(t.Context(), store.Options{URL: url, Config: store.Config{Now: func() time.Time { return now }}})
	ok(t, err)
	defer s.Close()
	ok(t, s.SaveShop(t.Context(), config.Shop{ID: "s1"}))
	const d = 24 * time.Hour
	presale := rules.Dossier{Facts: dossier.Facts,
		Booked: []rules.Entry{{Rule: "ship", Outcome: rules.Open, Due: rules.InstantOf(now.Add(60 * d))}}}
	w := full("s1")
	w.Dossiers = map[rules.Subject]rules.Dossier{orderA: presale, {Kind: rules.Order, ID: "done"}: {Facts: dossier.Facts}}
	commit(t, s, w)
	mini.FastForward(46 * d)
	_, loaded := load(t, s, "s1", orderA, rules.Subject{Kind: rules.Order, ID: "done"})
	if len(loaded.Dossiers[0].Facts) == 0 || len(loaded.Dossiers[1].Facts) != 0 {
		t.Errorf("after 46 days: %v, want the open one only", loaded.Dossiers)
	}
	mini.FastForward(60 * d)
	if _, loaded := load(t, s, "s1", orderA); len(loaded.Dossiers[0].Facts) != 0 {
		t.Errorf("after 106 days: %v, want nothing", loaded.Dossiers[0])
	}
}
