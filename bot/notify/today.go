package notify

import (
	"slices"
	"time"

	"shopwarden/bot/alarm"
	"shopwarden/bot/locale"
	"shopwarden/bot/outbox"
	"shopwarden/rules"
)

// TodayView is how a shop stands on the running local day.
type TodayView struct {
	View
	Card     rules.Scorecard // of today so far
	Soon     int             // open cases due within the next two hours
	Urgent   []rules.Case    // the first few open cases, the earliest due first, then what broke lately and is not done
	Findings []rules.Finding // of today
	Ladder   LadderView      // up to today

	Before    rules.Scorecard // of the last closed day that has a score; zero = none is known
	BeforeDay rules.Date

	Overview   rules.Overview    // today, 7 and 30 days; the zero value shows nothing
	Allowances []rules.Allowance // what may still go wrong
	Outlook    rules.Outlook     // where the day ends at this pace
	Rescues    []rules.Rescue    // open cases worth saving, the most urgent value first
	WhatIf     rules.Choice      // the score with all of them closed in time, and with none

	Corrected int                    // broken cases of today that people excused: the platform's count holds them too; 0 = none known
	Alarms    map[string]alarm.Alarm // by id; may be nil
	States    map[string]TipState    // what the shop said to tips; may be nil
	NoTake    bool                   // the reader may only look
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

// Today answers how the shop stands, on one screen of a phone: the verdict and why, the one thing to do now, the principles,
// and what may still go wrong.
func (c *Composer) Today(t TodayView) (string, [][]outbox.Button) {
	v := c.voice(t.View)
	now := v.deed(t)
	head := section{lines: []locale.HTML{v.T("verdict."+t.Verdict().String(), locale.Args{"Shop": v.shop()})}}
	head.lines = append(append(head.lines, v.because(t)...), now.lines...)
	score := section{lines: append([]locale.HTML{v.total(t)}, v.each(t)...)}
	return v.compose(head, score, section{lines: v.facts(t, now)}), v.todayButtons(t, now)
}

func (v voice) todayButtons(t TodayView, now deed) (rows [][]outbox.Button) {
	shop := v.Shop.ID
	if len(now.buttons) > 0 {
		rows = append(rows, now.buttons)
	}
	return append(rows, [][]outbox.Button{
		{v.button("due", "due", shop), v.button("violations", "violations", shop)},
		{v.button("tips", "tips", shop), v.button("go_trend", "trend", shop, "7")},
		{v.button("go_whatif", "whatif", shop), v.button("go_points", "points", shop)},
		{v.button("details", "today", shop, weakest(t.Card).String()), v.button("refresh", "today", shop)},
	}...)
}

// weakest is the principle to look into: the one with the lowest score, the first where none has one.
func weakest(card rules.Scorecard) rules.Principle {
	low, least := rules.Timely, 101.0
	for _, p := range card.Principles {
		if s := standingOf(p); s.points.Known && !s.few && s.points.Value < least {
			low, least = p.Principle, s.points.Value
		}
	}
	return low
}

// named is how many findings a verdict names.
const named = 2

// because lists the reasons of the verdict, the worst first: one or two lines.
func (v voice) because(t TodayView) (lines []locale.HTML) {
	reached := t.reached()
	told := int64(0)
	for _, f := range reached[:min(len(reached), named)] {
		lines = append(lines, v.T("now.finding", locale.Args{"Rule": v.ruleName(f.Rule), "Count": f.Breached, "Limit": f.Limit}))
		told += f.Breached
	}
	if counts := v.counts(t, told); len(counts) > 0 {
		lines = append(lines, locale.Join(counts, " · "))
	}
	score := locale.Args{"Score": v.Score(t.Card.Total.Value)}
	switch grade := totalOf(t.Card).grade(); {
	case len(lines) > 0:
	case grade == rules.Poor:
		lines = append(lines, v.T("because.poor", score))
	case grade == rules.Pass:
		lines = append(lines, v.T("because.pass", score))
	}
	switch _, stale := t.silence(); {
	case stale:
		lines = append(lines, v.stale())
	case t.Verdict() == NoData:
		lines = append(lines, v.T("because.nothing", nil))
	case t.Verdict() == Fine:
		lines = append(lines, v.T("now.fine", nil))
	}
	return lines
}

// counts is what was missed today beyond what was told, and what is due soon; none of either is left out.
func (v voice) counts(t TodayView, told int64) (parts []locale.HTML) {
	if n := late(t.Card); n > told {
		parts = append(parts, v.T("now.late", locale.Args{"Count": n}))
	}
	if t.Soon > 0 {
		parts = append(parts, v.T("now.soon", locale.Args{"Count": t.Soon}))
	}
	return parts
}

// total is the score of today with its change since the last closed day, which it names.
func (v voice) total(t TodayView) locale.HTML {
	_, stale := t.silence()
	s := totalOf(t.Card)
	line := v.soFar(s, stale)
	if change, ok := s.since(totalOf(t.Before)); ok && !stale {
		line = v.T("now.change", locale.Args{"Line": line, "Change": v.Change(change), "Day": v.day(t.BeforeDay)})
	}
	return line
}

// each is one short line per principle, with the change since the last closed day where both can be judged. Those that have
// nothing to say share a line.
func (v voice) each(t TodayView) (lines []locale.HTML) {
	_, stale := t.silence()
	var none []locale.HTML
	for i, p := range t.Card.Principles {
		s := standingOf(p)
		args := s.args(v, stale)
		args["Principle"] = v.principle(p.Principle)
		key := "now.scored"
		switch {
		case s.nothing() && s.sum.Open > 0:
			key = "principle_line.open"
		case s.nothing():
			none = append(none, v.principle(p.Principle))
			continue
		case s.few:
			key = "now.small"
		case i < len(t.Before.Principles) && !stale:
			if change, ok := s.since(standingOf(t.Before.Principles[i])); ok {
				key, args["Change"] = "now.scored_moved", v.Change(change)
			}
		}
		lines = append(lines, v.T(key, args))
	}
	if len(none) > 0 {
		lines = append(lines, v.T("principle_line.none", locale.Args{"Principle": locale.Join(none, v.list()), "Nothing": v.Nothing()}))
	}
	return lines
}

// facts are what the platform counts where that differs, how much may still go wrong, where the day ends, what follows, and
// how fresh all this is. Each that has nothing to say leaves no line.
func (v voice) facts(t TodayView, now deed) (lines []locale.HTML) {
	if t.Corrected > 0 {
		own := late(t.Card)
		lines = append(lines, v.T("now.platform", locale.Args{"Count": own + int64(t.Corrected), "Own": own}))
	}
	_, stale := t.silence()
	if !stale {
		lines = append(append(lines, v.allowance(t)...), v.forecast(t)...)
	}
	lines = append(lines, v.consequences(t.Ladder, now)...)
	if t.Heard == 0 {
		return append(lines, v.T("today.never", nil))
	}
	age, _ := t.silence()
	return append(lines, v.T("now.heard", locale.Args{"Age": v.Duration(age)}))
}
