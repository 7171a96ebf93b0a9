package notify

import (
	"cmp"
	"maps"
	"slices"

	"shopwarden/bot/locale"
	"shopwarden/rules"
)

// measured says what became of accepted tips.
func (v voice) measured(results []TipResult) (rows []locale.HTML) {
	for _, r := range results {
		rows = append(rows, v.result(r))
	}
	return rows
}

func (v voice) result(r TipResult) locale.HTML {
	c := r.Compare
	args := locale.Args{"Tip": v.T("tip."+r.Tip+".do", nil), "Rule": v.ruleName(r.State.Rule), "Day": v.date(rules.DateOf(r.State.At, v.zone())),
		"BeforeMisses": c.Before.Misses, "BeforeCases": c.Before.Cases, "AfterMisses": c.After.Misses, "AfterCases": c.After.Cases,
		"Change": v.Change(100 * c.Change), "Low": v.Change(100 * c.Low), "High": v.Change(100 * c.High)}
	line := v.T("measured."+c.Effect.String(), args)
	if scope := v.scope(r); scope != "" {
		return v.T("measured.scoped", locale.Args{"Line": line, "Scope": scope})
	}
	return line
}

// scope says what was counted, when that is not what one would think.
func (v voice) scope(r TipResult) locale.HTML {
	rule, known := v.rule(r.State.Rule)
	switch {
	case r.Whole:
		return v.T("measured.whole", nil)
	case known && r.State.Dim != 0:
		return v.T("measured.where", locale.Args{"Where": v.where(rule, rules.Pattern{Dim: r.State.Dim, Value: r.State.Value})})
	}
	return ""
}

// measuredSection is the results under their headline, empty without any.
func (v voice) measuredSection(results []TipResult) section {
	rows := v.measured(results)
	if len(rows) == 0 {
		return section{}
	}
	return section{lines: []locale.HTML{"<b>" + v.T("measured.title", nil) + "</b>"}, rows: rows, more: "digest.more_results"}
}

// inHand lists accepted tips whose days are not over, the earliest accepted first.
func (v voice) inHand(states map[string]TipState) (rows []locale.HTML) {
	ids := slices.SortedFunc(maps.Keys(states), func(a, b string) int {
		return cmp.Or(cmp.Compare(states[a].At, states[b].At), cmp.Compare(a, b))
	})
	for _, id := range ids {
		s := states[id]
		if last := s.Measured(v.zone()); s.Decision == Accepted && last >= v.today() && v.Has("tip."+id+".do") {
			rows = append(rows, v.T("tips.in_hand", locale.Args{"Tip": v.T("tip."+id+".do", nil), "Day": v.date(last.Next(1))}))
		}
	}
	return rows
}
