package rules

import "math"

// Grade is the colour of a score.
type Grade int

// NotApplicable: nothing was resolved. The borders 90, 80 and 70 are ours; 70 is Douyin's gate for campaigns.
const (
	NotApplicable Grade = iota + 1
	Excellent
	Good
	Pass
	Poor
)

// String returns "n/a", "excellent", "good", "pass" or "poor".
func (g Grade) String() string { return [...]string{"", "n/a", "excellent", "good", "pass", "poor"}[g] }

// Points is a score of 0…100, or none where there is nothing to score.
type Points struct {
	Value float64
	Known bool
}

// Grade returns the colour of the score.
func (p Points) Grade() Grade {
	switch {
	case !p.Known:
		return NotApplicable
	case p.Value >= 90:
		return Excellent
	case p.Value >= 80:
		return Good
	case p.Value >= 70:
		return Pass
	}
	return Poor
}

// RuleScore is the score of one rule over some days.
type RuleScore struct {
	Rule        Rule
	Tally       Tally
	Points      Points
	Provisional bool // fewer cases than the rule's minimum sample: shown, and softened
}

// PrincipleScore is the weighted mean of the rules of one principle that have a score.
type PrincipleScore struct {
	Principle Principle
	Points    Points
	// Provisional: every rule that has a score is below its minimum sample. The score is shown, and judged by nobody.
	Provisional bool
	Rules       []RuleScore
}

// Scorecard is a shop over the local days From to To (half-open).
type Scorecard struct {
	From, To    Date
	Total       Points
	Provisional bool             // every principle that has a score is provisional
	Principles  []PrincipleScore // always all four
}

// weight of each principle in the total: 40 / 25 / 30 / 5, a design choice. Principles without a score are left out and
// the others scaled up, so that missing data neither helps nor hurts.
func (p Principle) weight() float64 {
	return [...]float64{Timely: 40, Reliable: 25, WorryFree: 30, Delight: 5}[p]
}

// smallPrior is how many cases at the "good" target a small sample is mixed with, fewBad how many breaches a small sample
// is forgiven: below the minimum sample a rule with at most fewBad breaches scores at least 80 (Douyin's own floor), and
// any other is shrunk towards its target.
const (
	smallPrior = 50
	fewBad     = 3
)

// Score turns tallies into a scorecard. Tallies of rules that are not in force are ignored. Nothing resolved gives no
// score, on every level: 0 of 0 is not applicable.
func (p *Policy) Score(from, to Date, tallies DayTallies) Scorecard {
	card := Scorecard{From: from, To: to}
	list := p.Rules(to.Next(-1))
	var total mean
	for _, principle := range Principles() {
		ps := PrincipleScore{Principle: principle}
		var sum mean
		for _, r := range list {
			if r.Principle != principle {
				continue
			}
			s := scoreRule(r, tallies[r.ID])
			ps.Rules = append(ps.Rules, s)
			sum.add(s.Points, r.Weight, s.Provisional)
		}
		ps.Points, ps.Provisional = sum.points(), sum.provisional()
		total.add(ps.Points, principle.weight(), ps.Provisional)
		card.Principles = append(card.Principles, ps)
	}
	card.Total, card.Provisional = total.points(), total.provisional()
	return card
}

type mean struct{ sum, weight, firm float64 }

func (m *mean) add(p Points, weight float64, provisional bool) {
	if !p.Known || weight <= 0 {
		return
	}
	m.sum += p.Value * weight
	m.weight += weight
	if !provisional {
		m.firm += weight
	}
}

func (m mean) provisional() bool { return m.weight > 0 && m.firm == 0 }

func (m mean) points() Points {
	if m.weight == 0 {
		return Points{}
	}
	return Points{m.sum / m.weight, true}
}

func scoreRule(r Rule, t Tally) RuleScore {
	s := RuleScore{Rule: r, Tally: t}
	n, value, ok := measure(r, t)
	if !ok {
		return s
	}
	if s.Provisional = n < int64(r.MinSample); r.Metric == Bonus {
		return s
	}
	s.Points = Points{r.Anchors.Score(value), true}
	if s.Provisional && r.Metric != Count { // a count is what it is, however few cases there were
		shrunk := (value*float64(n) + r.Anchors.Good*smallPrior) / float64(n+smallPrior)
		s.Points.Value = r.Anchors.Score(shrunk)
		if t.Breached <= fewBad {
			s.Points.Value = max(80, s.Points.Value)
		}
	}
	if f := r.Floor80; t.Breached <= int64(f.Bad) && n < int64(f.Orders) {
		s.Points.Value = max(80, s.Points.Value)
	}
	return s
}

// measure returns the value of a rule's metric and over how many cases. A mean time takes a case that was never answered at
// the rule's floor: otherwise not answering at all would cost nothing.
func measure(r Rule, t Tally) (n int64, value float64, ok bool) {
	if r.Metric == MeanTime {
		n = max(t.Resolved(), t.Timed)
		if n == 0 {
			return 0, 0, false
		}
		never := float64(n - t.Timed)
		return n, (float64(t.TookMS)/1000 + never*r.Anchors.Floor) / float64(n), true
	}
	value, ok = t.MetRate()
	if r.Metric == Count {
		value = float64(t.Breached)
	}
	return t.Resolved(), value, ok
}

// Score interpolates between the anchors: Excellent scores 100, Good 80, Pass 60, Floor 0, and values beyond the ends score
// as the ends. It serves every metric: the anchors fall for shares and rise for times and counts. NaN scores 0.
func (a Anchors) Score(v float64) float64 {
	if math.IsNaN(v) {
		return 0
	}
	points := [...]struct{ at, score float64 }{{a.Excellent, 100}, {a.Good, 80}, {a.Pass, 60}, {a.Floor, 0}}
	better := func(x, y float64) bool {
		if a.Excellent < a.Floor {
			return x <= y
		}
		return x >= y
	}
	if better(v, points[0].at) {
		return 100
	}
	for i := 1; i < len(points); i++ {
		hi, lo := points[i-1], points[i]
		if better(v, lo.at) {
			return lo.score + (hi.score-lo.score)*(v-lo.at)/(hi.at-lo.at)
		}
	}
	return 0
}
