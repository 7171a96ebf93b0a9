package rules_test

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"shopwarden/rules"
)

func TestAnchorsScoreHundredEightySixtyAndNothing(t *testing.T) {
	share := rules.Anchors{Excellent: 0.97, Good: 0.9, Pass: 0.8, Floor: 0.5}
	seconds := rules.Anchors{Excellent: 15, Good: 30, Pass: 60, Floor: 180}
	for _, x := range []struct {
		a       rules.Anchors
		v, want float64
	}{
		{share, 1, 100}, {share, 0.97, 100}, {share, 0.9, 80}, {share, 0.85, 70}, {share, 0.8, 60}, {share, 0.65, 30}, {share, 0.5, 0}, {share, 0.1, 0},
		{seconds, 0, 100}, {seconds, 15, 100}, {seconds, 22.5, 90}, {seconds, 60, 60}, {seconds, 120, 30}, {seconds, 180, 0}, {seconds, 9999, 0},
		{share, math.NaN(), 0},
		{rules.Anchors{Excellent: 1, Good: 1, Pass: 0.98, Floor: 0.8}, 1, 100}, // two anchors in one place: the better score
		{rules.Anchors{Excellent: 0, Good: 0, Pass: 1, Floor: 4}, 0, 100}, {rules.Anchors{Excellent: 0, Good: 0, Pass: 1, Floor: 4}, 1, 60},
		{rules.Anchors{Excellent: 0, Good: 0, Pass: 1, Floor: 4}, 2, 40}, {rules.Anchors{Excellent: 0, Good: 0, Pass: 1, Floor: 4}, 9, 0},
		{rules.Anchors{Excellent: 0, Good: 0, Pass: 0, Floor: 1}, 1, 0}, {rules.Anchors{Excellent: 0, Good: 1, Pass: 1, Floor: 1}, 1, 80},
	} {
		if got := x.a.Score(x.v); math.Abs(got-x.want) > 1e-9 {
			t.Errorf("%v at %v = %v, want %v", x.a, x.v, got, x.want)
		}
	}
}

func TestNothingResolvedIsNotApplicableOnEveryLevel(t *testing.T) {
	p := testPolicy(t)
	card := p.Score(20000, 20001, rules.DayTallies{"ship-on-time": {Open: 5, Void: 2}})
	if card.Total.Known || card.Total.Grade() != rules.NotApplicable || len(card.Principles) != 4 {
		t.Fatalf("got %+v", card)
	}
	for _, ps := range card.Principles {
		if ps.Points.Known {
			t.Errorf("%s has a score", ps.Principle)
		}
	}
}

func TestASmallSampleIsProvisionalAndForgivenThreeBreaches(t *testing.T) {
	p := testPolicy(t)
	score := func(t rules.Tally) rules.RuleScore {
		for _, r := range p.Score(20000, 20001, rules.DayTallies{"ship-on-time": t}).Principles[0].Rules {
			if r.Rule.ID == "ship-on-time" {
				return r
			}
		}
		return rules.RuleScore{}
	}
	if s := score(rules.Tally{Met: 1, Breached: 1}); !s.Provisional || s.Points.Value < 80 {
		t.Errorf("two cases: %+v", s)
	}
	if s := score(rules.Tally{Met: 50, Breached: 50}); s.Provisional || s.Points.Value != 0 {
		t.Errorf("half of a hundred late: %+v", s)
	}
}

func TestThresholdsAreLevels(t *testing.T) {
	p := testPolicy(t)
	for breached, want := range map[int64]int{0: 0, 1: 0, 2: 1, 7: 1} {
		tallies := rules.DayTallies{"ship-on-time": {Breached: breached}}
		if got := p.Evaluate(20000, tallies); len(got) != want || want == 1 && got[0].Breached != breached {
			t.Errorf("%d breached: %+v", breached, got)
		}
	}
}

func TestTheMedianAndTheNinetiethAreExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var d rules.Durations
		values := rapid.SliceOfN(rapid.Int64Range(0, 1e6), 1, 50).Draw(t, "values")
		book := func(sign int, v int64) {
			d = d.Apply(rules.Delta{Sign: sign, Entry: rules.Entry{Timed: true, Took: v}})
		}
		for _, v := range values {
			book(+1, v)
			book(+1, v+1)
			book(-1, v+1)
		}
		below := 0
		q, _ := d.Quantile(0.9)
		for _, v := range values {
			if time.Duration(v)*time.Millisecond <= q {
				below++
			}
		}
		if len(d) != len(values) || float64(below) < 0.9*float64(len(values)) {
			t.Fatalf("p90 of %v = %v", values, q)
		}
	})
	d := rules.Durations{1000, 2000, 3000, 4000}
	if m, _ := d.Quantile(0.5); m != 2500*time.Millisecond {
		t.Errorf("median of four = %v", m)
	}
	if _, ok := (rules.Durations{}).Quantile(0.5); ok {
		t.Error("nothing has a median")
	}
}

func TestNeverAnsweringScoresWorseThanAnsweringLate(t *testing.T) {
	p := testPolicy(t)
	score := func(t rules.Tally) rules.RuleScore {
		for _, r := range p.Score(20000, 20001, rules.DayTallies{"after-sales-review": t}).Principles[0].Rules {
			if r.Rule.ID == "after-sales-review" {
				return r
			}
		}
		return rules.RuleScore{}
	}
	never := score(rules.Tally{Breached: 10})
	late := score(rules.Tally{Breached: 10, Timed: 10, TookMS: 10 * 40 * 3600_000})
	if !never.Points.Known || !late.Points.Known || never.Points.Value >= late.Points.Value {
		t.Errorf("never answered %+v, late %+v", never.Points, late.Points)
	}
}

func TestACardOfSmallSamplesIsProvisionalUpToTheTotal(t *testing.T) {
	p := testPolicy(t)
	small := p.Score(20000, 20001, rules.DayTallies{"ship-on-time": {Met: 1}})
	if !small.Provisional || !small.Principles[0].Provisional {
		t.Errorf("one case: %+v", small)
	}
	firm := p.Score(20000, 20001, rules.DayTallies{"ship-on-time": {Met: 50}})
	if firm.Provisional || firm.Principles[0].Provisional || firm.Principles[1].Provisional {
		t.Errorf("fifty cases: %+v", firm)
	}
}

// scoreOf scores a shop with one rule of a metric.
func scoreOf(t *testing.T, r rules.Rule, tally rules.Tally) rules.Scorecard {
	t.Helper()
	r.ID, r.Principle, r.Weight = "one", rules.Reliable, 1
	p, err := rules.NewPolicy(&rules.Rulebook{Pack: "test", Editions: []rules.Edition{{Rules: []rules.Rule{r}}}}, rules.Terms{Zone: shanghai, Hours: rules.ByPlatform})
	if err != nil {
		t.Fatal(err)
	}
	return p.Score(20000, 20001, rules.DayTallies{"one": tally})
}

func TestACountIsScoredByItsBreachesHoweverManyCasesThereWere(t *testing.T) {
	r := rules.Rule{Metric: rules.Count, Anchors: rules.Anchors{Excellent: 0, Good: 0, Pass: 1, Floor: 4}, MinSample: 30}
	for _, x := range []struct {
		tally rules.Tally
		want  rules.Points
	}{
		{rules.Tally{}, rules.Points{}},
		{rules.Tally{Open: 3}, rules.Points{}},
		{rules.Tally{Met: 2}, rules.Points{Value: 100, Known: true}},
		{rules.Tally{Met: 9000, Breached: 1}, rules.Points{Value: 60, Known: true}},
		{rules.Tally{Breached: 2}, rules.Points{Value: 40, Known: true}}, // below the minimum sample, and not forgiven
		{rules.Tally{Met: 10, Breached: 5}, rules.Points{Value: 0, Known: true}},
	} {
		if got := scoreOf(t, r, x.tally).Total; got != x.want {
			t.Errorf("%+v scores %v, want %v", x.tally, got, x.want)
		}
	}
}

func TestABonusHasNoScoreInItsPrinciple(t *testing.T) {
	card := scoreOf(t, rules.Rule{Metric: rules.Bonus, Anchors: rules.Anchors{Excellent: 0.2}}, rules.Tally{Met: 1, Breached: 99})
	if card.Total.Known || card.Principles[1].Points.Known || card.Principles[1].Rules[0].Points.Known {
		t.Errorf("got %+v", card)
	}
}

func TestTheFloorForFewBadCasesHoldsBelowSoManyOrders(t *testing.T) {
	r := rules.Rule{Metric: rules.MetRate, Anchors: rules.Anchors{Excellent: 0.997, Good: 0.99, Pass: 0.98, Floor: 0.94}, MinSample: 30,
		Floor80: rules.SmallFloor{Bad: 3, Orders: 500}}
	for _, x := range []struct {
		tally rules.Tally
		want  float64
	}{
		{rules.Tally{Met: 47, Breached: 3}, 80},
		{rules.Tally{Met: 46, Breached: 4}, 0},
		{rules.Tally{Met: 499, Breached: 0}, 100},
		{rules.Tally{Met: 496, Breached: 3}, r.Anchors.Score(496.0 / 499)},
		{rules.Tally{Met: 144, Breached: 3}, 80},
	} {
		if got := scoreOf(t, r, x.tally).Total; math.Abs(got.Value-x.want) > 1e-9 {
			t.Errorf("%+v scores %v, want %v", x.tally, got, x.want)
		}
	}
}
