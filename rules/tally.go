package rules

import (
	"slices"
	"time"
)

// Tally counts the cases of one rule on one local day.
type Tally struct {
	Open, Met, Breached, Void int64
	Timed                     int64 // cases with a time from start to stop: met or stopped late
	TookMS                    int64 // their sum in milliseconds
	Excused                   int64 // cases that are not among Breached only because people corrected the count
}

// Resolved is what a rate divides by.
func (t Tally) Resolved() int64 { return t.Met + t.Breached }

// MetRate is the share of resolved cases that were in time; ok is false for 0 of 0.
func (t Tally) MetRate() (rate float64, ok bool) {
	if t.Resolved() == 0 {
		return 0, false
	}
	return float64(t.Met) / float64(t.Resolved()), true
}

// Mean is the mean time from start to stop; ok is false when nothing was timed.
func (t Tally) Mean() (mean time.Duration, ok bool) {
	if t.Timed == 0 {
		return 0, false
	}
	return time.Duration(t.TookMS/t.Timed) * time.Millisecond, true
}

// Plus returns the sum of two tallies.
func (t Tally) Plus(u Tally) Tally {
	t.add(&u)
	return t
}

// add is Plus in place.
func (t *Tally) add(u *Tally) {
	t.Open += u.Open
	t.Met += u.Met
	t.Breached += u.Breached
	t.Void += u.Void
	t.Timed += u.Timed
	t.TookMS += u.TookMS
	t.Excused += u.Excused
}

// Apply returns the tally with one delta booked.
func (t Tally) Apply(d Delta) Tally {
	n := int64(d.Sign)
	switch d.Entry.Outcome {
	case Open:
		t.Open += n
	case Met:
		t.Met += n
	case Breached:
		t.Breached += n
	case Void:
		t.Void += n
	}
	if d.Entry.Timed {
		t.Timed += n
		t.TookMS += n * d.Entry.Took
	}
	if d.Entry.Excused {
		t.Excused += n
	}
	return t
}

// Durations is a sorted multiset of times in milliseconds. It is exact, and what is added can be taken out again.
type Durations []int64

// Apply returns the multiset with one delta booked. The receiver may be overwritten.
func (d Durations) Apply(x Delta) Durations {
	if !x.Entry.Timed {
		return d
	}
	i, found := slices.BinarySearch(d, x.Entry.Took)
	if x.Sign > 0 {
		return slices.Insert(d, i, x.Entry.Took)
	}
	if found {
		return slices.Delete(d, i, i+1)
	}
	return d
}

// Quantile returns the value at share q of the sorted times: the middle one for 0.5, the mean of the two middle ones for
// an even count, the nearest rank above otherwise. ok is false when there are none.
func (d Durations) Quantile(q float64) (v time.Duration, ok bool) {
	n := len(d)
	if n == 0 {
		return 0, false
	}
	if q == 0.5 && n%2 == 0 {
		return time.Duration(d[n/2-1]+d[n/2]) * time.Millisecond / 2, true
	}
	rank := int(q * float64(n))
	if float64(rank) < q*float64(n) || q == 0.5 {
		rank++
	}
	return time.Duration(d[min(max(rank, 1), n)-1]) * time.Millisecond, true
}

// DayTallies are the tallies of one shop on one local day, by rule id. A rule without cases has none.
type DayTallies map[string]Tally

// Idle reports whether there was no case on the day that was done, missed or is open still: nothing was to be done.
func (d DayTallies) Idle() bool {
	for _, t := range d {
		if t.Resolved() > 0 || t.Open > 0 {
			return false
		}
	}
	return true
}
