package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"sync"
	"time"

	"shopwarden/bot/outbox"
	"shopwarden/bot/store"
	"shopwarden/bot/telegram"
	"shopwarden/bot/web"
	"shopwarden/config"
)

// quiet is how long a poller may go without an answer from Telegram before that is a fault.
const quiet = 3 * time.Minute

// checks are what must work for the process to be healthy.
func (p *parts) checks(a *app) []web.Check {
	list := []web.Check{{Name: "redis", Run: func(ctx context.Context) error {
		if err := a.store.Ping(ctx); err != nil {
			return errors.New("does not answer")
		}
		// A Redis whose memory or disk is full answers and takes nothing.
		if err := a.store.SetJobDone(ctx, "health", time.Minute); err != nil {
			return errors.New("refuses to write")
		}
		return nil
	}}}
	if p.poller != nil {
		list = append(list, web.Check{Name: "telegram", Run: func(context.Context) error {
			if last := p.poller.LastPoll(); p.poller.Holding() && a.now().Sub(last) > quiet {
				return fmt.Errorf("no answer to polling since %s", last.UTC().Format(time.RFC3339))
			}
			return nil
		}})
	}
	return list
}

// gauges are numbers that the store and Telegram know. -1 stands for one that cannot be had.
func (p *parts) gauges(a *app) []web.Gauge {
	read := func(f func(ctx context.Context) (float64, error)) func() float64 {
		return func() float64 {
			ctx, cancel := context.WithTimeout(context.Background(), time.Second)
			defer cancel()
			n, err := f(ctx)
			if err != nil {
				return -1
			}
			return n
		}
	}
	queue := &queueTally{read: a.store.Backlog}
	list := []web.Gauge{
		{Name: "shopwarden_outbox_waiting", Help: "Messages on the queue; -1 when the store does not answer.",
			Read: read(func(ctx context.Context) (float64, error) {
				b, err := queue.get(ctx)
				return float64(b.Waiting), err
			})},
		{Name: "shopwarden_outbox_oldest_age_seconds", Help: "How long the message that is due longest has been due; 0 when none is, -1 when the store does not answer.",
			Read: read(func(ctx context.Context) (float64, error) {
				b, err := queue.get(ctx)
				if err != nil || b.Oldest == 0 {
					return 0, err
				}
				return max(0, a.now().Sub(b.Oldest.Time()).Seconds()), nil
			})},
		{Name: "shopwarden_inbox_waiting", Help: "Telegram updates that are stored and not handled yet; -1 when the store does not answer.",
			Read: read(func(ctx context.Context) (n float64, err error) {
				sizes, err := a.store.InboxSizes(ctx)
				for _, size := range sizes {
					n += float64(size)
				}
				return n, err
			})},
		{Name: "shopwarden_updates_dead", Help: "Telegram updates that were set aside because they cannot be handled; -1 when the store does not answer.",
			Read: read(func(ctx context.Context) (float64, error) { n, err := a.store.DeadSize(ctx); return float64(n), err })},
	}
	for lane := 1; lane <= outbox.Lanes; lane++ {
		list = append(list, web.Gauge{Name: "shopwarden_outbox_lines", Help: "Lines of the outbox with messages, by lane; -1 when the store does not answer.",
			Labels: map[string]string{"lane": outbox.Lane(lane).String()},
			Read: read(func(ctx context.Context) (float64, error) {
				b, err := queue.get(ctx)
				return float64(b.Lines[lane]), err
			})})
	}
	if a.settings.TelegramWebhookURL == "" {
		return append(list, web.Gauge{Name: "shopwarden_telegram_last_poll_age_seconds",
			Help: "Time since Telegram last answered a poll of this process; -1 while another process polls.", Read: func() float64 { return p.pollAge(a.now()) }})
	}
	return append(list, web.Gauge{Name: "shopwarden_telegram_webhook_pending",
		Help: "Updates that Telegram could not push yet, as of the last look; -1 before the first.", Read: func() float64 {
			if s, ok := p.watch.State(); ok {
				return float64(s.Pending)
			}
			return -1
		}}, web.Gauge{Name: "shopwarden_telegram_webhook_last_error_timestamp_seconds",
		Help: "When a push of Telegram failed last, as a Unix time; 0 = never, as far as is known.", Read: func() float64 {
			if s, _ := p.watch.State(); !s.LastError.IsZero() {
				return float64(s.LastError.Unix())
			}
			return 0
		}})
}

// queueTally asks for the backlog once per scrape, although several gauges are read from it.
type queueTally struct {
	read func(context.Context) (store.Backlog, error)
	mu   sync.Mutex
	at   time.Time
	last store.Backlog
	err  error
}

func (q *queueTally) get(ctx context.Context) (store.Backlog, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if time.Since(q.at) > time.Second {
		q.last, q.err = q.read(ctx)
		q.at = time.Now()
	}
	return q.last, q.err
}

func (p *parts) pollAge(now time.Time) float64 {
	last := p.poller.LastPoll()
	if !p.poller.Holding() || last.IsZero() {
		return -1
	}
	return max(0, now.Sub(last).Seconds())
}

// watchEvery is how often Telegram is asked how its pushing goes.
const watchEvery = 5 * time.Minute

func newWatch(s config.Settings, client *telegram.Client, log *slog.Logger) *telegram.HookWatch {
	return telegram.NewHookWatch(client.HTTP(), s.TelegramAPIURL, s.TelegramToken.Reveal(), s.TelegramWebhookURL, log)
}

// A heartbeat tells a monitor outside that this process lives, since a process that died cannot tell that it did. It calls
// only while every check passes, so that silence means either.
type heartbeat struct {
	url    config.Secret // never logged: whoever has it can beat
	http   *http.Client
	checks []web.Check
	log    *slog.Logger
	failed bool // the last call did; said once, not every minute
}

// Once a minute, and a monitor that does not answer is not waited for.
const (
	heartbeatEvery   = time.Minute
	heartbeatTimeout = 10 * time.Second
)

func newHeartbeat(address config.Secret, checks []web.Check, log *slog.Logger) *heartbeat {
	return &heartbeat{url: address, http: &http.Client{Timeout: heartbeatTimeout}, checks: checks, log: log}
}

// beat calls once, or not when a check fails. It returns nil: what is wrong is in the log, without the address.
func (h *heartbeat) beat(ctx context.Context) error {
	for _, c := range h.checks {
		if err := c.Run(ctx); err != nil {
			h.log.Warn("no heartbeat", "check", c.Name, "err", err)
			return nil
		}
	}
	err := h.call(ctx)
	if err != nil && !h.failed && ctx.Err() == nil {
		h.log.Warn("heartbeat does not arrive", "err", err)
	}
	h.failed = err != nil
	return nil
}

func (h *heartbeat) call(ctx context.Context) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, h.url.Reveal(), http.NoBody)
	if err != nil {
		return errors.New("the address is no URL")
	}
	resp, err := h.http.Do(req)
	if err != nil {
		var wrapped *url.Error // it holds the address
		if errors.As(err, &wrapped) {
			err = wrapped.Err
		}
		return fmt.Errorf("calling: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode/100 != 2 {
		return fmt.Errorf("status %d", resp.StatusCode)
	}
	return nil
}
