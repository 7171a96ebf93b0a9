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
	l1, u1 := Wilson(after.Misses, after.Cases, TwoSided)
	l2, u2 := Wilson(before.Misses, before.Cases, TwoSided)
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
