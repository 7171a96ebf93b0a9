package notify

import (
	"cmp"
	"slices"

	"shopwarden/bot/locale"
	"shopwarden/bot/outbox"
	"shopwarden/rules"
)

// PrincipleView is one principle on the running local day, rule by rule.
type PrincipleView struct {
	TodayView
	Principle rules.Principle
	Causes    map[string][]rules.Pattern // of 30 days: what the misses of each rule have in common, the most telling first
}

// principleRules is how many rules a page about a principle tells of; the rest is named.
const principleRules = 6

// detailRow is how many of its numbered buttons stand in a row, so that a phone shows them whole and six rows are enough.
const detailRow = 3

// Principle answers where a principle stands and why: its rules with their counts, what they cost, what their misses have in
// common and how much may still go wrong.
func (c *Composer) Principle(p PrincipleView) (string, [][]outbox.Button) {
	v := c.voice(p.View)
	i := slices.IndexFunc(p.Card.Principles, func(s rules.PrincipleScore) bool { return s.Principle == p.Principle })
	if i < 0 {
		return v.compose(section{lines: []locale.HTML{v.title("details.title"), v.T("because.nothing", nil)}}), v.tabs(p)
	}
	score := p.Card.Principles[i]
	sections := []section{{lines: append([]locale.HTML{v.principleTitle(p, i), v.lostBy(score)}, v.warnStale()...)}}
	var idle []locale.HTML
	var shown []rules.RuleScore
	for _, r := range byLoss(score.Rules) {
		if r.Tally.Resolved()+r.Tally.Open <= 0 || len(shown) == principleRules {
			idle = append(idle, v.ruleName(r.Rule.ID))
			continue
		}
		shown = append(shown, r)
		sections = append(sections, section{lines: v.ruleDetails(p, len(shown), r)})
	}
	if len(idle) > 0 {
		key := "details.idle"
		if len(shown) == principleRules {
			key = "details.others"
		}
		sections = append(sections, section{rows: []locale.HTML{v.T(key, locale.Args{"Rules": locale.Join(idle, v.list())})}})
	}
	return v.compose(sections...), append(v.detailButtons(shown), v.tabs(p)...)
}

// byLoss orders rules by what they cost, the most first.
func byLoss(list []rules.RuleScore) []rules.RuleScore {
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b rules.RuleScore) int { return cmp.Compare(b.Lost, a.Lost) })
	return list
}

func (v voice) principleTitle(p PrincipleView, i int) locale.HTML {
	_, stale := p.silence()
	s := standingOf(p.Card.Principles[i])
	args := s.args(v, stale)
	args["Principle"], args["Shop"] = v.principle(p.Principle), v.shop()
	key := s.form("details.head")
	if i < len(p.Before.Principles) && !stale {
		if change, ok := s.since(standingOf(p.Before.Principles[i])); ok { // there is a score, and it rests on enough
			key, args["Change"], args["Day"] = "details.head_moved", v.Change(change), v.day(p.BeforeDay)
		}
	}
	return v.T(key, args)
}

// lostBy says how much of the total the principle is, and what it costs today.
func (v voice) lostBy(p rules.PrincipleScore) locale.HTML {
	lost := 0.0
	for _, r := range p.Rules {
		lost += r.Lost
	}
	switch {
	case !p.Points.Known, p.Provisional:
		return v.T("details.no_share", nil)
	case v.Tenths(lost) == "0":
		return v.T("details.costs_nothing", locale.Args{"Share": v.Percent(p.Share)})
	}
	return v.T("details.costs", locale.Args{"Share": v.Percent(p.Share), "Points": v.Tenths(lost)})
}

// ruleDetails is one rule: name and loss, counts with rate and target, cause, allowance.
func (v voice) ruleDetails(p PrincipleView, n int, r rules.RuleScore) []locale.HTML {
	name := v.T("details.rule", locale.Args{"N": n, "Rule": v.ruleName(r.Rule.ID)})
	if v.Tenths(r.Lost) != "0" && !r.Provisional {
		name = v.T("details.rule_costs", locale.Args{"N": n, "Rule": v.ruleName(r.Rule.ID), "Points": v.Tenths(r.Lost)})
	}
	lines := []locale.HTML{name, v.ruleCounts(r)}
	if causes := p.Causes[r.Rule.ID]; len(causes) > 0 {
		lines = append(lines, v.T("details.cause", locale.Args{"Cause": v.cause(*r.Rule, causes[0])}))
	}
	if _, stale := p.silence(); !stale {
		for _, s := range spares(p.Allowances) {
			if s.rule.ID == r.Rule.ID {
				lines = append(lines, v.room(s, false))
			}
		}
	}
	return lines
}

func (v voice) ruleCounts(r rules.RuleScore) locale.HTML {
	t := r.Tally
	parts := []locale.HTML{v.T("details.kept", locale.Args{"Count": t.Met})}
	if t.Breached > 0 {
		parts = append(parts, v.T("details.missed", locale.Args{"Count": t.Breached}))
	}
	if t.Open > 0 {
		parts = append(parts, v.T("details.open", locale.Args{"Count": t.Open}))
	}
	line := locale.Join(parts, v.list())
	mean, timed := t.Mean()
	rate, known := t.MetRate()
	a := r.Rule.Anchors
	switch {
	case r.Rule.Metric == rules.MeanTime && timed:
		return v.T("details.mean", locale.Args{"Told": line, "Mean": v.Duration(mean), "Target": v.Duration(seconds(a.Good))})
	case r.Rule.Metric == rules.MetRate && known:
		return v.T("details.rate", locale.Args{"Told": line, "Rate": v.Percent(rate), "Target": v.Percent(a.Good)})
	}
	return line
}

// detailButtons leads from each rule to its misses and to its tips, one row for each: the numbers are those of the text.
func (v voice) detailButtons(shown []rules.RuleScore) [][]outbox.Button {
	var missed, tips []outbox.Button
	for i, r := range shown {
		label := locale.Args{"N": i + 1}
		tips = append(tips, action(v.Label("button.rule_tips", label), "tips", v.Shop.ID, r.Rule.ID))
		if r.Tally.Breached > 0 {
			missed = append(missed, action(v.Label("button.rule_missed", label), "violations", v.Shop.ID, "rule="+r.Rule.ID))
		}
	}
	return append(slices.Collect(slices.Chunk(missed, detailRow)), slices.Collect(slices.Chunk(tips, detailRow))...)
}

// tabs lead to the other principles, to where the points of 30 days come from, and back.
func (v voice) tabs(p PrincipleView) [][]outbox.Button {
	_, stale := p.silence()
	var others []outbox.Button
	for _, x := range rules.Principles() {
		dot := locale.HTML("⚪")
		for _, s := range p.Card.Principles {
			if s.Principle == x {
				dot = standingOf(s).dot(stale)
			}
		}
		if x != p.Principle {
			others = append(others, action(string(dot)+" "+v.principle(x).Plain(), "today", v.Shop.ID, x.String()))
		}
	}
	return [][]outbox.Button{others, {v.button("score", "why", v.Shop.ID, scoreWord), v.button("today", "today", v.Shop.ID)}}
}

// principles is one line per principle, with the change since another card where both have a score.
func (v voice) principles(card, before rules.Scorecard, unknown bool) []locale.HTML {
	var lines []locale.HTML
	for i, p := range card.Principles {
		now := standingOf(p)
		line := v.principleLine(p, now, unknown)
		if i < len(before.Principles) {
			if change, ok := now.since(standingOf(before.Principles[i])); ok {
				line = v.T("scorecard.line", locale.Args{"Line": line, "Change": v.Change(change)})
			}
		}
		lines = append(lines, line)
	}
	return lines
}

func (v voice) principleLine(p rules.PrincipleScore, s standing, unknown bool) locale.HTML {
	args := s.args(v, unknown)
	args["Principle"] = v.principle(p.Principle)
	switch {
	case s.nothing() && s.sum.Open > 0:
		return v.T("principle_line.open", args)
	case s.nothing():
		return v.T("principle_line.none", args)
	case s.few:
		return v.T("principle_line.small", args)
	}
	if rule := costliest(p); s.sum.Breached == 0 && s.grade() > rules.Good && rule != "" { // red, and all kept: say where it went
		args["Rule"] = v.ruleName(rule)
		return v.T("principle_line.lost", args)
	}
	return v.T("principle_line.scored", args)
}

// costliest is the rule that costs a principle most, "" when none costs anything worth a word.
func costliest(p rules.PrincipleScore) (rule string) {
	most := 0.05
	for _, r := range p.Rules {
		if r.Lost > most {
			rule, most = r.Rule.ID, r.Lost
		}
	}
	return rule
}
