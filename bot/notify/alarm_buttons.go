package notify

import (
	"slices"
	"strings"

	"shopwarden/bot/alarm"
	"shopwarden/bot/locale"
	"shopwarden/bot/outbox"
	"shopwarden/rules"
)

// The buttons of an alert are verb:SHOP|STEP|…|ID: the id of the alarm comes last, as ids come from platforms and may hold
// bars. Under a message that tells of several they name all of them.

// MaxTogether is how many alarms one button acts on.
const MaxTogether = 50

// idSeparator stands between ids: a control character, which no id holds that anybody can read.
const idSeparator = "\x1e"

// JoinIDs writes the ids of several alarms for one button, SplitIDs reads them: MaxTogether at most.
func JoinIDs(ids []string) string {
	return strings.Join(ids[:min(len(ids), MaxTogether)], idSeparator)
}

// SplitIDs reads what JoinIDs writes.
func SplitIDs(text string) []string {
	ids := strings.Split(text, idSeparator)
	return ids[:min(len(ids), MaxTogether)]
}

// Asks of a second keyboard, and what can be chosen from that of a snooze.
const (
	AskFirst     = "ask"
	UntilHour    = "hour"
	UntilOpening = "opening"
	UntilTonight = "today"
)

// caseButtons and lineButtons stand under an alert about which nothing was done yet.
func (v voice) caseButtons(k rules.Case) [][]outbox.Button {
	w := AlarmView{View: v.View, Case: k, About: alarm.About{Rule: k.Rule, Ref: k.Ref(), Subject: k.Subject}}
	w.Alarm.ID = alarm.CaseID(k.Ref(), k.Subject)
	return v.alarmButtons(w, w.Step())
}

func (v voice) lineButtons(f rules.Finding) [][]outbox.Button {
	w := AlarmView{View: v.View, Finding: f, About: alarm.About{Rule: f.Rule, Day: f.Day}}
	w.Alarm.ID = alarm.DayID(f.Rule, f.Day)
	return v.alarmButtons(w, ToldLine)
}

// alarmButtons are the buttons that fit an alarm: two rows for the thumb, what is done most at the top. Where else to look is
// under the board and the answers to commands.
func (v voice) alarmButtons(w AlarmView, step Step) (rows [][]outbox.Button) {
	if step == "" {
		step = ToldApart
	}
	b := func(label, verb string, args ...string) outbox.Button {
		return v.alarmButton(label, verb, w, step, args...)
	}
	a := w.Alarm
	var top, second []outbox.Button
	switch {
	case !a.Excused.Nobody() || !w.ToDo(): // nothing to take
	case !a.Taken.Nobody():
		top = append(top, b("over", "over"), b("release", "undo", alarm.Take.String()))
	default:
		top = append(top, b("take", "take"))
	}
	if a.Seen.Nobody() && a.Taken.Nobody() && a.Excused.Nobody() && w.Level() != 0 {
		top = append(top, b("seen", "seen"))
	}
	switch {
	case v.silent(w):
		second = append(second, b("wake", "undo", alarm.Snooze.String()))
	case w.ToDo() && a.Excused.Nobody():
		second = append(second, b("snooze", "snooze", AskFirst))
	}
	switch {
	case !a.Excused.Nobody():
		second = append(second, b("unexcuse", "undo", alarm.Excuse.String()))
	case !w.About.Line() && w.Level() != 0:
		second = append(second, b("excuse", "excuse", AskFirst))
	}
	lists := []outbox.Button(nil)
	if why := v.whyButton(v.Label("button.why", nil), w.About.Ref, w.About.Subject); w.About.Line() {
		lists = []outbox.Button{v.button("violations", "violations", v.Shop.ID), v.button("tips", "tips", v.Shop.ID, w.About.Rule)}
	} else if len(top) > 0 {
		top = append(top, why)
	} else {
		second = append(second, why)
	}
	for _, row := range [][]outbox.Button{top, second, lists} {
		if len(row) > 0 {
			rows = append(rows, row)
		}
	}
	return rows
}

func (v voice) alarmButton(label, verb string, w AlarmView, step Step, args ...string) outbox.Button {
	return action(v.Label("button."+label, nil), verb, alarmArgs(v.Shop.ID, step, w.Alarm.ID, args...)...)
}

func alarmArgs(shop string, step Step, id string, args ...string) []string {
	return slices.Concat([]string{shop, string(step)}, args, []string{id})
}

// foldActs act on all that is told together and not settled: take it, seen, quiet for an hour.
func (v voice) foldActs(parts []outbox.Fold) []outbox.Button {
	var ids []string
	for _, p := range parts {
		if p.Case != "" && !p.Done && !slices.Contains(ids, p.Case) {
			ids = append(ids, p.Case)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	shop, all := parts[0].Shop, JoinIDs(ids)
	return []outbox.Button{v.button("take_all", "take", alarmArgs(shop, ToldFolded, all)...), v.button("seen_all", "seen", alarmArgs(shop, ToldFolded, all)...),
		v.button("snooze_all", "snooze", alarmArgs(shop, ToldFolded, all, UntilHour)...)}
}

// AskSnooze is the alert with the question for how long it shall be quiet in the place of its buttons.
func (c *Composer) AskSnooze(w AlarmView, step Step) (string, [][]outbox.Button) {
	v := c.voice(w.View)
	opening, own := w.opening()
	label := "button.morning"
	if own {
		label = "button.opening"
	}
	until := action(v.Label(label, locale.Args{"At": v.when(opening)}), "snooze", alarmArgs(v.Shop.ID, step, w.Alarm.ID, UntilOpening)...)
	return v.alarmText(w), [][]outbox.Button{
		{v.alarmButton("hour", "snooze", w, step, UntilHour), v.alarmButton("tonight", "snooze", w, step, UntilTonight)}, {until},
		{v.alarmButton("back", "alarm", w, step)},
	}
}

// AskExcuse is the alert with the question why it is no fault of the shop in the place of its buttons.
func (c *Composer) AskExcuse(w AlarmView, step Step) (string, [][]outbox.Button) {
	v := c.voice(w.View)
	var list []outbox.Button
	for _, cause := range w.Causes() {
		list = append(list, action(v.Label("alarm.why_"+cause, nil), "excuse", alarmArgs(v.Shop.ID, step, w.Alarm.ID, cause)...))
	}
	list = append(list, v.alarmButton("back", "alarm", w, step))
	return v.alarmText(w), slices.Collect(slices.Chunk(list, 2))
}

// Causes lists why this case may be called no fault of the shop; none for a line, which is the sum of many.
func (w AlarmView) Causes() []string {
	if w.About.Line() || w.Policy == nil {
		return nil
	}
	r, _ := w.Policy.Rule(w.Case.Rule, w.Policy.Day(w.Case.Start))
	return alarm.Causes(r)
}

// morning is until when a shop without hours of its own sleeps, in minutes after midnight: the hour of the daily scorecard
// where nothing else is set.
const morning = 9 * 60

// opening is the next opening of the shop by hours of its own; for a shop that has none, own false, the next morning.
func (w AlarmView) opening() (at rules.Instant, own bool) {
	if at, own = w.Policy.Reopens(w.Now); own {
		return at, true
	}
	today := w.Policy.Day(w.Now)
	if at = today.At(morning, w.Policy.Zone()); at <= w.Now {
		at = today.Next(1).At(morning, w.Policy.Zone())
	}
	return at, false
}

// SnoozeUntil is when a choice of snooze ends; ok is false for no choice.
func (w AlarmView) SnoozeUntil(choice string) (until rules.Instant, ok bool) {
	switch choice {
	case UntilHour:
		return w.Now + 60*60*1000, true
	case UntilTonight:
		return w.Policy.Day(w.Now).Next(1).At(0, w.Policy.Zone()), true
	case UntilOpening:
		until, _ = w.opening()
		return until, true
	}
	return 0, false
}
