package rules_test

import (
	"testing"

	"shopwarden/rules"
)

func TestMissingMoreIsTheScoreOfThatTally(t *testing.T) {
	p := policyOf(t, rules.Scoring{}, scored("ship", rules.Timely, rules.MetRate, shares))
	c := rules.Pace{Day: today, Now: at(t, "2026-11-25 12:00"), Days: rules.Days{today: {"ship": {Met: 95, Breached: 1, Open: 2}}}}
	got := p.Suppose(c, rules.Suppose{Rule: "ship", Miss: 3})
	if got.Cases != 3 || got.Fresh != 1 {
		t.Errorf("%d cases, %d of them new; want 3 and 1", got.Cases, got.Fresh)
	}
	if want := (rules.Tally{Met: 95, Breached: 4}); got.RuleAfter.Tally != want {
		t.Errorf("after: %+v, want %+v", got.RuleAfter.Tally, want)
	}
	if want := p.Score(today, today.Next(1), rules.DayTallies{"ship": {Met: 95, Breached: 4}}).Total; got.After.Total != want {
		t.Errorf("after: %v, want %v", got.After.Total, want)
	}
	if want := p.Score(today, today.Next(1), c.Days[today]).Total; got.Before.Total != want {
		t.Errorf("before: %v, want %v", got.Before.Total, want)
	}
	if c.Days[today]["ship"] != (rules.Tally{Met: 95, Breached: 1, Open: 2}) {
		t.Errorf("the question changed the counts: %+v", c.Days[today])
	}
}

func TestNoMoreIsSavedThanCanBe(t *testing.T) {
	p := policyOf(t, rules.Scoring{}, scored("ship", rules.Timely, rules.MetRate, shares))
	late, paused, tomorrow := openCase(t, "ship", "1", "11:00"), openCase(t, "ship", "2", "15:00"), openCase(t, "ship", "3", "15:00")
	paused.Reason = rules.Paused
	tomorrow.Day++
	c := rules.Pace{Day: today, Now: at(t, "2026-11-25 12:00"), Days: rules.Days{today: {"ship": {Met: 95, Breached: 1, Open: 4}}},
		Open: []rules.Case{late, paused, tomorrow, openCase(t, "ship", "5", "14:00"), openCase(t, "ship", "4", "13:00")}}
	got := p.Suppose(c, rules.Suppose{Rule: "ship", Save: 5})
	if want := (rules.Tally{Met: 97, Breached: 1, Open: 2, Timed: 2}); got.Cases != 2 || got.RuleAfter.Tally.Met != want.Met || got.RuleAfter.Tally.Open != want.Open {
		t.Errorf("%d saved, after %+v; want 2 and %+v", got.Cases, got.RuleAfter.Tally, want)
	}
	if list := c.Savable("ship"); len(list) != 2 || list[0].Subject.ID != "4" {
		t.Errorf("savable: %+v, want the earliest due first", list)
	}
	if got := p.Suppose(c, rules.Suppose{Rule: "gone", Miss: 5}); got.Cases != 0 || got.After.Total != got.Before.Total {
		t.Errorf("a rule that is not there moved %d cases", got.Cases)
	}
}

func TestMissingMoreSaysWhichRungIsReached(t *testing.T) {
	r := scored("ship", rules.Timely, rules.MetRate, shares)
	r.Lines = []rules.Line{{ID: "warn", Window: 1, Breached: 2, Rung: rules.Warning}, {ID: "points", Window: 1, Breached: 4, Rung: rules.GeneralPoints, Points: 250}}
	p := policyOf(t, rules.Scoring{}, r)
	c := rules.Pace{Day: today, Now: at(t, "2026-11-25 12:00"), Days: rules.Days{today: {"ship": {Met: 95, Breached: 2}}}}
	if got := p.Suppose(c, rules.Suppose{Rule: "ship", Miss: 1}); len(got.Reached) != 0 {
		t.Errorf("one more reaches %+v, want nothing: the warning stands already", got.Reached)
	}
	got := p.Suppose(c, rules.Suppose{Rule: "ship", Miss: 2})
	if len(got.Reached) != 1 || got.Reached[0].Rung != rules.GeneralPoints || got.Points[0] != 250 || got.Points[1] != 0 {
		t.Errorf("two more reach %+v with %v points, want 2.5 general points", got.Reached, got.Points)
	}
}

func TestOfManyTheFiveThatWinMostAreSaved(t *testing.T) {
	rescue := func(id, due string, saved float64) rules.Rescue {
		return rules.Rescue{Case: openCase(t, "ship", id, due), Saved: saved}
	}
	got := rules.Worth([]rules.Rescue{rescue("none", "12:30", 0.01), rescue("late", "18:00", 2.04), rescue("soon", "13:00", 2), rescue("most", "19:00", 5),
		rescue("next", "13:30", 2.01), rescue("little", "12:10", 1)}, 3)
	var ids []string
	for _, r := range got {
		ids = append(ids, r.Case.Subject.ID)
	}
	if len(ids) != 3 || ids[0] != "soon" || ids[1] != "next" || ids[2] != "most" {
		t.Errorf("saved are %v, want soon, next, most", ids)
	}
}
