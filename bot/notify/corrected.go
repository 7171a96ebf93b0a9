package notify

import (
	"shopwarden/rules"
)

// Corrected is both numbers over some days, by rule; a rule without a miss in either is left out.
type Corrected struct {
	Rules map[string]CorrectedRule
}

// CorrectedRule is both numbers of a rule: Missed is what the shop counts, with corrections; Excused are the cases that would
// count as missed without them. The platform, which knows no corrections, counts the sum.
type CorrectedRule struct{ Missed, Excused int64 }

// CorrectedOf reads both numbers off the tallies of the local days from … to (half-open).
func CorrectedOf(days rules.Days, from, to rules.Date) Corrected {
	out := Corrected{Rules: map[string]CorrectedRule{}}
	for day := from; day < to; day++ {
		for rule, t := range days[day] {
			if r := out.Rules[rule]; t.Breached != 0 || t.Excused != 0 {
				out.Rules[rule] = CorrectedRule{r.Missed + t.Breached, r.Excused + t.Excused}
			}
		}
	}
	return out
}

// Sum adds up the rules that pick takes, all for a nil pick.
func (c Corrected) Sum(pick func(rule string) bool) (sum CorrectedRule) {
	for rule, r := range c.Rules {
		if pick == nil || pick(rule) {
			sum.Missed, sum.Excused = sum.Missed+r.Missed, sum.Excused+r.Excused
		}
	}
	return sum
}
