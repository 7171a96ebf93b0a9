package sla

import (
	"context"
	"errors"
	"time"

	"shopwarden/rules"
)

// perPartition is how many wake-ups of one partition a sweep takes at a time.
const perPartition = 200

// sweeper looks at the passing of time every Sweep until ctx ends.
func (t *Tracker) sweeper(ctx context.Context) {
	ticker := time.NewTicker(t.cfg.Sweep)
	defer ticker.Stop()
	for {
		if err := t.Sweep(ctx); err != nil && ctx.Err() == nil {
			t.log.Error("sweep", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// Sweep ticks every subject whose wake-up has come: warnings fall due, deadlines pass. A wake-up is moved or removed by the
// commit of its subject, so a crash in between loses nothing. Sweeping twice, or in several processes, equals once.
func (t *Tracker) Sweep(ctx context.Context) error {
	for {
		wakes, err := t.store.Wakes(ctx, rules.InstantOf(t.cfg.Now()), perPartition)
		if err != nil {
			return err
		}
		if len(wakes) == 0 {
			return nil
		}
		if err := t.tickAll(ctx, wakes); err != nil {
			return err
		}
	}
}

// tickAll ticks subjects shop by shop and returns the first error that says more than that a shop is gone.
func (t *Tracker) tickAll(ctx context.Context, wakes []Wake) error {
	byShop := map[string][]rules.Subject{}
	for _, w := range wakes {
		byShop[w.Shop] = append(byShop[w.Shop], w.Subject)
	}
	errs := make(chan error, len(byShop))
	for shop, subjects := range byShop {
		go func() { errs <- t.submit(ctx, &request{shop: shop, ticks: subjects}) }()
	}
	var first error
	for range byShop {
		if err := <-errs; err != nil && !errors.Is(err, ErrUnknownShop) && first == nil {
			first = err
		}
	}
	return first
}
