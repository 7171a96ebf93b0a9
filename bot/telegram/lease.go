package telegram

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// tenure is one process's wish to do something alone: poll a token, empty a shard.
type tenure struct {
	leases Leases
	name   string
	owner  string
	ttl    time.Duration
	drain  time.Duration // how long work in hand may go on after a stop
	log    *slog.Logger
}

// run waits for the lease and calls work while it is held, again and again until stop is done. work must return when run
// is done, which is at the end of stop or at the loss of the lease. Work in hand goes on under drain, which ends at the loss
// of the lease, or t.drain after the stop.
func (t tenure) run(stop context.Context, work func(run, drain context.Context)) {
	for stop.Err() == nil {
		taken := time.Now()
		if t.take(stop) {
			t.hold(stop, taken, work)
		}
		pause(stop, t.ttl/3)
	}
}

// take asks for the lease once.
func (t tenure) take(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, t.ttl/3)
	defer cancel()
	ok, err := t.leases.Lease(ctx, t.name, t.owner, t.ttl)
	if err != nil && ctx.Err() == nil {
		t.log.Warn("lease not taken", "lease", t.name, "err", err)
	}
	return ok && err == nil
}

// hold calls work and keeps the lease alive beside it. It returns when both are through and the lease is given back.
func (t tenure) hold(stop context.Context, taken time.Time, work func(run, drain context.Context)) {
	drain, lose := context.WithCancel(context.WithoutCancel(stop))
	defer lose()
	run, cancel := context.WithCancel(drain)
	defer cancel()
	defer context.AfterFunc(stop, cancel)()
	var renewing sync.WaitGroup
	done := make(chan struct{})
	renewing.Go(func() { t.keep(stop, taken, done, lose) })
	work(run, drain)
	close(done)
	renewing.Wait()
	t.release(stop)
}

// keep renews the lease until done. It calls lose when the lease has gone to another owner, when it was not renewed in
// time, and when the time to drain is over.
func (t tenure) keep(stop context.Context, taken time.Time, done <-chan struct{}, lose func()) {
	tick := time.NewTicker(t.ttl / 3)
	defer tick.Stop()
	stopped := stop.Done()
	var late <-chan time.Time
	for {
		select {
		case <-done:
			return
		case <-stopped:
			stopped, late = nil, time.After(t.drain)
			continue
		case <-late:
			lose()
			return
		case <-tick.C:
		}
		now := time.Now()
		switch ok, err := t.renew(stop); {
		case ok:
			taken = now
		case err == nil, time.Since(taken) > t.ttl/2:
			t.log.Warn("lease lost", "lease", t.name)
			lose()
			return
		}
	}
}

func (t tenure) renew(ctx context.Context) (bool, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), t.ttl/4)
	defer cancel()
	ok, err := t.leases.Lease(ctx, t.name, t.owner, t.ttl)
	return ok && err == nil, err
}

// release gives the lease back, so that another process need not wait for its end.
func (t tenure) release(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), t.ttl/3)
	defer cancel()
	if err := t.leases.Release(ctx, t.name, t.owner); err != nil {
		t.log.Warn("lease not released", "lease", t.name, "err", err)
	}
}

// pause waits for d or for the end of ctx.
func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}
