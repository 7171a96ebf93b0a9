package store

import (
	"bytes"
	"encoding/hex"
	"maps"
	"math"
	"reflect"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"shopwarden/rules"
)

// word draws from a table or makes something up.
func word(w words) *rapid.Generator[string] {
	return rapid.OneOf(rapid.SampledFrom(w.list), rapid.String())
}

func value() *rapid.Generator[string] {
	return rapid.OneOf(rapid.SampledFrom(valueWords.list), rapid.String(), rapid.StringMatching(`-?[0-9]{1,20}`))
}

func fact() *rapid.Generator[rules.Fact] {
	return rapid.Custom(func(t *rapid.T) rules.Fact {
		f := rules.Fact{Type: rules.Type(word(typeWords).Draw(t, "type")), At: rules.Instant(rapid.Int64().Draw(t, "at"))}
		for range rapid.IntRange(0, 3).Draw(t, "attrs") {
			f.Attrs = append(f.Attrs, rules.Attr{Key: word(attrWords).Draw(t, "key"), Value: value().Draw(t, "value")})
		}
		return f
	})
}

func entry() *rapid.Generator[rules.Entry] {
	return rapid.Custom(func(t *rapid.T) rules.Entry {
		return rules.Entry{
			Rule: word(ruleWords).Draw(t, "rule"), Part: value().Draw(t, "part"), Day: rules.Date(rapid.Int32().Draw(t, "day")),
			Outcome: rules.Outcome(rapid.IntRange(int(rules.Open), int(rules.Void)).Draw(t, "outcome")),
			Timed:   rapid.Bool().Draw(t, "stopped"), Took: rapid.Int64().Draw(t, "took"),
			Due: rules.Instant(rapid.Int64().Draw(t, "due")), Passed: rapid.IntRange(0, 9).Draw(t, "passed"),
			Excused: rapid.Bool().Draw(t, "excused"),
		}
	})
}

// drawDossier adds facts in the order drawn; the set they make is the same in any order.
func drawDossier(t *rapid.T) (d, shuffled rules.Dossier) {
	facts := rapid.SliceOfN(fact(), 0, 8).Draw(t, "facts")
	for _, f := range facts {
		d.Facts, _ = d.Facts.Add(f)
	}
	for _, f := range rapid.Permutation(facts).Draw(t, "order") {
		shuffled.Facts, _ = shuffled.Facts.Add(f)
	}
	for range rapid.IntRange(0, 3).Draw(t, "booked") {
		d.Booked = append(d.Booked, entry().Draw(t, "entry"))
	}
	shuffled.Booked = slices.Clone(d.Booked)
	return d, shuffled
}

func TestDossiersComeBackAndEqualOnesGiveEqualBytes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d, shuffled := drawDossier(t)
		raw := encodeDossier(d)
		got, err := decodeDossier(string(raw))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(d, got); diff != "" {
			t.Fatalf("decoded dossier (-want +got):\n%s", diff)
		}
		if other := encodeDossier(shuffled); !bytes.Equal(raw, other) {
			t.Fatalf("the same facts in another order give\n%x, want\n%x", other, raw)
		}
	})
}

func TestTalliesComeBackAndEqualOnesGiveEqualBytes(t *testing.T) {
	one := rapid.Custom(func(t *rapid.T) rules.Tally {
		n := rapid.Int64()
		return rules.Tally{Open: n.Draw(t, "open"), Met: n.Draw(t, "met"), Breached: n.Draw(t, "breached"),
			Void: n.Draw(t, "void"), Timed: n.Draw(t, "timed"), TookMS: n.Draw(t, "took"),
			Excused: rapid.OneOf(rapid.Just(int64(0)), n).Draw(t, "excused")}
	})
	rapid.Check(t, func(t *rapid.T) {
		day := rules.DayTallies(rapid.MapOfN(rapid.String(), one, 1, 20).Draw(t, "day"))
		maps.DeleteFunc(day, func(_ string, t rules.Tally) bool { return t == rules.Tally{} })
		raw := encodeTallies(day)
		if len(day) == 0 {
			if raw != nil {
				t.Fatalf("a day without cases gives %x, want nothing", raw)
			}
			return
		}
		got, err := decodeTallies(string(raw))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(day, got); diff != "" {
			t.Fatalf("decoded day (-want +got):\n%s", diff)
		}
		day["without cases"] = rules.Tally{}
		if again := encodeTallies(day); !bytes.Equal(raw, again) {
			t.Fatalf("a tally without cases changed the bytes to\n%x from\n%x", again, raw)
		}
	})
}

func TestDurationsComeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := rules.Durations(rapid.SliceOfN(rapid.Int64(), 1, 50).Draw(t, "times"))
		slices.Sort(d)
		got, err := decodeDurations(string(encodeDurations(d)))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(d, got); diff != "" {
			t.Fatalf("decoded times (-want +got):\n%s", diff)
		}
	})
	if raw := encodeDurations(rules.Durations{}); raw != nil {
		t.Errorf("no times give %x, want nothing", raw)
	}
}

// TestStoredBytesStayReadable pins what is in people's databases: a change here loses their data.
func TestStoredBytesStayReadable(t *testing.T) {
	d := rules.Dossier{
		Facts: rules.Facts{
			{Type: "order.paid", At: 1_795_435_200_000, Attrs: []rules.Attr{{Key: "ship_by", Value: "1795521600000"}, {Key: "presale", Value: "true"}}},
			{Type: "order.shipped", At: 1_795_435_260_000, Attrs: []rules.Attr{{Key: "carrier", Value: "SF"}}},
			{Type: "order.custom", At: math.MaxInt64, Attrs: []rules.Attr{{Key: "own", Value: ""}}},
		},
		Booked: []rules.Entry{{Rule: "ship", Day: 20780, Outcome: rules.Met, Timed: true, Took: 60000, Due: 1_795_521_600_000, Passed: 1}},
	}
	const want = "02" +
		"03" + "0280f8b784c168" + "02" + "030080e8ead6c168" + "080101" +
		"05c0a907" + "01" + "0b045346" +
		"000c6f726465722e637573746f6dbedec0fbbe97ffffff01" + "01" + "00036f776e02" +
		"01" + "000473686970" + "02" + "d8c402" + "0a" + "c0a907" + "80e8ead6c168" + "02"
	if got := hex.EncodeToString(encodeDossier(d)); got != want {
		t.Errorf("encoded\n%s, want\n%s", got, want)
	}
	for _, w := range []struct {
		name  string
		words words
		size  int
		last  string
	}{{"types", typeWords, 47, "exam.passed"}, {"types", typeWords, 50, "case.reinstated"}, {"attrs", attrWords, 34, "appeal_by"},
		{"attrs", attrWords, 37, "until"}, {"values", valueWords, 37, "yes"}, {"rules", ruleWords, 28, "bad-review-recovery"}, {"rules", ruleWords, 30, "seller-cancellation"}} {
		if w.words.list[w.size-1] != w.last || len(w.words.codes) != len(w.words.list) {
			t.Errorf("%s: word %d is %q, want %q, and no word twice", w.name, w.size, w.words.list[w.size-1], w.last)
		}
	}
}

func TestADossierOfTheFirstVersionIsRead(t *testing.T) {
	raw, err := hex.DecodeString("01" + "01" + "0280f8b784c168" + "00" + "01" + "0473686970" + "d8c402" + "0a" + "c0a907" + "80e8ead6c168" + "02")
	if err != nil {
		t.Fatal(err)
	}
	want := rules.Dossier{Facts: rules.Facts{{Type: "order.paid", At: 1_795_435_200_000}},
		Booked: []rules.Entry{{Rule: "ship", Day: 20780, Outcome: rules.Met, Timed: true, Took: 60000, Due: 1_795_521_600_000, Passed: 1}}}
	if got, err := decodeDossier(string(raw)); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v (%v), want %+v", got, err, want)
	}
}

// TestEveryFieldIsPacked fails when rules gains a field that the encoding does not know.
func TestEveryFieldIsPacked(t *testing.T) {
	for kind, want := range map[reflect.Type]int{
		reflect.TypeFor[rules.Dossier](): 2, reflect.TypeFor[rules.Fact](): 3, reflect.TypeFor[rules.Attr](): 2,
		reflect.TypeFor[rules.Entry](): 9, reflect.TypeFor[rules.Tally](): 7,
	} {
		if got := kind.NumField(); got != want {
			t.Errorf("%v has %d fields, %d are packed: raise codecVersion and read both", kind, got, want)
		}
	}
}

// TestWhatWasPackedBeforeCorrectionsWereCountedIsRead holds that no bytes changed for what has no corrections.
func TestWhatWasPackedBeforeCorrectionsWereCountedIsRead(t *testing.T) {
	day := rules.DayTallies{"ship-on-time": {Open: 1, Met: 2, Breached: 3, Void: 4, Timed: 5, TookMS: 6}}
	if got, want := hex.EncodeToString(encodeTallies(day)), "020101020406080a0c"; got != want {
		t.Errorf("packed as %s, want %s", got, want)
	}
	day["ship-on-time"] = rules.Tally{Excused: 2}
	if got, err := decodeTallies(string(encodeTallies(day))); err != nil || !reflect.DeepEqual(got, day) {
		t.Errorf("got %+v (%v), want %+v", got, err, day)
	}
}

func TestEveryNumberedTypeIsInTheVocabulary(t *testing.T) {
	for _, name := range typeWords.list {
		if !rules.Known(rules.Type(name)) {
			t.Errorf("%q is numbered but not in the vocabulary", name)
		}
	}
}

func TestBrokenBytesAreAnError(t *testing.T) {
	whole := string(encodeDossier(rules.Dossier{Facts: rules.Facts{{Type: "order.paid", At: 5}}}))
	for _, raw := range []string{"", "\x03", "\x00", whole[:len(whole)-1], whole + "x", "\x01\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", "\x02\x01\x7f"} {
		if d, err := decodeDossier(raw); err == nil {
			t.Errorf("%x decodes to %v, want an error", raw, d)
		}
	}
}

func FuzzDecodeDossier(f *testing.F) {
	f.Add(encodeDossier(rules.Dossier{Facts: rules.Facts{{Type: "order.paid", At: 5, Attrs: []rules.Attr{{Key: "own", Value: "x"}}}},
		Booked: []rules.Entry{{Rule: "ship"}}}))
	f.Fuzz(func(t *testing.T, raw []byte) {
		d, err := decodeDossier(string(raw))
		if err != nil {
			return
		}
		again, err := decodeDossier(string(encodeDossier(d)))
		if diff := cmp.Diff(d, again); err != nil || diff != "" {
			t.Errorf("decoded twice (%v, -first +second):\n%s", err, diff)
		}
	})
}

func FuzzDecodeTallies(f *testing.F) {
	f.Add(encodeTallies(rules.DayTallies{"ship": {Open: 1, TookMS: -5}}))
	f.Add(encodeTallies(rules.DayTallies{"ship": {Excused: 1}}))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if day, err := decodeTallies(string(raw)); err == nil {
			if again := encodeTallies(day); again != nil {
				if _, err := decodeTallies(string(again)); err != nil {
					t.Error(err)
				}
			}
		}
	})
}

func FuzzDecodeDurations(f *testing.F) {
	f.Add(encodeDurations(rules.Durations{1, 2, 2, 900}))
	f.Fuzz(func(t *testing.T, raw []byte) {
		d, err := decodeDurations(string(raw))
		if err != nil || len(d) == 0 {
			return
		}
		again, err := decodeDurations(string(encodeDurations(d)))
		if err != nil || !slices.Equal(d, again) {
			t.Errorf("decoded %v, then %v (%v)", d, again, err)
		}
	})
}
