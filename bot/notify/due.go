package notify

import (
	"cmp"
	"slices"
	"strconv"

	"shopwarden/bot/alarm"
	"shopwarden/bot/locale"
	"shopwarden/bot/outbox"
	"shopwarden/rules"
)

// DueView is what is due next.
type DueView struct {
	View
	Cases  []rules.Case           // open cases, and those that are late and not done; as many as were read
	Total  int                    // open cases in all
	Open   map[string]int         // open cases by rule; nil when there are too many to count
	More   bool                   // more are late than were read
	Skip   int                    // cases before this page
	Alarms map[string]alarm.Alarm // by id; may be nil
}

// dueLate is how many cases that are late already are shown: what can still be kept needs the room, and the rest of the late
// ones is counted here and listed under what was missed.
const dueLate = 5

// dueGroup is what a page shows of one rule.
type dueGroup struct {
	rule  string
	cases []rules.Case // those late first, then the earliest due
}

// dueOrder is the cases of all pages in their order, with the totals of each rule.
type dueOrder struct {
	rows       []rules.Case   // those late first, the oldest first, then the earliest due
	late, open map[string]int // by rule: late and not done; open and in time, as far as was read
	lateAll    int
	openAll    int
}

// overdue reports whether a case is late at an instant and still to be done.
func overdue(k rules.Case, now rules.Instant) bool {
	return runsOut(k) <= now && (k.Outcome == rules.Open || k.Reason == rules.NeverStopped)
}

func (d DueView) order() dueOrder {
	cases := slices.Clone(d.Cases)
	slices.SortStableFunc(cases, func(a, b rules.Case) int { return cmp.Compare(runsOut(a), runsOut(b)) })
	o := dueOrder{late: map[string]int{}, open: map[string]int{}}
	for _, k := range cases {
		if !overdue(k, d.Now) {
			o.open[k.Rule]++
			o.openAll++
			o.rows = append(o.rows, k)
			continue
		}
		o.late[k.Rule]++
		if o.lateAll++; o.lateAll <= dueLate {
			o.rows = append(o.rows, k)
		}
	}
	return o
}

// never is later than every deadline.
const never = rules.Instant(1 << 62)

// runsOut is when a case is late; never without a deadline, and while its clock stands still.
func runsOut(k rules.Case) rules.Instant {
	if k.Due == 0 || k.Reason == rules.Paused {
		return never
	}
	return k.Due
}

// groups puts the rows of a page by rule: first the rule whose next deadline can still be met soonest.
func groups(rows []rules.Case, now rules.Instant) (list []dueGroup) {
	next := map[string]rules.Instant{}
	for _, k := range rows {
		i := slices.IndexFunc(list, func(g dueGroup) bool { return g.rule == k.Rule })
		if i < 0 {
			i = len(list)
			list = append(list, dueGroup{rule: k.Rule})
			next[k.Rule] = never
		}
		list[i].cases = append(list[i].cases, k)
		if !overdue(k, now) {
			next[k.Rule] = min(next[k.Rule], runsOut(k))
		}
	}
	slices.SortStableFunc(list, func(a, b dueGroup) int { return cmp.Compare(next[a.rule], next[b.rule]) })
	return list
}

// Due answers what is due next: the most urgent cases on the first page, rule by rule, with who has each.
func (c *Composer) Due(d DueView) (string, [][]outbox.Button) {
	v := c.voice(d.View)
	head := section{lines: []locale.HTML{v.title("due.title")}}
	o := d.order()
	if len(o.rows) == 0 {
		head.lines = append(head.lines, v.unless("due.empty", nil)...)
		return v.compose(head), v.dueButtons(nil, 0, 0)
	}
	total := max(d.Total, o.openAll)
	head.lines = append(append(head.lines, v.dueTotal(d, o, total)), v.warnStale()...)
	first := max(min(d.Skip, len(o.rows)-1), 0) / Listed * Listed
	sections, shown := []section{head}, []rules.Case(nil)
	for _, g := range groups(o.rows[first:min(first+Listed, len(o.rows))], v.Now) {
		s := section{lines: []locale.HTML{v.dueRule(d, o, g.rule)}}
		for _, k := range g.cases {
			shown = append(shown, k)
			s.rows = append(s.rows, v.T("row", locale.Args{"N": first + len(shown), "Text": v.dueLine(d, k)}))
		}
		sections = append(sections, s)
	}
	var rest []locale.HTML
	if n := len(o.rows) - first - len(shown) + total - o.openAll; n > 0 {
		rest = append(rest, v.T("more", locale.Args{"Count": n}))
	}
	if n := o.lateAll - dueLate; n > 0 {
		rest = append(rest, v.T("due.more_late", locale.Args{"Count": n}))
	}
	return v.compose(append(sections, section{lines: rest})...), v.dueButtons(shown, first, len(o.rows))
}

// dueTotal says how many are open, and how many are late.
func (v voice) dueTotal(d DueView, o dueOrder, open int) locale.HTML {
	var parts []locale.HTML
	if o.lateAll > 0 {
		key := "board.overdue"
		if d.More {
			key = "board.overdue_least"
		}
		parts = append(parts, v.T(key, locale.Args{"Count": o.lateAll}))
	}
	if open > 0 || o.lateAll == 0 {
		parts = append(parts, v.T("due.open", locale.Args{"Count": open}))
	}
	return locale.Join(parts, " · ")
}

// dueRule names a rule with its totals.
func (v voice) dueRule(d DueView, o dueOrder, rule string) locale.HTML {
	var parts []locale.HTML
	if n := o.late[rule]; n > 0 {
		parts = append(parts, v.T("due.late_here", locale.Args{"Count": n}))
	}
	open, key := o.open[rule], "due.open_here"
	if n, counted := d.Open[rule]; counted {
		open = n
	} else if d.Open == nil && d.Total > o.openAll {
		key = "due.open_least"
	}
	if open > 0 {
		parts = append(parts, v.T(key, locale.Args{"Count": open}))
	}
	return v.T("due.rule", locale.Args{"Rule": v.ruleName(rule), "Told": locale.Join(parts, " · ")})
}

// dueLine is one case: how long it has, and who has it.
func (v voice) dueLine(d DueView, k rules.Case) locale.HTML {
	args := locale.Args{"Case": v.name(k.Subject), "Due": v.moment(k.Due), "Left": v.Duration(between(v.Now, k.Due))}
	key := "due.line"
	switch {
	case k.Due == 0:
		key = "due.line_open"
	case k.Reason == rules.Paused:
		key = "due.line_paused"
	case overdue(k, v.Now):
		key = "due.line_late"
	}
	return v.inHands(d.Alarms[alarm.CaseID(k.Ref(), k.Subject)], k, v.T(key, args))
}

// dueButtons explain each case, turn the page, and lead on.
func (v voice) dueButtons(shown []rules.Case, first, all int) [][]outbox.Button {
	var why []outbox.Button
	for i, k := range shown {
		why = append(why, v.whyButton("❓ "+strconv.Itoa(first+i+1), k.Ref(), k.Subject))
	}
	rows := slices.Collect(slices.Chunk(why, 5))
	var turn []outbox.Button
	if first > 0 {
		turn = append(turn, action("◀ "+span(first-Listed, all), "due", v.Shop.ID, strconv.Itoa(first-Listed)))
	}
	if next := first + Listed; next < all {
		turn = append(turn, action(span(next, all)+" ▶", "due", v.Shop.ID, strconv.Itoa(next)))
	}
	if len(turn) > 0 {
		rows = append(rows, turn)
	}
	if len(shown) > 0 {
		rows = append(rows, []outbox.Button{v.button("save_five", "due", v.Shop.ID, "save")})
	}
	return append(rows, []outbox.Button{v.button("refresh", "due", v.Shop.ID), v.button("violations", "violations", v.Shop.ID), v.button("today", "today", v.Shop.ID)})
}

// span names the rows of a page that begins after so many.
func span(first, all int) string {
	return strconv.Itoa(first+1) + "–" + strconv.Itoa(min(first+Listed, all))
}

// dueRow is one open case with what is to be done about it.
func (v voice) dueRow(k rules.Case) locale.HTML {
	args := locale.Args{"Do": v.do(k.Rule, k.Subject), "Due": v.when(k.Due)}
	if k.Due <= v.Now {
		return v.T("due.overdue", args)
	}
	args["Left"] = v.Duration(between(v.Now, k.Due))
	return v.T("due.row", args)
}

// SaveView is what to save first: the open cases of today whose saving wins most.
type SaveView struct {
	View
	Rescues []rules.Rescue         // the earliest due first
	WhatIf  rules.Choice           // the score with all of them in time, and with none
	Unread  int                    // open cases beyond those that were looked at
	Alarms  map[string]alarm.Alarm // by id; may be nil
	NoTake  bool                   // the reader may only look
}

// Save answers which cases to save, what that brings, and lets somebody take them.
func (c *Composer) Save(s SaveView) (string, [][]outbox.Button) {
	v := c.voice(s.View)
	back := []outbox.Button{v.button("due", "due", v.Shop.ID), v.button("today", "today", v.Shop.ID)}
	if len(s.Rescues) == 0 {
		return v.compose(section{lines: append([]locale.HTML{v.title("saving.none_title"), v.T("saving.none", nil)}, v.warnStale()...)}), [][]outbox.Button{back}
	}
	head := section{lines: []locale.HTML{v.T("saving.title", locale.Args{"Count": len(s.Rescues), "Shop": v.shop()})}}
	kept, missed := totalOf(s.WhatIf.Kept), totalOf(s.WhatIf.Missed)
	tells := judged(kept) && judged(missed) // a score of too few cases is told nowhere, and neither is what a case is worth in it
	if tells {
		head.lines = append(head.lines, v.T("saving.brings", locale.Args{"Kept": v.Score(kept.points.Value), "Missed": v.Score(missed.points.Value), "Count": len(s.Rescues)}))
	}
	head.lines = append(head.lines, v.warnStale()...)
	var rows []locale.HTML
	for _, r := range s.Rescues {
		args := locale.Args{"Left": v.Duration(r.Left), "Do": v.do(r.Case.Rule, r.Case.Subject), "Points": v.Tenths(r.Saved), "Due": v.moment(r.Case.Due)}
		row := v.T("due.row", args)
		if tells {
			row = v.T("saving.row", args)
		}
		rows = append(rows, v.inHands(s.Alarms[alarm.CaseID(r.Case.Ref(), r.Case.Subject)], r.Case, row))
	}
	foot := section{}
	if tells {
		foot.lines = []locale.HTML{v.T("saving.rests", nil)}
	}
	if s.Unread > 0 {
		foot.lines = append(foot.lines, v.T("saving.unread", locale.Args{"Count": s.Unread}))
	}
	return v.compose(head, section{rows: v.numbered(rows)}, foot), append(v.saveButtons(s), back)
}

// saveButtons take one case each, or all that nobody has; and open each.
func (v voice) saveButtons(s SaveView) (rows [][]outbox.Button) {
	var take, why []outbox.Button
	var ids []string
	for i, r := range s.Rescues {
		n, id := strconv.Itoa(i+1), alarm.CaseID(r.Case.Ref(), r.Case.Subject)
		why = append(why, v.whyButton("❓ "+n, r.Case.Ref(), r.Case.Subject))
		if a := s.Alarms[id]; !s.NoTake && !a.Held(v.Now) && a.Excused.Nobody() {
			take = append(take, action("🙋 "+n, "due", v.Shop.ID, "take", id))
			ids = append(ids, id)
		}
	}
	if len(ids) > 1 {
		rows = append(rows, []outbox.Button{v.button("take_them", "due", v.Shop.ID, "take", JoinIDs(ids))})
	}
	if len(s.Rescues) == 1 && len(take) == 1 {
		take[0].Text = v.Label("button.take", nil)
	}
	if len(take) > 0 {
		rows = append(rows, take)
	}
	return append(rows, why)
}

// Taken says for a moment how many cases of a page somebody has now.
func (c *Composer) Taken(lang string, n int) string {
	p := c.texts.Printer(lang)
	if n == 0 {
		return p.Label("saving.taken_none", nil)
	}
	return p.Label("saving.taken", locale.Args{"Count": n})
}
