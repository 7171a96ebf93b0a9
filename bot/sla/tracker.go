package sla

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"sync"
	"time"

	"shopwarden/bot/notify"
	"shopwarden/bot/outbox"
	"shopwarden/config"
	"shopwarden/rules"
)

// Composer turns what a commit has to tell into messages.
type Composer interface {
	Alerts(notify.News) []outbox.Message
}

// Config tunes a Tracker. The zero value works.
type Config struct {
	Flushers int           // groups committed at the same time; default: half the processors, 1 to 4
	Group    int           // events of one group, about; default 500
	Timeout  time.Duration // for committing one group, retries included; default 10 s
	Sweep    time.Duration // how often the passing of time is looked at; default 1 s, negative: never
	Now      func() time.Time
	// Queued is called after a commit that put messages on the queue; it must not block.
	Queued func()
}

func (c Config) withDefaults() Config {
	if c.Flushers <= 0 {
		c.Flushers = min(max(runtime.GOMAXPROCS(0)/2, 1), 4)
	}
	if c.Group <= 0 {
		c.Group = 500
	}
	if c.Timeout <= 0 {
		c.Timeout = 10 * time.Second
	}
	if c.Sweep == 0 {
		c.Sweep = time.Second
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Queued == nil {
		c.Queued = func() {}
	}
	return c
}

// Tracker commits events and the passing of time. Work from concurrent calls is committed in groups: a group is flushed
// when the flush before it returns, so nothing waits for company. It is safe for concurrent use, and several processes may
// work on the same store. Run must be running for Apply to return.
type Tracker struct {
	store    Store
	policies *policies
	composer Composer
	log      *slog.Logger
	cfg      Config
	queues   []chan *request
	stopped  chan struct{}
	started  rules.Instant // nothing could be heard before
}

// NewTracker returns a tracker. policy binds a shop's settings to its rule pack; it must be a pure function.
func NewTracker(store Store, policy func(config.Shop) (*rules.Policy, error), composer Composer, log *slog.Logger, cfg Config) *Tracker {
	t := &Tracker{store: store, policies: &policies{bind: policy, known: map[string]bound{}}, composer: composer, log: log,
		cfg: cfg.withDefaults(), stopped: make(chan struct{})}
	t.started = rules.InstantOf(t.cfg.Now())
	for range t.cfg.Flushers {
		t.queues = append(t.queues, make(chan *request, 4096))
	}
	return t
}

// ErrStopped says that the tracker is not running any more; nothing was applied.
var ErrStopped = errors.New("the tracker has stopped")

// Apply commits events of one shop. nil means that all they change is in the store; ErrUnknownShop that there is no such
// shop; any other error that it may or may not be, and that applying them again is right. Repeating a call changes nothing.
func (t *Tracker) Apply(ctx context.Context, shop string, events []rules.Event) error {
	return t.submit(ctx, &request{shop: shop, events: events})
}

// ApplyHistory is Apply for events of the past: they count like any other, but nobody is told.
func (t *Tracker) ApplyHistory(ctx context.Context, shop string, events []rules.Event) error {
	return t.submit(ctx, &request{shop: shop, events: events, quiet: true})
}

// request is one piece of work for one shop: events to apply, or subjects to tick.
type request struct {
	shop   string
	events []rules.Event
	ticks  []rules.Subject
	quiet  bool
	done   chan error // buffered; answered exactly once
}

func (t *Tracker) submit(ctx context.Context, r *request) error {
	r.done = make(chan error, 1)
	queue := t.queues[t.store.Partition(r.shop)%len(t.queues)]
	select {
	case queue <- r:
	case <-ctx.Done():
		return fmt.Errorf("waiting to apply events: %w", ctx.Err())
	case <-t.stopped:
		return ErrStopped
	}
	select {
	case err := <-r.done:
		return err
	case <-ctx.Done():
		return fmt.Errorf("waiting for the commit: %w", ctx.Err())
	case <-t.stopped:
		select {
		case err := <-r.done:
			return err
		default:
			return ErrStopped
		}
	}
}

// Run flushes groups and sweeps until ctx ends; what was being committed is finished first. It returns nil.
func (t *Tracker) Run(ctx context.Context) error {
	var running sync.WaitGroup
	for _, queue := range t.queues {
		running.Go(func() { t.flusher(ctx, queue) })
	}
	if t.cfg.Sweep > 0 {
		running.Go(func() { t.sweeper(ctx) })
	}
	running.Wait()
	close(t.stopped)
	return nil
}

func (t *Tracker) flusher(ctx context.Context, queue chan *request) {
	for {
		select {
		case <-ctx.Done():
			return
		case r := <-queue:
			t.flush(t.gather(r, queue))
		}
	}
}

// gather takes what is waiting, without waiting for more.
func (t *Tracker) gather(r *request, queue chan *request) []*request {
	group, size := []*request{r}, r.size()
	for size < t.cfg.Group {
		select {
		case r := <-queue:
			group = append(group, r)
			size += r.size()
		default:
			return group
		}
	}
	return group
}

func (r *request) size() int { return len(r.events) + len(r.ticks) }

// flush commits a group and answers every request of it. A partition that another process committed to in between is
// done again from the start.
func (t *Tracker) flush(group []*request) {
	ctx, cancel := context.WithTimeout(context.Background(), t.cfg.Timeout)
	defer cancel()
	for attempt := 0; len(group) > 0; attempt++ {
		if err := backOff(ctx, attempt); err != nil {
			answer(group, fmt.Errorf("committing: the partition is contended: %w", err))
			return
		}
		tx := newTransaction(t, group)
		again, err := tx.run(ctx)
		if err != nil {
			answer(group, fmt.Errorf("committing: %w", err))
			return
		}
		if tx.queued {
			t.cfg.Queued()
		}
		group = again
	}
}

func answer(group []*request, err error) {
	for _, r := range group {
		r.done <- err
	}
}

// backOff waits a little longer before each further attempt.
func backOff(ctx context.Context, attempt int) error {
	if attempt == 0 {
		return nil
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(time.Duration(min(attempt, 20)) * time.Millisecond):
		return nil
	}
}

// policies remembers the policy of each shop as long as its settings stay the same.
type policies struct {
	bind  func(config.Shop) (*rules.Policy, error)
	mu    sync.Mutex
	known map[string]bound
}

type bound struct {
	raw    string
	policy *rules.Policy
}

func (p *policies) of(shop string, l LoadedShop) (*rules.Policy, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if b, ok := p.known[shop]; ok && b.raw == l.Raw {
		return b.policy, nil
	}
	policy, err := p.bind(l.Config)
	if err != nil {
		return nil, fmt.Errorf("%w: shop %s: %w", ErrPolicy, shop, err)
	}
	p.known[shop] = bound{l.Raw, policy}
	return policy, nil
}
