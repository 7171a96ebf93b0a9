package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"shopwarden/bot/store"
	"shopwarden/rules"
)

// plan says what one table measures.
type plan struct {
	batch, connections, shops, rounds int
	thrift                            int           // makes the pool that many times smaller, where making it takes longer than using it
	span                              time.Duration // of one service in one round
	redis                             string        // URL of an empty one; "" = a private one
	profile                           string        // file for the CPU profile of ours in the last round
	complaints                        io.Writer     // of the services
}

// warmUp is driven before the clock starts, in shares of span: connections, caches and the first dossiers.
const warmUp = 0.15

// The pool holds posts for these rates. A service that is faster gets through its pool before the time is over, which the
// rate takes into account; the bound begins the pool anew.
const (
	postsPerSecond  = 40_000
	eventsPerSecond = 200_000
)

// cell is what one service did in one round.
type cell struct {
	sample
	service, redis time.Duration // processor time per event
}

// round measures all three services under the same posts.
func (p plan) round(ctx context.Context, number int) (map[string]cell, error) {
	posts, err := p.load(number).make()
	if err != nil {
		return nil, fmt.Errorf("making posts: %w", err)
	}
	cells := map[string]cell{}
	for _, mode := range modes {
		if cells[mode], err = p.cell(ctx, mode, posts, number == p.rounds-1); err != nil {
			return nil, fmt.Errorf("%s, posts of %d, round %d: %w", mode, p.batch, number+1, err)
		}
	}
	return cells, nil
}

func (p plan) load(number int) load {
	now := time.Now()
	perSecond := min(postsPerSecond, eventsPerSecond/p.batch) / p.thrift
	return load{shops: p.shops, batch: p.batch, posts: max(1, int(float64(perSecond)*p.span.Seconds()*(1+warmUp))), seed: uint64(number),
		// No deadline falls into the round: the youngest cases are seconds old at its end.
		base: now.Add(3 * (p.span + 3*time.Second)), signed: now}
}

// zone is one in which the base is around noon: the pack counts conversations of the day and moves after-sales of the
// night, and a run at midnight must do the same work as one at noon.
func zone(base time.Time) string {
	if east := 12 - base.UTC().Hour(); east != 0 {
		return fmt.Sprintf("Etc/GMT%+d", -east) // these names count westward
	}
	return "UTC"
}

func (p plan) cell(ctx context.Context, mode string, posts []post, last bool) (c cell, err error) {
	from := &pool{posts: posts, again: mode == modeBound}
	if mode == modeBound {
		return p.measure(ctx, serveCmd{Mode: mode}, nil, from, nil)
	}
	s, err := p.server(ctx)
	if err != nil {
		return cell{}, err
	}
	defer s.stop()
	serve := serveCmd{Mode: mode, Redis: s.url}
	if mode == modeBaseline {
		b, err := newBaseline(s.url, atOnce)
		if err != nil {
			return cell{}, err
		}
		defer b.db.Close()
		return p.kept(ctx, serve, s, from, b)
	}
	if last {
		serve.Profile = p.profile
	}
	kept, err := store.Connect(ctx, store.Options{URL: s.url})
	if err != nil {
		return cell{}, err
	}
	defer kept.Close()
	if c, err = p.kept(ctx, serve, s, from, kept); err != nil {
		return cell{}, err
	}
	return c, recount(ctx, kept, min(p.shops, recounted), rules.DateOf(rules.InstantOf(time.Now()), time.UTC))
}

// recounted is how many shops are judged anew from their logs after a round; the busiest come first.
const recounted = 32

func (p plan) server(ctx context.Context) (*server, error) {
	if p.redis != "" {
		return useServer(ctx, p.redis)
	}
	return startServer(ctx)
}

// bench is a store that can be set up and read back.
type bench interface {
	registry
	reader
}

// kept measures a service that keeps what it takes, and audits it.
func (p plan) kept(ctx context.Context, serve serveCmd, s *server, from *pool, b bench) (cell, error) {
	now := time.Now()
	if err := setUp(ctx, b, p.shops, zone(now)); err != nil {
		return cell{}, fmt.Errorf("setting up shops: %w", err)
	}
	return p.measure(ctx, serve, s, from, func(sent sample) error {
		return audit(ctx, b, p.shops, rules.DateOf(rules.InstantOf(now), time.UTC), sent)
	})
}

// measure starts a service, warms it up, and drives it. check gets everything that was acknowledged, before the service is
// stopped.
func (p plan) measure(ctx context.Context, serve serveCmd, s *server, from *pool, check func(sample) error) (c cell, err error) {
	serve.Shops, serve.Connections = p.shops, p.connections
	svc, err := startService(ctx, serve, p.complaints)
	if err != nil {
		return cell{}, err
	}
	defer func() { err = errors.Join(err, svc.stop()) }()
	lines, err := dial(ctx, svc.address, p.connections)
	if err != nil {
		return cell{}, err
	}
	defer hangUp(lines)
	warm, err := drive(ctx, lines, from, time.Duration(float64(p.span)*warmUp))
	if err != nil {
		return cell{}, err
	}
	before, err := cpuTimes(ctx, svc, s)
	if err != nil {
		return cell{}, err
	}
	if c.sample, err = drive(ctx, lines, from, p.span); err != nil {
		return cell{}, err
	}
	after, err := cpuTimes(ctx, svc, s)
	if err != nil {
		return cell{}, err
	}
	if c.events == 0 {
		return cell{}, errors.New("nothing was sent after the warm-up: there were too few posts")
	}
	c.service, c.redis = (after[0]-before[0])/time.Duration(c.events), (after[1]-before[1])/time.Duration(c.events)
	if check == nil {
		return c, nil
	}
	warm.add(c.sample)
	return c, check(warm)
}

// cpuTimes returns the processor time of the service and of Redis, 0 without a Redis.
func cpuTimes(ctx context.Context, svc *service, s *server) (used [2]time.Duration, err error) {
	if used[0], err = svc.cpuTime(); err != nil || s == nil {
		return used, err
	}
	used[1], err = s.cpuTime(ctx)
	return used, err
}
