package notify

import (
	"cmp"
	"slices"

	"shopwarden/bot/locale"
	"shopwarden/bot/outbox"
	"shopwarden/rules"
)

// scoreWord is what a button puts in place of a case to ask for the score.
const scoreWord = "score"

// IsScore reports whether a person asks why the score is what it is, in either language.
func IsScore(text string) bool {
	return slices.Contains([]string{scoreWord, "points", "分数", "得分", "总分"}, text)
}

// ScoreView is where the points of a shop come from.
type ScoreView struct {
	View
	Overview rules.Overview
}

// Score answers where the points of the last 30 days were lost: every rule with its counts, what it costs, and how sure that
// is; then what was added and taken. The lines add up to the total.
func (c *Composer) Score(s ScoreView) (string, [][]outbox.Button) {
	v := c.voice(s.View)
	card := s.Overview.Last30.Card
	head := section{lines: []locale.HTML{v.title("score.title")}}
	if !card.Total.Known {
		head.lines = append(head.lines, v.T("score.none", nil))
		head.lines = append(head.lines, v.warnStale()...)
		return v.compose(head), v.scoreButtons()
	}
	head.lines = append(head.lines, v.moved("score.total", totalOf(card), s.Overview.Last30.Total))
	head.lines = append(head.lines, v.warnStale()...)
	rows, free := v.losses(card)
	return v.compose(head, section{rows: rows}, section{lines: free}, section{rows: v.adjustments(card)}), v.scoreButtons()
}

func (v voice) scoreButtons() [][]outbox.Button {
	return [][]outbox.Button{{v.button("tips", "tips", v.Shop.ID), v.button("violations", "violations", v.Shop.ID)}, {v.button("today", "today", v.Shop.ID)}}
}

// losses lists the rules that cost points, those that cost most first, and in one line those that cost none.
func (v voice) losses(card rules.Scorecard) (rows, free []locale.HTML) {
	var list []rules.RuleScore
	for _, p := range card.Principles {
		for _, r := range p.Rules {
			if r.Points.Known {
				list = append(list, r)
			}
		}
	}
	slices.SortStableFunc(list, func(a, b rules.RuleScore) int { return cmp.Compare(b.Lost, a.Lost) })
	var names []locale.HTML
	for _, r := range list {
		if r.Lost < 0.05 {
			names = append(names, v.ruleName(r.Rule.ID))
			continue
		}
		rows = append(rows, v.T("bullet", locale.Args{"Text": v.loss(r)}))
	}
	if len(names) > 0 {
		free = []locale.HTML{v.T("score.free", locale.Args{"Rules": locale.Join(names, v.list())})}
	}
	return rows, free
}

// list is what stands between the items of a list in one line.
func (v voice) list() locale.HTML {
	return v.T("list", locale.Args{"Left": locale.HTML(""), "Right": locale.HTML("")})
}

// loss is what one rule costs, with the counts it rests on.
func (v voice) loss(r rules.RuleScore) locale.HTML {
	args := locale.Args{"Rule": v.ruleName(r.Rule.ID), "Lost": v.Tenths(r.Lost), "Score": v.Score(r.Points.Value), "Share": v.Percent(r.Share),
		"Met": r.Tally.Met, "All": r.Tally.Resolved(), "Proof": v.T("proof."+r.Proof.String(), nil)}
	if r.Provisional {
		args["Proof"] = v.T("proof.small", nil)
	}
	if mean, ok := r.Tally.Mean(); ok && r.Rule.Metric == rules.MeanTime {
		args["Mean"] = v.Duration(mean)
		return v.T("score.mean", args)
	}
	return v.T("score.rule", args)
}

func (v voice) adjustments(card rules.Scorecard) (rows []locale.HTML) {
	for _, a := range card.Adjustments {
		args := locale.Args{"Change": v.Change(a.Points), "Rule": v.ruleName(a.Rule), "Program": a.Program}
		if key := "program." + a.Program; v.Has(key) {
			args["Program"] = v.T(key, nil)
		}
		rows = append(rows, v.T("bullet", locale.Args{"Text": v.T("score."+a.By.String(), args)}))
	}
	return rows
}

// windows is the score of 7 and 30 days in one line, each with its change; none where neither can be judged.
func (v voice) windows(seven, thirty rules.Period) []locale.HTML {
	a, b := totalOf(seven.Card), totalOf(thirty.Card)
	if len(seven.Card.Principles) == 0 || !judged(a) && !judged(b) {
		return nil
	}
	one := func(s standing, shift rules.Shift) locale.HTML {
		if !judged(s) {
			return v.Nothing()
		}
		return v.moved("windows.score", s, shift)
	}
	return []locale.HTML{v.T("windows.line", locale.Args{"Seven": one(a, seven.Total), "Thirty": one(b, thirty.Total)})}
}

func judged(s standing) bool { return s.points.Known && !s.few }

// moved is a text about a score, with its change where there is one to tell.
func (v voice) moved(key string, s standing, shift rules.Shift) locale.HTML {
	if shift.Known && !shift.Provisional {
		key += "_moved"
	}
	return v.T(key, locale.Args{"Score": v.Score(s.points.Value), "Change": v.Change(shift.Points)})
}
