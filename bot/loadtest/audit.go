package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"shopwarden/bot/notify"
	"shopwarden/bot/sla"
	"shopwarden/bot/store"
	"shopwarden/config"
	"shopwarden/rules"
)

// atOnce is how many shops are set up or read at the same time.
const atOnce = 16

// errCount says that something was acknowledged and not kept, or kept twice.
var errCount = errors.New("the counts differ")

// reader is what an audit needs of ours and of the baseline.
type reader interface {
	Days(ctx context.Context, asks []sla.DayAsk) ([]sla.DayData, error)
	Log(ctx context.Context, shop string, f func(rules.Event) error) error
}

// kept is what all shops together remember.
type kept struct {
	events int64 // in the logs
	opens  [len(opened)]int64
	timed  int64 // cases with a time, by the tallies
	times  int64 // and the times themselves
}

// audit compares what was acknowledged with what is kept: every event is in a log, and every case it opened is in a
// counter.
func audit(ctx context.Context, r reader, shops int, around rules.Date, sent sample) error {
	var mu sync.Mutex
	var sum kept
	err := eachShop(ctx, shops, func(ctx context.Context, i int) error {
		k, err := keptOf(ctx, r, shopName(i), around)
		if err != nil {
			return err
		}
		mu.Lock()
		defer mu.Unlock()
		sum.add(k)
		return nil
	})
	if err != nil {
		return fmt.Errorf("reading back: %w", err)
	}
	if sum.events != sent.events {
		return fmt.Errorf("%w: %d events were acknowledged, %d are in the logs", errCount, sent.events, sum.events)
	}
	for i, rule := range opened {
		if sum.opens[i] != sent.opens[i] {
			return fmt.Errorf("%w: %d cases of %s were opened, %d are counted", errCount, sent.opens[i], rule, sum.opens[i])
		}
	}
	if sum.timed != sum.times {
		return fmt.Errorf("%w: %d cases were timed, %d times are kept", errCount, sum.timed, sum.times)
	}
	return nil
}

func (k *kept) add(other kept) {
	k.events += other.events
	k.timed += other.timed
	k.times += other.times
	for i, n := range other.opens {
		k.opens[i] += n
	}
}

// spanDays is how many days before and after the present the mix reaches.
const spanDays = 8

func keptOf(ctx context.Context, r reader, shop string, around rules.Date) (k kept, err error) {
	ask := sla.DayAsk{Shop: shop}
	for d := around.Next(-spanDays); d <= around.Next(spanDays); d++ {
		ask.Days = append(ask.Days, d)
		for _, rule := range opened {
			ask.Took = append(ask.Took, sla.RuleDay{Day: d, Rule: rule})
		}
	}
	data, err := r.Days(ctx, []sla.DayAsk{ask})
	if err != nil {
		return kept{}, err
	}
	for _, day := range data[0].Tallies {
		for i, rule := range opened {
			t := day[rule]
			k.opens[i] += t.Open + t.Met + t.Breached + t.Void
			k.timed += t.Timed
		}
	}
	for _, times := range data[0].Took {
		k.times += int64(len(times))
	}
	return k, r.Log(ctx, shop, func(rules.Event) error { k.events++; return nil })
}

// recount lets the desk judge the logs of the first shops anew and compares that with their counters.
func recount(ctx context.Context, s *store.Store, shops int, around rules.Date) error {
	policy, err := newPolicy()
	if err != nil {
		return err
	}
	desk := sla.NewDesk(s, policy, time.Now)
	return eachShop(ctx, shops, func(ctx context.Context, i int) error {
		found, err := desk.Recount(ctx, shopName(i), around.Next(-spanDays), around.Next(spanDays))
		if err != nil {
			return fmt.Errorf("recounting: %w", err)
		}
		if len(found) > 0 {
			return fmt.Errorf("%w: shop %s: %v", errCount, shopName(i), found[0])
		}
		return nil
	})
}

// registry is what shops are set up in.
type registry interface {
	SaveShop(ctx context.Context, shop config.Shop) error
	Bind(ctx context.Context, shop string, chat notify.Chat) error
}

// setUp sets up every shop, each with one chat that hears of everything.
func setUp(ctx context.Context, r registry, shops int, zone string) error {
	return eachShop(ctx, shops, func(ctx context.Context, i int) error {
		shop := config.NewShop(shopName(i), config.Standard, time.Now())
		shop.Timezone = zone
		if err := r.SaveShop(ctx, shop); err != nil {
			return err
		}
		return r.Bind(ctx, shop.ID, notify.Chat{ID: int64(1000 + i), Title: "shop", Role: notify.Owner, Lang: "zh", Alerts: true, Digest: true})
	})
}

// eachShop calls f for every shop, some at the same time.
func eachShop(ctx context.Context, shops int, f func(ctx context.Context, i int) error) error {
	work, ctx := errgroup.WithContext(ctx)
	work.SetLimit(atOnce)
	for i := range shops {
		work.Go(func() error { return f(ctx, i) })
	}
	return work.Wait()
}
