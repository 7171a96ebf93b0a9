package rules

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// in returns an instant of a local clock.
func in(t testing.TB, zone, text string) Instant {
	t.Helper()
	loc, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	at, err := time.ParseInLocation("2006-01-02 15:04:05.999", text, loc)
	if err != nil {
		t.Fatal(err)
	}
	return InstantOf(at)
}

func shanghaiAt(t testing.TB, text string) Instant { t.Helper(); return in(t, "Asia/Shanghai", text) }

// bound returns a policy that has joined shifts, through the door that all policies take.
func bound(t testing.TB, shifts ...DatedShift) *Policy {
	t.Helper()
	p, err := NewPolicy(&Rulebook{Editions: []Edition{{}}}, Terms{Zone: time.UTC, Hours: ByPlatform, Shifts: shifts})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

const hour = Instant(3600_000)

func TestAFestivalMovesTheDeadlineToItsEndUnlessThePromiseIsLater(t *testing.T) {
	p := bound(t, DatedShift{ID: "spring", Rules: []string{"ship-on-time"}, From: shanghaiAt(t, "2026-02-10 00:00:00"),
		To: shanghaiAt(t, "2026-02-24 00:00:00"), Until: shanghaiAt(t, "2026-02-26 23:59:59.999")})
	for _, x := range []struct{ rule, paid, due, want, id string }{
		{"ship-on-time", "2026-02-09 23:59:59.999", "2026-02-11 23:59:59.999", "2026-02-11 23:59:59.999", ""},
		{"ship-on-time", "2026-02-10 00:00:00", "2026-02-12 00:00:00", "2026-02-26 23:59:59.999", "spring"},
		{"ship-on-time", "2026-02-23 23:59:59.999", "2026-02-25 23:59:59.999", "2026-02-26 23:59:59.999", "spring"},
		{"ship-on-time", "2026-02-24 00:00:00", "2026-02-26 00:00:00", "2026-02-26 00:00:00", ""},
		{"ship-on-time", "2026-02-20 12:00:00", "2026-03-05 12:00:00", "2026-03-05 12:00:00", ""}, // a presale's promise
		{"pickup-after-label", "2026-02-15 12:00:00", "2026-02-16 12:00:00", "2026-02-16 12:00:00", ""},
	} {
		begun := shanghaiAt(t, x.paid)
		due, out, id := p.shift(x.rule, begun, "上海市", shanghaiAt(t, x.due), begun)
		if due != shanghaiAt(t, x.want) || out || id != x.id {
			t.Errorf("%s paid %s: due %v by %q (excluded %v), want %s by %q", x.rule, x.paid, due.Time(), id, out, x.want, x.id)
		}
	}
}

func TestALongerLimitRunsFromTheStartOfTheClockRoundTheClock(t *testing.T) {
	// New York sets its clocks forward on 8 March 2026: five days are 120 hours, so that the wall shows an hour more.
	zone := "America/New_York"
	p := bound(t, DatedShift{ID: "storm", Rules: []string{"after-sales-review"}, From: in(t, zone, "2026-03-01 00:00:00"),
		To: in(t, zone, "2026-04-01 00:00:00"), Within: 5 * 24 * time.Hour})
	begun, start := in(t, zone, "2026-03-06 23:30:00"), in(t, zone, "2026-03-07 08:00:00")
	due, _, id := p.shift("after-sales-review", begun, "", start+36*hour, start)
	if want := in(t, zone, "2026-03-12 09:00:00"); due != want || id != "storm" {
		t.Errorf("due %v by %q, want %v", due.Time(), id, want.Time())
	}
}

func TestAShiftHoldsWhereItsRegionBegins(t *testing.T) {
	p := bound(t, DatedShift{ID: "typhoon", Rules: []string{"ship-on-time"}, Regions: []string{"浙江", "新疆"}, From: 1, To: 1000, Until: 5000})
	for region, want := range map[string]Instant{"浙江": 5000, "浙江省": 5000, "浙江省杭州市": 5000, "新疆维吾尔自治区": 5000,
		"江苏省": 2000, "浙": 2000, "北京市浙江大厦": 2000, "": 2000} {
		if due, _, _ := p.shift("ship-on-time", 500, region, 2000, 500); due != want {
			t.Errorf("%q: due %d, want %d", region, due, want)
		}
	}
}

func TestOfSeveralShiftsTheLatestDeadlineWinsAndLeavingOutWinsOverAll(t *testing.T) {
	every := func(id string, change func(*DatedShift)) DatedShift {
		s := DatedShift{ID: id, Rules: []string{"a"}, From: 0, To: 1000}
		change(&s)
		return s
	}
	early := every("early", func(s *DatedShift) { s.Until = 3000 })
	late := every("late", func(s *DatedShift) { s.Until = 4000 })
	same := every("same", func(s *DatedShift) { s.Within = 3500 * time.Millisecond })
	out := every("out", func(s *DatedShift) { s.Exclude = true })
	for name, x := range map[string]struct {
		shifts []DatedShift
		due    Instant
		out    bool
		id     string
	}{
		"the latest":            {[]DatedShift{early, late}, 4000, false, "late"},
		"whatever the order":    {[]DatedShift{late, early}, 4000, false, "late"},
		"of equal ones, first":  {[]DatedShift{late, same}, 4000, false, "late"},
		"left out, first":       {[]DatedShift{out, late}, 4000, true, "out"},
		"left out, last":        {[]DatedShift{late, out}, 4000, true, "out"},
		"none holds":            {[]DatedShift{}, 2000, false, ""},
		"none gives more time":  {[]DatedShift{every("x", func(s *DatedShift) { s.Until = 1500 })}, 2000, false, ""},
		"one without an effect": {[]DatedShift{every("x", func(*DatedShift) {})}, 2000, false, ""},
	} {
		due, excluded, id := bound(t, x.shifts...).shift("a", 500, "", 2000, 500)
		if due != x.due || excluded != x.out || id != x.id {
			t.Errorf("%s: got %d, %v, %q; want %d, %v, %q", name, due, excluded, id, x.due, x.out, x.id)
		}
	}
	if due, _, _ := bound(t, late).shift("a", 500, "", 0, 500); due != 0 {
		t.Errorf("a case without a deadline got one: %d", due)
	}
}

func TestAShiftNeverMakesADeadlineEarlier(t *testing.T) {
	instant := rapid.Custom(func(t *rapid.T) Instant { return Instant(rapid.Int64Range(0, 100).Draw(t, "at")) * hour })
	one := rapid.Custom(func(t *rapid.T) DatedShift {
		return DatedShift{ID: rapid.StringMatching(`[a-c]`).Draw(t, "id"), Rules: []string{rapid.SampledFrom([]string{"a", "b"}).Draw(t, "rule")},
			Regions: rapid.SliceOfN(rapid.SampledFrom([]string{"", "浙", "浙江", "新疆"}), 0, 2).Draw(t, "regions"),
			From:    instant.Draw(t, "from"), To: instant.Draw(t, "to"), Until: instant.Draw(t, "until"),
			Within: time.Duration(rapid.IntRange(0, 90).Draw(t, "within")) * time.Hour, Exclude: rapid.Bool().Draw(t, "exclude")}
	})
	rapid.Check(t, func(t *rapid.T) {
		shifts := rapid.SliceOfN(one, 0, 5).Draw(t, "shifts")
		rule, region := rapid.SampledFrom([]string{"a", "b"}).Draw(t, "rule"), rapid.SampledFrom([]string{"", "浙江省", "新疆"}).Draw(t, "region")
		begun, due := instant.Draw(t, "begun"), instant.Draw(t, "due")
		p := &Policy{shifts: shifts}
		got, out, id := p.shift(rule, begun, region, due, begun)
		if got < due {
			t.Fatalf("due %d became %d", due, got)
		}
		if (got != due || out) != (id != "") {
			t.Fatalf("due %d became %d, excluded %v, by %q", due, got, out, id)
		}
		again, outAgain, _ := (&Policy{shifts: rapid.Permutation(shifts).Draw(t, "order")}).shift(rule, begun, region, due, begun)
		if again != got || outAgain != out {
			t.Fatalf("another order of the shifts gives %d, %v instead of %d, %v", again, outAgain, got, out)
		}
	})
}

func TestShiftsDoNotAllocate(t *testing.T) {
	p := bound(t, DatedShift{ID: "x", Rules: []string{"a", "b"}, Regions: []string{"浙江", "新疆"}, From: 0, To: 1000, Until: 5000})
	if n := testing.AllocsPerRun(100, func() { p.shift("b", 1, "新疆维吾尔自治区", 2, 1) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestAPolicyKeepsItsOwnCopyOfTheShifts(t *testing.T) {
	list := []DatedShift{{ID: "x", Rules: []string{"a"}, From: 0, To: 10, Exclude: true}}
	p := bound(t, list...)
	list[0].To = 1
	if _, out, _ := p.shift("a", 5, "", 5, 5); !out {
		t.Error("the list of the caller shows through")
	}
}

func TestRulesOnBusinessHoursTakeThePlatformsWhereTheShopHasNone(t *testing.T) {
	loc, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	all, day := []Block{{0, 1440}}, []Block{{540, 1080}}
	rule := Rule{ID: "ship", Principle: Timely, Subject: Order, Business: true, Start: []Match{{Type: "order.paid"}},
		Stop: []Match{{Type: "order.shipped"}}, Deadline: Deadline{Within: 48 * time.Hour}, Day: ByDue, Metric: MetRate}
	book := &Rulebook{Editions: []Edition{{Hours: "us", Rules: []Rule{rule}}}}
	// Thursday; Friday 3 July is a holiday, and the weekend does not count.
	week := [7][]Block{1: all, 2: all, 3: all, 4: all, 5: all}
	fourth := NewDate(2026, time.July, 3)
	business := Weekly(loc, week, []Exception{{From: fourth, To: fourth + 1}})
	for name, x := range map[string]struct {
		terms Terms
		want  string
	}{
		"no hours anywhere":     {Terms{Zone: loc, Hours: ByPlatform}, "2026-07-04 10:00:00"},
		"those of the pack":     {Terms{Zone: loc, Hours: ByPlatform, Business: map[string]*Calendar{"us": business}}, "2026-07-07 10:00:00"},
		"the shop's come first": {Terms{Zone: loc, Hours: OwnHours, Calendar: Daily(loc, day), Business: map[string]*Calendar{"us": business}}, "2026-07-07 13:00:00"},
		"round the clock":       {Terms{Zone: loc, Hours: AroundTheClock, Business: map[string]*Calendar{"us": business}}, "2026-07-04 10:00:00"},
	} {
		p, err := NewPolicy(book, x.terms)
		if err != nil {
			t.Fatal(err)
		}
		paid := Fact{Type: "order.paid", At: in(t, "America/New_York", "2026-07-02 10:00:00")}
		cases := p.Judge(Subject{Kind: Order, ID: "1"}, Facts{paid}, paid.At)
		if len(cases) != 1 || cases[0].Due != in(t, "America/New_York", x.want) {
			t.Errorf("%s: got %+v, want due %s", name, cases, x.want)
		}
	}
}
