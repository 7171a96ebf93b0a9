package rules_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"shopwarden/rules"
)

func percent(share float64) float64 { return math.Round(share*1000) / 10 }

func TestWilsonGivesTheWorkedValues(t *testing.T) {
	for _, x := range []struct {
		bad, n                  int64
		low, high, lower, mixed float64
	}{
		{0, 30, 0, 11.4, 0, 1.9},
		{1, 30, 0.6, 16.7, 0.7, 3.1},
		{2, 30, 1.8, 21.3, 2.2, 4.4},
		{4, 100, 1.6, 9.8, 1.8, 3.7},
		{10, 200, 2.7, 9.0, 3.0, 4.6},
		{12, 300, 2.3, 6.9, 2.5, 3.9},
	} {
		low, high := rules.Wilson(x.bad, x.n, rules.TwoSided)
		lower, _ := rules.Wilson(x.bad, x.n, rules.OneSided)
		mixed := rules.Shrink(x.bad, x.n, 0.03)
		if percent(low) != x.low || percent(high) != x.high || percent(lower) != x.lower || percent(mixed) != x.mixed {
			t.Errorf("%d of %d: got %v–%v, lower %v, shrunk %v, want %+v", x.bad, x.n, percent(low), percent(high), percent(lower), percent(mixed), x)
		}
	}
}

func TestNoBadCaseProvesASmallShareOnlyFromManyCasesOn(t *testing.T) {
	for _, x := range []struct {
		share float64
		from  int64
	}{{0.04, 65}, {0.02, 133}, {0.01, 268}} {
		for n, want := range map[int64]rules.Proof{x.from - 1: rules.Provisional, x.from: rules.ConfirmedExcellent} {
			if got := rules.Weigh(0, n, 30, 1, x.share); got != want {
				t.Errorf("0 of %d below %v: got %s, want %s", n, x.share, got, want)
			}
		}
	}
	if got := rules.Weigh(0, 30, 30, 1, 0.01); got != rules.Provisional {
		t.Errorf("30 orders proved 1 %%: %s", got)
	}
}

func TestEvidenceNeedsTheBoundAndTheSample(t *testing.T) {
	for _, x := range []struct {
		bad, n, least int64
		want          rules.Proof
	}{
		{0, 0, 30, rules.NoData},
		{2, 2, 30, rules.Provisional},
		{2, 2, 1, rules.ConfirmedBreach}, // 42.5 % at least
		{5, 100, 30, rules.Provisional},  // 5 %, but 2.5 % is possible
		{8, 100, 30, rules.ConfirmedBreach},
		{8, 100, 101, rules.Provisional},
		{0, 1000, 30, rules.ConfirmedExcellent},
	} {
		if got := rules.Weigh(x.bad, x.n, x.least, 0.04, 0.005); got != x.want {
			t.Errorf("%d of %d from %d on: got %s, want %s", x.bad, x.n, x.least, got, x.want)
		}
	}
}

func TestStatisticsAnswerWhateverTheyAreAsked(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	odd := []float64{nan, inf, -inf, -1, 0, 0.5, 1, 2, rules.OneSided}
	rapid.Check(t, func(t *rapid.T) {
		x, n := rapid.Int64().Draw(t, "x"), rapid.Int64().Draw(t, "n")
		z, p := rapid.SampledFrom(odd).Draw(t, "z"), rapid.SampledFrom(odd).Draw(t, "p")
		low, high := rules.Wilson(x, n, z)
		if !(0 <= low && low <= high && high <= 1) {
			t.Fatalf("%d of %d at %v: %v–%v", x, n, z, low, high)
		}
		if n > 0 {
			if share := float64(min(max(x, 0), n)) / float64(n); share < low || share > high {
				t.Fatalf("%v is not in %v–%v", share, low, high)
			}
		}
		if s := rules.Shrink(x, n, p); !(0 <= s && s <= 1) {
			t.Fatalf("%d of %d shrunk towards %v: %v", x, n, p, s)
		}
		if e := rules.Weigh(x, n, 0, z, p); (e == rules.NoData) != (n <= 0) {
			t.Fatalf("%d of %d: %s", x, n, e)
		}
	})
	if got := rules.Weigh(9, 10, 0, nan, nan); got != rules.Provisional {
		t.Errorf("no limit proved %s", got)
	}
	if low, high := rules.Wilson(50, 30, rules.OneSided); low < 0.9 || high != 1 {
		t.Errorf("more bad than all: %v–%v", low, high)
	}
}

func TestARuleIsJudgedByItsOwnMetric(t *testing.T) {
	share := rules.Rule{Metric: rules.MetRate, MinSample: 30, Anchors: rules.Anchors{Excellent: 0.99, Good: 0.98, Pass: 0.96, Floor: 0.85}}
	seconds := rules.Rule{Metric: rules.MeanTime, MinSample: 30, Anchors: rules.Anchors{Excellent: 15, Good: 30, Pass: 60, Floor: 180}}
	count := rules.Rule{Metric: rules.Count, Anchors: rules.Anchors{Pass: 1, Floor: 4}}
	for _, x := range []struct {
		r    rules.Rule
		t    rules.Tally
		want rules.Proof
	}{
		{share, rules.Tally{Open: 9}, rules.NoData},
		{share, rules.Tally{Met: 29}, rules.Provisional},
		{share, rules.Tally{Met: 92, Breached: 8}, rules.ConfirmedBreach},
		{share, rules.Tally{Met: 300}, rules.ConfirmedExcellent},
		{seconds, rules.Tally{Met: 30, Timed: 30, TookMS: 30 * 10_000}, rules.ConfirmedExcellent},
		{seconds, rules.Tally{Met: 30, Timed: 30, TookMS: 30 * 20_000}, rules.Provisional},
		{seconds, rules.Tally{Met: 30, Timed: 30, TookMS: 30 * 61_000}, rules.ConfirmedBreach},
		{seconds, rules.Tally{Met: 2, Timed: 2, TookMS: 900_000}, rules.Provisional},
		{count, rules.Tally{Met: 5}, rules.ConfirmedExcellent},
		{count, rules.Tally{Met: 5, Breached: 1}, rules.Provisional},
		{count, rules.Tally{Met: 5, Breached: 2}, rules.ConfirmedBreach},
	} {
		if got := x.r.Proof(x.t); got != x.want {
			t.Errorf("metric %d, %+v: got %s, want %s", x.r.Metric, x.t, got, x.want)
		}
	}
}
