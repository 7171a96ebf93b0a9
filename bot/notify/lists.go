package notify

import (
	"cmp"
	"slices"
	"strconv"

	"shopwarden/bot/locale"
	"shopwarden/bot/outbox"
	"shopwarden/rules"
)

// Listed is how many cases a page lists; the rest is counted.
const Listed = 10

// ViolationsView is what was late on the local days From to To (half-open).
type ViolationsView struct {
	View
	From, To rules.Date
	Cases    []rules.Case     // breached cases, the latest first
	Total    int              // breached cases in all
	Tallies  rules.DayTallies // sums over those days, by rule
	Findings []rules.Finding  // thresholds that were reached on those days
	Ladder   LadderView       // up to the last of them
}

// Violations answers what was late, how late, and how often per rule.
func (c *Composer) Violations(w ViolationsView) (string, [][]outbox.Button) {
	v := c.voice(w.View)
	head := section{lines: []locale.HTML{v.title("violations.title")}}
	period := v.period(w.From, w.To)
	if len(w.Cases) == 0 && w.Total == 0 && len(w.Findings) == 0 {
		head.lines = append(head.lines, v.unless("violations.empty", locale.Args{"Period": period})...)
		return v.compose(head, v.imposed(w.Ladder), v.couldFollow(w.Ladder, w.From, w.To)), v.pageButtons("violations", "due", nil)
	}
	cases := w.Cases[:min(len(w.Cases), Listed)]
	total := max(w.Total, len(w.Cases))
	head.lines = append(head.lines, v.T("violations.total", locale.Args{"Count": total, "Period": period}))
	head.lines = append(head.lines, v.warnStale()...)
	var rows []locale.HTML
	for _, k := range cases {
		rows = append(rows, v.lateRow(k))
	}
	return v.compose(head, section{rows: v.findings(w.Findings)}, v.imposed(w.Ladder), v.couldFollow(w.Ladder, w.From, w.To),
		section{rows: v.perRule(w.Tallies)}, section{rows: v.numbered(rows), hidden: total - len(cases)}), v.pageButtons("violations", "due", cases)
}

func (v voice) lateRow(k rules.Case) locale.HTML {
	args := locale.Args{"Do": v.do(k.Rule, k.Subject), "Due": v.when(k.Due)}
	if k.Reason == rules.Failed {
		args["What"], args["Stop"] = v.fact(k.Ended), v.when(k.Due)
		return v.T("violations.failed", args)
	}
	if k.Stop == 0 {
		args["Late"] = v.Duration(between(k.Due, v.Now))
		return v.T("violations.open", args)
	}
	args["Late"] = v.Duration(between(k.Due, k.Stop))
	return v.T("violations.late", args)
}

// findings lists thresholds that were reached, the latest day first.
func (v voice) findings(list []rules.Finding) (rows []locale.HTML) {
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b rules.Finding) int { return cmp.Compare(b.Day, a.Day) })
	for _, f := range list {
		rows = append(rows, v.T("violations.finding", locale.Args{"Rule": v.ruleName(f.Rule), "Day": v.day(f.Day), "N": f.Breached, "Limit": f.Limit}))
	}
	return rows
}

// perRule counts the breaches of each rule, the most first.
func (v voice) perRule(tallies rules.DayTallies) (rows []locale.HTML) {
	var ids []string
	for id, t := range tallies {
		if r, ok := v.rule(id); t.Breached > 0 && (!ok || !r.Counted()) {
			ids = append(ids, id)
		}
	}
	slices.SortFunc(ids, func(a, b string) int {
		return cmp.Or(cmp.Compare(tallies[b].Breached, tallies[a].Breached), cmp.Compare(a, b))
	})
	for _, id := range ids {
		line := v.T("violations.rule", locale.Args{"Rule": v.ruleName(id), "N": tallies[id].Breached})
		rows = append(rows, v.T("bullet", locale.Args{"Text": line}))
	}
	return rows
}

// warnStale is the line about silence, when there is cause for it.
func (v voice) warnStale() []locale.HTML {
	if _, stale := v.silence(); stale {
		return []locale.HTML{v.stale()}
	}
	return nil
}

// unless is the text of an empty list, more careful and with the reason when nothing was heard for long.
func (v voice) unless(key string, args locale.Args) []locale.HTML {
	if _, stale := v.silence(); stale {
		return []locale.HTML{v.T(key+"_unknown", args), v.stale()}
	}
	return []locale.HTML{v.T(key, args)}
}

// pageButtons explains each listed case, and leads on: this page again, the other list, today.
func (v voice) pageButtons(this, other string, cases []rules.Case) [][]outbox.Button {
	var why []outbox.Button
	for i, k := range cases {
		why = append(why, v.whyButton("❓ "+strconv.Itoa(i+1), k.Ref(), k.Subject))
	}
	rows := slices.Collect(slices.Chunk(why, 5))
	return append(rows, []outbox.Button{v.button("refresh", this, v.Shop.ID), v.button(other, other, v.Shop.ID), v.button("today", "today", v.Shop.ID)})
}
