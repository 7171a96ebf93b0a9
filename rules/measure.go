package rules

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Rung is a step of the ladder of what a violation can lead to. The measures are those of Douyin's draft service standard
// of 30 June 2023; that they form a ladder is our own order, mildest first.
type Rung int

// The eight rungs, mildest first. Their names are the words of penalty.issued.
const (
	Notice Rung = iota + 1
	Warning
	Exam
	Compensation
	GeneralPoints
	SeverePoints
	OrderLimit
	Suspension
)

var rungNames = [...]string{Notice: "notice", Warning: "warning", Exam: "exam", Compensation: "compensation",
	GeneralPoints: "general_points", SeverePoints: "severe_points", OrderLimit: "order_limit", Suspension: "suspension"}

// Rungs lists all eight, mildest first.
func Rungs() []Rung {
	return []Rung{Notice, Warning, Exam, Compensation, GeneralPoints, SeverePoints, OrderLimit, Suspension}
}

// String returns the word of penalty.issued, for example "general_points".
func (r Rung) String() string {
	if r < Notice || r > Suspension {
		return "rung(" + strconv.Itoa(int(r)) + ")"
	}
	return rungNames[r]
}

// ParseRung reads what String writes.
func ParseRung(text string) (Rung, error) {
	for _, r := range Rungs() {
		if rungNames[r] == text {
			return r, nil
		}
	}
	return 0, fmt.Errorf("%q is no rung: %s", text, strings.Join(rungNames[Notice:], ", "))
}

// Class returns the class of points that a rung gives, 0 for a rung without points.
func (r Rung) Class() Class {
	switch r {
	case GeneralPoints:
		return General
	case SeverePoints:
		return Severe
	}
	return 0
}

// Class is a class of penalty points; each is summed by itself.
type Class int

// General (一般违规积分) and Severe (严重违规积分).
const (
	General Class = iota + 1
	Severe
)

// String returns "general" or "severe".
func (c Class) String() string {
	if c < General || c > Severe {
		return "class(" + strconv.Itoa(int(c)) + ")"
	}
	return [...]string{General: "general", Severe: "severe"}[c]
}

// PenaltyPoints are points in hundredths: rules give half points, and their sums must be exact.
type PenaltyPoints int64

// mostPoints bounds what is read as points, so that no sum of a year can overflow.
const mostPoints = 1_000_000

// String returns the points in decimal without needless digits: "12", "0.5".
func (p PenaltyPoints) String() string {
	sign := ""
	if p < 0 {
		sign, p = "-", -p
	}
	text := strconv.FormatInt(int64(p/100), 10)
	if cents := int64(p % 100); cents != 0 {
		text += strings.TrimRight(fmt.Sprintf(".%02d", cents), "0")
	}
	return sign + text
}

// ParsePenaltyPoints reads "12", "0.5" or "0.25" exactly. It refuses a sign, an exponent, more than two decimals other than
// zeros and more than a million points.
func ParsePenaltyPoints(text string) (PenaltyPoints, error) {
	bad := fmt.Errorf("%q is no number of points such as 2 or 0.5", text)
	whole, part, dot := strings.Cut(text, ".")
	if dot {
		part = strings.TrimRight(part, "0")
	}
	if len(part) > 2 || !digits(whole) || part != "" && !digits(part) || strings.HasSuffix(text, ".") {
		return 0, bad
	}
	n, err := strconv.ParseInt(whole, 10, 64)
	if err != nil || n > mostPoints {
		return 0, bad
	}
	cents, err := strconv.ParseInt((part + "00")[:2], 10, 64)
	if err != nil {
		return 0, bad
	}
	return PenaltyPoints(n*100 + cents), nil
}

func digits(text string) bool {
	return text != "" && strings.Trim(text, "0123456789") == ""
}

// Lookback says which local days are summed up to and including the day that is judged: 1 is that day alone, N the last N
// days with it. The two natural ones begin on Monday and on 1 January.
type Lookback int

// NaturalWeek runs from Monday, NaturalYear from 1 January, both to the day that is judged.
const (
	NaturalWeek Lookback = -1 - iota
	NaturalYear
)

// String returns "day", "7d", "week" or "year", as packs write it.
func (l Lookback) String() string {
	switch l {
	case 1:
		return "day"
	case NaturalWeek:
		return "week"
	case NaturalYear:
		return "year"
	}
	return strconv.Itoa(int(l)) + "d"
}

// First returns the first day that is summed when a day is judged.
func (l Lookback) First(day Date) Date {
	switch l {
	case NaturalWeek:
		return monday(day)
	case NaturalYear:
		return newYear(day.Year())
	}
	return day.Next(1 - int(l))
}

// Year returns the calendar year of the date.
func (d Date) Year() int { return d.utc().Year() }

// monday returns the first day of the natural week (Monday to Sunday) of a day. Day 0 was a Thursday.
func monday(day Date) Date { return day - ((day+3)%7+7)%7 }

// newYear returns 1 January: points end with 31 December 24:00 (S18, S60 of the reference: "cleared 31 December 23:59:59").
func newYear(year int) Date { return NewDate(year, time.January, 1) }

// Line is one consequence of a rule: when it holds, and what follows then. Conditions that are given must all hold on the
// sums of its window; at least one must be one that no empty window fulfils. A Line is data: it decides nothing itself, see
// [Climb]. Read-only.
type Line struct {
	ID     string // unique within the rule
	Window Lookback

	Resolved int           // at least so many cases resolved, 0 = any number
	Under    int           // fewer than so many resolved, 0 = any number
	Breached int           // at least so many breached
	Share    int           // breached of resolved, in basis points (30 % = 3000): at least
	Above    bool          // … more than Share rather than at least
	MeanOver time.Duration // the mean time is longer, 0 = any

	Of    string // an earlier line of the rule: it held on at least Times days of the window
	Times int
	Each  bool // a step on every day on which Of holds, rather than one per window: "from the 5th strike in the year"

	Rung      Rung
	Points    PenaltyPoints // of the class of Rung, once per step
	PerCase   bool          // Points for each breached case of the window
	Cap       PenaltyPoints // the most this line gives within CapWindow, 0 = no limit
	CapWindow Lookback
	Days      int  // how long an order limit or a suspension lasts
	Human     bool // a person decides, see ByPerson
	If        Text // what the counts cannot show and must be so as well ("a complaint is upheld"); such a step is said and never summed
}

// ByPerson reports whether a person decides: always from severe points upwards (rungs 6 to 8), and where the line says so.
func (l *Line) ByPerson() bool { return l.Human || l.Rung >= SeverePoints }

// Conditional reports a line that depends on something the counts cannot show.
func (l *Line) Conditional() bool { return l.If != (Text{}) }

// hasShare reports whether the share of breached cases is a condition.
func (l *Line) hasShare() bool { return l.Share > 0 || l.Above }

// check reports what makes a line unusable, as the name of its field in a pack and the problem. The reference of Of is
// looked at by checkLines.
func (l *Line) check() (field string, err error) {
	switch {
	case l.ID == "":
		return "id", errors.New("is missing")
	case l.Rung < Notice || l.Rung > Suspension:
		return "rung", errors.New("is missing")
	case l.Window == 0 || l.Window < NaturalYear || l.Window > 366:
		return "window", errors.New("must be a day, up to 366 days, a week or a year")
	case !l.hasShare() && l.Resolved == 0 && l.Breached == 0 && l.MeanOver == 0 && l.Of == "":
		return "", errors.New("needs a condition: resolved, breached, share, mean or of")
	case l.Under > 0 && l.Under <= l.Resolved:
		return "under", errors.New("leaves nothing above resolved")
	case l.Of == "" && (l.Each || l.Times != 0):
		return "of", errors.New("is missing; times and each count the days of another line")
	case l.Of != "" && l.Times < 1:
		return "times", errors.New("is missing")
	}
	return l.checkGiven()
}

// checkGiven reports a consequence that does not fit its rung.
func (l *Line) checkGiven() (field string, err error) {
	limits := l.Rung == OrderLimit || l.Rung == Suspension
	switch {
	case (l.Rung.Class() != 0) != (l.Points > 0):
		return "points", errors.New("belong to the rungs general_points and severe_points, and those need them")
	case l.PerCase && (l.Points == 0 || l.Each || l.Window > 1):
		return "per_case", errors.New("needs points and a day, week or year without each; days of a rolling window would count a case twice")
	case (l.Cap > 0) != (l.CapWindow != 0):
		return "cap", errors.New("needs both points and a window")
	case l.Cap > 0 && l.Points == 0:
		return "cap", errors.New("needs points")
	case (l.Days > 0) != limits:
		return "days", errors.New("belong to the rungs order_limit and suspension, and those need them")
	}
	return "", nil
}

// LineError says which line of a rule is unusable, and which of its fields ("" = the line as a whole).
type LineError struct {
	Place   int // in Rule.Lines
	Line    string
	Field   string
	Problem string
}

func (e *LineError) Error() string {
	where := "measures[" + strconv.Itoa(e.Place) + "]"
	if e.Line != "" {
		where += " (" + e.Line + ")"
	}
	if e.Field != "" {
		where += "." + e.Field
	}
	return where + ": " + e.Problem
}

// CheckLines reports the first fault of the lines of a rule as a *[LineError], nil when there is none.
func CheckLines(list []Line) error {
	seen := map[string]bool{}
	for i := range list {
		l := &list[i]
		field, err := l.check()
		switch {
		case err != nil:
		case seen[l.ID]:
			field, err = "id", fmt.Errorf("%q is already the id of another line", l.ID)
		case l.Of != "" && !seen[l.Of]:
			field, err = "of", fmt.Errorf("%q is no earlier line of this rule", l.Of)
		}
		if err != nil {
			return &LineError{Place: i, Line: l.ID, Field: field, Problem: err.Error()}
		}
		seen[l.ID] = true
	}
	return nil
}
