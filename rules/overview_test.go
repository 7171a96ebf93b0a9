package rules_test

import (
	"math"
	"testing"

	"shopwarden/rules"
)

func TestWindowsBeginAndResetAsTheirNamesSay(t *testing.T) {
	for _, x := range []struct {
		span         rules.Span
		day          rules.Date
		from, resets string
	}{
		{0, today, "2026-10-27", "2026-11-26"},
		{rules.Over30Days, today, "2026-10-27", "2026-11-26"},
		{rules.Over7Days, today, "2026-11-19", "2026-11-26"},
		{rules.OverDay, today, "2026-11-25", "2026-11-26"},
		{rules.OverWeek, today, "2026-11-23", "2026-11-30"},
		{rules.OverWeek, today.Next(-2), "2026-11-23", "2026-11-30"}, // a Monday
		{rules.OverWeek, today.Next(4), "2026-11-23", "2026-11-30"},  // a Sunday
		{rules.OverWeek, rules.NewDate(1969, 12, 31), "1969-12-29", "1970-01-05"},
		{rules.OverYear, today, "2026-01-01", "2027-01-01"},
	} {
		if from, resets := x.span.Until(x.day), x.span.Resets(x.day); from.String() != x.from || resets.String() != x.resets {
			t.Errorf("%s on %s: from %s, resets %s, want %+v", x.span, x.day, from, resets, x)
		}
	}
}

func TestARuleIsAskedOverItsOwnWindow(t *testing.T) {
	week := scored("week", rules.Timely, rules.MetRate, shares, func(r *rules.Rule) { r.Over = rules.OverWeek })
	p := policyOf(t, rules.Scoring{}, week, scored("month", rules.Timely, rules.MetRate, shares))
	days := rules.Days{today: {"week": {Met: 1}, "month": {Met: 1}}, today.Next(-3): {"week": {Breached: 9}, "month": {Breached: 9}}, today.Next(1): {"week": {Breached: 9}}}
	for id, want := range map[string]int64{"week": 1, "month": 10} {
		if s, ok := p.RuleScore(id, today, days); !ok || s.Tally.Resolved() != want || s.N != want || s.Rule.ID != id || !s.Points.Known {
			t.Errorf("%s: got %+v", id, s)
		}
	}
	if _, ok := p.RuleScore("gone", today, days); ok {
		t.Error("a rule that is not there has a score")
	}
}

func TestAnOverviewSetsEachWindowAgainstTheOneBefore(t *testing.T) {
	p := policyOf(t, rules.Scoring{}, scored("a", rules.Timely, rules.MetRate, shares), scored("b", rules.Delight, rules.MetRate, shares))
	days := rules.Days{}
	for i := range 61 {
		days[today.Next(-i)] = rules.DayTallies{"a": {Met: 99, Breached: 1}}
	}
	days[today] = rules.DayTallies{"a": {Met: 98, Breached: 2}, "b": {Met: 50}}
	days[today.Next(-60)] = rules.DayTallies{"a": {Breached: 10_000}} // beyond the longest window
	o := p.Overview(today, days, nil, false)
	for name, x := range map[string]struct {
		p         rules.Period
		days      rules.Date
		met, then int64
	}{"today": {o.Today, 1, 98, 99}, "7 days": {o.Last7, 7, 98 + 6*99, 7 * 99}, "30 days": {o.Last30, 30, 98 + 29*99, 30 * 99}} {
		now, before := x.p.Card.Principles[0].Rules[0].Tally.Met, x.p.Before.Principles[0].Rules[0].Tally.Met
		if now != x.met || before != x.then || x.p.Card.To-x.p.Card.From != x.days || x.p.Before.To != x.p.Card.From || x.p.Before.To-x.p.Before.From != x.days {
			t.Errorf("%s: %d and %d kept, from %s and %s", name, now, before, x.p.Card.From, x.p.Before.From)
		}
		want := x.p.Card.Total.Value - x.p.Before.Total.Value
		if !x.p.Total.Known || math.Abs(x.p.Total.Points-want) > 1e-9 || !x.p.Principles[0].Known || x.p.Principles[0].Points >= 0 {
			t.Errorf("%s: %+v", name, x.p.Total)
		}
		if x.p.Principles[3].Known {
			t.Errorf("%s: n/a was compared: %+v", name, x.p.Principles[3])
		}
	}
	if o.Today.Principles[0].Points != -20 {
		t.Errorf("from 100 to 80: %+v", o.Today.Principles[0])
	}
}

func TestSilenceIsComparedWithNothing(t *testing.T) {
	p := policyOf(t, rules.Scoring{}, scored("a", rules.Timely, rules.MetRate, shares))
	days := rules.Days{today: {"a": {Met: 99}}, today.Next(-1): {"a": {Met: 99}}}
	o := p.Overview(today, days, nil, true)
	if o.Today.Total.Known || o.Today.Card.Total.Grade() != rules.Unknown || o.Today.Before.Total.Grade() != rules.Excellent {
		t.Errorf("got %+v", o.Today)
	}
}
