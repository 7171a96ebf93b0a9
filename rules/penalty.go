package rules

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"time"
)

// SanctionState is where an imposed penalty stands.
type SanctionState int

// Issued: in force, nobody appealed. Appealed: in force, an appeal is with the platform (an appeal suspends nothing).
// Upheld: in force, the appeal failed. Withdrawn: taken back, with its points.
const (
	Issued SanctionState = iota + 1
	Appealed
	Upheld
	Withdrawn
)

// String returns "issued", "appealed", "upheld" or "withdrawn".
func (s SanctionState) String() string {
	if s < Issued || s > Withdrawn {
		return "sanction(" + strconv.Itoa(int(s)) + ")"
	}
	return [...]string{Issued: "issued", Appealed: "appealed", Upheld: "upheld", Withdrawn: "withdrawn"}[s]
}

// AppealDays is how long an appeal may be made when the platform names no deadline: 7 natural days (商家申诉举证标准
// aJoPTsTo7Jmx, 30 July 2026).
const AppealDays = 7

// appealStages say how long before the end of the appeal a shop is reminded.
var appealStages = [...]time.Duration{72 * time.Hour, 24 * time.Hour, 6 * time.Hour}

// Sanction is one penalty that the platform itself announced. It is a pure function of the facts about one penalty subject
// and the zone, so no order and no repetition of the facts changes it.
type Sanction struct {
	ID       string
	State    SanctionState
	Rung     Rung
	Rule     string // in the platform's words; it need not be a rule of a pack
	Points   PenaltyPoints
	Unread   string // the points as the platform wrote them where they are no number of points; Points is then 0
	Amount   int64  // minor units
	Currency string
	Reason   string

	Issued     Instant // the first notice
	Day        Date    // its local day: points count in the year of this day
	AppealBy   Instant // the last millisecond at which an appeal is in time
	Appealed   Instant // the first appeal, 0 = none
	Decided    Instant // when it was last upheld or withdrawn, 0 = never
	ExamPassed Instant // 0 = not yet
}

// FoldSanction returns the penalty that a set of facts makes; ok is false while no penalty.issued is among them.
//
// When it was issued is the earliest notice, and everything else is as the last notice says it, since a platform corrects
// itself by sending again. The last of appeal, confirmation and withdrawal decides the state, except that nothing but a later
// confirmation undoes a withdrawal.
//
// The appeal ends with appeal_by. Without one it ends with the seventh local day after the day of the notice: natural days
// are counted from the next midnight, as the platform counts the seven days of a return (七天无理由, notice of 22 June 2026).
func FoldSanction(id string, facts Facts, zone *time.Location) (s Sanction, ok bool) {
	s = Sanction{ID: id, State: Issued}
	for i := range facts {
		switch f := &facts[i]; f.Type {
		case "penalty.issued":
			if s.Issued == 0 {
				s.Issued = f.At
			}
			s.say(f)
		case "penalty.appealed":
			if s.Appealed == 0 {
				s.Appealed = f.At
			}
			if s.State != Withdrawn {
				s.State = Appealed
			}
		case "penalty.upheld":
			s.State, s.Decided = Upheld, f.At
		case "penalty.withdrawn":
			s.State, s.Decided = Withdrawn, f.At
		case "exam.passed":
			if s.ExamPassed == 0 {
				s.ExamPassed = f.At
			}
		}
	}
	s.Day = DateOf(s.Issued, zone)
	if s.AppealBy == 0 {
		s.AppealBy = s.Day.Next(AppealDays+1).At(0, zone) - 1
	}
	return s, s.Issued != 0
}

// say takes over what a notice says.
func (s *Sanction) say(f *Fact) {
	s.Rung, _ = ParseRung(f.Get("rung")) // the door refuses any other word
	s.Rule, s.Currency, s.Reason, s.AppealBy = f.Get("rule"), f.Get("currency"), f.Get("reason"), f.Instant("appeal_by")
	s.Amount, _ = strconv.ParseInt(f.Get("amount"), 10, 64) // a whole number at the door, or absent
	s.Points, s.Unread = 0, ""
	if text := f.Get("points"); text != "" {
		var err error
		if s.Points, err = ParsePenaltyPoints(text); err != nil {
			s.Unread = text
		}
	}
}

// Class returns the class of the points, 0 where the rung gives none.
func (s *Sanction) Class() Class { return s.Rung.Class() }

// InForce reports whether the penalty stands: in every state but Withdrawn, for an appeal does not suspend it.
func (s *Sanction) InForce() bool { return s.State != Withdrawn }

// ExamDue reports an exam that stands and was not passed.
func (s *Sanction) ExamDue() bool { return s.Rung == Exam && s.InForce() && s.ExamPassed == 0 }

// Accepted reports whether the time to appeal ran out unused, which the platform takes as agreement. An appeal that the
// platform itself announced counts whenever it was made.
func (s *Sanction) Accepted(now Instant) bool {
	return s.InForce() && s.Appealed == 0 && s.Decided == 0 && now > s.AppealBy
}

// AppealStages returns when reminders of the appeal begin: 3 days, 1 day and 6 hours before its end, without those that lie
// before the notice; nil when there is nothing to appeal any more.
func (s *Sanction) AppealStages() (list []Instant) {
	if s.State != Issued {
		return nil
	}
	for _, before := range appealStages {
		if at := s.AppealBy + 1 - Instant(before.Milliseconds()); at > s.Issued {
			list = append(list, at)
		}
	}
	return list
}

// AppealLeft returns how much time is left to appeal and how many reminders have begun; ok is false when the time is over or
// there is nothing to appeal any more.
func (s *Sanction) AppealLeft(now Instant) (left time.Duration, begun int, ok bool) {
	if s.State != Issued || now > s.AppealBy {
		return 0, 0, false
	}
	for _, at := range s.AppealStages() {
		if now >= at {
			begun++
		}
	}
	return time.Duration(s.AppealBy+1-now) * time.Millisecond, begun, true
}

// Imposed is what the platform imposed on a shop in one natural year. Unlike a [Ledger] nothing in it is computed from
// counts.
type Imposed struct {
	Year      int
	Sanctions []Sanction // by day, then by id; those withdrawn too
	General   PenaltyPoints
	Severe    PenaltyPoints
	Returned  PenaltyPoints    // of both classes, by withdrawal
	Amounts   map[string]int64 // in force, by currency, minor units
	ExamsDue  []string         // ids
	Unread    []string         // ids whose points could not be read and are in no sum
}

// Impose sums up the penalties of a natural year from the facts about each penalty, by its id. Zone is the platform's: it
// decides on which side of 31 December 24:00 a notice lies.
func Impose(year int, penalties map[string]Facts, zone *time.Location) Imposed {
	out := Imposed{Year: year, Amounts: map[string]int64{}}
	for _, id := range slices.Sorted(maps.Keys(penalties)) {
		if s, ok := FoldSanction(id, penalties[id], zone); ok && s.Day.Year() == year {
			out.Sanctions = append(out.Sanctions, s)
			out.add(&s)
		}
	}
	slices.SortStableFunc(out.Sanctions, func(a, b Sanction) int { return cmp.Compare(a.Day, b.Day) })
	return out
}

func (i *Imposed) add(s *Sanction) {
	if s.Unread != "" {
		i.Unread = append(i.Unread, s.ID)
	}
	if !s.InForce() {
		if s.Class() != 0 {
			i.Returned += s.Points
		}
		return
	}
	switch s.Class() {
	case General:
		i.General += s.Points
	case Severe:
		i.Severe += s.Points
	}
	if s.Amount != 0 {
		i.Amounts[s.Currency] += s.Amount
	}
	if s.ExamDue() {
		i.ExamsDue = append(i.ExamsDue, s.ID)
	}
}
