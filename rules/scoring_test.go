package rules_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"shopwarden/rules"
)

// scored is a rule that is fit to be scored: its clock does not matter here.
func scored(id string, p rules.Principle, m rules.Metric, a rules.Anchors, change ...func(*rules.Rule)) rules.Rule {
	r := rules.Rule{ID: id, Principle: p, Subject: rules.Order, Weight: 1, Day: rules.ByDue, Metric: m, Anchors: a,
		Start: []rules.Match{match("order.paid")}, Stop: []rules.Match{match("order.picked_up")}, Deadline: rules.Deadline{Within: 48 * time.Hour}}
	for _, f := range change {
		f(&r)
	}
	return r
}

var (
	shares  = rules.Anchors{Excellent: 0.99, Good: 0.98, Pass: 0.96, Floor: 0.86}
	seconds = rules.Anchors{Excellent: 15, Good: 30, Pass: 60, Floor: 180}
	frauds  = rules.Anchors{Pass: 1, Floor: 4}
)

func policyOf(t testing.TB, s rules.Scoring, list ...rules.Rule) *rules.Policy {
	t.Helper()
	for _, r := range list {
		if err := r.Check(); err != nil {
			t.Fatalf("rule %s: %v", r.ID, err)
		}
	}
	book := &rules.Rulebook{Pack: "test", Editions: []rules.Edition{{Rules: list, Scoring: s}}}
	p, err := rules.NewPolicy(book, rules.Terms{Zone: shanghai, Hours: rules.ByPlatform})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestCountsWithEqualAnchorsScore(t *testing.T) {
	for v, want := range map[float64]float64{0: 100, 1: 60, 2: 40, 3: 20, 4: 0, 99: 0} {
		if got := frauds.Score(v); math.Abs(got-want) > 1e-9 {
			t.Errorf("%v broken scores %v, want %v", v, got, want)
		}
	}
	same := rules.Anchors{Excellent: 1, Good: 1, Pass: 1, Floor: 1}
	for v, want := range map[float64]float64{0: 0, 1: 100, math.Inf(1): 100, math.Inf(-1): 0} {
		if got := same.Score(v); got != want {
			t.Errorf("all anchors 1: %v scores %v", v, got)
		}
	}
	p := policyOf(t, rules.Scoring{}, scored("fraud", rules.Reliable, rules.Count, frauds))
	for _, x := range []struct {
		t    rules.Tally
		want rules.Points
	}{{rules.Tally{Open: 3}, rules.Points{}}, {rules.Tally{Met: 1}, rules.Points{Value: 100, Known: true}}, {rules.Tally{Met: 9, Breached: 2}, rules.Points{Value: 40, Known: true}}} {
		if got := p.Score(20000, 20001, rules.DayTallies{"fraud": x.t}).Total; got != x.want {
			t.Errorf("%+v: got %+v, want %+v", x.t, got, x.want)
		}
	}
}

func TestAFewBadCasesAmongFewOrdersScoreAtLeastEighty(t *testing.T) {
	p := policyOf(t, rules.Scoring{}, scored("quality", rules.WorryFree, rules.MetRate, shares, func(r *rules.Rule) {
		r.MinSample, r.Floor80 = 30, rules.SmallFloor{Bad: 3, Orders: 300}
	}))
	for _, x := range []struct {
		met, bad int64
		want     float64
	}{{37, 3, 80}, {296, 3, 80 + 20*(296./299-0.98)/0.01}, {96, 4, 60}, {285, 15, 54}, {290, 10, 80 - 20*(0.98-290./300)/0.02}} {
		got := p.Score(20000, 20001, rules.DayTallies{"quality": {Met: x.met, Breached: x.bad}}).Total
		if math.Abs(got.Value-x.want) > 1e-9 {
			t.Errorf("%d kept and %d broken: got %v, want %v", x.met, x.bad, got.Value, x.want)
		}
	}
}

func TestPacksSetTheWeightsOfPrinciples(t *testing.T) {
	list := []rules.Rule{scored("a", rules.Timely, rules.MetRate, shares), scored("b", rules.Delight, rules.MetRate, shares)}
	tallies := rules.DayTallies{"a": {Met: 100}, "b": {Breached: 100}}
	for _, x := range []struct {
		w    rules.Weights
		want float64
	}{{rules.Weights{}, 100 * 40. / 45}, {rules.Weights{Timely: 1, Delight: 3}, 25}, {rules.Weights{Delight: 1}, 0}} {
		if got := policyOf(t, rules.Scoring{Weights: x.w}, list...).Score(20000, 20001, tallies).Total; math.Abs(got.Value-x.want) > 1e-9 || !got.Known {
			t.Errorf("%+v: got %+v, want %v", x.w, got, x.want)
		}
	}
	if got := policyOf(t, rules.Scoring{Weights: rules.Weights{Reliable: 1}}, list...).Score(20000, 20001, tallies).Total; got.Known {
		t.Errorf("what weighs nothing made a score: %+v", got)
	}
}

// bonuses is the scoring of Douyin's notice of 6 August 2026, as far as it can be told here.
func bonuses() rules.Scoring {
	return rules.Scoring{
		Bonuses:    []rules.BonusTerm{{Rule: "next-day", Full: 0.2, Points: 5}, {Program: "freight_insurance", Points: 2}, {Program: "door_pickup", Points: 5}},
		Deductions: []rules.Deduction{{Rule: "address", Points: 2, Cap: 6}, {Rule: "ship", Points: 1}},
	}
}

func TestBonusesAndDeductionsAreNamedAndCapped(t *testing.T) {
	p := policyOf(t, bonuses(), scored("ship", rules.Timely, rules.MetRate, shares),
		scored("next-day", rules.Delight, rules.Bonus, rules.Anchors{}, func(r *rules.Rule) { r.MinSample = 30 }), scored("address", rules.Reliable, rules.Count, rules.Anchors{Good: 1, Pass: 2, Floor: 9}))
	type step = rules.Adjustment
	for name, x := range map[string]struct {
		t        rules.DayTallies
		programs []string
		want     []step
		total    float64
	}{
		"nothing resolved earns nothing": {rules.DayTallies{"next-day": {Met: 90}}, []string{"freight_insurance"}, nil, 0},
		"half of the share is half of the bonus": {rules.DayTallies{"ship": {Met: 96, Breached: 4}, "next-day": {Met: 10, Breached: 90}}, nil,
			[]step{{By: rules.ByShare, Rule: "next-day", Points: 2.5}, {By: rules.ByBreaches, Rule: "ship", Points: -4}}, 58.5},
		"a small sample earns nothing": {rules.DayTallies{"ship": {Met: 96, Breached: 4}, "next-day": {Met: 29}}, []string{"freight_insurance"},
			[]step{{By: rules.ByProgram, Program: "freight_insurance", Points: 2}, {By: rules.ByBreaches, Rule: "ship", Points: -4}}, 58},
		"caps are steps of their own": {rules.DayTallies{"ship": {Met: 90, Breached: 10}, "next-day": {Met: 90, Breached: 10}, "address": {Breached: 9}}, []string{"freight_insurance", "door_pickup"},
			[]step{{By: rules.ByShare, Rule: "next-day", Points: 5}, {By: rules.ByProgram, Program: "freight_insurance", Points: 2}, {By: rules.ByProgram, Program: "door_pickup", Points: 5},
				{By: rules.ByBonusCap, Points: -2}, {By: rules.ByBreaches, Rule: "address", Points: -6}, {By: rules.ByBreaches, Rule: "ship", Points: -10}, {By: rules.ByDeductionCap, Points: 6}}, 24 * 40. / 65},
		"the total stays within its range": {rules.DayTallies{"ship": {Met: 100}}, []string{"freight_insurance"},
			[]step{{By: rules.ByProgram, Program: "freight_insurance", Points: 2}, {By: rules.ByClamp, Points: -2}}, 100},
	} {
		card := p.ScoreOf(rules.Counts{From: 20000, To: 20001, Tallies: x.t, Programs: x.programs})
		if diff := cmp.Diff(x.want, card.Adjustments); diff != "" || math.Abs(card.Total.Value-x.total) > 1e-9 {
			t.Errorf("%s: total %v, want %v\n%s", name, card.Total.Value, x.total, diff)
		}
	}
}

func TestASilentSourceMakesEveryGradeUnknown(t *testing.T) {
	p := policyOf(t, rules.Scoring{}, scored("a", rules.Timely, rules.MetRate, shares), scored("b", rules.Delight, rules.MetRate, shares))
	card := p.ScoreOf(rules.Counts{From: 20000, To: 20001, Tallies: rules.DayTallies{"a": {Met: 100}}, Unknown: true})
	if card.Total.Grade() != rules.Unknown || card.Total.Value != 100 {
		t.Errorf("total %+v", card.Total)
	}
	for _, ps := range card.Principles {
		if ps.Points.Grade() != rules.Unknown {
			t.Errorf("%s is %s", ps.Principle, ps.Points.Grade())
		}
		for _, s := range ps.Rules {
			if s.Points.Grade() != rules.Unknown {
				t.Errorf("%s is %s", s.Rule.ID, s.Points.Grade())
			}
		}
	}
}

func TestAMeanIsShownWithItsMedianAndNinetieth(t *testing.T) {
	p := policyOf(t, rules.Scoring{}, scored("reply", rules.Timely, rules.MeanTime, seconds))
	c := rules.Counts{From: 20000, To: 20001, Tallies: rules.DayTallies{"reply": {Met: 4, Timed: 4, TookMS: 100_000}},
		Took: map[string]rules.Durations{"reply": {10_000, 20_000, 30_000, 40_000}}}
	s := p.ScoreOf(c).Principles[0].Rules[0]
	if s.Value != 25 || !s.Spread || s.P50 != 25*time.Second || s.P90 != 40*time.Second {
		t.Errorf("got %+v", s)
	}
	c.Took = nil
	if s := p.ScoreOf(c).Principles[0].Rules[0]; s.Spread {
		t.Errorf("quantiles of nothing: %+v", s)
	}
}

// anyPolicy draws an edition with rules of every metric in every principle.
func anyPolicy(t *rapid.T) (*rules.Policy, []string) {
	var list []rules.Rule
	var ids []string
	anchors := map[rules.Metric]rules.Anchors{rules.MetRate: shares, rules.MeanTime: seconds, rules.Count: frauds}
	for i := range rapid.IntRange(1, 12).Draw(t, "rules") {
		m := rapid.SampledFrom([]rules.Metric{rules.MetRate, rules.MeanTime, rules.Count, rules.Bonus}).Draw(t, "metric")
		r := scored(fmt.Sprint("r", i), rapid.SampledFrom(rules.Principles()).Draw(t, "principle"), m, anchors[m])
		r.Weight = rapid.Float64Range(0.1, 10).Draw(t, "weight")
		r.MinSample = rapid.IntRange(0, 40).Draw(t, "least")
		list, ids = append(list, r), append(ids, r.ID)
	}
	weight := func() float64 { return rapid.Float64Range(0, 50).Draw(t, "of a principle") }
	points := func() float64 { return rapid.Float64Range(0.5, 8).Draw(t, "points") }
	s := rules.Scoring{Weights: rules.Weights{Timely: weight(), Reliable: weight(), WorryFree: weight(), Delight: weight()},
		Bonuses:    []rules.BonusTerm{{Rule: rapid.SampledFrom(ids).Draw(t, "bonus"), Full: 0.2, Points: points()}, {Program: "door_pickup", Points: points()}},
		Deductions: []rules.Deduction{{Rule: rapid.SampledFrom(ids).Draw(t, "deduction"), Points: points(), Cap: 20}}, DeductionCap: 15}
	book := &rules.Rulebook{Pack: "any", Editions: []rules.Edition{{Rules: list, Scoring: s}}}
	p, err := rules.NewPolicy(book, rules.Terms{Zone: shanghai, Hours: rules.ByPlatform})
	if err != nil {
		t.Fatal(err)
	}
	return p, ids
}

func anyTally(t *rapid.T) rules.Tally {
	n := func(most int64, what string) int64 { return rapid.Int64Range(0, most).Draw(t, what) }
	tally := rules.Tally{Open: n(9, "open"), Met: n(200, "met"), Breached: n(30, "breached"), Void: n(3, "void")}
	tally.Timed = n(tally.Resolved(), "timed")
	tally.TookMS = tally.Timed * n(200_000, "took")
	return tally
}

func TestEveryPointOfTheTotalTracesToARuleOrATerm(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, ids := anyPolicy(t)
		tallies := rules.DayTallies{}
		for _, id := range ids {
			if rapid.Bool().Draw(t, "has cases") {
				tallies[id] = anyTally(t)
			}
		}
		card := p.ScoreOf(rules.Counts{From: 20000, To: 20001, Tallies: tallies, Programs: []string{"door_pickup"}})
		sum, share := 100.0, 0.0
		for _, ps := range card.Principles {
			part := 0.0
			for _, s := range ps.Rules {
				if s.Lost < 0 || s.Tally != tallies[s.Rule.ID] || !s.Points.Known && s.Lost != 0 {
					t.Fatalf("rule %+v", s)
				}
				sum, share, part = sum-s.Lost, share+s.Share, part+s.Share
			}
			if math.Abs(part-ps.Share) > 1e-9 {
				t.Fatalf("%s has %v of the total, its rules %v", ps.Principle, ps.Share, part)
			}
		}
		for _, a := range card.Adjustments {
			sum += a.Points
		}
		switch {
		case !card.Total.Known:
			if share != 0 || len(card.Adjustments) > 0 {
				t.Fatalf("no total, and %v of it, %+v", share, card.Adjustments)
			}
		case math.Abs(sum-card.Total.Value) > 1e-9 || math.Abs(share-1) > 1e-9 || card.Total.Value < 0 || card.Total.Value > 100:
			t.Fatalf("total %v, traced %v, shares %v", card.Total.Value, sum, share)
		}
	})
}

// month is a shop with 28 rules and as many days as asked, every rule with cases on every day.
func month(t testing.TB, days int) (*rules.Policy, rules.Days) {
	var list []rules.Rule
	for i := range 28 {
		m := []rules.Metric{rules.MetRate, rules.MetRate, rules.MetRate, rules.MeanTime, rules.Count, rules.MetRate, rules.Bonus}[i%7]
		a := map[rules.Metric]rules.Anchors{rules.MetRate: shares, rules.MeanTime: seconds, rules.Count: frauds}[m]
		list = append(list, scored(fmt.Sprintf("some-rule-of-the-pack-%02d", i), rules.Principles()[i%4], m, a, func(r *rules.Rule) { r.MinSample = 30 }))
	}
	s := rules.Scoring{Bonuses: []rules.BonusTerm{{Rule: list[6].ID, Full: 0.2, Points: 5}, {Program: "door_pickup", Points: 2}},
		Deductions: []rules.Deduction{{Rule: list[4].ID, Points: 2}}}
	out := rules.Days{}
	for d := range days {
		tallies := rules.DayTallies{}
		for i, r := range list {
			n := int64(d*31+i*17)%40 + 3
			tallies[r.ID] = rules.Tally{Met: n, Breached: n % 3, Open: n % 5, Timed: n, TookMS: n * 20_000}
		}
		out[20000+rules.Date(d)] = tallies
	}
	return policyOf(t, s, list...), out
}

// BenchmarkScore30Days adds up 30 days of 28 rules and scores them.
func BenchmarkScore30Days(b *testing.B) {
	p, days := month(b, 30)
	b.ReportAllocs()
	for b.Loop() {
		if card := p.ScoreOf(rules.Counts{From: 20000, To: 20030, Days: days, Programs: []string{"door_pickup"}}); !card.Total.Known {
			b.Fatal("no score")
		}
	}
}
