package notify

import (
	"fmt"
	"strings"
	"time"

	"shopwarden/bot/alarm"
	"shopwarden/bot/locale"
	"shopwarden/bot/outbox"
	"shopwarden/rules"
)

// HandoverView is what somebody finds whose duty begins.
type HandoverView struct {
	View
	From, Until rules.Instant // of the shift
	Cases       []rules.Case  // the most urgent: what is late and not done, then the earliest due
	Total       int           // open cases, late ones included
	Oldest      time.Duration // since the first of them began
}

// Urgent is how many cases a hand-over names.
const Urgent = 5

// Handover tells a person whose duty begins what is open. With nothing to hand over it makes no sound. It is worth nothing
// once the shift is over.
func (c *Composer) Handover(h HandoverView, chat Chat) outbox.Message {
	h.Lang = chat.Lang
	v := c.voice(h.View)
	begin := v.at(h.From).Format("2006-01-02T15:04")
	m := message(News{Shop: h.Shop, Now: h.Now}, chat, outbox.Reminder, keyFor(fmt.Sprintf("handover/%s/%s", h.Shop.ID, begin), chat.ID))
	m.Lang, m.Expires, m.Silent = chat.Lang, h.Until, h.Total == 0
	head := section{lines: []locale.HTML{v.T("handover.title", locale.Args{"Until": v.when(h.Until), "Shop": v.shop()})}}
	if h.Total == 0 {
		head.lines = append(head.lines, v.unless("handover.nothing", nil)...)
		m.HTML, m.Buttons = v.compose(head), [][]outbox.Button{{v.button("due", "due", v.Shop.ID)}}
		return m
	}
	head.lines = append(head.lines, v.T("handover.total", locale.Args{"Count": h.Total, "Oldest": v.Duration(h.Oldest)}))
	cases := h.Cases[:min(len(h.Cases), Urgent)]
	var rows []locale.HTML
	for _, k := range cases {
		rows = append(rows, v.dueRow(k))
	}
	m.HTML = v.compose(head, section{rows: v.numbered(rows), hidden: h.Total - len(cases)})
	m.Buttons = [][]outbox.Button{{v.button("due", "due", v.Shop.ID)}}
	return m
}

// RosterView is who is on duty for a shop, as a chat sees it.
type RosterView struct {
	SettingsView
	People []OnDuty // those who have duty hours
}

// OnDuty is one person of the roster.
type OnDuty struct {
	Chat  Chat
	Now   bool          // on duty now
	Until rules.Instant // with Now, when the shift ends
}

// Roster says who is on duty now, and who when: to a member of the team in a private chat only their own hours. Its button
// is duty:<shop>|off.
func (c *Composer) Roster(r RosterView) (string, [][]outbox.Button) {
	v := c.voice(r.View)
	lines := v.settings(r.SettingsView, "duty")
	var now, rows []locale.HTML
	for _, p := range r.People {
		name := v.person(p.Chat)
		if p.Now {
			now = append(now, v.T("duty.until", locale.Args{"Name": name, "Until": v.when(p.Until)}))
		}
		row := v.T("duty.row", locale.Args{"Name": name, "Hours": v.dutyHours(p.Chat.Duty)})
		rows = append(rows, v.T("bullet", locale.Args{"Text": row}))
	}
	if len(now) > 0 {
		lines = append(lines, v.T("duty.now", locale.Args{"Who": locale.Join(now, v.list())}))
	} else {
		lines = append(lines, v.T("duty.nobody", nil))
	}
	var buttons [][]outbox.Button
	own := v.T("duty.private", nil)
	switch {
	case r.Chat.ID > 0 && r.Chat.Duty != "":
		own = v.T("duty.yours", locale.Args{"Hours": v.dutyHours(r.Chat.Duty)}) + "\n" + v.T("duty.rings", nil)
		buttons = [][]outbox.Button{{v.button("turn_off", "duty", v.Shop.ID, "off")}}
	case r.Chat.ID > 0:
		own = v.T("duty.none", nil)
	}
	if r.own() {
		rows = nil
	}
	return v.compose(section{lines: append(lines, own)}, section{rows: rows}, section{lines: []locale.HTML{v.askedWhen()}}), buttons
}

// askedWhen says what the roster is for.
func (v voice) askedWhen() locale.HTML {
	wait := v.Shop.EscalateAfter(alarm.DefaultEscalate)
	if wait == 0 {
		return v.T("duty.asks_off", nil)
	}
	return v.T("duty.asks", locale.Args{"Wait": v.Duration(wait)})
}

// person is the name of a private chat, or its number.
func (v voice) person(c Chat) locale.HTML {
	if strings.TrimSpace(c.Title) == "" {
		return locale.Escape(fmt.Sprint(c.ID))
	}
	return locale.Escape(c.Title)
}

// dutyHours are duty hours as they were written, with the days of the week in the reader's language.
func (v voice) dutyHours(text string) locale.HTML {
	to := v.T("range_mark", nil)
	var pairs []string
	for i, day := range []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"} {
		name := string(v.T(fmt.Sprintf("weekday.w%d", i), nil))
		pairs = append(pairs, day+"-", name+string(to), day, name)
	}
	return locale.Escape(strings.NewReplacer(pairs...).Replace(text))
}
