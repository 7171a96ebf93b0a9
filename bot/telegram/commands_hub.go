package telegram

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"shopwarden/bot/notify"
	"shopwarden/config"
)

// hub shows all settings of a shop and a chat on one page, and shows or changes the shop's time zone and opening hours.
func (r *Router) hub(ctx context.Context, a *ask, shop string, chat notify.Chat) (answer, error) {
	h := readHub(a.args)
	if h.wish == wishValue {
		set := r.counter.SetZone
		if h.page == hubHours {
			set = r.counter.SetHours
		}
		switch ok, err := set(ctx, shop, h.value); {
		case err != nil:
			return answer{}, fmt.Errorf("setting the %s of %s: %w", h.page, shop, err)
		case !ok:
			h.wish = wishUnclear
		}
	}
	s := a.done(h.wish, chat)
	if h.page != "" && h.wish == wishUnclear {
		s.Unclear = strings.Join(a.args[1:], " ")
	}
	switch h.page {
	case hubZone:
		return r.settings(ctx, a, s, shop, r.say.ZoneSettings)
	case hubHours:
		return r.settings(ctx, a, s, shop, r.say.HoursSettings)
	}
	roster, err := r.duties.Roster(ctx, shop)
	if err != nil {
		return answer{}, fmt.Errorf("reading the duty hours of %s: %w", shop, err)
	}
	s.View = roster.View
	s.Lang, s.Noise = a.lang, r.noise(ctx, a, s.View)
	return page(r.say.Settings(notify.HubView{SettingsView: s, People: roster.People})), nil
}

// The pages below the settings.
const (
	hubZone  = "zone"
	hubHours = "hours"
)

// hubWish is what is wanted of the settings: a page, and a value for the shop.
type hubWish struct {
	wish  wish
	page  string // "" = the first
	value string
}

// readHub reads which page is wanted, and a value behind it.
func readHub(args []string) hubWish {
	if len(args) == 0 {
		return hubWish{wish: wishLook}
	}
	h := hubWish{wish: wishLook}
	switch strings.ToLower(args[0]) {
	case hubZone, "timezone", "时区":
		h.page = hubZone
	case hubHours, "营业时间", "服务时间":
		h.page = hubHours
	default:
		return hubWish{wish: wishUnclear}
	}
	text := strings.Join(args[1:], " ")
	if text == "" {
		return h
	}
	read := readZone
	if h.page == hubHours {
		read = readHours
	}
	h.wish = wishUnclear
	if value, ok := read(text); ok {
		h.wish, h.value = wishValue, value
	}
	return h
}

// zoneWords are places that people name for a zone. They are read-only.
var zoneWords = map[string]string{"北京": "Asia/Shanghai", "上海": "Asia/Shanghai", "中国": "Asia/Shanghai", "beijing": "Asia/Shanghai", "shanghai": "Asia/Shanghai",
	"香港": "Asia/Hong_Kong", "台北": "Asia/Taipei", "新加坡": "Asia/Singapore", "东京": "Asia/Tokyo", "伦敦": "Europe/London", "柏林": "Europe/Berlin",
	"纽约": "America/New_York", "洛杉矶": "America/Los_Angeles", "utc": "UTC"}

// readZone reads a time zone by its IANA name, in any case, or by a place.
func readZone(text string) (zone string, ok bool) {
	text = strings.TrimSpace(text)
	if known, is := zoneWords[strings.TrimSuffix(strings.ToLower(text), "时间")]; is {
		return known, true
	}
	for _, name := range []string{text, namelike(text)} {
		var s config.Shop
		if name != "" && s.Set("timezone", name) == nil {
			return name, true
		}
	}
	return "", false
}

// namelike writes europe/isle of_man as Europe/Isle_Of_Man.
func namelike(text string) string {
	start := true
	return strings.Map(func(r rune) rune {
		if r == ' ' {
			r = '_'
		}
		upper := start
		if start = r == '/' || r == '_' || r == '-'; upper {
			return []rune(strings.ToUpper(string(r)))[0]
		}
		return []rune(strings.ToLower(string(r)))[0]
	}, text)
}

// span is a time from one hour to another as people type it: 9-21, 9:00-21:00, 9点-21点.
var span = regexp.MustCompile(`^(\d{1,2}(?::\d{2})?)点?-(\d{1,2}(?::\d{2})?)点?$`)

// dash and word are the marks between and around spans.
var (
	dash = regexp.MustCompile(`\s*-\s*`)
	word = regexp.MustCompile(`[^\s,;]+`)
)

// clocks writes a span as opening hours have it; what is none stays as it is.
func clocks(text string) string {
	m := span.FindStringSubmatch(text)
	if m == nil {
		return text
	}
	from, okFrom := readClock(m[1])
	to, okTo := readClock(m[2])
	if m[2] == "24" || m[2] == "24:00" {
		to, okTo = "24:00", true
	}
	if !okFrom || !okTo {
		return text
	}
	return from + "-" + to
}

// hourWords are what people call the hours that need no clock. They are read-only.
var hourWords = map[string]string{"always": "always", "24h": "always", "24/7": "always", "全天": "always", "24小时": "always",
	"platform": "platform", "平台": "platform", "按平台": "platform"}

// readHours reads opening hours: always, platform, 9-21, mon-fri 9:00-18:00; sat 10:00-16:00, and the same in Chinese.
func readHours(text string) (hours string, ok bool) {
	text = strings.ToLower(strings.TrimSpace(text))
	if known, is := hourWords[text]; is {
		return known, true
	}
	text = strings.NewReplacer("休息", " closed", "不营业", " closed", "节假日", "cn-holidays").Replace(text)
	text = apart(dash.ReplaceAllString(dutyWords.Replace(dayWords.Replace(text)), "-"))
	text = word.ReplaceAllStringFunc(text, clocks)
	text = strings.Join(strings.Fields(text), " ")
	var s config.Shop
	return text, s.Set("hours", text) == nil && text != ""
}
