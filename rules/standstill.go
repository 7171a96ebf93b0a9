package rules

import "time"

// Standstill is how long the clock of a case stood still for its pauses and exceptions, from its start to its stop or, while
// it has none, to now. Closed hours are no pause. facts are those of the case's subject.
func (p *Policy) Standstill(k Case, facts Facts, now Instant) (sum time.Duration) {
	c := p.clockOf(k)
	if c == nil || len(c.Pauses) == 0 && len(c.Excuses) == 0 {
		return 0
	}
	end := now
	if k.Stop != 0 {
		end = k.Stop
	}
	d := newDesk(p, facts, now)
	for _, part := range d.parts(c) {
		if part.key != k.Part {
			continue
		}
		for _, s := range c.pauses(part.facts) {
			to := end
			if s.to != 0 {
				to = min(to, s.to)
			}
			sum += time.Duration(max(0, to-max(s.from, k.Start))) * time.Millisecond
		}
		break
	}
	return sum
}

// clockOf returns the rule a case was judged by, nil when the policy has none.
func (p *Policy) clockOf(k Case) *clocked {
	e := p.on(p.Day(k.Begun.At))
	for i := range e.rules {
		if e.rules[i].ID == k.Rule {
			return &e.rules[i]
		}
	}
	return nil
}
