package rules

import (
	"cmp"
	"slices"
)

// climb is one call of Climb: the days it looks at, and what each rule needs while it is judged. Days are places in days,
// counted from first.
type climb struct {
	first Date // of days
	year  Date // 1 January of the judged year
	days  []DayTallies
	sums  []counts  // of the rule being judged: of all days before a place
	held  [][]int32 // by line of that rule: on how many days before a place it held
	steps []Step
	lines []*Line // that made each step
}

// counts are what conditions look at.
type counts struct{ resolved, breached, timed, tookMS int64 }

func newClimb(editions []Edition, day Date, tallies map[Date]DayTallies) *climb {
	c := &climb{year: newYear(day.Year())}
	c.first = c.year - Date(reach(editions))
	c.days = make([]DayTallies, day-c.first+1)
	for i := range c.days {
		c.days[i] = tallies[c.first+Date(i)]
	}
	c.sums = make([]counts, len(c.days)+1)
	return c
}

// reach returns how many days of last year can matter: for the last of them a window of days is judged as well, to see
// whether what holds on 1 January began before.
func reach(editions []Edition) int {
	far := 0
	for i := range editions {
		for j := range editions[i].Rules {
			lines := editions[i].Rules[j].Lines
			for k := range lines {
				days := 1
				for l := &lines[k]; l != nil; l = earlier(lines, l.Of) {
					days += max(int(l.Window), 7)
				}
				far = max(far, days)
			}
		}
	}
	return far
}

func earlier(lines []Line, id string) *Line {
	if i := place(lines, id); i >= 0 {
		return &lines[i]
	}
	return nil
}

// place returns the place of a line, -1 for "".
func place(lines []Line, id string) int {
	if id == "" {
		return -1
	}
	return slices.IndexFunc(lines, func(l Line) bool { return l.ID == id })
}

// rule adds the steps of one rule on the days from…to.
func (c *climb) rule(r *Rule, from, to Date) {
	if len(r.Lines) == 0 || !c.sum(r.ID) {
		return
	}
	a, b := int(from-c.first), int(to-c.first)
	for len(c.held) < len(r.Lines) {
		c.held = append(c.held, make([]int32, len(c.days)+1))
	}
	for k := range r.Lines {
		l := &r.Lines[k]
		of := place(r.Lines, l.Of)
		c.judge(l, k, of)
		for _, d := range c.when(l, k, of, a, b) {
			c.steps, c.lines = append(c.steps, c.step(r.ID, l, of, d)), append(c.lines, l)
		}
	}
}

// sum adds up the tallies of a rule; ok is false when it had no case at all.
func (c *climb) sum(id string) (ok bool) {
	for i, day := range c.days {
		s := c.sums[i]
		if t, some := day[id]; some {
			s.resolved += t.Resolved()
			s.breached += t.Breached
			s.timed += t.Timed
			s.tookMS += t.TookMS
		}
		c.sums[i+1] = s
	}
	s := c.sums[len(c.days)]
	return s.resolved > 0 || s.timed > 0
}

// judge sets on how many days the k-th line held; of is the place of the line it counts.
func (c *climb) judge(l *Line, k, of int) {
	held := c.held[k]
	for i := range c.days {
		held[i+1] = held[i]
		if c.holds(l, of, i) {
			held[i+1]++
		}
	}
}

func (c *climb) holds(l *Line, of, i int) bool {
	from := c.begin(l.Window, i)
	s := c.between(from, i)
	switch {
	case s.resolved < int64(l.Resolved), l.Under > 0 && s.resolved >= int64(l.Under), s.breached < int64(l.Breached):
		return false
	case l.hasShare() && !s.share(l.Share, l.Above):
		return false
	case l.MeanOver > 0 && s.tookMS <= l.MeanOver.Milliseconds()*s.timed:
		return false
	}
	return of < 0 || c.count(of, from, i) >= l.Times
}

// share reports whether the share of breached cases is at least so many basis points, or more. 0 of 0 is no share.
func (s counts) share(least int, above bool) bool {
	got, want := s.breached*mostShare, s.resolved*int64(least)
	return s.resolved > 0 && (got > want || got == want && !above)
}

// begin returns the place of the first day of the window that ends at place i; a window that begins before the days that
// are known begins with them.
func (c *climb) begin(w Lookback, i int) int {
	switch {
	case w > 0:
		return max(0, i+1-int(w))
	case w == NaturalYear && c.first+Date(i) >= c.year:
		return int(c.year - c.first)
	case w == NaturalYear:
		return max(0, int(w.First(c.first+Date(i))-c.first))
	}
	return max(0, int(monday(c.first+Date(i))-c.first))
}

// between returns the sums of the days from place a to place b.
func (c *climb) between(a, b int) counts {
	s, t := c.sums[b+1], c.sums[a]
	return counts{s.resolved - t.resolved, s.breached - t.breached, s.timed - t.timed, s.tookMS - t.tookMS}
}

// count returns on how many of the days from place a to place b a line held.
func (c *climb) count(line, a, b int) int { return int(c.held[line][b+1] - c.held[line][a]) }

func (c *climb) on(line, i int) bool { return c.count(line, i, i) == 1 }

// mark is a step to come: the day it is dated on, and the last day of what is summed for it.
type mark struct{ at, upto int }

// when returns when the k-th line makes steps between the places a and b.
func (c *climb) when(l *Line, k, of, a, b int) (list []mark) {
	switch {
	case l.Each || l.Window == 1:
		for i := a; i <= b; i++ {
			if c.on(k, i) && (of < 0 || c.on(of, i)) {
				list = append(list, mark{i, i})
			}
		}
	case l.Window > 1:
		for i := a; i <= b; i++ {
			if c.on(k, i) && (i == 0 || !c.on(k, i-1)) {
				list = append(list, mark{i, i})
			}
		}
	default:
		for last := c.end(l.Window, a, b); last <= b; last = c.end(l.Window, last+1, b) {
			if since := c.since(k, c.begin(l.Window, last), last); since >= a {
				list = append(list, mark{since, last})
			}
		}
	}
	return list
}

// end returns the last day of the natural window with place i in it, b when that lies beyond; i itself when i is beyond.
func (c *climb) end(w Lookback, i, b int) int {
	if i > b {
		return i
	}
	if w == NaturalYear {
		return b
	}
	return min(b, int(monday(c.first+Date(i))-c.first)+6)
}

// since returns the first of the days up to last on all of which the line held, -1 when it does not hold on last.
func (c *climb) since(k, begin, last int) int {
	if !c.on(k, last) {
		return -1
	}
	for last > begin && c.on(k, last-1) {
		last--
	}
	return last
}

func (c *climb) step(rule string, l *Line, of int, m mark) Step {
	from := c.begin(l.Window, m.upto)
	sum := c.between(from, m.upto)
	s := Step{Day: c.first + Date(m.at), Rule: rule, Line: l.ID, Rung: l.Rung, Class: l.Rung.Class(), Points: l.Points,
		Cases: sum.breached, Resolved: sum.resolved, From: c.first + Date(from), Days: l.Days, Human: l.ByPerson(), If: l.If}
	if l.PerCase { // a case of last year takes part in the condition, and gives no points
		s.Points *= PenaltyPoints(c.between(max(from, int(c.year-c.first)), m.upto).breached)
	}
	if of >= 0 {
		s.Times = c.count(of, from, m.upto)
	}
	return s
}

// order returns the places of the steps by day, rule and line. Steps are large and stay where they are.
func (c *climb) order() []int {
	list := make([]int, len(c.steps))
	for i := range list {
		list[i] = i
	}
	slices.SortFunc(list, func(i, j int) int {
		a, b := &c.steps[i], &c.steps[j]
		return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Line, b.Line))
	})
	return list
}

// limit applies the caps, oldest step first. What a cap kept away in one window is not made up for in the next.
func (c *climb) limit(order []int) {
	type key struct{ rule, line string }
	past := map[key][]*Step{} // earlier steps under a cap
	for _, i := range order {
		s, l := &c.steps[i], c.lines[i]
		if l.Cap == 0 {
			continue
		}
		left, begin, k := l.Cap, l.CapWindow.First(s.Day), key{s.Rule, s.Line}
		for _, p := range slices.Backward(past[k]) {
			if p.Day < begin {
				break
			}
			left -= p.Points
		}
		given := max(0, min(s.Points, left))
		s.Points, s.Cut = given, s.Points-given
		past[k] = append(past[k], s)
	}
}
