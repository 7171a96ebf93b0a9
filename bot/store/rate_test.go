package store_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"shopwarden/bot/outbox"
	"shopwarden/bot/store"
	"shopwarden/bot/store/storetest"
)

// fast are the limits with seconds of 100 ms.
var fast = outbox.Limits{Second: 100 * time.Millisecond}

// hit is a message that was let through, as Telegram would see it.
type hit struct {
	chat int64
	at   time.Time
}

// TestTheLimitsHoldForAllProcessesTogether lets several stores, as of several processes, send as fast as they may, with
// messages that take their time on the way, and looks at every sliding window.
func TestTheLimitsHoldForAllProcessesTogether(t *testing.T) {
	url := storetest.Redis(t)
	var mu sync.Mutex
	var hits []hit
	var wg sync.WaitGroup
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
	defer cancel()
	for process := range 3 {
		s := must[*store.Store](t)(store.Connect(t.Context(), store.Options{URL: url, Config: store.Config{Limits: fast}}))
		t.Cleanup(func() { _ = s.Close() })
		wg.Go(func() {
			dice := rand.New(rand.NewPCG(uint64(process), 1))
			var flights sync.WaitGroup
			for n := 0; ctx.Err() == nil; n++ {
				began := time.Now()
				r := outbox.Request{ID: fmt.Sprint(process, "-", n), Chat: int64(dice.IntN(60) - 20), Lane: outbox.LaneDigest}
				grants, err := s.Admit(ctx, []outbox.Request{r})
				if err != nil {
					break
				}
				if grants[0].Wait > 0 {
					if grants[0].All {
						time.Sleep(min(grants[0].Wait, time.Millisecond))
					}
					continue
				}
				delay := time.Duration(dice.IntN(10_000)) * time.Microsecond
				flights.Go(func() {
					time.Sleep(delay)
					mu.Lock()
					hits = append(hits, hit{r.Chat, time.Now()})
					mu.Unlock()
					at := grants[0].At + time.Since(began).Microseconds()
					_ = s.Pass(context.WithoutCancel(ctx), []outbox.Passed{{ID: r.ID, Chat: r.Chat, At: at}})
				})
			}
			flights.Wait()
		})
	}
	wg.Wait()
	if len(hits) < 400 { // 30 in 100 ms are 900 in three seconds
		t.Errorf("only %d were let through", len(hits))
	}
	for window, limit := range map[time.Duration]int{fast.Second: 30, 3 * fast.Second: 3, 60 * fast.Second: 18} {
		if most := densest(hits, window, limit); most > limit {
			t.Errorf("%d within %v, want at most %d", most, window, limit)
		}
	}
}

// densest is the most hits within a window: of all for 30, of one chat for 3, of one group for 18.
func densest(hits []hit, window time.Duration, limit int) (most int) {
	byChat := map[int64][]time.Time{}
	for _, h := range hits {
		switch {
		case limit == 30:
			byChat[0] = append(byChat[0], h.at)
		case limit == 3, h.chat < 0:
			byChat[h.chat] = append(byChat[h.chat], h.at)
		}
	}
	for _, list := range byChat {
		slices.SortFunc(list, time.Time.Compare)
		from := 0
		for i := range list {
			for list[i].Sub(list[from]) >= window {
				from++
			}
			most = max(most, i-from+1)
		}
	}
	return most
}

func anUrgentLaneGetsTheNextRoom(t *testing.T, s *store.Store) {
	ctx := t.Context()
	ask := func(id string, chat int64, lane outbox.Lane) outbox.Grant {
		return must[[]outbox.Grant](t)(s.Admit(ctx, []outbox.Request{{ID: id, Chat: chat, Lane: lane}}))[0]
	}
	for i := range 30 {
		if g := ask(fmt.Sprint(i), int64(i), outbox.LaneDigest); g.Wait != 0 {
			t.Fatalf("message %d of 30 has to wait %v", i, g.Wait)
		}
	}
	if g := ask("alert", 100, outbox.LaneAlert); g.Wait == 0 || !g.All {
		t.Errorf("the 31st got %+v, want to wait for everybody", g)
	}
	ok(t, s.Pass(ctx, []outbox.Passed{{ID: "0", Chat: 0}})) // it never arrived: there is room for one
	if g := ask("digest", 101, outbox.LaneDigest); g.Wait == 0 || !g.All {
		t.Errorf("a digest got %+v, want it to wait: an alert does", g)
	}
	if g := ask("alert", 100, outbox.LaneAlert); g.Wait != 0 {
		t.Errorf("the alert got %+v, want it to go", g)
	}
	if g := ask("alert", 100, outbox.LaneAlert); g.Wait != 0 {
		t.Errorf("asked again the alert got %+v, want the same", g)
	}
}

func aFloodRestsItsChatAndManyRestEverybody(t *testing.T, s *store.Store) {
	ctx := t.Context()
	wait := func(chat int64) outbox.Grant {
		return must[[]outbox.Grant](t)(s.Admit(ctx, []outbox.Request{{ID: fmt.Sprint("x", chat), Chat: chat, Lane: outbox.LaneAlert}}))[0]
	}
	for _, chat := range []int64{1, 2} {
		ok(t, s.Flood(ctx, chat, 90*time.Second))
		ok(t, s.Flood(ctx, chat, time.Second)) // a shorter one does not end it
	}
	if g := wait(1); g.Wait < 80*time.Second || g.Wait > 90*time.Second || g.All {
		t.Errorf("the flooded chat got %+v", g)
	}
	if g := wait(9); g.Wait != 0 {
		t.Errorf("another chat got %+v after two floods", g)
	}
	ok(t, s.Flood(ctx, 3, 90*time.Second))
	if g := wait(10); g.Wait < 50*time.Second || g.Wait > 60*time.Second || !g.All {
		t.Errorf("another chat got %+v after three floods, want a minute for everybody", g)
	}
}
