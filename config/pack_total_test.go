package config

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"shopwarden/rules"
)

// withTotal is the minimal pack with a scoring of its edition.
func withTotal(lines ...string) string {
	return strings.Replace(minimal, "    rules:\n", "    scoring:\n      "+strings.Join(lines, "\n      ")+"\n    rules:\n", 1)
}

func TestAnEditionSaysHowItsRulesAddUp(t *testing.T) {
	book, err := ParsePack("mine.yaml", []byte(withTotal(
		"weights: {timely: 50, reliable: 20, worry-free: 30, delight: 0}",
		"bonuses:", "  - {rule: ship-on-time, full: 20%, points: 5}", "  - {program: freight_insurance, points: 2}",
		"bonus_cap: 7", "deductions:", "  - {rule: ship-on-time, points: 2, cap: 10}", "  - {rule: ship-on-time, points: 0.5}", "deduction_cap: 12")))
	if err != nil {
		t.Fatal(err)
	}
	want := rules.Scoring{Weights: rules.Weights{Timely: 50, Reliable: 20, WorryFree: 30},
		Bonuses:    []rules.BonusTerm{{Rule: "ship-on-time", Full: 0.2, Points: 5}, {Program: "freight_insurance", Points: 2}},
		Deductions: []rules.Deduction{{Rule: "ship-on-time", Points: 2, Cap: 10}, {Rule: "ship-on-time", Points: 0.5}}, BonusCap: 7, DeductionCap: 12}
	if diff := cmp.Diff(want, book.Editions[0].Scoring); diff != "" {
		t.Error(diff)
	}
	if book, err = ParsePack("mine.yaml", []byte(minimal)); err != nil || !cmp.Equal(book.Editions[0].Scoring, rules.Scoring{}) {
		t.Errorf("without a scoring: %+v, %v", book, err)
	}
}

func TestProblemsOfAScoringNameTheirField(t *testing.T) {
	for _, x := range []struct{ line, want string }{
		{"weights: {timely: 0, reliable: 0, worry-free: 0, delight: 0}", "scoring.weights: one of the four must be above 0"},
		{"weights: {timely: 40}", "scoring.weights.delight: is missing"},
		{"weights: {timely: -1, reliable: 0, worry-free: 0, delight: 1}", `scoring.weights.timely: "-1" is no weight`},
		{"weight: 3", "scoring.weight: unknown field; did you mean weights?"},
		{"bonuses: [{points: 5}]", "scoring.bonuses[0]: give either rule or program"},
		{"bonuses: [{rule: ship-on-time, program: door_pickup, points: 5}]", "scoring.bonuses[0]: give either rule or program"},
		{"bonuses: [{program: luck, points: 5}]", `scoring.bonuses[0].program: "luck" is not one of`},
		{"bonuses: [{program: door_pickup, full: 20%, points: 5}]", "scoring.bonuses[0].full: a program is enabled or not"},
		{"bonuses: [{rule: ship, full: 20%, points: 5}]", `scoring.bonuses[0].rule: "ship" is no rule of this edition`},
		{"bonuses: [{rule: ship-on-time, full: 0%, points: 5}]", `scoring.bonuses[0].full: "0%" must be above 0%`},
		{"bonuses: [{rule: ship-on-time, points: NaN}]", `scoring.bonuses[0].points: "NaN" is no number of points`},
		{"deductions: [{rule: ship-on-time}]", "scoring.deductions[0].points: is missing"},
		{"deductions: [{rule: late, points: 2}]", `scoring.deductions[0].rule: "late" is no rule of this edition`},
		{"deduction_cap: 0", `scoring.deduction_cap: "0" is no number of points`},
	} {
		book, err := ParsePack("mine.yaml", []byte(withTotal(x.line)))
		if err == nil || book != nil || !strings.Contains(err.Error(), "mine.yaml:6: editions[0]."+x.want) {
			t.Errorf("%s: got %v, want %s", x.line, err, x.want)
		}
	}
	timed := strings.Replace(strings.Replace(withTotal("bonuses: [{rule: ship-on-time, full: 20%, points: 5}]"), "met_rate", "count", 1), shares, "{excellent: 0, good: 0, pass: 1, floor: 4}", 1)
	if _, err := ParsePack("mine.yaml", []byte(timed)); err == nil || !strings.Contains(err.Error(), "ship-on-time is scored by count; a bonus needs a share") {
		t.Errorf("got %v", err)
	}
}

func TestProgramsThatEarnABonusAreThoseOfTheVocabulary(t *testing.T) {
	for _, p := range programs {
		if _, err := ParseMatch("guarantee.claimed program="+p, rules.Claim); err != nil {
			t.Errorf("%s: %v", p, err)
		}
	}
}

func TestARuleNamesItsWindow(t *testing.T) {
	for text, want := range map[string]rules.Span{"30d": rules.Over30Days, "7d": rules.Over7Days, "day": rules.OverDay, "week": rules.OverWeek, "year": rules.OverYear, "": 0} {
		line := "min_sample: 1"
		if text != "" {
			line = "over: " + text
		}
		book, err := ParsePack("mine.yaml", []byte(withRule("weight: 0.5", "weight: 0.5\n        "+line)))
		if err != nil || book.Editions[0].Rules[0].Over != want {
			t.Errorf("%q: %v, %v", text, book, err)
		}
	}
	if _, err := ParsePack("mine.yaml", []byte(withRule("weight: 0.5", "weight: 0.5\n        over: month"))); err == nil || !strings.Contains(err.Error(), `over: "month" is no window: 30d, 7d, day, week or year`) {
		t.Errorf("got %v", err)
	}
}
