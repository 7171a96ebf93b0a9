package notify

import (
	"slices"
	"time"

	"shopwarden/bot/alarm"
	"shopwarden/bot/locale"
	"shopwarden/bot/outbox"
	"shopwarden/rules"
)

// deed is the one thing to do now: its words and its buttons. The zero value is nothing.
type deed struct {
	lines   []locale.HTML
	buttons []outbox.Button
	penalty string // what it is about, where that is a penalty
}

// appealSoon is how long before its end an appeal comes before a case that has more time.
const appealSoon = 24 * time.Hour

// deed chooses the most valuable thing to do: a case that is about to be late, an appeal that ends within a day, the open
// case that saves most, any other appeal or exam, the connection when nothing is heard, and else the advice that gains most.
// A case that somebody has in hand gives way to one that nobody has.
func (v voice) deed(t TodayView) deed {
	_, stale := t.silence()
	penalty, ok := v.answerable(t.Ladder)
	left, _, open := penalty.AppealLeft(t.Now)
	pressing, rescues := t.pressing(), t.Rescues
	if stale {
		rescues = nil // who knows whether they are still open
	}
	switch {
	case len(pressing) > 0:
		return v.save(t, t.unheld(pressing))
	case ok && open && left <= appealSoon:
		return v.appeal(penalty)
	case len(rescues) > 0:
		return v.save(t, t.unheld(casesOf(rescues)))
	case ok:
		return v.appeal(penalty)
	case stale && t.Heard != 0:
		return deed{lines: []locale.HTML{v.T("now.connect", nil)}}
	case stale:
		return deed{}
	}
	return v.improve(t)
}

func casesOf(list []rules.Rescue) (cases []rules.Case) {
	for _, r := range list {
		cases = append(cases, r.Case)
	}
	return cases
}

// alarm is what was done about a case, the zero alarm where that is nothing.
func (t TodayView) alarm(k rules.Case) alarm.Alarm { return t.Alarms[alarm.CaseID(k.Ref(), k.Subject)] }

// unheld is the first case that nobody has in hand and nobody excused, else the first of all.
func (t TodayView) unheld(list []rules.Case) rules.Case {
	for _, k := range list {
		if a := t.alarm(k); !a.Held(t.Now) && a.Excused.Nobody() {
			return k
		}
	}
	return list[0]
}

// save asks to close a case in time.
func (v voice) save(t TodayView, k rules.Case) deed {
	line := v.T("now.overdue", locale.Args{"Do": v.do(k.Rule, k.Subject)})
	if k.Due > t.Now {
		line = v.T("now.case", locale.Args{"Left": v.Duration(between(t.Now, k.Due)), "Do": v.do(k.Rule, k.Subject)})
	}
	for _, r := range t.Rescues {
		if r.Case.Subject == k.Subject && r.Case.Ref() == k.Ref() && v.Tenths(r.Saved) != "0" {
			line = v.T("now.worth", locale.Args{"Text": line, "Points": v.Tenths(r.Saved)})
		}
	}
	a := t.alarm(k)
	d := deed{lines: []locale.HTML{v.inHands(a, k, line)}}
	if !t.NoTake && !a.Held(t.Now) && a.Excused.Nobody() {
		d.buttons = append(d.buttons, v.button("take", "take", alarmArgs(v.Shop.ID, ToldApart, alarm.CaseID(k.Ref(), k.Subject))...))
	}
	d.buttons = append(d.buttons, v.whyButton(v.Label("button.open_case", nil), k.Ref(), k.Subject))
	return d
}

// inHands adds to a row who has its case and until when, who had it, or that it is excused or quiet.
func (v voice) inHands(a alarm.Alarm, k rules.Case, row locale.HTML) locale.HTML {
	_, level := alarm.Of(k, true)
	until := a.Taken.At + rules.Instant(alarm.TakeLasts.Milliseconds())
	switch {
	case !a.Excused.Nobody():
		return v.T("board.excused", locale.Args{"Row": row})
	case a.Held(v.Now):
		return v.T("now.held", locale.Args{"Row": row, "Name": v.who(a.Taken), "Until": v.moment(until)})
	case !a.Taken.Nobody():
		return v.T("now.lapsed", locale.Args{"Row": row, "Name": v.who(a.Taken), "Until": v.moment(until)})
	case a.Silences(level, v.Now):
		return v.T("board.snoozed", locale.Args{"Row": row, "Until": v.moment(a.Quiet)})
	}
	return row
}

// answerable is the announced penalty about which something can be done: an appeal that ends first, else an exam.
func (v voice) answerable(l LadderView) (best rules.Sanction, ok bool) {
	for _, s := range v.announced(l) {
		if v.asks(s) > 2 {
			continue
		}
		if !ok || v.asks(s) < v.asks(best) || v.asks(s) == v.asks(best) && s.AppealBy < best.AppealBy {
			best, ok = s, true
		}
	}
	return best, ok
}

func (v voice) appeal(s rules.Sanction) deed {
	if left, _, open := s.AppealLeft(v.Now); open {
		line := v.T("now.appeal", locale.Args{"What": v.penalty(s), "Left": v.Duration(left)})
		return deed{[]locale.HTML{line}, []outbox.Button{v.button("go_appeal", "appeal", v.Shop.ID, s.ID)}, s.ID}
	}
	return deed{[]locale.HTML{v.T("now.exam", locale.Args{"ID": locale.Code(s.ID)})}, []outbox.Button{v.button("go_points", "points", v.Shop.ID)}, s.ID}
}

// improve is the advice that gains most by the last 30 days, of what the shop has not put away.
func (v voice) improve(t TodayView) deed {
	card := t.Overview.Last30.Card
	if len(card.Principles) == 0 {
		return deed{}
	}
	tv := TipsView{View: t.View, From: card.From, To: card.To, Tallies: ScorecardView{Card: card}.tallies(), States: t.States}
	advice := tv.advice(v.advised)
	if len(advice) == 0 {
		return deed{}
	}
	a := advice[0]
	why := action(v.Label("button.this_tip", locale.Args{"Rule": v.ruleName(a.Rule.ID)}), "tips", v.Shop.ID, a.Rule.ID)
	return deed{lines: []locale.HTML{v.T("act", locale.Args{"Tip": v.T("tip."+a.Tip.ID+".do", nil)})}, buttons: []outbox.Button{why}}
}

// consequences are the points in short: what the day could lead to by the shop's own count, and what the platform announced
// last. What the one thing is about is not said again.
func (v voice) consequences(l LadderView, now deed) (lines []locale.HTML) {
	if steps := grouped(l.Ledger.Steps, l.Day, l.Day.Next(1)); len(steps) > 0 {
		lines = append(lines, v.andMore(v.T("now.simulated", locale.Args{"What": v.measure(steps[0].Step)}), steps[0].If, 0))
	} else if running := l.Ledger.Running(l.Day); len(running) > 0 {
		lines = append(lines, v.T("now.running", locale.Args{"What": v.rung(running[0].Rung, 0, 0), "Day": v.date(running[0].Last)}))
	} else if general, severe := l.Ledger.Sums[0].Points, l.Ledger.Sums[1].Points; general+severe > 0 {
		lines = append(lines, v.T("now.sums", locale.Args{"General": number(general), "Severe": number(severe)}))
	}
	news := slices.DeleteFunc(v.announced(l), func(s rules.Sanction) bool { return !v.fresh(s, l.Day) || s.ID == now.penalty })
	if len(news) > 0 {
		lines = append(lines, v.T("now.imposed", locale.Args{"What": v.penalty(news[0]), "State": v.state(news[0])}))
	}
	return lines
}
