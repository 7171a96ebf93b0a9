package rules_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"shopwarden/rules"
)

func TestRungsAreTheWordsOfThePenaltyEvent(t *testing.T) {
	for _, r := range rules.Rungs() {
		e := rules.Event{Type: "penalty.issued", At: time.Unix(1_800_000_000, 0), Data: rules.Data{PenaltyID: "1", Rung: r.String()}}
		if err := e.Check(); err != nil {
			t.Errorf("%s: %v", r, err)
		}
		if got, err := rules.ParseRung(r.String()); err != nil || got != r {
			t.Errorf("%s: read back as %s, %v", r, got, err)
		}
	}
	if _, err := rules.ParseRung("fine"); err == nil {
		t.Error("an unknown rung was read")
	}
	if got := rules.Rung(9).String(); got != "rung(9)" {
		t.Errorf("got %s", got)
	}
}

func TestPenaltyPointsAreExactHundredths(t *testing.T) {
	for text, want := range map[string]rules.PenaltyPoints{"0.5": 50, "12": 1200, "0.25": 25, "0.50": 50, "2.00": 200, "0": 0, "0.05": 5,
		"1000000": 100_000_000, "0.500000": 50} {
		if got, err := rules.ParsePenaltyPoints(text); err != nil || got != want {
			t.Errorf("%q: got %d, %v, want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", ".", "5.", ".5", "-1", "+1", "1e3", "0.125", "1,5", " 1", "1000001", "0.5.0", "99999999999999999999"} {
		if got, err := rules.ParsePenaltyPoints(text); err == nil {
			t.Errorf("%q was read as %s", text, got)
		}
	}
	for p, want := range map[rules.PenaltyPoints]string{50: "0.5", 1200: "12", 25: "0.25", 5: "0.05", 0: "0", 1150: "11.5", -50: "-0.5"} {
		if got := p.String(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestWindowsBeginOnMondayAndOnNewYear(t *testing.T) {
	for _, c := range []struct {
		window   rules.Lookback
		day      string
		want, as string
	}{
		{1, "2026-11-22", "2026-11-22", "day"},
		{7, "2026-11-22", "2026-11-16", "7d"},
		{rules.NaturalWeek, "2026-11-22", "2026-11-16", "week"}, // a Sunday
		{rules.NaturalWeek, "2026-11-23", "2026-11-23", "week"}, // a Monday
		{rules.NaturalWeek, "2026-12-01", "2026-11-30", "week"}, // over the end of a month
		{rules.NaturalWeek, "2027-01-02", "2026-12-28", "week"}, // over the end of a year
		{rules.NaturalYear, "2026-12-31", "2026-01-01", "year"},
		{30, "2026-01-10", "2025-12-12", "30d"},
	} {
		if got := c.window.First(date(t, c.day)); got != date(t, c.want) || c.window.String() != c.as {
			t.Errorf("%s up to %s begins %s, want %s", c.window, c.day, got, c.want)
		}
	}
	if got := rules.NaturalWeek.First(rules.NewDate(1969, time.December, 28)); got != rules.NewDate(1969, time.December, 22) {
		t.Errorf("a Sunday before 1970: got %s", got)
	}
}

func TestALineThatCannotWorkIsNamed(t *testing.T) {
	ok := rules.Line{ID: "a", Window: 1, Breached: 1, Rung: rules.Warning}
	if err := rules.CheckLines([]rules.Line{ok}); err != nil {
		t.Fatal(err)
	}
	for want, change := range map[string]func(*rules.Line){
		"id: is missing":        func(l *rules.Line) { l.ID = "" },
		"rung: is missing":      func(l *rules.Line) { l.Rung = 0 },
		"window: must be":       func(l *rules.Line) { l.Window = 0 },
		"needs a condition":     func(l *rules.Line) { l.Breached, l.Under = 0, 5 },
		"under: leaves":         func(l *rules.Line) { l.Resolved, l.Under = 5, 5 },
		"of: is missing":        func(l *rules.Line) { l.Each = true },
		"times: is missing":     func(l *rules.Line) { l.Of = "x" },
		"of: \"a\" is no ear":   func(l *rules.Line) { l.Of, l.Times = "a", 1 },
		"points: belong":        func(l *rules.Line) { l.Points = 50 },
		"points: belong to the": func(l *rules.Line) { l.Rung = rules.SeverePoints },
		"per_case: needs":       func(l *rules.Line) { l.PerCase = true },
		"cap: needs points":     func(l *rules.Line) { l.Cap, l.CapWindow = 100, 30 },
		"cap: needs both":       func(l *rules.Line) { l.Rung, l.Points, l.Cap = rules.GeneralPoints, 50, 100 },
		"days: belong":          func(l *rules.Line) { l.Rung = rules.Suspension },
		"days: belong to the":   func(l *rules.Line) { l.Days = 3 },
	} {
		l := ok
		change(&l)
		err := rules.CheckLines([]rules.Line{l})
		var at *rules.LineError
		if !errors.As(err, &at) || at.Place != 0 || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v", want, err)
		}
	}
	if err := rules.CheckLines([]rules.Line{ok, ok}); err == nil || err.Error() != `measures[1] (a).id: "a" is already the id of another line` {
		t.Errorf("got %v", err)
	}
}

func date(t testing.TB, text string) rules.Date {
	t.Helper()
	d, err := rules.ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}
