package notify

import (
	"cmp"
	"slices"
	"strings"

	"shopwarden/bot/alarm"
	"shopwarden/bot/locale"
	"shopwarden/bot/outbox"
	"shopwarden/rules"
)

// Evidence is a fact that decided how a case was judged, and the platform's event that told it.
type Evidence struct {
	Fact    rules.Fact
	Event   string        // id of the event
	Arrived rules.Instant // when it was logged
	Known   bool          // the event was found
}

// stepCase is the Step of a button on the page of a case; the list that the page was opened from follows.
const stepCase = "w"

// OnCase is the Step of the page of a case.
func OnCase(from From) Step { return Step(stepCase + from.before("")) }

// OfCase reads what OnCase writes; ok is false for any other step.
func OfCase(s Step) (from From, ok bool) {
	rest, ok := strings.CutPrefix(string(s), stepCase)
	if !ok || rest == "" {
		return From{}, ok && rest == ""
	}
	if !strings.HasSuffix(rest, fromMark) {
		return From{}, false
	}
	from, _ = CutFrom(rest)
	return from, true
}

// alarmView is the case of a page as an alarm sees it.
func (w WhyView) alarmView() AlarmView {
	k := w.Case
	return AlarmView{View: w.View, Case: k, Alarm: w.Alarm, About: alarm.About{Rule: k.Rule, Ref: k.Ref(), Subject: k.Subject}}
}

// caseSections are what stands behind the verdict of a case: who has it, the story, the proof, what follows, both numbers.
func (v voice) caseSections(w WhyView) []section {
	return []section{{lines: v.acts(w.alarmView())}, {rows: v.timeline(w)}, v.proof(w), v.clock(w), v.follows(w), v.bothOf(w), v.audit(w),
		{lines: []locale.HTML{v.counted(w.Case)}}}
}

// proof says which events of the platform decided, and when they arrived.
func (v voice) proof(w WhyView) section {
	var s section
	for _, e := range w.Proof {
		args := locale.Args{"What": v.fact(e.Fact), "At": v.Exactly(v.at(e.Fact.At), v.at(v.Now)), "Event": locale.Code(e.Event)}
		key := "case.proof_lost"
		switch {
		case e.Known && e.Arrived >= e.Fact.At:
			key, args["Arrived"] = "case.proof", v.Exactly(v.at(e.Arrived), v.at(v.Now))
		case e.Known:
			key = "case.proof_event"
		}
		s.rows = append(s.rows, v.T("bullet", locale.Args{"Text": v.T(key, args)}))
	}
	if w.Case.Reason == rules.NeverStopped {
		s.rows = append(s.rows, v.T("bullet", locale.Args{"Text": v.T("case.proof_none", locale.Args{"Due": v.Exactly(v.at(w.Case.Due), v.at(v.Now))})}))
	}
	if len(s.rows) > 0 {
		s.lines = []locale.HTML{"<b>" + v.T("case.proof_title", nil) + "</b>"}
	}
	return s
}

// clock says in which hours the clock of the case runs.
func (v voice) clock(w WhyView) section {
	if w.Clock == nil || w.Case.Due == 0 {
		return section{}
	}
	var lines []locale.HTML
	switch c := w.Clock; {
	case c.Own:
		lines = append(lines, v.T("case.clock_own", nil))
	case c.Business:
		lines = append(lines, v.T("case.clock_business", nil))
	case len(c.Opens) > 0:
		lines = append(lines, v.T("case.clock_window", locale.Args{"Hours": hoursOf(c.Opens)}))
	case len(c.Night) > 0:
		lines = append(lines, v.T("case.clock_night", locale.Args{"Hours": hoursOf(c.Night)}))
	default:
		lines = append(lines, v.T("case.clock_always", nil))
	}
	return section{lines: lines}
}

// hoursOf writes parts of a day: 08:00–12:00, 13:00–23:00.
func hoursOf(list []rules.Block) string {
	var parts []string
	for _, b := range list {
		parts = append(parts, clockText(b.From)+"–"+clockText(b.To))
	}
	return strings.Join(parts, ", ")
}

// pauses are the steps of a timeline at which the clock stood still and went on.
func (v voice) pauses(w WhyView) (steps []step) {
	if w.Clock == nil {
		return nil
	}
	for _, p := range w.Clock.Pauses {
		steps = append(steps, step{p.From, v.T("case.paused", nil)})
		if p.To != 0 {
			steps = append(steps, step{p.To, v.T("case.resumed", nil)})
		}
	}
	return steps
}

// follows is what a broken case led to or may lead to by the shop's own count, what its buyer may be owed, and what the
// platform announced that can still be appealed.
func (v voice) follows(w WhyView) section {
	var s section
	if w.Case.Outcome == rules.Breached {
		s.rows = v.simulated(w)
		s.rows = append(s.rows, v.owed(LadderView{Owed: w.Owed})...)
	}
	for i, row := range s.rows {
		s.rows[i] = v.T("bullet", locale.Args{"Text": row})
	}
	if len(s.rows) > 0 {
		s.lines = []locale.HTML{"<b>" + v.T("ladder.title", nil) + "</b>", v.T("ladder.own", nil)}
	}
	for _, x := range w.Appeals {
		left, _, _ := x.AppealLeft(v.Now)
		key := "case.appeal_shop"
		if w.concerns(x) {
			key = "case.appeal"
		}
		s.rows = append(s.rows, v.T(key, locale.Args{"What": v.penalty(x), "ID": locale.Code(x.ID), "Left": v.Duration(left), "By": v.when(x.AppealBy)}))
	}
	return s
}

// concerns reports whether a penalty is about this case or its rule; any other is about the shop.
func (w WhyView) concerns(x rules.Sanction) bool {
	return x.Rule == w.Case.Rule || w.Case.Subject == rules.Subject{Kind: rules.Penalty, ID: x.ID}
}

// simulated are the steps that the case is counted in; where there are none, those that its rule may lead to, the mildest
// first.
func (v voice) simulated(w WhyView) (rows []locale.HTML) {
	for _, g := range grouped(w.Steps, 0, 1<<30) {
		rows = append(rows, v.step(g))
	}
	if len(rows) > 0 {
		return rows[:min(len(rows), rungs)]
	}
	r, ok := v.rule(w.Case.Rule)
	if !ok || len(r.Lines) == 0 {
		return nil
	}
	var names []locale.HTML
	for _, rung := range rules.Rungs() {
		if reaches(&r, rung) {
			names = append(names, v.rung(rung, 0, 0))
		}
	}
	return []locale.HTML{v.T("case.may_lead", locale.Args{"Rungs": locale.Join(names, " → ")})}
}

// bothOf is how the platform and the shop count the case, and its rule on that day, where the two differ.
func (v voice) bothOf(w WhyView) section {
	if w.Both.Excused == 0 {
		return section{}
	}
	var lines []locale.HTML
	if w.Plain.Outcome != w.Case.Outcome && w.Plain.Outcome != 0 {
		lines = append(lines, v.T("both.case", locale.Args{"Platform": v.T("both."+w.Plain.Outcome.String(), nil), "Own": v.T("both."+w.Case.Outcome.String(), nil)}))
	}
	lines = append(lines, v.T("both.day", locale.Args{"Rule": v.ruleName(w.Case.Rule), "Day": v.day(w.Case.Day),
		"Platform": w.Both.Missed + w.Both.Excused, "Own": w.Both.Missed}), v.T("both.why", nil))
	return section{lines: lines}
}

// audit is who corrected the count of the case, when and why, and who took it back. What was said elsewhere, and not by a
// button, is known by the facts alone.
func (v voice) audit(w WhyView) section {
	var s section
	for _, x := range slices.Backward(w.Alarm.Record) {
		args := locale.Args{"Who": v.who(x.Who), "At": v.when(x.Who.At), "Why": v.whyExcused(x.Cause), "By": v.who(x.Back), "Back": v.when(x.Back.At)}
		key := "case.corrected"
		if !x.Back.Nobody() {
			key = "case.corrected_back"
		}
		s.rows = append(s.rows, v.T("bullet", locale.Args{"Text": v.T(key, args)}))
	}
	if len(w.Alarm.Record) == 0 {
		for _, f := range w.Said {
			s.rows = append(s.rows, v.T("bullet", locale.Args{"Text": v.T("case.said", locale.Args{"What": v.fact(f), "At": v.when(f.At), "Why": v.whyExcused(f.Get("code"))})}))
		}
	}
	if len(s.rows) > 0 {
		s.lines = []locale.HTML{"<b>" + v.T("case.record_title", nil) + "</b>"}
	}
	return s
}

// whyExcused is a cause in people's words; a code that no button offers stands as it is.
func (v voice) whyExcused(cause string) locale.HTML {
	if key := "alarm.why_" + cause; v.Has(key) {
		return v.T(key, nil)
	}
	if key := "case.code_" + cause; v.Has(key) {
		return v.T(key, nil)
	}
	return locale.Escape(cmp.Or(cause, "?"))
}

// whyButtons are the buttons of the page of a case: what can be done about it, what can be appealed, where else to look.
func (v voice) whyButtons(w WhyView) [][]outbox.Button {
	rows := [][]outbox.Button{}
	if acts := v.caseActs(w); len(acts) > 0 {
		rows = append(rows, acts)
	}
	for _, x := range w.Appeals {
		rows = append(rows, []outbox.Button{action(v.Label("case.button_appeal", locale.Args{"ID": x.ID}), "appeal", v.Shop.ID, x.ID)})
	}
	rows = append(rows, v.otherCases(w.Others)...)
	rows = append(rows, []outbox.Button{v.caseButton(v.Label("button.refresh", nil), w.From, w.Case), v.button("tips", "tips", v.Shop.ID, w.Case.Rule)})
	if w.From.Listed {
		return append(rows, []outbox.Button{v.filtered(v.Label("case.button_list", nil), w.From.Filter), v.button("due", "due", v.Shop.ID)})
	}
	return append(rows, []outbox.Button{v.button("due", "due", v.Shop.ID), v.button("violations", "violations", v.Shop.ID)})
}

// caseActs take the case or give it back, and correct the count or take that back.
func (v voice) caseActs(w WhyView) (row []outbox.Button) {
	x, a := w.alarmView(), w.Alarm
	x.Alarm.ID = alarm.CaseID(w.Case.Ref(), w.Case.Subject)
	step := OnCase(w.From)
	b := func(label, verb string, args ...string) {
		row = append(row, v.alarmButton(label, verb, x, step, args...))
	}
	switch {
	case !a.Excused.Nobody():
		b("unexcuse", "undo", alarm.Excuse.String())
		return row
	case x.ToDo() && a.Taken.Nobody():
		b("take", "take")
	case x.ToDo():
		b("over", "over")
		b("release", "undo", alarm.Take.String())
	}
	if x.Level() != 0 && len(x.Causes()) > 0 {
		row = append(row, action(v.Label("case.button_correct", nil), "excuse", alarmArgs(v.Shop.ID, step, x.Alarm.ID, AskFirst)...))
	}
	return row
}
