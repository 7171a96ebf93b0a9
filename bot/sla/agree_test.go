package sla_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"shopwarden/bot/sla"
	"shopwarden/config"
	"shopwarden/rules"
)

// entangled is a policy whose rules depend on each other, in the zone of the shop.
func entangled(shop config.Shop) (*rules.Policy, error) {
	zone, err := time.LoadLocation(shop.Timezone)
	if err != nil {
		return nil, err
	}
	on := func(types ...rules.Type) (list []rules.Match) {
		for _, typ := range types {
			list = append(list, rules.Match{Type: typ})
		}
		return list
	}
	rule := func(id string, p rules.Principle, stop rules.Type, within time.Duration) rules.Rule {
		return rules.Rule{ID: id, Principle: p, Subject: rules.Order, Start: on("order.paid"), Stop: on(stop), Deadline: rules.Deadline{Within: within},
			Excuses: []string{"majeure"}, Day: rules.ByDue, Metric: rules.MetRate, AlertAt: 1, Weight: 1, Anchors: rules.Anchors{Excellent: 1, Good: 0.9, Pass: 0.8, Floor: 0.2}}
	}
	ship, deliver := rule("ship", rules.Timely, "order.picked_up", 24*time.Hour), rule("deliver", rules.Reliable, "order.delivered", 48*time.Hour)
	ship.Void, deliver.FailsWith = on("order.canceled"), "ship"
	told := rule("told", rules.Delight, "notice.sent", 0)
	told.OnlyIfLate, told.EarlyStop, told.Deadline, told.Excuses = "ship", true, rules.Deadline{Before: 2 * time.Hour}, nil
	return rules.NewPolicy(&rules.Rulebook{Pack: "test", Editions: []rules.Edition{{Rules: []rules.Rule{ship, deliver, told}}}}, rules.Terms{Zone: zone, Hours: rules.ByPlatform})
}

// muddle tells a shop a hundred things about ten orders in any order, around the nights on which clocks change.
func muddle(t *testing.T, seed uint64) (*memory, *clock) {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 7))
	shop := config.Shop{ID: "s1", Timezone: []string{"Europe/Berlin", "America/New_York", "Asia/Shanghai"}[seed%3]}
	zone, err := time.LoadLocation(shop.Timezone)
	ok(t, err)
	base := time.Date(2026, 10, 23+7*int(seed%2), 22, 0, 0, 0, zone)
	m, c := newMemory(shop), newClock(base)
	tracker := runWith(t, m, c, entangled)
	types := []rules.Type{"order.paid", "order.paid", "order.picked_up", "order.delivered", "order.canceled", "notice.sent", "case.excused", "case.reinstated"}
	for n := range 100 {
		at, id := base.Add(time.Duration(r.Int64N(int64(96*time.Hour)))), fmt.Sprint(r.IntN(10))
		e := rules.Event{ID: fmt.Sprint("e", n), Type: types[r.IntN(len(types))], At: at, Data: rules.Data{OrderID: id}}
		switch e.Type {
		case "order.canceled":
			e.Data.By = "buyer"
		case "notice.sent":
			e.Data.Kind = "delay"
		case "case.excused", "case.reinstated":
			e.Data = rules.Data{Subject: "order/" + id, Code: "majeure"}
		}
		if at.After(c.now()) {
			c.set(at)
		}
		deliver(t, tracker, "s1", e)
		_ = tracker.Sweep(t.Context())
	}
	c.set(c.now().Add(time.Duration(r.Int64N(int64(90 * time.Hour)))))
	for range 3 { // what is woken may wake again
		_ = tracker.Sweep(t.Context())
	}
	return m, c
}

// TestEveryPageTellsTheSameDay sets the pages of a shop against each other, and the platform's number against the facts
// without a word from the shop.
func TestEveryPageTellsTheSameDay(t *testing.T) {
	for seed := range uint64(24) {
		m, c := muddle(t, seed)
		desk := sla.NewDesk(m, entangled, c.now)
		trend, err := desk.Trend(t.Context(), "s1", 30)
		ok(t, err)
		if diffs, err := desk.Recount(t.Context(), "s1", trend.From, trend.To.Next(4)); err != nil || len(diffs) > 0 {
			t.Errorf("seed %d: the log counts otherwise: %v, %v", seed, diffs, err)
		}
		platform := rules.Days{}
		for s, d := range m.dossiers["s1"] {
			for _, k := range trend.Policy.Judge(s, d.Facts.Uncorrected(), trend.Now) {
				if platform[k.Day] == nil {
					platform[k.Day] = rules.DayTallies{}
				}
				platform[k.Day][k.Rule] = platform[k.Day][k.Rule].Apply(rules.Delta{Sign: 1, Entry: rules.Entry{Outcome: k.Outcome}})
			}
		}
		for i, day := 0, trend.From; day < trend.To.Next(4); i, day = i+1, day.Next(1) {
			both, err := desk.Corrected(t.Context(), "s1", day, day.Next(1))
			ok(t, err)
			for _, rule := range []string{"ship", "deliver", "told"} {
				if got, want := both.Rules[rule].Missed+both.Rules[rule].Excused, platform[day][rule].Breached; got != want {
					t.Errorf("seed %d, %s, %s: %d missed for the platform, want %d", seed, day, rule, got, want)
				}
			}
			if day >= trend.To {
				continue
			}
			card, err := desk.Scorecard(t.Context(), "s1", day, false)
			ok(t, err)
			report, err := desk.Report(t.Context(), "s1", day, day.Next(1))
			ok(t, err)
			total := trend.Days[i].Total
			if card.Card.Total != total || (report.Score.Total != nil) != total.Known || total.Known && *report.Score.Total != total.Value {
				t.Errorf("seed %d, %s: trend %+v, scorecard %+v, report %v", seed, day, total, card.Card.Total, report.Score.Total)
			}
		}
		today, err := desk.Today(t.Context(), "s1")
		ok(t, err)
		score, err := desk.Score(t.Context(), "s1")
		ok(t, err)
		if last := trend.Days[len(trend.Days)-1].Total; today.Card.Total != last || score.Overview.Today.Card.Total != last {
			t.Errorf("seed %d: today %+v, why score %+v, trend %+v", seed, today.Card.Total, score.Overview.Today.Card.Total, last)
		}
	}
}

// TestMissingMoreNeverHelpsAndSavingMoreNeverHurts asks what if, a case at a time.
func TestMissingMoreNeverHelpsAndSavingMoreNeverHurts(t *testing.T) {
	for seed := range uint64(12) {
		m, c := muddle(t, seed)
		desk := sla.NewDesk(m, entangled, c.now)
		for _, rule := range []string{"ship", "deliver"} {
			worst, best := 100.0, 0.0
			for n := range 6 {
				miss, err := desk.WhatIf(t.Context(), "s1", rules.Suppose{Rule: rule, Miss: n})
				ok(t, err)
				save, err := desk.WhatIf(t.Context(), "s1", rules.Suppose{Rule: rule, Save: n})
				ok(t, err)
				if p := miss.Asked.After.Total; p.Known && (p.Value > worst || p.Value < 0) {
					t.Errorf("seed %d, %s: %v after %d more misses, %v with one less", seed, rule, p.Value, n, worst)
				} else if p.Known {
					worst = p.Value
				}
				if p := save.Asked.After.Total; p.Known && p.Value < best {
					t.Errorf("seed %d, %s: %v after %d are saved, %v with one less", seed, rule, p.Value, n, best)
				} else if p.Known {
					best = p.Value
				}
			}
		}
	}
}
