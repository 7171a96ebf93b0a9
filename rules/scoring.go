package rules

import (
	"math"
	"strconv"
)

// Scoring says how the rules of an edition add up. The zero value is the default: weights 40 / 25 / 30 / 5, no bonus and no
// deduction. All numbers are in points of a total of 100.
type Scoring struct {
	Weights      Weights     // all zero = the default
	Bonuses      []BonusTerm // what earns extra
	Deductions   []Deduction // what costs extra
	BonusCap     float64     // the most that all bonuses add; 0 = 10
	DeductionCap float64     // the most that all deductions take; 0 = 10
}

// Weights say how much each principle makes of the total. Only their ratios matter. Principles without a score are left out
// and the others scaled up, so that missing data neither helps nor hurts.
type Weights struct{ Timely, Reliable, WorryFree, Delight float64 }

// of returns the weight of one principle.
func (w Weights) of(p Principle) float64 {
	return [...]float64{Timely: w.Timely, Reliable: w.Reliable, WorryFree: w.WorryFree, Delight: w.Delight}[p]
}

// BonusTerm adds Points: for the share of a rule, all of them from the share Full on and in proportion below it; or for an
// enabled guarantee program. A rule below its minimum sample earns nothing. One of Rule and Program is set.
type BonusTerm struct {
	Rule    string
	Full    float64 // share of 0…1; 0 = the "excellent" target of the rule
	Program string
	Points  float64
}

// Deduction takes Points for each broken case of a rule, at most Cap in all; Cap 0 = no limit of its own.
type Deduction struct {
	Rule   string
	Points float64
	Cap    float64
}

// The weights 40 / 25 / 30 / 5 are a design choice. Bonuses of at most 10, and deductions of at most 10 for what is wrong
// with addresses and invoices, are those of Douyin's notice of 6 August 2026.
const (
	defaultBonusCap     = 10
	defaultDeductionCap = 10
)

var defaultWeights = Weights{Timely: 40, Reliable: 25, WorryFree: 30, Delight: 5}

// AdjustedBy says why a total differs from the mean of its rules.
type AdjustedBy int

// ByShare and ByProgram: a bonus. ByBreaches: a deduction. ByBonusCap and ByDeductionCap take back what is beyond the cap.
// ByClamp: the total stays within 0…100.
const (
	ByShare AdjustedBy = iota + 1
	ByProgram
	ByBreaches
	ByBonusCap
	ByDeductionCap
	ByClamp
)

// String returns "bonus", "program", "deduction", "bonus-cap", "deduction-cap" or "clamp".
func (a AdjustedBy) String() string {
	if a < ByShare || a > ByClamp {
		return "adjusted-by(" + strconv.Itoa(int(a)) + ")"
	}
	return [...]string{"", "bonus", "program", "deduction", "bonus-cap", "deduction-cap", "clamp"}[a]
}

// Adjustment is one step from the mean of the rules to the total. Points is what it adds; never 0.
type Adjustment struct {
	By      AdjustedBy
	Rule    string // of a bonus or a deduction
	Program string // of a program
	Points  float64
}

// plan is how a bound edition scores: its rules by principle, and its terms with the defaults filled in.
type plan struct {
	order   []int                    // places of the rules, by principle and then in the order of the pack
	until   [len(principleNames)]int // where the part of each principle in order ends
	scoring Scoring
}

func newPlan(list []clocked, s Scoring) plan {
	if s.Weights == (Weights{}) {
		s.Weights = defaultWeights
	}
	if s.BonusCap == 0 {
		s.BonusCap = defaultBonusCap
	}
	if s.DeductionCap == 0 {
		s.DeductionCap = defaultDeductionCap
	}
	p := plan{scoring: s}
	for _, principle := range Principles() {
		for i := range list {
			if list[i].Principle == principle {
				p.order = append(p.order, i)
			}
		}
		p.until[principle] = len(p.order)
	}
	return p
}

// card adds up settled scores, which stand in the order of the plan.
func (p *plan) card(c *Counts, scores []RuleScore) Scorecard {
	card := Scorecard{From: c.From, To: c.To, Principles: make([]PrincipleScore, len(Principles()))}
	var total mean
	var sums [len(principleNames)]mean
	for i, principle := range Principles() {
		ps, sum := &card.Principles[i], &sums[principle]
		ps.Principle, ps.Rules = principle, scores[p.until[principle-1]:p.until[principle]:p.until[principle]]
		for j := range ps.Rules {
			s := &ps.Rules[j]
			sum.add(s.Points, s.Rule.Weight, s.Provisional)
		}
		ps.Points, ps.Provisional = sum.points(c.Unknown), sum.provisional()
		total.add(ps.Points, p.scoring.Weights.of(principle), ps.Provisional)
	}
	card.Total, card.Provisional = total.points(c.Unknown), total.provisional()
	for i := range card.Principles {
		ps := &card.Principles[i]
		ps.Share = total.share(ps.Points, p.scoring.Weights.of(ps.Principle))
		for j := range ps.Rules {
			s := &ps.Rules[j]
			s.Share = ps.Share * sums[ps.Principle].share(s.Points, s.Rule.Weight)
			s.Lost = s.Share * (100 - s.Points.Value)
		}
	}
	if card.Total.Known {
		p.adjust(&card, scores, c.Programs)
	}
	return card
}

// adjust applies bonuses and deductions, each under its cap, and keeps the total within 0…100.
func (p *plan) adjust(card *Scorecard, scores []RuleScore, programs []string) {
	add := func(a Adjustment) float64 {
		if a.Points == 0 {
			return 0
		}
		card.Adjustments = append(card.Adjustments, a)
		card.Total.Value += a.Points
		return a.Points
	}
	var bonus, taken float64
	for i := range p.scoring.Bonuses {
		bonus += add(p.scoring.Bonuses[i].earned(scores, programs))
	}
	add(Adjustment{By: ByBonusCap, Points: min(p.scoring.BonusCap-bonus, 0)})
	for _, d := range p.scoring.Deductions {
		taken -= add(d.taken(scores))
	}
	add(Adjustment{By: ByDeductionCap, Points: max(taken-p.scoring.DeductionCap, 0)})
	within := min(max(card.Total.Value, 0), 100)
	if over := within - card.Total.Value; math.Abs(over) > 1e-9 { // less is rounding, and nobody's doing
		add(Adjustment{By: ByClamp, Points: over})
	}
	card.Total.Value = within
}

func (b *BonusTerm) earned(scores []RuleScore, programs []string) Adjustment {
	if b.Program != "" {
		a := Adjustment{By: ByProgram, Program: b.Program}
		if contains(programs, b.Program) {
			a.Points = b.Points
		}
		return a
	}
	a := Adjustment{By: ByShare, Rule: b.Rule}
	s := scoreOf(scores, b.Rule)
	if s == nil || s.N == 0 || s.Provisional || s.Rule.Metric.Rises() {
		return a
	}
	full := b.Full
	if full <= 0 {
		full = s.Rule.Anchors.Excellent
	}
	if a.Points = b.Points; s.Value < full {
		a.Points = b.Points * s.Value / full
	}
	return a
}

func (d *Deduction) taken(scores []RuleScore) Adjustment {
	a := Adjustment{By: ByBreaches, Rule: d.Rule}
	if s := scoreOf(scores, d.Rule); s != nil && s.Tally.Breached > 0 {
		lost := float64(s.Tally.Breached) * d.Points
		if d.Cap > 0 {
			lost = min(lost, d.Cap)
		}
		a.Points = -lost
	}
	return a
}

// scoreOf finds the score of a rule, nil when the rule is not in force.
func scoreOf(scores []RuleScore, id string) *RuleScore {
	for i := range scores {
		if scores[i].Rule.ID == id {
			return &scores[i]
		}
	}
	return nil
}
