package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"runtime/pprof"
	"time"

	"shopwarden/bot/locale"
	"shopwarden/bot/notify"
	"shopwarden/bot/sla"
	"shopwarden/bot/store"
	"shopwarden/bot/webhook"
	"shopwarden/config"
	"shopwarden/rules"
)

// serveCmd is one of the three services. It prints its address, answers every line on its standard input with what it has
// used so far, and ends when the input does.
type serveCmd struct {
	Mode        string `arg:"" enum:"bound,ours,baseline"`
	Redis       string `help:"URL."`
	Shops       int    `required:""`
	Connections int    `required:""`
	Profile     string `help:"File for a CPU profile, from the first line of input on."`
}

// greeting is the first line a service prints, usage every other.
type greeting struct {
	Address string `json:"address"`
}

type usage struct {
	CPU time.Duration `json:"cpu"`
}

// Run serves until the input ends.
func (c serveCmd) Run(ctx context.Context, w world) error {
	ctx = context.WithoutCancel(ctx) // an interrupt reaches both processes; the other one ends the input
	intake, stop, err := c.intake(ctx)
	if err != nil {
		return err
	}
	var listen net.ListenConfig
	l, err := listen.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return errors.Join(err, stop())
	}
	server := &http.Server{
		Handler:           webhook.New(webhook.Config{}, newRing(c.Shops), intake, slog.New(slog.NewTextHandler(w.err, nil))),
		ReadHeaderTimeout: 10 * time.Second,
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(l) }()
	err = c.converse(w, greeting{l.Addr().String()})
	err = errors.Join(err, server.Close())
	if end := <-served; !errors.Is(end, http.ErrServerClosed) {
		err = errors.Join(err, end)
	}
	return errors.Join(err, stop())
}

// converse greets and answers until the input ends.
func (c serveCmd) converse(w world, hello greeting) (err error) {
	say := json.NewEncoder(w.out)
	if err := say.Encode(hello); err != nil {
		return err
	}
	stop := func() error { return nil }
	defer func() { err = errors.Join(err, stop()) }()
	in := bufio.NewScanner(w.in)
	for first := true; in.Scan(); first = false {
		if first && c.Profile != "" {
			if stop, err = startProfile(c.Profile); err != nil {
				return err
			}
		}
		used, err := cpuTime()
		if err != nil {
			return err
		}
		if err := say.Encode(usage{used}); err != nil {
			return err
		}
	}
	return in.Err()
}

// startProfile always returns a stop that may be called.
func startProfile(name string) (stop func() error, err error) {
	file, err := os.Create(name)
	if err != nil {
		return func() error { return nil }, err
	}
	if err := pprof.StartCPUProfile(file); err != nil {
		return file.Close, err
	}
	return func() error { pprof.StopCPUProfile(); return file.Close() }, nil
}

// intake makes what stands behind the handler.
func (c serveCmd) intake(ctx context.Context) (in webhook.Intake, stop func() error, err error) {
	switch c.Mode {
	case modeOurs:
		s, err := store.Connect(ctx, store.Options{URL: c.Redis})
		if err != nil {
			return nil, nil, err
		}
		return tracked(ctx, s, s.Close, sla.Config{})
	case modeBaseline:
		b, err := newBaseline(c.Redis, c.Connections)
		if err != nil {
			return nil, nil, err
		}
		// A group of one is no group, and with a flusher per partition no shop waits for another.
		in, stop, err := tracked(ctx, b, b.db.Close, sla.Config{Group: 1, Flushers: b.Partitions()})
		return oneByOne{in}, stop, err
	default:
		return nothing{}, func() error { return nil }, nil
	}
}

// tracked runs a tracker on a store until stop is called.
func tracked(ctx context.Context, s sla.Store, closeStore func() error, tune sla.Config) (*sla.Tracker, func() error, error) {
	policy, err := newPolicy()
	if err != nil {
		return nil, nil, errors.Join(err, closeStore())
	}
	composer, err := newComposer()
	if err != nil {
		return nil, nil, errors.Join(err, closeStore())
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	tracker := sla.NewTracker(s, policy, composer, log, tune)
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() { done <- tracker.Run(ctx) }()
	return tracker, func() error { cancel(); return errors.Join(<-done, closeStore()) }, nil
}

func newComposer() (*notify.Composer, error) {
	texts, err := locale.Load()
	if err != nil {
		return nil, err
	}
	tips, err := config.Tips()
	if err != nil {
		return nil, err
	}
	return notify.New(texts, tips), nil
}

// newPolicy returns what binds a shop to its pack.
func newPolicy() (func(config.Shop) (*rules.Policy, error), error) {
	packs, err := config.LoadPacks(config.BuiltIn(), "")
	if err != nil {
		return nil, fmt.Errorf("loading the packs: %w", err)
	}
	return func(shop config.Shop) (*rules.Policy, error) { return shop.Policy(packs) }, nil
}

// The three services.
const (
	modeBound    = "bound"
	modeOurs     = "ours"
	modeBaseline = "baseline"
)

// nothing is the intake of the bound.
type nothing struct{}

func (nothing) Apply(context.Context, string, []rules.Event) error { return nil }

// ring has the keys of every shop in memory.
type ring map[string]webhook.Keyring

func newRing(shops int) ring {
	r := ring{}
	for i := range shops {
		r[shopName(i)] = webhook.Keyring{Platform: webhook.Standard, Secrets: []string{signingKey()}}
	}
	return r
}

// Keyring implements webhook.Keys.
func (r ring) Keyring(_ context.Context, shop string) (webhook.Keyring, error) {
	keys, ok := r[shop]
	if !ok {
		return keys, webhook.ErrUnknownShop
	}
	return keys, nil
}
