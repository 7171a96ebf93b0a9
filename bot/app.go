package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"time"

	"shopwarden/bot/locale"
	"shopwarden/bot/notify"
	"shopwarden/bot/outbox"
	"shopwarden/bot/sla"
	"shopwarden/bot/store"
	"shopwarden/config"
	"shopwarden/rules"
)

// app is what every command that touches shops works with.
type app struct {
	settings config.Settings
	log      *slog.Logger
	packs    *config.Packs
	store    *store.Store
	composer *notify.Composer
	tracker  *sla.Tracker
	desk     *sla.Desk
	advisor  *sla.Advisor
	now      func() time.Time
	username username
	nudge    func() // tells the worker of messages that were queued; set before anything runs
}

// queued is called after messages were put on the queue.
func (a *app) queued() {
	if a.nudge != nil {
		a.nudge()
	}
}

// open reads settings and packs and connects to Redis, for a command that looks after one shop: what time does to all the
// others is the business of serve.
func open(ctx context.Context, w world, flags *cli) (*app, error) {
	return openWith(ctx, w, flags, sla.Config{Sweep: -1})
}

// openFor is open for a command about one shop, which must be set up.
func openFor(ctx context.Context, w world, flags *cli, id string) (*app, config.Shop, error) {
	a, err := open(ctx, w, flags)
	if err != nil {
		return nil, config.Shop{}, err
	}
	shop, err := a.store.Shop(ctx, id)
	if err != nil {
		a.close()
		return nil, config.Shop{}, explain(id, err)
	}
	return a, shop, nil
}

func openWith(ctx context.Context, w world, flags *cli, tune sla.Config) (*app, error) {
	settings, err := config.Load(w.env, flags.Config, readFile)
	if err != nil {
		return nil, err
	}
	s, err := store.Connect(ctx, store.Options{URL: settings.RedisURL.Reveal(),
		Config: store.Config{Retention: settings.Retention, DayRetention: settings.DayRetention,
			Limits: outbox.Limits{PerSecond: settings.TelegramPaidRate}}})
	if err != nil {
		return nil, fmt.Errorf("connecting to Redis (REDIS_URL): %w", err)
	}
	a, err := assemble(settings, s, logger(settings, w.err), time.Now, tune)
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return a, nil
}

// assemble builds the inner rings over a store. tune is passed on to the tracker.
func assemble(settings config.Settings, s *store.Store, log *slog.Logger, now func() time.Time, tune sla.Config) (*app, error) {
	packs, err := config.LoadPacks(config.BuiltIn(), settings.RulesDir)
	if err != nil {
		return nil, err
	}
	texts, err := locale.Load()
	if err != nil {
		return nil, err
	}
	tips, err := config.Tips()
	if err != nil {
		return nil, err
	}
	a := &app{settings: settings, log: log, packs: packs, store: s, composer: notify.New(texts, tips), now: now}
	policy := func(shop config.Shop) (*rules.Policy, error) { return shop.Policy(packs) }
	tune.Now, tune.Queued = now, a.queued
	a.tracker = sla.NewTracker(s, policy, a.composer, log, tune)
	a.desk = sla.NewDesk(s, policy, now)
	a.advisor = sla.NewAdvisor(a.desk, s, tips)
	return a, nil
}

func (a *app) close() {
	if err := a.store.Close(); err != nil {
		a.log.Error("closing the store", "err", err)
	}
}

// withTracker runs f beside a running tracker and waits for both.
func (a *app) withTracker(ctx context.Context, f func(context.Context) error) error {
	running, stop := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() { done <- a.tracker.Run(running) }()
	err := f(ctx)
	stop()
	return errors.Join(err, <-done)
}

// settle lets time pass for one shop: cases whose deadline went by unseen are booked. It looks at no other shop.
func (a *app) settle(ctx context.Context, shop string) error {
	open, _, err := a.store.Due(ctx, shop, math.MaxInt32)
	if err != nil {
		return err
	}
	now := rules.InstantOf(a.now())
	var overdue []rules.Subject
	for _, l := range open {
		if l.Due < now {
			overdue = append(overdue, l.ID.Subject)
		}
	}
	if err := a.tracker.Tick(ctx, shop, overdue, false); err != nil {
		return fmt.Errorf("letting time pass: %w", err)
	}
	return nil
}

// rejudge judges every case of a shop anew, after its settings changed. Nobody is told: what changes is the measure, not
// what the shop did.
func (a *app) rejudge(ctx context.Context, shop string) (cases int, err error) {
	subjects, err := a.store.Subjects(ctx, shop)
	if err != nil {
		return 0, err
	}
	err = a.withTracker(ctx, func(ctx context.Context) error { return a.tracker.Tick(ctx, shop, subjects, true) })
	if err != nil {
		return 0, fmt.Errorf("judging by the new settings: %w", err)
	}
	return len(subjects), nil
}

// explain says what to do about a shop that is not there.
func explain(shop string, err error) error {
	if errors.Is(err, sla.ErrUnknownShop) {
		return fmt.Errorf("no shop %q is set up; \"shopwarden shop list\" shows those that are, \"shopwarden shop add --id %s\" adds it", shop, shop)
	}
	return err
}

func logger(s config.Settings, out io.Writer) *slog.Logger {
	options := &slog.HandlerOptions{Level: s.LogLevel}
	if s.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(out, options))
	}
	return slog.New(slog.NewTextHandler(out, options))
}
