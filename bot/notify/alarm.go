package notify

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"

	"shopwarden/bot/alarm"
	"shopwarden/bot/locale"
	"shopwarden/bot/outbox"
	"shopwarden/rules"
)

// AlarmView is what an alarm is about as it stands now, a case or a line, and what was done about it.
type AlarmView struct {
	View
	Alarm   alarm.Alarm
	About   alarm.About
	Case    rules.Case    // of a case
	Finding rules.Finding // of a line
}

// Step names the message a button stands under, so that its press edits the right one: which alert of a case it was.
type Step string

// ToldBreach and ToldLine: the alerts themselves. ToldApart: any other message about it. ToldFolded: one that tells of several.
const (
	ToldBreach Step = "b"
	ToldLine   Step = "v"
	ToldApart  Step = "m"
	ToldFolded Step = "f"
)

// toldStage is the warning of a stage, from 1.
func toldStage(n int) Step { return Step(strconv.Itoa(n)) }

// IsStep reports whether a text is a Step.
func IsStep(text string) bool {
	switch Step(text) {
	case ToldBreach, ToldLine, ToldApart, ToldFolded:
		return true
	}
	if _, ok := OfCase(Step(text)); ok {
		return true
	}
	n, err := strconv.Atoi(text)
	return err == nil && n > 0 && toldStage(n) == Step(text)
}

// Level is how bad it is now; 0 when it is settled.
func (w AlarmView) Level() alarm.Level {
	switch {
	case w.About.Line():
		return alarm.Violated
	case w.Case.Outcome == rules.Breached:
		return alarm.Broken
	case w.Case.Outcome == rules.Open:
		return alarm.Warned
	}
	return 0
}

// ToDo reports whether something can still be done about it: it is open, or late and not done, or a line.
func (w AlarmView) ToDo() bool {
	return w.Level() != 0 && (w.About.Line() || w.Case.Stop == 0)
}

// Step is the last alert that told of it as it is now, "" when none did.
func (w AlarmView) Step() Step {
	switch {
	case w.About.Line():
		return ToldLine
	case w.Case.Outcome == rules.Breached:
		return ToldBreach
	case w.Case.Outcome == rules.Open && w.Case.Passed > 0:
		return toldStage(w.Case.Passed)
	}
	return ""
}

// key is the key of that alert in a chat.
func (w AlarmView) key(chat int64) string {
	k := w.Case
	switch w.Step() {
	case ToldLine:
		return ViolationKey(w.Shop.ID, w.About.Rule, w.About.Day, chat)
	case ToldBreach:
		return BreachKey(w.Shop.ID, k.Ref(), k.Subject, k.Due, chat)
	}
	return StageKey(w.Shop.ID, k.Ref(), k.Subject, k.Due, k.Passed, chat)
}

// alert is the alert as it would be told now.
func (w AlarmView) alert() alert {
	n := News{Shop: w.Shop, Policy: w.Policy, Now: w.Now}
	switch w.Level() {
	case alarm.Violated:
		return n.violation(w.Finding)
	case alarm.Broken:
		return n.breach(w.Case)
	case alarm.Warned:
		return n.warning(w.Case)
	}
	return n.settled(w.Case)
}

// settled says of a case that was warned of or broken that nothing is owed any more.
func (n News) settled(k rules.Case) alert {
	x := Cleared{Subject: k.Subject, Entry: rules.Entry{Rule: k.Rule, Part: k.Part, Due: k.Due}, Case: k, OK: true}
	return alert{kind: outbox.Status, rule: k.Rule, fold: func(v voice) *outbox.Fold { return v.clearedFold(x) }, text: func(v voice) (string, [][]outbox.Button) {
		end := v.excuse(x)
		if k.Outcome == rules.Met {
			end = v.T("alarm.settled", locale.Args{"What": v.fact(k.Ended), "Stop": v.when(k.Stop)})
		}
		return v.compose(section{lines: []locale.HTML{v.do(k.Rule, k.Subject).Struck(), v.about(k.Rule), end}}), nil
	}}
}

// Alarm is an alert as it stands now: its text, who has it, and the buttons that fit. step is the message it stands in.
func (c *Composer) Alarm(w AlarmView, step Step) (string, [][]outbox.Button) {
	v := c.voice(w.View)
	return v.alarmText(w), v.alarmButtons(w, step)
}

func (v voice) alarmText(w AlarmView) string {
	text, _ := w.alert().text(v)
	return v.compose(section{lines: []locale.HTML{locale.HTML(text)}}, section{lines: v.acts(w)})
}

// acts are the lines that say who did what: who has it, never who did not.
func (v voice) acts(w AlarmView) (lines []locale.HTML) {
	a := w.Alarm
	line := func(key string, m alarm.Mark, more locale.Args) {
		args := locale.Args{"Who": v.who(m), "At": v.moment(m.At)}
		for name, value := range more {
			args[name] = value
		}
		lines = append(lines, v.T(key, args))
	}
	switch {
	case !a.Taken.Nobody():
		line("alarm.taken", a.Taken, nil)
	case !a.Seen.Nobody():
		line("alarm.seen", a.Seen, nil)
	}
	if v.silent(w) {
		lines = append(lines, v.T("alarm.snoozed", locale.Args{"Who": v.who(a.Snoozed), "Until": v.when(a.Quiet)}))
	}
	if !a.Excused.Nobody() {
		line("alarm.excused", a.Excused, locale.Args{"Why": v.T("alarm.why_"+a.Cause, nil)})
		if w.Level() != 0 {
			lines = append(lines, v.T("alarm.still_counts", nil))
		}
	}
	return lines
}

func (v voice) silent(w AlarmView) bool { return w.Level() != 0 && w.Alarm.Silences(w.Level(), v.Now) }

// mark is what the acts come to in one row among others, "" when nobody did anything.
func (v voice) mark(w AlarmView) locale.HTML {
	a := w.Alarm
	switch {
	case !a.Excused.Nobody():
		return v.T("alarm.mark_excused", locale.Args{"Who": v.who(a.Excused)})
	case v.silent(w) || !a.Taken.Nobody():
		var marks []locale.HTML
		if !a.Taken.Nobody() {
			marks = append(marks, v.T("alarm.mark_taken", locale.Args{"Who": v.who(a.Taken)}))
		}
		if v.silent(w) {
			marks = append(marks, v.T("alarm.mark_snoozed", locale.Args{"Until": v.when(a.Quiet)}))
		}
		return locale.Join(marks, " · ")
	case !a.Seen.Nobody():
		return v.T("alarm.mark_seen", locale.Args{"Who": v.who(a.Seen)})
	}
	return ""
}

// who names a person as far as is known.
func (v voice) who(m alarm.Mark) locale.HTML {
	switch {
	case m.Name != "":
		return locale.Escape(m.Name)
	case m.Person == 0:
		return v.T("alarm.an_admin", nil)
	}
	return v.T("alarm.somebody", nil)
}

// moment is a time of day, with its day when that is not today.
func (v voice) moment(i rules.Instant) locale.HTML {
	if rules.DateOf(i, v.zone()) == v.today() {
		return v.Clock(v.at(i))
	}
	return v.when(i)
}

// Statuses are the edits that bring the alert of an alarm up to date in every chat that may have got it; where nothing was
// sent the outbox drops them, and a paused chat gets none. They make no sound. The version of the alarm is part of their
// keys, so that one state is told once. There are none while no alert told of it as it is now.
//
// was is the same alarm before what was done to it, which may have been told otherwise then.
func (c *Composer) Statuses(was, now AlarmView, chats []Chat) (out []outbox.Message) {
	told := now
	if told.Step() == "" {
		told = was
	}
	if told.Step() == "" {
		return nil
	}
	for _, chat := range chats {
		if chat.Paused {
			continue
		}
		m := c.status(now, chat, told.Step())
		m.EditOf = told.key(chat.ID)
		m.Key = statusKey(m.EditOf, now.Alarm.Version)
		m.Fold.Group = "" // it takes the place of a row and is never told together with others
		out = append(out, m)
	}
	return out
}

// Repaint is the edit of one message about an alarm, by its number in Telegram: the alert, or what ask makes of its buttons.
// key is the press that asks for it.
func (c *Composer) Repaint(w AlarmView, chat Chat, message int, step Step, key string) outbox.Message {
	m := c.status(w, chat, step)
	m.Key, m.EditID, m.Fold = key, message, nil
	return m
}

func (c *Composer) status(w AlarmView, chat Chat, step Step) outbox.Message {
	w.Lang = chat.Lang
	v := c.voice(w.View)
	m := message(News{Shop: w.Shop, Now: w.Now}, chat, outbox.Status, "")
	m.Lang, m.Silent, m.HTML, m.Buttons = v.Printer.Lang(), true, v.alarmText(w), v.alarmButtons(w, step)
	fold := w.alert().fold(v)
	fold.Calm, fold.Done = 0, w.Level() == 0
	if mark := v.mark(w); mark != "" {
		fold.Row += string(" · " + mark)
	}
	m.Fold = fold
	return m
}

// statusKey is the key of the edit that brings an alert up to a version of its alarm.
func statusKey(alert string, version int64) string {
	key := "status/" + alert + "/" + strconv.FormatInt(version, 10)
	if len(key) <= MaxKey {
		return key
	}
	sum := sha256.Sum256([]byte(alert))
	return "status/#" + hex.EncodeToString(sum[:]) + "/" + strconv.FormatInt(version, 10)
}
