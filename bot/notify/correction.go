package notify

import (
	"slices"

	"shopwarden/bot/alarm"
	"shopwarden/bot/locale"
	"shopwarden/bot/outbox"
	"shopwarden/rules"
)

// Sure stands before the cause in the button that confirms a correction.
const Sure = "yes-"

// CorrectionView is what a correction of a case would change, or that it would change nothing.
type CorrectionView struct {
	AlarmView
	From          From
	Cause         string // as the button names it
	Counts        bool   // the rule knows this exception; without it the correction is a note
	Before, After CorrectionSide
}

// CorrectionSide is how things stand before or after a correction: the outcome of the case, how often its rule was missed on
// its day, the score of that day and of the 30 days up to it.
type CorrectionSide struct {
	Outcome    rules.Outcome
	Missed     int64
	Day, Month rules.Points
}

// AskCorrection asks why a case is no fault of the shop.
func (c *Composer) AskCorrection(w CorrectionView) (string, [][]outbox.Button) {
	v := c.voice(w.View)
	lines := []locale.HTML{v.T("correct.title", locale.Args{"Case": v.do(w.Case.Rule, w.Case.Subject)}), v.about(w.Case.Rule), v.ruling(w.Case)}
	var list []outbox.Button
	for _, cause := range w.Causes() {
		list = append(list, v.correctButton(v.Label("alarm.why_"+cause, nil), w, cause))
	}
	return v.compose(section{lines: lines}, section{lines: []locale.HTML{v.T("correct.ask", nil)}}),
		append(slices.Collect(slices.Chunk(list, 2)), []outbox.Button{v.backToCase(w)})
}

func (v voice) correctButton(text string, w CorrectionView, choice string) outbox.Button {
	return action(text, "excuse", alarmArgs(v.Shop.ID, OnCase(w.From), w.Alarm.ID, choice)...)
}

func (v voice) backToCase(w CorrectionView) outbox.Button {
	return v.caseButton(v.Label("button.back", nil), w.From, w.Case)
}

// ConfirmCorrection shows what a correction would change, and asks whether it shall be made.
func (c *Composer) ConfirmCorrection(w CorrectionView) (string, [][]outbox.Button) {
	v := c.voice(w.View)
	lines := []locale.HTML{v.T("correct.title", locale.Args{"Case": v.do(w.Case.Rule, w.Case.Subject)}), v.about(w.Case.Rule),
		v.T("correct.reason", locale.Args{"Why": v.whyExcused(w.Cause)})}
	change := []section{{lines: []locale.HTML{v.T("correct.note", nil)}}}
	if w.Counts {
		change = []section{{lines: []locale.HTML{"<b>" + v.T("correct.change", nil) + "</b>"}, rows: v.sides(w)}, {lines: []locale.HTML{v.T("both.why", nil)}}}
	}
	yes := v.correctButton(v.Label("correct.sure", nil), w, Sure+w.Cause)
	return v.compose(append([]section{{lines: lines}}, change...)...),
		[][]outbox.Button{{yes}, {v.correctButton(v.Label("correct.another", nil), w, AskFirst), v.backToCase(w)}}
}

// sides are the numbers before and after, line by line.
func (v voice) sides(w CorrectionView) (rows []locale.HTML) {
	row := func(key string, before, after any) {
		line := v.T(key, locale.Args{"Rule": v.ruleName(w.Case.Rule), "Day": v.day(w.Case.Day), "Before": before, "After": after})
		rows = append(rows, v.T("bullet", locale.Args{"Text": line}))
	}
	b, a := w.Before, w.After
	row("correct.case", v.T("both."+b.Outcome.String(), nil), v.T("both."+a.Outcome.String(), nil))
	row("correct.missed", b.Missed, a.Missed)
	row("correct.day", v.points(b.Day), v.points(a.Day))
	row("correct.month", v.points(b.Month), v.points(a.Month))
	return rows
}

// points is a score, or that there is none.
func (v voice) points(p rules.Points) locale.HTML {
	if !p.Known {
		return v.Nothing()
	}
	return v.Score(p.Value)
}

// PickView is a choice of cases for somebody who said what to do and not with which.
type PickView struct {
	View
	Act   alarm.Act // Take or Excuse
	Cases []rules.Case
}

// Pick asks which case is meant: each has a button that does it.
func (c *Composer) Pick(p PickView) (string, [][]outbox.Button) {
	v := c.voice(p.View)
	name := p.Act.String()
	head := section{lines: []locale.HTML{v.title("pick." + name)}}
	last := []outbox.Button{v.button("due", "due", v.Shop.ID), v.button("violations", "violations", v.Shop.ID), v.button("today", "today", v.Shop.ID)}
	if len(p.Cases) == 0 {
		head.lines = append(head.lines, v.unless("pick."+name+"_none", nil)...)
		return v.compose(head, section{lines: []locale.HTML{v.T("pick."+name+"_typed", nil)}}), [][]outbox.Button{last}
	}
	var rows []locale.HTML
	var list []outbox.Button
	for i, k := range p.Cases {
		row := v.lateRow(k)
		if k.Outcome == rules.Open {
			row = v.dueRow(k)
		}
		rows = append(rows, v.T("row", locale.Args{"N": i + 1, "Text": row}))
		args := alarmArgs(v.Shop.ID, OnCase(From{}), alarm.CaseID(k.Ref(), k.Subject))
		if p.Act == alarm.Excuse {
			args = alarmArgs(v.Shop.ID, OnCase(From{}), alarm.CaseID(k.Ref(), k.Subject), AskFirst)
		}
		list = append(list, action(v.Label("pick."+name+"_button", locale.Args{"N": i + 1}), name, args...))
	}
	return v.compose(head, section{rows: rows}, section{lines: []locale.HTML{v.T("pick."+name+"_typed", nil)}}),
		append(slices.Collect(slices.Chunk(list, 5)), last)
}
