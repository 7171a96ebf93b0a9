package notify

import (
	"slices"
	"strconv"

	"shopwarden/bot/locale"
	"shopwarden/bot/outbox"
	"shopwarden/rules"
)

// Listed is how many cases a page lists; the rest is counted.
const Listed = 10

// DueView is what is due next.
type DueView struct {
	View
	Cases []rules.Case // open cases, the earliest due first
	Total int          // open cases in all
}

// Due answers what is due next.
func (c *Composer) Due(d DueView) (string, [][]outbox.Button) {
	v := c.voice(d.View)
	head := section{lines: []locale.HTML{v.title("due.title")}}
	if len(d.Cases) == 0 {
		head.lines = append(head.lines, v.unless("due.empty", nil)...)
		return v.compose(head), v.pageButtons("due", "violations", nil)
	}
	cases := d.Cases[:min(len(d.Cases), Listed)]
	head.lines = append(head.lines, v.T("due.total", locale.Args{"Count": max(d.Total, len(d.Cases))}))
	head.lines = append(head.lines, v.warnStale()...)
	var rows []locale.HTML
	for _, k := range cases {
		rows = append(rows, v.dueRow(k))
	}
	list := section{rows: v.numbered(rows), hidden: max(d.Total, len(d.Cases)) - len(cases)}
	return v.compose(head, list), v.pageButtons("due", "violations", cases)
}

func (v voice) dueRow(k rules.Case) locale.HTML {
	args := locale.Args{"Do": v.do(k.Rule, k.Subject), "Due": v.when(k.Due)}
	if k.Due <= v.Now {
		return v.T("due.overdue", args)
	}
	args["Left"] = v.Duration(between(v.Now, k.Due))
	return v.T("due.row", args)
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
