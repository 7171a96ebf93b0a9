package rules

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Dim is a way in which the cases of a rule differ from each other.
type Dim int

// ByHour: the part of the day in which the case began ("20-24"). ByWeekday: its day of the week ("fri"). ByWeekHour: both
// ("fri 20-24"). The others are read from the fields that facts keep.
const (
	ByHour Dim = iota + 1
	ByWeekday
	ByWeekHour
	BySKU
	ByCarrier
	ByAgent
	ByRegion
	ByWarehouse
	ByReason
)

var dimNames = [...]string{ByHour: "hour", ByWeekday: "weekday", ByWeekHour: "weekday-hour", BySKU: "sku", ByCarrier: "carrier",
	ByAgent: "agent", ByRegion: "region", ByWarehouse: "warehouse", ByReason: "reason"}

// Dims lists all dimensions.
func Dims() []Dim {
	return []Dim{ByHour, ByWeekday, ByWeekHour, BySKU, ByCarrier, ByAgent, ByRegion, ByWarehouse, ByReason}
}

// String returns the dimension as catalogues name it: hour, weekday, weekday-hour, sku, carrier, agent, region, warehouse or
// reason.
func (d Dim) String() string {
	if d < ByHour || d > ByReason {
		return "dim(" + strconv.Itoa(int(d)) + ")"
	}
	return dimNames[d]
}

// ParseDim reads what String writes.
func ParseDim(text string) (Dim, error) {
	for _, d := range Dims() {
		if d.String() == text {
			return d, nil
		}
	}
	return 0, fmt.Errorf("%q is no dimension; there are %s", text, strings.Join(dimNames[1:], ", "))
}

// hourBlocks are the parts of a day as shops use them: night, opening, morning, noon, afternoon, supper, evening.
var hourBlocks = [...]struct {
	name string
	to   int // the first hour after it
}{{"00-06", 6}, {"06-09", 9}, {"09-12", 12}, {"12-14", 14}, {"14-18", 18}, {"18-20", 20}, {"20-24", 24}}

// MarshalText writes the dimension for JSON.
func (d Dim) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (d *Dim) UnmarshalText(text []byte) (err error) {
	*d, err = ParseDim(string(text))
	return err
}

// HourBlocks lists the values of [ByHour] in the order of the day.
func HourBlocks() (list []string) {
	for _, b := range hourBlocks {
		list = append(list, b.name)
	}
	return list
}

var weekdays = [...]string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// Weekdays lists the values of [ByWeekday], Sunday first, as [time.Weekday] counts.
func Weekdays() []string { return weekdays[:] }

// Trait is one thing that is true of a case: its value in one dimension.
type Trait struct {
	Dim   Dim
	Value string
}

// Traits returns what is known of a case in every dimension, at most one value each, in the order of the dimensions. facts
// are those of the case's subject; the hour and the weekday are those at which the case began, on the clock of zone.
func Traits(k Case, facts Facts, zone *time.Location) []Trait {
	at := k.Begun.At.Time().In(zone)
	hour, day := blockOf(at.Hour()), weekdays[at.Weekday()]
	list := []Trait{{ByHour, hour}, {ByWeekday, day}, {ByWeekHour, day + " " + hour}}
	for d := BySKU; d <= ByReason; d++ {
		if v := traitOf(k, facts, d.String()); v != "" {
			list = append(list, Trait{d, v})
		}
	}
	return list
}

// FieldOf returns what is known of a case in a dimension that is read from the fields of facts, [BySKU] to [ByReason]; "" when
// nothing is.
func FieldOf(k Case, facts Facts, d Dim) string { return traitOf(k, facts, d.String()) }

func blockOf(hour int) string {
	i := 0
	for hour >= hourBlocks[i].to {
		i++
	}
	return hourBlocks[i].name
}

// traitOf finds a field of a case: in the fact that ended it, in a fact of its own parcel, in the one that began it, in the
// first fact since, in any fact of its subject.
func traitOf(k Case, facts Facts, field string) string {
	if v := k.Ended.Get(field); v != "" {
		return v
	}
	for _, f := range facts {
		if v := f.Get(field); v != "" && k.Part != "" && f.Get("package_id") == k.Part {
			return v
		}
	}
	if v := k.Begun.Get(field); v != "" {
		return v
	}
	for _, f := range facts {
		if v := f.Get(field); v != "" && f.At >= k.Begun.At {
			return v
		}
	}
	return anyValue(facts, field)
}

// Sample is one resolved case of a rule, as far as causes need it.
type Sample struct {
	Missed bool
	Timed  bool // Took counts
	Took   time.Duration
	Traits []Trait
}

// SampleOf returns the sample of a case; ok is false for one that is open or void.
func SampleOf(k Case, facts Facts, zone *time.Location) (s Sample, ok bool) {
	if k.Outcome != Met && k.Outcome != Breached {
		return Sample{}, false
	}
	return Sample{Missed: k.Outcome == Breached, Timed: k.Timed, Took: k.Took, Traits: Traits(k, facts, zone)}, true
}

// Pattern is a value that stands out among the broken cases of a rule. Cases and AllCases are 0 when only the broken cases are
// known: then all that can be said is "9 of 12".
type Pattern struct {
	Dim       Dim // 0 = the rule as a whole
	Value     string
	Misses    int64 // broken cases with the value
	AllMisses int64 // broken cases in all
	Cases     int64 // resolved cases with the value, broken or not
	AllCases  int64 // resolved cases in all
	Timed     int64 // broken cases with the value that have a time, and the sum of their times
	TookMS    int64
}

// Based reports whether the cause rests on the kept cases too, and not on the broken ones alone.
func (c Pattern) Based() bool { return c.AllCases > 0 }

// excess is by how much the misses of the value exceed what the shop's own rate would give it, times AllCases, so that it
// is exact. Without a base it is the number of misses.
func (c Pattern) excess() int64 {
	if !c.Based() {
		return c.Misses
	}
	return c.Misses*c.AllCases - c.Cases*c.AllMisses
}

// What a value must have to be called a cause. The share of half and the level of 1 % are design choices: some 50 values are
// looked at, so at 5 % every shop would be told of two or three that are chance.
const (
	leastCases  = 5
	leastMisses = 3
	level       = 0.01
)

// Stands reports whether the value is a cause rather than frequent or chance: at least 5 cases and 3 misses, and as many
// misses or more would come about in fewer than 1 of 100 shops if its cases were missed at the shop's own rate (binomial
// tail, one-sided). When only broken cases are known it must make up at least half of 5 or more.
func (c Pattern) Stands() bool {
	switch {
	case c.Misses < leastMisses:
		return false
	case !c.Based():
		return c.AllMisses >= leastCases && 2*c.Misses >= c.AllMisses
	}
	return c.Cases >= leastCases && c.excess() > 0 && binomialTail(c.Cases, c.Misses, float64(c.AllMisses)/float64(c.AllCases)) < level
}

// binomialTail is the probability of at least x successes in n trials of probability p, for x above n·p: there each term is
// smaller than the one before.
func binomialTail(n, x int64, p float64) float64 {
	if p <= 0 || p >= 1 {
		return p
	}
	all, _ := math.Lgamma(float64(n + 1))
	in, _ := math.Lgamma(float64(x + 1))
	out, _ := math.Lgamma(float64(n - x + 1))
	term := math.Exp(all - in - out + float64(x)*math.Log(p) + float64(n-x)*math.Log1p(-p))
	sum := 0.0
	for k := x; k <= n && term > sum*1e-12; k++ {
		sum += term
		term *= float64(n-k) / float64(k+1) * p / (1 - p)
	}
	return min(sum, 1)
}

// compare is a total order: the greatest excess first, then the fewest cases, then by dimension and value.
func (c Pattern) compare(d Pattern) int {
	return cmp.Or(cmp.Compare(d.excess(), c.excess()), cmp.Compare(c.Cases, d.Cases), cmp.Compare(c.Dim, d.Dim), cmp.Compare(c.Value, d.Value))
}

// Patterns finds what the broken cases of one rule have in common, the most telling first, up to limit. It takes the value
// that stands out most, sets all cases with it aside and looks again at the others, so that Friday evening is not told a
// second time as Friday and a third time as evening; the counts of each are over all samples. based says that the samples
// are all resolved cases and not the broken ones alone. The order of samples does not matter.
func Patterns(samples []Sample, based bool, limit int) []Pattern {
	whole := countTraits(samples, based)
	var found []Pattern
	for rest := whole; len(found) < limit; rest = countTraits(samples, based) {
		best, ok := strongest(rest)
		if !ok {
			break
		}
		t := Trait{best.Dim, best.Value}
		found = append(found, *whole[t])
		samples = slices.DeleteFunc(slices.Clone(samples), func(s Sample) bool { return slices.Contains(s.Traits, t) })
	}
	return found
}

// strongest returns the first of the causes that stand.
func strongest(all map[Trait]*Pattern) (best Pattern, ok bool) {
	for _, c := range all {
		if (!ok || c.compare(best) < 0) && c.Stands() {
			best, ok = *c, true
		}
	}
	return best, ok
}

// CountTrait returns the cause of one value, whether it stands or not; the zero trait counts all samples.
func CountTrait(samples []Sample, t Trait, based bool) Pattern {
	c := Pattern{Dim: t.Dim, Value: t.Value}
	for _, s := range samples {
		c.add(s, t.Dim == 0 || slices.Contains(s.Traits, t), based)
	}
	return c
}

func countTraits(samples []Sample, based bool) map[Trait]*Pattern {
	var all Pattern
	by := map[Trait]*Pattern{}
	for _, s := range samples {
		all.add(s, false, based)
		for _, t := range s.Traits {
			c := by[t]
			if c == nil {
				c = &Pattern{Dim: t.Dim, Value: t.Value}
				by[t] = c
			}
			c.add(s, true, based)
		}
	}
	for _, c := range by {
		c.AllMisses, c.AllCases = all.AllMisses, all.AllCases
	}
	return by
}

// add counts a sample, and as one with the value when it has it.
func (c *Pattern) add(s Sample, with, based bool) {
	one := func(yes bool) int64 {
		if yes {
			return 1
		}
		return 0
	}
	c.AllCases += one(based)
	c.AllMisses += one(s.Missed)
	c.Cases += one(based && with)
	c.Misses += one(s.Missed && with)
	if s.Missed && with && s.Timed {
		c.Timed++
		c.TookMS += s.Took.Milliseconds()
	}
}
