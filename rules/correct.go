package rules

import "slices"

// corrects reports whether facts of a type are what people say about the count, not what a platform says.
func corrects(t Type) bool { return t == "case.excused" || t == "case.reinstated" }

// Corrected reports whether people said something about how the subject counts, also when they took it back.
func (s Facts) Corrected() bool {
	return slices.ContainsFunc(s, func(f Fact) bool { return corrects(f.Type) })
}

// Uncorrected returns the facts as a platform knows them: without what people said about the count. The receiver is not
// changed.
func (s Facts) Uncorrected() Facts {
	if !s.Corrected() {
		return s
	}
	return slices.DeleteFunc(slices.Clone(s), func(f Fact) bool { return corrects(f.Type) })
}

// uncorrected returns the cases of a subject as they would stand without corrections, nil where there are none.
func (p *Policy) uncorrected(s Subject, facts Facts, now Instant) []Case {
	if !facts.Corrected() {
		return nil
	}
	return p.Judge(s, facts.Uncorrected(), now)
}

// Stretch is a part of time in which the clock of a case stands still; To is 0 while nobody knows its end.
type Stretch struct{ From, To Instant }

// Clockwork says on which clock a case runs.
type Clockwork struct {
	Own      bool      // the shop's own hours stand in the place of the pack's
	Business bool      // the clock runs in business hours only
	Opens    []Block   // the hours in which a case must begin to count; nil = any
	Night    []Block   // what begins in them starts at their end; nil = none
	Pauses   []Stretch // in order, without overlap, none that begins after the deadline
}

// Clockwork returns the clock that a case ran on, from the facts it was judged by; ok is false when its rule is no longer in
// force. It is a pure function.
func (p *Policy) Clockwork(k Case, facts Facts) (w Clockwork, ok bool) {
	e := p.on(DateOf(k.Begun.At, p.zone))
	i := slices.IndexFunc(e.rules, func(c clocked) bool { return c.ID == k.Rule })
	if i < 0 {
		return w, false
	}
	c := &e.rules[i]
	w = Clockwork{Own: p.own != nil && c.calendar == p.own, Opens: c.Window, Night: c.Night, Business: c.Business && !c.calendar.always}
	d := newDesk(p, facts, 0)
	for _, part := range d.parts(c) {
		if part.key == k.Part {
			facts = part.facts
		}
	}
	for _, s := range c.pauses(facts) {
		if k.Due == 0 || s.from < k.Due {
			w.Pauses = append(w.Pauses, Stretch{s.from, s.to})
		}
	}
	return w, true
}
