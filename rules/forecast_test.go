package rules_test

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"shopwarden/rules"
)

// openCase is an open order under a rule, due at a time of the day.
func openCase(t testing.TB, rule, id, due string) rules.Case {
	t.Helper()
	k := rules.Case{Rule: rule, Subject: rules.Subject{Kind: rules.Order, ID: id}, Outcome: rules.Open, Reason: rules.Running, Day: today}
	k.Due = at(t, "2026-11-25 "+due)
	k.Start = k.Due - rules.Instant((48 * time.Hour).Milliseconds())
	return k
}

// usual is a week of equal days before today.
func usual(now, each rules.DayTallies) rules.Days {
	days := rules.Days{today: now}
	for i := 1; i <= 7; i++ {
		days[today.Next(-i)] = each
	}
	return days
}

func TestADayGoesOnAtThePaceOfTheLastSeven(t *testing.T) {
	p := policyOf(t, rules.Scoring{}, scored("ship", rules.Timely, rules.MetRate, shares))
	days := usual(rules.DayTallies{"ship": {Met: 48, Breached: 2, Open: 10}}, rules.DayTallies{"ship": {Met: 95, Breached: 5}})
	out := p.Forecast(rules.Pace{Day: today, Now: at(t, "2026-11-25 12:00"), Days: days})
	o := out.Rules[0]
	if o.Rest != 50 || o.Seen.Resolved() != 750 || o.Best != 1 || o.Expected != 2 || o.Worst != 4 {
		t.Errorf("got %+v", o)
	}
	end := out.Expected.Principles[0].Rules[0].Tally
	if end.Met != 96 || end.Breached != 4 || end.Open != 0 || out.Expected.Total.Value != 60 {
		t.Errorf("ends at %+v, %+v", end, out.Expected.Total)
	}
	if !(out.Low.Total.Value < 60 && 60 < out.High.Total.Value) {
		t.Errorf("between %v and %v", out.Low.Total.Value, out.High.Total.Value)
	}
}

func TestWhatIsOverdueIsMissedAndWhatIsPausedStaysOpen(t *testing.T) {
	p := policyOf(t, rules.Scoring{}, scored("ship", rules.Timely, rules.MetRate, shares))
	paused := openCase(t, "ship", "3", "09:00")
	paused.Reason = rules.Paused
	tomorrow := openCase(t, "ship", "4", "08:00")
	tomorrow.Day++
	out := p.Forecast(rules.Pace{Day: today, Now: at(t, "2026-11-25 12:00"), Days: usual(rules.DayTallies{"ship": {Open: 4}}, nil),
		Open: []rules.Case{openCase(t, "ship", "1", "11:00"), openCase(t, "ship", "2", "23:00"), paused, tomorrow}})
	o := out.Rules[0]
	if o.Rest != 3 || o.Overdue != 1 || o.Paused != 1 || o.Best != 1 || o.Expected != 1 || o.Worst != 3 {
		t.Errorf("got %+v", o)
	}
	if end := out.Expected.Principles[0].Rules[0].Tally; end != (rules.Tally{Open: 1, Met: 2, Breached: 1, Timed: 2}) {
		t.Errorf("ends at %+v", end)
	}
}

func TestAForecastOfNothingIsNoScore(t *testing.T) {
	p := policyOf(t, rules.Scoring{}, scored("ship", rules.Timely, rules.MetRate, shares))
	out := p.Forecast(rules.Pace{Day: today, Now: at(t, "2026-11-25 12:00")})
	if out.Low.Total.Known || out.Expected.Total.Known || out.High.Total.Known {
		t.Errorf("got %+v", out)
	}
}

func TestTheExpectedEndLiesBetweenTheBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, ids := anyPolicy(t)
		days := rules.Days{}
		for i := range 8 {
			tallies := rules.DayTallies{}
			for _, id := range ids {
				if rapid.Bool().Draw(t, "has cases") {
					tallies[id] = anyTally(t)
				}
			}
			days[today.Next(-i)] = tallies
		}
		out := p.Forecast(rules.Pace{Day: today, Days: days, Programs: []string{"door_pickup"}})
		low, mid, high := out.Low.Total, out.Expected.Total, out.High.Total
		if low.Known != mid.Known || mid.Known != high.Known || low.Value > mid.Value+1e-9 || mid.Value > high.Value+1e-9 {
			t.Fatalf("%v, %v, %v", low, mid, high)
		}
		for _, o := range out.Rules {
			if !slices.IsSorted([]int64{o.Overdue, o.Best, o.Expected, o.Worst, o.Rest}) {
				t.Fatalf("%s: %+v", o.Rule.ID, o)
			}
		}
	})
}

func TestClosingCasesInTimeGivesTheScoreOfThatTally(t *testing.T) {
	p := policyOf(t, rules.Scoring{}, scored("ship", rules.Timely, rules.MetRate, shares))
	c := rules.Counts{From: today, To: today.Next(1), Days: rules.Days{today: {"ship": {Met: 97, Open: 3}}}}
	one, two := openCase(t, "ship", "1", "13:00"), openCase(t, "ship", "2", "14:00")
	met, other, later := openCase(t, "ship", "3", "14:00"), openCase(t, "gone", "4", "14:00"), openCase(t, "ship", "5", "14:00")
	met.Outcome = rules.Met
	later.Day++
	got := p.WhatIf(c, []rules.Case{one, two, one, met, other, later}, at(t, "2026-11-25 12:00"))
	want := func(t rules.Tally) rules.Points {
		return p.Score(today, today.Next(1), rules.DayTallies{"ship": t}).Total
	}
	if got.Now.Total != want(rules.Tally{Met: 97}) || got.Kept.Total != want(rules.Tally{Met: 99}) || got.Missed.Total != want(rules.Tally{Met: 97, Breached: 2}) {
		t.Errorf("now %v, kept %v, missed %v", got.Now.Total, got.Kept.Total, got.Missed.Total)
	}
	if open := got.Kept.Principles[0].Rules[0].Tally.Open; open != 1 {
		t.Errorf("%d left open", open)
	}
	if len(c.Days[today]) != 1 || c.Days[today]["ship"].Met != 97 || c.Tallies != nil {
		t.Errorf("the question changed the counts: %+v", c)
	}
}

func TestWhatIfTakesTheTimeThatHasRun(t *testing.T) {
	r := scored("reply", rules.Timely, rules.MeanTime, seconds, func(r *rules.Rule) { r.Cap = 10 * time.Minute })
	p := policyOf(t, rules.Scoring{}, r)
	k := openCase(t, "reply", "1", "12:03")
	k.Start = at(t, "2026-11-25 12:00")
	c := rules.Counts{From: today, To: today.Next(1), Tallies: rules.DayTallies{"reply": {Met: 1, Timed: 1, TookMS: 10_000, Open: 1}}}
	got := p.WhatIf(c, []rules.Case{k}, at(t, "2026-11-25 12:00:50"))
	if kept, missed := got.Kept.Principles[0].Rules[0].Value, got.Missed.Principles[0].Rules[0].Value; kept != 30 || missed != 305 {
		t.Errorf("kept %v s, missed %v s", kept, missed)
	}
}

func TestCasesThatSaveMostPerMinuteComeFirst(t *testing.T) {
	light := scored("light", rules.Timely, rules.MetRate, shares)
	heavy := scored("heavy", rules.Timely, rules.MetRate, shares, func(r *rules.Rule) { r.Weight = 9 })
	fraud := scored("free", rules.Timely, rules.Bonus, rules.Anchors{})
	p := policyOf(t, rules.Scoring{}, light, heavy, fraud)
	c := rules.Counts{From: today, To: today.Next(1), Tallies: rules.DayTallies{"light": {Met: 97, Breached: 2}, "heavy": {Met: 97, Breached: 2}}}
	paused, timeless, tomorrow := openCase(t, "heavy", "p", "12:30"), openCase(t, "heavy", "t", "12:30"), openCase(t, "light", "next", "12:20")
	paused.Reason, timeless.Due = rules.Paused, 0
	tomorrow.Day++
	open := []rules.Case{
		openCase(t, "free", "f", "12:10"), openCase(t, "light", "b", "12:10"), openCase(t, "light", "a", "12:10"), openCase(t, "heavy", "late", "11:59"),
		openCase(t, "heavy", "soon", "12:30"), openCase(t, "heavy", "far", "23:00"), paused, timeless, tomorrow,
	}
	want := []string{"soon", "a", "b", "next", "far", "f"}
	rapid.Check(t, func(rt *rapid.T) {
		list := p.Rescues(c, rapid.Permutation(open).Draw(rt, "order"), at(t, "2026-11-25 12:00"))
		var got []string
		for _, x := range list {
			got = append(got, x.Case.Subject.ID)
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			rt.Fatalf("got %v, want %v: %+v", got, want, list)
		}
	})
	list := p.Rescues(c, open, at(t, "2026-11-25 12:00"))
	kept := p.WhatIf(c, open[4:5], at(t, "2026-11-25 12:00"))
	if saved := kept.Kept.Total.Value - kept.Missed.Total.Value; math.Abs(list[0].Saved-saved) > 1e-9 || list[0].Left != 30*time.Minute || math.Abs(list[0].PerMinute-saved/30) > 1e-9 {
		t.Errorf("got %+v, want %v saved", list[0], saved)
	}
}

func TestACaseThatIsDueThisMinuteCountsAWholeOne(t *testing.T) {
	p := policyOf(t, rules.Scoring{}, scored("ship", rules.Timely, rules.MetRate, shares))
	c := rules.Counts{From: today, To: today.Next(1), Tallies: rules.DayTallies{"ship": {Met: 97, Breached: 2}}}
	list := p.Rescues(c, []rules.Case{openCase(t, "ship", "1", "12:00")}, at(t, "2026-11-25 12:00"))
	if len(list) != 1 || list[0].Left != 0 || list[0].PerMinute != list[0].Saved || list[0].Saved <= 0 {
		t.Errorf("got %+v", list)
	}
}

// BenchmarkRescues ranks 500 open cases of a month.
func BenchmarkRescues(b *testing.B) {
	p, days := month(b, 30)
	var open []rules.Case
	for i := range 500 {
		k := openCase(b, fmt.Sprintf("some-rule-of-the-pack-%02d", i%28), fmt.Sprint(i), "13:00")
		k.Day, k.Due = 20029, k.Due+rules.Instant(i*1000)
		k.Start += rules.Instant(i * 777)
		open = append(open, k)
	}
	now := at(b, "2026-11-25 12:00")
	b.ReportAllocs()
	for b.Loop() {
		p.Rescues(rules.Counts{From: 20000, To: 20030, Days: days}, open, now)
	}
}
