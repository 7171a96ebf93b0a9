package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/sync/errgroup"

	"shopwarden/bot/webhook"
	"shopwarden/rules"
)

type replayCmd struct {
	Shop  string   `required:"" help:"The shop the events belong to." placeholder:"ID"`
	Files []string `arg:"" help:"Files of events, one JSON object a line; - is standard input." placeholder:"FILE"`
}

// maxLine is the longest line of a replay file in bytes.
const maxLine = 1 << 20

// badLines is how many bad lines are listed before the rest is only counted.
const badLines = 20

// Run checks every file first, so that a bad line leaves nothing half applied, then applies them. Running it again changes
// nothing.
func (c replayCmd) Run(ctx context.Context, w world, flags *cli) error {
	a, _, err := openFor(ctx, w, flags, c.Shop)
	if err != nil {
		return err
	}
	defer a.close()
	if err := c.check(w, a.now()); err != nil {
		return err
	}
	r := replay{app: a, shop: c.Shop, bar: c.bar(w)}
	return a.withTracker(ctx, func(ctx context.Context) error {
		for _, name := range c.Files {
			if err := r.file(ctx, name, w.in); err != nil {
				return err
			}
		}
		_ = r.bar.Finish()
		fmt.Fprintf(w.out, "%d events replayed", r.events)
		if r.unknown > 0 {
			fmt.Fprintf(w.out, ", %d of unknown type left out", r.unknown)
		}
		fmt.Fprintln(w.out)
		return nil
	})
}

// check reads all files and lists the lines that cannot be applied. Standard input can be read only once and is checked as
// it is applied.
func (c replayCmd) check(w world, now time.Time) error {
	bad := 0
	for _, name := range c.Files {
		if name == "-" {
			continue
		}
		err := lines(name, nil, func(number int, line []byte) error {
			if _, err := past(line, now); err != nil {
				bad++
				if bad <= badLines {
					fmt.Fprintf(w.err, "%s:%d: %v\n", name, number, err)
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	if bad > 0 {
		return fmt.Errorf("%d bad lines; nothing was applied", bad)
	}
	return nil
}

func (c replayCmd) bar(w world) *progressbar.ProgressBar {
	var size int64 = -1
	if w.screen {
		size = total(c.Files)
	}
	return progressbar.NewOptions64(size, progressbar.OptionSetWriter(w.err), progressbar.OptionShowBytes(true),
		progressbar.OptionSetVisibility(w.screen), progressbar.OptionSetDescription("replay"), progressbar.OptionClearOnFinish())
}

// total is the size of all files in bytes, -1 when one of them has none.
func total(names []string) (sum int64) {
	for _, name := range names {
		info, err := os.Stat(name)
		if err != nil || !info.Mode().IsRegular() {
			return -1
		}
		sum += info.Size()
	}
	return sum
}

// replay applies files to one shop.
type replay struct {
	app             *app
	shop            string
	bar             *progressbar.ProgressBar
	events, unknown int
}

// inFlight is how many batches are applied at the same time; the order in which they land does not matter.
const inFlight = 4

func (r *replay) file(ctx context.Context, name string, in io.Reader) error {
	work, ctx := errgroup.WithContext(ctx)
	work.SetLimit(inFlight)
	var batch []rules.Event
	send := func() {
		events := batch
		batch = nil
		r.events += len(events)
		work.Go(func() error { return r.app.tracker.ApplyHistory(ctx, r.shop, events) })
	}
	err := lines(name, in, func(number int, line []byte) error {
		_ = r.bar.Add(len(line) + 1)
		e, err := past(line, r.app.now())
		if err != nil {
			return fmt.Errorf("%s:%d: %w; the lines before it were applied", name, number, err)
		}
		if !rules.Known(e.Type) {
			r.unknown++
			return nil
		}
		if batch = append(batch, e); len(batch) == rules.MaxBatch {
			send()
		}
		return ctx.Err()
	})
	if len(batch) > 0 && (err == nil || name == "-") {
		send()
	}
	return errors.Join(work.Wait(), err)
}

// past reads an event that has happened.
func past(line []byte, now time.Time) (rules.Event, error) {
	e, err := rules.ParseEvent(line, "")
	if err == nil {
		err = webhook.Ahead(e, now)
	}
	return e, err
}

// lines calls f with each line of a file that is not blank.
func lines(name string, in io.Reader, f func(number int, line []byte) error) error {
	if name != "-" {
		file, err := os.Open(name)
		if err != nil {
			return err
		}
		defer file.Close()
		in = file
	}
	reader := bufio.NewReader(in)
	if magic, err := reader.Peek(2); err == nil && magic[0] == 0x1f && magic[1] == 0x8b {
		return fmt.Errorf("%s is compressed: gunzip -c %s | shopwarden replay --shop ID -", name, name)
	}
	scan := bufio.NewScanner(reader)
	scan.Buffer(make([]byte, 64<<10), maxLine)
	number := 0
	for scan.Scan() {
		number++
		line := bytes.TrimSpace(bytes.TrimPrefix(scan.Bytes(), []byte("\ufeff")))
		if len(line) == 0 {
			continue
		}
		if err := f(number, line); err != nil {
			return err
		}
	}
	if err := scan.Err(); errors.Is(err, bufio.ErrTooLong) {
		return fmt.Errorf("%s:%d: the line is longer than %d bytes", name, number+1, maxLine)
	} else if err != nil {
		return fmt.Errorf("%s:%d: %w", name, number+1, err)
	}
	return nil
}
