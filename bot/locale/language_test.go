package locale

import (
	"os"
	"path"
	"slices"
	"testing"
	"testing/fstest"
)

// TestALanguageIsAddedByOneFile adds one as a translator would: a file, and not a line of code.
func TestALanguageIsAddedByOneFile(t *testing.T) {
	from := fstest.MapFS{"catalogue/de.yaml": {Data: []byte(`
language: {name: "Deutsch", words: "german 德语"}
nothing: "k. A."
money: "{{.Amount}} {{.Sign}}"
about_shop: "{{.Title}} – {{.Laden}}"
more: {one: "… und eins"}
`)}}
	paths, err := os.ReadDir("catalogue")
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range paths {
		text, err := os.ReadFile(path.Join("catalogue", entry.Name()))
		if err != nil {
			t.Fatal(err)
		}
		from["catalogue/"+entry.Name()] = &fstest.MapFile{Data: text}
	}
	c, err := load(from)
	if err != nil {
		t.Fatal(err)
	}
	want := append(Languages(), "de")
	slices.Sort(want)
	if got := languagesOf(from); !slices.Equal(got, want) {
		t.Errorf("languages: got %v, want %v", got, want)
	}
	for _, word := range []string{"de", "Deutsch", "german", "德语", "de-AT"} {
		if lang, ok := c.Named(word); lang != "de" || !ok {
			t.Errorf("%s is called %q, %v", word, lang, ok)
		}
	}
	p := c.Printer("de-CH")
	if !p.Has("fact.order_paid") || p.Has("fact.no_such") {
		t.Error("what English has, a language that has no own word for it has as well")
	}
	for what, is := range map[string][2]HTML{
		"its own text":                                  {p.Nothing(), "k. A."},
		"its own numbers":                               {p.Score(92.61), "92,6"},
		"its own percent":                               {p.Percent(0.667), "66,7\u00a0%"},
		"its own order of an amount":                    {p.Money(123450, "EUR"), "1.234,50 €"},
		"English where it has no own":                   {p.T("unknown", nil), "unknown"},
		"English where its own has a wrong placeholder": {p.T("about_shop", Args{"Title": "Heute", "Shop": "A"}), c.Printer("en").T("about_shop", Args{"Title": "Heute", "Shop": "A"})},
		"English where its own has too few forms":       {p.T("more", Args{"Count": 5}), c.Printer("en").T("more", Args{"Count": 5})},
	} {
		if is[0] != is[1] {
			t.Errorf("%s: got %q, want %q", what, is[0], is[1])
		}
	}
}
