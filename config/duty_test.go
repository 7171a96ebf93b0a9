package config_test

import (
	"testing"
	"time"

	"shopwarden/config"
	"shopwarden/rules"
)

func TestDutyIsWrittenLikeBusinessHours(t *testing.T) {
	packs, err := config.LoadPacks(config.BuiltIn(), "")
	if err != nil {
		t.Fatal(err)
	}
	monday := rules.InstantOf(time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC))
	c, err := packs.DutyHours("mon-fri 09:00-18:00 cn-holidays", time.UTC)
	if err != nil || !c.Open(monday) || c.Open(monday+12*3600_000) {
		t.Errorf("read as %v, %v", c, err)
	}
	for _, bad := range []string{"", "always", "platform", "9-5", "mon-fri", "mon-fri 09:00-18:00 no-such-days"} {
		if _, err := packs.DutyHours(bad, time.UTC); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
}

func TestEscalationHasAStandardAnOffAndATime(t *testing.T) {
	for text, want := range map[string]time.Duration{"": 15 * time.Minute, "off": 0, "30m": 30 * time.Minute, "nonsense": 15 * time.Minute} {
		if got := (config.Shop{Escalate: text}).EscalateAfter(15 * time.Minute); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}
