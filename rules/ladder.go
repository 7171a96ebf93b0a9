package rules

import (
	"cmp"
	"slices"
)

// Step is one simulated consequence: a line of a rule that held. It says what the platform's table would give, never that
// the platform gave it; what was imposed is a [Sanction].
type Step struct {
	Day   Date // the day it belongs to: the judged day, or the day since which its window has held without a break
	Rule  string
	Line  string
	Rung  Rung
	Class Class // 0 without points

	Points PenaltyPoints // after the cap
	Cut    PenaltyPoints // what the cap kept away

	Cases    int64 // breached in the window
	Resolved int64 // in the window
	Times    int   // days in the window on which the line it counts held
	From     Date  // first day of the window
	Days     int   // how long the order limit or suspension would last
	Human    bool  // a person decides
	If       Text  // what must be so as well; the step is then in no sum
}

// Booked reports whether the step is in the sums: all are but those that depend on what the counts cannot show.
func (s *Step) Booked() bool { return s.If == (Text{}) }

// Sum is a class of simulated points since 1 January.
type Sum struct {
	Class  Class
	Points PenaltyPoints
	Human  PenaltyPoints // how many of them a person would decide
	Next   Ahead
	More   bool // there is a next node
}

// Crossing is a node that the simulated points reached.
type Crossing struct {
	Day        Date
	Rule, Line string // whose step reached it
	Node       Node
	At         PenaltyPoints
}

// Cause says what a simulated measure comes from: a line of a rule, with the class and sum of the node where it is one.
type Cause struct {
	Rule, Line string
	Class      Class
	At         PenaltyPoints
}

// Run is a simulated order limit or suspension, both days included. It begins the day after what caused it, because a day is
// counted when it is over.
type Run struct {
	Rung        Rung
	First, Last Date
	Exam        bool // reopening needs the exam as well as the time (S60)
	Causes      []Cause
}

// On reports whether the run covers a day.
func (r *Run) On(day Date) bool { return r.First <= day && day <= r.Last }

// ExamDue is a simulated exam.
type ExamDue struct {
	Day   Date
	Cause Cause
}

// Ledger is what would follow from a shop's counts since 1 January: a simulation. The imposed penalties are in [Imposed],
// and no value of one is a value of the other.
type Ledger struct {
	Day       Date // the last day that was judged
	Steps     []Step
	Sums      [2]Sum // general, severe
	Crossings []Crossing
	Runs      []Run // by rung, then by first day; of one rung they do not overlap
	Exams     []ExamDue
}

// Sum returns the points of a class.
func (l *Ledger) Sum(c Class) Sum { return l.Sums[c-General] }

// Running returns the measures that cover a day. One that began last year is in last year's ledger.
func (l *Ledger) Running(day Date) (list []Run) {
	for i := range l.Runs {
		if l.Runs[i].On(day) {
			list = append(list, l.Runs[i])
		}
	}
	return list
}

// Climb returns what would follow from a shop's tallies from 1 January of day's year up to and including day. Days are the
// local days of the tallies; later ones are not looked at. Of earlier ones only as many are as the longest window of days
// needs: windows of days and weeks may begin in last year, but a step belongs to the year of its own day, and points, their
// caps and the count of strikes begin at 0 on 1 January (S18, S60: cleared on 31 December).
//
// What a line makes depends on its window. A day: a step on each day on which it holds. A natural week or year: one step
// while the window holds on its last day, or on the judged day of a window still running, dated on the day since which it
// has held without a break. Several days: one step for each unbroken run of days on which it holds, dated on the first, with
// the counts of that day. Each: a step on every day on which both it and the line it counts hold.
//
// Where an edition takes over from another, each judges its own days, with windows that look back over both; what began
// under the one is not said again under the other.
//
// Suspensions that overlap run side by side, as do order limits: each has its own days, and they are never added up, so that
// those of one day last as long as the longest of them from that day. S60 counts them so; S18 lets the second follow the
// first. The sources contradict each other, the choice is ours.
//
// It is a function of the level: the same tallies give the same ledger, and a breach that is taken back gives its points
// back when it is called again. Steps are sorted by day, rule and line. It keeps nothing and is safe for concurrent use.
func Climb(editions []Edition, day Date, tallies map[Date]DayTallies) Ledger {
	c := newClimb(editions, day, tallies)
	for i := range editions {
		from, to := c.year, day
		if i > 0 {
			from = max(from, editions[i].From)
		}
		if i+1 < len(editions) {
			to = min(to, editions[i+1].From-1)
		}
		for j := range editions[i].Rules {
			if from <= to {
				c.rule(&editions[i].Rules[j], from, to)
			}
		}
	}
	order := c.order()
	c.limit(order)
	return c.ledger(editions, day, order)
}

// Climb returns what would follow from the shop's tallies up to and including a day; see [Climb]. Rules the shop has
// switched off give nothing.
func (p *Policy) Climb(day Date, tallies map[Date]DayTallies) Ledger {
	return Climb(p.measured, day, tallies)
}

// ClimbFrom returns the first day whose tallies Climb looks at when a day is judged: 1 January, and before it as many days
// as the longest window needs.
func (p *Policy) ClimbFrom(day Date) Date { return newYear(day.Year()) - Date(reach(p.measured)) }

// Ladder returns what follows from points on a day.
func (p *Policy) Ladder(day Date) Ladder {
	return (&Rulebook{Editions: p.measured}).On(day).Ladder
}

// measured returns an edition with those rules that have lines and are not switched off.
func measured(e Edition, terms Terms) Edition {
	m := Edition{From: e.From, Ladder: e.Ladder}
	for i := range e.Rules {
		if r := &e.Rules[i]; len(r.Lines) > 0 && !terms.Overrides[r.ID].Off {
			m.Rules = append(m.Rules, *r)
		}
	}
	return m
}

// ledger books the steps.
func (c *climb) ledger(editions []Edition, day Date, order []int) Ledger {
	out := Ledger{Day: day, Sums: [2]Sum{{Class: General}, {Class: Severe}}}
	if len(order) > 0 {
		out.Steps = make([]Step, 0, len(order))
	}
	var runs []Run
	book := Rulebook{Editions: editions}
	for _, i := range order {
		s := &c.steps[i]
		out.Steps = append(out.Steps, *s)
		if !s.Booked() {
			continue
		}
		cause := Cause{Rule: s.Rule, Line: s.Line}
		if s.Rung == Exam {
			out.Exams = append(out.Exams, ExamDue{s.Day, cause})
		}
		if s.Days > 0 {
			runs = append(runs, Run{s.Rung, s.Day.Next(1), s.Day.Next(s.Days), false, []Cause{cause}})
		}
		if s.Points > 0 {
			runs = append(runs, out.add(s, &book.On(s.Day).Ladder)...)
		}
	}
	out.Runs = beside(runs)
	if len(editions) > 0 {
		for i := range out.Sums {
			sum := &out.Sums[i]
			sum.Next, sum.More = book.On(day).Ladder.Next(sum.Class, sum.Points)
		}
	}
	return out
}

// add books the points of a step and returns the suspensions of the nodes they reach.
func (l *Ledger) add(s *Step, ladder *Ladder) (runs []Run) {
	sum := &l.Sums[s.Class-General]
	before := sum.Points
	sum.Points += s.Points
	if s.Human {
		sum.Human += s.Points
	}
	ladder.reached(s.Class, before, sum.Points, func(a Ahead) {
		cause := Cause{s.Rule, s.Line, s.Class, a.At}
		l.Crossings = append(l.Crossings, Crossing{s.Day, s.Rule, s.Line, a.Node, a.At})
		if a.Node.Exam {
			l.Exams = append(l.Exams, ExamDue{s.Day, cause})
		}
		if n := a.Node.Days; n > 0 {
			runs = append(runs, Run{Suspension, s.Day.Next(1), s.Day.Next(n), a.Node.Exam, []Cause{cause}})
		}
	})
	return runs
}

// beside joins runs of one rung that overlap.
func beside(list []Run) (out []Run) {
	slices.SortStableFunc(list, func(a, b Run) int { return cmp.Or(cmp.Compare(a.Rung, b.Rung), cmp.Compare(a.First, b.First)) })
	for _, r := range list {
		if n := len(out); n > 0 && out[n-1].Rung == r.Rung && r.First <= out[n-1].Last {
			last := &out[n-1]
			last.Last, last.Exam, last.Causes = max(last.Last, r.Last), last.Exam || r.Exam, append(last.Causes, r.Causes...)
			continue
		}
		out = append(out, r)
	}
	return out
}
