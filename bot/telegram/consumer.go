package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"github.com/go-telegram/bot/models"
)

// Handler answers one update.
type Handler interface {
	// Handle returns nil when everything the update asks for is done and every answer is in the outbox. After an error it is
	// called again with the same update; it must be right to do everything twice.
	Handle(ctx context.Context, updateID int64, update *models.Update) error
}

// ConsumerConfig tunes a Consumer. Owner is required; the rest works when zero.
type ConsumerConfig struct {
	Owner    string        // this process among those that handle updates
	Lease    time.Duration // default 15 s
	Idle     time.Duration // how often an empty line is looked at; default 300 ms
	Batch    int           // updates read at once; default 32
	Timeout  time.Duration // for one update; default 20 s
	Retry    time.Duration // first pause after a failure, doubling up to 32 times; default 200 ms
	Panics   int           // panics of one update before it is set aside; default 3
	Failures int           // errors of one update before it is set aside; default 20
	Drain    time.Duration // how long an update in hand may take after a stop; default 10 s
	// SetAside is called for each update that is set aside; for counting.
	SetAside func(reason string)
}

func (c ConsumerConfig) withDefaults() ConsumerConfig {
	orDuration(&c.Lease, 15*time.Second)
	orDuration(&c.Idle, 300*time.Millisecond)
	orDuration(&c.Timeout, 20*time.Second)
	orDuration(&c.Retry, 200*time.Millisecond)
	orDuration(&c.Drain, 10*time.Second)
	orInt(&c.Batch, 32)
	orInt(&c.Panics, 3)
	orInt(&c.Failures, 20)
	if c.SetAside == nil {
		c.SetAside = func(string) {}
	}
	return c
}

func orDuration(d *time.Duration, standard time.Duration) {
	if *d <= 0 {
		*d = standard
	}
}

func orInt(n *int, standard int) {
	if *n <= 0 {
		*n = standard
	}
}

// Consumer hands stored updates to a Handler: those of one chat strictly in order, those of different shards side by side.
// Of all processes one at a time works on a shard.
//
// It guarantees: an update leaves its line only after it was handled, or was set aside because it cannot be. One that
// cannot be decoded, or that makes the handler panic, never holds up those behind it.
type Consumer struct {
	backlog Backlog
	leases  Leases
	handler Handler
	log     *slog.Logger
	cfg     ConsumerConfig
	wake    bells // by shard
}

// NewConsumer returns a consumer that does nothing until Run.
func NewConsumer(backlog Backlog, leases Leases, handler Handler, log *slog.Logger, cfg ConsumerConfig) *Consumer {
	return &Consumer{backlog: backlog, leases: leases, handler: handler, log: log, cfg: cfg.withDefaults(), wake: newBells(Shards)}
}

// Wake says that updates may have come. It never blocks; without it they are found a little later.
func (c *Consumer) Wake() { c.wake.ring() }

// Run handles updates until ctx is done, finishes those in hand and then returns nil. Failures are logged and tried again.
func (c *Consumer) Run(ctx context.Context) error {
	var shards sync.WaitGroup
	for shard := range Shards {
		shards.Go(func() {
			l := line{Consumer: c, shard: shard}
			t := tenure{leases: c.leases, name: fmt.Sprintf("updates/%d", shard), owner: c.cfg.Owner, ttl: c.cfg.Lease,
				drain: c.cfg.Drain, log: c.log}
			t.run(ctx, l.work)
		})
	}
	shards.Wait()
	return nil
}

// line is the work on one shard.
type line struct {
	*Consumer
	shard int

	stuck    string // the update that failed last; only the first of a line can be stuck
	failures int
	panics   int
}

// work handles the line's updates until run is done.
func (l *line) work(run, drain context.Context) {
	for fails := 0; run.Err() == nil; {
		n, err := l.round(run, drain)
		switch {
		case err != nil && run.Err() == nil:
			l.log.Warn("update not handled, will try again", "shard", l.shard, "err", err)
			pause(run, l.cfg.Retry<<min(fails, 5))
			fails++
		case n == 0:
			fails = 0
			l.wake.wait(run, l.shard, l.cfg.Idle)
		default:
			fails = 0
		}
	}
}

// round handles what waits now, up to a batch, in order. It stops at the first update that has to be tried again.
func (l *line) round(run, drain context.Context) (int, error) {
	batch, err := l.backlog.NextUpdates(run, l.shard, l.cfg.Batch)
	if err != nil {
		return 0, fmt.Errorf("reading updates: %w", err)
	}
	for _, u := range batch {
		if run.Err() != nil {
			break
		}
		if err := l.settle(drain, u); err != nil {
			return 0, fmt.Errorf("update %d: %w", u.UpdateID, err)
		}
	}
	return len(batch), nil
}

// settle brings one update to its end: handled or set aside. After an error it stays first in line.
func (l *line) settle(ctx context.Context, u StoredUpdate) error {
	ctx, cancel := context.WithTimeout(ctx, l.cfg.Timeout)
	defer cancel()
	var update models.Update
	if err := json.Unmarshal(u.Raw, &update); err != nil || u.UpdateID < 0 {
		return l.setAside(ctx, u, "undecodable", err)
	}
	err := l.try(ctx, u.UpdateID, &update)
	if err == nil {
		l.stuck = ""
		if err := l.backlog.DoneUpdate(ctx, l.shard, u.ID); err != nil {
			return fmt.Errorf("marking as done: %w", err)
		}
		return nil
	}
	if errors.Is(ctx.Err(), context.Canceled) {
		return err // stopped in the middle, which says nothing about the update
	}
	l.blame(u.ID, err)
	switch {
	case l.panics >= l.cfg.Panics:
		return l.setAside(ctx, u, "panic", err)
	case l.failures >= l.cfg.Failures:
		return l.setAside(ctx, u, "failing", err)
	}
	return err
}

// blame counts a failure against the first update in line.
func (l *line) blame(id string, err error) {
	if l.stuck != id {
		l.stuck, l.failures, l.panics = id, 0, 0
	}
	l.failures++
	if panicked := (*panicError)(nil); errors.As(err, &panicked) {
		l.panics++
	}
}

// setAside takes an update out of the line. It works only while the store takes writes, so an outage of the store, in which
// everything fails, sets nothing aside.
func (l *line) setAside(ctx context.Context, u StoredUpdate, reason string, cause error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), l.cfg.Timeout)
	defer cancel()
	if err := l.backlog.SetAside(ctx, l.shard, u.ID, reason); err != nil {
		return fmt.Errorf("setting aside: %w", err)
	}
	l.stuck = ""
	l.cfg.SetAside(reason)
	l.log.Error("update set aside", "update", u.UpdateID, "shard", l.shard, "reason", reason, "err", cause)
	return nil
}

// panicError is a panic of the handler.
type panicError struct {
	value any
	stack []byte
}

func (p *panicError) Error() string { return fmt.Sprintf("panic: %v\n%s", p.value, p.stack) }

// try calls the handler and turns a panic into an error.
func (l *line) try(ctx context.Context, id int64, update *models.Update) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &panicError{value: v, stack: debug.Stack()}
		}
	}()
	return l.handler.Handle(ctx, id, update)
}
