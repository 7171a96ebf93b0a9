package jobs

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"log/slog"
	"time"

	"shopwarden/bot/notify"
	"shopwarden/bot/outbox"
	"shopwarden/bot/sla"
	"shopwarden/config"
	"shopwarden/rules"
)

// Due is a claimed entry of the schedule: the shop, and the slot it is due for.
type Due struct {
	Shop string
	At   rules.Instant
}

// Schedule keeps when each shop is next due. All methods are safe for several processes.
type Schedule interface {
	// ClaimDue returns up to limit shops due at or before now and moves each out of the way for the lease, so that a
	// crash brings it back.
	ClaimDue(ctx context.Context, now rules.Instant, lease time.Duration, limit int) ([]Due, error)
	// Schedule sets when a shop is next due, Unschedule takes it out, ScheduleIfNone sets it only where nothing is set.
	Schedule(ctx context.Context, shop string, at rules.Instant) error
	Unschedule(ctx context.Context, shop string) error
	ScheduleIfNone(ctx context.Context, shop string, at rules.Instant) error
	// Scheduled returns the slot a shop waits for, 0 when it is not on the schedule.
	Scheduled(ctx context.Context, shop string) (rules.Instant, error)
}

// Shops knows what is set up.
type Shops interface {
	Shops(ctx context.Context) ([]string, error)
	Shop(ctx context.Context, id string) (config.Shop, error)
}

// Cards composes the scorecard of one closed day for every chat that takes it.
type Cards func(ctx context.Context, shop string, day rules.Date, late bool) ([]outbox.Message, error)

// Reviews composes the review of the week or month that closed before a local day, for every chat that takes it.
type Reviews func(ctx context.Context, shop string, of notify.Edition, to rules.Date, late bool) ([]outbox.Message, error)

// Queue takes messages; one whose key is known dies there.
type Queue interface {
	Enqueue(ctx context.Context, now rules.Instant, messages []outbox.Message) error
}

// lateAfter is how long after its slot a scorecard is labelled late.
const lateAfter = 15 * time.Minute

// lease is how long a claimed shop stays with one replica.
const lease = 2 * time.Minute

// Digest sends the daily scorecards, and with them the reviews of the weeks and months that closed.
type Digest struct {
	Schedule Schedule
	Shops    Shops
	Cards    Cards
	Reviews  Reviews // nil = none
	Queue    Queue
	Queued   func() // called after messages were queued; may be nil
	Log      *slog.Logger
	Now      func() time.Time
}

// Plan gives every shop that has none a next slot. It is repeated at every start and changes nothing that stands.
func (d *Digest) Plan(ctx context.Context) error {
	ids, err := d.Shops.Shops(ctx)
	if err != nil {
		return fmt.Errorf("listing shops: %w", err)
	}
	var all error
	for _, id := range ids {
		all = errors.Join(all, d.plan(ctx, id))
	}
	return all
}

func (d *Digest) plan(ctx context.Context, id string) error {
	daily, on, err := d.daily(ctx, id)
	if err != nil || !on {
		return err
	}
	return d.Schedule.ScheduleIfNone(ctx, id, daily.Next(rules.InstantOf(d.Now())).At)
}

// Replan sets the next slot of one shop after its settings changed. The slot of today that was still to come is due at once
// where it now lies in the past: nobody loses a scorecard, or the review of a month, by wanting it earlier.
func (d *Digest) Replan(ctx context.Context, id string) error {
	daily, on, err := d.daily(ctx, id)
	if err != nil {
		return err
	}
	if !on {
		return d.Schedule.Unschedule(ctx, id)
	}
	owed, err := d.Schedule.Scheduled(ctx, id)
	if err != nil {
		return err
	}
	now := rules.InstantOf(d.Now())
	next := daily.Next(now)
	if last := daily.Last(now); owed > last.At && rules.DateOf(owed, daily.Zone) == last.Day {
		next = last
	}
	return d.Schedule.Schedule(ctx, id, next.At)
}

func (d *Digest) daily(ctx context.Context, id string) (Daily, bool, error) {
	shop, err := d.Shops.Shop(ctx, id)
	if err != nil {
		return Daily{}, false, err
	}
	zone, err := time.LoadLocation(shop.Timezone)
	if err != nil {
		return Daily{}, false, fmt.Errorf("time zone of shop %s: %w", id, err)
	}
	return ParseDaily(shop.DigestAt, zone)
}

// Run sends what is due now and returns when nothing is. A shop that fails is logged and comes back after its lease.
func (d *Digest) Run(ctx context.Context) error {
	for {
		due, err := d.Schedule.ClaimDue(ctx, rules.InstantOf(d.Now()), lease, 200)
		if err != nil {
			return fmt.Errorf("claiming scorecards: %w", err)
		}
		if len(due) == 0 {
			return nil
		}
		spread := spreadFor(len(due))
		for _, x := range due {
			if err := d.send(ctx, x, spread); err != nil {
				d.Log.Error("scorecard", "shop", x.Shop, "err", err)
			}
		}
	}
}

// perSecond is how many scorecards a second are let loose: somewhat less than Telegram takes from one bot
// (core.telegram.org/bots/faq), so that there is room for what else is said at nine in the morning.
const perSecond = 20

// spreadFor is the time over which scorecards that fall due together are spread: none for one, minutes for thousands.
func spreadFor(n int) time.Duration { return time.Duration(n-1) * time.Second / perSecond }

// jitter puts the messages of a shop off by a part of the spread, and each kind a moment more than the one before it, so that
// they come in order. It depends on the shop alone, so that the same scorecard composed again has the same time.
func jitter(messages []outbox.Message, shop string, now rules.Instant, spread time.Duration, place int) {
	h := fnv.New32a()
	h.Write([]byte(shop)) // a hash takes everything
	due := now + rules.Instant(spread.Milliseconds()*int64(h.Sum32()%1000)/1000) + rules.Instant(place)
	for i := range messages {
		messages[i].Due = max(messages[i].Due, due)
	}
}

// send queues what is due and writes the next slot: the latest scorecard, and before it the reviews of what closed since the
// slot that was claimed. A crash in between repeats it, and the repetition dies in the outbox. What could be composed is
// queued although something else could not; the shop then comes back after its lease.
func (d *Digest) send(ctx context.Context, due Due, spread time.Duration) error {
	daily, on, err := d.daily(ctx, due.Shop)
	if errors.Is(err, sla.ErrUnknownShop) || err == nil && !on {
		return d.Schedule.Unschedule(ctx, due.Shop)
	}
	if err != nil {
		return err
	}
	now := rules.InstantOf(d.Now())
	var messages []outbox.Message
	var failed error
	for place, issue := range daily.Issues(due.At, now) {
		list, err := d.compose(ctx, due.Shop, issue)
		if err != nil {
			failed = errors.Join(failed, fmt.Errorf("composing the %s scorecard of %s: %w", issue.Of, issue.Slot.Day, err))
			continue
		}
		jitter(list, due.Shop, now, spread, place)
		messages = append(messages, list...)
	}
	if err := d.Queue.Enqueue(ctx, now, messages); err != nil {
		return errors.Join(failed, err)
	}
	if d.Queued != nil && len(messages) > 0 {
		d.Queued()
	}
	if failed != nil {
		return failed
	}
	return d.Schedule.Schedule(ctx, due.Shop, daily.Next(now).At)
}

func (d *Digest) compose(ctx context.Context, shop string, issue Issue) ([]outbox.Message, error) {
	if issue.Of == notify.Daily {
		return d.Cards(ctx, shop, issue.Slot.Day.Next(-1), issue.Late)
	}
	if d.Reviews == nil {
		return nil, nil
	}
	return d.Reviews(ctx, shop, issue.Of, issue.Slot.Day, issue.Late)
}
