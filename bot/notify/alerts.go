package notify

import (
	"slices"
	"strings"
	"time"

	"shopwarden/bot/alarm"
	"shopwarden/bot/locale"
	"shopwarden/bot/outbox"
	"shopwarden/rules"
)

// fresh is how old a breach may be and still be news; an older one shows in the scorecard only. takeBack is how old an
// alert may be and still be corrected.
const (
	fresh    = 24 * time.Hour
	takeBack = 30 * 24 * time.Hour
)

// alert is one business fact, not yet told to anybody.
type alert struct {
	kind    string // of message
	rule    string
	fact    string // business key without the chat
	edits   string // puts itself in the place of the message of that fact; the verb stands before its key
	shelves bool   // and makes room for another: the fact may come true again
	expires rules.Instant
	follow  *outbox.Follow
	text    func(voice) (string, [][]outbox.Button)
	note    func(voice) locale.HTML  // with edits: what a silent reply says, as an edit is seen by nobody; nil = none
	fold    func(voice) *outbox.Fold // how it reads among others
}

// Alerts returns the messages that a commit gives rise to: one per business fact and subscribed chat. It is a pure
// function; what was told before dies in the outbox by its key.
//
// Breaches are told for 24 hours after their deadline. Warnings are told while the case is open and are worthless at its
// deadline. Violations are told on their day and the day after. A rule that only earns extra alerts nobody. A retraction
// edits the alert that was sent, also in a chat that has turned alerts off since: an edit makes no sound, and what was said
// there must not stay untrue. So does the news that a broken case is done. Both come with a silent reply, as nobody sees an
// edit. Where nothing was sent the outbox drops them. A paused chat gets nothing.
func (c *Composer) Alerts(n News) []outbox.Message {
	out, list := c.notices(n), n.alerts()
	if len(list) == 0 { // as after most commits
		return out
	}
	reached := slices.DeleteFunc(slices.Clone(n.Chats), func(chat Chat) bool { return chat.Paused })
	listening := slices.DeleteFunc(slices.Clone(reached), func(chat Chat) bool { return !chat.Alerts })
	for _, a := range list {
		chats := listening
		if a.edits != "" {
			chats = reached
		}
		out = append(out, c.tell(n, a, chats)...)
	}
	return out
}

// page is an alert as one language has it at one instant.
type page struct {
	html    string
	buttons [][]outbox.Button
	fold    *outbox.Fold
}

// tell writes one alert for every chat, each language once for all that read it at the same time. A warning that a chat would
// get after its deadline, because it is quiet there until then, is not written.
func (c *Composer) tell(n News, a alert, chats []Chat) []outbox.Message {
	type reader struct {
		lang string
		at   rules.Instant
	}
	pages := map[reader]page{}
	out := make([]outbox.Message, 0, len(chats))
	for _, chat := range chats {
		manner := MannerOf(n.Policy, chat, a.kind, a.rule, n.Now)
		if manner.TooLate(a.kind, a.expires) {
			continue
		}
		v := c.voice(View{Lang: chat.Lang, Shop: n.Shop, Policy: n.Policy, Now: manner.SeenFrom(n.Now)})
		who := reader{v.Printer.Lang(), v.Now}
		p, ok := pages[who]
		if !ok {
			p.html, p.buttons = a.text(v)
			p.fold = a.fold(v)
			pages[who] = p
		}
		m := message(n, chat, a.kind, keyFor(a.fact, chat.ID))
		fold := *p.fold
		m.Lang, m.HTML, m.Buttons, m.Fold, m.Expires, m.Follow = who.lang, p.html, p.buttons, &fold, a.expires, a.follow
		manner.Apply(&m)
		if a.shelves {
			m.Key = ShelfKey(m.Key, n.Now)
		}
		if a.edits == "" {
			out = append(out, m)
			continue
		}
		told := m.Key
		m.Key, m.EditOf = a.edits+told, told
		m.Fold.Group = m.Key // of its own: it is never told together with another
		out = append(out, m)
		if a.note != nil {
			note := message(n, chat, outbox.Status, strings.TrimSuffix(a.edits, "/")+noteMark+told)
			note.ReplyOf, note.Silent, note.HTML = told, true, v.compose(section{lines: []locale.HTML{a.note(v)}})
			out = append(out, note)
		}
	}
	return out
}

func message(n News, chat Chat, kind, key string) outbox.Message {
	return outbox.Message{Key: key, Route: n.Shop.ID, Shop: n.Shop.ID, Chat: chat.ID, Thread: chat.Thread, Kind: kind, Created: n.Now}
}

// alerts lists what is still worth telling: corrections first, then the worst first.
func (n News) alerts() (list []alert) {
	for _, x := range n.Cleared {
		if between(x.Entry.Due, n.Now) <= takeBack {
			list = append(list, n.cleared(x))
		}
	}
	for _, f := range n.Withdrawn {
		if between(f.Day.At(0, n.Policy.Zone()), n.Now) <= takeBack {
			list = append(list, n.withdrawn(f))
		}
	}
	view := View{Policy: n.Policy, Now: n.Now}
	for _, k := range n.Finished {
		if !view.bonus(k.Rule) && between(k.Due, n.Now) <= takeBack {
			list = append(list, n.finished(k))
		}
	}
	return append(list, n.news()...)
}

// news lists what is told for the first time.
func (n News) news() (list []alert) {
	today, v := n.Policy.Day(n.Now), View{Policy: n.Policy, Now: n.Now}
	for _, f := range n.Violations {
		if !v.bonus(f.Rule) && (f.Day == today || f.Day == today.Next(-1)) {
			list = append(list, n.violation(f))
		}
	}
	for _, k := range n.Breached {
		if !v.bonus(k.Rule) && between(k.Due, n.Now) <= fresh {
			list = append(list, n.breach(k))
		}
	}
	for _, k := range n.Warned {
		if r, ok := v.rule(k.Rule); (!ok || r.Severity != bonus) && k.Outcome == rules.Open && k.Due > n.Now {
			list = append(list, n.warning(k))
		}
	}
	return list
}

func (n News) warning(k rules.Case) alert {
	return alert{kind: outbox.Warning, rule: k.Rule, fact: stageFact(n.Shop.ID, k.Ref(), k.Subject, k.Due, k.Passed), expires: k.Due,
		fold: func(v voice) *outbox.Fold { return v.warningFold(k) },
		text: func(v voice) (string, [][]outbox.Button) {
			head := v.T("alert.warning", locale.Args{"Left": v.Duration(between(v.Now, k.Due)), "Do": v.do(k.Rule, k.Subject), "Due": v.when(k.Due)})
			return v.compose(section{lines: []locale.HTML{head, v.about(k.Rule), v.act(k.Rule)}}), v.caseButtons(k)
		}}
}

func (n News) breach(k rules.Case) alert {
	return alert{kind: outbox.Breach, rule: k.Rule, fact: breachFact(n.Shop.ID, k.Ref(), k.Subject, k.Due),
		expires: k.Due + rules.Instant(fresh.Milliseconds()), follow: n.followCase(k),
		fold: func(v voice) *outbox.Fold { return v.breachFold(k) },
		text: func(v voice) (string, [][]outbox.Button) {
			act := v.act(k.Rule)
			if k.Stop != 0 {
				act = v.T("act", locale.Args{"Tip": v.T("now.done", nil)})
			}
			return v.compose(section{lines: []locale.HTML{v.broken(k), v.about(k.Rule), act}}), v.caseButtons(k)
		}}
}

// broken is the headline of a breach.
func (v voice) broken(k rules.Case) locale.HTML {
	if k.Reason == rules.StoppedLate {
		return v.T("alert.late", locale.Args{"Late": v.Duration(between(k.Due, k.Stop)), "Do": v.do(k.Rule, k.Subject),
			"Due": v.when(k.Due), "Stop": v.when(k.Stop)})
	}
	if k.Reason == rules.Failed {
		return v.T("alert.failed", locale.Args{"Do": v.do(k.Rule, k.Subject), "What": v.fact(k.Ended), "Stop": v.when(k.Due)})
	}
	return v.overdue(k.Rule, k.Subject, k.Due)
}

// overdue is the headline of a breach of which only the deadline is known; a promise that is kept until a fact breaks it was
// not late.
func (v voice) overdue(rule string, s rules.Subject, due rules.Instant) locale.HTML {
	if r, ok := v.rule(rule); ok && r.Presumed {
		return v.T("alert.broken", locale.Args{"Do": v.do(rule, s)})
	}
	return v.T("alert.overdue", locale.Args{"Do": v.do(rule, s), "Due": v.when(due)})
}

func (n News) violation(f rules.Finding) alert {
	return alert{kind: outbox.Violation, rule: f.Rule, fact: violationFact(n.Shop.ID, f.Rule, f.Day), expires: f.Day.Next(2).At(0, n.Policy.Zone()),
		follow: n.follow(alarm.DayID(f.Rule, f.Day), false),
		fold:   func(v voice) *outbox.Fold { return v.violationFold(f) },
		text: func(v voice) (string, [][]outbox.Button) {
			lines := []locale.HTML{v.reached(f), v.about(f.Rule), v.T("act", locale.Args{"Tip": v.tips(f.Rule)[0]})}
			if rungs := v.rungs(f.Rule); len(rungs) > 0 {
				lines = append(lines, v.T("alert.ladder", locale.Args{"Measures": locale.Join(rungs, v.list())}))
			}
			return v.compose(section{lines: lines}), v.lineButtons(f)
		}}
}

// rungs names what the lines of a rule can lead to in the shop's own pack, the mildest first.
func (v voice) rungs(rule string) (names []locale.HTML) {
	r, _ := v.rule(rule)
	for _, rung := range rules.Rungs() {
		if slices.ContainsFunc(r.Lines, func(l rules.Line) bool { return l.Rung == rung }) {
			names = append(names, v.T("rung."+rung.String(), nil))
		}
	}
	return names
}

// reached is the headline of a violation.
func (v voice) reached(f rules.Finding) locale.HTML {
	return v.T("alert.violation", locale.Args{"Rule": v.ruleName(f.Rule), "Count": f.Breached, "Day": v.day(f.Day), "Limit": f.Limit})
}

func (n News) cleared(x Cleared) alert {
	return alert{kind: outbox.Retraction, rule: x.Entry.Rule, fact: breachFact(n.Shop.ID, x.Entry.Ref(), x.Subject, x.Entry.Due), edits: retraction,
		note: func(v voice) locale.HTML {
			return v.T("retract.named", locale.Args{"Text": v.excuse(x), "Case": v.name(x.Subject)}) // the alert may tell of several
		},
		fold: func(v voice) *outbox.Fold { return v.clearedFold(x) },
		text: func(v voice) (string, [][]outbox.Button) {
			head := v.overdue(x.Entry.Rule, x.Subject, x.Entry.Due).Struck()
			buttons := [][]outbox.Button{{v.whyButton(v.Label("button.why", nil), x.Entry.Ref(), x.Subject)}}
			return v.compose(section{lines: []locale.HTML{head, v.about(x.Entry.Rule), v.excuse(x)}}), buttons
		}}
}

// excuse says why a breach was taken back.
func (v voice) excuse(x Cleared) locale.HTML {
	k := x.Case
	switch {
	case x.OK && k.Outcome == rules.Met:
		return v.T("retract.met", locale.Args{"What": v.fact(k.Ended), "Stop": v.when(k.Stop)})
	case x.OK && k.Outcome == rules.Void && k.Reason == rules.Excused:
		return v.T("retract.excused", nil) // the fact is dated into the case, which is not when somebody said so
	case x.OK && k.Outcome == rules.Void:
		return v.T("retract.void", locale.Args{"What": v.fact(k.Ended), "Stop": v.when(k.Ended.At)})
	case x.OK && k.Outcome == rules.Open:
		return v.T("retract.moved", locale.Args{"Due": v.when(k.Due)})
	}
	return v.T("retract.gone", nil)
}

func (n News) withdrawn(f rules.Finding) alert {
	return alert{kind: outbox.Retraction, rule: f.Rule, fact: violationFact(n.Shop.ID, f.Rule, f.Day), edits: retraction, shelves: true,
		note: func(v voice) locale.HTML {
			return v.T("retract.named", locale.Args{"Text": v.T("retract.violation", locale.Args{"Limit": f.Limit}), "Case": v.ruleName(f.Rule)})
		},
		fold: func(v voice) *outbox.Fold { return v.withdrawnFold(f) },
		text: func(v voice) (string, [][]outbox.Button) {
			excuse := v.T("retract.violation", locale.Args{"Limit": f.Limit})
			return v.compose(section{lines: []locale.HTML{v.reached(f).Struck(), v.about(f.Rule), excuse}}), v.ruleButtons(f.Rule)
		}}
}

func (v voice) ruleButtons(rule string) [][]outbox.Button {
	return [][]outbox.Button{
		{v.button("violations", "violations", v.Shop.ID), v.button("tips", "tips", v.Shop.ID, rule)},
		{v.button("today", "today", v.Shop.ID)},
	}
}
