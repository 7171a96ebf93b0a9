package rules_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"shopwarden/rules"
)

func blocks(t testing.TB, text string) []rules.Block {
	t.Helper()
	b, err := rules.ParseBlocks(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestAClockOnBusinessHoursPausesWhileTheShopIsShut(t *testing.T) {
	c := rules.Daily(shanghai, blocks(t, "09:00-12:00,13:30-18:00"))
	for _, x := range []struct {
		start, due string
		run        time.Duration
	}{
		{"2026-11-20 11:00", "2026-11-20 14:30", 2 * time.Hour},
		{"2026-11-20 11:00", "2026-11-20 12:00", time.Hour}, // exactly at closing time: due at closing, not at 13:30
		{"2026-11-20 17:59:59.999", "2026-11-20 18:00", time.Millisecond},
		{"2026-11-20 18:00", "2026-11-21 09:01", time.Minute},
		{"2026-11-20 12:30", "2026-11-20 13:31", time.Minute},
		{"2026-11-20 09:00", "2026-11-21 18:00", 15 * time.Hour},
	} {
		due, ok := c.Add(at(t, x.start), x.run)
		if !ok || due != at(t, x.due) {
			t.Errorf("%s + %v = %v, want %s", x.start, x.run, due.Time().In(shanghai), x.due)
		}
	}
}

func TestHolidaysMakeUpDaysAndRegionsReplaceTheWeek(t *testing.T) {
	day := func(s string) rules.Date { d, _ := rules.ParseDate(s); return d }
	open := blocks(t, "09:00-18:00")
	week := [7][]rules.Block{1: open, 2: open, 3: open, 4: open, 5: open}
	c := rules.Weekly(shanghai, week, []rules.Exception{
		{From: day("2026-10-01"), To: day("2026-10-07")},
		{From: day("2026-10-10"), To: day("2026-10-10"), Blocks: open}, // a Saturday that is worked
		{From: day("2026-10-08"), To: day("2026-10-09"), Region: "浙江"},
	})
	for _, x := range []struct{ region, from, next string }{
		{"北京", "2026-09-30 18:00", "2026-10-08 09:00"},
		{"浙江", "2026-09-30 18:00", "2026-10-10 09:00"},
		{"北京", "2026-10-09 18:00", "2026-10-10 09:00"},
		{"北京", "2026-10-10 18:00", "2026-10-12 09:00"},
	} {
		next, ok := c.In(x.region).NextOpen(at(t, x.from))
		if !ok || next != at(t, x.next) {
			t.Errorf("%s after %s: %v, want %s", x.region, x.from, next.Time().In(shanghai), x.next)
		}
	}
	if _, ok := rules.Daily(shanghai, nil).NextOpen(0); ok {
		t.Error("a calendar without hours opens")
	}
}

func TestBlocksAreReadAndRefused(t *testing.T) {
	got := blocks(t, "22:00-02:00")
	if len(got) != 2 || got[0] != (rules.Block{From: 0, To: 120}) || got[1] != (rules.Block{From: 1320, To: 1440}) {
		t.Errorf("22:00-02:00 = %v", got)
	}
	for _, bad := range []string{"", "9-18", "09:00", "09:00-09:00", "25:00-26:00", "09:60-10:00", "24:00-01:00", "a-b", "09:00-10:00,", "-1:00-02:00"} {
		if b, err := rules.ParseBlocks(bad); err == nil {
			t.Errorf("%q was read as %v", bad, b)
		}
	}
}

var zones = []string{"Asia/Shanghai", "America/New_York", "Africa/Cairo", "America/Santiago", "Europe/London", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Tehran", "America/Sao_Paulo", "UTC"}

func TestEveryLocalDayBeginsWhereTheDayBeforeEnds(t *testing.T) {
	for _, name := range zones {
		loc := mustZone(name)
		for d := rules.NewDate(2005, 1, 1); d < rules.NewDate(2028, 1, 1); d++ {
			begin, end := d.At(0, loc), d.At(1440, loc)
			if begin > end {
				t.Fatalf("%s %s ends before it begins", name, d)
			}
			if begin < end && (rules.DateOf(begin, loc) != d || rules.DateOf(end-1, loc) != d) {
				t.Fatalf("%s %s: begins on %s, ends on %s", name, d, rules.DateOf(begin, loc), rules.DateOf(end-1, loc))
			}
		}
	}
}

func TestATimeOfDayThatDoesNotExistComesRightAfterTheGap(t *testing.T) {
	for _, x := range []struct {
		zone, day string
		minute    int
		want      string
	}{
		{"America/New_York", "2026-03-08", 150, "2026-03-08T03:00:00-04:00"}, // 02:30 is skipped
		{"America/New_York", "2026-11-01", 90, "2026-11-01T01:30:00-04:00"},  // 01:30 comes twice: the first
		{"America/Santiago", "2026-09-06", 0, "2026-09-06T01:00:00-03:00"},   // midnight is skipped
		{"Africa/Cairo", "2026-04-24", 0, "2026-04-24T01:00:00+03:00"},
		{"Europe/London", "2026-03-29", 90, "2026-03-29T02:00:00+01:00"},
		{"Asia/Shanghai", "2026-11-22", 540, "2026-11-22T09:00:00+08:00"},
	} {
		loc := mustZone(x.zone)
		d, _ := rules.ParseDate(x.day)
		if got := d.At(x.minute, loc).Time().In(loc).Format(time.RFC3339); got != x.want {
			t.Errorf("%s %s minute %d = %s, want %s", x.zone, x.day, x.minute, got, x.want)
		}
	}
}

func TestElapsedUndoesAdd(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		loc := mustZone(rapid.SampledFrom(zones).Draw(t, "zone"))
		from := rapid.IntRange(0, 23).Draw(t, "open")
		c := rules.Daily(loc, []rules.Block{{From: from * 60, To: from*60 + rapid.IntRange(1, 60).Draw(t, "for")}, {From: 0, To: 30}})
		start := rules.InstantOf(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)) + rules.Instant(rapid.Int64Range(0, 365*86400_000).Draw(t, "start"))
		run := time.Duration(rapid.Int64Range(1, 40*3600_000).Draw(t, "run")) * time.Millisecond
		due, ok := c.Add(start, run)
		if !ok {
			t.Fatal("never due")
		}
		if got := c.Elapsed(start, due); got != run {
			t.Fatalf("due after %v, elapsed %v", run, got)
		}
		if got := c.Elapsed(start, due-1); got >= run {
			t.Fatalf("due too late: %v had run a millisecond before", got)
		}
	})
}
