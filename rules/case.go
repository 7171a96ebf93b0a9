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

// The reasons, one or more per outcome: Open – Running, Paused; Met – StoppedInTime, Presumed (nothing bad was heard);
// Breached – StoppedLate, NeverStopped, Failed (a fact broke the promise at once); Void – CalledOff, Excused.
const (
	Running Reason = iota + 1
	StoppedInTime
	StoppedLate
	NeverStopped
	CalledOff
	Paused
	Presumed
	Failed
	Excused
)

var reasonNames = [...]string{Running: "running", StoppedInTime: "stopped_in_time", StoppedLate: "stopped_late",
	NeverStopped: "never_stopped", CalledOff: "called_off", Paused: "paused", Presumed: "presumed", Failed: "failed", Excused: "excused"}

// String returns the reason in snake case, as catalogues name it.
func (r Reason) String() string {
	if r < Running || r > Excused {
		return "reason(" + strconv.Itoa(int(r)) + ")"
	}
	return reasonNames[r]
}

// DueBy says where a deadline comes from.
type DueBy int

// ByRule: the limit of the rule. ByPromise: an instant promised in an event. ByChange: an agreed or ordered change. ByFail:
// there is none, or it does not matter any more; the instant is that of the fact that broke the promise. ByCalendar: a dated
// calendar that the shop joined gives more time.
const (
	ByRule DueBy = iota + 1
	ByPromise
	ByChange
	ByFail
	ByCalendar
)

// String returns "rule", "promise", "change", "fail" or "calendar".
func (d DueBy) String() string {
	return [...]string{"", "rule", "promise", "change", "fail", "calendar"}[d]
}

// Case is one obligation as it stands at one instant. It is a pure function of the facts, the policy and that instant.
type Case struct {
	Rule    string
	Subject Subject
	Part    string  // which of the subject's cases under the rule: parcel id, or instant (ms) at which it began; "" = the only one
	Start   Instant // when the clock started, after window and night rules
	Begun   Fact    // the fact that started it
	Due     Instant // when it is or was due, or when a fact broke it before; 0 = no deadline
	DueBy   DueBy
	Shift   string  // the dated calendar that moved the deadline or left the case out; "" = none
	Stop    Instant // 0 = not stopped
	Ended   Fact    // the fact that stopped, broke or voided it, when there is one
	Outcome Outcome
	Reason  Reason
	Timed   bool          // Took counts
	Took    time.Duration // open time from start to stop, 0 when stopped before it started
	Day     Date          // the local day it counts on
	Stages  []Instant     // when each warning stage begins
	Passed  int           // how many stages had begun when it was judged and still open, 0 otherwise
}

// Ref names the case among those of its subject: the rule, with "@" and the part where the subject has several.
func (k Case) Ref() string { return ref(k.Rule, k.Part) }

func ref(rule, part string) string {
	if part == "" {
		return rule
	}
	return rule + "@" + part
}

// judge returns the case that one part of the facts makes under one rule, ok false when it makes none. parent is the case a
// dependent rule depends on, nil for all others.
func (c *clocked) judge(d *desk, p part, parent *Case) (k Case, ok bool) {
	facts, zone, i := p.facts, d.zone, p.begun
	if i < 0 {
		i = c.start(facts)
	}
	if i < 0 || !c.applies(facts, i, zone) {
		return Case{}, false
	}
	k = Case{Rule: c.ID, Part: p.key, Begun: facts[i], Start: c.startOf(facts[i].At, zone)}
	if len(c.After) > 0 {
		j := firstOf(facts, c.After, 0)
		if j < 0 {
			return Case{}, false
		}
		k.Start = max(k.Start, c.startOf(facts[j].At, zone))
	}
	if ok = c.settle(&k, facts, d, parent); !ok {
		return Case{}, false
	}
	c.void(&k, facts)
	d.exclude(&k, facts)
	c.book(&k, zone)
	c.stages(&k, facts, d)
	return k, true
}

// applies reports whether a start makes a case: inside the window, and with the other facts it needs.
func (c *clocked) applies(facts Facts, i int, zone *time.Location) bool {
	if len(c.Only) > 0 && firstOf(facts, c.Only, 0) < 0 {
		return false
	}
	if c.Window == nil {
		return true
	}
	if j := firstOf(facts, c.Opens, 0); j >= 0 {
		i = j
	}
	return within(c.Window, facts[i].At, zone)
}

// settle sets deadline and outcome; ok is false when nothing sets a deadline and the rule needs one.
func (c *clocked) settle(k *Case, facts Facts, d *desk, parent *Case) (ok bool) {
	begun := k.Begun.At // a trigger puts itself in its place
	switch {
	case c.Presumed:
		c.presume(k, facts, d.now)
	case len(c.Restart) > 0:
		c.chain(k, facts, d.now)
	default:
		if ok = c.clock(k, facts, d, parent); !ok {
			return false
		}
	}
	c.fail(k, facts, begun)
	if c.FailsWith != "" && parent != nil && parent.Outcome == Breached && (k.Outcome != Breached || parent.Due < k.Due) {
		k.breakAt(parent.Due, parent.Ended)
	}
	return true
}

// start returns the place of the earliest fact that starts the clock, -1 when there is none. With Handover, a conversation
// in which a bot has spoken starts when the buyer first wants a human; if the buyer never did and no person spoke, there is
// no human conversation at all.
func (c *clocked) start(facts Facts) int {
	if c.Handover && said(facts, "from", "bot") {
		if i := firstOf(facts, wantsHuman, 0); i >= 0 {
			return i
		}
		if !said(facts, "from", "agent") {
			return -1
		}
	}
	return firstOf(facts, c.Start, 0)
}

// wantsHuman is a message that asks for a person. It is read-only.
var wantsHuman = []Match{{Type: "chat.message", Where: []Condition{{"wants_human", "=", "true"}}}}

func said(facts Facts, field, value string) bool {
	for i := range facts {
		if facts[i].Type == "chat.message" && facts[i].Get(field) == value {
			return true
		}
	}
	return false
}

// firstOf returns the place of the earliest fact at or after from that fulfils any of the matches, -1 when none does.
func firstOf(facts Facts, matches []Match, from Instant) int {
	if len(matches) == 0 {
		return -1
	}
	for i := range facts {
		if facts[i].At >= from && anyAt(matches, facts, i) {
			return i
		}
	}
	return -1
}

func anyAt(matches []Match, facts Facts, i int) bool {
	for j := range matches {
		if matches[j].at(facts, i) {
			return true
		}
	}
	return false
}
