package notify

import (
	"fmt"
	"strconv"
	"time"

	"shopwarden/rules"
)

// Decision is what a shop said to a tip.
type Decision int

// Accepted: it will be done, and measured. Later: not now. NotUseful: not here.
const (
	Accepted Decision = iota + 1
	Later
	NotUseful
)

// Decisions lists all three in the order of their buttons.
func Decisions() []Decision { return []Decision{Accepted, Later, NotUseful} }

// String returns "accept", "later" or "useless", as buttons and the store write it.
func (d Decision) String() string {
	if d < Accepted || d > NotUseful {
		return "decision(" + strconv.Itoa(int(d)) + ")"
	}
	return [...]string{"", "accept", "later", "useless"}[d]
}

// ParseDecision reads what String writes.
func ParseDecision(text string) (Decision, error) {
	for _, d := range Decisions() {
		if d.String() == text {
			return d, nil
		}
	}
	return 0, fmt.Errorf("%q is no decision: accept, later or useless", text)
}

// MarshalText writes the decision for JSON.
func (d Decision) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (d *Decision) UnmarshalText(text []byte) (err error) {
	*d, err = ParseDecision(string(text))
	return err
}

// TipState is what a shop last said to a tip, and the evidence it was shown then: the counts of a value of a dimension among
// the cases of a rule. Dim 0 is the rule as a whole; Cases and AllCases are 0 when only broken cases were known.
type TipState struct {
	Decision  Decision      `json:"decision"`
	At        rules.Instant `json:"at"`
	Rule      string        `json:"rule"`
	Dim       rules.Dim     `json:"dim,omitempty"`
	Value     string        `json:"value,omitempty"`
	Misses    int64         `json:"misses"`
	AllMisses int64         `json:"all_misses"`
	Cases     int64         `json:"cases"`
	AllCases  int64         `json:"all_cases"`
}

// How long a tip is not given again. What was accepted comes back when the month that spoke for it is over.
const (
	laterFor    = 7 * 24 * time.Hour
	uselessFor  = 90 * 24 * time.Hour
	acceptedFor = 30 * 24 * time.Hour
)

// Hides reports whether the tip is still put away at an instant.
func (s TipState) Hides(now rules.Instant) bool {
	span := map[Decision]time.Duration{Accepted: acceptedFor, Later: laterFor, NotUseful: uselessFor}[s.Decision]
	return between(s.At, now) < span
}

// MeasureDays is how many full local days before and after the day of acceptance are compared.
const MeasureDays = 7

// Measured returns the last local day that an accepted tip is measured by: MeasureDays after the day of acceptance, which
// itself counts on neither side.
func (s TipState) Measured(zone *time.Location) rules.Date {
	return rules.DateOf(s.At, zone).Next(MeasureDays)
}

// TipChoice is the press of a button under a tip.
type TipChoice struct {
	Decision Decision
	Tip      string
	Rule     string
	Dim      rules.Dim // 0 = no cause
	Value    string
}

// TipResult is an accepted tip after its days. Whole says that the whole rule was counted, because the shop has more events
// than are read for one cause.
type TipResult struct {
	Tip     string
	State   TipState
	Compare rules.Comparison
	Whole   bool
}
