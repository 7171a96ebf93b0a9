package config

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"shopwarden/rules"
)

// withFiles loads the built-in packs with files of an operator, by their path in the folder.
func withFiles(t testing.TB, files map[string]string) (*Packs, error) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	packs, err := LoadPacks(BuiltIn(), dir)
	if err != nil {
		err = errors.New(strings.ReplaceAll(err.Error(), dir+string(filepath.Separator), ""))
	}
	return packs, err
}

func dateOf(t testing.TB, text string) rules.Date {
	t.Helper()
	d, err := rules.ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// moment returns an instant of a local clock, to the millisecond.
func moment(t testing.TB, zone, text string) rules.Instant {
	t.Helper()
	loc, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	at, err := time.ParseInLocation("2006-01-02 15:04:05.999", text, loc)
	if err != nil {
		t.Fatal(err)
	}
	return rules.InstantOf(at)
}

func holidays(t testing.TB, id string) *rules.Holidays {
	t.Helper()
	h, err := builtIn(t).Calendars().Holidays(id)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestChinasHolidaysOf2026AreThoseOfTheStateCouncil(t *testing.T) {
	h := holidays(t, "cn-holidays")
	off := map[string]int{"2026-01-01": 3, "2026-02-15": 9, "2026-04-04": 3, "2026-05-01": 5, "2026-06-19": 3, "2026-09-25": 3, "2026-10-01": 7}
	work := []string{"2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"}
	days, published := h.Days(2026)
	if !published || len(days) != len(off)+len(work) {
		t.Fatalf("published %v, %d entries", published, len(days))
	}
	for _, d := range days {
		if want := off[d.From.String()]; !d.Worked && (int(d.To-d.From)+1 != want || d.Name.Zh == "" || d.Name.En == "") {
			t.Errorf("%s to %s %v, want %d days", d.From, d.To, d.Name, want)
		}
		if d.Worked && !slices.Contains(work, d.From.String()) {
			t.Errorf("%s is worked", d.From)
		}
	}
	// 365 days with 104 at weekends; of 33 days off 10 are weekend days, and six weekend days are worked.
	n, err := h.Between(dateOf(t, "2025-12-31"), dateOf(t, "2026-12-31"))
	if err != nil || n != 248 {
		t.Errorf("%d working days, %v; want 248", n, err)
	}
}

func TestChinas2027IsNotPublished(t *testing.T) {
	h := holidays(t, "cn-holidays")
	if days, published := h.Days(2027); days != nil || published {
		t.Errorf("got %v, %v", days, published)
	}
	_, err := h.Add(dateOf(t, "2026-12-28"), 7)
	var unknown *rules.UnpublishedError
	if !errors.As(err, &unknown) || unknown.Year != 2027 || unknown.AsOf != dateOf(t, "2026-08-07") {
		t.Errorf("got %v", err)
	}
	if got, err := h.Add(dateOf(t, "2026-02-13"), 2); err != nil || got != dateOf(t, "2026-02-24") {
		t.Errorf("Friday 13 February and two working days: %s, %v; want 24 February", got, err)
	}
}

func TestFederalHolidaysFallWhereTheStatutePutsThem(t *testing.T) {
	h := holidays(t, "us-holidays")
	for _, year := range []int{2026, 2027} {
		days, published := h.Days(year)
		if !published {
			t.Fatalf("%d is not published", year)
		}
		weekdays := 0
		for _, d := range days {
			for at := d.From; at <= d.To; at++ {
				if w := at.Weekday(); w != time.Saturday && w != time.Sunday {
					weekdays++
				}
			}
			monday := slices.Contains([]string{"Memorial Day", "Labor Day", "Columbus Day", "Washington's Birthday"}, d.Name.En) || strings.HasPrefix(d.Name.En, "Birthday")
			if monday && d.From.Weekday() != time.Monday || d.Name.En == "Thanksgiving Day" && d.From.Weekday() != time.Thursday {
				t.Errorf("%s on %s", d.Name.En, d.From.Weekday())
			}
		}
		if want := map[int]int{2026: 11, 2027: 12}[year]; weekdays != want { // New Year 2028 is taken in 2027
			t.Errorf("%d: %d working days off, want %d", year, weekdays, want)
		}
	}
	if got, err := h.Add(dateOf(t, "2026-07-02"), 2); err != nil || got != dateOf(t, "2026-07-07") {
		t.Errorf("two business days after Thursday 2 July 2026: %s, %v; want Tuesday the 7th", got, err)
	}
}

func TestSpringFestival2026ChangesWhatTheNoticeSays(t *testing.T) {
	at := func(text string) rules.Instant { return moment(t, "Asia/Shanghai", text) }
	from, to := at("2026-02-10 00:00:00"), at("2026-02-24 00:00:00")
	want := map[string][]rules.DatedShift{
		"spring-festival-2026": {
			{ID: "spring-festival-2026", Rules: []string{"ship-on-time"}, From: from, To: to, Until: at("2026-02-26 23:59:59.999")},
			{ID: "spring-festival-2026", Rules: []string{"after-sales-review"}, From: from, To: to, Within: 120 * time.Hour},
			{ID: "spring-festival-2026", Rules: []string{"invoice-on-time"}, From: from, To: to, Within: 360 * time.Hour},
		},
		"spring-festival-2026-closed": {
			{ID: "spring-festival-2026-closed", Rules: []string{"chat-first-response", "chat-average-response", "chat-unserved-session", "chat-dissatisfaction"}, From: at("2026-02-15 00:00:00"), To: to, Exclude: true},
		},
	}
	packs := builtIn(t)
	for id, shifts := range want {
		s := Shop{ID: "a", Pack: "tmall", Calendar: []string{id}}
		book, _ := packs.Get("tmall")
		terms, err := s.Terms(book, packs.Calendars())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(shifts, terms.Shifts); diff != "" {
			t.Error(diff)
		}
	}
	book, _ := packs.Get("tmall")
	if terms, err := (Shop{ID: "a", Pack: "tmall"}).Terms(book, packs.Calendars()); err != nil || terms.Shifts != nil {
		t.Errorf("a shop that joined nothing: %v, %v", terms.Shifts, err)
	}
}

func TestEveryBuiltInCalendarNamesRulesOfABuiltInPack(t *testing.T) {
	packs := builtIn(t)
	for _, c := range packs.Calendars().List() {
		if c.Source == "" || c.Name.Zh == "" || c.Name.En == "" || packs.Calendars().Origin(c.ID) != c.ID+".yaml" {
			t.Errorf("%s lacks something", c.ID)
		}
		for _, s := range c.Shifts {
			for _, id := range s.Rules {
				if err := packs.knownRule(id); err != nil {
					t.Errorf("%s: %v", c.ID, err)
				}
			}
		}
	}
}

// typhoon and presale show what the format can say; neither is a notice of any platform.
const typhoon = `calendar: typhoon-2026
name: {zh: 台风, en: Typhoon}
packs: [douyin]
zone: Asia/Shanghai
source: example
shifts:
  - rules: [ship-on-time, pickup-after-label]
    regions: [浙江, 福建]
    from: 2026-08-21 18:00
    to: 2026-08-24
    until: 2026-08-27
`

const presale = `calendar: double-11-2026
name: {zh: 双11预售, en: Double 11 presale}
zone: Asia/Shanghai
source: example
shifts:
  - rules: ship-on-time
    from: 2026-11-10 20:00
    to: 2026-11-12
    within: 15d
  - rules: chat-first-response
    from: 2026-11-10T12:00:00Z
    to: 2026-11-11 02:00:59
    exclude: true
`

func TestAnOperatorWritesDownATyphoonAndAPresale(t *testing.T) {
	packs, err := withFiles(t, map[string]string{"calendar/typhoon-2026.yaml": typhoon, "calendar/double-11-2026.yml": presale})
	if err != nil {
		t.Fatal(err)
	}
	at := func(text string) rules.Instant { return moment(t, "Asia/Shanghai", text) }
	c, err := packs.Calendars().Dated("typhoon-2026")
	if err != nil {
		t.Fatal(err)
	}
	want := []rules.DatedShift{{ID: "typhoon-2026", Rules: []string{"ship-on-time", "pickup-after-label"}, Regions: []string{"浙江", "福建"},
		From: at("2026-08-21 18:00:00"), To: at("2026-08-24 00:00:00"), Until: at("2026-08-27 23:59:59.999")}}
	if diff := cmp.Diff(want, c.Shifts); diff != "" {
		t.Error(diff)
	}
	if c, err = packs.Calendars().Dated("double-11-2026"); err != nil {
		t.Fatal(err)
	}
	want = []rules.DatedShift{
		{ID: "double-11-2026", Rules: []string{"ship-on-time"}, From: at("2026-11-10 20:00:00"), To: at("2026-11-12 00:00:00"), Within: 360 * time.Hour},
		{ID: "double-11-2026", Rules: []string{"chat-first-response"}, From: at("2026-11-10 20:00:00"), To: at("2026-11-11 02:00:59"), Exclude: true},
	}
	if diff := cmp.Diff(want, c.Shifts); diff != "" {
		t.Error(diff)
	}
	if p := Problems(Settings{TelegramToken: "t", DataSecret: "d", RulesDir: "r"}, packs); p != nil {
		t.Errorf("a folder with calendars only: %v", p)
	}
}

func TestInstantsFollowTheClocksOfTheCalendarsZone(t *testing.T) {
	loc, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct{ text, begin, end string }{
		{"2026-03-08", "2026-03-08T00:00:00-05:00", "2026-03-08T23:59:59.999-04:00"}, // 23 hours
		{"2026-11-01", "2026-11-01T00:00:00-04:00", "2026-11-01T23:59:59.999-05:00"}, // 25 hours
		{"2026-03-08 02:30", "2026-03-08T03:00:00-04:00", "2026-03-08T03:00:00-04:00"},
		{"2026-07-03 23:59:59", "2026-07-03T23:59:59-04:00", "2026-07-03T23:59:59.999-04:00"},
		{"2026-07-03 18:00:30", "2026-07-03T18:00:30-04:00", "2026-07-03T18:00:30-04:00"},
		{"2026-07-03T10:00:00+08:00", "2026-07-02T22:00:00-04:00", "2026-07-02T22:00:00-04:00"},
	} {
		for last, want := range []string{x.begin, x.end} {
			got, err := instantIn(loc, last)(x.text)
			if s := got.Time().In(loc).Format("2006-01-02T15:04:05.999Z07:00"); err != nil || s != want {
				t.Errorf("%s (%d): got %s, %v; want %s", x.text, last, s, err, want)
			}
		}
	}
	for _, bad := range []string{"", "soon", "2026-02-30", "2026-02-10 25:00", "2026-02-10 20", "2026-02-10 20:00:60", "2026-02-10 20:00:0", "2026-02-10 20:00:-1"} {
		if got, err := instantIn(loc, 0)(bad); err == nil {
			t.Errorf("%q was read as %v", bad, got.Time())
		}
	}
}

func TestEveryProblemOfACalendarIsReportedInItsPlace(t *testing.T) {
	const holidays = `calendar: cn
name: {zh: 假日}
workweek: mon-fry
source: s
years:
  - year: 2026
    source: s
    off:
      - {from: 2026-01-01, to: 2026-01-03, name: {zh: 元旦, en: New Year}}
      - {from: 2026-01-03, to: 2026-01-01, name: {zh: 元旦, en: New Year}}
    work: [2026-01-03, 2027-01-02, tomorrow]
  - year: 2026
    published: false
    source: s
    work: 2026-05-09
`
	const weekday = `calendar: fri
name: {zh: 假日, en: Days}
workweek: mon-fri
source: s
years:
  - {year: 2026, source: s, off: [], work: 2026-01-02}
`
	const shifts = `calendar: typhoon
name: {zh: 台风, en: Typhoon}
zone: Asia/Shanghai
source: s
shifts:
  - rules: [ship-on-tme]
    from: 2026-08-21
    to: 2026-08-21
    until: 2026-08-20
  - rules: ship-on-time
    form: 2026-08-21
    to: 2026-08-22 8pm
`
	packs, err := withFiles(t, map[string]string{"calendar/cn.yaml": holidays, "calendar/fri.yaml": weekday, "calendar/typhoon.yaml": shifts,
		"calendar/a.yaml": typhoon, "calendar/b.yaml": "years: x\n", "calendar/c.yaml": "hello", "calendar/c.yml": "",
		"mine.yaml": strings.Replace(minimal, "zone:", "hours: mon-fri 09:00-18:00 de-holidays\nzone:", 1)})
	if err == nil || packs != nil {
		t.Fatalf("got %v", packs)
	}
	want := []string{
		"calendar/c.yaml and calendar/c.yml are the same calendar; remove one",
		`calendar/a.yaml:1: calendar: "typhoon-2026" must be the name of the file, "a"; change one of them`,
		"calendar/b.yaml:1: calendar: is missing",
		"calendar/b.yaml:1: name: is missing",
		"calendar/b.yaml:1: workweek: is missing",
		"calendar/b.yaml:1: source: is missing",
		"calendar/b.yaml:1: years: must be a list of fields: year, published, as_of, source, off, work",
		"calendar/c.yaml:1: must be a list of fields: calendar, name, packs, zone, source, shifts",
		"calendar/cn.yaml:2: name.en: is missing",
		`calendar/cn.yaml:3: workweek: "mon-fry" are no days of the week; write mon-fri, or sat,sun`,
		"calendar/cn.yaml:10: years[0].off[1].to: 2026-01-01 lies before 2026-01-03",
		"calendar/cn.yaml:11: years[0].work[0]: 2026-01-03 stands on line 9 already",
		"calendar/cn.yaml:11: years[0].work[1]: 2027-01-02 is no day of 2026",
		`calendar/cn.yaml:11: years[0].work[2]: "tomorrow" is no date such as 2026-11-22`,
		"calendar/cn.yaml:12: years[1].as_of: is missing",
		"calendar/cn.yaml:12: years[1].year: 2026 stands on line 6 already",
		"calendar/cn.yaml:15: years[1].work: a year that is not published has no days; leave published out, or the days",
		`calendar/fri.yaml:1: calendar: "fri" means something else in a shop's hours; choose another name`,
		"calendar/fri.yaml:6: years[0].work: 2026-01-02 is a Friday, which is worked anyway",
		`calendar/typhoon.yaml:6: shifts[0].rules[0]: no pack has a rule "ship-on-tme"; did you mean ship-on-time?`,
		"calendar/typhoon.yaml:8: shifts[0].to: is not after from; to is the first instant that is no longer in it",
		"calendar/typhoon.yaml:9: shifts[0].until: lies before the cases begin",
		"calendar/typhoon.yaml:10: shifts[1].from: is missing",
		"calendar/typhoon.yaml:10: shifts[1]: changes nothing; give until, within or exclude: true",
		"calendar/typhoon.yaml:11: shifts[1].form: unknown field; did you mean from?",
		`calendar/typhoon.yaml:12: shifts[1].to: "8pm" is no time of day such as 09:30`,
	}
	if diff := cmp.Diff(want, strings.Split(err.Error(), "\n")); diff != "" {
		t.Error(diff)
	}
	_, err = withFiles(t, map[string]string{"mine.yaml": strings.Replace(minimal, "zone:", "hours: mon-fri 09:00-18:00 us-holiday\nzone:", 1)})
	if want := `mine.yaml:2: hours: "us-holiday" is no calendar of holidays; did you mean us-holidays?`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestAShopJoinsCalendarsThatAreForIt(t *testing.T) {
	packs := builtIn(t)
	for _, x := range []struct{ pack, calendar, want string }{
		{"tmall", "spring-festival-2026", ""},
		{"tmall", "spring-festival-2026-closed, spring-festival-2026", ""},
		{"tmall", "spring-festival-2062", `calendar: "spring-festival-2062" is no calendar; did you mean spring-festival-2026?`},
		{"tmall", "cn-holidays", `calendar: "cn-holidays" are holidays: they belong into hours, such as mon-fri 09:00-18:00 cn-holidays`},
		{"douyin-2026", "spring-festival-2026", "calendar: spring-festival-2026 is for shops with the pack tmall, not douyin-2026"},
	} {
		s := NewShop("a", Standard, noon)
		s.Pack = x.pack
		if err := s.Set("calendar", x.calendar); err != nil {
			t.Error(err)
		}
		err := s.Validate(packs)
		_, errPolicy := s.Policy(packs)
		if x.want == "" && (err != nil || errPolicy != nil) || x.want != "" && (err == nil || err.Error() != x.want || errPolicy == nil) {
			t.Errorf("%s with %s: got %v and %v, want %s", x.calendar, x.pack, err, errPolicy, x.want)
		}
	}
	s := NewShop("a", Standard, noon)
	for text, want := range map[string]string{",": "names no calendar", "Spring": "is no id"} {
		if err := s.Set("calendar", text); err == nil || !strings.Contains(err.Error(), want) || s.Calendar != nil {
			t.Errorf("%q: got %v, %v", text, s.Calendar, err)
		}
	}
	if err := s.Set("calendar", "b,a,b"); err != nil || !slices.Equal(s.Calendar, []string{"a", "b"}) {
		t.Errorf("got %v, %v", s.Calendar, err)
	}
}

func TestAChangeOfThePackLeavesCalendarsWithWhatBeganBefore(t *testing.T) {
	packs := builtIn(t)
	at := func(text string) rules.Instant { return moment(t, "Asia/Shanghai", text) }
	s := Shop{ID: "a", Platform: Standard, Timezone: "Asia/Shanghai", Pack: "standard", Calendar: []string{"spring-festival-2026-closed"},
		Former: []FormerPack{{"douyin-2026", "2026-02-16"}, {"tmall", "2026-02-20"}}}
	if err := s.Validate(packs); err != nil {
		t.Error(err)
	}
	book, _ := packs.Get("standard")
	terms, err := s.Terms(book, packs.Calendars())
	if err != nil || len(terms.Shifts) != 1 {
		t.Fatalf("got %v, %v", terms.Shifts, err)
	}
	if got := terms.Shifts[0]; got.From != at("2026-02-16 00:00:00") || got.To != at("2026-02-20 00:00:00") {
		t.Errorf("holds from %v to %v", got.From.Time(), got.To.Time())
	}
}

func TestACalendarIsForAFamilyOfPacks(t *testing.T) {
	c := DatedCalendar{Packs: []string{"douyin", "tmall-2026"}}
	for pack, want := range map[string]bool{"douyin": true, "douyin-2026": true, "douyin-2023-points": true, "douyinx": false, "tmall": false, "tmall-2026": true} {
		if got := c.For(pack); got != want {
			t.Errorf("%s: got %v", pack, got)
		}
	}
	if everyone := (&DatedCalendar{}); !everyone.For("mine") {
		t.Error("a calendar that names no pack is for all")
	}
}

func FuzzReadCalendar(f *testing.F) {
	f.Add(typhoon)
	f.Add(presale)
	for _, name := range []string{"cn-holidays", "us-holidays", "spring-festival-2026"} {
		text, err := calendarFiles.ReadFile("calendar/" + name + ".yaml")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	f.Fuzz(func(t *testing.T, text string) {
		c := &Calendars{holidays: map[string]*rules.Holidays{}, dated: map[string]*DatedCalendar{}, origin: map[string]string{}}
		err := c.addFile("x", yamlFile{"x.yaml", []byte(text), false}, func(string) error { return nil })
		if loaded := len(c.holidays)+len(c.dated) > 0; loaded != (err == nil) {
			t.Fatalf("loaded %v with %v", loaded, err)
		}
	})
}
