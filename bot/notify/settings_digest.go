package notify

import (
	"slices"
	"strconv"
	"strings"

	"shopwarden/bot/locale"
	"shopwarden/bot/outbox"
)

// DigestSettings shows and changes what scorecards a chat takes and how, and the shop's hour for them. Its buttons are
// digest:<shop>|on, |off, |<choice>|on and |off, |pictures|<how>, |here, |<weekdays> and |<HH:MM>; the hour is for those who
// may change it.
func (c *Composer) DigestSettings(s SettingsView) (string, [][]outbox.Button) {
	v := c.voice(s.View)
	lines := append(v.settings(s, "digest"), v.digestLines(s)...)
	taken := s.Chat.Digest && digestAt(s.Shop) != digestOff
	toggle := v.button("turn_on", "digest", v.Shop.ID, "on")
	var rows [][]outbox.Button
	if taken {
		toggle = v.button("turn_off", "digest", v.Shop.ID, "off")
		rows = v.choiceRows(s.Chat)
	}
	rows = append([][]outbox.Button{{toggle}}, rows...)
	if s.Elsewhere {
		rows = append(rows, []outbox.Button{v.button("here", "digest", v.Shop.ID, "here")})
	}
	if !s.own() {
		rows = append(rows, v.hourRows(digestAt(s.Shop))...)
	}
	return v.compose(section{lines: lines}), append(rows, []outbox.Button{v.button("settings", "settings", v.Shop.ID)})
}

// digestLines say what scorecards a chat takes.
func (v voice) digestLines(s SettingsView) []locale.HTML {
	at := digestAt(s.Shop)
	switch {
	case at == digestOff:
		return []locale.HTML{v.T("settings.digest_none", nil)}
	case !s.Chat.Digest:
		return []locale.HTML{v.T("settings.digest_off", nil)}
	}
	var lines []locale.HTML
	args := locale.Args{"Clock": at, "Days": v.days(s.Chat)}
	for _, e := range []Edition{Daily, Weekly, Monthly} {
		if s.Chat.Has(e.String()) {
			lines = append(lines, v.T("settings.takes_"+e.String(), args))
		}
	}
	var without []locale.HTML
	for _, name := range Choices()[3:] {
		if !s.Chat.Has(name) {
			without = append(without, v.T("settings.part."+name, nil))
		}
	}
	if len(without) > 0 {
		lines = append(lines, v.T("settings.without", locale.Args{"Parts": locale.Join(without, v.list())}))
	}
	return append(lines, v.picturesLine(s.Chat))
}

func (v voice) picturesLine(chat Chat) locale.HTML {
	return v.T("settings.pictures_"+pictures(chat), nil)
}

// pictures is how a chat has its pictures, as the catalogue and buttons have it.
func pictures(chat Chat) string {
	switch chat.Pictures {
	case PicturesDark, PicturesOff:
		return chat.Pictures
	}
	return "light"
}

// workdays are Monday to Friday, as [Chat.Days] has them.
const workdays = "mon,tue,wed,thu,fri"

// days names the weekdays of a chat's daily scorecard.
func (v voice) days(chat Chat) locale.HTML {
	switch chat.Days {
	case "":
		return v.T("settings.every_day", nil)
	case workdays:
		return v.T("settings.workdays", nil)
	}
	var list []locale.HTML
	for i, name := range weekdays {
		if slices.Contains(strings.Split(chat.Days, ","), name) {
			list = append(list, v.T("weekday.w"+strconv.Itoa((i+1)%7), nil))
		}
	}
	return v.T("settings.on_days", locale.Args{"Days": locale.Join(list, v.list())})
}

// choiceRows are the buttons of what a chat may have or do without.
func (v voice) choiceRows(chat Chat) [][]outbox.Button {
	var choices []outbox.Button
	for _, name := range Choices() {
		on := chat.Has(name)
		choices = append(choices, action(chosen(v.Label("button.part_"+name, nil), on), "digest", v.Shop.ID, name, onOff(!on)))
	}
	var looks []outbox.Button
	for _, how := range []string{"light", PicturesDark, PicturesOff} {
		looks = append(looks, action(chosen(v.Label("button.pictures_"+how, nil), pictures(chat) == how), "digest", v.Shop.ID, "pictures", how))
	}
	days := []outbox.Button{
		action(chosen(v.Label("button.every_day", nil), chat.Days == ""), "digest", v.Shop.ID, "mon-sun"),
		action(chosen(v.Label("button.workdays", nil), chat.Days == workdays), "digest", v.Shop.ID, "mon-fri")}
	return append([][]outbox.Button{choices[:3], choices[3:5], choices[5:]}, days, looks)
}

// hourRows offer hours for the whole shop.
func (v voice) hourRows(at string) [][]outbox.Button {
	var choices []outbox.Button
	for _, clock := range []string{"08:00", "09:00", "10:00", "12:00", "18:00", "21:00"} {
		choices = append(choices, action(chosen(clock, clock == at), "digest", v.Shop.ID, clock))
	}
	return slices.Collect(slices.Chunk(choices, 3))
}
