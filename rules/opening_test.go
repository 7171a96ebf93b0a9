package rules_test

import (
	"testing"
	"time"

	"shopwarden/rules"
)

func TestAShopIsOpenByItsOwnHoursOnly(t *testing.T) {
	book := &rules.Rulebook{Pack: "test", Zone: "UTC", Editions: []rules.Edition{{}}}
	at := func(clock string) rules.Instant {
		i, err := time.Parse(time.DateTime, "2026-11-23 "+clock) // a Monday
		if err != nil {
			t.Fatal(err)
		}
		return rules.InstantOf(i)
	}
	blocks, err := rules.ParseBlocks("09:00-12:00,13:00-18:00")
	if err != nil {
		t.Fatal(err)
	}
	own, err := rules.NewPolicy(book, rules.Terms{Zone: time.UTC, Hours: rules.OwnHours, Calendar: rules.Daily(time.UTC, blocks)})
	if err != nil {
		t.Fatal(err)
	}
	for now, want := range map[string]rules.Instant{
		"08:59:59": at("09:00:00"), "09:00:00": at("09:00:00"), "12:00:00": at("13:00:00"), "17:59:59": at("17:59:59"),
		"18:00:00": at("09:00:00") + 86_400_000,
	} {
		if got := own.Opens(at(now)); got != want {
			t.Errorf("at %s it opens at %v, want %v", now, got.Time(), want.Time())
		}
	}
	for _, hours := range []rules.Hours{rules.ByPlatform, rules.AroundTheClock} {
		p, err := rules.NewPolicy(book, rules.Terms{Zone: time.UTC, Hours: hours})
		if err != nil {
			t.Fatal(err)
		}
		if at := at("03:00:00"); p.Opens(at) != at || p.OwnHours() || !own.OwnHours() {
			t.Errorf("hours %d: closed at night", hours)
		}
	}
}
