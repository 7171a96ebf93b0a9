package config

import (
	"strings"
	"testing"
)

func TestJudgedLikeTellsWhetherCasesStayAsTheyAre(t *testing.T) {
	for change, want := range map[string]bool{
		"":                                       true,
		"name=Tea House":                         true,
		"lang=en":                                true,
		"digest_at=off":                          true,
		"app_key=70":                             true,
		"alert_at=5":                             true,
		"rules.ship-on-time.alert_at=5":          true,
		"rules.invoice-on-time.alert_at=5":       true,
		"rules.ship-on-time.within=1d12h":        true,
		"hours=":                                 true,
		"pack=":                                  true,
		"timezone=Europe/Berlin":                 false,
		"hours=always":                           false,
		"hours=09:00-21:00":                      false,
		"pack=standard":                          false,
		"calendar=":                              true,
		"calendar=spring-festival-2026":          false,
		"rules.ship-on-time.within=":             false,
		"rules.ship-on-time.within=24h":          false,
		"rules.ship-on-time.off=true":            false,
		"rules.invoice-on-time.within=24h":       false,
		"rules.invoice-on-time.off=true":         false,
		"rules.ship-on-time.targets=4%,3%,2%,1%": false,
	} {
		s := NewShop("a", Standard, noon)
		if err := s.Set("rules.ship-on-time.within", "36h"); err != nil {
			t.Fatal(err)
		}
		changed := s
		if key, text, ok := strings.Cut(change, "="); ok {
			if err := changed.Set(key, text); err != nil {
				t.Fatal(err)
			}
		}
		if s.JudgedLike(changed) != want || changed.JudgedLike(s) != want {
			t.Errorf("%q: got %v one way and %v the other, want %v", change, s.JudgedLike(changed), changed.JudgedLike(s), want)
		}
	}
}
