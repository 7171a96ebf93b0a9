package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"strconv"
	"time"

	"shopwarden/bot/outbox"
	"shopwarden/bot/store"
	"shopwarden/bot/telegram"
	"shopwarden/config"
	"shopwarden/rules"
)

// deliverCmd is one replica: what production runs between the queue and Telegram, in a process of its own that can be
// killed. It prints a line when it begins to work, and ends when its standard input does.
type deliverCmd struct {
	Redis  string  `help:"URL." required:""`
	API    string  `name:"api" help:"Address of the Bot API." required:""`
	Token  string  `help:"Token of the bot." required:""`
	Origin int64   `help:"When the clock began, in Unix nanoseconds." required:""`
	Scale  float64 `help:"How many times faster than the machine's it runs." required:""`
}

const readyLine = "ready\n"

// args is the command line that gives this command.
func (c deliverCmd) args() []string {
	return []string{"deliver", "--redis", c.Redis, "--api", c.API, "--token", c.Token,
		"--origin", strconv.FormatInt(c.Origin, 10), "--scale", strconv.FormatFloat(c.Scale, 'g', -1, 64)}
}

// Run delivers until the input ends.
func (c deliverCmd) Run(ctx context.Context, w world) error {
	ctx, stop := context.WithCancel(context.WithoutCancel(ctx)) // an interrupt reaches all processes; the first one ends the input
	defer stop()
	clock := clock{time.Unix(0, c.Origin), c.Scale}
	queue, err := openQueue(ctx, c.Redis, clock)
	if err != nil {
		return err
	}
	defer queue.Close()
	log := slog.New(slog.NewTextHandler(w.err, &slog.HandlerOptions{Level: slog.LevelError}))
	client, err := telegram.NewClient(telegram.Config{Token: config.Secret(c.Token), APIURL: c.API, Timeout: callTimeout(clock), Log: log})
	if err != nil {
		return err
	}
	defer client.Close()
	editor, err := newComposer()
	if err != nil {
		return err
	}
	worker := outbox.NewWorker(outbox.Around{Queue: queue, Limiter: queue, Sender: telegram.NewSender(client, queue, telegram.SenderConfig{}, log),
		Hooks: deaf{}, Editor: editor}, workerConfig(clock), log, clock.now)
	done := make(chan error, 1)
	go func() { done <- worker.Run(ctx) }()
	_, err = io.WriteString(w.out, readyLine)
	if err == nil {
		_, err = io.Copy(io.Discard, w.in)
	}
	stop()
	return errors.Join(err, <-done)
}

// The times of production, as a run has them. What is waited for is waited for in real time and divided; what is reckoned
// from the clock a worker is given stays as it is. The figures are the defaults of telegram.Config and outbox.Config.

func callTimeout(c clock) time.Duration { return c.real(25 * time.Second) }

func workerConfig(c clock) outbox.Config {
	return outbox.Config{Poll: c.real(500 * time.Millisecond), Gap: c.real(50 * time.Millisecond), Lease: c.real(2 * time.Minute),
		Send: c.real(time.Minute), Hold: c.real(5 * time.Second), Drain: c.real(30 * time.Second)}
}

func limits(c clock) outbox.Limits { return outbox.Limits{Second: c.real(time.Second)} }

// queue is the queue as both sides of a run see it.
type queue struct {
	*store.Store
	clock clock
}

// Claim implements outbox.Queue. A worker holds a lease in real time and the queue keeps it by the clock of the run.
func (q *queue) Claim(ctx context.Context, now rules.Instant, first, last outbox.Lane, limit int, lease time.Duration) ([]outbox.Claimed, error) {
	return q.Store.Claim(ctx, now, first, last, limit, q.clock.run(lease))
}

// Settle implements outbox.Queue. What the limits put off waits for them in real time, and on the queue by the clock of the
// run.
func (q *queue) Settle(ctx context.Context, now rules.Instant, settlements []outbox.Settlement) error {
	for i, x := range settlements {
		if x.State == outbox.Waiting && x.Reason == outbox.ReasonPaced && x.Next > now {
			settlements[i].Next = now + rules.Instant(float64(x.Next-now)*q.clock.scale)
		}
	}
	return q.Store.Settle(ctx, now, settlements)
}

// deaf hears of chats that are gone, moved or closed: there are none in a run.
type deaf struct{}

// ChatGone implements outbox.Hooks.
func (deaf) ChatGone(context.Context, int64, string) error { return nil }

// ChatMoved implements outbox.Hooks.
func (deaf) ChatMoved(context.Context, int64, int64) error { return nil }

// Rerouted implements outbox.Hooks.
func (deaf) Rerouted(context.Context, outbox.Message, string) error { return nil }

func openQueue(ctx context.Context, url string, c clock) (*queue, error) {
	s, err := store.Connect(ctx, store.Options{URL: url, Config: store.Config{Now: c.now, Limits: limits(c)}})
	if err != nil {
		return nil, err
	}
	return &queue{s, c}, nil
}

// put queues messages, in this order.
func (q *queue) put(ctx context.Context, messages []outbox.Message) error {
	return q.Enqueue(ctx, rules.InstantOf(q.clock.now()), messages)
}

// left is how many messages are on the queue.
func (q *queue) left(ctx context.Context) (int, error) {
	backlog, err := q.Backlog(ctx)
	return backlog.Waiting, err
}
