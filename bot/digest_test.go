package main

import (
	"context"
	"strings"
	"testing"
	"time"

	"shopwarden/bot/notify"
	"shopwarden/bot/store"
	"shopwarden/config"
	"shopwarden/rules"
)

// TestAMondayBringsTheWeekAndTheDayOnce runs the digest over a real store: a Monday's slot, the same slot again as after a
// crash, and the day after.
func TestAMondayBringsTheWeekAndTheDayOnce(t *testing.T) {
	ctx := t.Context()
	now := time.Date(2026, 11, 22, 23, 0, 0, 0, time.UTC)
	a := assembled(t, &now)
	a.settings.TelegramRich = true
	check(t, a.store.SaveShop(ctx, config.Shop{ID: "tea", Platform: "standard", Timezone: "UTC", Hours: "always", Pack: config.DefaultPack}))
	check(t, a.store.Bind(ctx, "tea", notify.Chat{ID: 7, Role: notify.Owner, Lang: "en", Digest: true}))
	check(t, a.store.Bind(ctx, "tea", notify.Chat{ID: 8, Role: notify.Owner, Lang: "zh", Digest: true, Without: "weekly"}))
	check(t, a.withTracker(ctx, func(ctx context.Context) error {
		return a.tracker.Apply(ctx, "tea", append(sold("before", 20, 8, 10), sold("after", 20, 2, 17)...))
	}))
	digest := a.digest()
	check(t, digest.Plan(ctx))
	now = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	check(t, digest.Run(ctx))
	check(t, a.store.Schedule(ctx, "tea", rules.InstantOf(now)))
	check(t, digest.Run(ctx))
	keys := map[string]int{}
	letters := func() {
		waiting, err := a.store.Letters(ctx, store.LetterQuery{Waiting: true, Route: "tea"})
		check(t, err)
		clear(keys)
		for _, l := range waiting {
			keys[l.Key]++
		}
	}
	letters()
	if len(keys) != 3 || keys["weekly/tea/2026-11-16/7"] != 1 || keys["scorecard/tea/2026-11-22/7"] != 1 || keys["scorecard/tea/2026-11-22/8"] != 1 {
		t.Errorf("queued %v", keys)
	}
	now = now.AddDate(0, 0, 1)
	check(t, digest.Run(ctx))
	letters()
	if len(keys) != 5 {
		t.Errorf("queued %v", keys)
	}
	list, err := a.reviews(ctx, "tea", notify.Weekly, rules.NewDate(2026, 11, 23), false)
	check(t, err)
	if len(list) != 1 || !strings.Contains(list[0].HTML, "Missed most") || list[0].Rich == "" {
		t.Errorf("got %+v", list)
	}
}

// TestAnotherZoneCountsEveryDayAnew moves a shop to where its evening orders are those of the next day.
func TestAnotherZoneCountsEveryDayAnew(t *testing.T) {
	ctx := t.Context()
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	a := assembled(t, &now)
	check(t, a.store.SaveShop(ctx, config.Shop{ID: "tea", Platform: "standard", Timezone: "UTC", Hours: "always", Pack: config.DefaultPack}))
	o := office{a.desk, a.advisor, a}
	cases := func(day int) (n int64) {
		card, err := a.desk.Scorecard(ctx, "tea", rules.NewDate(2026, 11, day), false)
		check(t, err)
		for _, p := range card.Card.Principles {
			for _, r := range p.Rules {
				if r.Rule.ID == "ship-on-time" {
					n += r.Tally.Resolved()
				}
			}
		}
		return n
	}
	check(t, a.withTracker(ctx, func(ctx context.Context) error {
		check(t, a.tracker.Apply(ctx, "tea", sold("x", 20, 0, 15))) // paid at 21:00 on the 15th, due at 21:00 on the 17th
		if cases(17) != 20 {
			t.Errorf("in UTC: %d cases on the 17th", cases(17))
		}
		for range 2 { // the second time changes nothing
			ok, err := o.SetZone(ctx, "tea", "Asia/Shanghai")
			check(t, err)
			if !ok || cases(17) != 0 || cases(18) != 20 {
				t.Errorf("in Shanghai: %v, %d cases on the 17th and %d on the 18th", ok, cases(17), cases(18))
			}
		}
		if ok, err := o.SetHours(ctx, "tea", "mon-fri 09:00-18:00 mars-holidays"); ok || err != nil {
			t.Errorf("holidays of nowhere: %v, %v", ok, err)
		}
		ok, err := o.SetHours(ctx, "tea", "mon-fri 09:00-18:00")
		if !ok || err != nil {
			t.Errorf("hours: %v, %v", ok, err)
		}
		return nil
	}))
	if s, err := a.store.Shop(ctx, "tea"); err != nil || s.Timezone != "Asia/Shanghai" || s.Hours != "mon-fri 09:00-18:00" {
		t.Errorf("%+v, %v", s, err)
	}
}
