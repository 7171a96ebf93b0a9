package rules_test

import (
	"testing"
	"time"

	"shopwarden/rules"
)

// shanghai is the zone of the test shop.
var shanghai = mustZone("Asia/Shanghai")

func mustZone(name string) *time.Location {
	loc, err := time.LoadLocation(name)
	if err != nil {
		panic(err)
	}
	return loc
}

func match(t rules.Type, where ...rules.Condition) rules.Match {
	return rules.Match{Type: t, Where: where}
}

func eq(field, value string) rules.Condition {
	return rules.Condition{Field: field, Op: "=", Value: value}
}

// testRules are four promises that between them use every feature of a rule.
func testRules() []rules.Rule {
	ship := rules.Rule{ID: "ship-on-time", Principle: rules.Timely, Subject: rules.Order, Weight: 1, Day: rules.ByDue, Metric: rules.MetRate,
		Start:        []rules.Match{match("order.paid")},
		Stop:         []rules.Match{match("order.picked_up")},
		StopFallback: []rules.Match{match("order.shipped", rules.Condition{Field: "partial", Op: "!=", Value: "true"})},
		Void:         []rules.Match{match("order.canceled")}, EarlyStop: true, AlertAt: 2, MinSample: 3,
		Deadline: rules.Deadline{Within: 48 * time.Hour, Field: "ship_by", ChangedBy: "order.ship_by_changed"},
		WarnAt:   []rules.Stage{{Share: 0.75}}, Anchors: rules.Anchors{Excellent: 0.995, Good: 0.98, Pass: 0.96, Floor: 0.85}}
	notice := rules.Rule{ID: "proactive-delay-notice", Principle: rules.Delight, Subject: rules.Order, Weight: 1, Day: rules.ByDue, Metric: rules.MetRate,
		Start: []rules.Match{match("order.paid")}, Stop: []rules.Match{match("notice.sent", eq("kind", "delay"), eq("with_choice", "true"))},
		OnlyIfLate: "ship-on-time", Deadline: rules.Deadline{Within: 48 * time.Hour, Field: "ship_by", ChangedBy: "order.ship_by_changed", Before: 2 * time.Hour},
		Anchors: rules.Anchors{Excellent: 0.95, Good: 0.8, Pass: 0.5}}
	blocks, _ := rules.ParseBlocks("08:00-23:00")
	chat := rules.Rule{ID: "chat-first-response", Principle: rules.Timely, Subject: rules.Conversation, Weight: 1, Day: rules.ByStart, Metric: rules.MetRate,
		Start: []rules.Match{match("chat.message", eq("from", "buyer"))}, Handover: true,
		Stop:     []rules.Match{match("chat.message", eq("from", "agent"), rules.Condition{Field: "substantive", Op: "!=", Value: "false"})},
		Deadline: rules.Deadline{Within: 180 * time.Second}, Window: blocks, WarnAt: []rules.Stage{{Share: 0.5}, {Share: 0.75}}, AlertAt: 3,
		Anchors: rules.Anchors{Excellent: 0.97, Good: 0.9, Pass: 0.8, Floor: 0.5}}
	night, _ := rules.ParseBlocks("23:00-08:00")
	review := rules.Rule{ID: "after-sales-review", Principle: rules.Timely, Subject: rules.Aftersale, Weight: 1, Day: rules.ByDue, Metric: rules.MeanTime,
		Start:    []rules.Match{match("aftersale.opened", eq("kind", "refund|return|exchange"))},
		Stop:     []rules.Match{match("aftersale.approved"), match("aftersale.rejected"), match("aftersale.refunded")},
		Void:     []rules.Match{match("aftersale.closed")},
		Deadline: rules.Deadline{Within: 36 * time.Hour, Field: "decide_by", ChangedBy: "aftersale.deadline_changed"}, Night: night,
		WarnAt: []rules.Stage{{Share: 0.75}}, Anchors: rules.Anchors{Excellent: 7200, Good: 21600, Pass: 86400, Floor: 172800}}
	return []rules.Rule{notice, ship, chat, review}
}

func testPolicy(t testing.TB, change ...func(*rules.Terms)) *rules.Policy {
	t.Helper()
	terms := rules.Terms{Zone: shanghai, Hours: rules.ByPlatform}
	for _, f := range change {
		f(&terms)
	}
	book := &rules.Rulebook{Pack: "test", Editions: []rules.Edition{{Rules: testRules()}}}
	for _, r := range testRules() {
		if err := r.Check(); err != nil {
			t.Fatalf("rule %s: %v", r.ID, err)
		}
	}
	p, err := rules.NewPolicy(book, terms)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// at reads "2026-11-22 08:00:00.000" or a prefix of it as Shanghai time.
func at(t testing.TB, text string) rules.Instant {
	t.Helper()
	for _, layout := range []string{"2006-01-02 15:04:05.000", "2006-01-02 15:04:05", "2006-01-02 15:04"} {
		if v, err := time.ParseInLocation(layout, text, shanghai); err == nil {
			return rules.InstantOf(v)
		}
	}
	t.Fatalf("no time: %q", text)
	return 0
}

func event(t testing.TB, when string, typ rules.Type, data rules.Data) rules.Event {
	t.Helper()
	e := rules.Event{Type: typ, At: at(t, when).Time(), Data: data}
	if err := e.Check(); err != nil {
		t.Fatalf("%s: %v", typ, err)
	}
	return e
}

func yes() *bool { v := true; return &v }
func no() *bool  { v := false; return &v }
