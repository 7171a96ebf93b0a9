package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
	"time"
)

// forgetOffset is how long an offset is good without updates. After a week of silence Telegram numbers updates anew, from a
// random start that may lie below the old offset (core.telegram.org/bots/api#update).
const forgetOffset = 6 * 24 * time.Hour

// PollerConfig tunes a Poller. URL, Token and Owner are required; the rest works when zero.
type PollerConfig struct {
	URL     string        // of the Bot API, without a slash at the end
	Token   string        // never logged
	Owner   string        // this process among those that may poll
	HTTP    *http.Client  // without a time-out of its own; http.DefaultClient
	Timeout time.Duration // of a long poll; default 50 s, which is also Telegram's most
	Slack   time.Duration // a poll that is this long overdue is cut and begun anew; default 15 s
	Lease   time.Duration // default 15 s
	Retry   time.Duration // first pause after a failure, doubling up to 32 times; default 1 s
	Now     func() time.Time
	// Stored is called after updates were stored; it must not block.
	Stored func()
}

func (c PollerConfig) withDefaults() PollerConfig {
	if c.HTTP == nil {
		c.HTTP = http.DefaultClient
	}
	if c.Timeout <= 0 {
		c.Timeout = 50 * time.Second
	}
	if c.Slack <= 0 {
		c.Slack = 15 * time.Second
	}
	if c.Lease <= 0 {
		c.Lease = 15 * time.Second
	}
	if c.Retry <= 0 {
		c.Retry = time.Second
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Stored == nil {
		c.Stored = func() {}
	}
	return c
}

// Poller fetches updates from Telegram into an Intake. Of all processes with the same token one polls at a time.
//
// It guarantees: Telegram is told that an update was received only after the Intake has it. A repetition after a crash dies
// in the Intake by its id, so the offset itself need not be kept: Telegram knows it.
type Poller struct {
	intake Intake
	leases Leases
	log    *slog.Logger
	cfg    PollerConfig
	api    endpoint

	polled   atomic.Int64 // Unix milliseconds of the last answer
	received atomic.Int64 // Unix milliseconds of the last update
	holding  atomic.Bool
}

// NewPoller returns a poller that does nothing until Run.
func NewPoller(intake Intake, leases Leases, log *slog.Logger, cfg PollerConfig) *Poller {
	cfg = cfg.withDefaults()
	return &Poller{intake: intake, leases: leases, log: log, cfg: cfg,
		api: endpoint{url: strings.TrimRight(cfg.URL, "/"), token: cfg.Token, http: cfg.HTTP}}
}

// Run polls until ctx is done and then returns nil. Failures are logged and tried again for ever.
func (p *Poller) Run(ctx context.Context) error {
	t := tenure{leases: p.leases, name: "poll", owner: p.cfg.Owner, ttl: p.cfg.Lease, drain: 5 * time.Second, log: p.log}
	t.run(ctx, func(run, drain context.Context) {
		p.holding.Store(true)
		defer p.holding.Store(false)
		p.poll(run, drain)
	})
	return nil
}

// LastPoll returns when Telegram last answered this process, the zero time when it never did. While Holding, an age beyond
// two time-outs of a long poll means that the bot is deaf.
func (p *Poller) LastPoll() time.Time { return instant(&p.polled) }

// LastUpdate returns when this process last received an update, the zero time when it never did.
func (p *Poller) LastUpdate() time.Time { return instant(&p.received) }

// Holding reports whether this process is the one that polls now.
func (p *Poller) Holding() bool { return p.holding.Load() }

func instant(at *atomic.Int64) time.Time {
	if ms := at.Load(); ms != 0 {
		return time.UnixMilli(ms)
	}
	return time.Time{}
}

// poll is one tenure: no webhook, then one long poll after the other.
func (p *Poller) poll(run, drain context.Context) {
	p.log.Info("polling for updates")
	var offset int64
	fails, hooked, last := 0, true, p.cfg.Now()
	for run.Err() == nil {
		if p.cfg.Now().Sub(last) > forgetOffset {
			offset = 0
		}
		next, err := offset, error(nil)
		if hooked {
			err = p.unhook(run)
			hooked = err != nil
		} else {
			next, err = p.round(run, drain, offset)
		}
		if next > offset {
			offset, last = next, p.cfg.Now()
		}
		if err == nil {
			fails = 0
		} else if run.Err() == nil {
			p.report(err)
			pause(run, p.backoff(fails, err))
			fails++
		}
	}
}

// unhook makes Telegram answer polls: it does not while it pushes. Waiting updates stay.
func (p *Poller) unhook(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	err := p.api.call(ctx, "deleteWebhook", map[string]any{}, nil)
	if err == nil { // an answer too: the first poll may bring none for most of a minute
		p.polled.Store(p.cfg.Now().UnixMilli())
	}
	return err
}

// round is one long poll. It returns the offset behind the last update that is stored.
func (p *Poller) round(run, drain context.Context, offset int64) (int64, error) {
	batch, err := p.fetch(run, offset)
	if err != nil {
		return offset, err
	}
	next, err := p.keep(drain, batch, offset)
	if err == nil && next == offset && len(batch) > 0 {
		err = errors.New("updates without an id come again and again")
	}
	return next, err
}

// fetch asks for the updates from offset on, each as it came.
func (p *Poller) fetch(ctx context.Context, offset int64) ([]json.RawMessage, error) {
	ctx, cancel := context.WithTimeout(ctx, p.cfg.Timeout+p.cfg.Slack)
	defer cancel()
	var batch []json.RawMessage
	err := p.api.call(ctx, "getUpdates", map[string]any{
		"offset": offset, "timeout": int(p.cfg.Timeout / time.Second), "limit": 100, "allowed_updates": AllowedUpdates(),
	}, &batch)
	if err == nil {
		p.polled.Store(p.cfg.Now().UnixMilli())
	}
	return batch, err
}

// keep stores a batch in order and returns the offset behind the last update that is stored.
func (p *Poller) keep(ctx context.Context, batch []json.RawMessage, offset int64) (int64, error) {
	for _, raw := range batch {
		id, chat, named := identify(raw)
		if err := p.intake.StoreUpdate(ctx, id, chat, raw); err != nil {
			return offset, fmt.Errorf("storing update %d: %w", id, err)
		}
		p.received.Store(p.cfg.Now().UnixMilli())
		if named {
			offset = max(offset, id+1)
		}
	}
	if len(batch) > 0 {
		p.cfg.Stored()
	}
	return offset, nil
}

// report logs a failure in words an operator can act on.
func (p *Poller) report(err error) {
	var refused *refusal
	if !errors.As(err, &refused) {
		p.log.Warn("polling failed", "err", err)
		return
	}
	switch refused.Code {
	case http.StatusConflict:
		p.log.Error("somebody else receives the updates of this bot: another process without our store polls, or set a webhook", "err", err)
	case http.StatusUnauthorized, http.StatusNotFound:
		p.log.Error("telegram does not know this token", "err", err)
	default:
		p.log.Warn("polling refused", "err", err)
	}
}

// backoff is how long to wait after the fails-th failure in a row, or as long as Telegram says.
func (p *Poller) backoff(fails int, err error) time.Duration {
	var refused *refusal
	if errors.As(err, &refused) && refused.Parameters.RetryAfter > 0 {
		return time.Duration(refused.Parameters.RetryAfter) * time.Second
	}
	return p.cfg.Retry << min(fails, 5)
}
