package rules_test

import (
	"fmt"
	"testing"
	"time"

	"shopwarden/rules"
)

func TestTheNextOpeningIsThatAfterTheNextClosing(t *testing.T) {
	at := func(day int, clock string) rules.Instant {
		i, err := time.Parse("2006-01-02 15:04", fmt.Sprintf("2026-11-%02d %s", day, clock))
		if err != nil {
			t.Fatal(err)
		}
		return rules.InstantOf(i)
	}
	for hours, cases := range map[string]map[rules.Instant]rules.Instant{
		"09:00-12:00,13:00-18:00": {at(23, "08:00"): at(23, "09:00"), at(23, "09:00"): at(23, "13:00"), at(23, "12:30"): at(23, "13:00"),
			at(23, "17:00"): at(24, "09:00"), at(23, "18:00"): at(24, "09:00")},
		"22:00-02:00": {at(23, "23:00"): at(24, "22:00"), at(24, "01:00"): at(24, "22:00"), at(24, "03:00"): at(24, "22:00")},
		"00:00-24:00": {at(23, "10:00"): 0},
	} {
		blocks, err := rules.ParseBlocks(hours)
		if err != nil {
			t.Fatal(err)
		}
		p, err := rules.NewPolicy(&rules.Rulebook{Editions: []rules.Edition{{}}},
			rules.Terms{Zone: time.UTC, Hours: rules.OwnHours, Calendar: rules.Daily(time.UTC, blocks)})
		if err != nil {
			t.Fatal(err)
		}
		for now, want := range cases {
			if got, ok := p.Reopens(now); got != want || ok != (want != 0) {
				t.Errorf("%s: after %v it opens at %v (%v), want %v", hours, now.Time(), got.Time(), ok, want.Time())
			}
		}
	}
	for _, hours := range []rules.Hours{rules.ByPlatform, rules.AroundTheClock} {
		p, err := rules.NewPolicy(&rules.Rulebook{Editions: []rules.Edition{{}}}, rules.Terms{Zone: time.UTC, Hours: hours})
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := p.Reopens(at(23, "03:00")); ok {
			t.Errorf("hours %d have an opening", hours)
		}
	}
	if _, ok := rules.Always(time.UTC).Reopens(5); ok {
		t.Error("what never closes opens again")
	}
}
