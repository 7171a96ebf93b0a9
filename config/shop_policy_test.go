package config

import (
	"testing"
	"time"

	"shopwarden/rules"
)

func policyOf(t *testing.T, s Shop) *rules.Policy {
	t.Helper()
	p, err := s.Policy(builtIn(t))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// shanghai returns an instant of a local clock in Shanghai.
func shanghai(t *testing.T, text string) rules.Instant {
	t.Helper()
	loc, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	for _, layout := range []string{"2006-01-02 15:04", "2006-01-02 15:04:05"} { // the second also takes milliseconds
		if at, err := time.ParseInLocation(layout, text, loc); err == nil {
			return rules.InstantOf(at)
		}
	}
	t.Fatalf("%q is no time", text)
	return 0
}

func judge(t *testing.T, p *rules.Policy, rule string, s rules.Subject, now rules.Instant, facts ...rules.Fact) (rules.Case, bool) {
	t.Helper()
	var set rules.Facts
	for _, f := range facts {
		set, _ = set.Add(f)
	}
	for _, k := range p.Judge(s, set, now) {
		if k.Rule == rule {
			return k, true
		}
	}
	return rules.Case{}, false
}

func TestAReturnAskedForAtNightStartsInTheMorning(t *testing.T) {
	p := policyOf(t, Shop{ID: "a"})
	for _, tt := range []struct{ asked, starts string }{
		{"2026-11-22 22:59", "2026-11-22 22:59"},
		{"2026-11-22 23:30", "2026-11-23 08:00"},
		{"2026-11-22 03:00", "2026-11-22 08:00"},
		{"2026-11-22 08:00", "2026-11-22 08:00"},
	} {
		opened := rules.Fact{Type: "aftersale.opened", At: shanghai(t, tt.asked), Attrs: []rules.Attr{{Key: "kind", Value: "return"}}}
		k, ok := judge(t, p, "after-sales-review", rules.Subject{Kind: rules.Aftersale, ID: "1"}, opened.At, opened)
		if want := shanghai(t, tt.starts); !ok || k.Start != want {
			t.Errorf("asked %s: starts %v (case %v), want %v", tt.asked, k.Start.Time(), ok, want.Time())
		}
	}
}

func TestAShopsOwnLimitReplacesThePacks(t *testing.T) {
	p := policyOf(t, Shop{ID: "a", AlertAt: 7, Overrides: map[string]Override{
		"ship-on-time":          {Within: "24h", Targets: []float64{.9, .8, .7, .6}, AlertAt: 5},
		"chat-unserved-session": {Off: true},
	}})
	day := p.Day(shanghai(t, "2026-11-22 12:00"))
	r, ok := p.Rule("ship-on-time", day)
	if !ok || r.Deadline.Within != 24*time.Hour || r.Anchors != (rules.Anchors{Excellent: .9, Good: .8, Pass: .7, Floor: .6}) || r.AlertAt != 5 {
		t.Errorf("got %+v", r)
	}
	if r, _ := p.Rule("chat-first-response", day); r.AlertAt != 7 {
		t.Errorf("alert_at of a rule without its own: got %d, want the shop's 7", r.AlertAt)
	}
	if r, _ := p.Rule("goodwill-extension", day); r.AlertAt != 0 {
		t.Errorf("a rule that never alerts alerts at %d", r.AlertAt)
	}
	if _, ok := p.Rule("chat-unserved-session", day); ok {
		t.Error("a rule that is off is in force")
	}
}
