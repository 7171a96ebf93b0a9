package rules_test

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"shopwarden/rules"
)

// advised is a pack of two rules of one principle, alike but for their ids.
func advised(t *testing.T) *rules.Policy {
	t.Helper()
	rule := func(id string, metric rules.Metric, a rules.Anchors) rules.Rule {
		return rules.Rule{ID: id, Principle: rules.Timely, Subject: rules.Order, Start: []rules.Match{{Type: "order.paid"}},
			Stop: []rules.Match{{Type: "order.picked_up"}}, Deadline: rules.Deadline{Within: time.Hour}, Day: rules.ByDue, Metric: metric,
			Anchors: a, MinSample: 5, Weight: 1}
	}
	share := rules.Anchors{Excellent: 1, Good: 0.9, Pass: 0.8, Floor: 0}
	list := []rules.Rule{rule("ship", rules.MetRate, share), rule("reply", rules.MetRate, share),
		rule("review", rules.MeanTime, rules.Anchors{Excellent: 10, Good: 20, Pass: 30, Floor: 60})}
	p, err := rules.NewPolicy(&rules.Rulebook{Pack: "p", Editions: []rules.Edition{{Rules: list}}}, rules.Terms{Zone: time.UTC, Hours: rules.ByPlatform})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func tip(id, rule string, when ...rules.Trigger) rules.Tip {
	return rules.Tip{ID: id, Rules: []string{rule}, When: when}
}

var (
	friday  = rules.Pattern{Dim: rules.ByWeekHour, Value: "fri 20-24", Misses: 15, AllMisses: 20, Cases: 20, AllCases: 100}
	carrier = rules.Pattern{Dim: rules.ByCarrier, Value: "slow", Misses: 4, AllMisses: 20, Cases: 6, AllCases: 100}
	catalog = []rules.Tip{
		tip("any", "ship", rules.Trigger{}), tip("lunch", "ship", rules.Trigger{Dim: rules.ByHour, Values: []string{"12-14"}}),
		tip("night", "ship", rules.Trigger{Dim: rules.ByHour, Values: []string{"18-20", "20-24"}}),
		tip("rota", "ship", rules.Trigger{Dim: rules.ByWeekday}), tip("reply", "reply", rules.Trigger{}),
	}
)

func TestAdviceAnswersTheCauseAndIsRankedByItsGain(t *testing.T) {
	p := advised(t)
	tallies := rules.DayTallies{"ship": {Met: 80, Breached: 20}, "reply": {Met: 90, Breached: 10}}
	none := func(string) bool { return false }
	for _, tt := range []struct {
		name   string
		causes map[string][]rules.Pattern
		hidden func(string) bool
		want   []string
	}{
		// 80 of 100 scores 60, 95 of 100 90, 84 of 100 68, 90 of 100 80; the total is the mean of the two rules
		{"by cause", map[string][]rules.Pattern{"ship": {carrier, friday}}, none, []string{"night 15.0", "reply 10.0", "any 4.0"}},
		{"without a cause", nil, none, []string{"any 20.0", "reply 10.0"}},
		{"hidden", map[string][]rules.Pattern{"ship": {friday}}, func(id string) bool { return id == "night" }, []string{"rota 15.0", "reply 10.0"}},
	} {
		var got []string
		for _, a := range p.Advise(0, 1, tallies, tt.causes, catalog, tt.hidden) {
			got = append(got, fmt.Sprintf("%s %.1f", a.Tip.ID, a.Points))
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s: -want +got:\n%s", tt.name, diff)
		}
	}
	if got := p.Advise(0, 1, rules.DayTallies{"ship": {Met: 100}}, nil, catalog, none); len(got) != 0 {
		t.Errorf("nothing was missed and the advice is %+v", got)
	}
	if got := p.Advise(0, 1, nil, map[string][]rules.Pattern{"ship": {friday}}, catalog, none); len(got) != 0 {
		t.Errorf("there are no cases and the advice is %+v", got)
	}
}

func TestAMeanGainsByTheTimeOfTheMissesOfACause(t *testing.T) {
	p := advised(t)
	r, _ := p.Rule("review", 0)
	// ten cases of 300 s in all: a mean of 30 s scores 60. Two misses of 60 s as quick as an excellent case, 10 s: 20 s scores 80.
	tallies := rules.DayTallies{"review": {Met: 8, Breached: 2, Timed: 10, TookMS: 300_000}}
	c := rules.Pattern{Dim: rules.ByAgent, Value: "a", Misses: 2, AllMisses: 2, Cases: 5, AllCases: 10, Timed: 2, TookMS: 120_000}
	if got := p.Gain(0, 1, tallies, r, c); math.Abs(got-20) > 1e-9 {
		t.Errorf("timed: got %v, want 20", got)
	}
	// eight cases of 120 s and two that never ended, at 60 s each: 24 s scores 72. Ended in 10 s: 14 s scores 92.
	tallies = rules.DayTallies{"review": {Met: 8, Breached: 2, Timed: 8, TookMS: 120_000}}
	c.Timed, c.TookMS = 0, 0
	if got := p.Gain(0, 1, tallies, r, c); math.Abs(got-20) > 1e-9 {
		t.Errorf("never ended: got %v, want 20", got)
	}
}

func TestAdviceDoesNotDependOnTheOrderOfTheCases(t *testing.T) {
	samples := fridays()
	p := advised(t)
	tallies := rules.DayTallies{"ship": {Met: 288, Breached: 12}}
	ask := func() []rules.Advice {
		return p.Advise(0, 1, tallies, map[string][]rules.Pattern{"ship": rules.Patterns(samples, true, 3)}, catalog, func(string) bool { return false })
	}
	want := ask()
	slices.Reverse(samples)
	if diff := cmp.Diff(want, ask()); diff != "" || len(want) != 1 || want[0].Tip.ID != "night" {
		t.Errorf("%d pieces of advice, -want +got:\n%s", len(want), diff)
	}
}
