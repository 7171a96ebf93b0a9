package notify

import (
	"cmp"
	"slices"
	"strconv"

	"shopwarden/bot/locale"
	"shopwarden/bot/outbox"
	"shopwarden/rules"
)

// ViolationsView is what was late on the local days From to To (half-open), as far as a filter takes it.
type ViolationsView struct {
	View
	Filter    Filter
	Unclear   string // what was typed and could not be read; "" = nothing
	From, To  rules.Date
	Cases     []rules.Case   // broken cases of this page, the latest first; one of which no more is kept has no Reason
	Total     int            // broken cases that the filter takes
	Counts    map[string]int // broken cases of those days by rule, whatever else the filter says
	Corrected Corrected      // both numbers of those days
	Findings  []rules.Finding
	Ladder    LadderView // up to the last of those days
	Oldest    rules.Date // lists are kept from this day on
}

// picks reports whether the filter takes cases of a rule; one that is not in force any more only by its name.
func (w ViolationsView) picks(rule string) bool {
	if r, ok := w.rule(rule); ok {
		return w.Filter.Picks(&r)
	}
	return w.Filter.Principle == 0 && w.Filter.Rung == 0 && (w.Filter.Rule == "" || w.Filter.Rule == rule)
}

// plain reports the first page of a list that leaves out no rule: there is room for what follows from all of it.
func (w ViolationsView) plain() bool { return !w.Filter.Narrow() && w.Filter.Offset == 0 }

// Violations answers what was late, how late, and how often per rule; or asks how the list shall be filtered.
func (c *Composer) Violations(w ViolationsView) (string, [][]outbox.Button) {
	v := c.voice(w.View)
	head := section{lines: v.violationsHead(w)}
	if w.Filter.Menu != 0 {
		return v.compose(head, section{lines: []locale.HTML{v.T("filter.ask_"+w.Filter.Menu.String(), nil)}}), v.filterMenu(w)
	}
	if w.Total == 0 {
		return v.nothingLate(w, head)
	}
	rows := make([]locale.HTML, len(w.Cases))
	for i, k := range w.Cases {
		rows[i] = v.T("row", locale.Args{"N": w.Filter.Offset + i + 1, "Text": v.lateRow(k)})
	}
	head.lines = append(head.lines, v.shown(w))
	head.lines = append(head.lines, v.both(w.Corrected.Sum(w.counted))...)
	head.lines = append(head.lines, v.warnStale()...)
	sections := append([]section{head}, v.overList(w)...)
	return v.compose(append(sections, section{rows: rows})...), v.violationsButtons(w)
}

// counted reports whether the misses of a rule are listed, and taken by the filter.
func (w ViolationsView) counted(rule string) bool {
	r, ok := w.rule(rule)
	return w.picks(rule) && (!ok || !r.Counted())
}

func (v voice) violationsHead(w ViolationsView) []locale.HTML {
	lines := []locale.HTML{v.title("violations.title")}
	if w.Unclear != "" {
		lines = append(lines, v.T("filter.unclear", locale.Args{"Text": locale.Code(w.Unclear)}))
	}
	words := v.filterWords(w.Filter)
	switch {
	case w.Filter.Menu != 0 && words != "":
		lines = append(lines, v.T("filter.line_span", locale.Args{"Filter": words, "Period": v.period(w.From, w.To)}))
	case w.Filter.Menu != 0:
		lines = append(lines, v.T("filter.line", locale.Args{"Filter": v.period(w.From, w.To)}))
	case words != "": // the period stands in the next line
		lines = append(lines, v.T("filter.line", locale.Args{"Filter": words}))
	}
	if w.From < w.Oldest {
		lines = append(lines, v.T("filter.oldest", locale.Args{"Day": v.date(w.Oldest)}))
	}
	return lines
}

// filterWords is the part of a filter that leaves out rules, "" when it leaves out none.
func (v voice) filterWords(f Filter) locale.HTML {
	var words []locale.HTML
	if f.Rule != "" {
		words = append(words, v.ruleName(f.Rule))
	}
	if f.Principle != 0 {
		words = append(words, v.principle(f.Principle))
	}
	if f.Rung != 0 {
		words = append(words, v.T("filter.rung", locale.Args{"Rung": v.rung(f.Rung, 0, 0)}))
	}
	return locale.Join(words, " · ")
}

// nothingLate is the page of an empty list: good news, or a filter that takes nothing, or a page behind the end.
func (v voice) nothingLate(w ViolationsView, head section) (string, [][]outbox.Button) {
	args := locale.Args{"Period": v.period(w.From, w.To)}
	switch {
	case w.To <= w.Oldest: // nobody knows
	case w.Filter.Narrow() && len(w.Counts) > 0:
		head.lines = append(head.lines, v.T("filter.empty", args))
	default:
		head.lines = append(head.lines, v.unless("violations.empty", args)...)
	}
	head.lines = append(head.lines, v.both(w.Corrected.Sum(w.counted))...)
	sections := []section{head}
	if w.plain() {
		sections = append(sections, v.imposed(w.Ladder), v.couldFollow(w.Ladder, w.From, w.To))
	}
	return v.compose(sections...), append(v.filterButtons(w), v.listButtons(w))
}

// shown says which of how many cases stand here.
func (v voice) shown(w ViolationsView) locale.HTML {
	total := v.T("violations.total", locale.Args{"Count": w.Total, "Period": v.period(w.From, w.To)})
	if w.Total <= len(w.Cases) {
		return total
	}
	return v.T("filter.page", locale.Args{"Total": total, "First": w.Filter.Offset + 1, "Last": w.Filter.Offset + len(w.Cases)})
}

// both is both numbers and why they differ; nothing where they do not.
func (v voice) both(sum CorrectedRule) []locale.HTML {
	if sum.Excused == 0 {
		return nil
	}
	return []locale.HTML{v.T("both.numbers", locale.Args{"Platform": sum.Missed + sum.Excused, "Own": sum.Missed}), v.T("both.why", nil)}
}

// overList is what stands between the head and the list: lines that were reached, what follows, counts per rule. From the
// second page on there is only the list.
func (v voice) overList(w ViolationsView) []section {
	if w.Filter.Offset > 0 {
		return nil
	}
	findings := slices.DeleteFunc(slices.Clone(w.Findings), func(f rules.Finding) bool { return !w.picks(f.Rule) })
	counts := section{rows: v.perRule(w)}
	if w.plain() {
		return []section{counts, {rows: v.findings(findings)}, v.imposed(w.Ladder), v.couldFollow(w.Ladder, w.From, w.To)}
	}
	return []section{counts, {rows: v.findings(findings)}, v.ledTo(w)}
}

// ledTo is the simulated measures of the rules that a filter takes, those of its rung alone where it names one.
func (v voice) ledTo(w ViolationsView) section {
	steps := slices.DeleteFunc(slices.Clone(w.Ladder.Ledger.Steps), func(s rules.Step) bool {
		return !w.picks(s.Rule) || w.Filter.Rung != 0 && s.Rung != w.Filter.Rung
	})
	var s section
	for _, g := range grouped(steps, w.From, w.To) {
		s.rows = append(s.rows, v.T("bullet", locale.Args{"Text": v.step(g)}))
	}
	if len(s.rows) == 0 {
		return section{}
	}
	s.hidden = len(s.rows) - min(len(s.rows), rungs)
	s.rows = s.rows[:len(s.rows)-s.hidden]
	s.lines = []locale.HTML{"<b>" + v.T("ladder.title", nil) + "</b>", v.T("ladder.own", nil)}
	return s
}

func (v voice) lateRow(k rules.Case) locale.HTML {
	args := locale.Args{"Do": v.do(k.Rule, k.Subject), "Due": v.when(k.Due)}
	switch {
	case k.Reason == 0:
		return v.T("violations.bare", args)
	case k.Reason == rules.Failed:
		args["What"], args["Stop"] = v.fact(k.Ended), v.when(k.Due)
		return v.T("violations.failed", args)
	case k.Stop == 0:
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

// perRule counts the misses of each rule that the filter takes, the most first.
func (v voice) perRule(w ViolationsView) (rows []locale.HTML) {
	for _, id := range w.missed() {
		if w.picks(id) {
			line := v.T("violations.rule", locale.Args{"Rule": v.ruleName(id), "N": w.Counts[id]})
			rows = append(rows, v.T("bullet", locale.Args{"Text": line}))
		}
	}
	return rows
}

// missed lists the rules that were missed, the most often first.
func (w ViolationsView) missed() []string {
	ids := make([]string, 0, len(w.Counts))
	for id := range w.Counts {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b string) int { return cmp.Or(cmp.Compare(w.Counts[b], w.Counts[a]), cmp.Compare(a, b)) })
	return ids
}

// violationsButtons lead to the page of each case, turn the page, ask for another filter and lead on.
func (v voice) violationsButtons(w ViolationsView) [][]outbox.Button {
	var cases []outbox.Button
	from := From{Listed: true, Filter: w.Filter}
	for i, k := range w.Cases {
		cases = append(cases, v.caseButton(strconv.Itoa(w.Filter.Offset+i+1), from, k))
	}
	rows := slices.Collect(slices.Chunk(cases, 5))
	if turn := v.turn(w); len(turn) > 0 {
		rows = append(rows, turn)
	}
	rows = append(rows, v.filterButtons(w)...)
	return append(rows, v.listButtons(w))
}

// caseButton leads to the page of a case, from which the list can be found again.
func (v voice) caseButton(text string, from From, k rules.Case) outbox.Button {
	b := v.whyButton(text, k.Ref(), k.Subject)
	if from.Listed {
		ref := k.Ref()
		if !fitsRef(ref) {
			ref = k.Rule
		}
		b = action(text, "why", v.Shop.ID, from.before(ref), k.Subject.String())
	}
	return b
}

// turn are the buttons to the page before and after.
func (v voice) turn(w ViolationsView) (row []outbox.Button) {
	if w.Filter.Offset > 0 {
		row = append(row, v.filtered("‹ "+v.Label("filter.back", nil), w.Filter.At(w.Filter.Offset-Listed)))
	}
	if next := w.Filter.Offset + len(w.Cases); next < w.Total {
		row = append(row, v.filtered(v.Label("filter.next", nil)+" ›", w.Filter.At(next)))
	}
	return row
}

// filtered leads to the list under a filter.
func (v voice) filtered(text string, f Filter) outbox.Button {
	if words := f.String(); words != "" {
		return action(text, "violations", v.Shop.ID, words)
	}
	return action(text, "violations", v.Shop.ID)
}

// filterButtons ask for each part of the filter, and clear it.
func (v voice) filterButtons(w ViolationsView) [][]outbox.Button {
	f := w.Filter.At(0)
	rows := [][]outbox.Button{{v.filtered(v.Label("filter.by_day", nil), f.Asking(ByDay, 0)), v.filtered(v.Label("filter.by_rule", nil), f.Asking(ByRule, 0))},
		{v.filtered(v.Label("filter.by_principle", nil), f.Asking(ByPrinciple, 0)), v.filtered(v.Label("filter.by_rung", nil), f.Asking(ByRung, 0))}}
	if f != (Filter{}) {
		rows = append(rows, []outbox.Button{v.filtered(v.Label("filter.clear", nil), Filter{})})
	}
	return rows
}

func (v voice) listButtons(w ViolationsView) []outbox.Button {
	return []outbox.Button{v.filtered(v.Label("button.refresh", nil), w.Filter.At(w.Filter.Offset)), v.button("due", "due", v.Shop.ID), v.button("today", "today", v.Shop.ID)}
}
