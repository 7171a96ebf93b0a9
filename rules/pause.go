package rules

import (
	"slices"
	"time"
)

// span is a stretch of time in which a clock stands still; to is 0 while nobody knows its end.
type span struct{ from, to Instant }

// pauses returns when the clock of a rule stands still, in order and without overlap.
func (c *clocked) pauses(facts Facts) []span {
	if len(c.Pauses) == 0 && len(c.Excuses) == 0 {
		return nil
	}
	var list []span
	for i := range c.Pauses {
		list = append(list, c.Pauses[i].spans(facts)...)
	}
	for i := range facts {
		if f := &facts[i]; f.Type == "case.excused" && f.Instant("until") > f.At && c.excused(facts, i) {
			list = append(list, span{f.At, f.Instant("until")})
		}
	}
	return merged(list)
}

func (p *Pause) spans(facts Facts) (list []span) {
	from := Instant(0)
	for i := range facts {
		switch {
		case from == 0 && anyAt(p.From, facts, i):
			from = facts[i].At
		case from != 0 && anyAt(p.To, facts, i):
			list, from = append(list, span{from, facts[i].At}), 0
		}
	}
	if from != 0 {
		list = append(list, span{from, 0})
	}
	return list
}

func merged(list []span) []span {
	slices.SortFunc(list, func(a, b span) int { return int(a.from - b.from) })
	var out []span
	for _, s := range list {
		n := len(out)
		switch {
		case n > 0 && out[n-1].to == 0:
			return out
		case n > 0 && s.from <= out[n-1].to:
			if s.to == 0 || s.to > out[n-1].to {
				out[n-1].to = s.to
			}
		default:
			out = append(out, s)
		}
	}
	return out
}

// excused reports whether the i-th fact is an exception that the rule knows and that was not taken back.
func (c *clocked) excused(facts Facts, i int) bool {
	code := facts[i].Get("code")
	if !contains(c.Excuses, code) {
		return false
	}
	for _, f := range facts[i:] {
		if f.Type == "case.reinstated" && f.Get("code") == code {
			return false
		}
	}
	return true
}

// excuse returns the place of an exception without an end, which takes the obligation away; -1 when there is none.
func (c *clocked) excuse(facts Facts) int {
	if len(c.Excuses) == 0 {
		return -1
	}
	for i := range facts {
		if f := &facts[i]; f.Type == "case.excused" && f.Instant("until") == 0 && c.excused(facts, i) {
			return i
		}
	}
	return -1
}

// delayed moves a deadline by the pauses that lie before it. paused reports that the clock stands still with no end in
// sight: the deadline is then what it would be if the clock went on at once.
func (c *clocked) delayed(due, start Instant, list []span) (later Instant, paused bool) {
	for _, s := range list {
		if s.from >= due {
			break
		}
		if s.to == 0 {
			return due, true
		}
		if from := max(s.from, start); s.to > from {
			if later, ok := c.calendar.Add(due, c.calendar.Elapsed(from, s.to)); ok {
				due = later
			}
		}
	}
	return due, false
}

// elapsed is the open time between two instants without the pauses.
func (c *clocked) elapsed(from, to Instant, list []span) time.Duration {
	took := c.calendar.Elapsed(from, to)
	for _, s := range list {
		end := to
		if s.to != 0 {
			end = min(to, s.to)
		}
		if begin := max(from, s.from); end > begin {
			took -= c.calendar.Elapsed(begin, end)
		}
	}
	return took
}
