package demo

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"shopwarden/bot/locale"
	"shopwarden/bot/notify"
	"shopwarden/bot/outbox"
	"shopwarden/bot/store"
	"shopwarden/config"
	"shopwarden/rules"
)

// Config tunes the demo. The zero value works.
type Config struct {
	Listen string       // address of the page and the door; 127.0.0.1:8080 when empty
	Speed  float64      // how many times as fast as real time the demo runs; 60 when 0
	Lang   string       // zh or en, of the chats and at first of the page; en when empty
	Seed   uint64       // the same seed brings the same days
	Log    *slog.Logger // nil = silent
	Out    io.Writer    // where the address is printed; nil = nowhere
}

func (c Config) withDefaults() (Config, error) {
	if c.Listen == "" {
		c.Listen = "127.0.0.1:8080"
	}
	if c.Speed == 0 {
		c.Speed = defaultSpeed
	}
	if c.Lang == "" {
		c.Lang = "en"
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Out == nil {
		c.Out = io.Discard
	}
	switch {
	case c.Speed < 0 || c.Speed > maxSpeed:
		return c, fmt.Errorf("a speed of %v does not work; choose one between 0 and %d with --speed", c.Speed, maxSpeed)
	case !slices.Contains(locale.Languages(), c.Lang):
		return c, fmt.Errorf("no language %q; choose %s with --lang", c.Lang, strings.Join(locale.Languages(), " or "))
	}
	return c, nil
}

// Speeds. Above the limit a delivery could be minutes old by the demo's clock before the door reads it, and be refused.
const (
	defaultSpeed = 60
	maxSpeed     = 1800
	rushSpeed    = maxSpeed
)

// Parts are what the real program runs on instead of Redis, Telegram and the clock.
type Parts struct {
	Settings config.Settings  // Telegram token and API URL of the local Bot API, Listen, PublicURL, DataSecret…
	Store    *store.Store     // set up with the shop; the program must not close it
	Now      func() time.Time // the demo's clock, faster than real time, adjustable
	Sweep    time.Duration    // how often time is looked at, in real time
	Tick     time.Duration    // how often schedules are looked at, in real time
	Pages    http.Handler     // the demo's pages, for "/" beside /hooks/ and /healthz
	Listener net.Listener     // open already; the program may close it
}

// Program is the real program. It runs until ctx ends.
type Program func(ctx context.Context, p Parts) error

// How often the program looks at its clock, in real time. A second is the shortest cron knows.
const (
	sweepEvery = 100 * time.Millisecond
	tickEvery  = time.Second
)

// curtainAfter is how long the first minute waits for a browser, in real time.
const curtainAfter = 8 * time.Second

// Run shows the demo until ctx ends, which is no error, or until the program fails. It keeps nothing.
func Run(ctx context.Context, cfg Config, program Program) error {
	cfg, err := cfg.withDefaults()
	if err != nil {
		return err
	}
	listener, err := listen(ctx, cfg.Listen)
	if err != nil {
		return err
	}
	defer listener.Close()
	d, err := build(ctx, cfg, listener)
	if err != nil {
		return err
	}
	defer d.close()
	fmt.Fprintf(cfg.Out, "Shopwarden demo: open %s in a browser.\nNothing is kept: shop, chats and events are gone when it stops (Ctrl-C).\n"+
		"演示：数据不会保存，停止后全部消失。\n", d.base)
	return d.play(ctx, program)
}

func listen(ctx context.Context, address string) (net.Listener, error) {
	var l net.ListenConfig
	listener, err := l.Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("opening %s: %w; choose another address with --listen, such as --listen 127.0.0.1:8081", address, err)
	}
	return listener, nil
}

// demo is one running demo.
type demo struct {
	cfg      Config
	base     string // address of the page
	listener net.Listener
	settings config.Settings
	store    *store.Store
	drop     func() // ends the store
	shop     config.Shop
	secret   config.Secret
	clock    *Clock
	time     *timeline
	stage    *stage
	hub      *hub
	pages    *pages
	text     labels // of the chats
}

// build sets everything up but starts nothing of the program.
func build(ctx context.Context, cfg Config, listener net.Listener) (_ *demo, err error) {
	d := &demo{cfg: cfg, listener: listener, base: "http://" + reachable(listener.Addr())}
	defer func() {
		if err != nil {
			d.close()
		}
	}()
	zone, err := time.LoadLocation(zoneName)
	if err != nil {
		return nil, err
	}
	text, err := loadLabels()
	if err != nil {
		return nil, err
	}
	d.text = text[cfg.Lang]
	today := rules.DateOf(rules.InstantOf(time.Now()), zone)
	start := today.At(8*60+55, zone).Time()
	d.clock = NewClock(start, time.Now)
	d.time = newTimeline(cfg.Seed, zone, today.Next(-pastDays))
	d.hub = newHub(rand.Text())
	if d.stage, err = newStage(d.clock.Now, cfg.Lang, d.text); err != nil {
		return nil, err
	}
	// Telegram's seconds are as short as the others of the demo. By real time the edits of the board alone would use up the
	// group's minute, and a pressed button would show nothing for most of it.
	second := time.Duration(float64(time.Second) / max(cfg.Speed, 1))
	if d.store, d.drop, err = store.ConnectMini(store.Config{Now: d.clock.Now, Limits: outbox.Limits{Second: second}}); err != nil {
		return nil, err
	}
	if err := d.openShop(ctx, d.text["shop_name"]); err != nil {
		return nil, err
	}
	d.pages, err = newPages(d, text)
	return d, err
}

// reachable is how this machine reaches an address it listens on.
func reachable(a net.Addr) string {
	tcp, ok := a.(*net.TCPAddr)
	if !ok || !tcp.IP.IsUnspecified() {
		return a.String()
	}
	return fmt.Sprintf("127.0.0.1:%d", tcp.Port)
}

func (d *demo) close() {
	if d.stage != nil {
		d.stage.telegram.Close()
	}
	if d.drop != nil {
		d.drop()
	}
}

// errOver ends the others when the program ends by itself.
var errOver = errors.New("the program has ended")

// play runs the program and the world around it until ctx ends.
func (d *demo) play(ctx context.Context, program Program) error {
	g, running := errgroup.WithContext(ctx)
	stop := context.AfterFunc(running, d.hub.close)
	defer stop()
	changes := d.stage.telegram.Watch(running)
	g.Go(func() error {
		for e := range changes {
			d.stage.tell(d.hub, e)
		}
		return nil
	})
	g.Go(func() error {
		err := program(running, Parts{Settings: d.settings, Store: d.store, Now: d.clock.Now, Sweep: sweepEvery, Tick: tickEvery,
			Pages: d.pages, Listener: d.listener})
		if err == nil {
			err = errOver
		}
		return err
	})
	g.Go(func() error { return d.live(running) })
	err := g.Wait()
	if ctx.Err() != nil || errors.Is(err, errOver) {
		return nil
	}
	return err
}

// live binds the chats, raises the curtain, and lets the shop live.
func (d *demo) live(ctx context.Context) error {
	if err := d.bind(ctx); err != nil {
		if ctx.Err() != nil {
			return nil
		}
		d.cfg.Log.Error("binding the chats of the demo", "err", err)
	}
	select {
	case <-ctx.Done():
		return nil
	case <-d.pages.visited:
	case <-time.After(curtainAfter):
	}
	d.time.opening(d.clock.Now())
	d.clock.SetSpeed(d.cfg.Speed)
	d.hub.wake()
	c := courier{client: &http.Client{Timeout: 10 * time.Second}, door: d.base + "/hooks/standard/" + d.shop.ID, secret: d.secret,
		now: d.clock.Now, told: d.hub.delivery}
	defer c.client.CloseIdleConnections()
	return c.run(ctx, d.time.take)
}

// codeTTL is how long the two codes are good, in real time.
const codeTTL = time.Hour

func (d *demo) bind(ctx context.Context) error {
	var codes [2]string
	for i, role := range []notify.Role{notify.Owner, notify.Team} {
		code, err := d.store.NewCode(ctx, d.shop.ID, role, codeTTL)
		if err != nil {
			return err
		}
		codes[i] = code
	}
	return d.stage.bind(ctx, codes[0], codes[1])
}
