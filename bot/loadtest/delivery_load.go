package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"shopwarden/bot/outbox"
)

// queueing is how many digests are queued at once.
const queueing = 2000

// alertEvery is how often an alert is queued while the digests go out, in the time of the run.
const alertEvery = time.Second

// slowest is how long a digest may take before the run is given up: three times what the limits ask for.
const slowest = 100 * time.Millisecond

// load queues a digest for every chat, lets one worker send them, and queues alerts meanwhile.
func (s *stage) load(ctx context.Context, digests int) ([]goal, error) {
	m, end, err := s.set(ctx)
	if err != nil {
		return nil, err
	}
	defer end()
	chats := addChats(s.tg, digests)
	if err := m.postDigests(ctx, chats); err != nil {
		return nil, err
	}
	worker, err := startReplica(ctx, s.tg, s.redis, s.clock, s.complaints)
	if err != nil {
		return nil, err
	}
	began := s.clock.now()
	err = s.alongside(ctx, m, chats)
	took := s.clock.now().Sub(began)
	peak, noPeak := worker.peak()
	if errors.Is(noPeak, errNoPeak) {
		noPeak = nil // the row is left out
	}
	if err := errors.Join(err, noPeak, worker.stop()); err != nil {
		return nil, err
	}
	return s.loadRows(digests, took, peak), nil
}

func (m mail) postDigests(ctx context.Context, chats []int64) error {
	for from := 0; from < len(chats); from += queueing {
		var letters []letter
		for i := from; i < min(from+queueing, len(chats)); i++ {
			letters = append(letters, letter{outbox.Scorecard, i, chats[i]})
		}
		if err := m.post(ctx, letters); err != nil {
			return err
		}
	}
	return nil
}

// alongside queues alerts until the digests are out, and returns when the queue is empty.
func (s *stage) alongside(ctx context.Context, m mail, chats []int64) error {
	digestsOut, stopAlerts := context.WithCancel(ctx)
	defer stopAlerts()
	posted := make(chan struct{})
	work, ctx := errgroup.WithContext(ctx)
	work.Go(func() error {
		defer close(posted)
		return m.postAlerts(ctx, digestsOut.Done(), chats)
	})
	work.Go(func() error {
		defer stopAlerts() // also when the run stands still
		return s.await(ctx, s.clock.real(slowest*time.Duration(len(chats))), func(ctx context.Context) (bool, error) {
			if m.absent(outbox.Scorecard) > 0 {
				return false, nil
			}
			stopAlerts()
			select {
			case <-posted:
			default:
				return false, nil // there is one more
			}
			if m.absent() > 0 {
				return false, nil
			}
			left, err := m.left(ctx)
			return left == 0, err
		})
	})
	return work.Wait()
}

// postAlerts queues one alert after the other, at a steady rate, each to another chat and shop, until done closes.
func (m mail) postAlerts(ctx context.Context, done <-chan struct{}, chats []int64) error {
	ticker := time.NewTicker(m.clock.real(alertEvery))
	defer ticker.Stop()
	const stride = 7919 // a prime: neighbours are far from each other, and none comes twice
	for i := 0; ; i++ {
		select {
		case <-done:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
		}
		shop := i * stride % len(chats)
		kind := []string{outbox.Violation, outbox.Breach}[i%2]
		if err := m.post(ctx, []letter{{kind, shop, chats[shop]}}); err != nil {
			return fmt.Errorf("alert %d: %w", i+1, err)
		}
	}
}

// Goals of the load.
const (
	leastShare = 0.95
	latest     = 1500 * time.Millisecond // of the run, from commit to arrival
	mostMemory = 200                     // MB
)

func (s *stage) loadRows(digests int, took time.Duration, peak int64) []goal {
	v, delays := s.ledger.verdict(), s.ledger.delays()
	perSecond := float64(s.tg.Limits().PerSecond)
	rows := []goal{
		info("load: clock and limits faster than in life", s.clock.scale, "times"),
		info("load: digests queued first", float64(digests), "messages"),
		info("load: alerts meanwhile", float64(len(s.ledger.entries)-digests), "messages"),
		info("load: took", took.Seconds(), "s"),
		none("load: answers 429", s.ledger.floods, "answers"),
		atLeast("load: share of the allowed rate used", s.ledger.rate()/perSecond, "", leastShare),
		info("load: alert p50 from commit to arrival", quantile(delays, 0.5).Seconds(), "s"),
		atMost("load: alert p99 from commit to arrival", quantile(delays, 0.99).Seconds(), "s", latest.Seconds()),
	}
	if peak > 0 {
		rows = append(rows, below("load: peak memory of the worker", float64(peak)/(1<<20), "MB", mostMemory))
	}
	return append(rows,
		none("load: messages missing", v.alertsMissing+v.digestsMissing+v.inDoubt, "messages"),
		none("load: duplicates", v.repeated+v.repeatedForNothing, "messages"))
}

// quantile is a share of a list that is in order, 0 for an empty one.
func quantile(list []time.Duration, share float64) time.Duration {
	if len(list) == 0 {
		return 0
	}
	return list[min(int(share*float64(len(list))), len(list)-1)]
}
