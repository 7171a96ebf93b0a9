package rules

import "time"

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
