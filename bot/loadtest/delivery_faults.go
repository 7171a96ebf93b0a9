package main

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"

	"shopwarden/bot/outbox"
	"shopwarden/bot/telegram/telegramtest"
)

// Of all calls a tenth each meets one of six faults.
const faultShare = 0.1

func faultMix() []telegramtest.FaultShare {
	var shares []telegramtest.FaultShare
	for _, f := range []telegramtest.Fault{
		{Code: http.StatusTooManyRequests, RetryAfter: 2},
		{Code: http.StatusInternalServerError},
		{Kind: telegramtest.FaultHTML},
		{Kind: telegramtest.FaultHang},
		{Kind: telegramtest.FaultLostReply},
		{Kind: telegramtest.FaultDrop},
	} {
		shares = append(shares, telegramtest.FaultShare{Fault: f, Share: faultShare})
	}
	return shares
}

const (
	faultSeed = 1
	replicas  = 2
	// A process works so long on the machine's clock, and up to twice that.
	shortLife = 2 * time.Second
	// Messages of one chat, and how they are queued: some at a time, so that kills meet all stages of a line.
	perChat  = 4
	bunch    = 20
	bunchGap = 50 * time.Millisecond
)

// faults delivers messages through faults of all kinds by two replicas that are killed again and again.
func (s *stage) faults(ctx context.Context, messages int) ([]goal, error) {
	m, end, err := s.set(ctx)
	if err != nil {
		return nil, err
	}
	defer end()
	letters := mixedLetters(addChats(s.tg, max(messages/perChat, 1)), messages)
	s.tg.Mix(faultMix(), faultSeed)
	began := s.clock.now()
	kills, err := s.amongKills(ctx, func(ctx context.Context) error {
		if err := m.postSlowly(ctx, letters); err != nil {
			return err
		}
		return s.await(ctx, s.clock.real(time.Hour), func(ctx context.Context) (bool, error) {
			left, err := m.left(ctx)
			return left == 0, err
		})
	})
	if err != nil {
		return nil, err
	}
	took := s.clock.now().Sub(began)
	left, err := m.left(ctx)
	if err != nil {
		return nil, err
	}
	return s.faultRows(messages, left, kills, took), nil
}

// mixedLetters are digests and alerts for all chats by turns; every fourth is a digest.
func mixedLetters(chats []int64, n int) []letter {
	kinds := []string{outbox.Violation, outbox.Breach, outbox.Scorecard, outbox.Breach}
	letters := make([]letter, n)
	for i := range letters {
		chat := i % len(chats)
		letters[i] = letter{kinds[(i/len(chats)+chat)%len(kinds)], chat, chats[chat]}
	}
	return letters
}

func (m mail) postSlowly(ctx context.Context, letters []letter) error {
	ticker := time.NewTicker(bunchGap)
	defer ticker.Stop()
	for from := 0; from < len(letters); from += bunch {
		if err := m.post(ctx, letters[from:min(from+bunch, len(letters))]); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
		}
	}
	return nil
}

// amongKills does something while the replicas come and go, and returns how many were killed.
func (s *stage) amongKills(ctx context.Context, do func(ctx context.Context) error) (kills int, err error) {
	done, end := context.WithCancel(ctx)
	defer end()
	counts := make([]int, replicas)
	work, ctx := errgroup.WithContext(ctx)
	for i := range replicas {
		random := rand.New(rand.NewPCG(faultSeed, uint64(i)))
		work.Go(func() (err error) {
			counts[i], err = s.lives(ctx, done.Done(), random)
			return err
		})
	}
	work.Go(func() error {
		defer end()
		return do(ctx)
	})
	err = work.Wait()
	for _, n := range counts {
		kills += n
	}
	return kills, err
}

// lives runs one replica after the other, each until it is killed, and the last until done closes.
func (s *stage) lives(ctx context.Context, done <-chan struct{}, random *rand.Rand) (kills int, err error) {
	for {
		r, err := startReplica(ctx, s.tg, s.redis, s.clock, s.complaints)
		if err != nil {
			return kills, err
		}
		life := time.NewTimer(shortLife + time.Duration(random.Int64N(int64(shortLife))))
		select {
		case <-life.C:
			if err := r.kill(); err != nil {
				return kills, err
			}
			kills++
		case <-done:
			life.Stop()
			return kills, r.stop()
		case <-ctx.Done():
			life.Stop()
			return kills, errors.Join(ctx.Err(), r.kill())
		}
	}
}

func (s *stage) faultRows(messages, left, kills int, took time.Duration) []goal {
	l, v := s.ledger, s.ledger.verdict()
	return []goal{
		info("faults: clock and limits faster than in life", s.clock.scale, "times"),
		info("faults: messages queued", float64(messages), "messages"),
		info("faults: took", took.Seconds(), "s"),
		info("faults: calls gone wrong", 100*float64(l.wrong)/float64(max(l.calls, 1)), "% of calls"),
		info("faults: kill -9", float64(kills), "times"),
		none("faults: messages left on the queue", left, "messages"),
		none("faults: alerts missing", v.alertsMissing, "messages"),
		none("faults: digests missing without a doubt", v.digestsMissing, "messages"),
		info("faults: digests given up in doubt that had not arrived", float64(v.inDoubt), "messages"),
		info("faults: duplicates after a lost reply or a kill", float64(v.repeated), "messages"),
		none("faults: duplicates without such a reason", v.repeatedForNothing, "messages"),
		none("faults: alerts that overtook an earlier one", v.overtook, "messages"),
	}
}
