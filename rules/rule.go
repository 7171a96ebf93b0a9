package rules

import (
	"errors"
	"fmt"
	"slices"
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

// Match picks facts: those of a type whose kept fields fulfil every condition.
type Match struct {
	Type  Type
	Where []Condition
}

// Condition compares one kept field. Op is "=", "!=", "<=" or ">="; the last two compare whole numbers. "=" and "!="
// accept several values divided by "|". An absent field equals only "".
type Condition struct{ Field, Op, Value string }

// Has reports whether the fact fulfils the match.
func (m Match) Has(f Fact) bool {
	if m.Type != f.Type {
		return false
	}
	for _, c := range m.Where {
		if !c.holds(f.Get(c.Field)) {
			return false
		}
	}
	return true
}

func (c Condition) holds(got string) bool {
	switch c.Op {
	case "=":
		return slices.Contains(strings.Split(c.Value, "|"), got)
	case "!=":
		return !slices.Contains(strings.Split(c.Value, "|"), got)
	}
	a, errA := strconv.Atoi(got)
	b, errB := strconv.Atoi(c.Value)
	if errA != nil || errB != nil {
		return false
	}
	return c.Op == "<=" && a <= b || c.Op == ">=" && a >= b
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

// MetRate is the share of resolved cases that were in time; MeanTime the mean time from start to stop.
const (
	MetRate Metric = iota + 1
	MeanTime
)

// Deadline says when a case is due. The shortest promise among the facts (Field) wins over Within; the latest change
// (ChangedBy, same Field) made before the case stopped wins over both. With a Before, the deadline is that much earlier.
type Deadline struct {
	Within    time.Duration // after the start, on the rule's clock; 0 = no case without a promise
	Field     string        // kept field that holds a promised instant, "" = none
	ChangedBy Type          // event type that replaces the promise, "" = none
	Before    time.Duration // the case is due this long before the promise or the limit
}

// Anchors are the values of the metric that score 100, 80, 60 and 0: shares of 0…1 for MetRate, seconds for MeanTime.
type Anchors struct{ Excellent, Good, Pass, Floor float64 }

// Text is a short name in both languages.
type Text struct{ Zh, En string }

// Rule is one promise. It is read-only after Check.
type Rule struct {
	ID        string
	Name      Text
	Principle Principle
	Subject   Kind

	Start        []Match
	Handover     bool // a conversation a bot answers counts from the first message that wants a human
	Stop         []Match
	StopFallback []Match // looked at only when no fact fulfils Stop
	EarlyStop    bool    // a stop before the start counts and lasted 0 s
	Void         []Match
	OnlyIfLate   string // the case exists only while this rule's case on the same subject is breached, and has its deadline

	Deadline Deadline
	Window   []Block // a start outside makes no case; nil = any time
	Night    []Block // a start inside is moved to its end; nil = none
	Business bool    // the clock runs on the shop's business hours
	WarnAt   []float64
	Day      DayOf

	Metric    Metric
	Anchors   Anchors
	MinSample int
	Weight    float64 // within its principle
	AlertAt   int     // breaches of one local day that make a violation; 0 = never
	Severity  string  // low, medium, high, critical or bonus
	Source    string
}

// Check reports what makes a rule unusable.
func (r *Rule) Check() error {
	switch {
	case r.ID == "":
		return errors.New("id is missing")
	case r.Principle < Timely || r.Principle > Delight:
		return errors.New("principle is missing")
	case len(r.Start) == 0:
		return errors.New("start is missing")
	case len(r.Stop) == 0:
		return errors.New("stop is missing")
	case r.Deadline.Within <= 0 && r.Deadline.Field == "" && r.OnlyIfLate == "":
		return errors.New("deadline needs within, field or both")
	case r.Deadline.ChangedBy != "" && r.Deadline.Field == "":
		return errors.New("deadline.changed_by needs deadline.field")
	case r.Day != ByDue && r.Day != ByStart:
		return errors.New("day must be due or start")
	case r.Metric != MetRate && r.Metric != MeanTime:
		return errors.New("metric must be met_rate or mean_time")
	case r.OnlyIfLate == r.ID:
		return errors.New("only_if_late names the rule itself")
	}
	for i, share := range r.WarnAt {
		if share <= 0 || share >= 1 || i > 0 && share <= r.WarnAt[i-1] {
			return errors.New("warn_at must rise and lie between 0 and 1")
		}
	}
	return r.checkMatches()
}

func (r *Rule) checkMatches() error {
	for _, list := range [][]Match{r.Start, r.Stop, r.StopFallback, r.Void} {
		for _, m := range list {
			w, ok := vocabulary[m.Type]
			if !ok {
				return fmt.Errorf("%q is no event type", m.Type)
			}
			if w.kind != r.Subject && w.also != r.Subject {
				return fmt.Errorf("%s is about %s, the rule about %s", m.Type, w.kind, r.Subject)
			}
			for _, c := range m.Where {
				if !contains(w.keep, c.Field) {
					return fmt.Errorf("%s keeps no field %q", m.Type, c.Field)
				}
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
