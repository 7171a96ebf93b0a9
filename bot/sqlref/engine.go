package main

import (
	"fmt"
	"time"

	"shopwarden/config"
	"shopwarden/rules"
	"shopwarden/rules/rulestest"
)

// policyOf binds the pack of a shop to it.
func policyOf(s Shop) (*rules.Policy, error) {
	packs, err := config.LoadPacks(config.BuiltIn(), "")
	if err != nil {
		return nil, fmt.Errorf("loading the packs: %w", err)
	}
	book, err := packs.Get(s.Pack)
	if err != nil {
		return nil, err
	}
	zone, err := time.LoadLocation(s.Zone)
	if err != nil {
		return nil, fmt.Errorf("loading the zone of shop %d: %w", s.Number, err)
	}
	hours := rules.ByPlatform
	if s.Always {
		hours = rules.AroundTheClock
	}
	return rules.NewPolicy(book, rules.Terms{Zone: zone, Hours: hours})
}

// live takes the events of a shop in four parts, at four instants, and looks at the clock at the end.
func live(s Shop, events []rules.Event, now time.Time) (*rulestest.World, error) {
	policy, err := policyOf(s)
	if err != nil {
		return nil, err
	}
	w := rulestest.New(policy)
	for part := range 4 {
		from, to := len(events)*part/4, len(events)*(part+1)/4
		w.Apply(rules.InstantOf(now.Add(time.Duration(part-3)*20*day)), events[from:to]...)
	}
	w.Tick(rules.InstantOf(now))
	return w, nil
}

// countdown is no promise and none of the 28: it counts down the time to appeal, and its cases are in no score.
const countdown = "penalty-appeal"

// outcomes is a tally without its second count, of what corrections keep out of the misses: the reference has no word for it.
func outcomes(t rules.Tally) rules.Tally {
	t.Excused = 0
	return t
}

// tallied turns the tallies of a shop into all numbers.
func tallied(all numbers, shop int, tallies map[rules.Date]rules.DayTallies) {
	for d, byRule := range tallies {
		for rule, t := range byRule {
			if t = outcomes(t); rule == countdown || t == (rules.Tally{}) {
				continue
			}
			all.add(key{"day", shop, rule, d}, t)
			monday := d.Next(-(int(d.Weekday()) + 6) % 7)
			all.add(key{"week", shop, rule, monday}, t)
			for back := range 30 { // of each day that has a tally
				if later := outcomes(tallies[d.Next(back)][rule]); later != (rules.Tally{}) {
					all.add(key{"30 days", shop, rule, d.Next(back)}, t)
				}
			}
		}
	}
}

// climbed adds what the ladder makes of the tallies of a shop: each step that gives points, and each node they reached.
func climbed(all map[string]bool, shop int, w *rulestest.World, now time.Time) {
	ledger := w.Policy.Climb(w.Policy.Day(rules.InstantOf(now)), w.Tallies)
	for _, s := range ledger.Steps {
		if s.Class != 0 && s.Booked() {
			all[point{shop, s.Day, s.Rule, s.Line, s.Class.String(), s.Points, s.Cut, 0}.String()] = true
		}
	}
	for _, c := range ledger.Crossings {
		all[point{shop, c.Day, c.Rule, c.Line, c.Node.Class.String(), 0, 0, c.At}.String()] = true
	}
}
