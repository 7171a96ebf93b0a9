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

// TipsView asks for advice, on one rule or on what costs most, from the local days From to To (half-open).
type TipsView struct {
	View
	Rule     string // "" = what costs most
	From, To rules.Date
	Tallies  rules.DayTallies           // sums over those days, by rule
	Causes   map[string][]rules.Pattern // what the misses of each rule have in common, the most telling first
	Read     int                        // broken cases the causes rest on, when there are more than were read; 0 = all
	States   map[string]TipState        // what the shop said to tips, by tip id
	Results  []TipResult                // of tips it accepted
	Noted    Decision                   // what it just said; 0 = nothing
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
	var list []Cost
	for _, r := range t.Policy.Rules(t.To.Next(-1)) {
		tally := t.Tallies[r.ID]
		if gain := t.Policy.Gain(t.From, t.To, t.Tallies, r, rules.Whole(tally)); gain >= 0.1 {
			list = append(list, Cost{r, tally, gain})
		}
	}
	slices.SortStableFunc(list, func(a, b Cost) int { return cmp.Compare(b.Points, a.Points) })
	return list
}

// advice chooses tips that the shop has not put away.
func (t TipsView) advice(tips []rules.Tip) []rules.Advice {
	if t.Policy == nil {
		return nil
	}
	hidden := func(id string) bool { return t.States[id].Hides(t.Now) }
	return t.Policy.Advise(t.From, t.To, t.Tallies, t.Causes, tips, hidden)
}

// given is how many tips a page gives with their evidence, offered how many rules a page offers as buttons; alsoTips is how
// many the page of tips offers, whose own tips have a row of buttons each: six rows are what a phone shows at once.
const (
	given    = 3
	offered  = 8
	alsoTips = 4
)

// Tips answers what to do better: for one rule, or for what costs most now, with the counts that say so.
func (c *Composer) Tips(t TipsView) (string, [][]outbox.Button) {
	v := c.voice(t.View)
	advice := t.advice(c.tips)
	if t.Rule != "" {
		return v.ruleTips(t, advice)
	}
	period := locale.Args{"Period": v.period(t.From, t.To)}
	head := section{lines: append(v.noted(t), v.title("tips.title"))}
	general := section{}
	if len(advice) == 0 {
		head.lines = append(head.lines, v.T(t.nothing(), period))
		general.rows = v.bullets(v.tips(""))
	}
	head.lines = append(head.lines, v.warnStale()...)
	head.lines = append(head.lines, v.readOnly(t)...)
	sections := []section{head}
	advice = advice[:min(len(advice), given)]
	for i, a := range advice {
		sections = append(sections, section{lines: v.advice(t, i+1, a)})
	}
	sections = append(sections, general, section{rows: v.inHand(t.States)}, v.measuredSection(t.Results))
	return v.compose(sections...), append(v.choices(advice), v.tipButtons(t)...)
}

// nothing is why there is no advice: nothing was lost, all that could be said was put away, or nothing is known.
func (t TipsView) nothing() string {
	var n int64
	for _, tally := range t.Tallies {
		n += tally.Resolved()
	}
	switch {
	case n == 0:
		return "tips.nodata"
	case len(t.Costs()) > 0:
		return "tips.put_away"
	}
	return "tips.fine"
}

// noted is the line that says what the shop just said.
func (v voice) noted(t TipsView) []locale.HTML {
	if t.Noted == 0 {
		return nil
	}
	return []locale.HTML{v.T("tips.noted."+t.Noted.String(), nil)}
}

// readOnly says when the causes rest on fewer cases than there are.
func (v voice) readOnly(t TipsView) []locale.HTML {
	if t.Read == 0 {
		return nil
	}
	return []locale.HTML{v.T("tips.read", locale.Args{"Count": t.Read})}
}

// advice is one tip with its evidence: the counts of the rule, the cause, what to do, what it gains.
func (v voice) advice(t TipsView, n int, a rules.Advice) []locale.HTML {
	entry := v.T("tips.entry", locale.Args{"Rule": v.ruleName(a.Rule.ID), "Evidence": v.evidence(t, a.Rule, 0)})
	lines := []locale.HTML{v.T("row", locale.Args{"N": n, "Text": entry})}
	if a.Cause.Dim != 0 {
		lines = append(lines, v.cause(a.Rule, a.Cause))
	}
	return append(lines, v.T("act", locale.Args{"Tip": v.T("tip."+a.Tip.ID+".do", nil)}),
		v.T("tips.worth", locale.Args{"Gain": v.T("tip."+a.Tip.ID+".gain", nil), "Points": v.Score(a.Points)}))
}

// choices are the buttons under tips: what the shop may say to each.
func (v voice) choices(list []rules.Advice) (rows [][]outbox.Button) {
	for i, a := range list {
		var row []outbox.Button
		for _, d := range Decisions() {
			args := []string{v.Shop.ID, d.String(), a.Tip.ID, a.Rule.ID}
			if a.Cause.Dim != 0 {
				args = append(args, a.Cause.Dim.String(), a.Cause.Value)
			}
			row = append(row, action(strconv.Itoa(i+1)+" "+v.Label("button."+d.String(), nil), "tip", args...))
		}
		rows = append(rows, row)
	}
	return rows
}

func (v voice) ruleTips(t TipsView, advice []rules.Advice) (string, [][]outbox.Button) {
	head := append(v.noted(t), v.T("about_shop", locale.Args{"Title": v.T("tips.rule_title", locale.Args{"Rule": v.ruleName(t.Rule)}), "Shop": v.shop()}))
	if r, ok := v.rule(t.Rule); ok {
		points := 0.0
		for _, x := range t.Costs() {
			if x.Rule.ID == r.ID {
				points = x.Points
			}
		}
		head = append(append(head, v.evidence(t, r, points)), v.readOnly(t)...)
		if t.Tallies[t.Rule].Breached > 0 && len(t.Causes[t.Rule]) == 0 {
			head = append(head, v.T("tips.no_cause", nil))
		}
	}
	advice = slices.DeleteFunc(advice, func(a rules.Advice) bool { return a.Rule.ID != t.Rule })
	advice = advice[:min(len(advice), given)]
	sections := []section{{lines: head}}
	for i, a := range advice {
		sections = append(sections, section{lines: v.advice(t, i+1, a)[1:]})
	}
	general := section{lines: []locale.HTML{v.T("tips.general", nil)}, rows: v.bullets(v.otherTips(t, advice))}
	return v.compose(append(sections, general)...), append(v.choices(advice), []outbox.Button{
		v.button("violations", "violations", v.Shop.ID), v.button("tips", "tips", v.Shop.ID)},
		[]outbox.Button{v.button("due", "due", v.Shop.ID), v.button("today", "today", v.Shop.ID)})
}

// otherTips are the words of the rule's tips that were not given already and are not put away.
func (v voice) otherTips(t TipsView, advice []rules.Advice) (list []locale.HTML) {
	for _, tip := range v.helping(t.Rule) {
		taken := slices.ContainsFunc(advice, func(a rules.Advice) bool { return a.Tip.ID == tip })
		if !taken && !t.States[tip].Hides(t.Now) {
			list = append(list, v.T("tip."+tip+".do", nil))
		}
	}
	if len(list) == 0 {
		return v.tips("")
	}
	return list
}

// helping lists the tips of a rule that help whatever the cause. Others speak of "this courier" and need one.
func (v voice) helping(rule string) (ids []string) {
	for _, tip := range v.advised {
		if tip.Answers(rule, rules.Pattern{}) {
			ids = append(ids, tip.ID)
		}
	}
	return ids
}

// tips lists the words of the advice on a rule, or of what holds for any.
func (v voice) tips(rule string) (list []locale.HTML) {
	for _, id := range v.helping(rule) {
		list = append(list, v.T("tip."+id+".do", nil))
	}
	for i := 1; len(list) < i && v.Has("tips.generic.t"+strconv.Itoa(i)); i++ {
		list = append(list, v.T("tips.generic.t"+strconv.Itoa(i), nil))
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
	case tally.Resolved() > 0 && (r.Presumed || len(r.Fail) > 0): // broken by what happened, not by the clock
		text = v.T("tips.broken", locale.Args{"Missed": tally.Breached, "All": tally.Resolved(), "Period": period})
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

// tipButtons leads to the advice of single rules: those that cost most, else those with cases, else the first of each
// principle.
func (v voice) tipButtons(t TipsView) [][]outbox.Button {
	var ids []string
	for _, x := range t.Costs() {
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
	for _, id := range ids[:min(len(ids), alsoTips)] {
		buttons = append(buttons, action("💡 "+v.ruleName(id).Plain(), "tips", v.Shop.ID, id))
	}
	rows := slices.Collect(slices.Chunk(buttons, 2))
	return append(rows, []outbox.Button{v.button("due", "due", v.Shop.ID), v.button("today", "today", v.Shop.ID)})
}
