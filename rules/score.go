package rules

import (
	"math"
	"time"
)

// Grade is the colour of a score.
type Grade int

// NotApplicable: nothing was resolved. Unknown: the source is silent, so nobody can say. The borders 90, 80 and 70 are ours;
// 70 is Douyin's gate for campaigns.
const (
	NotApplicable Grade = iota + 1
	Excellent
	Good
	Pass
	Poor
	Unknown
)

// String returns "n/a", "excellent", "good", "pass", "poor" or "unknown".
func (g Grade) String() string {
	return [...]string{"", "n/a", "excellent", "good", "pass", "poor", "unknown"}[g]
}

// Points is a score of 0…100, or none where there is nothing to score.
type Points struct {
	Value   float64
	Known   bool
	Unknown bool // the source is silent: Value is the last that is known, and is neither graded nor compared
}

// Grade returns the colour of the score.
func (p Points) Grade() Grade {
	switch {
	case p.Unknown:
		return Unknown
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

// RuleScore is the score of one rule over some days, and what it does to the total.
type RuleScore struct {
	Rule        *Rule // the policy's own; read-only
	Tally       Tally
	N           int64   // how many cases Value rests on; 0 = none, and Value says nothing
	Value       float64 // of the metric: a share of 0…1, seconds, or broken cases
	P50, P90    time.Duration
	Spread      bool   // P50 and P90 are known
	Points      Points // none for Bonus
	Provisional bool   // fewer cases than the rule's minimum sample: shown, and softened
	Proof       Proof
	Share       float64 // of the total, 0…1; the shares of the rules with points add up to 1
	Lost        float64 // points of the total that the rule costs: Share × (100 − Points)
}

// PrincipleScore is the weighted mean of the rules of one principle that have a score.
type PrincipleScore struct {
	Principle Principle
	Points    Points
	// Provisional: every rule that has a score is below its minimum sample. The score is shown, and judged by nobody.
	Provisional bool
	Share       float64 // of the total, 0…1
	Rules       []RuleScore
}

// Scorecard is a shop over the local days From to To (half-open). Every point of Total can be traced: where it is known, it
// is 100 less what each rule Lost, plus the Adjustments.
type Scorecard struct {
	From, To    Date
	Total       Points
	Provisional bool             // every principle that has a score is provisional
	Principles  []PrincipleScore // always all four
	Adjustments []Adjustment     // bonuses, deductions, their caps, and the clamp to 0…100; none without a total
}

// Counts are what a scorecard is made from. Days and Tallies are added up; either may be missing.
type Counts struct {
	From, To Date                 // local days, half-open
	Days     Days                 // days outside are ignored
	Tallies  DayTallies           // sums over those days, or corrections of Days
	Took     map[string]Durations // the times behind mean times, by rule, sorted; nil = no quantiles
	Programs []string             // guarantee programs that the shop has enabled
	Unknown  bool                 // the source is silent: every grade is unknown
}

// fewBad is how many broken cases a sample below the minimum is forgiven: with at most so many a rule scores at least 80
// (Douyin's own floor), any other is shrunk towards its "good" target.
const fewBad = 3

// Score turns tallies into a scorecard. Tallies of rules that are not in force are ignored. Nothing resolved gives no
// score, on every level: 0 of 0 is not applicable.
func (p *Policy) Score(from, to Date, tallies DayTallies) Scorecard {
	return p.ScoreOf(Counts{From: from, To: to, Tallies: tallies})
}

// ScoreOf is Score for all that a score may be made from. The rules are those in force on the last day.
func (p *Policy) ScoreOf(c Counts) Scorecard {
	e := p.on(c.To.Next(-1))
	scores := make([]RuleScore, len(e.plan.order))
	for i, j := range e.plan.order {
		scores[i].Rule = &e.rules[j].Rule
		scores[i].Tally = c.Tallies[e.rules[j].ID]
	}
	for day, tallies := range c.Days {
		if day >= c.From && day < c.To && len(tallies) > 0 {
			addDay(scores, tallies)
		}
	}
	for i := range scores {
		scores[i].settle(c.Took)
		scores[i].Points.Unknown = c.Unknown
	}
	return e.plan.card(&c, scores)
}

func addDay(scores []RuleScore, tallies DayTallies) {
	for i := range scores {
		if t, ok := tallies[scores[i].Rule.ID]; ok {
			scores[i].Tally.add(&t)
		}
	}
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

func (m mean) points(unknown bool) Points {
	if m.weight == 0 {
		return Points{Unknown: unknown}
	}
	return Points{m.sum / m.weight, true, unknown}
}

// share is the part of a mean that a weight makes.
func (m mean) share(p Points, weight float64) float64 {
	if !p.Known || weight <= 0 || m.weight == 0 {
		return 0
	}
	return weight / m.weight
}

// settle scores the tally of a rule.
func (s *RuleScore) settle(took map[string]Durations) {
	r := s.Rule
	s.Proof = r.Proof(s.Tally)
	n, value, ok := measure(r, s.Tally)
	if !ok {
		return
	}
	s.N, s.Value, s.Provisional = n, value, n < int64(r.MinSample)
	if times := took[r.ID]; r.Metric == MeanTime && len(times) > 0 {
		s.P50, _ = times.Quantile(0.5)
		s.P90, s.Spread = times.Quantile(0.9)
	}
	if r.Metric != Bonus {
		s.Points = Points{Value: r.points(n, value, s.Tally.Breached), Known: true}
	}
}

// points scores a value that rests on n cases, bad of them broken. Too few cases soften a share and a mean; a count is an
// absolute number, and its own anchors say what is forgiven.
func (r *Rule) points(n int64, value float64, bad int64) float64 {
	score := r.Anchors.Score(value)
	if n < int64(r.MinSample) && r.Metric != Count {
		score = r.Anchors.Score(shrink(value*float64(n), float64(n), r.Anchors.Good))
		if bad <= fewBad {
			score = max(80, score)
		}
	}
	if f := r.Floor80; bad <= int64(f.Bad) && n < int64(f.Orders) {
		score = max(80, score)
	}
	return score
}

// measure returns the value of a rule's metric and over how many cases; ok is false when nothing was resolved. A mean time
// takes a case that was never answered, and for which no time was booked, at the rule's floor: otherwise not answering at
// all would cost nothing.
func measure(r *Rule, t Tally) (n int64, value float64, ok bool) {
	switch r.Metric {
	case MeanTime:
		n = max(t.Resolved(), t.Timed)
		if n <= 0 {
			return 0, 0, false
		}
		never := float64(n - t.Timed)
		return n, (float64(t.TookMS)/1000 + never*r.Anchors.Floor) / float64(n), true
	case Count:
		n = t.Resolved()
		return n, float64(t.Breached), n > 0
	}
	value, ok = t.MetRate()
	return t.Resolved(), value, ok
}

// Score interpolates between the anchors: Excellent scores 100, Good 80, Pass 60, Floor 0, and values beyond the ends score
// as the ends. It serves every metric: the anchors fall for shares and rise for times and counts. Where anchors are equal
// the better score holds. NaN scores 0.
func (a Anchors) Score(v float64) float64 {
	if math.IsNaN(v) {
		return 0
	}
	at := [...]float64{a.Excellent, a.Good, a.Pass, a.Floor}
	if a.Excellent < a.Floor { // fewer is better
		v = -v
		for i := range at {
			at[i] = -at[i]
		}
	}
	scores := [...]float64{100, 80, 60, 0}
	if v >= at[0] {
		return 100
	}
	for i := 1; i < len(at); i++ {
		if v >= at[i] { // and below the anchor before, so the two differ
			return scores[i] + (scores[i-1]-scores[i])*(v-at[i])/(at[i-1]-at[i])
		}
	}
	return 0
}
