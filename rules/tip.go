package rules

import (
	"cmp"
	"slices"
	"strings"
)

// Tip is one piece of advice. Its words stand in the catalogues of texts, under its id.
type Tip struct {
	ID        string
	Principle Principle
	Line      int      // of advice, 1–4: new forms of service, better service, a good name, a loop of feedback
	Rules     []string // the rules it helps
	When      []Trigger
	Source    string
}

// Trigger says what a tip answers: a value of a dimension (any, when there are no values), or with Dim 0 that the rule was
// missed, whatever the cause.
type Trigger struct {
	Dim    Dim
	Values []string
}

// answers reports whether the trigger is about a cause. One about hours or weekdays is about both together as well.
func (t Trigger) answers(c Pattern) bool {
	has := func(value string) bool { return len(t.Values) == 0 || slices.Contains(t.Values, value) }
	if c.Dim == ByWeekHour && t.Dim != ByWeekHour {
		day, hour, _ := strings.Cut(c.Value, " ")
		return t.Dim == ByWeekday && has(day) || t.Dim == ByHour && has(hour)
	}
	return t.Dim == c.Dim && has(c.Value)
}

// Answers reports whether the tip helps a rule with a cause; the zero dimension asks for what helps whatever the cause.
func (t Tip) Answers(rule string, c Pattern) bool {
	return slices.Contains(t.Rules, rule) && slices.ContainsFunc(t.When, func(w Trigger) bool { return w.answers(c) })
}

// Advice is a tip for a shop, and why: the rule, the cause (Dim 0 where none stands out) and the points of the total that
// would be gained if the misses of the cause had been kept.
type Advice struct {
	Tip    Tip
	Rule   Rule
	Cause  Pattern
	Points float64
}

// worthwhile is the least gain, in points, for which advice is given.
const worthwhile = 0.1

// Advise chooses tips for the local days from … to (half-open) by what they would gain, the most first; causes are by rule
// id, and hidden tips are passed over. The foremost cause of a rule stands where the rule as a whole would: a rule that costs
// most is not passed over because its cost has several causes. A cause that no tip answers gets what helps its rule whatever
// the cause; a rule without a cause gets that with its own counts. No tip is given twice, none for less than a tenth of a
// point, and none without cases of the shop's own. It is a pure function of its arguments.
func (p *Policy) Advise(from, to Date, tallies DayTallies, causes map[string][]Pattern, tips []Tip, hidden func(id string) bool) []Advice {
	type ranked struct {
		Advice
		rank float64
	}
	var list []ranked
	for _, r := range p.Rules(to.Next(-1)) {
		t := tallies[r.ID]
		found := causes[r.ID]
		if len(found) == 0 {
			found = []Pattern{Whole(t)}
		}
		begin := len(list)
		for _, c := range found {
			if gain := p.Gain(from, to, tallies, r, c); gain >= worthwhile {
				list = append(list, ranked{Advice{Rule: r, Cause: c, Points: gain}, gain})
			}
		}
		if own := list[begin:]; len(own) > 0 {
			slices.SortStableFunc(own, func(a, b ranked) int { return cmp.Compare(b.Points, a.Points) })
			own[0].rank = max(own[0].rank, p.Gain(from, to, tallies, r, Whole(t)))
		}
	}
	slices.SortStableFunc(list, func(a, b ranked) int { return cmp.Compare(b.rank, a.rank) })
	advice := make([]Advice, len(list))
	for i, x := range list {
		advice[i] = x.Advice
	}
	return assign(advice, tips, hidden)
}

// Whole is the cause of which nothing is known but the rule's own counts.
func Whole(t Tally) Pattern {
	return Pattern{Misses: t.Breached, AllMisses: t.Breached, Cases: t.Resolved(), AllCases: t.Resolved(), Timed: t.Timed, TookMS: t.TookMS}
}

// assign gives each entry the first tip that answers it and was not given yet; an entry without one is left out.
func assign(list []Advice, tips []Tip, hidden func(id string) bool) (out []Advice) {
	given := map[string]bool{}
	for _, a := range list {
		for _, c := range []Pattern{a.Cause, {}} {
			i := slices.IndexFunc(tips, func(t Tip) bool { return !given[t.ID] && !hidden(t.ID) && t.Answers(a.Rule.ID, c) })
			if i >= 0 {
				a.Tip = tips[i]
				given[a.Tip.ID] = true
				out = append(out, a)
				break
			}
		}
	}
	return out
}

// Gain is how many points the total of a shop would gain if the misses of a cause had been kept. It scores the same days
// again. For a rule scored by time the misses of the cause would have taken as long as an excellent case.
func (p *Policy) Gain(from, to Date, tallies DayTallies, r Rule, c Pattern) float64 {
	if tallies[r.ID].Resolved() == 0 && tallies[r.ID].Timed == 0 {
		return 0
	}
	better := make(DayTallies, len(tallies))
	for id, t := range tallies {
		better[id] = t
	}
	better[r.ID] = spared(r, tallies[r.ID], c)
	return p.Score(from, to, better).Total.Value - p.Score(from, to, tallies).Total.Value
}

// spared is a tally as it would be without the misses of a cause.
func spared(r Rule, t Tally, c Pattern) Tally {
	n := min(c.Misses, t.Breached)
	t.Met, t.Breached = t.Met+n, t.Breached-n
	if r.Metric != MeanTime {
		return t
	}
	best := int64(r.Anchors.Excellent * 1000)
	if timed := min(c.Timed, t.Timed); timed > 0 {
		t.TookMS -= max(min(c.TookMS, t.TookMS)-timed*best, 0)
	}
	never := t.Resolved() - t.Timed
	if c.Dim != 0 {
		never = min(never, c.Misses-c.Timed)
	}
	if never > 0 {
		t.Timed, t.TookMS = t.Timed+never, t.TookMS+never*best
	}
	return t
}
