// Package rulestest is a shop in memory: what a store would hold of it, and nothing else. It is for tests.
package rulestest

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"shopwarden/rules"
)

// World is one shop. It is not safe for concurrent use.
type World struct {
	Policy   *rules.Policy
	Dossiers map[rules.Subject]rules.Dossier
	Tallies  map[rules.Date]rules.DayTallies
	Took     map[RuleDay]rules.Durations
	Log      []rules.Event // those that brought a new fact
}

// RuleDay is one rule on one local day.
type RuleDay struct {
	Day  rules.Date
	Rule string
}

// New returns a shop of which nothing was heard yet.
func New(p *rules.Policy) *World {
	return &World{Policy: p, Dossiers: map[rules.Subject]rules.Dossier{}, Tallies: map[rules.Date]rules.DayTallies{},
		Took: map[RuleDay]rules.Durations{}}
}

// Apply tells the shop events, one after the other, at an instant.
func (w *World) Apply(now rules.Instant, events ...rules.Event) {
	for _, e := range events {
		for i, about := range e.Facts() {
			if w.learn(about, now) && i == 0 {
				w.Log = append(w.Log, e)
			}
		}
	}
}

// learn tells one subject a fact, and others what follows from it. It reports whether the fact was new.
func (w *World) learn(about rules.About, now rules.Instant) bool {
	d, change, fresh := w.Policy.Step(about.Subject, w.Dossiers[about.Subject], []rules.Fact{about.Fact}, now)
	if !fresh[0] {
		return false
	}
	w.book(about.Subject, d, change)
	for _, next := range rules.Related(about.Subject, d.Facts) {
		w.learn(next, now)
	}
	return true
}

// Tick lets the shop look at the clock.
func (w *World) Tick(now rules.Instant) {
	for s, d := range w.Dossiers {
		d, change := w.Policy.Tick(s, d, now)
		w.book(s, d, change)
	}
}

func (w *World) book(s rules.Subject, d rules.Dossier, change rules.Change) {
	w.Dossiers[s] = d
	for _, x := range change.Deltas {
		w.count(x)
	}
}

// count books one delta. What comes to nothing is taken out, so that equal counters look equal.
func (w *World) count(x rules.Delta) {
	day := w.Tallies[x.Entry.Day]
	if day == nil {
		day = rules.DayTallies{}
		w.Tallies[x.Entry.Day] = day
	}
	if day[x.Entry.Rule] = day[x.Entry.Rule].Apply(x); day[x.Entry.Rule] == (rules.Tally{}) {
		delete(day, x.Entry.Rule)
	}
	if len(day) == 0 {
		delete(w.Tallies, x.Entry.Day)
	}
	key := RuleDay{x.Entry.Day, x.Entry.Rule}
	if w.Took[key] = w.Took[key].Apply(x); len(w.Took[key]) == 0 {
		delete(w.Took, key)
	}
}

// Cases lists all cases as they stand at an instant, by subject.
func (w *World) Cases(now rules.Instant) (list []rules.Case) {
	for _, s := range slices.SortedFunc(maps.Keys(w.Dossiers), func(a, b rules.Subject) int { return strings.Compare(a.String(), b.String()) }) {
		list = append(list, w.Policy.Judge(s, w.Dossiers[s].Facts, now)...)
	}
	return list
}

// Sum adds up all days of one rule.
func (w *World) Sum(rule string) (sum rules.Tally) {
	for _, day := range w.Tallies {
		sum = sum.Plus(day[rule])
	}
	return sum
}

// Days lists the days that have tallies, in order.
func (w *World) Days() []rules.Date {
	return slices.SortedFunc(maps.Keys(w.Tallies), cmp.Compare[rules.Date])
}
