package config

import (
	"strings"
	"testing"
	"time"

	"shopwarden/rules"
)

// clockOf returns the calendar of hours in a zone, with the holidays that come with the program.
func clockOf(t testing.TB, text, zone string) *rules.Calendar {
	t.Helper()
	h, err := parseBusinessHours(text)
	if err != nil {
		t.Fatal(err)
	}
	loc, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	c, err := h.calendar(loc, builtIn(t).Calendars())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestHoursOpenByWeekdayDateAndHoliday(t *testing.T) {
	const cn, us = "Asia/Shanghai", "America/New_York"
	for _, x := range []struct{ hours, zone, from, opens string }{
		{"09:00-12:00, 13:30-18:00", cn, "2026-02-15 12:00:00", "2026-02-15 13:30:00"}, // every day
		{"mon-fri 09:00-18:00; sat 10:00-16:00", cn, "2026-11-27 18:00:00", "2026-11-28 10:00:00"},
		{"mon-fri 09:00-18:00; sat 10:00-16:00", cn, "2026-11-28 16:00:00", "2026-11-30 09:00:00"},
		{"mon-fri 09:00-18:00;", cn, "2026-11-27 18:00:00", "2026-11-30 09:00:00"},
		{"mon,wed-thu 09:00-18:00", cn, "2026-11-23 18:00:00", "2026-11-25 09:00:00"},
		{"fri-mon 09:00-18:00; tue-thu closed", cn, "2026-11-23 18:00:00", "2026-11-27 09:00:00"},
		{"fri 22:00-02:00", cn, "2026-11-28 01:59:59.999", "2026-11-28 01:59:59.999"}, // Friday's hours, on Saturday
		{"fri 22:00-02:00", cn, "2026-11-28 02:00:00", "2026-12-04 22:00:00"},
		{"sat 22:00-02:00", cn, "2026-11-29 00:00:00", "2026-11-29 00:00:00"},
		// Spring Festival: 15 to 23 February off, Saturday 14 and 28 February worked, as a Monday.
		{"mon-fri 09:00-18:00 cn-holidays", cn, "2026-02-13 18:00:00", "2026-02-14 09:00:00"},
		{"mon-fri 09:00-18:00 cn-holidays", cn, "2026-02-14 18:00:00", "2026-02-24 09:00:00"},
		{"mon-fri 09:00-18:00; sat 10:00-16:00; cn-holidays", cn, "2026-02-27 18:00:00", "2026-02-28 09:00:00"},
		{"mon-fri 09:00-18:00; cn-holidays; 2026-02-20 10:00-12:00", cn, "2026-02-14 18:00:00", "2026-02-20 10:00:00"}, // a date wins
		{"mon-fri 09:00-18:00; 2026-12-24..2026-12-28 closed", cn, "2026-12-23 18:00:00", "2026-12-29 09:00:00"},
		{"00:00-24:00 cn-holidays", cn, "2026-10-01 00:00:00", "2026-10-08 00:00:00"},
		{"mon-fri 09:00-18:00 cn-holidays", cn, "2026-12-31 18:00:00", "2027-01-01 09:00:00"}, // not published: an ordinary Friday
		{"mon-fri 09:00-17:00 us-holidays", us, "2026-07-02 17:00:00", "2026-07-06 09:00:00"},
		{"sat 09:00-17:00 us-holidays", us, "2026-06-27 17:00:00", "2026-07-11 09:00:00"},
		{"sun 02:30-04:00", us, "2026-03-07 12:00:00", "2026-03-08 03:00:00"}, // 02:30 is skipped that day
	} {
		got, ok := clockOf(t, x.hours, x.zone).NextOpen(moment(t, x.zone, x.from))
		if want := moment(t, x.zone, x.opens); !ok || got != want {
			t.Errorf("%s from %s: opens %v (%v), want %v", x.hours, x.from, got.Time(), ok, want.Time())
		}
	}
}

func TestBusinessDaysAreDaysOfTwentyFourHoursAcrossAClockChange(t *testing.T) {
	c := clockOf(t, "mon-fri 00:00-24:00 us-holidays", "America/New_York")
	for _, x := range []struct{ from, due string }{
		{"2026-03-06 10:00:00", "2026-03-10 10:00:00"}, // the lost hour lies on Sunday
		{"2026-11-25 10:00:00", "2026-11-30 10:00:00"}, // Thanksgiving, and a weekend
		{"2026-07-01 10:00:00", "2026-07-06 10:00:00"}, // Friday 3 July is taken for Independence Day
	} {
		due, ok := c.Add(moment(t, "America/New_York", x.from), 48*time.Hour)
		if want := moment(t, "America/New_York", x.due); !ok || due != want {
			t.Errorf("48 business hours from %s: %v, want %v", x.from, due.Time(), want.Time())
		}
	}
}

func TestHoursThatCannotBeAreRefused(t *testing.T) {
	for text, want := range map[string]string{
		"9-5":                                  `"9-5" is no block of hours such as 09:00-21:00, nor always or platform`,
		"mon-fri":                              `"mon-fri" has no hours; write mon-fri 09:00-18:00`,
		"mon-fry 09:00-18:00":                  `"mon-fry" are no days of the week; write mon-fri, or sat,sun`,
		"mon-fri 9-18":                         `"9-18" is no block of hours`,
		";":                                    `";" opens on no day of the week`,
		"mon-fri 09:00-18:00; fri 10:00-12:00": "fri has hours twice; write them together",
		"cn-holidays":                          `"cn-holidays" opens on no day of the week`,
		"2026-12-24 09:00-12:00":               "opens on no day of the week",
		"mon-sun closed":                       "opens on no day of the week",
		"09:00-18:00 cn-holidays us-holidays":  `"09:00-18:00 cn-holidays" is no block of hours`,
		"09:00-18:00 cn-holidays; us-holidays": "cn-holidays and us-holidays: holidays of one calendar only",
		"09:00-18:00; 2026-02-30 closed":       `"2026-02-30" is no date`,
		"09:00-18:00; 2026-02-20..2026-02-1 closed":       `"2026-02-1" is no date`,
		"09:00-18:00; 2026-02-20..2026-02-19 closed":      "ends before it begins",
		"09:00-18:00; 2026-02-20":                         `"2026-02-20" has no hours; write 2026-02-20 closed, or 2026-02-20 09:00-12:00`,
		"09:00-18:00; 2026-02-20 09:00-12:00,22:00-02:00": "block 2 goes over midnight",
		"always cn-holidays":                              `"always" are no days of the week`,
		"09:00-12:00 13:30-18:00":                         "is no block of hours",
		"mon-fri 09:00-18:00; 13:00-14:00":                "mon has hours twice",
		"mon - fri 09:00-18:00":                           `"- fri 09:00-18:00" is no block of hours`,
	} {
		s := NewShop("a", Standard, noon)
		if err := s.Set("hours", text); err == nil || !strings.HasPrefix(err.Error(), "hours: ") || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %s", text, err, want)
		}
	}
	s := NewShop("a", Standard, noon)
	if err := s.Set("hours", "mon-fri 09:00-18:00 cn-holiday"); err != nil {
		t.Error(err)
	}
	want := `hours: "cn-holiday" is no calendar of holidays; did you mean cn-holidays?`
	if err := s.Validate(builtIn(t)); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if _, err := s.Policy(builtIn(t)); err == nil || err.Error() != "shop a: "+want {
		t.Errorf("got %v", err)
	}
}

func TestADayThatIsNamedOnceHasAllItsHours(t *testing.T) {
	h, err := parseBusinessHours("Mon-Fri 09:00-12:00, 13:30-18:00; sat,sun 10:00-12:00 cn-holidays")
	if err != nil {
		t.Fatal(err)
	}
	if h.holidays != "cn-holidays" || len(h.week[time.Monday]) != 2 || len(h.week[time.Sunday]) != 1 || h.week[time.Monday][1] != (rules.Block{From: 810, To: 1080}) {
		t.Errorf("got %+v", h)
	}
}

func TestAPackSaysWhenItsPlatformIsOpen(t *testing.T) {
	pack := strings.Replace(strings.Replace(minimal, "Europe/Berlin", "America/New_York\nhours: mon-fri 00:00-24:00 us-holidays", 1),
		"deadline: {within: 12h}", "business: true\n        deadline: {within: 48h}", 1)
	packs, err := withFiles(t, map[string]string{"mine.yaml": pack})
	if err != nil {
		t.Fatal(err)
	}
	paid := rules.Fact{Type: "order.paid", At: moment(t, "America/New_York", "2026-07-02 10:00:00")}
	for hours, want := range map[string]string{"": "2026-07-07 10:00:00", "always": "2026-07-04 10:00:00", "mon-fri 10:00-22:00": "2026-07-07 22:00:00"} {
		p, err := (Shop{ID: "a", Pack: "mine", Hours: hours}).Policy(packs)
		if err != nil {
			t.Fatal(err)
		}
		k, ok := judge(t, p, "ship-on-time", rules.Subject{Kind: rules.Order, ID: "1"}, paid.At, paid)
		if !ok || k.Due != moment(t, "America/New_York", want) {
			t.Errorf("hours %q: due %v (case %v), want %s", hours, k.Due.Time(), ok, want)
		}
	}
}

func TestHoursThatNeedUnpublishedHolidaysSaySo(t *testing.T) {
	pack := strings.Replace(minimal, "zone:", "hours: mon-fri 00:00-24:00 cn-holidays\nzone:", 1)
	packs, err := withFiles(t, map[string]string{"mine.yaml": pack})
	if err != nil {
		t.Fatal(err)
	}
	const gap = "shop a: its hours take 2027 for a year without holidays: cn-holidays: the holidays of 2027 were not published as of 2026-08-07; "
	at := func(text string) time.Time { return moment(t, "UTC", text+" 12:00:00").Time() }
	for _, x := range []struct {
		shop           Shop
		now            string
		problems, note string
	}{
		{Shop{Hours: "mon-fri 09:00-18:00 cn-holidays"}, "2026-11-22", "", gap},
		{Shop{Hours: "mon-fri 09:00-18:00 cn-holidays"}, "2026-12-02", gap, ""},
		{Shop{Hours: "mon-fri 09:00-18:00 us-holidays"}, "2026-12-02", "", ""},
		{Shop{Hours: "mon-fri 09:00-18:00"}, "2026-12-02", "", ""},
		{Shop{Hours: "always"}, "2026-12-02", "", ""},
		{Shop{}, "2026-12-02", "", ""},
		{Shop{Pack: "mine"}, "2026-12-02", gap, ""}, // the pack's own hours
		{Shop{Pack: "mine", Hours: "always"}, "2026-12-02", "", ""},
		{Shop{Hours: "mon-fri 09:00-18:00 de-holidays"}, "2026-12-02", "", ""}, // told by Validate
		{Shop{Pack: "gone"}, "2026-12-02", "", ""},
	} {
		x.shop.ID = "a"
		problems, notes := x.shop.HolidayGaps(packs, at(x.now))
		for _, y := range []struct {
			got  []Problem
			want string
		}{{problems, x.problems}, {notes, x.note}} {
			if y.want == "" && y.got != nil || y.want != "" && (len(y.got) != 1 || !strings.HasPrefix(y.got[0].String(), y.want)) {
				t.Errorf("%+v on %s: got %v, want %q", x.shop, x.now, y.got, y.want)
			}
		}
	}
}

func FuzzParseHours(f *testing.F) {
	for _, text := range []string{"09:00-12:00,13:30-21:00", "mon-fri 09:00-18:00; sat 10:00-16:00 cn-holidays", "fri-mon 22:00-02:00; 2026-12-24..2026-12-26 closed"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		_, h, err := parseHours(text)
		if err != nil || h == nil {
			return
		}
		h.holidays = "" // whether they are known is another question
		c, err := h.calendar(time.UTC, nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := c.NextOpen(0); !ok && len(h.own) == 0 {
			t.Errorf("%q is read but never opens", text)
		}
	})
}
