package rules_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"shopwarden/rules"
)

// TestTheClockOfACaseTellsItsPauses asks for the clock of a case that stood still while the platform was down.
func TestTheClockOfACaseTellsItsPauses(t *testing.T) {
	rule := rules.Rule{ID: "ship", Principle: rules.Timely, Subject: rules.Order, Start: []rules.Match{{Type: "order.paid"}}, Stop: []rules.Match{{Type: "order.shipped"}},
		Deadline: rules.Deadline{Within: 48 * time.Hour}, Night: []rules.Block{{From: 0, To: 480}}, Excuses: []string{"outage"}, Day: rules.ByDue, Metric: rules.MetRate}
	p, err := rules.NewPolicy(&rules.Rulebook{Editions: []rules.Edition{{Rules: []rules.Rule{rule}}}}, rules.Terms{Zone: time.UTC, Hours: rules.ByPlatform})
	if err != nil {
		t.Fatal(err)
	}
	s, at := rules.Subject{Kind: rules.Order, ID: "1"}, rules.InstantOf(base)
	hour := rules.Instant(time.Hour.Milliseconds())
	until := strconv.FormatInt(int64(at+3*hour), 10)
	said := rules.Fact{Type: "case.excused", At: at + hour, Attrs: []rules.Attr{{Key: "code", Value: "outage"}, {Key: "until", Value: until}}}
	facts, _ := rules.Facts{}.AddAll([]rules.Fact{{Type: "order.paid", At: at}, said})
	if !facts.Corrected() || len(facts.Uncorrected()) != 1 || len(facts) != 2 {
		t.Errorf("without corrections: %v of %v", facts.Uncorrected(), facts)
	}
	k := p.Judge(s, facts, at)[0]
	w, ok := p.Clockwork(k, facts)
	want := rules.Clockwork{Night: rule.Night, Pauses: []rules.Stretch{{From: at + hour, To: at + 3*hour}}}
	if diff := cmp.Diff(want, w); !ok || diff != "" {
		t.Errorf("ok %v (-want +got):\n%s", ok, diff)
	}
	k.Rule = "gone"
	if _, ok = p.Clockwork(k, facts); ok {
		t.Error("a rule that is gone has a clock")
	}
}
