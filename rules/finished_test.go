package rules_test

import (
	"testing"

	"shopwarden/rules"
)

// TestABrokenCaseThatIsDoneIsFinishedOnce: the stop of a case that was told as broken is news, once, and never when the
// breach itself is.
func TestABrokenCaseThatIsDoneIsFinishedOnce(t *testing.T) {
	p := testPolicy(t)
	s := rules.Subject{Kind: rules.Order, ID: "1"}
	fact := func(e rules.Event) rules.Fact {
		for _, about := range e.Facts() {
			if about.Subject == s {
				return about.Fact
			}
		}
		t.Fatal("no fact")
		return rules.Fact{}
	}
	paid := fact(order(t, "2026-11-20 10:00", "order.paid", ""))
	picked := fact(order(t, "2026-11-22 12:10", "order.picked_up", ""))
	finished := func(c rules.Change) (list []string) {
		for _, k := range c.Finished {
			list = append(list, k.Rule)
		}
		return list
	}

	d, _, _ := p.Step(s, rules.Dossier{}, []rules.Fact{paid}, at(t, "2026-11-20 10:01"))
	d, change := p.Tick(s, d, at(t, "2026-11-22 11:00"))
	if len(change.Breached) == 0 || len(change.Finished) != 0 {
		t.Fatalf("at the deadline: %d broken, finished %v", len(change.Breached), finished(change))
	}
	d, change, _ = p.Step(s, d, []rules.Fact{picked}, at(t, "2026-11-22 12:11"))
	if len(change.Finished) == 0 || change.Finished[0].Stop != picked.At || change.Finished[0].Outcome != rules.Breached {
		t.Fatalf("finished %v, want what was picked up late", finished(change))
	}
	if _, change, _ = p.Step(s, d, []rules.Fact{picked}, at(t, "2026-11-22 12:12")); len(change.Finished) != 0 {
		t.Errorf("told again: finished %v", finished(change))
	}
	if _, change = p.Tick(s, d, at(t, "2026-11-22 13:00")); len(change.Finished) != 0 {
		t.Errorf("by time alone: finished %v", finished(change))
	}
	_, change, _ = p.Step(s, rules.Dossier{}, []rules.Fact{paid, picked}, at(t, "2026-11-22 12:11"))
	if len(change.Breached) == 0 || len(change.Finished) != 0 {
		t.Errorf("heard of at once: %d broken, finished %v", len(change.Breached), finished(change))
	}
}
