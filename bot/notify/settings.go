package notify

import (
	"slices"
	"strconv"

	"shopwarden/bot/locale"
	"shopwarden/bot/outbox"
	"shopwarden/config"
)

// SettingsView is what a chat has set for a shop.
type SettingsView struct {
	View
	Chat    Chat
	Saved   bool               // the page answers a change
	Unclear string             // what somebody wrote that no setting understands, "" = nothing of the kind
	Noise   *outbox.NoiseCount // of the chat, today; nil = nobody counted

	Elsewhere bool // what the page is about comes to another topic than the one it is looked at in
}

// own reports whether the chat sets nothing but what is its own: a private chat of somebody who is no manager.
func (s SettingsView) own() bool { return s.Chat.ID > 0 && !s.Chat.Role.Covers(Manager) }

// DefaultDigestAt is when the daily scorecard comes to a shop that set no time.
const DefaultDigestAt = "09:00"

// digestOff is what a shop sets to have no scorecards.
const digestOff = "off"

func digestAt(s config.Shop) string {
	if s.DigestAt == "" {
		return DefaultDigestAt
	}
	return s.DigestAt
}

// AlertSettings shows and changes whether a chat hears alerts, and the shop's violation line. Its buttons are
// alerts:<shop>|on, |off and |<n>, where 0 is the line of the pack; the line is for those who may change it.
func (c *Composer) AlertSettings(s SettingsView) (string, [][]outbox.Button) {
	v := c.voice(s.View)
	lines := v.settings(s, "alerts")
	toggle := v.button("turn_off", "alerts", v.Shop.ID, "off")
	if s.Chat.Alerts {
		lines = append(lines, v.T("settings.alerts_on", nil))
	} else {
		toggle = v.button("turn_on", "alerts", v.Shop.ID, "on")
		lines = append(lines, v.T("settings.alerts_off", nil))
	}
	if s.Shop.AlertAt > 0 {
		lines = append(lines, v.T("settings.line_own", locale.Args{"Count": s.Shop.AlertAt}))
	} else {
		lines = append(lines, v.T("settings.line_pack", nil))
	}
	if s.Chat.Alerts {
		lines = append(lines, v.rang(s.Chat, s.Noise), v.quietLine(s.Chat))
		lines = append(lines, v.mutedLine(s.Chat)...)
	}
	var choices []outbox.Button
	for _, n := range []int{1, 2, 3, 5, 10} {
		choices = append(choices, action(chosen(strconv.Itoa(n), s.Shop.AlertAt == n), "alerts", v.Shop.ID, strconv.Itoa(n)))
	}
	pack := action(chosen(v.Label("button.pack_line", nil), s.Shop.AlertAt <= 0), "alerts", v.Shop.ID, "0")
	rows := [][]outbox.Button{{toggle}, choices, {pack}, {v.button("quiet", "quiet", v.Shop.ID), v.button("mute", "mute", v.Shop.ID)},
		{v.button("urgent", "urgent", v.Shop.ID), v.button("budget", "budget", v.Shop.ID)}, {v.button("unbind", "unbind", v.Shop.ID)}}
	if s.own() {
		rows = slices.Delete(rows, 1, 3)
	}
	return v.compose(section{lines: lines}), rows
}

// LangSettings offers the languages; unclear is what somebody called one that is none, "" = nothing. Its buttons are
// lang:<code>.
func (c *Composer) LangSettings(lang, unclear string) (string, [][]outbox.Button) {
	v := c.voice(View{Lang: lang})
	lines := []locale.HTML{"<b>" + v.T("settings.lang_title", nil) + "</b>"}
	if unclear != "" {
		lines = append(lines, v.T("settings.lang_unclear", locale.Args{"Text": unclear}))
	}
	lines = append(lines, v.T("settings.lang_now", nil))
	var choices []outbox.Button
	for _, code := range locale.Languages() {
		name := c.texts.Printer(code).Label("language.name", nil)
		choices = append(choices, action(chosen(name, code == v.Printer.Lang()), "lang", code))
	}
	return v.compose(section{lines: lines}), slices.Collect(slices.Chunk(choices, 3))
}

// settings is the head of the page about a setting: its title, and what became of a change.
func (v voice) settings(s SettingsView, name string) []locale.HTML {
	lines := []locale.HTML{v.title("settings." + name + "_title")}
	if s.Unclear != "" {
		lines = append(lines, v.T("settings."+name+"_unclear", locale.Args{"Text": s.Unclear}))
	}
	if s.Saved {
		lines = append(lines, v.T("settings.saved", nil))
	}
	if s.Elsewhere {
		lines = append(lines, v.T("settings.elsewhere", locale.Args{"Command": locale.Code("/" + name + " here")}))
	}
	return lines
}

// chosen marks the present choice.
func chosen(text string, is bool) string {
	if is {
		return "✓ " + text
	}
	return text
}
