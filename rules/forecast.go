package rules

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// paceDays is how many whole days before the running one the pace is taken from. A week has each weekday once.
const paceDays = 7

// Pace is what a forecast is made from.
type Pace struct {
	Day      Date
	Now      Instant
	Days     Days     // the running day and the seven before it
	Open     []Case   // open cases; those of Day that are overdue or paused are told apart, the others are known by their tally
	Programs []string // as in [Counts]
	Unknown  bool     // as in [Counts]
}

// Outlook is where a day ends at the pace of the last seven, between two bounds.
//
// What still comes today is the mean number of cases of those days less what today has already, and never less than what is
// open. Of it the share is missed that was missed in those days and today so far; what is overdue now is missed whatever the
// pace. Low and High take the share at the ends of its two-sided 95 % Wilson interval, all rules at once, so the truth lies
// between them more often than 95 of 100 times where rules are independent; with few cases behind it they are far apart, and
// without any they are everything. A mean time goes on at the mean of those days, between the slowest and the quickest of
// them, and without such a day as it went today.
type Outlook struct {
	Day                 Date
	Low, Expected, High Scorecard // at the end of the day
	Rules               []RuleOutlook
}

// RuleOutlook is what is expected of one rule on the rest of the day.
type RuleOutlook struct {
	Rule     *Rule
	Seen     Tally // the cases that the pace is taken from
	Rest     int64 // cases that will still be resolved today
	Overdue  int64 // of them, open and past their deadline
	Paused   int64 // open cases beside them, whose clock stands still: they stay open
	Best     int64 // of Rest, missed at the best pace, at that of the last days, and at the worst
	Expected int64
	Worst    int64
}

// Forecast says where a day ends at this pace. Nothing seen in eight days and nothing open makes no score.
func (p *Policy) Forecast(c Pace) Outlook {
	e := p.on(c.Day)
	out := Outlook{Day: c.Day}
	low, mid, high := DayTallies{}, DayTallies{}, DayTallies{}
	for i := range e.rules {
		r := &e.rules[i].Rule
		o, times := c.outlook(r)
		today := c.Days[c.Day][r.ID]
		today.Open = min(today.Open, o.Paused)
		low[r.ID] = r.ended(today, o.Rest, o.Worst, times.worst)
		mid[r.ID] = r.ended(today, o.Rest, o.Expected, times.expected)
		high[r.ID] = r.ended(today, o.Rest, o.Best, times.best)
		out.Rules = append(out.Rules, o)
	}
	score := func(t DayTallies) Scorecard {
		return p.ScoreOf(Counts{From: c.Day, To: c.Day.Next(1), Tallies: t, Programs: c.Programs, Unknown: c.Unknown})
	}
	out.Low, out.Expected, out.High = score(low), score(mid), score(high)
	return out
}

// ended books the rest of a day: so many of it missed, and each kept one with the time it takes, at most that of a missed one.
func (r *Rule) ended(t Tally, rest, missed int64, took time.Duration) Tally {
	kept := rest - missed
	t.Met += kept
	t.Breached += missed
	t.Timed += kept
	longest := int64(r.Anchors.Floor * 1000)
	if r.Cap > 0 {
		longest = r.Cap.Milliseconds()
		t.Timed += missed
		t.TookMS += missed * longest
	}
	t.TookMS += kept * min(took.Milliseconds(), longest)
	return t
}

// outlook is what is expected of one rule, and how long a kept case takes.
func (c *Pace) outlook(r *Rule) (RuleOutlook, pace) {
	today := c.Days[c.Day][r.ID]
	o := RuleOutlook{Rule: r, Seen: today}
	days, cases := int64(0), int64(0)
	for day := c.Day.Next(-paceDays); day < c.Day; day++ {
		if len(c.Days[day]) == 0 {
			continue // a day of which nothing was heard says nothing about arrivals
		}
		t := c.Days[day][r.ID]
		o.Seen = o.Seen.Plus(t)
		days++
		cases += t.Resolved() + t.Open
	}
	for i := range c.Open {
		switch k := &c.Open[i]; {
		case k.Rule != r.ID || k.Day != c.Day || k.Outcome != Open:
		case k.Reason == Paused:
			o.Paused++
		case k.Due != 0 && k.Due < c.Now:
			o.Overdue++
		}
	}
	o.Rest = max(today.Open-o.Paused, o.Overdue)
	if days > 0 {
		usual := int64(math.Round(float64(cases) / float64(days)))
		o.Rest = max(o.Rest, usual-today.Resolved()-o.Paused)
	}
	coming := float64(o.Rest - o.Overdue)
	low, high := Wilson(o.Seen.Breached, o.Seen.Resolved(), TwoSided)
	share := Shrink(o.Seen.Breached, o.Seen.Resolved(), usualMiss(r))
	share = min(max(share, low), high)
	o.Best = o.Overdue + int64(math.Floor(low*coming))
	o.Expected = o.Overdue + int64(math.Round(share*coming))
	o.Worst = o.Overdue + int64(math.Ceil(high*coming))
	return o, c.times(r, o.Seen)
}

// usualMiss is the share of misses that a rule of which little is known is taken to have: that of its "good" target, none
// where it is not scored by a share.
func usualMiss(r *Rule) float64 {
	if r.Metric.Rises() {
		return 0
	}
	return 1 - r.Anchors.Good
}

// pace is how long a kept case takes.
type pace struct{ best, expected, worst time.Duration }

// times is the mean time of the days seen, between the quickest and the slowest of the whole ones.
func (c *Pace) times(r *Rule, seen Tally) (t pace) {
	t.expected, _ = seen.Mean()
	t.best, t.worst = t.expected, t.expected
	for day := c.Day.Next(-paceDays); day < c.Day; day++ {
		if mean, ok := c.Days[day][r.ID].Mean(); ok {
			t.best, t.worst = min(t.best, mean), max(t.worst, mean)
		}
	}
	return t
}

// Choice is a score as it is, and what it would be.
type Choice struct {
	Now    Scorecard // the cases still open
	Kept   Scorecard // all of them closed in time
	Missed Scorecard // none of them closed
}

// WhatIf says what becomes of a score if exactly these open cases are closed in time, and for contrast if they are missed.
// A case counts once, and only if it is open, its rule is in force and its day is one of the score. Closed means closed
// now: a mean time takes it as long as its clock has run, pauses included. Cases of other rules on the same subject are left
// as they are.
func (p *Policy) WhatIf(c Counts, closed []Case, now Instant) Choice {
	e := p.on(c.To.Next(-1))
	kept, missed := c.summed(), c.summed()
	seen := make(map[caseKey]bool, len(closed))
	for i := range closed {
		k := &closed[i]
		r := e.find(k.Rule)
		if key := keyOf(k); r != nil && k.Outcome == Open && k.Day >= c.From && k.Day < c.To && !seen[key] {
			seen[key] = true
			kept.Tallies[r.ID] = kept.Tallies[r.ID].Plus(r.closing(k, now))
			missed.Tallies[r.ID] = missed.Tallies[r.ID].Plus(r.missing())
		}
	}
	return Choice{p.ScoreOf(c), p.ScoreOf(kept), p.ScoreOf(missed)}
}

// caseKey tells cases apart.
type caseKey struct {
	subject    Subject
	rule, part string
}

func keyOf(k *Case) caseKey { return caseKey{k.Subject, k.Rule, k.Part} }

// summed returns the same counts as tallies alone, which are its own.
func (c Counts) summed() Counts {
	sums := make(DayTallies, len(c.Tallies))
	for id, t := range c.Tallies {
		sums[id] = t
	}
	for day, tallies := range c.Days {
		if day >= c.From && day < c.To {
			for id, t := range tallies {
				sums[id] = sums[id].Plus(t)
			}
		}
	}
	c.Days, c.Tallies = nil, sums
	return c
}

// find returns a rule of a bound edition, nil when it has none of that id.
func (e *compiled) find(id string) *clocked {
	for i := range e.rules {
		if e.rules[i].ID == id {
			return &e.rules[i]
		}
	}
	return nil
}

// closing is what a tally gains when an open case is closed at an instant, in time.
func (c *clocked) closing(k *Case, now Instant) Tally {
	took := c.calendar.Elapsed(k.Start, now)
	if c.Cap > 0 {
		took = min(took, c.Cap)
	}
	return Tally{Open: -1, Met: 1, Timed: 1, TookMS: took.Milliseconds()}
}

// missing is what a tally gains when an open case is never closed: its cap is booked, if it has one.
func (r *Rule) missing() Tally {
	t := Tally{Open: -1, Breached: 1}
	if r.Cap > 0 {
		t.Timed, t.TookMS = 1, r.Cap.Milliseconds()
	}
	return t
}

// Rescue is an open case and what there is to save by closing it in time.
type Rescue struct {
	Case      Case
	Saved     float64       // points of the total: kept less missed, all other cases left as they are
	Left      time.Duration // until it is due
	PerMinute float64       // Saved by each minute left, of which there is at least one
}

// Rescues lists the open cases worth saving, those first that save most per minute left; ties by deadline, then by subject,
// rule and part. Cases without a deadline, past it, or paused are left out: nothing about them can be saved by haste. A case
// whose day is after the score counts as if it were within: the score will have moved on to it.
func (p *Policy) Rescues(c Counts, open []Case, now Instant) []Rescue {
	e := p.on(c.To.Next(-1))
	trial := trial{policy: p, counts: c.summed(), known: map[savedKey]float64{}}
	list := make([]Rescue, 0, len(open))
	for i := range open {
		k := &open[i]
		r := e.find(k.Rule)
		if r == nil || k.Outcome != Open || k.Reason == Paused || k.Due == 0 || k.Due < now || k.Day < c.From {
			continue
		}
		x := Rescue{Case: *k, Saved: trial.saved(r, k, now), Left: time.Duration(k.Due-now) * time.Millisecond}
		x.PerMinute = x.Saved / max(x.Left.Minutes(), 1)
		list = append(list, x)
	}
	slices.SortFunc(list, compareRescues)
	return list
}

func compareRescues(a, b Rescue) int {
	x, y := &a.Case, &b.Case
	return cmp.Or(cmp.Compare(b.PerMinute, a.PerMinute), cmp.Compare(x.Due, y.Due), cmp.Compare(x.Subject.Kind, y.Subject.Kind),
		cmp.Compare(x.Subject.ID, y.Subject.ID), cmp.Compare(x.Rule, y.Rule), cmp.Compare(x.Part, y.Part))
}

// trial scores the same counts again and again with one case more. Cases of one rule that take equally long change the same,
// so each is tried once; where no mean time is scored, how long does not matter.
type trial struct {
	policy *Policy
	counts Counts
	known  map[savedKey]float64
}

type savedKey struct {
	rule string
	took int64
}

// saved is the total if a case is kept less the total if it is missed; 0 where one of them has no score.
func (x *trial) saved(r *clocked, k *Case, now Instant) float64 {
	kept := r.closing(k, now)
	key := savedKey{rule: r.ID}
	if r.Metric == MeanTime {
		key.took = kept.TookMS
	}
	if points, ok := x.known[key]; ok {
		return points
	}
	a, b := x.with(r.ID, kept), x.with(r.ID, r.missing())
	points := 0.0
	if a.Known && b.Known {
		points = a.Value - b.Value
	}
	x.known[key] = points
	return points
}

// with is the total with something added to the tally of one rule.
func (x *trial) with(rule string, t Tally) Points {
	before := x.counts.Tallies[rule]
	x.counts.Tallies[rule] = before.Plus(t)
	total := x.policy.ScoreOf(x.counts).Total
	x.counts.Tallies[rule] = before
	return total
}
