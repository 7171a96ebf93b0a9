package rules_test

import (
	"testing"
	"time"

	"shopwarden/rules"
)

func TestAStandstillIsCountedFromStartToStop(t *testing.T) {
	begin, stop := []rules.Match{{Type: "aftersale.opened"}}, []rules.Match{{Type: "aftersale.refunded"}}
	rule := rules.Rule{ID: "refund", Subject: rules.Aftersale, Start: begin, Stop: stop, Deadline: rules.Deadline{Within: 48 * time.Hour}, Day: rules.ByStart,
		Metric: rules.MetRate, Weight: 1, Pauses: []rules.Pause{{From: []rules.Match{{Type: "aftersale.escalated"}}, To: []rules.Match{{Type: "aftersale.judged"}}}}}
	plain := rule
	plain.ID, plain.Pauses = "plain", nil
	p, err := rules.NewPolicy(&rules.Rulebook{Editions: []rules.Edition{{Rules: []rules.Rule{rule, plain}}}}, rules.Terms{Zone: time.UTC, Hours: rules.AroundTheClock})
	if err != nil {
		t.Fatal(err)
	}
	s, zero := rules.Subject{Kind: rules.Aftersale, ID: "1"}, at(t, "2026-11-23 10:00")
	hours := func(n int) rules.Instant { return zero + rules.Instant(n)*3_600_000 }
	for _, tt := range []struct {
		name  string
		facts map[rules.Type]int // hours after it began
		want  time.Duration
	}{
		{"never", map[rules.Type]int{"aftersale.refunded": 5}, 0},
		{"over", map[rules.Type]int{"aftersale.escalated": 2, "aftersale.judged": 5, "aftersale.refunded": 9}, 3 * time.Hour},
		{"until it was done", map[rules.Type]int{"aftersale.escalated": 2, "aftersale.refunded": 4}, 2 * time.Hour},
		{"until now", map[rules.Type]int{"aftersale.escalated": 7}, 3 * time.Hour},
	} {
		facts, _ := rules.Facts{}.Add(rules.Fact{Type: "aftersale.opened", At: zero})
		for kind, after := range tt.facts {
			facts, _ = facts.Add(rules.Fact{Type: kind, At: hours(after)})
		}
		for _, k := range p.Judge(s, facts, hours(10)) {
			want := tt.want
			if k.Rule == "plain" {
				want = 0
			}
			if got := p.Standstill(k, facts, hours(10)); got != want {
				t.Errorf("%s, %s: %v, want %v", tt.name, k.Rule, got, want)
			}
		}
	}
	if got := p.Standstill(rules.Case{Rule: "gone"}, nil, zero); got != 0 {
		t.Errorf("a rule that is gone: %v", got)
	}
}
