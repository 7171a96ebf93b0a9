package locale_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/nicksnyder/go-i18n/v2/i18n"

	"shopwarden/bot/locale"
)

// texts reads every form of every text of a language: key, then plural form.
func texts(t *testing.T, lang string) map[string]map[string]string {
	t.Helper()
	paths, err := filepath.Glob("catalogue/" + lang + ".yaml")
	if err != nil || len(paths) == 0 {
		t.Fatalf("catalogue of %s: %v, %d files", lang, err, len(paths))
	}
	all := map[string]map[string]string{}
	for _, path := range paths {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		funcs := map[string]i18n.UnmarshalFunc{"yaml": yaml.Unmarshal}
		file, err := i18n.ParseMessageFileBytes(raw, path, funcs)
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		for _, m := range file.Messages {
			if all[m.ID] != nil {
				t.Errorf("%s: %s is there twice", path, m.ID)
			}
			all[m.ID] = map[string]string{"one": m.One, "other": m.Other}
		}
	}
	return all
}

var placeholder = regexp.MustCompile(`\{\{\.(\w+)\}\}`)

func placeholders(forms map[string]string) string {
	set := map[string]bool{}
	for _, text := range forms {
		for _, m := range placeholder.FindAllStringSubmatch(text, -1) {
			set[m[1]] = true
		}
	}
	return fmt.Sprint(slices.Sorted(maps.Keys(set)))
}

func TestEveryLanguageHasTheSameTextsWithTheSamePlaceholders(t *testing.T) {
	en := texts(t, "en")
	for _, lang := range locale.Languages() {
		other := texts(t, lang)
		for _, key := range slices.Sorted(maps.Keys(en)) {
			if other[key] == nil {
				t.Errorf("%s lacks %s", lang, key)
			} else if got, want := placeholders(other[key]), placeholders(en[key]); got != want {
				t.Errorf("%s: %s has %s, en has %s", lang, key, got, want)
			}
		}
		for key := range other {
			if en[key] == nil {
				t.Errorf("en lacks %s, which %s has", key, lang)
			}
		}
	}
}

func TestTextsThatCountHaveEveryPluralFormOfTheirLanguage(t *testing.T) {
	for key, forms := range texts(t, "en") {
		if counts := strings.Contains(placeholders(forms), "Count"); counts && forms["one"] == "" {
			t.Errorf("en: %s counts and has no singular", key)
		} else if !counts && forms["one"] != "" {
			t.Errorf("en: %s has a singular and counts nothing", key)
		}
	}
	for key, forms := range texts(t, "zh") {
		if forms["one"] != "" {
			t.Errorf("zh: %s has a singular, which Chinese does not use", key)
		}
	}
}

var markup = regexp.MustCompile(`</?([a-z]+)>`)

func TestTextsHoldOnlyBalancedMarkup(t *testing.T) {
	for _, lang := range locale.Languages() {
		for key, forms := range texts(t, lang) {
			for _, text := range forms {
				var open []string
				for _, m := range markup.FindAllStringSubmatch(text, -1) {
					switch {
					case !slices.Contains([]string{"b", "i", "s", "code"}, m[1]):
						t.Errorf("%s: %s has the tag %s", lang, key, m[0])
					case m[0][1] != '/':
						open = append(open, m[1])
					case len(open) == 0 || open[len(open)-1] != m[1]:
						t.Errorf("%s: %s closes %s, open is %v", lang, key, m[1], open)
					default:
						open = open[:len(open)-1]
					}
				}
				rest := markup.ReplaceAllString(text, "")
				if len(open) > 0 || strings.ContainsAny(rest, "<>&") || strings.Contains(rest, "\n") || strings.TrimSpace(text) != text {
					t.Errorf("%s: %s is no single line of balanced markup: %q", lang, key, text)
				}
			}
		}
	}
}

func TestTheLanguagesOfTheCatalogueAreReallySpoken(t *testing.T) {
	c, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range locale.Languages() {
		p := c.Printer(lang)
		if p.Lang() != lang {
			t.Errorf("printer of %s speaks %s", lang, p.Lang())
		}
		for key := range texts(t, lang) {
			if !p.Has(key) {
				t.Errorf("%s: %s is in the file and not in the catalogue", lang, key)
			}
		}
	}
}

func TestPluralsFollowTheLanguage(t *testing.T) {
	en, zh := printers(t)
	for n, want := range map[int]locale.HTML{1: "1 promise missed today.", 2: "2 promises missed today.", 1200: "1,200 promises missed today."} {
		if got := en.T("because.late", locale.Args{"Count": n}); got != want {
			t.Errorf("en %d: got %q, want %q", n, got, want)
		}
	}
	if got := zh.T("because.late", locale.Args{"Count": int64(1)}); got != "今天有 1 起没做到。" {
		t.Errorf("zh: got %q", got)
	}
}

func TestAMissingTextOrPlaceholderShowsItsKeyRatherThanAnError(t *testing.T) {
	en, _ := printers(t)
	if got := en.T("no.such", nil); got != "⟨no.such⟩" {
		t.Errorf("missing text: got %q", got)
	}
	if got := en.T("act", nil); got != "⟨act⟩" {
		t.Errorf("missing placeholder: got %q", got)
	}
}

func TestArgumentsAreEscapedByTheirType(t *testing.T) {
	en, _ := printers(t)
	if got := en.T("act", locale.Args{"Tip": "a<b>&"}); got != "👉 a&lt;b&gt;&amp;" {
		t.Errorf("string: got %q", got)
	}
	if got := en.T("act", locale.Args{"Tip": locale.HTML("<b>a &amp; b</b>")}); got != "👉 <b>a &amp; b</b>" {
		t.Errorf("html: got %q", got)
	}
	if got := en.Label("act", locale.Args{"Tip": "a<b>&"}); got != "👉 a<b>&" {
		t.Errorf("label: got %q", got)
	}
}

func FuzzEscape(f *testing.F) {
	for _, s := range []string{"", "<&_*[", "&amp;lt;", "\u202e\u2066x", "שלום <b>", strings.Repeat("👩‍👩‍👧", 40), strings.Repeat("a\u0301", 90), "\xff\xfe", "e" + strings.Repeat("\u0301", 500)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := locale.Escape(s)
		if strings.ContainsAny(string(got), "<>\n") {
			t.Errorf("%q: markup is left: %q", s, got)
		}
		if n := got.Units(); n < 1 || n > locale.MaxForeign+2 {
			t.Errorf("%q: %d units", s, n)
		}
		plain := got.Plain()
		if again := locale.Escape(strings.Trim(plain, "\u2068\u2069")); again != got {
			t.Errorf("%q: not stable: %q, then %q", s, got, again)
		}
		if struck := locale.Code(s).Struck(); struck.Plain() != locale.Code(s).Plain() {
			t.Errorf("%q: crossing out changes the text: %q", s, struck)
		}
	})
}
