package rules

import (
	"fmt"
	"sort"
	"strconv"
	"strings"
	"time"
)

// Block is a half-open part of a local day, in minutes from midnight: 0 ≤ From < To ≤ 1440.
type Block struct{ From, To int }

// ParseBlocks reads "09:00-12:00,13:30-18:00". A block may cross midnight ("22:00-02:00"): the part behind midnight
// then belongs to every day as well. "00:00-24:00" is the whole day.
func ParseBlocks(text string) ([]Block, error) {
	var blocks []Block
	for _, part := range strings.Split(text, ",") {
		from, to, ok := strings.Cut(strings.TrimSpace(part), "-")
		a, errA := ParseClock(from)
		b, errB := ParseClock(to)
		switch {
		case !ok || errA != nil || errB != nil || a == b || a == 1440:
			return nil, fmt.Errorf("%q is no block of hours such as 09:00-21:00", part)
		case a < b:
			blocks = append(blocks, Block{a, b})
		default:
			blocks = append(blocks, Block{a, 1440})
			if b > 0 {
				blocks = append(blocks, Block{0, b})
			}
		}
	}
	return tidy(blocks), nil
}

// ParseClock reads "09:30" as minutes from midnight; "24:00" is 1440.
func ParseClock(text string) (int, error) {
	h, m, ok := strings.Cut(strings.TrimSpace(text), ":")
	hour, errH := strconv.Atoi(h)
	minute, errM := strconv.Atoi(m)
	total := hour*60 + minute
	if !ok || errH != nil || errM != nil || len(m) != 2 || hour < 0 || minute < 0 || minute > 59 || total > 1440 {
		return 0, fmt.Errorf("%q is no time of day such as 09:30", text)
	}
	return total, nil
}

// tidy sorts blocks and merges those that touch or overlap.
func tidy(blocks []Block) []Block {
	sort.Slice(blocks, func(i, j int) bool { return blocks[i].From < blocks[j].From })
	var out []Block
	for _, b := range blocks {
		if n := len(out); n > 0 && b.From <= out[n-1].To {
			out[n-1].To = max(out[n-1].To, b.To)
			continue
		}
		out = append(out, b)
	}
	return out
}

// Exception replaces the hours of the days From to To (both included). A holiday has no blocks, a make-up workday brings
// those of a working day. Region "" is everywhere. Of several that match, the last in the list holds.
type Exception struct {
	From, To Date
	Region   string
	Blocks   []Block
}

// Calendar says when a clock runs: blocks per weekday in a time zone, with dated exceptions. It is read-only after
// construction and safe for concurrent use. The zero value never opens.
type Calendar struct {
	loc        *time.Location
	week       [7][]Block
	exceptions []Exception
	always     bool
}

// Always returns the round-the-clock calendar of a zone.
func Always(loc *time.Location) *Calendar { return &Calendar{loc: loc, always: true} }

// Daily returns a calendar with the same blocks every day.
func Daily(loc *time.Location, blocks []Block) *Calendar {
	c := &Calendar{loc: loc}
	for d := range c.week {
		c.week[d] = tidy(append([]Block(nil), blocks...))
	}
	return c
}

// Weekly returns a calendar with blocks per weekday (index time.Sunday … time.Saturday) and dated exceptions.
func Weekly(loc *time.Location, week [7][]Block, exceptions []Exception) *Calendar {
	c := &Calendar{loc: loc, exceptions: exceptions}
	for d := range week {
		c.week[d] = tidy(append([]Block(nil), week[d]...))
	}
	return c
}

// In returns the calendar as it holds in one region: exceptions of other regions are left out.
func (c *Calendar) In(region string) *Calendar {
	out := *c
	out.exceptions = nil
	for _, e := range c.exceptions {
		if e.Region == "" || e.Region == region {
			out.exceptions = append(out.exceptions, e)
		}
	}
	return &out
}

// Location returns the zone of the calendar.
func (c *Calendar) Location() *time.Location { return c.loc }

func (c *Calendar) blocks(d Date) []Block {
	for i := len(c.exceptions) - 1; i >= 0; i-- {
		if e := c.exceptions[i]; e.From <= d && d <= e.To {
			return e.Blocks
		}
	}
	return c.week[d.Weekday()]
}

// horizon is how many days a clock may look ahead for an opening before the calendar counts as closed for good.
const horizon = 800

// spans calls f with each open span from the local day of t on, until f returns false or the horizon is reached.
func (c *Calendar) spans(t Instant, f func(open, shut Instant) bool) {
	day := DateOf(t, c.loc)
	for range horizon {
		for _, b := range c.blocks(day) {
			open, shut := day.At(b.From, c.loc), day.At(b.To, c.loc)
			if open < shut && !f(open, shut) {
				return
			}
		}
		day = day.Next(1)
	}
}

// Open reports whether the clock runs at t.
func (c *Calendar) Open(t Instant) bool { next, ok := c.NextOpen(t); return ok && next == t }

// NextOpen returns the first instant at or after t at which the clock runs; ok is false when there is none within the
// horizon of 800 days.
func (c *Calendar) NextOpen(t Instant) (next Instant, ok bool) {
	if c.always {
		return t, true
	}
	c.spans(t, func(open, shut Instant) bool {
		if t < shut {
			next, ok = max(t, open), true
		}
		return !ok
	})
	return next, ok
}

// Add returns the first instant by which d of open time has run since t, so a clock that runs out exactly at closing time
// is due at closing time. ok is false when that is beyond the horizon. d must not be negative; 0 gives t itself.
func (c *Calendar) Add(t Instant, d time.Duration) (due Instant, ok bool) {
	left := Instant(d.Milliseconds())
	if c.always || left == 0 {
		return t + left, true
	}
	c.spans(t, func(open, shut Instant) bool {
		open = max(open, t)
		if run := shut - open; run > 0 && run < left {
			left -= run
		} else if run > 0 {
			due, ok = open+left, true
		}
		return !ok
	})
	return due, ok
}

// Elapsed returns how much open time lies between two instants; 0 when to is not after from.
func (c *Calendar) Elapsed(from, to Instant) time.Duration {
	if to <= from {
		return 0
	}
	if c.always {
		return time.Duration(to-from) * time.Millisecond
	}
	var sum Instant
	c.spans(from, func(open, shut Instant) bool {
		if open >= to {
			return false
		}
		if run := min(shut, to) - max(open, from); run > 0 {
			sum += run
		}
		return true
	})
	return time.Duration(sum) * time.Millisecond
}
