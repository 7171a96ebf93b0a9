package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"time"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "sqlref:", err)
		os.Exit(1)
	}
}

func run() error {
	size := size{}
	flag.IntVar(&size.events, "events", 1_000_000, "how many events")
	flag.IntVar(&size.shops, "shops", 50, "over how many shops")
	flag.Uint64Var(&size.seed, "seed", 1, "of the events")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	n, err := check(ctx, os.Stdout, size)
	if err == nil && n > 0 {
		err = errors.New("the counters are not those of the reference")
	}
	return err
}

// size says how much is compared.
type size struct {
	events, shops int
	seed          uint64
}

// check counts a generated log on both sides and returns in how many numbers they differ. It prints times and differences.
func check(ctx context.Context, out io.Writer, z size) (int, error) {
	r, err := newReference(ctx, last)
	if err != nil {
		return 0, err
	}
	defer func() { _ = r.close() }()
	engine, climbed, err := fill(ctx, out, r, z)
	if err != nil {
		return 0, err
	}
	began := time.Now()
	err = r.count(ctx, func(name string, took time.Duration) { fmt.Fprintf(out, "  %-32s %8.2f s\n", name, took.Seconds()) })
	if err != nil {
		return 0, err
	}
	reference, err := r.rates(ctx)
	if err != nil {
		return 0, err
	}
	points, err := r.points(ctx)
	if err != nil {
		return 0, err
	}
	fmt.Fprintf(out, "reference: %.1f s\n", time.Since(began).Seconds())
	found := differences(engine, reference)
	ours, theirs := only(climbed, points), only(points, climbed)
	n := len(found) + len(ours) + len(theirs)
	fmt.Fprintf(out, "%d counters, %d steps and nodes of points, %d differences\n", len(reference), len(points), n)
	for _, side := range []struct {
		name string
		list []string
	}{{"engine", ours}, {"reference", theirs}} {
		for _, text := range side.list[:min(len(side.list), 5)] {
			fmt.Fprintf(out, "only the %s: %s\n", side.name, text)
		}
	}
	return n, tell(ctx, out, r, z, found, engine, reference)
}

// fill generates the shops one after the other, loads their events into the reference and lives through them.
func fill(ctx context.Context, out io.Writer, r *reference, z size) (numbers, map[string]bool, error) {
	tx, err := r.db.BeginTx(ctx, nil)
	if err != nil {
		return nil, nil, fmt.Errorf("beginning to load: %w", err)
	}
	defer func() { _ = tx.Rollback() }() // after a commit it does nothing
	l, err := newLoader(ctx, tx)
	if err != nil {
		return nil, nil, err
	}
	all, points := numbers{}, map[string]bool{}
	var loading, living time.Duration
	for _, s := range shops(z.shops) {
		events, err := generate(z.seed, s, z.events/z.shops)
		if err != nil {
			return nil, nil, err
		}
		began := time.Now()
		if err := l.load(ctx, s, events); err != nil {
			return nil, nil, err
		}
		loading += time.Since(began)
		began = time.Now()
		w, err := live(s, events, last)
		if err != nil {
			return nil, nil, err
		}
		living += time.Since(began)
		tallied(all, s.Number, w.Tallies)
		climbed(points, s.Number, w, last)
	}
	fmt.Fprintf(out, "%d events of %d shops\nengine: %.1f s\nloading: %.1f s\n", z.events, z.shops, living.Seconds(), loading.Seconds())
	return all, points, tx.Commit()
}

// tell explains the first difference of each rule.
func tell(ctx context.Context, out io.Writer, r *reference, z size, found []key, engine, reference numbers) error {
	told := map[string]bool{}
	for _, k := range found {
		if told[k.rule] {
			continue
		}
		told[k.rule] = true
		s := shops(z.shops)[k.shop-1]
		events, err := generate(z.seed, s, z.events/z.shops)
		if err != nil {
			return err
		}
		if err := explain(ctx, out, r, s, events, k, engine[k], reference[k]); err != nil {
			return err
		}
	}
	return nil
}
