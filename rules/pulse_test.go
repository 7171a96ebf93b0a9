package rules_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"shopwarden/rules"
)

// open is a shop that hears something every gap minutes from 9 to 23 o'clock, for some days from the first of November.
func heardEvery(gap, days int, zone *time.Location) (p rules.Pulse) {
	for day := range days {
		for minute := 9 * 60; minute < 23*60; minute += gap {
			p, _ = p.Beat(rules.InstantOf(time.Date(2026, 11, 1+day, 0, minute, 0, 0, zone)), zone)
		}
	}
	return p
}

func clock(day, hour, minute int, zone *time.Location) rules.Instant {
	return rules.InstantOf(time.Date(2026, 11, day, hour, minute, 0, 0, zone))
}

func TestASilenceIsJudgedByTheRhythmOfTheShop(t *testing.T) {
	zone := time.FixedZone("CST", 8*3600)
	beat := func(p rules.Pulse, day, hour, minute int) rules.Pulse {
		for m := 9 * 60; m <= hour*60+minute; m += 2 {
			p, _ = p.Beat(rules.InstantOf(time.Date(2026, 11, day, 0, m, 0, 0, zone)), zone)
		}
		return p
	}
	busy := heardEvery(2, 5, zone)
	for _, tt := range []struct {
		name string
		p    rules.Pulse
		due  rules.Instant
	}{
		{"every 2 min, silent since noon", beat(busy, 6, 12, 0), clock(6, 12, 24, zone)},
		{"silent since the last event of the evening", busy, clock(6, 9, 23, zone)},
		{"every minute: not before 10 min", heardEvery(1, 1, zone), clock(2, 9, 11, zone)},
		{"every 30 min", heardEvery(30, 5, zone), clock(6, 14, 30, zone)},
		{"once a day", heardEvery(24*60, 5, zone), 0},
		{"never", rules.Pulse{}, 0},
	} {
		if got := tt.p.Due(zone); got < tt.due-60_000 || got > tt.due+60_000 {
			t.Errorf("%s: due %v, want %v within a minute", tt.name, got.Time().In(zone), tt.due.Time().In(zone))
		}
	}
	if got := busy.Usual(clock(6, 12, 0, zone), zone); got != 2*time.Minute {
		t.Errorf("usually every %v, want 2 min", got)
	}
}

func TestANewShopIsNeverCalledSilent(t *testing.T) {
	var p rules.Pulse
	for minute := range 120 {
		p, _ = p.Beat(clock(1, 9, minute, time.UTC), time.UTC)
	}
	if due := p.Due(time.UTC); due != 0 && due < clock(2, 9, 0, time.UTC) {
		t.Errorf("silent at %v, on its first day", due.Time())
	}
	if p.Knows(clock(1, 23, 0, time.UTC)) || !p.Knows(clock(2, 9, 0, time.UTC)) {
		t.Error("a rhythm is known after a day, not before")
	}
}

func TestASlowDayIsNoSilence(t *testing.T) {
	p := heardEvery(2, 5, time.UTC)
	for minute := 9 * 60; minute <= 15*60; minute += 20 { // a tenth of what is usual
		p, _ = p.Beat(rules.InstantOf(time.Date(2026, 11, 6, 0, minute, 0, 0, time.UTC)), time.UTC)
	}
	if due := p.Due(time.UTC); due < clock(6, 17, 30, time.UTC) {
		t.Errorf("silent at %v, although something came every 20 min today", due.Time())
	}
}

// TestChanceAloneRarelyMakesASilence lets arrivals come independently of each other for a year of shop days.
func TestChanceAloneRarelyMakesASilence(t *testing.T) {
	r, p, alarms := rand.New(rand.NewPCG(1, 2)), rules.Pulse{}, 0
	const mean = 3 * 60 * 1000.0
	for at := clock(1, 0, 0, time.UTC); at < clock(1, 0, 0, time.UTC)+365*24*3600*1000; at += rules.Instant(r.ExpFloat64() * mean) {
		if p.Silent(at, time.UTC) {
			alarms++
		}
		p, _ = p.Beat(at, time.UTC)
	}
	if alarms > 4 {
		t.Errorf("%d false alarms in a year", alarms)
	}
}

func TestAnEventInTheSameMinuteAddsNothing(t *testing.T) {
	p, _ := rules.Pulse{}.Beat(clock(1, 9, 0, time.UTC), time.UTC)
	for _, at := range []rules.Instant{clock(1, 9, 0, time.UTC) + 59_000, clock(1, 8, 0, time.UTC)} {
		if next, changed := p.Beat(at, time.UTC); changed || next != p {
			t.Errorf("an arrival at %v changed %+v", at.Time(), next)
		}
	}
	p.Told = true
	if next, changed := p.Beat(clock(1, 9, 0, time.UTC)+1000, time.UTC); !changed || next.Told {
		t.Error("an arrival does not end a silence that was told of")
	}
}
