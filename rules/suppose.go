package rules

import (
	"cmp"
	"slices"
)

// Suppose asks what becomes of a day if more cases of one rule are broken, or open ones are kept. Only one of Miss and Save is
// looked at: Miss, where it is not 0.
type Suppose struct {
	Rule       string
	Miss, Save int
}

// Supposed is the answer: the day as it stands and as it would stand. Everything that is not asked about stays as it is,
// open cases too. It is a simulation by the shop's own counts.
type Supposed struct {
	Suppose
	Before, After         Scorecard // of the day so far
	RuleBefore, RuleAfter RuleScore // of the rule on that day; zero when it is not in force
	Cases                 int       // how many cases were moved: no more can be saved than are open and in time
	Fresh                 int       // of those missed, how many are cases that are not there yet
	Reached               []Step    // that the day makes then and does not make as it stands, the most severe first
	Points                [2]PenaltyPoints
}

// Suppose answers a question about the day of c. Missed are the open cases of the day first, then new ones, as in
// [Left.Misses]; saved are open cases that are neither late nor paused, the earliest due first, closed now. Reached and
// Points (general, severe: what the year has more of) come from [Policy.Climb], so c.Days must hold the days it looks at.
// A rule that is not in force moves nothing. It changes none of its arguments.
func (p *Policy) Suppose(c Pace, q Suppose) Supposed {
	out := Supposed{Suppose: q}
	days := make(Days, len(c.Days)+1)
	for day, tallies := range c.Days {
		days[day] = tallies
	}
	today := make(DayTallies, len(c.Days[c.Day])+1)
	for id, t := range c.Days[c.Day] {
		today[id] = t
	}
	days[c.Day] = today
	if r := p.on(c.Day).find(q.Rule); r != nil {
		today[q.Rule] = today[q.Rule].Plus(out.moved(&c, r))
	}
	out.Before, out.After = p.dayScore(&c, c.Days), p.dayScore(&c, days)
	out.RuleBefore, out.RuleAfter = ruleOf(out.Before, q.Rule), ruleOf(out.After, q.Rule)
	out.climb(p.Climb(c.Day, c.Days), p.Climb(c.Day, days))
	return out
}

func (p *Policy) dayScore(c *Pace, days Days) Scorecard {
	return p.ScoreOf(Counts{From: c.Day, To: c.Day.Next(1), Days: days, Programs: c.Programs, Unknown: c.Unknown})
}

// ruleOf finds the score of a rule in a card.
func ruleOf(card Scorecard, id string) RuleScore {
	for i := range card.Principles {
		if s := scoreOf(card.Principles[i].Rules, id); s != nil {
			return *s
		}
	}
	return RuleScore{}
}

// moved is what the tally of the rule gains, and books how many cases that are.
func (s *Supposed) moved(c *Pace, r *clocked) (t Tally) {
	if s.Miss > 0 {
		s.Cases = s.Miss
		open := int(max(c.Days[c.Day][r.ID].Open, 0))
		s.Fresh = max(s.Miss-open, 0)
		for i := range s.Miss {
			one := r.missing()
			if i >= open {
				one.Open = 0
			}
			t = t.Plus(one)
		}
		return t
	}
	for _, k := range c.Savable(r.ID) {
		if s.Cases == s.Save {
			break
		}
		t = t.Plus(r.closing(&k, c.Now))
		s.Cases++
	}
	return t
}

// Savable lists the open cases of a rule that count on the day and can still be kept, the earliest due first.
func (c *Pace) Savable(rule string) (list []Case) {
	for i := range c.Open {
		k := &c.Open[i]
		if k.Rule == rule && k.Day == c.Day && k.Outcome == Open && k.Reason != Paused && (k.Due == 0 || k.Due >= c.Now) {
			list = append(list, *k)
		}
	}
	slices.SortStableFunc(list, func(a, b Case) int { return cmp.Compare(a.Due, b.Due) })
	return list
}

// climb compares two ledgers of the same day.
func (s *Supposed) climb(before, after Ledger) {
	for i := range after.Steps {
		x := &after.Steps[i]
		known := slices.ContainsFunc(before.Steps, func(y Step) bool {
			return y.Rule == x.Rule && y.Line == x.Line && y.Day == x.Day && y.Points >= x.Points
		})
		if !known {
			s.Reached = append(s.Reached, *x)
		}
	}
	slices.SortStableFunc(s.Reached, func(a, b Step) int { return cmp.Or(cmp.Compare(b.Rung, a.Rung), cmp.Compare(b.Points, a.Points)) })
	for i := range s.Points {
		s.Points[i] = after.Sums[i].Points - before.Sums[i].Points
	}
}

// Worth chooses up to n rescues whose saving wins most points of the total, and lists them the earliest due first, as they
// are to be done. Points that are the same to a tenth are the same; of these the earlier due wins. None is without gain.
func Worth(list []Rescue, n int) []Rescue {
	list = slices.DeleteFunc(slices.Clone(list), func(r Rescue) bool { return tenths(r.Saved) <= 0 })
	due := func(a, b Rescue) int { return cmp.Compare(a.Case.Due, b.Case.Due) }
	slices.SortStableFunc(list, func(a, b Rescue) int { return cmp.Or(cmp.Compare(tenths(b.Saved), tenths(a.Saved)), due(a, b)) })
	list = list[:min(len(list), n)]
	slices.SortStableFunc(list, due)
	return list
}

func tenths(points float64) int64 { return int64(points*10 + 0.5) }
