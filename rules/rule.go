package rules

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Principle is one of the four service principles.
type Principle int

// The four principles of the Douyin merchant service standard.
const (
	Timely Principle = iota + 1
	Reliable
	WorryFree
	Delight
)

// Principles lists all four in their usual order.
func Principles() []Principle { return []Principle{Timely, Reliable, WorryFree, Delight} }

var principleNames = [...]string{Timely: "timely", Reliable: "reliable", WorryFree: "worry-free", Delight: "delight"}

// String returns "timely", "reliable", "worry-free" or "delight".
func (p Principle) String() string {
	if p < Timely || p > Delight {
		return "principle(" + strconv.Itoa(int(p)) + ")"
	}
	return principleNames[p]
}

// ParsePrinciple reads what String writes.
func ParsePrinciple(text string) (Principle, error) {
	for _, p := range Principles() {
		if p.String() == text {
			return p, nil
		}
	}
	return 0, fmt.Errorf("%q is no principle: timely, reliable, worry-free or delight", text)
}

// MarshalText writes the principle for JSON.
func (p Principle) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (p *Principle) UnmarshalText(text []byte) (err error) {
	*p, err = ParsePrinciple(string(text))
	return err
}

// Match picks facts: those of a type whose kept fields fulfil every condition. Before and After also look at the other
// facts of the subject: earlier than the first fact of that type, which must be known; later than some fact of that type.
// With First only the earliest fact of the type is looked at, so that what is said later cannot make it better or worse.
type Match struct {
	Type          Type
	Where         []Condition
	Before, After Type
	First         bool
}

// Condition compares one kept field. Op is "=", "!=", "<=" or ">="; the last two compare whole numbers. "=" and "!="
// accept several values divided by "|". An absent field equals only "".
type Condition struct{ Field, Op, Value string }

// Has reports whether the fact by itself fulfils the match; what it says of other facts is left aside.
func (m *Match) Has(f *Fact) bool {
	if m.Type != f.Type {
		return false
	}
	for i := range m.Where {
		if c := &m.Where[i]; !c.holds(f.Get(c.Field)) {
			return false
		}
	}
	return true
}

// at reports whether the i-th fact of a set fulfils the match.
func (m *Match) at(facts Facts, i int) bool {
	f := &facts[i]
	if !m.Has(f) {
		return false
	}
	if m.First && facts.index(m.Type) < i {
		return false
	}
	if m.After != "" {
		if j := facts.index(m.After); j < 0 || j >= i {
			return false
		}
	}
	if m.Before != "" {
		if j := facts.index(m.Before); j < 0 || facts[j].At <= f.At {
			return false
		}
	}
	return true
}

func (c *Condition) holds(got string) bool {
	switch c.Op {
	case "=":
		return oneOf(c.Value, got)
	case "!=":
		return !oneOf(c.Value, got)
	}
	if got == "" {
		return false
	}
	a, errA := strconv.Atoi(got)
	b, errB := strconv.Atoi(c.Value)
	if errA != nil || errB != nil {
		return false
	}
	return c.Op == "<=" && a <= b || c.Op == ">=" && a >= b
}

// oneOf reports whether a list divided by "|" has a word in it.
func oneOf(list, word string) bool {
	for {
		first, rest, more := strings.Cut(list, "|")
		if first == word {
			return true
		}
		if !more {
			return false
		}
		list = rest
	}
}

// DayOf says which local day a case belongs to.
type DayOf int

// By the day it is due, or by the day it started.
const (
	ByDue DayOf = iota + 1
	ByStart
)

// Metric says what a rule is scored by.
type Metric int

// MetRate is the share of resolved cases that were in time; MeanTime the mean time from start to stop; Count the number of
// breached cases. Bonus is the share of MetRate, but has no score in its principle: it earns extra points (see [Scoring]).
const (
	MetRate Metric = iota + 1
	MeanTime
	Count
	Bonus
)

var metricNames = [...]string{MetRate: "met_rate", MeanTime: "mean_time", Count: "count", Bonus: "bonus"}

// String returns "met_rate", "mean_time", "count" or "bonus", as packs write it.
func (m Metric) String() string {
	if m < MetRate || m > Bonus {
		return "metric(" + strconv.Itoa(int(m)) + ")"
	}
	return metricNames[m]
}

// ParseMetric reads what String writes.
func ParseMetric(text string) (Metric, error) {
	for m := MetRate; m <= Bonus; m++ {
		if m.String() == text {
			return m, nil
		}
	}
	return 0, fmt.Errorf("%q is no metric: met_rate, mean_time, count or bonus", text)
}

// Rises reports whether a higher value of the metric is a worse one: a time or a count, not a share.
func (m Metric) Rises() bool { return m == MeanTime || m == Count }

// Deadline says when a case is due. The shortest promise among the facts (Field) wins over the rule's own limit; the latest
// change (ChangedBy, same Field) made before the case stopped wins over both.
type Deadline struct {
	Within    time.Duration // after the start, on the rule's clock; 0 = no limit of its own
	EndOfDay  *EndOfDay     // the limit is the end of a local day instead of Within
	Field     string        // kept field that holds a promised instant, "" = none
	ChangedBy Type          // event type that replaces the promise, "" = none
	Before    time.Duration // the case is due this long before the promise or the limit
	After     time.Duration // the case is due this long after the promise or the limit
	Limits    []Limit       // instead of Within from the first restart on; the first that fits holds
}

// EndOfDay is the last millisecond of the local day Days after that of the start, of the day after that when the start is
// not before Cutoff (minutes from midnight, 0 = none). Platforms write 23:59:59, which is in time.
type EndOfDay struct{ Days, Cutoff int }

// Limit is a duration for subjects of a kind: those of which a fact has Field with a value that begins with one of In (a
// region may be written short or in full), or whose Field and Same are equal. Neither: all.
type Limit struct {
	Within time.Duration
	Field  string
	In     []string
	Same   string
}

// Stage is a warning: when a share of the time is used up, some time after the start, or some time before the deadline. One
// of the three is set.
type Stage struct {
	Share         float64
	After, Before time.Duration
}

// Pause is a span in which the clock stands still, from a fact to the next fact that ends it.
type Pause struct {
	Code     string // as in the rulebook: BUYER, PLATFORM …
	From, To []Match
}

// Per says what one case of a rule is about within its subject; 0 is the subject as a whole.
type Per int

// PerParcel: each package_id of the facts that start a case; a fact that names no parcel speaks of all. PerSession: each
// session of a conversation; a session begins with the first message after the one before was closed. PerTurn: each turn of
// the buyer, from the first message that waits for an answer to the answer. PerFact: each fact that starts a case.
const (
	PerParcel Per = iota + 1
	PerSession
	PerTurn
	PerFact
)

// String returns "subject", "parcel", "session", "turn" or "fact", as packs write it.
func (p Per) String() string {
	if p < 0 || p > PerFact {
		return "per(" + strconv.Itoa(int(p)) + ")"
	}
	return [...]string{"subject", "parcel", "session", "turn", "fact"}[p]
}

// Anchors are the values of the metric that score 100, 80, 60 and 0: shares of 0…1 for MetRate and Bonus, seconds for
// MeanTime, cases for Count. Neighbours may be equal; the better score holds.
type Anchors struct{ Excellent, Good, Pass, Floor float64 }

// SmallFloor is what a platform forgives a small shop: with at most Bad breached cases among fewer than Orders, a rule scores
// at least 80. Orders 0 = there is no such floor. Douyin: 3 of 300 or 500 (商家体验分规范, 7 May 2026).
type SmallFloor struct{ Bad, Orders int }

// Text is a short name in both languages.
type Text struct{ Zh, En string }

// Rule is one promise. It is read-only after Check.
type Rule struct {
	ID        string
	Name      Text
	Principle Principle
	Subject   Kind
	Per       Per

	Start        []Match
	Only         []Match // a case needs one of these facts as well, whenever it came
	After        []Match // the clock starts at the later of the start and the first of these; nil = at the start
	Handover     bool    // a conversation a bot answers counts from the first message that wants a human
	Stop         []Match
	StopFallback []Match // looked at only when no fact fulfils Stop
	EarlyStop    bool    // a stop (or a failing) before the start counts; a stop then lasted 0 s
	Restart      []Match // starts the clock anew: the promise is broken by any gap that is too long
	Fail         []Match // breaks the promise at once, unless it was stopped before
	FailsWith    string  // broken as well when this rule's case on the same subject is
	Void         []Match
	OnlyIfLate   string // the case exists only while this rule's case on the same subject is breached, and has its deadline

	// Presumed: the promise counts as kept from the start. It is broken by Fail, at most Deadline.Within after the start; with
	// a Trigger the trigger starts a clock instead, and each must be followed by a stop in time.
	Presumed bool
	Trigger  []Match

	Deadline Deadline
	Window   []Block // a start outside makes no case; nil = any time
	Opens    []Match // the first of these facts is held against Window, nil = the start
	Night    []Block // a start inside is moved to its end; nil = none
	Business bool    // the clock runs on the business hours of the shop, else of the pack ([Terms.Business])
	Pauses   []Pause
	Excuses  []string      // codes of exceptions that take the obligation away or, with an end, stop its clock
	Cap      time.Duration // the longest time that is booked, also for a case that nobody stopped; 0 = none
	WarnAt   []Stage
	Day      DayOf

	Metric    Metric
	Anchors   Anchors
	MinSample int
	Floor80   SmallFloor
	Weight    float64 // within its principle
	AlertAt   int     // breaches of one local day that make a violation; 0 = never
	Severity  string  // low, medium, high, critical or bonus
	Source    string

	Lines []Line // what the platform may do about breaches, see Climb
	Money *Money // what a buyer is paid for one, nil = nothing
	Over  Span   // the window over which the rule is asked for its score; 0 = 30 days
}

// Counted reports a rule whose cases are counted and no more: nobody is told of one, and none is listed as gone wrong. That
// is what rules that only earn extra and rules that are judged by their mean ask for with alert_at 0.
func (r *Rule) Counted() bool { return r.AlertAt == 0 }

// Check reports what makes a rule unusable.
func (r *Rule) Check() error {
	switch {
	case r.ID == "":
		return errors.New("id is missing")
	case r.Principle < Timely || r.Principle > Delight:
		return errors.New("principle is missing")
	case len(r.Start) == 0:
		return errors.New("start is missing")
	case r.Day != ByDue && r.Day != ByStart:
		return errors.New("day must be due or start")
	case r.Metric < MetRate || r.Metric > Bonus:
		return errors.New("metric must be met_rate, mean_time, count or bonus")
	case r.Over < 0 || r.Over > OverYear:
		return errors.New("over must be 30d, 7d, day, week or year")
	case r.Floor80.Bad < 0 || r.Floor80.Orders < 0:
		return errors.New("floor_80 must not be below 0")
	case r.OnlyIfLate == r.ID || r.FailsWith == r.ID:
		return errors.New("a rule cannot depend on itself")
	}
	for _, s := range r.WarnAt {
		if s.Share < 0 || s.Share >= 1 || s == (Stage{}) {
			return errors.New("warn_at must lie between the start and the deadline")
		}
	}
	return errors.Join(r.checkClock(), r.checkMatches(), r.checkConsequences())
}

func (r *Rule) checkConsequences() error {
	if err := CheckLines(r.Lines); err != nil {
		return err
	}
	if r.Money != nil {
		if err := r.Money.Check(); err != nil {
			return fmt.Errorf("money: %w", err)
		}
	}
	return nil
}

// checkClock reports a rule whose cases could never be broken or never end.
func (r *Rule) checkClock() error {
	timed := r.Deadline.Within > 0 || r.Deadline.EndOfDay != nil || r.Deadline.Field != "" || r.OnlyIfLate != ""
	switch {
	case r.Presumed && len(r.Fail) == 0 && len(r.Trigger) == 0:
		return errors.New("a presumed promise needs fail or trigger")
	case len(r.Trigger) > 0 && (!r.Presumed || len(r.Stop) == 0 || r.Deadline.Within <= 0):
		return errors.New("trigger needs presumed, stop and deadline.within")
	case !r.Presumed && len(r.Stop) == 0:
		return errors.New("stop is missing")
	case !timed && len(r.Fail) == 0:
		return errors.New("deadline needs within, end_of_day or field")
	case r.Deadline.ChangedBy != "" && r.Deadline.Field == "":
		return errors.New("deadline.changed_by needs deadline.field")
	case len(r.Restart) > 0 && (r.Deadline.Within <= 0 || r.Deadline.Field != ""):
		return errors.New("restart needs deadline.within and no promise")
	case r.Per == PerTurn && r.Subject != Conversation || r.Per == PerSession && r.Subject != Conversation:
		return errors.New("sessions and turns are parts of conversations")
	}
	return nil
}

func (r *Rule) checkMatches() error {
	lists := [][]Match{r.Start, r.Only, r.After, r.Stop, r.StopFallback, r.Restart, r.Fail, r.Void, r.Trigger, r.Opens}
	for _, p := range r.Pauses {
		lists = append(lists, p.From, p.To)
	}
	for _, list := range lists {
		for i := range list {
			if err := list[i].check(r.Subject); err != nil {
				return err
			}
		}
	}
	if c := r.Deadline.ChangedBy; c != "" && vocabulary[c].kind != r.Subject {
		return fmt.Errorf("deadline.changed_by: %q is no event about %s", c, r.Subject)
	}
	if f := r.Deadline.Field; f != "" && !contains(instantFields, f) {
		return fmt.Errorf("deadline.field: %q holds no instant", f)
	}
	return nil
}

func (m *Match) check(subject Kind) error {
	for _, t := range []Type{m.Type, m.Before, m.After} {
		if t == "" {
			continue
		}
		w, ok := vocabulary[t]
		if !ok {
			return fmt.Errorf("%q is no event type", t)
		}
		if w.kind != "" && w.kind != subject && w.also != subject {
			return fmt.Errorf("%s is about %s, the rule about %s", t, w.kind, subject)
		}
	}
	for _, c := range m.Where {
		if !contains(vocabulary[m.Type].keep, c.Field) {
			return fmt.Errorf("%s keeps no field %q", m.Type, c.Field)
		}
	}
	return nil
}
