package sla

import (
	"context"
	"errors"
	"slices"
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
//
// A shop that cannot be judged, because its rules do not load, is looked at again later and does not hold up the others;
// the errors of all such shops are joined.
func (t *Tracker) Sweep(ctx context.Context) error {
	var all error
	for {
		wakes, err := t.store.Wakes(ctx, rules.InstantOf(t.cfg.Now()), perPartition)
		if err != nil || len(wakes) == 0 {
			return errors.Join(all, err)
		}
		err = t.tickAll(ctx, wakes)
		if err != nil && !errors.Is(err, ErrPolicy) {
			return errors.Join(all, err)
		}
		all = errors.Join(all, err)
	}
}

// Tick judges subjects of one shop as they stand now. With quiet nobody is told what that changes. It is for settings that
// changed, and for reports that must not wait for a sweep; ticking what has not changed does nothing.
func (t *Tracker) Tick(ctx context.Context, shop string, subjects []rules.Subject, quiet bool) error {
	for part := range slices.Chunk(subjects, perPartition) {
		if err := t.submit(ctx, &request{shop: shop, ticks: part, quiet: quiet}); err != nil {
			return err
		}
	}
	return nil
}

// tickAll ticks subjects shop by shop. Its errors are joined, but for those that only say that a shop is gone.
func (t *Tracker) tickAll(ctx context.Context, wakes []Wake) error {
	byShop := map[string][]rules.Subject{}
	for _, w := range wakes {
		byShop[w.Shop] = append(byShop[w.Shop], w.Subject)
	}
	errs := make(chan error, len(byShop))
	for shop, subjects := range byShop {
		go func() { errs <- t.submit(ctx, &request{shop: shop, ticks: subjects}) }()
	}
	var policy, other error
	for range byShop {
		switch err := <-errs; {
		case err == nil, errors.Is(err, ErrUnknownShop):
		case errors.Is(err, ErrPolicy):
			policy = errors.Join(policy, err)
		default:
			other = errors.Join(other, err)
		}
	}
	if other != nil {
		return other
	}
	return policy
}
