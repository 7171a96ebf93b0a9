package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"shopwarden/bot/notify"
	"shopwarden/bot/outbox"
	"shopwarden/bot/sla"
	"shopwarden/config"
	"shopwarden/jobs"
	"shopwarden/rules"
)

// desk is a schedule, a set of shops and a queue in memory.
type desk struct {
	now   time.Time
	shops map[string]config.Shop
	due   map[string]rules.Instant
	sent  []string
	dues  []rules.Instant
	known map[string]bool
	fail  error // of Schedule
	down  error // of Enqueue
}

func (d *desk) ClaimDue(_ context.Context, now rules.Instant, lease time.Duration, _ int) (list []jobs.Due, _ error) {
	for shop, at := range d.due {
		if at <= now {
			list = append(list, jobs.Due{Shop: shop, At: at})
			d.due[shop] = now + rules.Instant(lease.Milliseconds())
		}
	}
	return list, nil
}

func (d *desk) Schedule(_ context.Context, shop string, at rules.Instant) error {
	if d.fail != nil {
		return d.fail
	}
	d.due[shop] = at
	return nil
}

func (d *desk) Unschedule(_ context.Context, shop string) error { delete(d.due, shop); return nil }

func (d *desk) ScheduleIfNone(_ context.Context, shop string, at rules.Instant) error {
	if _, ok := d.due[shop]; !ok {
		d.due[shop] = at
	}
	return nil
}

func (d *desk) Scheduled(_ context.Context, shop string) (rules.Instant, error) {
	return d.due[shop], nil
}

func (d *desk) Shops(context.Context) (ids []string, _ error) {
	for id := range d.shops {
		ids = append(ids, id)
	}
	return ids, nil
}

func (d *desk) Shop(_ context.Context, id string) (config.Shop, error) {
	if s, ok := d.shops[id]; ok {
		return s, nil
	}
	return config.Shop{}, sla.ErrUnknownShop
}

func (d *desk) Enqueue(_ context.Context, _ rules.Instant, messages []outbox.Message) error {
	if d.down != nil {
		return d.down
	}
	for _, m := range messages {
		if !d.known[m.Key] {
			d.known[m.Key] = true
			d.sent = append(d.sent, m.Key)
			d.dues = append(d.dues, m.Due)
		}
	}
	return nil
}

func newDigest(d *desk) *jobs.Digest {
	d.due, d.known = map[string]rules.Instant{}, map[string]bool{}
	cards := func(_ context.Context, shop string, day rules.Date, late bool) ([]outbox.Message, error) {
		key := fmt.Sprintf("scorecard/%s/%s", shop, day)
		if late {
			d.sent = append(d.sent, "late")
		}
		return []outbox.Message{{Key: key}}, nil
	}
	return &jobs.Digest{Schedule: d, Shops: d, Cards: cards, Queue: d, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Now: func() time.Time { return d.now }}
}

func TestAfterDowntimeOnlyTheLatestScorecardComesAndSaysItIsLate(t *testing.T) {
	d := &desk{now: time.Date(2026, 11, 20, 0, 30, 0, 0, time.UTC), shops: map[string]config.Shop{"a": {ID: "a", Timezone: "Asia/Shanghai"}}}
	digest := newDigest(d)
	run(t, digest.Plan)
	run(t, digest.Run)
	d.now = time.Date(2026, 11, 20, 1, 0, 0, 0, time.UTC) // 09:00 in Shanghai
	run(t, digest.Run)
	run(t, digest.Run)
	d.now = time.Date(2026, 11, 24, 5, 0, 0, 0, time.UTC) // four days later, 13:00
	run(t, digest.Run)
	run(t, digest.Run)
	if diff := cmp.Diff([]string{"scorecard/a/2026-11-19", "late", "scorecard/a/2026-11-23"}, d.sent); diff != "" {
		t.Fatal(diff)
	}
}

// TestAnEarlierHourLosesNothing wants it at seven when it is eight on the first of a month, which is a Monday.
func TestAnEarlierHourLosesNothing(t *testing.T) {
	d := &desk{now: time.Date(2026, 6, 1, 8, 0, 0, 0, time.UTC), shops: map[string]config.Shop{"a": {ID: "a", Timezone: "UTC"}}}
	digest := newDigest(d)
	digest.Reviews = func(_ context.Context, _ string, of notify.Edition, to rules.Date, _ bool) ([]outbox.Message, error) {
		return []outbox.Message{{Key: fmt.Sprintf("%s/%s", of, to)}}, nil
	}
	run(t, digest.Plan)
	for _, step := range []struct {
		at   string
		hour int
		day  int
	}{{"07:00", 8, 1}, {"10:00", 9, 1}, {"10:00", 10, 1}, {"06:00", 11, 1}, {"off", 12, 1}, {"06:00", 13, 1}, {"06:00", 6, 2}} {
		d.now = time.Date(2026, 6, step.day, step.hour, 0, 0, 0, time.UTC)
		d.shops["a"] = config.Shop{ID: "a", Timezone: "UTC", DigestAt: step.at}
		run(t, func(ctx context.Context) error { return digest.Replan(ctx, "a") })
		run(t, digest.Run)
	}
	want := []string{"late", "monthly/2026-06-01", "weekly/2026-06-01", "scorecard/a/2026-05-31"}
	if got := slices.DeleteFunc(d.sent, func(s string) bool { return s == "scorecard/a/2026-06-01" }); !slices.Equal(got[:min(4, len(got))], want) {
		t.Errorf("sent %v", d.sent)
	}
}

func TestACrashBetweenSendingAndSchedulingSendsOnce(t *testing.T) {
	d := &desk{now: time.Date(2026, 11, 20, 0, 30, 0, 0, time.UTC), shops: map[string]config.Shop{"a": {ID: "a", Timezone: "Asia/Shanghai"}}}
	digest := newDigest(d)
	run(t, digest.Plan)
	d.now = d.now.Add(30 * time.Minute)
	d.fail = errors.New("killed")
	run(t, digest.Run)
	d.fail, d.now = nil, d.now.Add(3*time.Minute)
	run(t, digest.Run)
	if diff := cmp.Diff([]string{"scorecard/a/2026-11-19"}, d.sent); diff != "" {
		t.Fatal(diff)
	}
}

func TestAShopThatIsGoneOrSaysOffLeavesTheSchedule(t *testing.T) {
	d := &desk{now: time.Date(2026, 11, 20, 2, 0, 0, 0, time.UTC), shops: map[string]config.Shop{"off": {ID: "off", Timezone: "UTC", DigestAt: "off"}}}
	digest := newDigest(d)
	d.due["off"], d.due["gone"] = 1, 1
	run(t, digest.Run)
	if len(d.due) != 0 || len(d.sent) != 0 {
		t.Fatalf("due %v, sent %v", d.due, d.sent)
	}
}

// TestScorecardsThatFallDueTogetherAreSpread is nine o'clock with 1,000 shops, and with one.
func TestScorecardsThatFallDueTogetherAreSpread(t *testing.T) {
	for n, most := range map[int]time.Duration{1: 0, 1000: 50 * time.Second} {
		d := &desk{now: time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC), shops: map[string]config.Shop{}}
		digest := newDigest(d)
		for i := range n {
			id := fmt.Sprint("s", i)
			d.shops[id], d.due[id] = config.Shop{ID: id, Timezone: "UTC"}, rules.InstantOf(d.now)
		}
		run(t, digest.Run)
		now := rules.InstantOf(d.now)
		slices.Sort(d.dues)
		first, last := d.dues[0]-now, d.dues[n-1]-now
		if len(d.dues) != n || last > rules.Instant(most.Milliseconds()) || first < 0 {
			t.Errorf("%d scorecards are due %d to %d ms after nine", n, first, last)
		}
		if half := d.dues[n/2] - now; n > 1 && (half < last/4 || half > last*3/4) {
			t.Errorf("half of %d are due within %d of %d ms", n, half, last)
		}
	}
}

func run(t *testing.T, f func(context.Context) error) {
	t.Helper()
	if err := f(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestTickingSurvivesAPanicAndNeverOverlaps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		var starts []time.Duration
		begin, running := time.Now(), false
		done := make(chan error)
		go func() {
			done <- jobs.Tick(ctx, time.Second, "test", func(context.Context) error {
				if running {
					t.Error("overlapped")
				}
				running = true
				defer func() { running = false }()
				starts = append(starts, time.Since(begin).Truncate(time.Second))
				if len(starts) == 1 {
					panic("first run")
				}
				time.Sleep(1500 * time.Millisecond)
				return nil
			}, slog.New(slog.NewTextHandler(io.Discard, nil)))
		}()
		time.Sleep(6 * time.Second)
		cancel()
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		if len(starts) < 3 || slices.IsSorted(starts) == false {
			t.Fatalf("ran at %v", starts)
		}
	})
}
