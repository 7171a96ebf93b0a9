package rules

import (
	"fmt"
	"strconv"
	"time"
)

// Days are the tallies of a shop by local day. Days without cases may be missing.
type Days map[Date]DayTallies

// Span is a window of local days that ends with a given one.
type Span int

// Over30Days and Over7Days roll and count the day itself; OverWeek begins on Monday and OverYear on 1 January, as Douyin counts
// tickets and points.
const (
	Over30Days Span = iota + 1
	Over7Days
	OverDay
	OverWeek
	OverYear
)

// String returns "30d", "7d", "day", "week" or "year", as packs write it; the zero value is "30d".
func (s Span) String() string {
	if s < 0 || s > OverYear {
		return "span(" + strconv.Itoa(int(s)) + ")"
	}
	return [...]string{"30d", "30d", "7d", "day", "week", "year"}[s]
}

// ParseSpan reads what String writes.
func ParseSpan(text string) (Span, error) {
	for s := Over30Days; s <= OverYear; s++ {
		if s.String() == text {
			return s, nil
		}
	}
	return 0, fmt.Errorf("%q is no window: 30d, 7d, day, week or year", text)
}

// Until returns the first day of the window that ends with day (the window is half-open: From to the day after).
func (s Span) Until(day Date) (from Date) {
	switch s {
	case OverDay:
		return day
	case Over7Days:
		return day.Next(-6)
	case OverWeek:
		return day.Next(-daysSinceMonday(day))
	case OverYear:
		return NewDate(day.utc().Year(), time.January, 1)
	}
	return day.Next(-29)
}

// Resets returns the first day whose window does not begin where that of day begins: the next Monday, 1 January, or the next
// day, on which the oldest day of a rolling window drops out.
func (s Span) Resets(day Date) Date {
	switch s {
	case OverWeek:
		return day.Next(7 - daysSinceMonday(day))
	case OverYear:
		return NewDate(day.utc().Year()+1, time.January, 1)
	}
	return day.Next(1)
}

func daysSinceMonday(day Date) int { return (int(day.Weekday()) + 6) % 7 }

// RuleScore is the score of one rule on a day, over the rule's own window. ok is false when the rule is not in force then. It
// has no share of a total.
func (p *Policy) RuleScore(id string, day Date, days Days) (s RuleScore, ok bool) {
	e := p.on(day)
	for i := range e.rules {
		if r := &e.rules[i].Rule; r.ID == id {
			s = RuleScore{Rule: r, Tally: days.sum(id, r.Over.Until(day), day.Next(1))}
			s.settle(nil)
			return s, true
		}
	}
	return RuleScore{}, false
}

// sum adds up one rule over the days from … to (half-open).
func (d Days) sum(id string, from, to Date) (sum Tally) {
	for day, tallies := range d {
		if day >= from && day < to {
			sum = sum.Plus(tallies[id])
		}
	}
	return sum
}

// Overview is a shop on one local day and over the days that end with it.
type Overview struct {
	Day                  Date
	Today, Last7, Last30 Period
}

// Period is a window with the one of equal length just before it, and what changed.
type Period struct {
	Card, Before Scorecard
	Total        Shift
	Principles   []Shift // in the order of the cards
}

// Shift is a difference of two scores. It is known only where both are: nothing can be compared with n/a or unknown.
type Shift struct {
	Points      float64
	Known       bool
	Provisional bool // one of the two rests on too few cases
}

// Overview scores today, the last 7 and the last 30 local days, day included, each against as many days before. days should
// hold the 60 that end with day. programs and unknown are those of [Counts] and hold now: programs earn the same in both
// windows, and silence hides only the windows that reach to day.
func (p *Policy) Overview(day Date, days Days, programs []string, unknown bool) Overview {
	period := func(n int) Period {
		to := day.Next(1)
		now := Counts{From: to.Next(-n), To: to, Days: days, Programs: programs, Unknown: unknown}
		before := Counts{From: to.Next(-2 * n), To: to.Next(-n), Days: days, Programs: programs}
		return newPeriod(p.ScoreOf(now), p.ScoreOf(before))
	}
	return Overview{Day: day, Today: period(1), Last7: period(7), Last30: period(30)}
}

func newPeriod(card, before Scorecard) Period {
	p := Period{Card: card, Before: before, Total: shift(card.Total, before.Total, card.Provisional || before.Provisional)}
	for i := range card.Principles {
		a, b := &card.Principles[i], &before.Principles[i]
		p.Principles = append(p.Principles, shift(a.Points, b.Points, a.Provisional || b.Provisional))
	}
	return p
}

func shift(now, before Points, provisional bool) Shift {
	if !now.Known || !before.Known || now.Unknown || before.Unknown {
		return Shift{}
	}
	return Shift{now.Value - before.Value, true, provisional}
}
