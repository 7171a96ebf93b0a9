package rules_test

import (
	"testing"

	"pgregory.net/rapid"

	"shopwarden/rules"
)

func TestAStreakCountsDaysWithCasesAndEndsAtAMiss(t *testing.T) {
	alert := func(r *rules.Rule) { r.AlertAt = 3 }
	p := policyOf(t, rules.Scoring{}, scored("kept", rules.Timely, rules.MetRate, shares, alert), scored("missed", rules.Timely, rules.MetRate, shares, alert),
		scored("idle", rules.Timely, rules.MetRate, shares, alert), scored("counted", rules.Timely, rules.MetRate, shares, func(r *rules.Rule) { r.AlertAt = 0 }))
	days := rules.Days{
		today:          {"kept": {Met: 3}, "missed": {Met: 9, Breached: 1}, "counted": {Met: 2}},
		today.Next(-1): {"kept": {Open: 2}, "missed": {Met: 1}, "idle": {Met: 1}}, // nothing resolved of kept: neither counts nor ends it
		today.Next(-2): {"kept": {Met: 4}},
		today.Next(-3): {"kept": {Met: 5, Breached: 1}},
		today.Next(-4): {"kept": {Met: 9}},
	}
	got := p.Streaks(today.Next(-29), today, days)
	if len(got) != 1 || got[0].Rule.ID != "kept" || got[0].Days != 2 || got[0].Met != 7 || got[0].Open {
		t.Errorf("got %+v", got)
	}
	got = p.Streaks(today.Next(-2), today, days)
	if len(got) != 1 || got[0].Days != 2 || !got[0].Open {
		t.Errorf("cut off: got %+v", got)
	}
}

// TestAMissNeverMakesAStreakLonger changes one day at random.
func TestAMissNeverMakesAStreakLonger(t *testing.T) {
	p := policyOf(t, rules.Scoring{}, scored("a", rules.Timely, rules.MetRate, shares, func(r *rules.Rule) { r.AlertAt = 3 }))
	length := func(days rules.Days) int {
		for _, s := range p.Streaks(today.Next(-59), today, days) {
			return s.Days
		}
		return 0
	}
	rapid.Check(t, func(t *rapid.T) {
		days := rules.Days{}
		for i := range 60 {
			days[today.Next(-i)] = rules.DayTallies{"a": {Met: rapid.Int64Range(0, 2).Draw(t, "met"), Breached: rapid.Int64Range(0, 20).Draw(t, "bad") / 20}}
		}
		before := length(days)
		at := rapid.IntRange(0, 59).Draw(t, "day")
		days[today.Next(-at)] = rules.DayTallies{"a": {Met: 1, Breached: 1}}
		if after := length(days); after > before || after > at {
			t.Fatalf("a miss %d days ago: %d days became %d", at, before, after)
		}
	})
}

func TestARecordNeedsAWeekOfJudgedDaysBefore(t *testing.T) {
	day := func(score float64) rules.DayScore {
		return rules.DayScore{Total: rules.Points{Value: score, Known: true}}
	}
	few := day(99)
	few.Provisional = true
	list := func(scores ...float64) (out []rules.DayScore) {
		for _, s := range scores {
			out = append(out, day(s))
		}
		return out
	}
	for name, x := range map[string]struct {
		scores []rules.DayScore
		want   rules.Record
	}{
		"none at all":          {nil, rules.Record{}},
		"too few before":       {list(70, 70, 70, 70, 70, 70, 95), rules.Record{}},
		"best, and first":      {list(70, 71, 72, 70, 70, 70, 70, 95), rules.Record{Best: true, First: rules.Excellent, Days: 7}},
		"first good":           {list(70, 71, 72, 70, 70, 70, 70, 85), rules.Record{Best: true, First: rules.Good, Days: 7}},
		"best of the good":     {list(81, 81, 81, 81, 81, 81, 81, 82), rules.Record{Best: true, Days: 7}},
		"a tie is no record":   {list(70, 70, 70, 70, 70, 70, 85, 85), rules.Record{Days: 7}},
		"passing is no praise": {list(50, 50, 50, 50, 50, 50, 50, 75), rules.Record{Best: true, Days: 7}},
		"too few cases":        {append(list(70, 70, 70, 70, 70, 70, 70), few), rules.Record{}},
		"few before count not": {append([]rules.DayScore{few}, list(70, 70, 70, 70, 70, 70, 70, 90)...), rules.Record{Best: true, First: rules.Excellent, Days: 7}},
	} {
		if got := rules.RecordOf(x.scores); got != x.want {
			t.Errorf("%s: got %+v, want %+v", name, got, x.want)
		}
	}
}

func TestDaysAreScoredEachByItself(t *testing.T) {
	p := policyOf(t, rules.Scoring{}, scored("a", rules.Timely, rules.MetRate, shares))
	days := rules.Days{today: {"a": {Met: 100}}, today.Next(-1): {"a": {Breached: 100}}}
	got := p.DayScores(today.Next(-2), today.Next(1), days, nil)
	if len(got) != 3 || got[0].Judged() || !got[1].Judged() || got[1].Total.Value != 0 || got[2].Total.Value != 100 || got[2].Day != today {
		t.Errorf("got %+v", got)
	}
}
