package demo

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
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
	pastDays = 60

	appealDays = 7 // how long what the platform announces may be appealed
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
	for batch := range slices.Chunk(append(d.penalties(), d.time.take(d.clock.Now())...), rules.MaxBatch) {
		if err = tracker.ApplyHistory(ctx, shopID, batch); err != nil {
			err = fmt.Errorf("counting the past: %w", err)
			break
		}
	}
	stop()
	return errors.Join(err, <-ended)
}

// penalties are what the platform itself announced: points long ago, points that were appealed, and a notice that may still
// be.
func (d *demo) penalties() []rules.Event {
	now := d.clock.Now()
	ago := func(days int) time.Time { return now.AddDate(0, 0, -days).Add(2 * time.Hour) }
	issued := func(days int, id, rung, rule, reason string, points json.Number) rules.Event {
		return happened(ago(days), "penalty.issued", rules.Data{PenaltyID: id, Rung: rung, Rule: rule, Reason: d.text[reason], Points: points,
			AppealBy: ago(days - appealDays).UTC().Format(time.RFC3339)}).event
	}
	return []rules.Event{
		happened(ago(13), "guarantee.enabled", rules.Data{Program: "fast_refund"}).event,
		issued(45, "P1032", "general_points", "after-sales-review", "penalty_slow", "1"),
		issued(20, "P1187", "general_points", "ship-on-time", "penalty_late", "2"),
		happened(ago(18), "penalty.appealed", rules.Data{PenaltyID: "P1187"}).event,
		happened(ago(15), "penalty.upheld", rules.Data{PenaltyID: "P1187"}).event,
		issued(3, "P1304", "notice", "ship-on-time", "penalty_late", ""),
	}
}
