package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"shopwarden/bot/notify"
	"shopwarden/bot/outbox"
	"shopwarden/config"
	"shopwarden/jobs"
	"shopwarden/rules"
)

// reviewed adds reviews to a digest. Keys are made as notify makes them; late ones are noted.
func reviewed(d *desk) *jobs.Digest {
	digest := newDigest(d)
	digest.Reviews = func(_ context.Context, shop string, of notify.Edition, to rules.Date, late bool) ([]outbox.Message, error) {
		key := notify.ReviewKey(shop, of, of.From(to), 1)
		if late && !d.known[key] {
			d.sent = append(d.sent, "late")
		}
		return []outbox.Message{{Key: key}}, nil
	}
	return digest
}

func TestTheReviewOfAMonthAndAWeekComeBeforeTheScorecardOfTheirDay(t *testing.T) {
	// 1 June 2026 is a Monday.
	d := &desk{now: time.Date(2026, 5, 31, 12, 0, 0, 0, time.UTC), shops: map[string]config.Shop{"a": {ID: "a", Timezone: "UTC"}}}
	digest := reviewed(d)
	run(t, digest.Plan)
	for range 3 {
		d.now = d.now.Add(21 * time.Hour) // 1 June 9:00, 2 June 6:00, 3 June 3:00
		run(t, digest.Run)
	}
	want := []string{"monthly/a/2026-05-01/1", "weekly/a/2026-05-25/1", "scorecard/a/2026-05-31", "late", "scorecard/a/2026-06-01"}
	if diff := cmp.Diff(want, d.sent); diff != "" {
		t.Error(diff)
	}
	for i := 1; i < 3; i++ {
		if d.dues[i] <= d.dues[i-1] {
			t.Errorf("due in the order %v", d.dues)
		}
	}
}

func TestAfterALongDowntimeTheLatestReviewComesOnceAndSaysItIsLate(t *testing.T) {
	d := &desk{now: time.Date(2026, 9, 10, 12, 0, 0, 0, time.UTC), shops: map[string]config.Shop{"a": {ID: "a", Timezone: "UTC"}}}
	digest := reviewed(d)
	run(t, digest.Plan)
	d.now = time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC) // a Saturday, eleven weeks later
	run(t, digest.Run)
	run(t, digest.Run)
	want := []string{"late", "late", "late", "monthly/a/2026-10-01/1", "weekly/a/2026-11-16/1", "scorecard/a/2026-11-27"}
	if diff := cmp.Diff(want, d.sent); diff != "" {
		t.Error(diff)
	}
}

func TestAReviewThatFailsHoldsNoScorecardUpAndIsTriedAgain(t *testing.T) {
	d := &desk{now: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC), shops: map[string]config.Shop{"a": {ID: "a", Timezone: "UTC"}}}
	digest := reviewed(d)
	compose, down := digest.Reviews, true
	digest.Reviews = func(ctx context.Context, shop string, of notify.Edition, to rules.Date, late bool) ([]outbox.Message, error) {
		if down {
			return nil, errors.New("no evidence")
		}
		return compose(ctx, shop, of, to, late)
	}
	run(t, digest.Plan)
	d.now = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	run(t, digest.Run)
	d.now, down = time.Date(2026, 11, 25, 10, 0, 0, 0, time.UTC), false
	run(t, digest.Run)
	d.now = time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC)
	run(t, digest.Run)
	want := []string{"scorecard/a/2026-11-22", "late", "late", "weekly/a/2026-11-16/1", "scorecard/a/2026-11-24", "scorecard/a/2026-11-25"}
	if diff := cmp.Diff(want, d.sent); diff != "" {
		t.Error(diff)
	}
}

// TestEveryWeekIsReviewedOnce lets a process come and go, and its store fail, for some months in some zone. No week and no
// month is reviewed twice, and each is when the process ran without a failure within three days of its slot.
func TestEveryWeekIsReviewedOnce(t *testing.T) {
	zones := []string{"America/New_York", "Africa/Cairo", "America/Santiago", "Europe/London", "Australia/Lord_Howe", "Asia/Shanghai", "Pacific/Chatham"}
	rapid.Check(t, func(t *rapid.T) {
		zone := rapid.SampledFrom(zones).Draw(t, "zone")
		minute := rapid.IntRange(0, 1439).Draw(t, "minute")
		loc, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		d := &desk{now: time.Date(2026, time.Month(rapid.IntRange(1, 12).Draw(t, "month")), 3, 0, 0, 0, 0, time.UTC),
			shops: map[string]config.Shop{"a": {ID: "a", Timezone: zone, DigestAt: fmt.Sprintf("%02d:%02d", minute/60, minute%60)}}}
		digest := reviewed(d)
		if err := digest.Plan(t.Context()); err != nil {
			t.Fatal(err)
		}
		begin := d.now
		var ran []rules.Instant // without a failure
		for d.now.Before(begin.AddDate(0, 3, 0)) {
			up := rapid.IntRange(1, 60).Draw(t, "up")
			for range up {
				d.now, d.fail, d.down = d.now.Add(3*time.Hour), nil, nil
				switch rapid.IntRange(0, 12).Draw(t, "fails") {
				case 0:
					d.fail = errors.New("killed")
				case 1:
					d.down = errors.New("no store")
				default:
					ran = append(ran, rules.InstantOf(d.now))
				}
				if err := digest.Run(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			d.now = d.now.Add(time.Duration(rapid.IntRange(0, 12*24).Draw(t, "down")) * time.Hour)
		}
		count := map[string]int{}
		for _, key := range d.sent {
			count[key]++
		}
		daily := jobs.Daily{Minute: minute, Zone: loc}
		for slot := daily.Next(rules.InstantOf(begin)); slot.At < rules.InstantOf(d.now); slot = daily.Next(slot.At) {
			for _, of := range []notify.Edition{notify.Weekly, notify.Monthly} {
				key := notify.ReviewKey("a", of, of.From(slot.Day), 1)
				if !of.Closes(slot.Day) {
					continue
				}
				if n := count[key]; n > 1 || n == 0 && within(ran, slot.At, daily.Next(daily.Next(daily.Next(slot.At).At).At).At) {
					t.Fatalf("%s at %s in %s was sent %d times", key, slot.Day, zone, n)
				}
			}
		}
	})
}

// within reports whether one of the instants lies in [from, to).
func within(list []rules.Instant, from, to rules.Instant) bool {
	for _, at := range list {
		if at >= from && at < to {
			return true
		}
	}
	return false
}
