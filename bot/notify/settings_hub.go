package notify

import (
	"cmp"
	"slices"

	"shopwarden/bot/locale"
	"shopwarden/bot/outbox"
)

// HubView is all that a chat and its shop have set.
type HubView struct {
	SettingsView
	People []OnDuty // those who have duty hours
}

// Settings shows everything as it is set, with a button to the page of each. Its buttons are those pages, and
// settings:<shop>|zone and |hours.
func (c *Composer) Settings(h HubView) (string, [][]outbox.Button) {
	v := c.voice(h.View)
	chat := slices.Concat(v.digestLines(h.SettingsView), v.alertLines(h), v.mutedLine(h.Chat), []locale.HTML{v.T("settings.hub_board_"+onOff(h.Chat.Board), nil)})
	shop := []locale.HTML{v.zoneLine(), v.hoursLine(h.Shop.Hours)}
	if len(h.Shop.Calendar) > 0 {
		shop = append(shop, v.T("settings.hub_calendar", locale.Args{"Count": len(h.Shop.Calendar), "First": locale.Escape(h.Shop.Calendar[0])}))
	}
	shop = append(shop, v.goals(h.SettingsView), v.dutyLine(h.People))
	return v.compose(section{lines: v.settings(h.SettingsView, "settings")}, section{lines: []locale.HTML{"<b>" + v.T("settings.hub_chat", nil) + "</b>"}, rows: chat},
		section{lines: []locale.HTML{"<b>" + v.T("settings.hub_shop", nil) + "</b>"}, rows: shop}), v.hubButtons()
}

func (v voice) hubButtons() [][]outbox.Button {
	id := v.Shop.ID
	return [][]outbox.Button{
		{v.button("digest", "digest", id), v.button("alerts", "alerts", id)},
		{v.button("quiet", "quiet", id), v.button("mute", "mute", id)},
		{v.button("urgent", "urgent", id), v.button("budget", "budget", id)},
		{v.button("hub_board", "board", id), v.button("hub_duty", "duty", id)},
		{v.button("hub_zone", "settings", id, "zone"), v.button("hub_hours", "settings", id, "hours")},
		{v.button("hub_team", "team", id), v.button("hub_privacy", "privacy")},
		{v.button("hub_lang", "lang"), v.button("today", "today", id)},
	}
}

// alertLines say what a chat hears by itself.
func (v voice) alertLines(h HubView) []locale.HTML {
	if !h.Chat.Alerts {
		return []locale.HTML{v.T("settings.hub_alerts_off", nil)}
	}
	line := v.T("settings.hub_alerts_pack", nil)
	if h.Shop.AlertAt > 0 {
		line = v.T("settings.hub_alerts_own", locale.Args{"Count": h.Shop.AlertAt})
	}
	return []locale.HTML{line, v.quietLine(h.Chat), v.urgentLine(h.Chat), v.rang(h.Chat, h.Noise)}
}

// zoneLine names the zone of the shop and what a clock there shows.
func (v voice) zoneLine() locale.HTML {
	return v.T("settings.zone_now", locale.Args{"Zone": locale.Escape(cmp.Or(v.Shop.Timezone, v.zone().String())), "Clock": v.Clock(v.at(v.Now))})
}

func (v voice) hoursLine(hours string) locale.HTML {
	switch cmp.Or(hours, hoursPlatform) {
	case hoursPlatform:
		return v.T("settings.hours_platform", nil)
	case hoursAlways:
		return v.T("settings.hours_always", nil)
	}
	return v.T("settings.hours_own", locale.Args{"Hours": hours})
}

// The words of [config.Shop.Hours] that need no clock.
const (
	hoursPlatform = "platform"
	hoursAlways   = "always"
)

// goals says by which rules the shop is judged, and how many of them it changed for itself.
func (v voice) goals(s SettingsView) locale.HTML {
	n := len(s.Shop.Overrides) + len(s.Shop.Custom)
	if n == 0 {
		return v.T("settings.hub_pack", locale.Args{"Pack": locale.Escape(s.Shop.Pack)})
	}
	return v.T("settings.hub_goals", locale.Args{"Pack": locale.Escape(s.Shop.Pack), "Count": n})
}

func (v voice) dutyLine(people []OnDuty) locale.HTML {
	if len(people) == 0 {
		return v.T("settings.hub_duty_none", nil)
	}
	return v.T("settings.hub_duty", locale.Args{"Count": len(people)})
}

// zones are the zones that are offered; any other is typed.
func zones() []string {
	return []string{"Asia/Shanghai", "Asia/Hong_Kong", "Asia/Singapore", "Asia/Tokyo", "Europe/London", "Europe/Berlin", "America/New_York", "America/Los_Angeles", "UTC"}
}

// ZoneSettings shows and changes the time zone of the shop. Its buttons are settings:<shop>|zone|<IANA name>; they are for
// those who may change it.
func (c *Composer) ZoneSettings(s SettingsView) (string, [][]outbox.Button) {
	v := c.voice(s.View)
	lines := append(v.settings(s, "zone"), v.zoneLine(), v.T("settings.zone_how", nil))
	var choices []outbox.Button
	for _, zone := range zones() {
		choices = append(choices, action(chosen(zone, zone == s.Shop.Timezone), "settings", v.Shop.ID, "zone", zone))
	}
	return v.shopPage(s, lines, slices.Collect(slices.Chunk(choices, 2)))
}

// HoursSettings shows and changes when the shop is open. Its buttons are settings:<shop>|hours|<hours>; they are for those
// who may change it.
func (c *Composer) HoursSettings(s SettingsView) (string, [][]outbox.Button) {
	v := c.voice(s.View)
	lines := append(v.settings(s, "hours"), v.hoursLine(s.Shop.Hours), v.T("settings.hours_how", nil))
	offer := func(text, hours string) outbox.Button {
		return action(chosen(text, cmp.Or(s.Shop.Hours, hoursPlatform) == hours), "settings", v.Shop.ID, "hours", hours)
	}
	return v.shopPage(s, lines, [][]outbox.Button{
		{offer(v.Label("button.hours_platform", nil), hoursPlatform), offer(v.Label("button.hours_always", nil), hoursAlways)},
		{offer("09:00-21:00", "09:00-21:00"), offer("08:00-22:00", "08:00-22:00")},
		{offer(v.Label("button.hours_work", nil), "mon-fri 09:00-18:00")}})
}

// shopPage is a page about the whole shop: a member of the team in a private chat looks, and changes nothing.
func (v voice) shopPage(s SettingsView, lines []locale.HTML, rows [][]outbox.Button) (string, [][]outbox.Button) {
	if s.own() {
		rows = nil
	}
	return v.compose(section{lines: lines}), append(rows, []outbox.Button{v.button("settings", "settings", v.Shop.ID)})
}
