package config

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"shopwarden/rules"
)

func tips(t *testing.T) []rules.Tip {
	t.Helper()
	list, err := Tips()
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestEveryPrincipleHasTenTipsAndEveryLineOfAdviceSome(t *testing.T) {
	principles, lines := map[rules.Principle]int{}, map[int]int{}
	for _, tip := range tips(t) {
		principles[tip.Principle]++
		lines[tip.Line]++
	}
	for _, p := range rules.Principles() {
		if principles[p] < 10 {
			t.Errorf("%s has %d tips, want 10 or more", p, principles[p])
		}
	}
	for line := 1; line <= 4; line++ {
		if lines[line] < 5 {
			t.Errorf("line %d has %d tips, want 5 or more", line, lines[line])
		}
	}
}

// TestEveryRuleOfThePacksHasATipWhateverTheCause holds the catalogue against every pack: no rule may be missed without
// something to do about it, and no tip may speak of a rule that no pack has but those of the reference.
func TestEveryRuleOfThePacksHasATipWhateverTheCause(t *testing.T) {
	packs, err := LoadPacks(BuiltIn(), "")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range packs.Names() {
		book, err := packs.Get(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, edition := range book.Editions {
			for _, r := range edition.Rules {
				n := 0
				for _, tip := range tips(t) {
					if tip.Answers(r.ID, rules.Pattern{}) {
						n++
					}
				}
				if n == 0 {
					t.Errorf("%s of pack %s has no tip for when it is missed", r.ID, name)
				}
			}
		}
	}
}

func TestAnEveningIsAnsweredOnAnyDayAndADayAtAnyHour(t *testing.T) {
	tip := rules.Tip{Rules: []string{"r"}, When: []rules.Trigger{must(t)(parseTrigger("hour 18-20|20-24")), must(t)(parseTrigger("weekday sun"))}}
	for value, want := range map[string]bool{"fri 20-24": true, "sun 09-12": true, "fri 09-12": false} {
		if got := tip.Answers("r", rules.Pattern{Dim: rules.ByWeekHour, Value: value}); got != want {
			t.Errorf("%s: got %v, want %v", value, got, want)
		}
	}
	if tip.Answers("other", rules.Pattern{Dim: rules.ByHour, Value: "18-20"}) || tip.Answers("r", rules.Pattern{}) || tip.Answers("r", rules.Pattern{Dim: rules.BySKU, Value: "18-20"}) {
		t.Error("a tip answers what it is not for")
	}
}

func must(t *testing.T) func(rules.Trigger, error) rules.Trigger {
	return func(tr rules.Trigger, err error) rules.Trigger {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return tr
	}
}

func TestEveryProblemOfTheTipsIsReportedInItsPlace(t *testing.T) {
	const text = `tips:
  - id: one
    principle: timely
    line: 5
    rules: ship-on-time
    when: [hour 18-21, colour, weekday mon|fri]
    source: "A rule."
  - id: one
    principal: timely
    line: 2
    rules: [ship-on-time]
`
	got, err := ParseTips("tips.yaml", []byte(text))
	if err == nil || got != nil {
		t.Fatalf("got %v, %v", got, err)
	}
	want := []string{
		`tips.yaml:4: tips[0].line: "5" is no line of advice; there are 1 to 4`,
		`tips.yaml:6: tips[0].when[0]: "18-21" is no hour; there are 00-06, 06-09, 09-12, 12-14, 14-18, 18-20, 20-24`,
		`tips.yaml:6: tips[0].when[1]: "colour" is no dimension; there are hour, weekday, weekday-hour, sku, carrier, agent, region, warehouse, reason; or write missed`,
		`tips.yaml:8: tips[1].id: "one" is already the id of the tip on line 2`,
		`tips.yaml:8: tips[1].principle: is missing`,
		`tips.yaml:8: tips[1].source: is missing`,
		`tips.yaml:8: tips[1].when: is missing`,
		`tips.yaml:9: tips[1].principal: unknown field; did you mean principle?`,
	}
	lines := strings.Split(err.Error(), "\n")
	if diff := cmp.Diff(want, slices.Sorted(slices.Values(lines))); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
