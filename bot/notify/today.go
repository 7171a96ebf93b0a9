package notify

import (
	"slices"
	"time"

	"shopwarden/bot/locale"
	"shopwarden/bot/outbox"
	"shopwarden/rules"
)

// TodayView is how a shop stands on the running local day.
type TodayView struct {
	View
	Card     rules.Scorecard // of today so far
	Soon     int             // open cases due within the next two hours
	Urgent   []rules.Case    // open cases, the earliest due first; the first few are enough
	Findings []rules.Finding // of today
	Ladder   LadderView      // up to today

	Overview   rules.Overview    // today, 7 and 30 days; the zero value shows nothing
	Allowances []rules.Allowance // what may still go wrong
	Outlook    rules.Outlook     // where the day ends at this pace
	Rescues    []rules.Rescue    // open cases worth saving, the most urgent value first
	WhatIf     rules.Choice      // the score with all of them closed in time, and with none
}

// Verdict is how a shop stands, in one word.
type Verdict int

// Fine, Watch and Act are green, yellow and red. Unknown: nothing was heard for too long to say. NoData: there is nothing
// to judge by. Neither of the last two is ever shown as green.
const (
	Fine Verdict = iota + 1
	Watch
	Act
	Unknown
	NoData
)

// String returns the verdict as catalogues name it.
func (v Verdict) String() string {
	return [...]string{"", "fine", "watch", "act", "unknown", "nodata"}[v]
}

// urgent is how close a deadline must be to ask for action at once. A short clock is always that close, so its case must be
// past a warning stage as well: a chat that has just begun is no emergency.
const urgent = 30 * time.Minute

// Verdict judges: what is known to be bad is red whatever else is not known; anything better needs fresh data.
func (t TodayView) Verdict() Verdict {
	_, stale := t.silence()
	switch {
	case len(t.reached()) > 0 || totalOf(t.Card).grade() == rules.Poor || len(t.pressing()) > 0:
		return Act
	case t.Heard == 0:
		return NoData
	case stale:
		return Unknown
	case late(t.Card) > 0 || t.Soon > 0 || totalOf(t.Card).grade() == rules.Pass:
		return Watch
	case !t.Card.Total.Known:
		return NoData
	}
	return Fine
}

// pressing lists the cases that are about to be late, or are.
func (t TodayView) pressing() (list []rules.Case) {
	for _, k := range t.Urgent {
		warned := k.Passed > 0 || len(k.Stages) == 0
		if t.bonus(k.Rule) {
			continue
		}
		if k.Due <= t.Now || warned && between(t.Now, k.Due) <= urgent {
			list = append(list, k)
		}
	}
	return list
}

// reached lists the findings that have consequences.
func (t TodayView) reached() []rules.Finding {
	return slices.DeleteFunc(slices.Clone(t.Findings), func(f rules.Finding) bool { return t.bonus(f.Rule) })
}

// late counts the breaches of a card. Rules whose cases are only counted break nothing by one of them.
func late(card rules.Scorecard) (n int64) {
	for _, p := range card.Principles {
		for _, r := range p.Rules {
			if !r.Rule.Counted() {
				n += r.Tally.Breached
			}
		}
	}
	return n
}

// Today answers how the shop stands: the verdict first, then why, then the principles.
func (c *Composer) Today(t TodayView) (string, [][]outbox.Button) {
	v := c.voice(t.View)
	_, stale := t.silence()
	head := section{lines: []locale.HTML{v.T("verdict."+t.Verdict().String(), locale.Args{"Shop": v.shop()})}, rows: v.because(t)}
	score := section{lines: append([]locale.HTML{v.soFar(totalOf(t.Card), stale)}, v.principles(t.Card, rules.Scorecard{}, stale)...)}
	score.lines = append(score.lines, v.windows(t.Overview.Last7, t.Overview.Last30)...)
	return v.compose(head, v.rescues(t), score, section{lines: v.ladderLines(t.Ladder)}, section{lines: v.ahead(t)}), [][]outbox.Button{
		{v.button("due", "due", v.Shop.ID), v.button("violations", "violations", v.Shop.ID)},
		{v.button("tips", "tips", v.Shop.ID), v.button("score", "why", v.Shop.ID, scoreWord)},
		{v.button("refresh", "today", v.Shop.ID)},
	}
}

// named is how many pressing cases a verdict names.
const named = 3

// because lists the reasons of the verdict, the worst first.
func (v voice) because(t TodayView) (lines []locale.HTML) {
	reached := t.reached()
	for _, f := range reached {
		lines = append(lines, v.T("because.violation", locale.Args{"Rule": v.ruleName(f.Rule), "Count": f.Breached, "Limit": f.Limit}))
	}
	pressing := t.pressing()
	for _, k := range pressing[:min(len(pressing), named)] {
		lines = append(lines, v.pressing(k))
	}
	score := locale.Args{"Score": v.Score(t.Card.Total.Value)}
	switch totalOf(t.Card).grade() {
	case rules.Poor:
		lines = append(lines, v.T("because.poor", score))
	case rules.Pass:
		lines = append(lines, v.T("because.pass", score))
	}
	if n := late(t.Card); n > 0 && len(reached) == 0 {
		lines = append(lines, v.T("because.late", locale.Args{"Count": n}))
	}
	if t.Soon > 0 && len(pressing) == 0 {
		lines = append(lines, v.T("because.soon", locale.Args{"Count": t.Soon}))
	}
	switch _, stale := t.silence(); {
	case stale:
		lines = append(lines, v.stale())
	case t.Verdict() == NoData:
		lines = append(lines, v.T("because.nothing", nil))
	case len(lines) == 0:
		lines = append(lines, v.T("because.fine", nil))
	}
	return lines
}

func (v voice) pressing(k rules.Case) locale.HTML {
	if k.Due <= v.Now {
		return v.T("because.overdue", locale.Args{"Do": v.do(k.Rule, k.Subject)})
	}
	return v.T("because.urgent", locale.Args{"Left": v.Duration(between(v.Now, k.Due)), "Do": v.do(k.Rule, k.Subject)})
}

// principles is one line per principle, with the change since another card where both have a score.
func (v voice) principles(card, before rules.Scorecard, unknown bool) []locale.HTML {
	var lines []locale.HTML
	for i, p := range card.Principles {
		now := standingOf(p)
		line := v.principleLine(p.Principle, now, unknown)
		if i < len(before.Principles) {
			if change, ok := now.since(standingOf(before.Principles[i])); ok {
				line = v.T("scorecard.line", locale.Args{"Line": line, "Change": v.Change(change)})
			}
		}
		lines = append(lines, line)
	}
	return lines
}

func (v voice) principleLine(p rules.Principle, s standing, unknown bool) locale.HTML {
	args := s.args(v, unknown)
	args["Principle"] = v.principle(p)
	switch {
	case !s.points.Known && s.sum.Open > 0:
		return v.T("principle_line.open", args)
	case !s.points.Known:
		return v.T("principle_line.none", args)
	case s.few:
		return v.T("principle_line.small", args)
	}
	return v.T("principle_line.scored", args)
}

// ahead says what comes, what went wrong, how much may still go wrong, and how fresh all this is.
func (v voice) ahead(t TodayView) []locale.HTML {
	_, stale := t.silence()
	lines := []locale.HTML{
		v.T("today.soon", locale.Args{"N": v.known(int64(t.Soon), stale)}),
		v.T("today.late", locale.Args{"N": v.known(late(t.Card), stale)}),
	}
	allowed := v.allowances(t)
	if rule, left := room(t.Card); left > 0 && (stale || len(allowed) == 0) {
		allowed = []locale.HTML{v.T("today.room", locale.Args{"Rule": v.ruleName(rule), "Count": left})}
	}
	lines = append(lines, allowed...)
	if !stale {
		lines = append(lines, v.outlook(t)...)
	}
	return append(lines, v.heard())
}

// known is a count; none of anything is unknown while nothing is heard.
func (v voice) known(n int64, stale bool) locale.HTML {
	if n == 0 && stale {
		return v.T("unknown", nil)
	}
	return v.Count(n)
}

// room finds the rule that was broken today and is closest to its violation line, and how many more breaches reach it.
func room(card rules.Scorecard) (rule string, left int64) {
	for _, p := range card.Principles {
		for _, r := range p.Rules {
			n := int64(r.Rule.AlertAt) - r.Tally.Breached
			if r.Rule.Severity != bonus && r.Tally.Breached > 0 && n > 0 && (left == 0 || n < left) {
				rule, left = r.Rule.ID, n
			}
		}
	}
	return rule, left
}
