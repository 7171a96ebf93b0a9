package telegram

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func (m *memoryInbox) tenure(owner string) tenure {
	return tenure{leases: m, name: "poll", owner: owner, ttl: 15 * time.Second, drain: 10 * time.Second, log: quiet()}
}

func TestTwoProcessesNeverHoldOneLease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		inbox := newMemoryInbox()
		var mu sync.Mutex
		working, served := 0, map[string]int{}
		var running sync.WaitGroup
		for _, owner := range []string{"a", "b", "c"} {
			ctx, cancel := context.WithCancel(t.Context())
			running.Go(func() {
				inbox.tenure(owner).run(ctx, func(run, _ context.Context) {
					mu.Lock()
					working++
					served[owner]++
					if working > 1 {
						t.Errorf("%d work at once", working)
					}
					mu.Unlock()
					time.AfterFunc(40*time.Second, cancel)
					<-run.Done()
					mu.Lock()
					working--
					mu.Unlock()
				})
			})
		}
		running.Wait()
		if len(served) != 3 {
			t.Errorf("served %v: the lease did not pass on when its holder stopped", served)
		}
	})
}

func TestALostStoreEndsTheWorkBeforeTheLeaseEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		inbox := newMemoryInbox()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		var held time.Duration
		inbox.tenure("a").run(ctx, func(run, drain context.Context) {
			start := time.Now()
			time.AfterFunc(time.Second, func() { inbox.setDown(true) })
			<-run.Done()
			if drain.Err() == nil {
				t.Error("work in hand may go on without the lease")
			}
			held = time.Since(start)
			cancel()
		})
		if held == 0 || held >= 15*time.Second {
			t.Errorf("worked for %v without a store, the lease lasts 15 s", held)
		}
	})
}

func TestWorkInHandMayFinishAfterAStopButNotForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		inbox := newMemoryInbox()
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		var after time.Duration
		inbox.tenure("a").run(ctx, func(run, drain context.Context) {
			<-run.Done()
			stopped := time.Now()
			if drain.Err() != nil {
				t.Error("no time to finish")
			}
			<-drain.Done()
			after = time.Since(stopped)
		})
		if after != 10*time.Second {
			t.Errorf("drained for %v, want 10 s", after)
		}
		if ok, _ := inbox.Lease(t.Context(), "poll", "b", time.Second); !ok {
			t.Error("the lease was not given back")
		}
	})
}
