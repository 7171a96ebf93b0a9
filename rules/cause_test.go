package rules_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"shopwarden/rules"
)

// sample is a case that began at an hour of a day of November 2026 (the 1st is a Sunday), with some more traits.
func sample(missed bool, day, hour int, more ...rules.Trait) rules.Sample {
	at := time.Date(2026, 11, day, hour, 30, 0, 0, time.UTC)
	k := rules.Case{Outcome: rules.Met, Begun: rules.Fact{Type: "order.paid", At: rules.InstantOf(at)}}
	if missed {
		k.Outcome = rules.Breached
	}
	s, _ := rules.SampleOf(k, nil, time.UTC)
	s.Traits = append(s.Traits, more...)
	return s
}

func repeat(n int, s rules.Sample) (list []rules.Sample) {
	for range n {
		list = append(list, s)
	}
	return list
}

// fridays is 300 orders of which 12 are late, 9 of them among the 25 paid on Friday evenings.
func fridays() (list []rules.Sample) {
	list = append(list, repeat(9, sample(true, 6, 21))...)
	list = append(list, repeat(16, sample(false, 13, 22))...)
	list = append(list, repeat(30, sample(false, 6, 10))...)
	for i := range 245 {
		list = append(list, sample(i < 3, 2+i%4, 9+i%13))
	}
	return list
}

func TestACauseIsFoundOnceAndWithItsCounts(t *testing.T) {
	want := []rules.Pattern{{Dim: rules.ByWeekHour, Value: "fri 20-24", Misses: 9, AllMisses: 12, Cases: 25, AllCases: 300}}
	if diff := cmp.Diff(want, rules.Patterns(fridays(), true, 3)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestWithoutTheKeptCasesOnlyTheBrokenOnesAreCounted(t *testing.T) {
	var broken []rules.Sample
	for _, s := range fridays() {
		if s.Missed {
			broken = append(broken, s)
		}
	}
	got := rules.Patterns(broken, false, 1)
	want := []rules.Pattern{{Dim: rules.ByHour, Value: "20-24", Misses: 9, AllMisses: 12}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestAValueThatIsMerelyFrequentIsNoCause(t *testing.T) {
	for _, tt := range []struct {
		name  string
		cause rules.Pattern
		want  bool
	}{
		{"nine of twelve in a twelfth of the cases", rules.Pattern{Misses: 9, AllMisses: 12, Cases: 25, AllCases: 300}, true},
		{"all misses in nearly all cases", rules.Pattern{Misses: 12, AllMisses: 12, Cases: 290, AllCases: 300}, false},
		{"as often as anywhere", rules.Pattern{Misses: 10, AllMisses: 100, Cases: 100, AllCases: 1000}, false},
		{"2.5 times as often, 10 of 40", rules.Pattern{Misses: 10, AllMisses: 100, Cases: 40, AllCases: 1000}, true}, // tail 0.0051
		{"2.3 times as often, 9 of 40", rules.Pattern{Misses: 9, AllMisses: 100, Cases: 40, AllCases: 1000}, false},  // tail 0.0155
		{"too few cases", rules.Pattern{Misses: 4, AllMisses: 10, Cases: 4, AllCases: 1000}, false},
		{"five cases are enough", rules.Pattern{Misses: 3, AllMisses: 60, Cases: 5, AllCases: 1000}, true}, // tail 0.0020
		{"too few misses", rules.Pattern{Misses: 2, AllMisses: 2, Cases: 5, AllCases: 1000}, false},
		{"everything is missed", rules.Pattern{Misses: 20, AllMisses: 100, Cases: 20, AllCases: 100}, false},
		{"no base, half of five", rules.Pattern{Misses: 3, AllMisses: 5}, true},
		{"no base, less than half", rules.Pattern{Misses: 5, AllMisses: 11}, false},
		{"no base, four misses in all", rules.Pattern{Misses: 4, AllMisses: 4}, false},
	} {
		if got := tt.cause.Stands(); got != tt.want {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestASecondCauseIsOneThatTheFirstDoesNotExplain(t *testing.T) {
	slow := rules.Trait{Dim: rules.ByCarrier, Value: "slow"}
	list := fridays()
	for i := range 12 {
		list = append(list, sample(i < 6, 2+i%4, 9+i, slow))
	}
	got := rules.Patterns(list, true, 5)
	want := []rules.Pattern{
		{Dim: rules.ByWeekHour, Value: "fri 20-24", Misses: 9, AllMisses: 18, Cases: 25, AllCases: 312},
		{Dim: rules.ByCarrier, Value: "slow", Misses: 6, AllMisses: 18, Cases: 12, AllCases: 312},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestTheOrderOfTheCasesDoesNotMatter(t *testing.T) {
	trait := rapid.Custom(func(t *rapid.T) rules.Trait {
		return rules.Trait{Dim: rapid.SampledFrom(rules.Dims()[3:]).Draw(t, "dim"), Value: rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "value")}
	})
	one := rapid.Custom(func(t *rapid.T) rules.Sample {
		return sample(rapid.Bool().Draw(t, "missed"), rapid.IntRange(1, 30).Draw(t, "day"), rapid.IntRange(0, 23).Draw(t, "hour"), trait.Draw(t, "trait"))
	})
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOfN(one, 0, 80).Draw(t, "cases")
		based := rapid.Bool().Draw(t, "based")
		want := rules.Patterns(list, based, 4)
		if diff := cmp.Diff(want, rules.Patterns(rapid.Permutation(list).Draw(t, "shuffled"), based, 4)); diff != "" {
			t.Fatalf("-want +got:\n%s", diff)
		}
		for _, c := range want {
			if !c.Stands() && based || c.Misses > c.AllMisses || c.Cases > c.AllCases {
				t.Fatalf("%+v is no cause", c)
			}
			if got := rules.CountTrait(list, rules.Trait{Dim: c.Dim, Value: c.Value}, based); got != c {
				t.Fatalf("counted again %+v, want %+v", got, c)
			}
		}
	})
}

func TestTraitsAreReadFromTheFactsOfTheSubject(t *testing.T) {
	attr := func(list ...string) (attrs []rules.Attr) {
		for i := 0; i < len(list); i += 2 {
			attrs = append(attrs, rules.Attr{Key: list[i], Value: list[i+1]})
		}
		return attrs
	}
	zone := time.FixedZone("Asia/Shanghai", 8*3600)
	paid := rules.InstantOf(time.Date(2026, 11, 6, 20, 0, 0, 0, zone)) // a Friday
	begun := rules.Fact{Type: "order.paid", At: paid, Attrs: attr("sku", "A-1", "region", "Xinjiang", "warehouse", "W1")}
	facts := rules.Facts{begun,
		{Type: "order.label_created", At: paid + 1, Attrs: attr("package_id", "P1", "carrier", "fast")},
		{Type: "order.label_created", At: paid + 2, Attrs: attr("package_id", "P2", "carrier", "slow")}}
	got := rules.Traits(rules.Case{Begun: begun, Part: "P2"}, facts, zone)
	want := traits(rules.ByHour, "20-24", rules.ByWeekday, "fri", rules.ByWeekHour, "fri 20-24", rules.BySKU, "A-1", rules.ByCarrier, "slow",
		rules.ByRegion, "Xinjiang", rules.ByWarehouse, "W1")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	asked := rules.Fact{Type: "chat.message", At: paid, Attrs: attr("from", "buyer")}
	chat := rules.Facts{{Type: "chat.message", At: paid - 9, Attrs: attr("from", "agent", "agent", "early")}, asked,
		{Type: "chat.message", At: paid + 9, Attrs: attr("from", "agent", "agent", "late")}}
	for _, tt := range []struct {
		k    rules.Case
		want string
	}{{rules.Case{Begun: asked}, "late"}, {rules.Case{Begun: asked, Ended: chat[0]}, "early"}} {
		if got := rules.Traits(tt.k, chat, zone)[3]; got != (rules.Trait{Dim: rules.ByAgent, Value: tt.want}) {
			t.Errorf("got %+v, want agent %s", got, tt.want)
		}
	}
}

// traits are pairs of dimension and value.
func traits(pairs ...any) (list []rules.Trait) {
	for i := 0; i < len(pairs); i += 2 {
		list = append(list, rules.Trait{Dim: pairs[i].(rules.Dim), Value: pairs[i+1].(string)})
	}
	return list
}

func TestEveryHourHasItsBlock(t *testing.T) {
	var got []string
	for hour := range 24 {
		got = append(got, sample(true, 1, hour).Traits[0].Value)
	}
	want := fmt.Sprint(append(append(append(append(append(append(many("00-06", 6), many("06-09", 3)...), many("09-12", 3)...),
		many("12-14", 2)...), many("14-18", 4)...), many("18-20", 2)...), many("20-24", 4)...))
	if fmt.Sprint(got) != want {
		t.Errorf("got %v, want %v", got, want)
	}
}

func many(word string, n int) (list []string) {
	for range n {
		list = append(list, word)
	}
	return list
}

func TestOpenAndVoidCasesAreNoSamples(t *testing.T) {
	for outcome, want := range map[rules.Outcome]bool{rules.Open: false, rules.Met: true, rules.Breached: true, rules.Void: false} {
		if _, ok := rules.SampleOf(rules.Case{Outcome: outcome}, nil, time.UTC); ok != want {
			t.Errorf("%s: got %v, want %v", outcome, ok, want)
		}
	}
}

func TestDimensionsAreReadAsTheyAreWritten(t *testing.T) {
	for _, d := range rules.Dims() {
		if got, err := rules.ParseDim(d.String()); got != d || err != nil {
			t.Errorf("%s: got %v, %v", d, got, err)
		}
	}
	if _, err := rules.ParseDim("colour"); err == nil {
		t.Error("colour is a dimension")
	}
}

func share(misses, cases int64) rules.MissShare { return rules.MissShare{Misses: misses, Cases: cases} }

// The first two rows are examples of Newcombe's paper (1998, table II, method 10): 0.0524 to 0.3339, 0.1705 to 0.8090.
func TestSharesAreComparedByNewcombesInterval(t *testing.T) {
	for _, tt := range []struct {
		before, after     rules.MissShare
		change, low, high float64
		effect            rules.Effect
	}{
		{share(48, 80), share(56, 70), 0.2, 0.0524, 0.3339, rules.Worse},
		{share(3, 10), share(9, 10), 0.6, 0.1705, 0.8090, rules.Worse},
		{share(9, 25), share(2, 24), -0.2767, -0.4806, -0.0411, rules.Better},
		{share(5, 25), share(3, 25), -0.08, -0.2867, 0.1313, rules.NoDifference},
		{share(0, 25), share(0, 25), 0, -0.1332, 0.1332, rules.NoDifference},
		{share(5, 25), share(0, 0), 0, 0, 0, rules.NoCases},
		{share(0, 0), share(1, 3), 0, 0, 0, rules.NoCases},
	} {
		got := rules.Compare(tt.before, tt.after)
		if math.Abs(got.Change-tt.change) > 5e-5 || math.Abs(got.Low-tt.low) > 5e-5 || math.Abs(got.High-tt.high) > 5e-5 || got.Effect != tt.effect {
			t.Errorf("%v → %v: got %.4f (%.4f to %.4f) %s, want %.4f (%.4f to %.4f) %s", tt.before, tt.after,
				got.Change, got.Low, got.High, got.Effect, tt.change, tt.low, tt.high, tt.effect)
		}
	}
}
