package telegram

import (
	"strings"
	"testing"

	"shopwarden/bot/notify"
)

func TestDaysAndTimesAreReadAsPeopleTypeThem(t *testing.T) {
	const work = "mon,tue,wed,thu,fri"
	for text, want := range map[string]struct {
		wish     wish
		days, at string
	}{
		"weekdays":         {wishSwitch, work, ""},
		"mon-fri":          {wishSwitch, work, ""},
		"mon-fri 9:30":     {wishValue, work, "09:30"},
		"Monday-Friday 9":  {wishValue, work, "09:00"},
		"mon,wed fri 21":   {wishValue, "mon,wed,fri", "21:00"},
		"fri-mon":          {wishSwitch, "mon,fri,sat,sun", ""},
		"weekend at 10:00": {wishValue, "sat,sun", "10:00"},
		"daily":            {wishSwitch, "", ""},
		"every day 8":      {wishValue, "", "08:00"},
		"周一到周五":            {wishSwitch, work, ""},
		"周一至周五 9:30":       {wishValue, work, "09:30"},
		"周一到周五9点":          {wishValue, work, "09:00"},
		"工作日 8点":           {wishValue, work, "08:00"},
		"周末":               {wishSwitch, "sat,sun", ""},
		"每天 9:30":          {wishValue, "", "09:30"},
		"周一、周三":            {wishSwitch, "mon,wed", ""},
		"21:30":            {wishValue, "tue", "21:30"}, // the days stay
		"weekly":           {wish: wishUnclear},
		"mo":               {wish: wishUnclear},
		"mon 25:00":        {wish: wishUnclear},
		"mon-xyz 9":        {wish: wishUnclear},
		"9 mon":            {wish: wishUnclear},
		"2026-11-01":       {wish: wishUnclear},
	} {
		d := readDigest(strings.Fields(text))
		if d.wish != want.wish || d.at != want.at {
			t.Errorf("%q: got %+v, want %+v", text, d, want)
			continue
		}
		if d.change != nil {
			if c := d.change(notify.Chat{Days: "tue"}); c.Days != want.days || !c.Digest {
				t.Errorf("%q: got %+v, want %+v", text, c, want)
			}
		}
	}
}

func TestOpeningHoursAreReadAsPeopleTypeThem(t *testing.T) {
	for text, want := range map[string]string{
		"09:00-21:00":             "09:00-21:00",
		"9-21":                    "09:00-21:00",
		"9点到21点":                  "09:00-21:00",
		"9:30 - 24":               "09:30-24:00",
		"9-12,13:30-21":           "09:00-12:00,13:30-21:00",
		"全天":                      "always",
		"平台":                      "platform",
		"Mon-Fri 9-18; Sat 10-16": "mon-fri 09:00-18:00; sat 10:00-16:00",
		"周一到周五 9:00-18:00; 周六 10:00-16:00":   "mon-fri 09:00-18:00; sat 10:00-16:00",
		"工作日9点-18点":                          "mon-fri 09:00-18:00",
		"每天 9-21":                            "mon-sun 09:00-21:00",
		"mon-fri 9-18; 2023-12-24 closed":    "mon-fri 09:00-18:00; 2023-12-24 closed",
		"mon-fri 09:00-18:00 cn-holidays":    "mon-fri 09:00-18:00 cn-holidays",
		"9 to 5":                             "",
		"25-26":                              "",
		"whenever":                           "",
		"mon 9-18; mon 10-12":                "",
		"09:00-21:00\x00":                    "",
		"mon-fri 9-18; 2026-12-24..25 maybe": "",
	} {
		if got, ok := readHours(text); ok != (want != "") || ok && got != want {
			t.Errorf("%q: got %q, %v, want %q", text, got, ok, want)
		}
	}
}

func TestZonesAreReadByNameOrPlace(t *testing.T) {
	for text, want := range map[string]string{"Europe/Berlin": "Europe/Berlin", "europe/berlin": "Europe/Berlin", "america/new york": "America/New_York",
		"北京": "Asia/Shanghai", "北京时间": "Asia/Shanghai", "utc": "UTC", "UTC": "UTC", "Mars": "", "../../etc/passwd": "", "Local": "", "": "", "/": ""} {
		if got, ok := readZone(text); ok != (want != "") || ok && got != want {
			t.Errorf("%q: got %q, %v, want %q", text, got, ok, want)
		}
	}
}

func TestTheSettingsOfTheShopAreForThoseWhoMay(t *testing.T) {
	s := newStage(t)
	s.expect(s.say(ownerID, ownerID, "/settings"), "Settings", "Time zone")
	s.expect(s.say(ownerID, ownerID, "/设置"), "Settings")
	s.expect(s.say(ownerID, ownerID, "/settings zone europe/berlin"), "Saved", "Europe/Berlin")
	s.expect(s.say(ownerID, ownerID, "/settings hours 9-21"), "Saved", "09:00-21:00")
	if shop := s.office.shop("alpha"); shop.Timezone != "Europe/Berlin" || shop.Hours != "09:00-21:00" {
		t.Errorf("%+v", shop)
	}
	for _, nonsense := range []string{"/settings tme", "/settings zone Mars", "/settings hours 9 to 5", "/settings hours 12:00-12:01"} {
		if m := s.expect(s.say(ownerID, ownerID, nonsense), "❓", "/settings"); strings.Contains(m.HTML, "Saved") {
			t.Errorf("%s was saved", nonsense)
		}
	}
	s.expect(s.say(groupID, memberID, "/settings"), "Settings") // looking is free
	s.expect(s.say(groupID, memberID, "/settings zone"), "Time zone")
	s.expect(s.say(groupID, memberID, "/settings zone UTC"), "administrators")
	if _, notice := s.press(groupID, memberID, "v1:settings:alpha|hours|always"); !strings.Contains(notice, "administrators") {
		t.Errorf("a member changed the hours: %q", notice)
	}
	if _, notice := s.press(rivalID, rivalID, "v1:settings:alpha|zone|UTC"); !strings.Contains(notice, "no such shop") {
		t.Errorf("a stranger: %q", notice)
	}
	if shop := s.office.shop("alpha"); shop.Timezone != "Europe/Berlin" || shop.Hours != "09:00-21:00" {
		t.Errorf("%+v", shop)
	}
	s.expect(s.say(groupID, adminID, "/settings zone UTC"), "Saved", "UTC")
}

func TestAChatChoosesWhatItsScorecardsHave(t *testing.T) {
	s := newStage(t)
	chat := func() notify.Chat { c, _ := s.store.chat("alpha", ownerID); return c }
	s.expect(s.say(ownerID, ownerID, "/digest weekly on"), "Saved", "Weekly review")
	if c := chat(); !c.Digest || c.Has("daily") || !c.Has("weekly") {
		t.Errorf("%+v", c)
	}
	s.expect(s.say(ownerID, ownerID, "/digest mon-fri 9:30"), "Saved", "Monday to Friday at 09:30")
	if c := chat(); c.Days != "mon,tue,wed,thu,fri" || !c.Has("daily") || s.office.shop("alpha").DigestAt != "09:30" {
		t.Errorf("%+v", c)
	}
	answers, _ := s.press(ownerID, ownerID, "v1:digest:alpha|worst|off")
	s.expect(answers, "Without: worst cases")
	answers, _ = s.press(ownerID, ownerID, "v1:digest:alpha|pictures|dark")
	s.expect(answers, "dark")
	answers, _ = s.press(ownerID, ownerID, "v1:digest:alpha|mon-sun")
	s.expect(answers, "every day at 09:30")
	s.expect(s.say(ownerID, ownerID, "/digest 周报 关"), "Saved")
	if c := chat(); c.Pictures != notify.PicturesDark || c.Days != "" || c.Without != "weekly,monthly,worst" {
		t.Errorf("%+v", c)
	}
	s.expect(s.say(ownerID, ownerID, "/digest weekly maybe"), "❓", "/digest mon-fri")
	// what is the chat's own is not the group's members' to change
	s.expect(s.say(groupID, memberID, "/digest weekly on"), "administrators")
	s.expect(s.say(groupID, memberID, "/digest here"), "administrators")
}

func TestEachKindOfMessageComesToTheTopicWhereItWasAskedFor(t *testing.T) {
	s := newStage(t)
	in := func(thread, text string) string {
		return strings.Replace(saidJSON(groupID, adminID, text), `"message_id":5`, `"message_id":5,"is_topic_message":true,"message_thread_id":`+thread, 1)
	}
	for _, step := range []struct {
		thread, text         string
		alerts, cards, board int
	}{{"7", "/digest here", 0, 7, 0}, {"9", "/board here", 0, 7, 9}, {"7", "/alerts here", 7, 7, 9}, {"9", "/digest 这里", 7, 9, 9}} {
		answers, _ := s.handle(in(step.thread, step.text))
		s.expect(answers, "Saved")
		c, _ := s.store.chat("alpha", groupID)
		if c.Topic(notify.PlaceAlerts) != step.alerts || c.Topic(notify.PlaceCards) != step.cards || c.Topic(notify.PlaceBoard) != step.board {
			t.Errorf("%s in %s: %+v", step.text, step.thread, c)
		}
	}
	answers, _ := s.handle(in("7", "/digest"))
	s.expect(answers, "another topic", "/digest here")
	answers, _ = s.handle(in("9", "/digest"))
	if m := s.expect(answers); strings.Contains(m.HTML, "another topic") {
		t.Errorf("it comes here:\n%s", m.HTML)
	}
}

func TestALanguageNobodySpeaksIsSaidSo(t *testing.T) {
	s := newStage(t)
	s.expect(s.say(ownerID, ownerID, "/lang klingon"), "“klingon”")
}
