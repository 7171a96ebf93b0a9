package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"

	"shopwarden/bot/chart"
	"shopwarden/bot/outbox"
	"shopwarden/bot/sla"
	"shopwarden/bot/telegram"
	"shopwarden/bot/web"
	"shopwarden/bot/webhook"
	"shopwarden/jobs"
)

type serveCmd struct{}

// Run serves until it is told to stop, then lets what is on its way arrive.
func (serveCmd) Run(ctx context.Context, w world, flags *cli) error {
	a, err := openWith(ctx, w, flags, sla.Config{})
	if err != nil {
		return err
	}
	defer a.close()
	if err := a.settings.Require("TELEGRAM_TOKEN"); err != nil {
		return err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", a.settings.Listen)
	if err != nil {
		return fmt.Errorf("listening (LISTEN): %w", err)
	}
	if n, err := a.store.Adopt(ctx); err != nil {
		return errors.Join(err, listener.Close())
	} else if n > 0 {
		a.log.Info("messages of an older version were taken over", "messages", n)
	}
	return a.serve(ctx, service{listener: listener, tick: time.Minute})
}

// service is what differs between production and the demo.
type service struct {
	listener net.Listener
	tick     time.Duration // how often schedules are looked at
	pages    http.Handler  // served at /; may be nil
}

// shutdown is how long requests that are being answered may take when the process stops.
const shutdown = 10 * time.Second

// serve runs every part of the bot. The doors close first, the parts behind them last, so that nothing is accepted that is
// not committed.
func (a *app) serve(ctx context.Context, s service) error {
	parts, err := a.parts(ctx)
	if err != nil {
		return errors.Join(err, s.listener.Close())
	}
	inner, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	group, inner := errgroup.WithContext(inner)
	for _, run := range parts.runners(a, s.tick) {
		group.Go(func() error { return run(inner) })
	}
	server := &http.Server{Handler: parts.routes(a, s.pages), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 15 * time.Second,
		WriteTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 32 << 10}
	served := make(chan error, 1)
	go func() { served <- server.Serve(s.listener) }()
	a.log.Info("serving", "listen", s.listener.Addr().String())
	select {
	case <-ctx.Done():
	case <-inner.Done(): // a part failed
	case err = <-served:
	}
	closing, done := context.WithTimeout(context.WithoutCancel(ctx), shutdown)
	defer done()
	err = errors.Join(ignore(err, http.ErrServerClosed), server.Shutdown(closing))
	stop()
	return errors.Join(err, ignore(group.Wait(), context.Canceled))
}

func ignore(err, harmless error) error {
	if errors.Is(err, harmless) {
		return nil
	}
	return err
}

// parts are what serve wires together.
type parts struct {
	metrics  *web.Metrics
	client   *telegram.Client
	painter  telegram.Painter
	worker   *outbox.Worker
	consumer *telegram.Consumer
	exporter *telegram.Exporter
	poller   *telegram.Poller    // nil in webhook mode
	hook     *telegram.Hook      // nil when polling
	watch    *telegram.HookWatch // the same
	doors    *webhook.Handler
}

// runner is a part that works until its context ends.
type runner = func(context.Context) error

func (a *app) parts(ctx context.Context) (*parts, error) {
	vault, err := a.vault(ctx)
	if err != nil {
		return nil, err
	}
	tags, err := webhook.LoadDoudianTags("")
	if err != nil {
		return nil, err
	}
	p := &parts{}
	p.metrics = web.NewMetrics(p.gauges(a))
	if p.client, err = newClient(a.settings, a.log); err != nil {
		return nil, err
	}
	painter, err := chart.New()
	if err != nil {
		return nil, err
	}
	p.painter = painter
	p.worker = outbox.NewWorker(outbox.Around{Queue: a.store, Limiter: a.store, Sender: p.sender(a),
		Hooks: p.presence(a), Editor: a.composer, Checker: checker{a.desk, a.store}}, outbox.Config{Metrics: p.metrics}, a.log, a.now)
	a.nudge = p.worker.Nudge
	owner := rand.Text()
	p.inbound(a, owner)
	keys := &keyring{store: a.store, vault: vault, now: a.now, known: map[string]cached{}}
	p.doors = webhook.New(webhook.Config{Now: a.now, DoudianTags: tags, Observe: p.metrics.Delivery, ObserveEvents: p.metrics.Events},
		keys, a.tracker, a.log)
	return p, nil
}

// sender brings messages to Telegram.
func (p *parts) sender(a *app) *telegram.Sender {
	cfg := telegram.SenderConfig{Painter: p.painter, Rich: a.settings.TelegramRich, Paid: a.settings.TelegramPaidRate > 0}
	return telegram.NewSender(p.client, a.store, cfg, a.log)
}

// presence follows which chats can be reached.
func (p *parts) presence(a *app) *telegram.Presence {
	return telegram.NewPresence(chats{a.store, a.now}, a.desk, a.store, a.composer, a.log,
		telegram.RouterConfig{Nudge: a.queued, Now: a.now})
}

// inbound sets up how updates come in: pushed by Telegram, or asked for.
func (p *parts) inbound(a *app, owner string) {
	p.exporter = telegram.NewExporter(a.store, exports{a.desk, sla.NewExporter(a.desk, a.store)}, a.store, a.store, a.composer, a.log,
		telegram.ExporterConfig{Owner: owner, Now: a.now, Nudge: a.queued})
	router := telegram.NewRouter(chats{a.store, a.now}, office{a.desk, a.advisor, a}, a.store, p.client, a.composer, a.log,
		telegram.RouterConfig{Username: a.username.get, Nudge: a.queued, Now: a.now, Noise: a.store.Noise, Exporting: p.exporter.Wake, Download: p.client.Download,
			Retention: a.settings.Retention, DayRetention: a.settings.DayRetention})
	p.consumer = telegram.NewConsumer(backlog{a.store}, a.store, router, a.log, telegram.ConsumerConfig{Owner: owner})
	s := a.settings
	if s.TelegramWebhookURL == "" {
		p.poller = telegram.NewPoller(intake{a.store}, a.store, a.log, telegram.PollerConfig{URL: s.TelegramAPIURL,
			Token: s.TelegramToken.Reveal(), Owner: owner, HTTP: p.client.HTTP(), Now: a.now, Stored: p.consumer.Wake})
		return
	}
	p.watch = newWatch(s, p.client, a.log)
	p.hook = telegram.NewHook(intake{a.store}, s.TelegramWebhookSecret.Reveal(), p.consumer.Wake, a.now, a.log)
}

// subscribe has Telegram push updates here.
func (p *parts) subscribe(a *app) runner {
	return func(ctx context.Context) error {
		s := a.settings
		return a.persist(ctx, "asking Telegram for updates", func() error {
			return telegram.SetWebhook(ctx, p.client.HTTP(), s.TelegramAPIURL, s.TelegramToken.Reveal(), s.TelegramWebhookURL, s.TelegramWebhookSecret.Reveal())
		})
	}
}

// followEvery is how often it is looked which alarms are due: often enough that "15 minutes" are.
const followEvery = 10 * time.Second

// boardTick is how often it is looked whether a board is due.
const boardTick = 15 * time.Second

func (p *parts) runners(a *app, tick time.Duration) []runner {
	digest, follow := a.digest(), a.follow()
	list := []runner{a.tracker.Run, p.worker.Run, p.consumer.Run, p.exporter.Run,
		func(ctx context.Context) error { return jobs.Tick(ctx, tick, "digest", digest.Run, a.log) },
		func(ctx context.Context) error {
			return jobs.Tick(ctx, min(tick, followEvery), "follow", follow.Run, a.log)
		},
		func(ctx context.Context) error {
			return jobs.Tick(ctx, min(tick, boardTick), "board", a.board().Run, a.log)
		},
		func(ctx context.Context) error { return jobs.Tick(ctx, 24*time.Hour, "trim", a.trim, a.log) },
		func(ctx context.Context) error { return a.introduce(ctx, p.client) },
		func(ctx context.Context) error {
			if err := digest.Plan(ctx); err != nil {
				a.log.Error("planning scorecards", "err", err)
			}
			return nil
		}}
	if a.settings.HeartbeatURL != "" {
		h := newHeartbeat(a.settings.HeartbeatURL, p.checks(a), a.log)
		list = append(list, func(ctx context.Context) error { return jobs.Tick(ctx, heartbeatEvery, "heartbeat", h.beat, a.log) })
	}
	if p.poller != nil {
		return append(list, p.poller.Run)
	}
	return append(list, p.subscribe(a),
		func(ctx context.Context) error { return jobs.Tick(ctx, watchEvery, "webhook", p.watch.Look, a.log) })
}

func (p *parts) routes(a *app, pages http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/hooks/", p.doors)
	mux.Handle("GET /healthz", web.Health(p.checks(a)))
	mux.Handle("GET /metrics", p.metrics.Handler())
	if p.hook != nil {
		mux.Handle("POST /telegram", p.hook)
	}
	if pages != nil {
		mux.Handle("/", pages)
	}
	return mux
}

// trim forgets what is older than it is kept.
func (a *app) trim(ctx context.Context) error {
	ids, err := a.store.Shops(ctx)
	for _, id := range ids {
		err = errors.Join(err, a.store.Trim(ctx, id))
	}
	return err
}
