package notify

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"shopwarden/bot/locale"
	"shopwarden/bot/outbox"
	"shopwarden/rules"
)

// QuietSettings shows and changes the quiet hours of a chat. Its buttons are quiet:<shop>|off and |<HH:MM-HH:MM>.
func (c *Composer) QuietSettings(s SettingsView) (string, [][]outbox.Button) {
	v := c.voice(s.View)
	lines := append(v.settings(s, "quiet"), v.quietLine(s.Chat))
	if s.Chat.Quiet != "" {
		lines = append(lines, v.T("settings.quiet_how", nil))
	}
	lines = append(lines, v.mutedLine(s.Chat)...)
	lines = append(lines, v.urgentLine(s.Chat))
	if v.Policy != nil && v.Policy.OwnHours() {
		lines = append(lines, v.T("settings.quiet_closed", nil))
	}
	var choices []outbox.Button
	for _, span := range []string{"22:00-08:00", "23:00-07:00", "00:00-09:00"} {
		choices = append(choices, action(chosen(span, s.Chat.Quiet == span), "quiet", v.Shop.ID, span))
	}
	off := action(chosen(v.Label("button.quiet_off", nil), s.Chat.Quiet == ""), "quiet", v.Shop.ID, "off")
	return v.compose(section{lines: lines}), [][]outbox.Button{choices, {off}, {v.button("mute", "mute", v.Shop.ID), v.button("urgent", "urgent", v.Shop.ID)},
		{v.button("budget", "budget", v.Shop.ID), v.button("alerts", "alerts", v.Shop.ID)}}
}

func (v voice) quietLine(chat Chat) locale.HTML {
	if _, _, err := parseQuiet(chat.Quiet); err != nil {
		return v.T("settings.quiet_off", nil)
	}
	from, to, _ := strings.Cut(chat.Quiet, "-")
	return v.T("settings.quiet_on", locale.Args{"From": from, "To": to})
}

// mutedLine says until when a chat is muted, nothing when it is not.
func (v voice) mutedLine(chat Chat) []locale.HTML {
	if chat.Muted <= v.Now {
		return nil
	}
	return []locale.HTML{v.T("settings.mute_on", locale.Args{"Until": v.when(chat.Muted)})}
}

// urgentLine names the rules that ring whatever the hour.
func (v voice) urgentLine(chat Chat) locale.HTML {
	var names []locale.HTML
	for _, id := range strings.Split(chat.Urgent, ",") {
		if id != "" {
			names = append(names, v.ruleName(id))
		}
	}
	if len(names) == 0 {
		return v.T("settings.urgent_none", nil)
	}
	if more := len(names) - urgentNamed; more > 0 {
		return v.T("settings.urgent_more", locale.Args{"Rules": locale.Join(names[:urgentNamed], v.list()), "Count": more})
	}
	return v.T("settings.urgent_are", locale.Args{"Rules": locale.Join(names, v.list())})
}

// urgentNamed is how many urgent rules a line names.
const urgentNamed = 5

// The words of a mute, in buttons and commands.
const (
	MuteHour    = "1h"
	MuteOpening = "opening"
	MuteToday   = "today"
	MuteOff     = "off"
)

// MuteSettings shows and changes until when a chat is muted. Its buttons are mute:<shop>|<word>.
func (c *Composer) MuteSettings(s SettingsView) (string, [][]outbox.Button) {
	v := c.voice(s.View)
	lines := v.settings(s, "mute")
	if muted := v.mutedLine(s.Chat); len(muted) > 0 {
		lines = append(append(lines, muted...), v.T("settings.quiet_how", nil))
	} else {
		lines = append(lines, v.T("settings.mute_off", nil))
	}
	word := func(label, word string) outbox.Button { return v.button(label, "mute", v.Shop.ID, word) }
	rows := [][]outbox.Button{{word("mute_hour", MuteHour), word("mute_opening", MuteOpening), word("mute_today", MuteToday)}}
	if s.Chat.Muted > v.Now {
		rows = append(rows, []outbox.Button{word("mute_off", MuteOff)})
	}
	return v.compose(section{lines: lines}), append(rows, []outbox.Button{v.button("quiet", "quiet", v.Shop.ID)})
}

// opening is when shops without hours of their own are taken to begin, in minutes after midnight.
const opening = 9 * 60

// Opening is when a shop begins its next day of work after now: the next time it opens by its own hours, or else the next
// nine o'clock.
func Opening(p *rules.Policy, now rules.Instant) rules.Instant {
	today := p.Day(now)
	if !p.OwnHours() {
		if at := today.At(opening, p.Zone()); at > now {
			return at
		}
		return today.Next(1).At(opening, p.Zone())
	}
	if at := p.Opens(now); at > now {
		return at
	}
	return p.Opens(today.Next(1).At(0, p.Zone()))
}

// urgentShown is how many rules are offered as buttons; others are named in a command.
const urgentShown = 24

// UrgentSettings shows and changes which rules ring in a chat whatever the hour. Its buttons are urgent:<shop>|<rule>|on and
// |off.
func (c *Composer) UrgentSettings(s SettingsView) (string, [][]outbox.Button) {
	v := c.voice(s.View)
	lines := append(v.settings(s, "urgent"), v.urgentLine(s.Chat), v.T("settings.urgent_how", nil))
	var toggles []outbox.Button
	for _, id := range v.alarming() {
		on := s.Chat.UrgentHere(id)
		toggles = append(toggles, action(chosen(v.ruleName(id).Plain(), on), "urgent", v.Shop.ID, id, onOff(!on)))
	}
	rows := slices.Collect(slices.Chunk(toggles[:min(len(toggles), urgentShown)], 2))
	return v.compose(section{lines: lines}), append(rows, []outbox.Button{v.button("quiet", "quiet", v.Shop.ID)})
}

// alarming lists the rules that may alert, the gravest first.
func (v voice) alarming() (ids []string) {
	if v.Policy == nil {
		return nil
	}
	list := v.Policy.Rules(v.today())
	list = slices.DeleteFunc(list, func(r rules.Rule) bool { return r.Severity == bonus || r.Counted() && len(r.WarnAt) == 0 })
	rank := func(r rules.Rule) int { return slices.Index([]string{"critical", "high", "medium", "low"}, r.Severity) }
	slices.SortStableFunc(list, func(a, b rules.Rule) int { return cmp.Compare(rank(a), rank(b)) })
	for _, r := range list {
		ids = append(ids, r.ID)
	}
	return ids
}

// MaxBudget is the highest budget that makes sense: more than one in two minutes, day and night.
const MaxBudget = 1000

// BudgetSettings shows and changes how many alerts may ring in a chat on one day. Its buttons are budget:<shop>|<n> and |off.
func (c *Composer) BudgetSettings(s SettingsView) (string, [][]outbox.Button) {
	v := c.voice(s.View)
	lines := append(v.settings(s, "budget"), v.rang(s.Chat, s.Noise), v.T("settings.budget_how", nil))
	var choices []outbox.Button
	for _, n := range []int{6, DefaultBudget, 24, 48} {
		choices = append(choices, action(chosen(strconv.Itoa(n), s.Chat.budget() == n), "budget", v.Shop.ID, strconv.Itoa(n)))
	}
	off := action(chosen(v.Label("button.budget_off", nil), s.Chat.budget() < 0), "budget", v.Shop.ID, "off")
	return v.compose(section{lines: lines}), [][]outbox.Button{choices, {off}, {v.button("alerts", "alerts", v.Shop.ID)}}
}
