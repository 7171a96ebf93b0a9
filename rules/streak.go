package rules

import "slices"

// Streak is how long a rule was kept: so many local days in a row, up to and including one, on which it had resolved cases
// and none of them broke. A day without resolved cases neither counts nor ends it.
type Streak struct {
	Rule *Rule // the policy's own; read-only
	Days int
	Met  int64 // cases that were kept on these days
	Open bool  // it reaches back to the first day that was looked at, so it may be longer
}

// Streaks returns the streaks that were carried on on a day, the longest first: of the rules in force then that had a
// resolved case on the day and broke none. It looks at the days from … day. Rules that only earn extra or only count have none.
func (p *Policy) Streaks(from, day Date, days Days) (list []Streak) {
	e := p.on(day)
	for i := range e.rules {
		r := &e.rules[i].Rule
		if r.Counted() || r.Metric == Bonus {
			continue
		}
		if s := streak(r, from, day, days); s.Days > 0 {
			list = append(list, s)
		}
	}
	slices.SortStableFunc(list, func(a, b Streak) int { return b.Days - a.Days })
	return list
}

func streak(r *Rule, from, day Date, days Days) Streak {
	s := Streak{Rule: r, Open: true}
	for d := day; d >= from; d-- {
		t := days[d][r.ID]
		switch {
		case t.Breached > 0:
			s.Open = false
			return s
		case t.Met > 0:
			s.Days++
			s.Met += t.Met
		case d == day:
			return Streak{}
		}
	}
	return s
}

// DayScore is the score of one local day.
type DayScore struct {
	Day         Date
	Total       Points
	Provisional bool
}

// Judged reports whether the day has a score that says something.
func (s DayScore) Judged() bool { return s.Total.Known && !s.Total.Unknown && !s.Provisional }

// DayScores scores each of the local days from … to (half-open) by itself, in order. programs are those of [Counts].
func (p *Policy) DayScores(from, to Date, days Days, programs []string) []DayScore {
	list := make([]DayScore, 0, max(0, int(to-from)))
	for day := from; day < to; day++ {
		card := p.ScoreOf(Counts{From: day, To: day.Next(1), Tallies: days[day], Programs: programs})
		list = append(list, DayScore{day, card.Total, card.Provisional})
	}
	return list
}

// enoughDays is how many judged days must lie before a record, so that it is one.
const enoughDays = 7

// Record is what the last of some days has above those before it. The zero value is none.
type Record struct {
	Best  bool  // no judged day before it scored as high
	First Grade // the grade that no judged day before it reached; 0 = none. Excellent or Good
	Days  int   // the judged days before it
}

// RecordOf sets the last of some days against those before it. With fewer than a week of judged days before it there is no
// record.
func RecordOf(scores []DayScore) Record {
	if len(scores) == 0 {
		return Record{}
	}
	last, r := scores[len(scores)-1], Record{Best: true}
	high := 0.0
	for _, s := range scores[:len(scores)-1] {
		if s.Judged() {
			r.Days++
			high = max(high, s.Total.Value)
		}
	}
	if !last.Judged() || r.Days < enoughDays {
		return Record{}
	}
	r.Best = last.Total.Value > high
	if g := last.Total.Grade(); g <= Good && g < (Points{Value: high, Known: true}).Grade() {
		r.First = g
	}
	return r
}
