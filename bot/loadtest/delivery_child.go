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
// killed. It ends when its standard input does.
type deliverCmd struct {
	Redis  string  `help:"URL." required:""`
	API    string  `name:"api" help:"Address of the Bot API." required:""`
	Token  string  `help:"Token of the bot." required:""`
	Origin int64   `help:"When the clock began, in Unix nanoseconds." required:""`
	Scale  float64 `help:"How many times faster than the machine's it runs." required:""`
}

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
	worker := outbox.NewWorker(queue, telegram.NewSender(client, queue.Store, log), deaf{}, workerConfig(clock), log, clock.now)
	done := make(chan error, 1)
	go func() { done <- worker.Run(ctx) }()
	_, err = io.Copy(io.Discard, w.in)
	stop()
	return errors.Join(err, <-done)
}

// The times of production that are waited for in real time, as a run has them. What the worker reckons from the clock it is
// given needs no change. The figures are the defaults of telegram.Config and outbox.Config.

func callTimeout(c clock) time.Duration { return c.real(25 * time.Second) }

func workerConfig(c clock) outbox.Config {
	return outbox.Config{Poll: c.real(time.Second), Send: c.real(time.Minute), Drain: c.real(30 * time.Second)}
}

// deaf hears of chats that are gone or moved: there are none in a run.
type deaf struct{}

// ChatGone implements outbox.Hooks.
func (deaf) ChatGone(context.Context, int64, string) error { return nil }

// ChatMoved implements outbox.Hooks.
func (deaf) ChatMoved(context.Context, int64, int64) error { return nil }

// queue is the queue as both sides of a run see it.
type queue struct {
	*store.Store
	clock clock
}

func openQueue(ctx context.Context, url string, c clock) (*queue, error) {
	s, err := store.Connect(ctx, store.Options{URL: url, Config: store.Config{Now: c.now}})
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
