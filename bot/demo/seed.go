package demo

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"time"

	"shopwarden/bot/notify"
	"shopwarden/bot/outbox"
	"shopwarden/bot/sla"
	"shopwarden/config"
	"shopwarden/rules"
)

// The shop, and how many days of it are past when the demo starts.
const (
	shopID   = "demo"
	zoneName = "Asia/Shanghai"
	pastDays = 14
)

// openShop makes settings, a shop with a secret, and its past.
func (d *demo) openShop(ctx context.Context, name string) error {
	if err := d.settle(); err != nil {
		return err
	}
	vault, err := config.NewVault(d.settings.DataSecret)
	if err != nil {
		return err
	}
	d.shop = config.NewShop(shopID, config.Standard, d.clock.Now().AddDate(0, 0, -pastDays))
	d.shop.Name, d.shop.Timezone, d.shop.Lang = name, zoneName, d.cfg.Lang
	if d.secret, err = d.shop.Rotate(vault, d.clock.Now(), 0); err != nil {
		return err
	}
	if err := d.store.SaveShop(ctx, d.shop); err != nil {
		return err
	}
	return d.past(ctx)
}

// settle makes the settings that an operator would make.
func (d *demo) settle() (err error) {
	random := make([]byte, config.MinDataSecret)
	_, _ = rand.Read(random) // never fails: crypto/rand ends the program instead
	given := map[string]string{
		"TELEGRAM_TOKEN":   d.stage.telegram.Token(),
		"TELEGRAM_API_URL": d.stage.telegram.URL(),
		"LISTEN":           d.listener.Addr().String(),
		"PUBLIC_URL":       d.base,
		"DATA_SECRET":      base64.StdEncoding.EncodeToString(random),
	}
	env := func(name string) (string, bool) { value, ok := given[name]; return value, ok }
	noFiles := func(string) ([]byte, error) { return nil, errors.New("the demo reads no files") }
	d.settings, err = config.Load(env, "", noFiles)
	return err
}

// mute tells nobody: what is past is past.
type mute struct{}

// Alerts returns no messages.
func (mute) Alerts(notify.News) []outbox.Message { return nil }

// past counts what happened before the demo, quietly, through a tracker of its own.
func (d *demo) past(ctx context.Context) error {
	packs, err := config.LoadPacks(config.BuiltIn(), "")
	if err != nil {
		return err
	}
	policy := func(shop config.Shop) (*rules.Policy, error) { return shop.Policy(packs) }
	tracker := sla.NewTracker(d.store, policy, mute{}, d.cfg.Log, sla.Config{Now: d.clock.Now, Sweep: time.Hour})
	running, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- tracker.Run(running) }()
	for batch := range slices.Chunk(append(d.penalty(), d.time.take(d.clock.Now())...), rules.MaxBatch) {
		if err = tracker.ApplyHistory(ctx, shopID, batch); err != nil {
			err = fmt.Errorf("counting the past: %w", err)
			break
		}
	}
	stop()
	return errors.Join(err, <-ended)
}

// penalty is the one thing that the platform itself announced: a notice, three days ago.
func (d *demo) penalty() []rules.Event {
	at := d.clock.Now().AddDate(0, 0, -3).Add(2 * time.Hour)
	return []rules.Event{
		happened(at.AddDate(0, 0, -10), "guarantee.enabled", rules.Data{Program: "fast_refund"}).event,
		happened(at, "penalty.issued", rules.Data{PenaltyID: "n1", Rung: "notice", Rule: "ship-on-time", Reason: "late shipment",
			AppealBy: at.AddDate(0, 0, 7).UTC().Format(time.RFC3339)}).event,
	}
}
