package rules

import (
	"math"
	"strconv"
)

// MissShare is how many of some cases were missed.
type MissShare struct{ Misses, Cases int64 }

// Rate is the share of 0…1; ok is false for 0 of 0.
func (s MissShare) Rate() (rate float64, ok bool) {
	if s.Cases == 0 {
		return 0, false
	}
	return float64(s.Misses) / float64(s.Cases), true
}

// z95 is the quantile of the normal distribution for a two-sided interval of 95 %.
const z95 = 1.959963984540054

// interval is the two-sided Wilson interval at 95 % (Wilson 1927).
func (s MissShare) interval() (low, high float64) {
	n, p := float64(s.Cases), float64(s.Misses)/float64(s.Cases)
	z2 := z95 * z95
	centre := (p + z2/(2*n)) / (1 + z2/n)
	half := z95 * math.Sqrt(p*(1-p)/n+z2/(4*n*n)) / (1 + z2/n)
	return max(centre-half, 0), min(centre+half, 1)
}

// Effect says whether misses became fewer.
type Effect int

// NoCases: before or after there was nothing to count. NoDifference: the interval contains zero.
const (
	NoCases Effect = iota + 1
	Better
	Worse
	NoDifference
)

// String returns "no_cases", "better", "worse" or "no_difference", as catalogues name it.
func (e Effect) String() string {
	if e < NoCases || e > NoDifference {
		return "effect(" + strconv.Itoa(int(e)) + ")"
	}
	return [...]string{"", "no_cases", "better", "worse", "no_difference"}[e]
}

// Comparison is the share of misses after something was changed, against that before. Change, Low and High are differences
// of shares, after minus before, −1…1; [Low, High] is the 95 % interval.
type Comparison struct {
	Before, After     MissShare
	Change, Low, High float64
	Effect            Effect
}

// Compare sets two independent shares against each other by Newcombe's hybrid score interval, which is built from the two
// Wilson intervals and holds for small counts too (R. G. Newcombe, Statistics in Medicine 17, 1998, method 10).
func Compare(before, after MissShare) Comparison {
	c := Comparison{Before: before, After: after, Effect: NoCases}
	p1, ok1 := after.Rate()
	p2, ok2 := before.Rate()
	if !ok1 || !ok2 {
		return c
	}
	l1, u1 := after.interval()
	l2, u2 := before.interval()
	c.Change = p1 - p2
	c.Low = c.Change - math.Hypot(p1-l1, u2-p2)
	c.High = c.Change + math.Hypot(u1-p1, p2-l2)
	switch {
	case c.High < 0:
		c.Effect = Better
	case c.Low > 0:
		c.Effect = Worse
	default:
		c.Effect = NoDifference
	}
	return c
}
