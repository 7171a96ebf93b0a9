package notify

import (
	"slices"
	"strconv"

	"shopwarden/bot/locale"
	"shopwarden/bot/outbox"
	"shopwarden/rules"
)

// How many choices one page of a menu shows.
const (
	menuRules = 12
	menuDays  = 14
)

// filterMenu are the choices of a question about the filter, and the way back.
func (v voice) filterMenu(w ViolationsView) [][]outbox.Button {
	f := w.Filter.At(0)
	var rows [][]outbox.Button
	switch w.Filter.Menu {
	case ByRule:
		rows = v.ruleMenu(w, f)
	case ByPrinciple:
		all := f
		all.Principle = 0
		list := []outbox.Button{v.choice(v.Label("filter.all", nil), f, all)}
		for _, p := range rules.Principles() {
			f := f
			f.Principle = p
			list = append(list, v.choice(v.principle(p).Plain(), w.Filter.At(0), f))
		}
		rows = slices.Collect(slices.Chunk(list, 3))
	case ByRung:
		rows = v.rungMenu(f)
	default:
		rows = v.dayMenu(w, f)
	}
	return append(rows, []outbox.Button{v.filtered(v.Label("button.back", nil), f)})
}

// choice is one answer; the one that holds is marked.
func (v voice) choice(text string, now, then Filter) outbox.Button {
	if now == then {
		text = "✓ " + text
	}
	return v.filtered(text, then)
}

// ruleMenu names the rules that were missed on the days of the filter, with how often.
func (v voice) ruleMenu(w ViolationsView, f Filter) [][]outbox.Button {
	all := f
	all.Rule = ""
	list := []outbox.Button{v.choice(v.Label("filter.all", nil), f, all)}
	ids := slices.DeleteFunc(w.missed(), func(id string) bool { return !fits(id) })
	first := min(w.Filter.Page*menuRules, len(ids))
	last := min(first+menuRules, len(ids))
	for _, id := range ids[first:last] {
		one := f
		one.Rule = id
		list = append(list, v.choice(v.T("filter.rule", locale.Args{"Rule": v.ruleName(id), "N": w.Counts[id]}).Plain(), f, one))
	}
	rows := slices.Collect(slices.Chunk(list, 1))
	return append(rows, v.menuTurn(w, last < len(ids))...)
}

// rungMenu names the measures that a rule in force may lead to.
func (v voice) rungMenu(f Filter) [][]outbox.Button {
	all := f
	all.Rung = 0
	list := []outbox.Button{v.choice(v.Label("filter.all", nil), f, all)}
	for _, rung := range rules.Rungs() {
		if v.Policy == nil || !slices.ContainsFunc(v.Policy.Rules(v.today()), func(r rules.Rule) bool { return reaches(&r, rung) }) {
			continue
		}
		one := f
		one.Rung = rung
		list = append(list, v.choice(v.rung(rung, 0, 0).Plain(), f, one))
	}
	return slices.Collect(slices.Chunk(list, 2))
}

// dayMenu offers the usual spans and single days, two weeks on a page.
func (v voice) dayMenu(w ViolationsView, f Filter) [][]outbox.Button {
	span := func(key string, then Filter) outbox.Button { return v.choice(v.Label("filter."+key, nil), f, then) }
	rows := [][]outbox.Button{{span("today", f.On(1, false, 0)), span("yesterday", f.On(0, true, 0))},
		{span("week", f.On(0, false, 0)), span("month", f.On(Month, false, 0))}}
	var days []outbox.Button
	newest := v.today().Next(-w.Filter.Page * menuDays)
	for day := newest; day > newest.Next(-menuDays) && day >= w.Oldest; day-- {
		days = append(days, v.choice(v.shortDay(day), f, f.On(0, false, day)))
	}
	rows = append(rows, slices.Collect(slices.Chunk(days, 5))...)
	return append(rows, v.menuTurn(w, newest.Next(-menuDays) >= w.Oldest)...)
}

// shortDay is a day as a button has room for: 23 Nov, 11-23.
func (v voice) shortDay(day rules.Date) string {
	t := v.noon(day)
	return v.Label("filter.short_day", locale.Args{"Day": locale.HTML(strconv.Itoa(t.Day())), "Month": v.T("month.m"+strconv.Itoa(int(t.Month())), nil)})
}

// menuTurn are the buttons to the choices before and after.
func (v voice) menuTurn(w ViolationsView, more bool) [][]outbox.Button {
	var row []outbox.Button
	f := w.Filter.At(0)
	if w.Filter.Page > 0 {
		row = append(row, v.filtered("‹", f.Asking(w.Filter.Menu, w.Filter.Page-1)))
	}
	if more {
		row = append(row, v.filtered("›", f.Asking(w.Filter.Menu, w.Filter.Page+1)))
	}
	if len(row) == 0 {
		return nil
	}
	return [][]outbox.Button{row}
}
