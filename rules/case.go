package rules

import (
	"strconv"
	"time"
)

// Outcome is where a case stands.
type Outcome int

// Open: the clock runs. Met: stopped by the deadline. Breached: stopped after it, or not at all when it passed. Void: the
// obligation fell away before it was fulfilled.
const (
	Open Outcome = iota + 1
	Met
	Breached
	Void
)

var outcomeNames = [...]string{Open: "open", Met: "met", Breached: "breached", Void: "void"}

// String returns "open", "met", "breached" or "void".
func (o Outcome) String() string {
	if o < Open || o > Void {
		return "outcome(" + strconv.Itoa(int(o)) + ")"
	}
	return outcomeNames[o]
}

// Reason says why a case stands where it stands.
type Reason int

// The reasons, one or more per outcome: Open – Running; Met – StoppedInTime; Breached – StoppedLate, NeverStopped;
// Void – CalledOff.
const (
	Running Reason = iota + 1
	StoppedInTime
	StoppedLate
	NeverStopped
	CalledOff
)

var reasonNames = [...]string{Running: "running", StoppedInTime: "stopped_in_time", StoppedLate: "stopped_late",
	NeverStopped: "never_stopped", CalledOff: "called_off"}

// String returns the reason in snake case, as catalogues name it.
func (r Reason) String() string {
	if r < Running || r > CalledOff {
		return "reason(" + strconv.Itoa(int(r)) + ")"
	}
	return reasonNames[r]
}

// DueBy says where a deadline comes from.
type DueBy int

// ByRule: the limit of the rule. ByPromise: an instant promised in an event. ByChange: an agreed or ordered change.
const (
	ByRule DueBy = iota + 1
	ByPromise
	ByChange
)

// String returns "rule", "promise" or "change".
func (d DueBy) String() string {
	return [...]string{"", "rule", "promise", "change"}[d]
}

// Case is one obligation as it stands at one instant. It is a pure function of the facts, the policy and that instant.
type Case struct {
	Rule    string
	Subject Subject
	Start   Instant // when the clock started, after window and night rules
	Begun   Fact    // the fact that started it
	Due     Instant
	DueBy   DueBy
	Stop    Instant // 0 = not stopped
	Ended   Fact    // the fact that stopped or voided it, when there is one
	Outcome Outcome
	Reason  Reason
	Took    time.Duration // open time from start to stop, 0 when stopped before it started
	Day     Date          // the local day it counts on
	Stages  []Instant     // when each warning stage begins
	Passed  int           // how many stages had begun when it was judged and still open, 0 otherwise
}

// judge returns the case that the facts make under one rule, ok false when they make none. parent is the case a dependent
// rule depends on, nil for all others.
func (c *clocked) judge(facts Facts, now Instant, zone *time.Location, parent *Case) (k Case, ok bool) {
	begun, ok := c.start(facts)
	if !ok || c.Window != nil && !within(c.Window, begun.At, zone) {
		return Case{}, false
	}
	k = Case{Rule: c.ID, Begun: begun, Start: c.startOf(begun.At, zone)}
	stop, stopped := c.stop(facts, begun.At)
	if parent != nil {
		k.Due, k.DueBy = parent.Due, parent.DueBy
	} else if k.Due, k.DueBy, ok = c.due(facts, k.Start, stop, stopped); !ok {
		return Case{}, false
	}
	k.Due -= Instant(c.Deadline.Before.Milliseconds())
	c.settle(&k, facts, stop, stopped, now)
	k.Day = DateOf(k.Due, zone)
	if c.Day == ByStart {
		k.Day = DateOf(k.Begun.At, zone)
	}
	c.stages(&k, now)
	return k, true
}

// settle compares stop, cancel and deadline.
func (c *clocked) settle(k *Case, facts Facts, stop Fact, stopped bool, now Instant) {
	void, voided := first(facts, c.Void, 0)
	switch {
	case voided && (!stopped || void.At < stop.At):
		k.Outcome, k.Reason, k.Ended = Void, CalledOff, void
	case stopped:
		k.Stop, k.Ended = stop.At, stop
		k.Took = c.calendar.Elapsed(k.Start, stop.At)
		k.Outcome, k.Reason = Met, StoppedInTime
		if stop.At > k.Due {
			k.Outcome, k.Reason = Breached, StoppedLate
		}
	case now > k.Due:
		k.Outcome, k.Reason = Breached, NeverStopped
	default:
		k.Outcome, k.Reason = Open, Running
	}
}

// start returns the earliest fact that starts the clock. With Handover, a conversation in which a bot has spoken starts
// when the buyer first wants a human; if the buyer never did and no person spoke, there is no human conversation at all.
func (c *clocked) start(facts Facts) (Fact, bool) {
	if c.Handover && said(facts, "from", "bot") {
		if f, ok := first(facts, messages("wants_human", "true"), 0); ok {
			return f, true
		}
		if !said(facts, "from", "agent") {
			return Fact{}, false
		}
	}
	return first(facts, c.Start, 0)
}

func said(facts Facts, field, value string) bool {
	_, ok := first(facts, messages(field, value), 0)
	return ok
}

func messages(field, value string) []Match {
	return []Match{{"chat.message", []Condition{{field, "=", value}}}}
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

// stop returns the earliest fact that stops the clock: not before the fact that began the case, unless the rule takes early
// stops. An answer given before the shop opened counts, and took no time.
func (c *clocked) stop(facts Facts, begun Instant) (Fact, bool) {
	from := begun
	if c.EarlyStop {
		from = 0
	}
	if f, ok := first(facts, c.Stop, from); ok {
		return f, true
	}
	return first(facts, c.StopFallback, from)
}

// due returns the deadline and where it comes from; ok is false when nothing sets one.
func (c *clocked) due(facts Facts, start Instant, stop Fact, stopped bool) (due Instant, by DueBy, ok bool) {
	d := c.Deadline
	if d.Within > 0 {
		due, ok = c.calendar.Add(start, d.Within)
		by = ByRule
	}
	if d.Field != "" {
		if p := shortest(facts, d); p > 0 {
			due, by, ok = p, ByPromise, true
		}
		if p := latestChange(facts, d, stop, stopped); p > 0 {
			due, by, ok = p, ByChange, true
		}
	}
	return due, by, ok
}

func shortest(facts Facts, d Deadline) (best Instant) {
	for _, f := range facts {
		if f.Type == d.ChangedBy {
			continue
		}
		if p := f.Instant(d.Field); p > 0 && (best == 0 || p < best) {
			best = p
		}
	}
	return best
}

func latestChange(facts Facts, d Deadline, stop Fact, stopped bool) (last Instant) {
	var when Instant
	for _, f := range facts {
		if f.Type != d.ChangedBy || stopped && f.At > stop.At {
			continue
		}
		if p := f.Instant(d.Field); p > 0 && (f.At > when || f.At == when && p > last) {
			when, last = f.At, p
		}
	}
	return last
}

// stages sets the instants at which each share of the clock is used up and how many have passed while the case is open.
func (c *clocked) stages(k *Case, now Instant) {
	for _, share := range c.WarnAt {
		at := k.Start + Instant(share*float64(k.Due-k.Start))
		if k.DueBy == ByRule && c.Deadline.Before == 0 {
			if t, ok := c.calendar.Add(k.Start, time.Duration(share*float64(c.Deadline.Within))); ok {
				at = t
			}
		}
		k.Stages = append(k.Stages, max(at, k.Start))
		if k.Outcome == Open && now >= at {
			k.Passed++
		}
	}
}

// first returns the earliest fact at or after from that fulfils any of the matches.
func first(facts Facts, matches []Match, from Instant) (Fact, bool) {
	for _, f := range facts {
		if f.At < from {
			continue
		}
		for _, m := range matches {
			if m.Has(f) {
				return f, true
			}
		}
	}
	return Fact{}, false
}

func within(blocks []Block, t Instant, zone *time.Location) bool {
	day := DateOf(t, zone)
	for _, b := range blocks {
		if day.At(b.From, zone) <= t && t < day.At(b.To, zone) {
			return true
		}
	}
	return false
}
