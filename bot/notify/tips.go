package notify

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"shopwarden/bot/locale"
	"shopwarden/bot/outbox"
	"shopwarden/rules"
)

// TipsView asks for advice, on one rule or on what costs most, from the tallies of the local days From to To (half-open).
type TipsView struct {
	View
	Rule     string // "" = what costs most
	From, To rules.Date
	Tallies  rules.DayTallies // sums over those days, by rule
}

// Cost is what a rule costs a shop: the points that the total would gain if the rule had been kept every time.
type Cost struct {
	Rule   rules.Rule
	Tally  rules.Tally
	Points float64
}

// Costs ranks the rules by what they cost, the most first; rules that cost less than a tenth of a point are left out. Each
// is found by scoring the same days again with that rule kept.
func (t TipsView) Costs() []Cost {
	if t.Policy == nil {
		return nil
	}
	base := t.Policy.Score(t.From, t.To, t.Tallies).Total
	var list []Cost
	for _, r := range t.Policy.Rules(t.To.Next(-1)) {
		tally := t.Tallies[r.ID]
		if tally.Resolved() == 0 && tally.Timed == 0 {
			continue
		}
		better := rules.DayTallies{r.ID: kept(r, tally)}
		for id, other := range t.Tallies {
			if id != r.ID {
				better[id] = other
			}
		}
		if gain := t.Policy.Score(t.From, t.To, better).Total.Value - base.Value; gain >= 0.1 {
			list = append(list, Cost{r, tally, gain})
		}
	}
	slices.SortStableFunc(list, func(a, b Cost) int { return cmp.Compare(b.Points, a.Points) })
	return list
}

// kept is a tally as it would be had the rule been kept every time.
func kept(r rules.Rule, t rules.Tally) rules.Tally {
	t.Met, t.Breached = t.Resolved(), 0
	if r.Metric == rules.MeanTime {
		t.TookMS = min(t.TookMS, int64(r.Anchors.Excellent*1000)*t.Timed)
	}
	return t
}

// ranked is how many rules the general advice covers, offered how many it offers as buttons.
const (
	ranked  = 3
	offered = 8
)

// Tips answers what to do better: for one rule, or for the rules that cost most now, with the counts that say so.
func (c *Composer) Tips(t TipsView) (string, [][]outbox.Button) {
	v := c.voice(t.View)
	if t.Rule != "" {
		return v.ruleTips(t)
	}
	costs := t.Costs()
	period := locale.Args{"Period": v.period(t.From, t.To)}
	head := section{lines: []locale.HTML{v.title("tips.title")}}
	if len(costs) == 0 {
		key := "tips.fine"
		if t.resolved() == 0 {
			key = "tips.nodata"
		}
		head.lines = append(head.lines, v.T(key, period))
		head.lines = append(head.lines, v.warnStale()...)
		return v.compose(head, section{rows: v.bullets(v.tips("generic"))}), v.tipButtons(t, nil)
	}
	head.lines = append(head.lines, v.warnStale()...)
	sections := []section{head}
	for i, x := range costs[:min(len(costs), ranked)] {
		tips := v.tips(x.Rule.ID)
		entry := v.T("tips.entry", locale.Args{"Rule": v.ruleName(x.Rule.ID), "Evidence": v.evidence(t, x.Rule, x.Points)})
		lines := []locale.HTML{v.T("row", locale.Args{"N": i + 1, "Text": entry})}
		for _, tip := range tips[:min(len(tips), 2)] {
			lines = append(lines, v.T("act", locale.Args{"Tip": tip}))
		}
		sections = append(sections, section{lines: lines})
	}
	return v.compose(sections...), v.tipButtons(t, costs)
}

func (v voice) ruleTips(t TipsView) (string, [][]outbox.Button) {
	head := []locale.HTML{v.T("about_shop", locale.Args{"Title": v.T("tips.rule_title", locale.Args{"Rule": v.ruleName(t.Rule)}), "Shop": v.shop()})}
	if r, ok := v.rule(t.Rule); ok {
		points := 0.0
		for _, x := range t.Costs() {
			if x.Rule.ID == r.ID {
				points = x.Points
			}
		}
		head = append(head, v.evidence(t, r, points))
	}
	return v.compose(section{lines: head}, section{rows: v.bullets(v.tips(t.Rule))}), [][]outbox.Button{
		{v.button("violations", "violations", v.Shop.ID), v.button("tips", "tips", v.Shop.ID)},
		{v.button("due", "due", v.Shop.ID), v.button("today", "today", v.Shop.ID)},
	}
}

// tips lists the advice of a rule, or what holds for any.
func (v voice) tips(rule string) (list []locale.HTML) {
	for i := 1; v.Has("tips." + rule + ".t" + strconv.Itoa(i)); i++ {
		list = append(list, v.T("tips."+rule+".t"+strconv.Itoa(i), nil))
	}
	if len(list) == 0 && rule != "generic" {
		return v.tips("generic")
	}
	return list
}

func (v voice) bullets(lines []locale.HTML) (rows []locale.HTML) {
	for _, line := range lines {
		rows = append(rows, v.T("bullet", locale.Args{"Text": line}))
	}
	return rows
}

// evidence is what the shop's own numbers say about a rule.
func (v voice) evidence(t TipsView, r rules.Rule, points float64) locale.HTML {
	tally, period := t.Tallies[r.ID], v.period(t.From, t.To)
	var text locale.HTML
	mean, timed := tally.Mean()
	switch {
	case r.Metric == rules.MeanTime && timed:
		text = v.T("tips.mean", locale.Args{"Mean": v.Duration(mean.Round(time.Second)), "All": tally.Timed, "Period": period})
	case tally.Resolved() > 0:
		text = v.T("tips.rate", locale.Args{"Late": tally.Breached, "All": tally.Resolved(), "Period": period})
	default:
		return v.T("tips.nocases", locale.Args{"Period": period})
	}
	if points >= 0.1 {
		text += " · " + v.T("tips.gain", locale.Args{"Points": v.Score(points)})
	}
	return text
}

func (t TipsView) resolved() (n int64) {
	for _, tally := range t.Tallies {
		n += tally.Resolved()
	}
	return n
}

// tipButtons leads to the advice of single rules: those that cost most, else those with cases, else the first of each
// principle.
func (v voice) tipButtons(t TipsView, costs []Cost) [][]outbox.Button {
	var ids []string
	for _, x := range costs {
		ids = append(ids, x.Rule.ID)
	}
	if len(ids) == 0 && t.Policy != nil {
		var last rules.Principle
		for _, r := range t.Policy.Rules(t.To.Next(-1)) {
			if tally, ok := t.Tallies[r.ID]; ok && tally != (rules.Tally{}) || len(t.Tallies) == 0 && r.Principle != last {
				ids = append(ids, r.ID)
			}
			last = r.Principle
		}
	}
	var buttons []outbox.Button
	for _, id := range ids[:min(len(ids), offered)] {
		buttons = append(buttons, action("💡 "+v.ruleName(id).Plain(), "tips", v.Shop.ID, id))
	}
	rows := slices.Collect(slices.Chunk(buttons, 2))
	return append(rows, []outbox.Button{v.button("due", "due", v.Shop.ID), v.button("today", "today", v.Shop.ID)})
}
