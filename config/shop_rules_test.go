package config

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"shopwarden/rules"
)

// bigOrders is the least rule of a shop's own.
const bigOrders = `# Ours.
id: big-orders
name: {zh: 大单, en: Big orders}
principle: timely
subject: order
start: {event: order.paid, if: 'amount >= 50000 && region.startsWith("新疆")'}
stop: order.picked_up
deadline: {within: 12h}
day: due
metric: met_rate
targets: {excellent: 99%, good: 98%, pass: 96%, floor: 80%}
weight: 1
alert_at: 1
severity: low
source: own
`

// asItem is a rule as an item of a list.
func asItem(rule string) string {
	return "  - " + strings.ReplaceAll(strings.TrimSpace(strings.TrimPrefix(rule, "# Ours.\n")), "\n", "\n    ") + "\n"
}

// called is bigOrders with another id.
func called(id string) string { return strings.Replace(bigOrders, "id: big-orders", "id: "+id, 1) }

func added(t testing.TB, packs *Packs, text string) Shop {
	t.Helper()
	s := NewShop("tea", Standard, noon)
	if _, err := s.AddRules(packs, "mine.yaml", []byte(text)); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestAnOwnRuleJudgesTheEventsItsConditionPicks(t *testing.T) {
	packs := builtIn(t)
	text, err := json.Marshal(added(t, packs, bigOrders))
	if err != nil {
		t.Fatal(err)
	}
	var s Shop
	if err := json.Unmarshal(text, &s); err != nil {
		t.Fatal(err)
	}
	if s.Custom["big-orders"] != bigOrders {
		t.Errorf("settings keep %q", s.Custom["big-orders"])
	}
	policy, err := s.Policy(packs)
	if err != nil {
		t.Fatal(err)
	}
	for told, want := range map[string]string{
		"0h order.paid amount=50000 region=新疆; 11h order.picked_up": "met",
		"0h order.paid amount=50000 region=新疆; 13h order.picked_up": "breached",
		"0h order.paid amount=49999 region=新疆; 13h order.picked_up": "",
		"0h order.paid amount=50000 region=北京; 13h order.picked_up": "",
		"0h order.paid; 13h order.picked_up":                        "",
	} {
		var facts rules.Facts
		for _, f := range story(t, told) {
			facts, _ = facts.Add(f)
		}
		got, pack := "", false
		for _, k := range policy.Judge(rules.Subject{Kind: rules.Order, ID: "1"}, facts, facts[0].At+rules.Instant(30*24*time.Hour.Milliseconds())) {
			if k.Rule == "big-orders" {
				got = k.Outcome.String()
			}
			pack = pack || k.Rule == "ship-on-time"
		}
		if got != want || !pack {
			t.Errorf("%s: got %q, want %q; judged by the pack: %v", told, got, want, pack)
		}
	}
}

func TestAListAddsEachOfItsRules(t *testing.T) {
	packs := builtIn(t)
	block := strings.Replace(asItem(called("two")), `{event: order.paid, if: 'amount >= 50000 && region.startsWith("新疆")'}`,
		"\n      event: order.shipped partial!=true\n      if: |\n        // it's \"big\"\n        carrier != 'SF'", 1)
	s := NewShop("tea", Standard, noon)
	ids, err := s.AddRules(packs, "mine.yaml", []byte("rules:\n"+asItem(called("one"))+block))
	if err != nil || !slices.Equal(ids, []string{"one", "two"}) {
		t.Fatalf("got %v, %v", ids, err)
	}
	own, err := s.OwnRules(packs)
	if err != nil {
		t.Fatal(err)
	}
	if got := own[0].Start[0].If.String(); got != `amount >= 50000 && region.startsWith("新疆")` {
		t.Errorf("one asks %q", got)
	}
	if got := own[1].Start[0].If.String(); got != "// it's \"big\"\ncarrier != 'SF'" {
		t.Errorf("two asks %q", got)
	}
	if err := s.Validate(packs); err != nil {
		t.Error(err)
	}
	again := s
	if _, err := again.AddRules(packs, "mine.yaml", []byte("rules:\n"+asItem(called("one"))+block)); err != nil || !again.JudgedLike(s) {
		t.Errorf("adding twice changes something: %v", err)
	}
}

func TestAnOwnRuleThatCannotBeIsRefusedWithItsPlace(t *testing.T) {
	packs := builtIn(t)
	var many strings.Builder
	for i := range maxOwnRules + 1 {
		many.WriteString(asItem(called(fmt.Sprintf("own-%d", i))))
	}
	asking := strings.Replace(bigOrders, "stop: order.picked_up", "stop:"+strings.Repeat("\n  - {event: order.picked_up, if: has_carrier}", maxOwnConditions), 1)
	for _, tt := range []struct{ text, want string }{
		{called("ship-on-time"), `mine.yaml:2: id: "ship-on-time" is a rule of the pack douyin-2026; choose another id`},
		{"rules:\n" + asItem(called("one")) + asItem(called("ship-on-time")), `mine.yaml:16: rules[1].id: "ship-on-time" is a rule of the pack douyin-2026; choose another id`},
		{"rules:\n" + asItem(called("one")) + asItem(called("one")), `mine.yaml:16: rules[1].id: "one" is already the id of the rule on line 2`},
		{strings.Replace(bigOrders, "region.", "regoin.", 1), "mine.yaml:6: start.if: column 20: undeclared reference to 'regoin'; did you mean region?"},
		{strings.Replace(bigOrders, "day: due", "day: due\nonly_if_late: no-such", 1), "mine.yaml:8: deadline.within: the deadline is that of no-such; only before and after can be given"},
		{strings.Replace(bigOrders, "deadline: {within: 12h}", "only_if_late: no-such", 1), `mine.yaml:8: only_if_late: "no-such" is no rule of this edition`},
		{strings.Replace(bigOrders, "{zh: 大单, en: Big orders}", `{zh: "a\nb", en: b}`, 1), `mine.yaml:3: name: "a\nb" holds a line break or another character that does not show; write plain text in one line`},
		{"rules: []", "mine.yaml:1: rules: is empty; write a rule"},
		{"rules:\n" + asItem(bigOrders) + "pack: x\n", "mine.yaml:16: pack: unknown field; known are rules"},
		{"", "mine.yaml:1: the file is empty"},
		{strings.Repeat("#", maxOwnText+1), "mine.yaml is larger than 32 KiB; a shop may have no more own rules than that"},
		{"rules:\n" + many.String(), "21 own rules; a shop may have 20; remove some, or write a pack"},
		{asking, "41 conditions in own rules; a shop may have 40; remove some, or write a pack"},
	} {
		s := NewShop("tea", Standard, noon)
		ids, err := s.AddRules(packs, "mine.yaml", []byte(tt.text))
		if err == nil || err.Error() != tt.want || ids != nil || s.Custom != nil {
			t.Errorf("%.60q…:\n got %v, keeps %v\nwant %s", tt.text, err, s.Custom, tt.want)
		}
	}
}

func TestOwnRulesMayHoldNoMoreThan32KiB(t *testing.T) {
	packs := builtIn(t)
	s := NewShop("tea", Standard, noon)
	padding := "# " + strings.Repeat("x", 12<<10) + "\n"
	var err error
	for i := 0; i < 3 && err == nil; i++ {
		_, err = s.AddRules(packs, "mine.yaml", []byte(padding+called(fmt.Sprintf("own-%d", i))))
	}
	if err == nil || !strings.Contains(err.Error(), "a shop may have 32 KiB") || len(s.Custom) != 2 {
		t.Errorf("got %v with %d rules", err, len(s.Custom))
	}
}

func TestAnOwnRuleMayHangOnOneOfThePack(t *testing.T) {
	packs := builtIn(t)
	dependent := strings.Replace(strings.Replace(bigOrders, "deadline: {within: 12h}", "only_if_late: ship-on-time\ndeadline: {before: 2h}", 1), "alert_at: 1", "alert_at: 0", 1)
	s := added(t, packs, dependent)
	if _, err := s.Policy(packs); err != nil {
		t.Error(err)
	}
	if err := s.Set("pack", "custom"); err != nil {
		t.Fatal(err)
	}
	if err := s.Validate(packs); err == nil || err.Error() != `rule big-orders:8: only_if_late: "ship-on-time" is no rule of this edition` {
		t.Errorf("got %v", err)
	}
	if p := s.Problems(packs)[0]; p.Where != "shop tea, rule big-orders:8" {
		t.Errorf("got %+v", p)
	}
}

func TestAnOwnRuleIsLeftOutOfFormerPacksThatItDoesNotFit(t *testing.T) {
	packs := builtIn(t)
	text := strings.Replace(called("ship-big-orders"), "deadline: {within: 12h}", "only_if_late: ship-on-time", 1)
	s := added(t, packs, text)
	s.Former = []FormerPack{{Pack: "custom", Until: "2026-11-22"}}
	if err := s.Validate(packs); err != nil {
		t.Fatal(err)
	}
	policy, err := s.Policy(packs)
	if err != nil {
		t.Fatal(err)
	}
	for day, want := range map[string]string{"2026-11-21": "", "2026-11-22": "ship-on-time"} {
		d, err := rules.ParseDate(day)
		if err != nil {
			t.Fatal(err)
		}
		if r, ok := policy.Rule("ship-big-orders", d); !ok || r.OnlyIfLate != want {
			t.Errorf("%s: hangs on %q, %v; want %q", day, r.OnlyIfLate, ok, want)
		}
	}
}

func TestAnOwnRuleIsChangedLikeOneOfThePackAndTakenAway(t *testing.T) {
	packs := builtIn(t)
	plain := NewShop("tea", Standard, noon)
	s := added(t, packs, bigOrders)
	if s.JudgedLike(plain) || plain.JudgedLike(s) {
		t.Error("an own rule judges nothing")
	}
	kept := s
	if err := s.Set("rules.big-orders.within", "6h"); err != nil {
		t.Fatal(err)
	}
	policy, err := s.Policy(packs)
	if err != nil {
		t.Fatal(err)
	}
	if r, ok := policy.Rule("big-orders", 20600); !ok || r.Deadline.Within != 6*time.Hour {
		t.Errorf("got %v, %v", r.Deadline, ok)
	}
	if err := s.RemoveRule("small-orders"); err == nil || err.Error() != `shop tea has no rule "small-orders" of its own; it has big-orders` {
		t.Errorf("got %v", err)
	}
	if err := s.RemoveRule("big-orders"); err != nil || s.Custom != nil || len(s.Overrides) != 0 {
		t.Errorf("got %v, keeps %v and %v", err, s.Custom, s.Overrides)
	}
	if err := s.RemoveRule("big-orders"); err == nil || err.Error() != "shop tea has no rules of its own" {
		t.Errorf("got %v", err)
	}
	if !s.JudgedLike(plain) || len(kept.Custom) != 1 {
		t.Errorf("removing shows in a copy: %v", kept.Custom)
	}
}

func TestATextThatIsNotItsRuleIsReported(t *testing.T) {
	s := NewShop("tea", Standard, noon)
	s.Custom = map[string]string{"a": bigOrders, "b": "id: [", "c": "rules:\n" + asItem(called("c")) + asItem(called("d"))}
	err := s.Validate(builtIn(t))
	for _, want := range []string{"rule a: its text is not the rule of that id; remove it", "rule b:1: ", "rule c: its text is not"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func TestTheSameRuleInAThousandShopsIsCompiledOnce(t *testing.T) {
	packs, err := LoadPacks(BuiltIn(), "") // its own: others fill the memory of the shared one
	if err != nil {
		t.Fatal(err)
	}
	before := packs.conditions.known.made
	s := added(t, packs, bigOrders)
	for i := range 1000 {
		s.ID = fmt.Sprintf("shop-%d", i)
		if _, err := s.Policy(packs); err != nil {
			t.Fatal(err)
		}
	}
	if got := packs.conditions.known.made - before; got != 1 {
		t.Errorf("compiled %d times", got)
	}
	if got := packs.rules.made; got != 1 {
		t.Errorf("read %d times", got)
	}
}

func TestTheExamplePackJudgesByItsConditions(t *testing.T) {
	policy, err := rules.NewPolicy(bookOf(t, "custom"), rules.Terms{Zone: time.UTC, Hours: rules.ByPlatform})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		kind  rules.Kind
		story string
		want  []string
	}{
		{rules.Order, "0h order.paid amount=50000", []string{"ship-big-orders"}},
		{rules.Order, "0h order.paid amount=50000 presale=true", nil},
		{rules.Order, "106h order.paid amount=100", []string{"ship-late-evening"}}, // Friday 20:00
		{rules.Order, "130h order.paid amount=100", nil},                           // Saturday 20:00
		{rules.Review, "0h review.posted stars=2 sku=KEY-7", []string{"answer-bad-reviews"}},
		{rules.Review, "0h review.posted stars=4 sku=KEY-7", nil},
		{rules.Review, "0h review.posted stars=2 sku=X", nil},
		{rules.Aftersale, "0h aftersale.opened kind=refund amount=2000", []string{"refund-small-amounts"}},
		{rules.Aftersale, "0h aftersale.opened kind=refund", nil},
	} {
		var got []string
		facts := rules.Facts(story(t, tt.story))
		for _, k := range policy.Judge(rules.Subject{Kind: tt.kind, ID: "1"}, facts, facts[0].At) {
			got = append(got, k.Rule)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s: %s", tt.story, diff)
		}
	}
}

func BenchmarkPolicyWithOwnRules(b *testing.B) {
	packs := builtIn(b)
	var list strings.Builder
	for i := range maxOwnRules {
		list.WriteString(asItem(called(fmt.Sprintf("own-%d", i))))
	}
	s := added(b, packs, "rules:\n"+list.String())
	for b.Loop() {
		if _, err := s.Policy(packs); err != nil {
			b.Fatal(err)
		}
	}
}
