package rules

import (
	"math"
	"time"
)

// Allowance is how much may still go wrong under one rule, on the running day and in the rule's own window. Bonus rules have
// none: nothing is lost below their target.
type Allowance struct {
	Rule   *Rule // the policy's own; read-only
	Today  Room
	Window Room
}

// Room is the allowance of the local days From to To (half-open), from the cases that are resolved and open in them.
type Room struct {
	From, To          Date
	Tally             Tally
	Good, Pass, Floor Left    // before the value falls below each of the rule's targets
	Resets            Instant // when the window is another one: the next local midnight, Monday or 1 January
}

// Left is what is left before one target is missed. The zero value says that there are no cases to judge by.
type Left struct {
	Known bool
	Kept  bool // the target is still met if every open case is kept
	// Misses is how many more cases may be broken, the open ones first and then new ones, with every other open case kept. It
	// is 0 where the target is lost, and in rules with a mean time.
	Misses int64
	// NoLimit: any number may be broken; the target is the worst value there is.
	NoLimit bool
	// Back is how many new cases must be kept in a row to meet a lost target again; 0 where it is met, or never can be.
	Back int64
	// PerCase is how long each remaining case may take under a mean time: the open ones, or a new one when none is open. It is
	// 0 where the target is lost.
	PerCase time.Duration
}

// Allowances says for every rule in force on a day, in the order of the pack, what may still go wrong. days holds the tallies
// of the day and of the longest window; missing days count as empty. Open cases count on the day that their tally stands on.
func (p *Policy) Allowances(day Date, days Days) []Allowance {
	e := p.on(day)
	list := make([]Allowance, 0, len(e.rules))
	for i := range e.rules {
		r := &e.rules[i].Rule
		if r.Metric != Bonus {
			list = append(list, Allowance{Rule: r, Today: p.room(r, OverDay, day, days), Window: p.room(r, r.Over, day, days)})
		}
	}
	return list
}

func (p *Policy) room(r *Rule, over Span, day Date, days Days) Room {
	m := Room{From: over.Until(day), To: day.Next(1), Resets: over.Resets(day).At(0, p.zone)}
	m.Tally = days.sum(r.ID, m.From, m.To)
	m.Good, m.Pass, m.Floor = r.left(m.Tally, r.Anchors.Good), r.left(m.Tally, r.Anchors.Pass), r.left(m.Tally, r.Anchors.Floor)
	return m
}

// left says what is left of a tally before a target is missed.
func (r *Rule) left(t Tally, target float64) Left {
	open := max(t.Open, 0)
	if t.Resolved()+open <= 0 && t.Timed <= 0 || math.IsNaN(target) {
		return Left{}
	}
	switch r.Metric {
	case MeanTime:
		return r.timeLeft(t, open, target)
	case Count:
		misses := math.Floor(target+rounding) - float64(t.Breached)
		return Left{Known: true, Kept: misses >= 0, Misses: int64(max(misses, 0))}
	}
	return shareLeft(t.Met, t.Breached, open, target)
}

// rounding is how far a product of shares and counts may lie from the whole number that it is.
const rounding = 1e-9

// shareLeft solves (met + open − k) / (met + broken + open) ≥ target for k up to the open cases; what is broken beyond them
// are new cases, which add to both: met / (met + broken + k) ≥ target.
func shareLeft(met, broken, open int64, target float64) Left {
	l := Left{Known: true}
	m, n, o := float64(met), float64(met+broken+open), float64(open)
	if target <= 0 {
		l.Kept, l.NoLimit = true, true
		return l
	}
	k := math.Floor(n*(1-target) - float64(broken) + rounding)
	if l.Kept = k >= 0; !l.Kept {
		if target < 1 {
			l.Back = int64(math.Ceil((target*n-m-o)/(1-target) - rounding))
		}
		return l
	}
	if k >= o {
		k = max(o, math.Floor(m/target-float64(met+broken)+rounding))
	}
	l.Misses = int64(k)
	return l
}

// timeLeft divides what is left of the time among the remaining cases.
func (r *Rule) timeLeft(t Tally, open int64, target float64) Left {
	l := Left{Known: true}
	rest := float64(max(open, 1))
	n, value, _ := measure(r, t)
	left := target*(float64(n)+rest) - value*float64(n)
	if l.Kept = left >= 0; l.Kept {
		l.PerCase = time.Duration(min(left/rest*1e3, math.MaxInt64/1e7)) * time.Millisecond
	}
	return l
}
