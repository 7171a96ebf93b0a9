package jobs_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"shopwarden/jobs"
	"shopwarden/rules"
)

func TestEveryLocalDayHasExactlyOneSlotWhateverTheClocksDo(t *testing.T) {
	zones := []string{"America/New_York", "Africa/Cairo", "America/Santiago", "Europe/London", "Australia/Lord_Howe", "Asia/Shanghai", "Pacific/Chatham"}
	rapid.Check(t, func(t *rapid.T) {
		loc, err := time.LoadLocation(rapid.SampledFrom(zones).Draw(t, "zone"))
		if err != nil {
			t.Fatal(err)
		}
		daily := jobs.Daily{Minute: rapid.IntRange(0, 1439).Draw(t, "minute"), Zone: loc}
		now := rules.InstantOf(time.Date(2026, time.Month(rapid.IntRange(1, 12).Draw(t, "month")), 1, 0, 0, 0, 0, time.UTC))
		day := daily.Next(now).Day
		for range 70 {
			s := daily.Next(now)
			if s.Day != day {
				t.Fatalf("slot of %s came where %s was expected", s.Day, day)
			}
			if got := daily.Last(s.At); got != s {
				t.Fatalf("last at its own instant is %v, want %v", got, s)
			}
			if got := daily.Last(s.At - 1); got.Day != day.Next(-1) {
				t.Fatalf("last before %s is %s", s.Day, got.Day)
			}
			now, day = s.At, day.Next(1)
		}
	})
}

func TestADigestTimeIsReadOrRefused(t *testing.T) {
	for text, want := range map[string]int{"": 540, "00:00": 0, "23:59": 1439, "7:05": 425} {
		d, on, err := jobs.ParseDaily(text, time.UTC)
		if err != nil || !on || d.Minute != want {
			t.Errorf("%q: %v %v %v", text, d, on, err)
		}
	}
	if _, on, err := jobs.ParseDaily("off", time.UTC); on || err != nil {
		t.Error("off is on")
	}
	for _, bad := range []string{"24:00", "9", "9:5", "x", "-1:00"} {
		if _, _, err := jobs.ParseDaily(bad, time.UTC); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
}
