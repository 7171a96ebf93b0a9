package rules

import (
	"slices"
	"strings"
	"time"
)

// later returns the limit that holds from the first restart on.
func (d *Deadline) later(facts Facts) time.Duration {
	for _, l := range d.Limits {
		if l.fits(facts) {
			return l.Within
		}
	}
	return d.Within
}

func (l Limit) fits(facts Facts) bool {
	value := anyValue(facts, l.Field)
	if l.Same != "" {
		return value != "" && value == anyValue(facts, l.Same)
	}
	if len(l.In) == 0 {
		return true
	}
	for _, in := range l.In {
		if value != "" && strings.HasPrefix(value, in) {
			return true
		}
	}
	return false
}

// anyValue returns the first value of a field among the facts.
func anyValue(facts Facts, field string) string {
	if field == "" {
		return ""
	}
	for i := range facts {
		if v := facts[i].Get(field); v != "" {
			return v
		}
	}
	return ""
}

// startOf applies the night rule and, on business hours, the opening.
func (c *clocked) startOf(t Instant, zone *time.Location) Instant {
	for range c.Night { // the end of one block may be the begin of the next: 23:00–24:00, 00:00–08:00
		for _, b := range c.Night {
			day := DateOf(t, zone)
			if from, to := day.At(b.From, zone), day.At(b.To, zone); from <= t && t < to {
				t = to
			}
		}
	}
	if open, ok := c.calendar.NextOpen(t); ok {
		return open
	}
	return t
}

// due returns the deadline and where it comes from; ok is false when nothing sets one.
func (c *clocked) due(facts Facts, start Instant, stop int, zone *time.Location) (due Instant, by DueBy, ok bool) {
	d := &c.Deadline
	switch {
	case d.EndOfDay != nil:
		due, by, ok = d.EndOfDay.of(start, zone), ByRule, true
	case d.Within > 0:
		due, ok = c.calendar.Add(start, d.Within)
		by = ByRule
	}
	if d.Field != "" {
		if p := shortest(facts, d); p > 0 {
			due, by, ok = p, ByPromise, true
		}
		if p := latestChange(facts, d, stop); p > 0 {
			due, by, ok = p, ByChange, true
		}
	}
	return due, by, ok
}

func (e *EndOfDay) of(start Instant, zone *time.Location) Instant {
	day := DateOf(start, zone)
	if e.Cutoff > 0 && start >= day.At(e.Cutoff, zone) {
		day++
	}
	return day.Next(e.Days+1).At(0, zone) - 1
}

// limit is the instant at which a duration has run since start; without an opening in sight, as if the clock always ran.
func (c *clocked) limit(start Instant, d time.Duration) Instant {
	if due, ok := c.calendar.Add(start, d); ok {
		return due
	}
	return start + Instant(d.Milliseconds())
}

func shortest(facts Facts, d *Deadline) (best Instant) {
	for i := range facts {
		if facts[i].Type == d.ChangedBy {
			continue
		}
		if p := facts[i].Instant(d.Field); p > 0 && (best == 0 || p < best) {
			best = p
		}
	}
	return best
}

func latestChange(facts Facts, d *Deadline, stop int) (last Instant) {
	var when Instant
	for i := range facts {
		f := &facts[i]
		if f.Type != d.ChangedBy || stop >= 0 && f.At > facts[stop].At {
			continue
		}
		if p := f.Instant(d.Field); p > 0 && (f.At > when || f.At == when && p > last) {
			when, last = f.At, p
		}
	}
	return last
}

// stages sets the instants of the warnings, in order, and how many have passed while the case is open.
func (c *clocked) stages(k *Case, facts Facts, d *desk) {
	if k.Due == 0 || k.DueBy == ByFail || len(c.WarnAt) == 0 {
		return
	}
	if d.stages == nil {
		d.stages = make([]Instant, 0, 8) // for all cases of the subject; their parts of it do not overlap
	}
	from := len(d.stages)
	for _, s := range c.WarnAt {
		// A clock too short for a stage has none: six hours before a deadline is no warning where there were only two.
		if at := c.stage(k, s, facts); at > k.Start && at < k.Due || s.Share > 0 {
			d.stages = append(d.stages, max(at, k.Start))
		}
	}
	k.Stages = d.stages[from:len(d.stages):len(d.stages)]
	slices.Sort(k.Stages)
	if k.Outcome != Open || k.Reason == Paused {
		return
	}
	for _, at := range k.Stages {
		if d.now >= at {
			k.Passed++
		}
	}
}

func (c *clocked) stage(k *Case, s Stage, facts Facts) Instant {
	switch {
	case s.Before > 0:
		return k.Due - Instant(s.Before.Milliseconds())
	case s.After > 0:
		at, _ := c.delayed(c.limit(k.Start, s.After), k.Start, c.pauses(facts))
		return at
	case k.DueBy == ByRule && c.Deadline.plain():
		at, _ := c.delayed(c.limit(k.Start, time.Duration(s.Share*float64(c.Deadline.Within))), k.Start, c.pauses(facts))
		return at
	}
	return k.Start + Instant(s.Share*float64(k.Due-k.Start))
}

// plain reports whether the limit is a duration from the start and nothing else.
func (d *Deadline) plain() bool {
	return d.Within > 0 && d.EndOfDay == nil && d.Before == 0 && d.After == 0 && len(d.Limits) == 0
}

// bounded reports whether anything but a fact can end the wait.
func (d *Deadline) bounded() bool { return d.Within > 0 || d.EndOfDay != nil || d.Field != "" }

func within(blocks []Block, t Instant, zone *time.Location) bool {
	day := DateOf(t, zone)
	for _, b := range blocks {
		if day.At(b.From, zone) <= t && t < day.At(b.To, zone) {
			return true
		}
	}
	return false
}
