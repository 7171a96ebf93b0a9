package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"shopwarden/bot/telegram/telegramtest"
)

// deliveryFlags are what --delivery goes by.
type deliveryFlags struct {
	Delivery bool    `help:"Measure how messages are delivered instead: a load, then faults and kill -9."`
	Quick    bool    `help:"With --delivery: smaller, under 50 seconds."`
	Scale    float64 `default:"20" help:"With --delivery: how many times faster than in life clock and limits run; 1 is life itself."`
	Digests  int     `help:"With --delivery: digests that are queued for the load; 100,000, quick 6,000."`
	Messages int     `help:"With --delivery: messages that are delivered under faults; 3,000, quick 300."`
}

func (f deliveryFlags) check() error {
	switch {
	case f.Quick && !f.Delivery:
		return errors.New("--quick goes with --delivery; --short is for the webhooks")
	case f.Scale < 1 || f.Scale > 100:
		return errors.New("--scale must be 1 to 100")
	case f.Digests < 0 || f.Messages < 0 || f.Digests > 1_000_000 || f.Messages > 1_000_000:
		return errors.New("--digests and --messages must be 1 to 1,000,000")
	}
	return nil
}

// sizes are the numbers of digests and of messages under faults.
func (f deliveryFlags) sizes() (digests, messages int) {
	digests, messages = 100_000, 3_000
	if f.Quick {
		digests, messages = 6_000, 300
	}
	if f.Digests > 0 {
		digests = f.Digests
	}
	if f.Messages > 0 {
		messages = f.Messages
	}
	return digests, messages
}

// faultScale is how fast the clock runs under faults. What takes long there is leases and pauses, not the machine.
func (f deliveryFlags) faultScale() float64 {
	if f.Quick {
		return max(f.Scale, 40)
	}
	return f.Scale
}

// errMissed says that a goal was missed; the table says which.
var errMissed = errors.New("a goal was missed")

// deliver measures both runs and prints one table.
func (c runCmd) deliver(ctx context.Context, w world) error {
	digests, messages := c.Deliveries.sizes()
	rows, err := c.stage(w, c.Deliveries.Scale).load(ctx, digests)
	if err != nil {
		return fmt.Errorf("load: %w", err)
	}
	more, err := c.stage(w, c.Deliveries.faultScale()).faults(ctx, messages)
	if err != nil {
		return fmt.Errorf("faults: %w", err)
	}
	rows = append(rows, more...)
	if c.JSON {
		enc := json.NewEncoder(w.out)
		enc.SetIndent("", "  ")
		enc.SetEscapeHTML(false) // goals hold a <
		err = enc.Encode(goals{rows})
	} else {
		err = printGoals(w.out, rows)
	}
	if err == nil && missed(rows) {
		err = errMissed
	}
	return err
}

// stage is what a run needs: a Redis, a Bot API and a clock.
type stage struct {
	redis      string // URL of an empty one; "" = a private one
	clock      clock
	complaints io.Writer // of the workers
	ledger     *ledger
	tg         *telegramtest.Server
}

func (c runCmd) stage(w world, scale float64) *stage {
	s := &stage{redis: c.Redis, clock: newClock(scale), complaints: &shared{to: w.err}, ledger: newLedger()}
	s.tg = telegramtest.New(telegramtest.Config{Now: s.clock.now, Limits: telegramtest.TelegramLimits(), Observe: s.ledger.observe})
	return s
}

// set starts the Redis and opens the queue on it. End is called when nothing uses them any more.
func (s *stage) set(ctx context.Context) (m mail, end func(), err error) {
	db, err := plan{redis: s.redis}.server(ctx)
	if err != nil {
		return mail{}, nil, err
	}
	s.redis = db.url
	q, err := openQueue(ctx, db.url, s.clock)
	if err != nil {
		db.stop()
		return mail{}, nil, err
	}
	end = func() {
		_ = q.Close() // everything was read
		s.tg.Close()
		db.stop()
	}
	return mail{q, s.ledger}, end, nil
}

// patience is how long a run may stand still. Within it a lease runs out (2 minutes of the run) and the longest pause after
// failures ends (2.5), whatever the machine does besides.
func (s *stage) patience() time.Duration { return 20*time.Second + s.clock.real(6*time.Minute) }

// glance is how often a run is looked at. Counting the queue costs Redis 512 commands.
const glance = 200 * time.Millisecond

// await returns when done reports true. A run that stands still, or is not done after limit and some patience, ends with
// what it came to.
func (s *stage) await(ctx context.Context, limit time.Duration, done func(ctx context.Context) (bool, error)) error {
	ticker := time.NewTicker(glance)
	defer ticker.Stop()
	last := time.NewTimer(limit + s.patience())
	defer last.Stop()
	calls, since := s.ledger.seen(), time.Now()
	for {
		over, err := done(ctx)
		if over || err != nil {
			return err
		}
		if now := s.ledger.seen(); now != calls {
			calls, since = now, time.Now()
		} else if time.Since(since) > s.patience() {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-last.C:
			return nil
		case <-ticker.C:
		}
	}
}
