package notify

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"shopwarden/bot/alarm"
	"shopwarden/bot/locale"
	"shopwarden/bot/outbox"
	"shopwarden/rules"
)

// FollowView is what an alarm is about, as it stands now. Exactly one of a case and a day is meant.
type FollowView struct {
	View
	Ref     string        // of the case; the rule, for a day
	Subject rules.Subject // zero for a day
	Day     rules.Date    // 0 for a case
	Case    rules.Case
	Found   bool          // there is such a case, or the line is still reached and the day not long gone
	Finding rules.Finding // of a day
	Alarm   alarm.Alarm   // as it is after the look
	Today   int64         // cases of the rule missed today so far
	Before  int64         // cases of the rule missed yesterday
}

// rule is the rule of the case or of the line.
func (f FollowView) rule() string {
	if f.Day != 0 {
		return f.Finding.Rule
	}
	return f.Case.Rule
}

// name is what keys of messages about the fact hold: one deadline of one case, or one day of a rule.
func (f FollowView) name() string {
	if f.Day != 0 {
		return fmt.Sprintf("%s/%s/%s", f.Shop.ID, f.Ref, f.Day)
	}
	return fmt.Sprintf("%s/%s/%s/%d", f.Shop.ID, f.Ref, f.Subject, f.Case.Due)
}

// id is the alarm's.
func (f FollowView) id() string {
	if f.Day != 0 {
		return alarm.DayID(f.Ref, f.Day)
	}
	return alarm.CaseID(f.Ref, f.Subject)
}

// worth is how long a message about an alarm is worth sending.
const worth = 12 * time.Hour

// Follow writes what is to be done about an alarm. It is a pure function; what was written before dies in the outbox by its
// key. A reminder goes to every chat that hears alerts, without a sound while somebody has the case; a question to the
// private chats that the task names.
func (c *Composer) Follow(f FollowView, chats []Chat, tasks []alarm.Task) (out []outbox.Message) {
	for _, task := range tasks {
		switch task.Kind {
		case alarm.TellDone:
			n := News{Shop: f.Shop, Policy: f.Policy, Chats: chats, Now: f.Now, Finished: []rules.Case{f.Case}}
			out = append(out, c.Alerts(n)...)
		case alarm.Remind:
			out = append(out, c.remind(f, chats, task)...)
		case alarm.AskDuty, alarm.AskOwner:
			out = append(out, c.escalate(f, chats, task)...)
		}
	}
	return out
}

func (c *Composer) remind(f FollowView, chats []Chat, task alarm.Task) (out []outbox.Message) {
	k := f.Case
	for _, chat := range chats {
		if !chat.Alerts || chat.Paused {
			continue
		}
		manner := MannerOf(f.Policy, chat, outbox.Reminder, k.Rule, f.Now)
		v := c.voice(f.in(chat, manner))
		lines := []locale.HTML{v.T("follow.remind", locale.Args{"Over": v.Duration(between(k.Due, v.Now)), "Do": v.do(k.Rule, k.Subject)}), v.about(k.Rule)}
		fact := fmt.Sprintf("remind/%s/%d", f.name(), task.N)
		if manner.After == 0 {
			lines = append(lines, v.T("follow.trend", locale.Args{"Today": f.Today, "Before": f.Before}), v.holder(f.Alarm, chat))
		} else { // the counts, and who has it, are of now; and of the reminders that fall into one quiet time the first is enough
			fact = fmt.Sprintf("remind/%s/quiet/%d", f.name(), manner.After)
		}
		m := c.about(f, chat, outbox.Reminder, fact, lines, v)
		manner.Apply(&m)
		m.Silent = m.Silent || f.Alarm.Held(v.Now)
		out = append(out, m)
	}
	return out
}

// escalate asks people in their private chats: those on duty at once, whatever the hour.
func (c *Composer) escalate(f FollowView, chats []Chat, task alarm.Task) (out []outbox.Message) {
	fact := fmt.Sprintf("escalate/%s/%d/%s", f.name(), task.Round, task.Kind)
	for _, chat := range chats {
		if chat.Paused || !slices.Contains(task.To, chat.ID) {
			continue
		}
		var manner Manner
		if task.Kind != alarm.AskDuty {
			manner = MannerOf(f.Policy, chat, outbox.Escalation, f.rule(), f.Now)
		}
		v := c.voice(f.in(chat, manner))
		lines := []locale.HTML{v.untaken(f.Alarm, task), v.what(f), v.about(f.rule()), v.asked(task)}
		m := c.about(f, chat, outbox.Escalation, fact, lines, v)
		manner.Apply(&m)
		out = append(out, m)
	}
	return out
}

// about is a message about an alarm. It is told together with those of its verb and rule.
func (c *Composer) about(f FollowView, chat Chat, kind, fact string, lines []locale.HTML, v voice) outbox.Message {
	verb, _, _ := strings.Cut(fact, "/")
	m := message(News{Shop: f.Shop, Now: f.Now}, chat, kind, keyFor(fact, chat.ID))
	m.Lang, m.Expires = v.Printer.Lang(), f.Now+rules.Instant(worth.Milliseconds())
	m.HTML, m.Buttons = v.compose(section{lines: lines}), v.followButtons(f)
	m.Fold = v.foldFollowed(f, verb)
	return m
}

// in is the view of one chat, at the instant at which it is read there.
func (f FollowView) in(chat Chat, manner Manner) View {
	v := f.View
	v.Lang, v.Now = chat.Lang, manner.SeenFrom(f.Now)
	return v
}

// untaken is the headline of a question: how long nobody took it, or that who did has not done it.
func (v voice) untaken(a alarm.Alarm, task alarm.Task) locale.HTML {
	if task.Round != 0 {
		return v.T("follow.lapsed", locale.Args{"At": v.when(task.Round)})
	}
	return v.T("follow.untaken", locale.Args{"Wait": v.Duration(between(a.Since, v.Now))})
}

// what says what it is about: the headline of the alert.
func (v voice) what(f FollowView) locale.HTML {
	if f.Day != 0 {
		return v.reached(f.Finding)
	}
	return v.broken(f.Case)
}

// asked says why this chat is asked.
func (v voice) asked(task alarm.Task) locale.HTML {
	switch {
	case task.Kind == alarm.AskDuty:
		return v.T("follow.duty", nil)
	case task.Asked:
		return v.T("follow.owner", nil)
	}
	return v.T("follow.nobody", nil)
}

// holder says who has it. Who took it and has not done it is named to the owner alone.
func (v voice) holder(a alarm.Alarm, chat Chat) locale.HTML {
	switch {
	case a.Taken.At == 0:
		return v.T("follow.free", nil)
	case a.Held(v.Now) && a.Taken.Name != "":
		return v.T("follow.held_by", locale.Args{"Name": locale.Escape(a.Taken.Name), "At": v.when(a.Taken.At)})
	case a.Held(v.Now):
		return v.T("follow.held", locale.Args{"At": v.when(a.Taken.At)})
	case chat.Role == Owner && a.Taken.Name != "":
		return v.T("follow.lapsed_by", locale.Args{"Name": locale.Escape(a.Taken.Name), "At": v.when(a.Taken.At)})
	}
	return v.T("follow.lapsed_line", locale.Args{"At": v.when(a.Taken.At)})
}

// apart says of a button that its message is not the alert itself.
const apart = "m"

// followButtons: take it, why, and the list it stands in.
func (v voice) followButtons(f FollowView) [][]outbox.Button {
	take := action(v.Label("follow.take", nil), "take", v.Shop.ID, apart, f.id())
	if f.Day != 0 {
		return [][]outbox.Button{{take}, {v.button("violations", "violations", v.Shop.ID), v.button("tips", "tips", v.Shop.ID, f.rule())}}
	}
	return [][]outbox.Button{{take}, {v.whyButton(v.Label("button.why", nil), f.Ref, f.Subject), v.button("due", "due", v.Shop.ID)}}
}

// askAgain is how long a chat that was asked or reminded about a rule is not asked about another case of it: on a bad day an
// alarm ends every minute, and they are one question.
const askAgain = 15 * time.Minute

// foldFollowed is how the message reads among others of its verb and rule.
func (v voice) foldFollowed(f FollowView, verb string) *outbox.Fold {
	var fold *outbox.Fold
	if f.Day != 0 {
		fold = v.foldOf(f.rule(), f.id(), f.Day.At(0, f.zone()), v.reachedRow(f.Finding))
	} else {
		fold = v.foldOf(f.rule(), f.id(), f.Case.Due, v.brokenRow(f.Case))
	}
	fold.Group = verb + "/" + f.Shop.ID + "/" + f.rule()
	fold.Calm = askAgain.Milliseconds()
	return fold
}

// finished is the news that a broken case is done: an edit of its alert, and a word below it.
func (n News) finished(k rules.Case) alert {
	args := func(v voice) locale.Args {
		return locale.Args{"Do": v.do(k.Rule, k.Subject), "Stop": v.when(k.Stop), "Late": v.Duration(between(k.Due, k.Stop))}
	}
	return alert{kind: outbox.Status, rule: k.Rule, fact: breachFact(n.Shop.ID, k.Ref(), k.Subject, k.Due), edits: done,
		text: func(v voice) (string, [][]outbox.Button) {
			lines := []locale.HTML{v.T("follow.done", args(v)), v.about(k.Rule)}
			return v.compose(section{lines: lines}), [][]outbox.Button{{v.whyButton(v.Label("button.why", nil), k.Ref(), k.Subject), v.button("due", "due", v.Shop.ID)}}
		},
		note: func(v voice) locale.HTML { return v.T("follow.done_note", args(v)) },
		fold: func(v voice) *outbox.Fold {
			fold := v.foldOf(k.Rule, alarm.CaseID(k.Ref(), k.Subject), k.Due, v.T("follow.done_row", args(v)))
			fold.Done = true
			return fold
		}}
}

// follow is what is followed up of an alert once it was sent; nil where nothing is.
func (n News) follow(id string, reminded bool) *outbox.Follow {
	first := alarm.First(n.Shop.EscalateAfter(alarm.DefaultEscalate), reminded)
	if first == 0 {
		return nil
	}
	return &outbox.Follow{Alarm: id, In: first.Milliseconds()}
}

// followCase follows a case that is not done.
func (n News) followCase(k rules.Case) *outbox.Follow {
	state, _ := alarm.Of(k, true)
	if state == alarm.Done {
		return nil
	}
	return n.follow(alarm.CaseID(k.Ref(), k.Subject), state == alarm.Overdue)
}
