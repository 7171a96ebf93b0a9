package telegram

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"slices"
	"strconv"
	"sync"
	"time"

	"shopwarden/bot/export"
	"shopwarden/bot/notify"
	"shopwarden/bot/outbox"
	"shopwarden/bot/sla"
	"shopwarden/config"
	"shopwarden/rules"
)

// exportLines is how many files are made side by side by all processes together.
const exportLines = 4

// exportLine is the line in which the files of a chat are made.
func exportLine(chat int64) int { return int(uint64(chat) % exportLines) }

// exportLives is how long a file is worth sending.
const exportLives = 6 * time.Hour

// ExportStore is what an Exporter reads and settles.
type ExportStore interface {
	Wishes
	// Chats returns the subscriptions of a shop; none for an unknown shop.
	Chats(ctx context.Context, shop string) ([]notify.Chat, error)
}

// ExportDesk knows shops and lists their cases.
type ExportDesk interface {
	// View is what a page about a shop starts from.
	View(ctx context.Context, shop string) (notify.View, error)
	// Export calls row for each case of the days of e, and returns e with what it came to.
	Export(ctx context.Context, e notify.ExportView, row func(notify.ExportRow) error) (notify.ExportView, error)
}

// ExporterConfig tunes an Exporter. Owner is required; the rest works when zero.
type ExporterConfig struct {
	Owner   string        // this process among those that make files
	Lease   time.Duration // default 15 s
	Idle    time.Duration // how often an empty line is looked at; default 2 s
	Timeout time.Duration // for one file; default 2 min
	Tries   int           // attempts before it is given up; default 3
	Drain   time.Duration // how long a file in hand may take after a stop; default 5 s
	Now     func() time.Time
	Nudge   func() // called after a file was queued; must not block
}

func (c ExporterConfig) withDefaults() ExporterConfig {
	orDuration(&c.Lease, 15*time.Second)
	orDuration(&c.Idle, 2*time.Second)
	orDuration(&c.Timeout, 2*time.Minute)
	orDuration(&c.Drain, 5*time.Second)
	orInt(&c.Tries, 3)
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Nudge == nil {
		c.Nudge = func() {}
	}
	return c
}

// Exporter makes the files that chats ask for, beside the handling of updates, which never waits for it.
//
// It guarantees: a wish leaves its line only after the file, or the reason why there is none, is in the outbox under the
// number of the update that asked; so a crash brings no second file. Who may see what is asked again when the file is made.
type Exporter struct {
	store  ExportStore
	desk   ExportDesk
	leases Leases
	queue  Queue
	say    *notify.Composer
	log    *slog.Logger
	cfg    ExporterConfig
	wake   bells // by line
}

// NewExporter returns an exporter that does nothing until Run.
func NewExporter(store ExportStore, desk ExportDesk, leases Leases, queue Queue, say *notify.Composer, log *slog.Logger, cfg ExporterConfig) *Exporter {
	return &Exporter{store: store, desk: desk, leases: leases, queue: queue, say: say, log: log, cfg: cfg.withDefaults(), wake: newBells(exportLines)}
}

// Wake says that something may have been asked for. It never blocks; without it that is found a little later.
func (x *Exporter) Wake() { x.wake.ring() }

// Run makes files until ctx is done and then returns nil. Failures are logged and tried again.
func (x *Exporter) Run(ctx context.Context) error {
	var lines sync.WaitGroup
	for line := range exportLines {
		lines.Go(func() {
			t := tenure{leases: x.leases, name: fmt.Sprintf("exports/%d", line), owner: x.cfg.Owner, ttl: x.cfg.Lease, drain: x.cfg.Drain, log: x.log}
			failures := map[string]int{}
			t.run(ctx, func(run, drain context.Context) {
				for run.Err() == nil {
					if err := x.Round(drain, line, failures); err != nil && run.Err() == nil {
						x.log.Warn("file not made, will try again", "line", line, "err", err)
					}
					x.wake.wait(run, line, x.cfg.Idle)
				}
			})
		})
	}
	lines.Wait()
	return nil
}

// Round makes what is asked for on a line now, what was asked first before the rest. failures counts by wish what went wrong;
// one file that cannot be made holds up no other.
func (x *Exporter) Round(ctx context.Context, line int, failures map[string]int) error {
	wishes, err := x.store.Exports(ctx, line)
	if err != nil {
		return err
	}
	type asked struct {
		exportWish
		raw string
	}
	var list []asked
	for chat, raw := range wishes {
		one := asked{raw: raw}
		if err := json.Unmarshal([]byte(raw), &one.exportWish); err != nil || one.Chat != chat {
			one.exportWish = exportWish{Chat: chat} // of another version: forgotten
		}
		list = append(list, one)
	}
	slices.SortFunc(list, func(a, b asked) int { return cmp.Compare(a.Update, b.Update) })
	var all error
	for _, one := range list {
		if ctx.Err() != nil {
			return errors.Join(all, ctx.Err())
		}
		all = errors.Join(all, x.grant(ctx, line, one.exportWish, one.raw, failures))
	}
	return all
}

// grant brings one wish to its end: a file, a reason, or nothing where the chat has no business with the shop any more.
func (x *Exporter) grant(ctx context.Context, line int, w exportWish, raw string, failures map[string]int) error {
	m, err := x.try(ctx, w)
	if err != nil {
		if ctx.Err() != nil {
			return err // stopped in the middle, which says nothing about the file
		}
		failures[raw]++
		if failures[raw] < x.cfg.Tries {
			return fmt.Errorf("making a file for shop %s: %w", w.Shop, err)
		}
		x.log.Error("file given up", "shop", w.Shop, "chat", w.Chat, "err", err)
		m = x.message(w, nil)
		m.HTML, m.Buttons = x.say.ExportTroubled(w.view(notify.View{Shop: config.Shop{ID: w.Shop}}), notify.ExportFailed)
	}
	if m.HTML != "" {
		if err := x.queue.Enqueue(ctx, m.Created, []outbox.Message{m}); err != nil {
			return fmt.Errorf("queueing a file: %w", err)
		}
		x.cfg.Nudge()
	}
	delete(failures, raw)
	return x.store.DoneExport(ctx, line, w.Chat, raw)
}

// try makes a file, and turns a panic into an error.
func (x *Exporter) try(ctx context.Context, w exportWish) (m outbox.Message, err error) {
	ctx, cancel := context.WithTimeout(ctx, x.cfg.Timeout)
	defer cancel()
	defer func() {
		if v := recover(); v != nil {
			err = &panicError{value: v, stack: debug.Stack()}
		}
	}()
	return x.make(ctx, w)
}

// make makes a file, or words why there is none; without a text nobody is to hear anything.
func (x *Exporter) make(ctx context.Context, w exportWish) (outbox.Message, error) {
	chat, bound, err := x.binding(ctx, w)
	if err != nil || !bound || !mayExport(w.Private, chat.Role) {
		return outbox.Message{}, err
	}
	v, err := x.desk.View(ctx, w.Shop)
	if errors.Is(err, sla.ErrUnknownShop) {
		return outbox.Message{}, nil
	}
	if err != nil {
		return outbox.Message{}, err
	}
	e := w.view(v)
	e.Masked = !fullIDs(w.Private, chat.Role)
	e, file, err := x.write(ctx, e)
	m := x.message(w, file)
	switch {
	case errors.Is(err, export.ErrTooLarge):
		m.HTML, m.Buttons = x.say.ExportTroubled(e, notify.ExportTooLarge)
	case err != nil:
		return outbox.Message{}, err
	case file == nil:
		m.HTML, m.Buttons = x.say.ExportTroubled(e, notify.ExportEmpty)
	default:
		m.HTML = x.say.ExportCaption(e)
	}
	return m, nil
}

func (x *Exporter) binding(ctx context.Context, w exportWish) (notify.Chat, bool, error) {
	if w.Shop == "" {
		return notify.Chat{}, false, nil
	}
	chats, err := x.store.Chats(ctx, w.Shop)
	if err != nil {
		return notify.Chat{}, false, fmt.Errorf("reading the shop's chats: %w", err)
	}
	chat, bound := notify.ChatOf(chats, w.Chat)
	return chat, bound, nil
}

// write writes the file, none when nothing happened on its days.
func (x *Exporter) write(ctx context.Context, e notify.ExportView) (notify.ExportView, *outbox.File, error) {
	out := export.New(e.Format)
	defer out.Close()
	w, err := x.say.ExportFile(e, out)
	if err != nil {
		return e, nil, err
	}
	e, err = x.desk.Export(ctx, e, w.Row)
	if err != nil || e.Rows == 0 && e.Nothing() {
		return e, nil, err
	}
	if err := w.End(e); err != nil {
		return e, nil, err
	}
	data, ending, err := out.Finish(export.MaxBytes, e.More)
	if err != nil {
		return e, nil, err
	}
	return e, &outbox.File{Name: e.ExportName() + ending, Data: data}, nil
}

// message is what a file travels in: behind every alert and every answer.
func (x *Exporter) message(w exportWish, file *outbox.File) outbox.Message {
	now := x.cfg.Now()
	return outbox.Message{Key: fmt.Sprintf("export/%d/%d", w.Update, w.Chat), Route: strconv.FormatInt(w.Chat, 10), Shop: w.Shop, Chat: w.Chat,
		Thread: w.Thread, Kind: outbox.Export, Lang: w.Lang, File: file, ReplyTo: w.ReplyTo,
		Created: rules.InstantOf(now), Expires: rules.InstantOf(now.Add(exportLives))}
}
