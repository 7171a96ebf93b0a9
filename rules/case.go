package rules

import (
	"slices"
	"strconv"
	"strings"
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

// clock compares the stop with the deadline.
func (c *clocked) clock(k *Case, facts Facts, d *desk, parent *Case) (ok bool) {
	stop := c.stop(facts, k.Begun.At)
	pauses := c.pauses(facts)
	paused, shift := false, Instant((c.Deadline.After - c.Deadline.Before).Milliseconds())
	switch {
	case parent != nil && c.OnlyIfLate != "":
		k.Due, k.DueBy = parent.Due+shift, parent.DueBy
	case !c.Deadline.bounded(): // broken by a fact only
	default:
		if k.Due, k.DueBy, ok = c.due(facts, k.Start, stop, d.zone); !ok {
			return false
		}
		k.Due, paused = c.delayed(k.Due+shift, k.Start, pauses)
	}
	if k.Due != 0 {
		d.postpone(k, facts)
	}
	switch {
	case stop >= 0:
		k.stopAt(facts[stop], c.elapsed(k.Start, facts[stop].At, pauses), paused)
	case paused:
		k.Outcome, k.Reason = Open, Paused
	case k.Due != 0 && d.now > k.Due:
		k.Outcome, k.Reason = Breached, NeverStopped
	default:
		k.Outcome, k.Reason = Open, Running
	}
	return true
}

// postpone moves a deadline by the dated calendars that the shop joined.
func (d *desk) postpone(k *Case, facts Facts) {
	if len(d.policy.shifts) == 0 {
		return
	}
	due, _, id := d.policy.shift(k.Rule, k.Begun.At, anyValue(facts, "region"), k.Due, k.Start)
	if due != k.Due {
		k.Due, k.DueBy, k.Shift = due, ByCalendar, id
	}
}

// exclude takes out a case that a dated calendar leaves out of the metric.
func (d *desk) exclude(k *Case, facts Facts) {
	if len(d.policy.shifts) == 0 {
		return
	}
	if _, excluded, id := d.policy.shift(k.Rule, k.Begun.At, anyValue(facts, "region"), k.Due, k.Start); excluded {
		k.drop(Fact{}, Excused)
		k.Shift = id
	}
}

// stopAt stops a case by a fact. While its clock stands still it cannot be late.
func (k *Case) stopAt(f Fact, took time.Duration, paused bool) {
	k.Stop, k.Ended, k.Timed, k.Took = f.At, f, true, took
	k.Outcome, k.Reason = Met, StoppedInTime
	if k.Due != 0 && f.At > k.Due && !paused {
		k.Outcome, k.Reason = Breached, StoppedLate
	}
}

// presume takes the promise as kept until a trigger that was not answered in time says otherwise. Without a trigger, fail
// decides.
func (c *clocked) presume(k *Case, facts Facts, now Instant) {
	k.Outcome, k.Reason = Met, Presumed
	if len(c.Trigger) == 0 {
		return
	}
	from, pauses := k.Begun.At, c.pauses(facts)
	for {
		i := firstOf(facts, c.Trigger, from)
		if i < 0 {
			return
		}
		k.Begun, k.Start = facts[i], facts[i].At
		k.Stop, k.Ended, k.Timed, k.Took = 0, Fact{}, false, 0
		var paused bool
		k.DueBy = ByRule
		k.Due, paused = c.delayed(c.limit(k.Start, c.Deadline.Within), k.Start, pauses)
		stop := c.stop(facts, k.Start)
		switch {
		case stop >= 0:
			k.stopAt(facts[stop], c.elapsed(k.Start, facts[stop].At, pauses), paused)
			if k.Outcome == Breached {
				return
			}
			from = facts[stop].At + 1
		case paused:
			k.Outcome, k.Reason = Open, Paused
			return
		case now > k.Due:
			k.Outcome, k.Reason = Breached, NeverStopped
			return
		default:
			k.Outcome, k.Reason = Open, Running
			return
		}
	}
}

// chain follows a clock that every restart sets anew: the promise is broken by the first gap that is too long. Of a fact that
// restarts and stops at once, the restart counts.
func (c *clocked) chain(k *Case, facts Facts, now Instant) {
	begun, pauses := k.Start, c.pauses(facts)
	limit := c.Deadline.Within
	if early := c.early(facts, begun); early >= 0 {
		k.Due, _ = c.delayed(c.limit(begun, limit), begun, pauses)
		k.DueBy = ByRule
		k.stopAt(facts[early], 0, false)
		return
	}
	for {
		var paused bool
		k.DueBy = ByRule
		k.Due, paused = c.delayed(c.limit(k.Start, limit), k.Start, pauses)
		next := c.next(facts, k.Start)
		switch {
		case next < 0 && paused:
			k.Outcome, k.Reason = Open, Paused
			return
		case next < 0 && now > k.Due:
			k.Outcome, k.Reason = Breached, NeverStopped
			return
		case next < 0:
			k.Outcome, k.Reason = Open, Running
			return
		}
		if f := facts[next]; f.At > k.Due && !paused || !anyAt(c.Restart, facts, next) {
			k.stopAt(f, c.elapsed(begun, f.At, pauses), paused)
			return
		}
		k.Start = facts[next].At
		limit = c.Deadline.later(facts)
	}
}

// early returns the first fact that had stopped the clock when it started, -1 when none had or the rule takes none. What
// restarts it does not stop it.
func (c *clocked) early(facts Facts, begun Instant) int {
	for i := 0; c.EarlyStop && i < len(facts) && facts[i].At <= begun; i++ {
		if anyAt(c.Stop, facts, i) && !anyAt(c.Restart, facts, i) {
			return i
		}
	}
	return -1
}

// next returns the first fact after an instant that stops or restarts a clock, -1 when there is none.
func (c *clocked) next(facts Facts, after Instant) int {
	stop, again := firstOf(facts, c.Stop, after+1), firstOf(facts, c.Restart, after+1)
	if stop < 0 || again >= 0 && again <= stop {
		return again
	}
	return stop
}

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

// fail breaks the promise at the first fact that does so, unless it was stopped before. Of a fact that stops and fails at
// once, the failing counts.
func (c *clocked) fail(k *Case, facts Facts, begun Instant) {
	if len(c.Fail) == 0 {
		return
	}
	if c.EarlyStop {
		begun = 0
	}
	i := firstOf(facts, c.Fail, begun)
	if i < 0 {
		return
	}
	at := facts[i].At
	switch {
	case c.Presumed && len(c.Trigger) == 0 && c.Deadline.Within > 0 && at > c.limit(k.Start, c.Deadline.Within): // too late to count
	case !c.Presumed && k.Stop != 0 && at > k.Stop:
	case k.Outcome == Breached && k.Due <= at: // broken before
	default:
		k.breakAt(at, facts[i])
	}
}

// breakAt breaks a case by a fact, at the instant of the fact.
func (k *Case) breakAt(at Instant, f Fact) {
	k.Outcome, k.Reason, k.Due, k.DueBy, k.Ended = Breached, Failed, at, ByFail, f
}

// void takes the obligation away where it fell away before it was fulfilled, or was excused.
func (c *clocked) void(k *Case, facts Facts) {
	if i := c.excuse(facts); i >= 0 {
		k.drop(facts[i], Excused)
		return
	}
	if i := firstOf(facts, c.Void, 0); i >= 0 && (k.Stop == 0 || facts[i].At < k.Stop) && (k.Reason != Failed || facts[i].At < k.Due) {
		k.drop(facts[i], CalledOff)
	}
}

func (k *Case) drop(f Fact, why Reason) {
	k.Outcome, k.Reason, k.Ended = Void, why, f
	k.Stop, k.Timed, k.Took = 0, false, 0
}

// book caps the time and says on which day the case counts.
func (c *clocked) book(k *Case, zone *time.Location) {
	if c.Cap > 0 && k.Outcome == Breached && k.Stop == 0 {
		k.Timed, k.Took = true, c.Cap
	}
	if c.Cap > 0 {
		k.Took = min(k.Took, c.Cap)
	}
	day := k.Due
	if c.Day == ByStart || day == 0 {
		day = k.Begun.At
	}
	k.Day = DateOf(day, zone)
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

// stop returns the earliest fact that stops the clock, -1 for none: not before the fact that began the case, unless the rule
// takes early stops. An answer given before the shop opened counts, and took no time.
func (c *clocked) stop(facts Facts, begun Instant) int {
	from := begun
	if c.EarlyStop {
		from = 0
	}
	if i := firstOf(facts, c.Stop, from); i >= 0 {
		return i
	}
	return firstOf(facts, c.StopFallback, from)
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

func within(blocks []Block, t Instant, zone *time.Location) bool {
	day := DateOf(t, zone)
	for _, b := range blocks {
		if day.At(b.From, zone) <= t && t < day.At(b.To, zone) {
			return true
		}
	}
	return false
}
