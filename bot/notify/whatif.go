package notify

import (
	"slices"
	"strconv"
	"time"

	"shopwarden/bot/locale"
	"shopwarden/bot/outbox"
	"shopwarden/rules"
)

// WhatIfView is where a day may end, and what becomes of it if more of one rule is missed or saved.
type WhatIfView struct {
	View
	Card    rules.Scorecard // of today so far
	Outlook rules.Outlook   // where the day ends at this pace
	All     rules.Choice    // every open case of today closed in time, and none of them
	Open    int             // how many cases All speaks of
	Unread  int             // open cases of the shop beyond those that were looked at
	Rules   []WhatIfRule    // what can be asked about, those with open cases first
	Asked   rules.Supposed  // the zero value asks about no rule; one without Miss and Save only chose a rule
}

// WhatIfRule is a rule that can be asked about.
type WhatIfRule struct {
	Rule    rules.Rule
	Tally   rules.Tally // of today
	Savable int         // open cases of today that can still be kept
}

// How many more misses and saved cases can be asked about.
var (
	mayMiss = []int{1, 2, 3, 5}
	maySave = []int{1, 3, 5}
)

// WhatIf answers where the day ends, and what a rule asked about would do to it. It is a simulation and says so.
func (c *Composer) WhatIf(w WhatIfView) (string, [][]outbox.Button) {
	v := c.voice(w.View)
	i := slices.IndexFunc(w.Rules, func(r WhatIfRule) bool { return r.Rule.ID == w.Asked.Rule })
	if w.Asked.Rule == "" || i < 0 {
		return v.whereItEnds(w), v.whatIfButtons(w)
	}
	return v.supposed(w, w.Rules[i]), v.supposeButtons(w, w.Rules[i])
}

// whereItEnds is the page about no rule: now, at this pace, with all open cases kept and with none.
func (v voice) whereItEnds(w WhatIfView) string {
	_, stale := v.silence()
	head := section{lines: []locale.HTML{v.title("whatif.title")}}
	head.lines = append(head.lines, v.warnStale()...)
	ends := section{lines: []locale.HTML{v.T("whatif.now", locale.Args{"Score": v.outcome(w.Card)})}}
	if end := totalOf(w.Outlook.Expected); len(w.Outlook.Rules) > 0 && judged(end) && !stale {
		ends.lines = append(ends.lines, v.T("whatif.pace", locale.Args{"Score": v.outcome(w.Outlook.Expected),
			"Low": v.Score(w.Outlook.Low.Total.Value), "High": v.Score(w.Outlook.High.Total.Value)}))
	}
	if w.Open > 0 {
		ends.lines = append(ends.lines, v.T("whatif.all_kept", locale.Args{"Count": w.Open, "Score": v.outcome(w.All.Kept)}),
			v.T("whatif.all_missed", locale.Args{"Count": w.Open, "Score": v.outcome(w.All.Missed)}))
	} else {
		ends.lines = append(ends.lines, v.T("whatif.none_open", nil))
	}
	ask := section{}
	if len(w.Rules) > 0 {
		ask.lines = []locale.HTML{v.T("whatif.ask", nil)}
	}
	rests := section{lines: append(v.careful(w.Card, w.All.Kept), v.T("whatif.rests_pace", nil), v.T("whatif.simulated", nil))}
	if w.Unread > 0 {
		rests.lines = append(rests.lines, v.T("saving.unread", locale.Args{"Count": w.Unread}))
	}
	return v.compose(head, ends, ask, rests)
}

// careful says why a score falls although more is kept, where it does: a rule that had no case yet today comes in with few, and
// few cases are scored carefully.
func (v voice) careful(now, kept rules.Scorecard) []locale.HTML {
	a, b := totalOf(now), totalOf(kept)
	if !judged(a) || !judged(b) || b.points.Value >= a.points.Value {
		return nil
	}
	return []locale.HTML{v.T("whatif.careful", nil)}
}

// outcome is a score with its grade, its counts where there are too few cases, or that there is none.
func (v voice) outcome(card rules.Scorecard) locale.HTML {
	s := totalOf(card)
	switch {
	case !s.points.Known:
		return v.Nothing()
	case s.few:
		return v.T("whatif.too_few", s.args(v, false))
	}
	return v.T("whatif.score", s.args(v, false))
}

// supposed is the page about one rule: what it was asked, before and after, what would be reached, what it rests on.
func (v voice) supposed(w WhatIfView, r WhatIfRule) string {
	q := w.Asked
	args := locale.Args{"Rule": v.ruleName(r.Rule.ID), "Shop": v.shop(), "Count": max(q.Miss, q.Cases)}
	head := section{}
	switch {
	case q.Miss > 0:
		head.lines = []locale.HTML{v.T("whatif.if_missed", args)}
	case q.Save > 0 && q.Cases == 0:
		head.lines = []locale.HTML{v.T("whatif.rule", args), v.T("whatif.none_to_save", nil)}
	case q.Save > 0:
		head.lines = []locale.HTML{v.T("whatif.if_saved", args)}
	default:
		head.lines = []locale.HTML{v.T("whatif.rule", args)}
	}
	head.lines = append(head.lines, v.warnStale()...)
	today := v.ruleCounts(rules.RuleScore{Rule: &r.Rule, Tally: r.Tally})
	if q.Cases == 0 {
		return v.compose(head, section{lines: []locale.HTML{v.T("whatif.today", locale.Args{"Told": today}), v.T("whatif.now", locale.Args{"Score": v.outcome(w.Card)})}},
			section{lines: []locale.HTML{v.T("whatif.choose", nil), v.T("whatif.simulated", nil)}})
	}
	var rests []locale.HTML
	if q.Save > 0 {
		rests = v.careful(q.Before, q.After)
	}
	rests = append(rests, v.T("whatif.rests_today", locale.Args{"Told": today}), v.T("whatif.simulated", nil))
	return v.compose(head, section{lines: v.beforeAfter(q, r)}, section{lines: v.whatFollows(q, r)}, section{lines: append(v.limits(q), rests...)})
}

// beforeAfter sets the score, the principle and the rule as they would be against what they are.
func (v voice) beforeAfter(q rules.Supposed, r WhatIfRule) []locale.HTML {
	lines := []locale.HTML{v.T("whatif.total", locale.Args{"Before": v.outcome(q.Before), "After": v.outcome(q.After)})}
	for i, p := range q.Before.Principles {
		a, b := standingOf(p), standingOf(q.After.Principles[i])
		if p.Principle == r.Rule.Principle && judged(a) && judged(b) {
			lines = append(lines, v.T("whatif.from_to", locale.Args{"What": v.principle(p.Principle), "Before": v.Score(a.points.Value), "After": v.Score(b.points.Value)}))
		}
	}
	before, after := q.RuleBefore.Tally, q.RuleAfter.Tally
	args := locale.Args{"What": v.ruleName(r.Rule.ID)}
	m, ok1 := before.Mean()
	n, ok2 := after.Mean()
	x, ok3 := before.MetRate()
	y, ok4 := after.MetRate()
	switch {
	case r.Rule.Metric == rules.MeanTime && ok1 && ok2:
		args["Before"], args["After"] = v.Duration(m), v.Duration(n)
	case r.Rule.Metric == rules.MetRate && ok3 && ok4:
		args["Before"], args["After"] = v.Percent(x), v.Percent(y)
	default:
		return lines
	}
	return append(lines, v.T("whatif.from_to", args))
}

// whatFollows says what line and which rung would be reached that are not reached now.
func (v voice) whatFollows(q rules.Supposed, r WhatIfRule) (lines []locale.HTML) {
	line := int64(r.Rule.AlertAt)
	before, after := q.RuleBefore.Tally.Breached, q.RuleAfter.Tally.Breached
	switch {
	case line == 0 || before >= line:
	case after >= line:
		lines = append(lines, v.T("whatif.line_reached", locale.Args{"Limit": line, "N": after}))
	case q.Miss > 0:
		lines = append(lines, v.T("whatif.line_left", locale.Args{"Limit": line, "Count": line - after}))
	}
	for _, s := range q.Reached[:min(len(q.Reached), named)] {
		what := v.T("whatif.rung", locale.Args{"What": v.measure(s)})
		if !s.Booked() {
			what = v.T("ladder.if", locale.Args{"Text": what, "If": v.text(s.If)})
		}
		lines = append(lines, what)
	}
	if len(q.Reached) == 0 && q.Miss > 0 {
		lines = append(lines, v.T("whatif.no_rung", nil))
	}
	return lines
}

// limits says where less was moved than was asked for, and where what is missed is not there yet.
func (v voice) limits(q rules.Supposed) (lines []locale.HTML) {
	if q.Miss == 0 && q.Cases < q.Save {
		lines = append(lines, v.T("whatif.only", locale.Args{"Count": q.Cases}))
	}
	if q.Fresh > 0 {
		lines = append(lines, v.T("whatif.fresh", locale.Args{"Count": q.Fresh}))
	}
	return lines
}

// whatIfButtons lead to the rules that can be asked about.
func (v voice) whatIfButtons(w WhatIfView) [][]outbox.Button {
	var list []outbox.Button
	for _, r := range w.Rules[:min(len(w.Rules), offered)] {
		list = append(list, action(v.ruleName(r.Rule.ID).Plain(), "whatif", v.Shop.ID, "rule", "0", r.Rule.ID))
	}
	rows := slices.Collect(slices.Chunk(list, 2))
	return append(rows, []outbox.Button{v.button("save_five", "due", v.Shop.ID, "save"), v.button("today", "today", v.Shop.ID)})
}

// supposeButtons ask about more or less of the same rule; the one that is answered is marked.
func (v voice) supposeButtons(w WhatIfView, r WhatIfRule) [][]outbox.Button {
	var miss, save []outbox.Button
	ask := func(label, verb string, n int, chosen bool) outbox.Button {
		text := v.Label(label, locale.Args{"N": n})
		if chosen {
			text = "• " + text
		}
		return action(text, "whatif", v.Shop.ID, verb, strconv.Itoa(n), r.Rule.ID)
	}
	for _, n := range mayMiss {
		miss = append(miss, ask("button.miss_more", "miss", n, w.Asked.Miss == n))
	}
	for i, n := range maySave {
		if n <= r.Savable || i > 0 && maySave[i-1] < r.Savable || i == 0 && r.Savable > 0 {
			save = append(save, ask("button.save_some", "save", min(n, r.Savable), w.Asked.Miss == 0 && w.Asked.Save == min(n, r.Savable)))
		}
	}
	rows := [][]outbox.Button{miss}
	if len(save) > 0 {
		rows = append(rows, save)
	}
	return append(rows, []outbox.Button{v.button("other_rule", "whatif", v.Shop.ID), v.button("today", "today", v.Shop.ID)})
}

// seconds is a target of a mean time.
func seconds(n float64) time.Duration { return time.Duration(n * float64(time.Second)) }
