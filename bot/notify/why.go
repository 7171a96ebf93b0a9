package notify

import (
	"cmp"
	"slices"

	"shopwarden/bot/alarm"
	"shopwarden/bot/locale"
	"shopwarden/bot/outbox"
	"shopwarden/rules"
)

// WhyView is one case, or the lack of it.
type WhyView struct {
	View
	Rule    string
	Subject rules.Subject
	Case    rules.Case
	Found   bool         // Case is the case of Rule and Subject as it stands now
	Others  []rules.Case // the other cases of what was asked about, those that most need explaining first
	NoCase  bool         // not found: Subject was heard of, but no promise of the rules applies to it

	From    From             // the list that the page was opened from
	Alarm   alarm.Alarm      // what was done about the case
	Plain   rules.Case       // the case as the platform counts it, without corrections; zero: there are none
	Said    []rules.Fact     // corrections, as the case knows them
	Proof   []Evidence       // the facts that decided
	Clock   *rules.Clockwork // nil = not known
	Steps   []rules.Step     // simulated measures that the case is counted in
	Owed    []Owed           // what its buyer may be owed
	Appeals []rules.Sanction // penalties of the shop that can be appealed, those about this case or its rule first
	Both    CorrectedRule    // both numbers of the rule on the day of the case
}

// step is one line of a timeline.
type step struct {
	at   rules.Instant
	what locale.HTML
}

// Why answers how a case was judged: the verdict in words, then its timeline, then what it counts for.
func (c *Composer) Why(w WhyView) (string, [][]outbox.Button) {
	v := c.voice(w.View)
	if !w.Found {
		lines := []locale.HTML{v.T("why.gone", locale.Args{"Case": v.sought(w.Subject)}), v.T("why.gone_hint", nil)}
		if w.NoCase {
			lines = []locale.HTML{v.T("why.no_case", locale.Args{"Case": v.name(w.Subject)})}
		}
		return v.compose(section{lines: lines}), [][]outbox.Button{{v.button("due", "due", v.Shop.ID), v.button("violations", "violations", v.Shop.ID)}}
	}
	k := w.Case
	head := section{lines: []locale.HTML{v.T("why.title", locale.Args{"Case": v.do(k.Rule, k.Subject)}), v.about(k.Rule), v.ruling(k)}}
	return v.compose(append([]section{head}, v.caseSections(w)...)...), v.whyButtons(w)
}

// otherCases leads to the other promises of the same order or chat, each with how it stands.
func (v voice) otherCases(others []rules.Case) [][]outbox.Button {
	var list []outbox.Button
	for _, k := range others[:min(len(others), offered)] {
		mark := [...]string{rules.Open: "⏳ ", rules.Met: "✅ ", rules.Breached: "🔴 ", rules.Void: "⚪ "}[k.Outcome]
		list = append(list, v.whyButton(mark+v.ruleName(k.Rule).Plain(), k.Ref(), k.Subject))
	}
	return slices.Collect(slices.Chunk(list, 2))
}

// sought names what somebody looked for. A typed id that begins with a kind means that kind, whatever it was looked for as.
func (v voice) sought(s rules.Subject) locale.HTML {
	if typed, ok := rules.ParseSubject(s.ID); ok && v.Has("kind."+string(typed.Kind)) {
		return v.name(typed)
	}
	return v.name(s)
}

// ruling is the verdict in words.
func (v voice) ruling(k rules.Case) locale.HTML {
	switch k.Reason {
	case rules.StoppedInTime:
		if k.Stop < k.Start {
			return v.T("why.early", nil)
		}
		return v.T("why.met", locale.Args{"Early": v.Duration(between(k.Stop, k.Due))})
	case rules.StoppedLate:
		return v.T("why.late", locale.Args{"Late": v.Duration(between(k.Due, k.Stop))})
	case rules.NeverStopped:
		return v.T("why.never", locale.Args{"Late": v.Duration(between(k.Due, v.Now))})
	case rules.CalledOff:
		return v.T("why.called_off", nil)
	case rules.Excused:
		return v.T("why.excused", locale.Args{"Code": v.whyExcused(cmp.Or(k.Ended.Get("code"), k.Shift))})
	case rules.Failed:
		return v.T("why.failed", locale.Args{"What": v.fact(k.Ended)})
	case rules.Presumed:
		return v.T("why.presumed", nil)
	case rules.Paused:
		return v.T("why.paused", nil)
	}
	if k.Due == 0 {
		return v.T("why.open", nil)
	}
	return v.T("why.running", locale.Args{"Left": v.Duration(max(between(v.Now, k.Due), 0))})
}

// timeline is what happened and what is to come, in order of time.
func (v voice) timeline(w WhyView) (rows []locale.HTML) {
	k := w.Case
	steps := []step{{k.Begun.At, v.T("why.begun", locale.Args{"What": v.fact(k.Begun)})}}
	if k.Start != k.Begun.At {
		steps = append(steps, step{k.Start, v.T("why.start", nil)})
	}
	steps = append(append(steps, v.reminders(k)...), v.pauses(w)...)
	if k.Due != 0 {
		steps = append(steps, step{k.Due, v.T("why.due_"+k.DueBy.String(), locale.Args{"What": v.fact(k.Ended), "Calendar": k.Shift})})
	}
	switch {
	case k.Reason == rules.Failed || k.Outcome == rules.Void && k.Ended.At == 0:
	case k.Outcome == rules.Void:
		steps = append(steps, step{k.Ended.At, v.T("why.void", locale.Args{"What": v.fact(k.Ended)})})
	case k.Stop != 0:
		steps = append(steps, step{k.Stop, v.T("why.ended", locale.Args{"What": v.fact(k.Ended)})})
	default:
		steps = append(steps, step{v.Now, "<b>" + v.T("why.now", nil) + "</b>"})
	}
	slices.SortStableFunc(steps, func(a, b step) int { return cmp.Compare(a.at, b.at) })
	for _, s := range steps {
		line := v.T("why.step", locale.Args{"Time": v.Exactly(v.at(s.at), v.at(v.Now)), "What": s.what})
		rows = append(rows, v.T("bullet", locale.Args{"Text": line}))
	}
	return rows
}

// reminders lists the warning stages that came before the end, and those still to come.
func (v voice) reminders(k rules.Case) (steps []step) {
	until := v.Now
	if k.Ended.At != 0 {
		until = k.Ended.At
	}
	for i, at := range k.Stages {
		switch {
		case at <= until && at < k.Due:
			steps = append(steps, step{at, v.T("why.stage", locale.Args{"N": i + 1})})
		case k.Outcome == rules.Open:
			steps = append(steps, step{at, v.T("why.stage_future", locale.Args{"N": i + 1})})
		}
	}
	return steps
}

// counted says on which day the case counts.
func (v voice) counted(k rules.Case) locale.HTML {
	switch {
	case k.Outcome == rules.Void:
		return v.T("why.counts_void", nil)
	case k.Reason == rules.Presumed:
		return v.T("why.counts_kept", locale.Args{"Day": v.date(k.Day)})
	case k.Stop == 0:
		return v.T("why.counts_open", locale.Args{"Day": v.date(k.Day)})
	}
	return v.T("why.counts", locale.Args{"Day": v.date(k.Day), "Took": v.Duration(k.Took)})
}
