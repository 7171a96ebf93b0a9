package rules

import (
	"math"
	"strconv"
)

// How sure a share must be. OneSided is the 95 % quantile used to decide, TwoSided the one used to show an interval
// (Wilson 1927; Brown, Cai and DasGupta 2001 recommend it for small n).
const (
	OneSided = 1.645
	TwoSided = 1.96
)

// ShrinkCases is how many cases at the expected share a score is mixed with. A design choice.
const ShrinkCases = 50

// Proof says how far counts prove something. It never looks at a shrunk share: that would hide small shops that really
// are bad or good.
type Proof int

// NoData: nothing was resolved. Provisional: neither of the others. ConfirmedBreach: the share of broken promises is above
// what is tolerated, with 95 % confidence. ConfirmedExcellent: it is below what is asked of the best.
const (
	NoData Proof = iota + 1
	Provisional
	ConfirmedBreach
	ConfirmedExcellent
)

// String returns "no-data", "provisional", "breach" or "excellent".
func (p Proof) String() string {
	if p < NoData || p > ConfirmedExcellent {
		return "proof(" + strconv.Itoa(int(p)) + ")"
	}
	return [...]string{"", "no-data", "provisional", "breach", "excellent"}[p]
}

// Wilson returns the Wilson score interval of a share of x among n, for a normal quantile z. It lies in 0…1 and holds x/n.
// With n ≤ 0 or z not a finite number nothing is known: 0…1. x is taken as 0…n, a z below 0 as 0.
func Wilson(x, n int64, z float64) (low, high float64) {
	if n <= 0 || math.IsNaN(z) || math.IsInf(z, 0) {
		return 0, 1
	}
	x, z = min(max(x, 0), n), max(z, 0)
	size := float64(n)
	p, z2 := float64(x)/size, z*z/size
	centre := (p + z2/2) / (1 + z2)
	half := math.Sqrt(z2*(p*(1-p)+z2/4)) / (1 + z2)
	low, high = min(max(centre-half, 0), p), max(min(centre+half, 1), p)
	if x == 0 { // exactly, whatever the rounding
		low = 0
	}
	if x == n {
		high = 1
	}
	return low, high
}

// Weigh says what x bad cases among n prove: a breach when the one-sided 95 % lower bound of the bad share is above
// tolerated, excellence when the upper bound is below asked; neither below least cases. x and n are read as Wilson reads
// them; a limit that is NaN proves nothing.
func Weigh(x, n, least int64, tolerated, asked float64) Proof {
	if n <= 0 {
		return NoData
	}
	low, high := Wilson(x, n, OneSided)
	switch {
	case n < least:
	case low > tolerated:
		return ConfirmedBreach
	case high < asked:
		return ConfirmedExcellent
	}
	return Provisional
}

// Shrink mixes a share of x among n with [ShrinkCases] cases at the share p0 that is expected. n ≤ 0 gives p0, x is taken as
// 0…n, p0 as 0…1 and 0 where it is NaN.
func Shrink(x, n int64, p0 float64) float64 {
	if !(p0 > 0) { // NaN as well
		p0 = 0
	}
	n = max(n, 0)
	return shrink(float64(min(max(x, 0), n)), float64(n), min(p0, 1))
}

// shrink is Shrink for any mean: the sum of n values, and the value that is expected.
func shrink(sum, n, expected float64) float64 {
	return (sum + expected*ShrinkCases) / (n + ShrinkCases)
}

// Proof says what a tally proves about a rule: that it is worse than "pass", or as good as "excellent". A share is judged
// by its bounds. A mean time has no bounds that a tally could tell, and a count is no estimate: both are compared as they
// are, from the minimum sample on. What only earns a bonus proves nothing.
func (r *Rule) Proof(t Tally) Proof {
	n, value, ok := measure(r, t)
	switch {
	case !ok:
		return NoData
	case r.Metric == Bonus || n < int64(r.MinSample):
	case !r.Metric.Rises():
		return Weigh(t.Breached, n, int64(r.MinSample), 1-r.Anchors.Pass, 1-r.Anchors.Excellent)
	case value > r.Anchors.Pass:
		return ConfirmedBreach
	case value <= r.Anchors.Excellent:
		return ConfirmedExcellent
	}
	return Provisional
}
