package rules_test

import (
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"

	"shopwarden/rules"
)

var workweek = [7]bool{time.Monday: true, time.Tuesday: true, time.Wednesday: true, time.Thursday: true, time.Friday: true}

// october2026 knows of one year what matters here: 1–7 October off, Saturday 10 October worked.
func october2026(t testing.TB) *rules.Holidays {
	return rules.NewHolidays("cn", rules.Text{}, workweek, []rules.HolidayYear{
		{Year: 2026, Published: true, Days: []rules.Holiday{
			{From: date(t, "2026-10-10"), To: date(t, "2026-10-10"), Worked: true},
			{From: date(t, "2026-10-01"), To: date(t, "2026-10-07")},
		}},
		{Year: 2027, AsOf: date(t, "2026-08-07")},
	})
}

func TestWorkingDaysSkipHolidaysAndTakeMakeUpDays(t *testing.T) {
	h := october2026(t)
	for _, x := range []struct {
		from string
		n    int
		want string
	}{
		{"2026-09-30", 0, "2026-09-30"},
		{"2026-09-30", 1, "2026-10-08"},
		{"2026-09-30", 2, "2026-10-09"},
		{"2026-09-30", 3, "2026-10-10"}, // a Saturday that is worked
		{"2026-09-30", 4, "2026-10-12"},
		{"2026-10-03", 0, "2026-10-03"}, // no working day, and none is asked for
	} {
		got, err := h.Add(date(t, x.from), x.n)
		if err != nil || got != date(t, x.want) {
			t.Errorf("%s + %d = %s, %v; want %s", x.from, x.n, got, err, x.want)
		}
	}
	if n, err := h.Between(date(t, "2026-10-10"), date(t, "2026-10-01")); n != 0 || err != nil {
		t.Errorf("backwards: %d, %v", n, err)
	}
}

func TestAYearThatIsNotPublishedIsNoWorkingYear(t *testing.T) {
	h := october2026(t)
	for name, ask := range map[string]func() error{
		"adding over the year's end":  func() error { _, err := h.Add(date(t, "2026-12-30"), 2); return err },
		"counting over it":            func() error { _, err := h.Between(date(t, "2026-12-30"), date(t, "2027-01-01")); return err },
		"asking for a day":            func() error { _, err := h.Working(date(t, "2027-05-11")); return err },
		"asking whether it is listed": func() error { return h.Published(2027) },
	} {
		var unknown *rules.UnpublishedError
		if err := ask(); !errors.As(err, &unknown) || unknown.Year != 2027 || err.Error() != "cn: the holidays of 2027 were not published as of 2026-08-07" {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if err := h.Published(2031); err == nil || err.Error() != "cn: the holidays of 2031 are not listed" {
		t.Errorf("got %v", err)
	}
	if days, published := h.Days(2027); days != nil || published {
		t.Errorf("got %v, %v", days, published)
	}
	days, published := h.Days(2026)
	if !published || len(days) != 2 || days[0].From != date(t, "2026-10-01") {
		t.Errorf("got %v, %v", days, published)
	}
	if d, err := h.Add(date(t, "2026-12-30"), 1); err != nil || d != date(t, "2026-12-31") {
		t.Errorf("the year's last day: %s, %v", d, err)
	}
}

func TestCountingUndoesAddingWorkingDays(t *testing.T) {
	first := rules.NewDate(2026, time.January, 1)
	rapid.Check(t, func(t *rapid.T) {
		var days []rules.Holiday
		for range rapid.IntRange(0, 12).Draw(t, "runs") {
			from := first.Next(rapid.IntRange(0, 360).Draw(t, "from"))
			days = append(days, rules.Holiday{From: from, To: from.Next(rapid.IntRange(0, 9).Draw(t, "length")), Worked: rapid.Bool().Draw(t, "worked")})
		}
		h := rules.NewHolidays("x", rules.Text{}, workweek, []rules.HolidayYear{{Year: 2026, Published: true, Days: days}})
		from, n := first.Next(rapid.IntRange(-1, 364).Draw(t, "start")), rapid.IntRange(0, 300).Draw(t, "n")
		to, err := h.Add(from, n)
		if err != nil {
			return // over the year's end
		}
		if got, err := h.Between(from, to); err != nil || got != n {
			t.Fatalf("%s + %d = %s, counted %d, %v", from, n, to, got, err)
		}
		if worked, err := h.Working(to); n > 0 && (err != nil || !worked) {
			t.Fatalf("%s is not worked: %v", to, err)
		}
	})
}
