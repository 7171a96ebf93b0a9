package rules

import (
	"cmp"
	"slices"
	"strings"
)

// Dossier is what is known about one subject: its facts, and what it has contributed to the tallies so far.
type Dossier struct {
	Facts  Facts
	Booked []Entry // by rule id and part, at most one of each
}

// Entry is the contribution of one case as it stands in the tallies.
type Entry struct {
	Rule    string
	Part    string // see Case
	Day     Date
	Outcome Outcome
	Timed   bool    // whether Took counts
	Took    int64   // milliseconds
	Due     Instant // places an open or breached case in the lists of what is due and what went wrong
	Passed  int     // warning stages already reported
	Excused bool    // broken but for what people said: see excusedEntry
}

// uncorrectedPart sets the entry of a case as the platform counts it apart from the shop's own.
const uncorrectedPart = "\x00"

// excusedEntry books that only corrections keep a case from being broken: by itself, because the platform may count it on
// another day, and knows cases that the corrections leave none of. It has no outcome, so that it is in no other count.
func excusedEntry(plain Case) Entry {
	return Entry{Rule: plain.Rule, Part: plain.Part + uncorrectedPart, Day: plain.Day, Excused: true}
}

// Ref names the case of the entry, as [Case.Ref] does.
func (e Entry) Ref() string { return ref(e.Rule, e.Part) }

// counts reports whether two entries contribute the same.
func (e Entry) counts(f Entry) bool { e.Passed, f.Passed, e.Due, f.Due = 0, 0, 0, 0; return e == f }

// Delta is one change of a tally: the case leaves (Sign −1) or enters (Sign +1) the tally of a rule on a day.
type Delta struct {
	Sign  int
	Entry Entry
}

// Change is what a step or a tick did to a dossier. The zero value means that nothing changed.
type Change struct {
	Changed  bool    // the dossier differs and must be kept
	Deltas   []Delta // to apply to the tallies, old entries out before new ones in
	Opened   []Case  // cases that are open now: list by due instant
	Closed   []Case  // cases that are no longer open
	Breached []Case  // newly broken, or broken with another day or deadline
	Finished []Case  // broken before and now, and done by one of the new facts
	Cleared  []Entry // no longer broken: a late fact took the verdict back
	Outdated []Entry // old entries of which a warning or an alert may still wait to be sent, and is not true any more
	Warned   []Case  // newly past a warning stage and still open; only the latest stage counts
	Subject  Subject
	Cases    []Case  // all cases of the subject as they stand now
	Wake     Instant // when time alone will next change a case; 0 = never
}

// Step adds facts to a dossier and judges its cases. It returns a new dossier and which facts were new; repeating a step
// changes nothing.
func (p *Policy) Step(s Subject, d Dossier, facts []Fact, now Instant) (Dossier, Change, []bool) {
	known := len(d.Facts)
	all, fresh := d.Facts.AddAll(facts)
	d.Facts = all
	booked := d
	d, change := p.Tick(s, d, now)
	change.Changed = change.Changed || len(all) > known
	change.finish(booked, facts, fresh)
	return d, change, fresh
}

// finish lists the cases that were known to be broken and that one of the new facts stopped. The entry of a case does not
// tell: with a cap on its time it is the same before and after.
func (c *Change) finish(before Dossier, facts []Fact, fresh []bool) {
	for _, k := range c.Cases {
		if k.Outcome != Breached || k.Reason != StoppedLate {
			continue
		}
		old, had := before.entry(k.Rule, k.Part)
		if !had || old.Outcome != Breached || old.Due != k.Due || old.Day != k.Day {
			continue // what is newly broken is told as it stands
		}
		for i := range facts {
			if fresh[i] && facts[i].Equal(k.Ended) {
				c.Finished = append(c.Finished, k)
				break
			}
		}
	}
}

// Tick judges the cases of a dossier at an instant. It returns a new dossier; a tick at the same instant changes nothing.
func (p *Policy) Tick(s Subject, d Dossier, now Instant) (Dossier, Change) {
	cases, plain := p.Judge(s, d.Facts, now), p.uncorrected(s, d.Facts, now)
	change := Change{Deltas: make([]Delta, 0, len(cases)+len(d.Booked))}
	next := make([]Entry, 0, len(cases))
	for _, k := range cases {
		old, had := d.entry(k.Rule, k.Part)
		e := entryOf(k)
		next = append(next, e)
		change.move(k, old, had, e, len(cases))
		change.wake(k, now)
	}
	for _, x := range plain {
		change.wake(x, now) // it may break yet
		if own := find(cases, x.Rule, x.Part); x.Outcome != Breached || own != nil && own.Outcome == Breached {
			continue
		}
		e := excusedEntry(x)
		next = append(next, e)
		if old, had := d.entry(e.Rule, e.Part); !had || !old.counts(e) {
			change.book(old, had, e)
		}
	}
	for _, old := range d.Booked {
		if !slices.ContainsFunc(next, old.same) {
			change.leave(s, old)
		}
	}
	slices.SortFunc(next, func(a, b Entry) int { return cmp.Or(strings.Compare(a.Rule, b.Rule), strings.Compare(a.Part, b.Part)) })
	change.Changed = !slices.Equal(next, d.Booked)
	if len(change.Deltas) == 0 {
		change.Deltas = nil
	}
	change.Subject, change.Cases = s, cases
	d.Booked = next
	return d, change
}

// same reports whether two entries are of the same case.
func (e Entry) same(f Entry) bool { return e.Rule == f.Rule && e.Part == f.Part }

func (d Dossier) entry(rule, part string) (Entry, bool) {
	for _, e := range d.Booked {
		if e.Rule == rule && e.Part == part {
			return e, true
		}
	}
	return Entry{}, false
}

func entryOf(k Case) Entry {
	e := Entry{Rule: k.Rule, Part: k.Part, Day: k.Day, Outcome: k.Outcome, Timed: k.Timed, Took: k.Took.Milliseconds(), Due: k.Due}
	if k.Outcome == Open {
		e.Passed = k.Passed
	}
	return e
}

// listed appends to a list of at most n cases, all of its room taken at once.
func listed(list []Case, k Case, n int) []Case {
	if list == nil {
		list = make([]Case, 0, n)
	}
	return append(list, k)
}

// move books one case of n: its old entry out, its new one in, and what people should hear of it.
func (c *Change) move(k Case, old Entry, had bool, e Entry, n int) {
	if !had || !old.counts(e) {
		c.book(old, had, e)
	}
	moved := !had || old.Outcome != e.Outcome || old.Due != e.Due || old.Day != e.Day
	switch {
	case e.Outcome == Open && moved:
		c.Opened = listed(c.Opened, k, n)
	case had && old.Outcome == Open && e.Outcome != Open:
		c.Closed = listed(c.Closed, k, n)
	}
	if e.Outcome == Breached && moved {
		c.Breached = listed(c.Breached, k, n)
	}
	if had && old.Outcome == Breached && e.Outcome != Breached {
		c.Cleared = append(c.Cleared, old)
	}
	if had && (old.Outcome != e.Outcome || old.Due != e.Due) && old.notable() {
		c.Outdated = append(c.Outdated, old)
	}
	if e.Passed > old.Passed {
		c.Warned = listed(c.Warned, k, n)
	}
}

// book takes an old entry out and puts a new one in.
func (c *Change) book(old Entry, had bool, e Entry) {
	if had {
		c.Deltas = append(c.Deltas, Delta{-1, old})
	}
	c.Deltas = append(c.Deltas, Delta{+1, e})
}

// notable reports whether people were told of an entry: it is broken, or open past a warning stage.
func (e Entry) notable() bool { return e.Outcome == Breached || e.Outcome == Open && e.Passed > 0 }

// leave takes out the entry of a case that no longer exists.
func (c *Change) leave(s Subject, old Entry) {
	c.Deltas = append(c.Deltas, Delta{-1, old})
	if old.notable() {
		c.Outdated = append(c.Outdated, old)
	}
	switch old.Outcome {
	case Breached:
		c.Cleared = append(c.Cleared, old)
	case Open:
		c.Closed = append(c.Closed, Case{Rule: old.Rule, Part: old.Part, Subject: s, Due: old.Due})
	}
}

func (c *Change) wake(k Case, now Instant) {
	if k.Outcome != Open || k.Reason == Paused || k.Due == 0 {
		return
	}
	next := k.Due + 1
	for _, at := range k.Stages {
		if at > now {
			next = min(next, at)
		}
	}
	if c.Wake == 0 || next < c.Wake {
		c.Wake = next
	}
}

// Judge returns the cases that the facts of one subject make, as they stand at an instant, in the order of the pack and
// then of their start. It is a pure function: the same set of facts gives the same cases whatever the order in which they
// came.
func (p *Policy) Judge(s Subject, facts Facts, now Instant) []Case {
	d := newDesk(p, facts, now)
	cases := make([]Case, 0, len(p.editions[len(p.editions)-1].about[s.Kind]))
	for i := range p.editions {
		for _, j := range p.editions[i].about[s.Kind] {
			c := &p.editions[i].rules[j]
			for _, part := range d.parts(c) {
				if k, ok := p.judge(i, c, d, part, cases); ok {
					k.Subject = s
					cases = append(cases, k)
				}
			}
		}
	}
	if len(cases) == 0 {
		return nil
	}
	return cases
}

// judge makes the case of one part under one rule of edition i, when it makes one there.
func (p *Policy) judge(i int, c *clocked, d *desk, part part, cases []Case) (k Case, ok bool) {
	if i > 0 && find(cases, c.ID, part.key) != nil {
		return Case{}, false
	}
	var parent *Case
	if on := c.dependsOn(); on != "" {
		parent = parentOf(cases, on, part.key)
	}
	if c.OnlyIfLate != "" && (parent == nil || parent.Outcome != Breached) {
		return Case{}, false
	}
	k, ok = c.judge(d, part, parent)
	return k, ok && (len(p.editions) == 1 || p.inForce(i, DateOf(k.Begun.At, p.zone)))
}

// dependsOn names the rule whose case has to be judged first.
func (r *Rule) dependsOn() string {
	if r.OnlyIfLate != "" {
		return r.OnlyIfLate
	}
	return r.FailsWith
}

// parentOf returns the case of a rule that a part depends on, nil when there is none: its own or that of the whole subject.
// Of several, as when a case about the whole depends on those of its parcels, it is the one that was broken first.
func parentOf(cases []Case, rule, part string) (first *Case) {
	for i := range cases {
		k := &cases[i]
		if k.Rule != rule || part != "" && k.Part != "" && k.Part != part {
			continue
		}
		if first == nil || k.Outcome == Breached && (first.Outcome != Breached || k.Due < first.Due) {
			first = k
		}
	}
	return first
}

// find returns the case of a rule and part, nil when there is none.
func find(cases []Case, rule, part string) *Case {
	for i := range cases {
		if cases[i].Rule == rule && cases[i].Part == part {
			return &cases[i]
		}
	}
	return nil
}
