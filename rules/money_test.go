package rules_test

import (
	"math"
	"math/big"
	"testing"
	"time"

	"pgregory.net/rapid"

	"shopwarden/rules"
)

const hour = time.Hour

// late is the table for late shipping of 3 Aug 2026, fraud that for fraudulent shipping of 27 July 2026.
func late() *rules.Money {
	return &rules.Money{Currency: "CNY", RoundTo: 100, Bands: []rules.Band{
		{PromiseTo: 48 * hour, LateTo: 48 * hour},
		{PromiseTo: 48 * hour, Share: 100, Min: 200, Max: 5000},
		{PromiseTo: 240 * hour, LateTo: 48 * hour, Share: 100, Min: 200, Max: 5000},
		{PromiseTo: 240 * hour, Share: 300, Min: 300, Max: 5000},
		{LateTo: 48 * hour, Share: 100, Min: 300, Max: 5000},
		{Share: 500, Min: 500, Max: 5000},
	}}
}

func fraud() *rules.Money {
	return &rules.Money{Currency: "CNY", RoundTo: 100, Bands: []rules.Band{
		{Below: 1000, Share: 10_000, Min: 500, Max: 1000},
		{Share: 3000, Min: 1000, Max: 50_000},
	}}
}

func TestCompensationDependsOnThePromiseAndOnHowLateItIs(t *testing.T) {
	for _, c := range []struct {
		promise, late time.Duration
		want          int64
	}{
		{48 * hour, 48 * hour, 0}, {48 * hour, 48*hour + 1, 1000}, {48*hour + 1, 48 * hour, 1000}, {240 * hour, 49 * hour, 3000},
		{240*hour + 1, 48 * hour, 1000}, {241 * hour, 49 * hour, 5000},
	} {
		if got := late().Owed(100_000, c.promise, c.late); got != c.want { // 1,000 yuan
			t.Errorf("promise %s, late %s: got %d, want %d", c.promise, c.late, got, c.want)
		}
	}
}

func TestCompensationIsRoundedHalfUpToWholeYuanAndThenBounded(t *testing.T) {
	for amount, want := range map[int64]int64{
		0: 0, -5: 0, 1: 200, 24_949: 200, // 1 % of 249.49 is 2.49
		24_950: 200, 24_999: 200, 25_000: 300, 34_999: 300, 35_000: 400, // half a yuan goes up
		494_999: 4900, 495_000: 5000, 500_000: 5000, 550_000: 5000, math.MaxInt64: 5000,
	} {
		if got := late().Owed(amount, 72*hour, hour); got != want {
			t.Errorf("%d: got %d, want %d", amount, got, want)
		}
	}
}

func TestASmallOrderPaysItsOwnAmountWhereTheRuleSaysSo(t *testing.T) {
	for amount, want := range map[int64]int64{100: 500, 499: 500, 549: 500, 550: 600, 949: 900, 999: 1000, 1000: 1000, 3333: 1000, 3500: 1100,
		166_500: 50_000, 10_000_000: 50_000} {
		if got := fraud().Owed(amount, 0, 0); got != want {
			t.Errorf("%d: got %d, want %d", amount, got, want)
		}
	}
}

func TestRoundingIsExactForAnyAmount(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		amount := rapid.Int64Range(1, math.MaxInt64).Draw(t, "amount")
		share := rapid.Int64Range(1, 10_000).Draw(t, "share")
		unit := rapid.SampledFrom([]int64{1, 10, 100, 1000}).Draw(t, "unit")
		m := rules.Money{Currency: "CNY", RoundTo: unit, Bands: []rules.Band{{Share: share}}}
		got := m.Owed(amount, 0, 0)
		n := new(big.Int).Mul(big.NewInt(amount), big.NewInt(2*share))
		n.Add(n, big.NewInt(10_000*unit)).Div(n, big.NewInt(20_000*unit)).Mul(n, big.NewInt(unit))
		if n.IsInt64() && got != n.Int64() || got < 0 {
			t.Fatalf("%d bp of %d in steps of %d: got %d, want %s", share, amount, unit, got, n)
		}
	})
}

func TestAMoneyTableThatCannotBeComputedIsRefused(t *testing.T) {
	for name, m := range map[string]rules.Money{
		"currency": {RoundTo: 1, Bands: []rules.Band{{}}},
		"unit":     {Currency: "CNY", Bands: []rules.Band{{}}},
		"no band":  {Currency: "CNY", RoundTo: 1},
		"share":    {Currency: "CNY", RoundTo: 1, Bands: []rules.Band{{Share: 10_001}}},
		"min":      {Currency: "CNY", RoundTo: 1, Bands: []rules.Band{{Min: 2, Max: 1}}},
		"multiple": {Currency: "CNY", RoundTo: 100, Bands: []rules.Band{{Min: 150}}},
	} {
		if m.Check() == nil {
			t.Errorf("%s: passed", name)
		}
	}
	if err := late().Check(); err != nil {
		t.Error(err)
	}
}
