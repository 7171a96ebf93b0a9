package config

import (
	"strings"
	"testing"

	"shopwarden/rules"
)

// withRule is the minimal pack with some words of its rule replaced.
func withRule(changes ...string) string { return strings.NewReplacer(changes...).Replace(minimal) }

const shares = "{excellent: 99%, good: 98%, pass: 96%, floor: 80%}"

func TestARuleIsScoredByACountOrEarnsABonus(t *testing.T) {
	book, err := ParsePack("mine.yaml", []byte(withRule("met_rate", "count", shares, "{excellent: 0, good: 0, pass: 1, floor: 4.5}",
		"weight: 0.5", "weight: 0.5\n        floor_80: {bad: 3, orders: 500}")))
	if err != nil {
		t.Fatal(err)
	}
	r := book.Editions[0].Rules[0]
	if r.Metric != rules.Count || r.Anchors != (rules.Anchors{Pass: 1, Floor: 4.5}) || r.Floor80 != (rules.SmallFloor{Bad: 3, Orders: 500}) {
		t.Errorf("got %+v", r)
	}
	book, err = ParsePack("mine.yaml", []byte(withRule("met_rate", "bonus", "        weight: 0.5\n", "", "        targets: "+shares+"\n", "")))
	if err != nil {
		t.Fatal(err)
	}
	if r := book.Editions[0].Rules[0]; r.Metric != rules.Bonus || r.Weight != 0 || r.Anchors != (rules.Anchors{}) {
		t.Errorf("got %+v", r)
	}
}

func TestTargetsMustSuitTheMetric(t *testing.T) {
	for _, x := range []struct{ metric, targets, want string }{
		{"count", shares, "is no count; write a number from 0 to 1000000"},
		{"count", "{excellent: 2, good: 1, pass: 1, floor: 4}", "must rise from excellent over good and pass to floor"},
		{"count", "{excellent: 0, good: 0, pass: 0, floor: 0}", "must rise"},
		{"count", "{excellent: -1, good: 0, pass: 0, floor: 1}", "is no count"},
		{"bonus", "{excellent: 0, good: 1, pass: 2, floor: 3}", "is no share"},
		{"bonus", "{excellent: 0%, good: 10%, pass: 20%, floor: 30%}", "must fall"},
		{"sum", shares, "is no metric: met_rate, mean_time, count or bonus"},
	} {
		if _, err := ParsePack("mine.yaml", []byte(withRule("met_rate", x.metric, shares, x.targets))); err == nil || !strings.Contains(err.Error(), x.want) {
			t.Errorf("%s %s: got %v, want %s", x.metric, x.targets, err, x.want)
		}
	}
	_, err := ParsePack("mine.yaml", []byte(withRule("weight: 0.5", "weight: 0.5\n        floor_80: {bad: 3}")))
	if err == nil || !strings.Contains(err.Error(), "floor_80.orders: is missing") {
		t.Errorf("got %v", err)
	}
}
