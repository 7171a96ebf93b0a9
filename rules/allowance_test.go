package rules_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"shopwarden/rules"
)

// today is a Wednesday, 25 November 2026.
var today = rules.NewDate(2026, 11, 25)

func allowance(t testing.TB, r rules.Rule, days rules.Days) rules.Allowance {
	t.Helper()
	list := policyOf(t, rules.Scoring{}, r).Allowances(today, days)
	if len(list) != 1 {
		t.Fatalf("got %d allowances", len(list))
	}
	return list[0]
}

func TestAShareSaysHowManyMoreMayBeMissed(t *testing.T) {
	r := scored("chat", rules.Timely, rules.MetRate, rules.Anchors{Excellent: 0.97, Good: 0.9, Pass: 0.8})
	for _, x := range []struct {
		t    rules.Tally
		good rules.Left
	}{
		{rules.Tally{}, rules.Left{}},
		{rules.Tally{Void: 4}, rules.Left{}},
		{rules.Tally{Met: 15, Breached: 1, Open: 14}, rules.Left{Known: true, Kept: true, Misses: 2}},
		{rules.Tally{Met: 27, Breached: 3}, rules.Left{Known: true, Kept: true}},
		{rules.Tally{Met: 26, Breached: 3, Open: 1}, rules.Left{Known: true, Kept: true}},
		{rules.Tally{Met: 90}, rules.Left{Known: true, Kept: true, Misses: 10}},          // ten new ones: 90 of 100
		{rules.Tally{Met: 90, Open: 1}, rules.Left{Known: true, Kept: true, Misses: 10}}, // the open one and nine new ones
		{rules.Tally{Met: 8, Breached: 2}, rules.Left{Known: true, Back: 10}},            // 18 of 20
		{rules.Tally{Open: 5}, rules.Left{Known: true, Kept: true}},
	} {
		a := allowance(t, r, rules.Days{today: {"chat": x.t}})
		if a.Today.Good != x.good {
			t.Errorf("%+v: got %+v, want %+v", x.t, a.Today.Good, x.good)
		}
		if x.t.Resolved() > 0 && !a.Today.Floor.NoLimit {
			t.Errorf("%+v: a target of nothing can be missed: %+v", x.t, a.Today.Floor)
		}
	}
}

func TestTheAllowanceIsTheMostThatMayBeMissed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := func(most int64, what string) int64 { return rapid.Int64Range(0, most).Draw(t, what) }
		tally := rules.Tally{Met: n(300, "met"), Breached: n(40, "breached"), Open: n(40, "open")}
		target := float64(rapid.IntRange(1, 100).Draw(t, "target")) / 100
		r := scored("r", rules.Timely, rules.MetRate, rules.Anchors{Excellent: 1, Good: target})
		book := &rules.Rulebook{Editions: []rules.Edition{{Rules: []rules.Rule{r}}}}
		p, err := rules.NewPolicy(book, rules.Terms{Zone: shanghai, Hours: rules.ByPlatform})
		if err != nil {
			t.Fatal(err)
		}
		left := p.Allowances(today, rules.Days{today: {"r": tally}})[0].Today.Good
		// met reports whether the target is met after k misses, the open cases first, and then so many kept new ones.
		met := func(k, kept int64) bool {
			fresh := max(k-tally.Open, 0)
			good := tally.Met + tally.Open - min(k, tally.Open) + kept
			return float64(good) >= target*float64(tally.Resolved()+tally.Open+fresh+kept)-1e-9
		}
		switch {
		case !left.Known:
			if tally.Resolved()+tally.Open > 0 {
				t.Fatalf("%+v: nothing known", tally)
			}
		case left.Kept != met(0, 0):
			t.Fatalf("%+v at %v: %+v", tally, target, left)
		case left.Kept && (!met(left.Misses, 0) || met(left.Misses+1, 0)):
			t.Fatalf("%+v at %v: %+v is not the most", tally, target, left)
		case !left.Kept && target < 1 && (!met(0, left.Back) || met(0, left.Back-1)):
			t.Fatalf("%+v at %v: %+v is not the way back", tally, target, left)
		}
	})
}

func TestACountSaysHowManyMoreMayHappen(t *testing.T) {
	r := scored("fraud", rules.Reliable, rules.Count, frauds)
	for broken, want := range map[int64][3]rules.Left{
		0: {{Known: true, Kept: true}, {Known: true, Kept: true, Misses: 1}, {Known: true, Kept: true, Misses: 4}},
		1: {{Known: true}, {Known: true, Kept: true}, {Known: true, Kept: true, Misses: 3}},
		9: {{Known: true}, {Known: true}, {Known: true}},
	} {
		a := allowance(t, r, rules.Days{today: {"fraud": {Met: 5, Breached: broken}}}).Today
		if got := [3]rules.Left{a.Good, a.Pass, a.Floor}; got != want {
			t.Errorf("%d broken: got %+v, want %+v", broken, got, want)
		}
	}
}

func TestAMeanSaysHowLongEachRemainingCaseMayTake(t *testing.T) {
	r := scored("reply", rules.Timely, rules.MeanTime, seconds)
	for _, x := range []struct {
		t          rules.Tally
		good, pass rules.Left
	}{
		{rules.Tally{Met: 8, Timed: 8, TookMS: 200_000, Open: 2}, rules.Left{Known: true, Kept: true, PerCase: 50 * time.Second}, rules.Left{Known: true, Kept: true, PerCase: 200 * time.Second}},
		{rules.Tally{Met: 8, Timed: 8, TookMS: 200_000}, rules.Left{Known: true, Kept: true, PerCase: 70 * time.Second}, rules.Left{Known: true, Kept: true, PerCase: 340 * time.Second}},
		{rules.Tally{Met: 9, Timed: 9, TookMS: 9 * 40_000, Open: 1}, rules.Left{Known: true}, rules.Left{Known: true, Kept: true, PerCase: 240 * time.Second}},
		{rules.Tally{Breached: 2, Open: 1}, rules.Left{Known: true}, rules.Left{Known: true}}, // two that were never answered
		{rules.Tally{}, rules.Left{}, rules.Left{}},
	} {
		a := allowance(t, r, rules.Days{today: {"reply": x.t}}).Today
		if a.Good != x.good || a.Pass != x.pass {
			t.Errorf("%+v: got %+v and %+v", x.t, a.Good, a.Pass)
		}
	}
}

func TestAnAllowanceResetsWithItsWindow(t *testing.T) {
	days := rules.Days{today: {"r": {Met: 1}}, today.Next(-2): {"r": {Met: 2}}, today.Next(-6): {"r": {Met: 4}}, today.Next(-29): {"r": {Met: 8}}, today.Next(-30): {"r": {Met: 16}}, rules.NewDate(2025, 12, 31): {"r": {Met: 32}}}
	for span, want := range map[rules.Span]struct {
		met    int64
		resets string
	}{
		0:                {15, "2026-11-26 00:00"},
		rules.OverDay:    {1, "2026-11-26 00:00"},
		rules.Over7Days:  {7, "2026-11-26 00:00"},
		rules.Over30Days: {15, "2026-11-26 00:00"},
		rules.OverWeek:   {3, "2026-11-30 00:00"},
		rules.OverYear:   {31, "2027-01-01 00:00"},
	} {
		a := allowance(t, scored("r", rules.Timely, rules.MetRate, shares, func(r *rules.Rule) { r.Over = span }), days)
		if a.Window.Tally.Met != want.met || a.Window.Resets != at(t, want.resets) || a.Today.Tally.Met != 1 || a.Today.Resets != at(t, "2026-11-26 00:00") {
			t.Errorf("%s: got %+v, want %+v", span, a.Window, want)
		}
	}
}

func TestABonusHasNoAllowance(t *testing.T) {
	p := policyOf(t, rules.Scoring{}, scored("extra", rules.Delight, rules.Bonus, rules.Anchors{Excellent: 0.2}))
	if got := p.Allowances(today, rules.Days{today: {"extra": {Met: 1}}}); len(got) != 0 {
		t.Errorf("got %+v", got)
	}
}
