package notify

import (
	"slices"

	"shopwarden/bot/alarm"
	"shopwarden/bot/locale"
	"shopwarden/bot/outbox"
)

// SnoozedView is what is quiet in a shop now, what gets loud first at the top.
type SnoozedView struct {
	View
	Alarms []AlarmView // About is enough of each
}

// Snoozed lists what is quiet, by whom and until when, each with a button that ends it.
func (c *Composer) Snoozed(s SnoozedView) (string, [][]outbox.Button) {
	v := c.voice(s.View)
	head := section{lines: []locale.HTML{v.title("snoozed.title")}}
	if len(s.Alarms) == 0 {
		head.lines = append(head.lines, v.T("snoozed.none", nil))
		return v.compose(head), [][]outbox.Button{{v.button("due", "due", v.Shop.ID), v.button("today", "today", v.Shop.ID)}}
	}
	list := section{hidden: max(0, len(s.Alarms)-Listed)}
	var wake []outbox.Button
	for _, w := range s.Alarms[:len(s.Alarms)-list.hidden] {
		a := w.Alarm
		list.rows = append(list.rows, v.T("snoozed.row", locale.Args{"What": v.matter(w.About), "Until": v.when(a.Quiet), "Who": v.who(a.Snoozed)}))
		wake = append(wake, action("🔔 "+v.matter(w.About).Plain(), "snoozed", v.Shop.ID, a.ID))
	}
	list.rows = v.numbered(list.rows)
	buttons := slices.Collect(slices.Chunk(wake, 1))
	return v.compose(head, list, section{lines: []locale.HTML{v.T("snoozed.counts", nil)}}), append(buttons, []outbox.Button{v.button("due", "due", v.Shop.ID)})
}

// matter names what an alarm is about: ship order 1234; or a rule and a day.
func (v voice) matter(about alarm.About) locale.HTML {
	if about.Line() {
		return v.ruleName(about.Rule) + " · " + v.day(about.Day)
	}
	return v.do(about.Rule, about.Subject)
}

// Pressed is a press and what it came to.
type Pressed struct {
	Act     alarm.Act
	Of      alarm.Act // with Undo
	Who     alarm.Mark
	Changed bool
}

// Pressed says in one plain sentence what a press came to, for the pop-up that answers it: of two who press at once the
// second learns who was first.
func (c *Composer) Pressed(w AlarmView, p Pressed) string {
	v, a := c.voice(w.View), w.Alarm
	first := func(m alarm.Mark, mine, others string) string {
		if m.Is(p.Who) {
			return v.Label(mine, nil)
		}
		return v.Label(others, locale.Args{"Who": v.who(m), "At": v.moment(m.At)})
	}
	switch p.Act {
	case alarm.Seen:
		return first(a.Seen, "pressed.seen", "pressed.seen_before")
	case alarm.Take, alarm.TakeOver:
		return first(a.Taken, "pressed.take", "pressed.take_before")
	case alarm.Snooze:
		return v.Label("pressed.snooze", locale.Args{"Until": v.when(a.Quiet)})
	case alarm.Excuse:
		mine := "pressed.excuse"
		if w.Level() != 0 {
			mine = "pressed.excuse_counts"
		}
		return first(a.Excused, mine, "pressed.excuse_before")
	}
	if !p.Changed {
		return v.Label("pressed.undo_nothing", nil)
	}
	return v.Label("pressed.undo_"+p.Of.String(), nil)
}

// PressedMany says what a press on several at once came to.
func (c *Composer) PressedMany(lang string, act alarm.Act, n int) string {
	return c.texts.Printer(lang).Label("pressed.many_"+act.String(), locale.Args{"Count": n})
}
