package notify_test

import (
	"html"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/unicode/bidi"

	"shopwarden/bot/notify"
)

var (
	tag    = regexp.MustCompile(`</?[a-z]+>`)
	entity = regexp.MustCompile(`&(?:lt|gt|amp|quot);`)
)

// checkHTML holds a text to what Telegram takes: its few tags, well nested, code holding nothing and standing in nothing,
// every other sign escaped, not too long and not empty.
func checkHTML(t testing.TB, name, text string) {
	t.Helper()
	var open []string
	for _, m := range tag.FindAllString(text, -1) {
		word := strings.Trim(m, "</>")
		switch {
		case !slices.Contains([]string{"b", "i", "s", "code"}, word):
			t.Errorf("%s: tag %s", name, m)
		case m[1] == '/' && (len(open) == 0 || open[len(open)-1] != word):
			t.Errorf("%s: %s closes nothing", name, m)
		case m[1] == '/':
			open = open[:len(open)-1]
		case word == "code" && len(open) > 0, slices.Contains(open, "code"):
			t.Errorf("%s: %s inside %v", name, m, open)
		default:
			open = append(open, word)
		}
	}
	plain := tag.ReplaceAllString(text, "")
	if strings.ContainsAny(plain, "<>") || strings.Contains(entity.ReplaceAllString(plain, ""), "&") || len(open) > 0 {
		t.Errorf("%s: not escaped or not closed: %q", name, text)
	}
	plain = html.UnescapeString(plain)
	checkSigns(t, name, plain)
	if n := len(utf16.Encode([]rune(plain))); n > notify.Limit || n == 0 || !utf8.ValidString(plain) {
		t.Errorf("%s: %d units", name, n)
	}
}

// checkSigns holds a text to what cannot disturb its surroundings: no control character but the line break, none that turns
// the direction of writing but the isolates, which are closed on their line and not nested; what reads from right to left
// stands inside one.
func checkSigns(t testing.TB, name, text string) {
	t.Helper()
	inside := false
	for _, r := range text {
		p, _ := bidi.LookupRune(r)
		switch {
		case r == '\n' && !inside:
		case r == '\u2068' && !inside:
			inside = true
		case r == '\u2069' && inside:
			inside = false
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r), r == '\u2028', r == '\u2029', r == '\ufeff':
			t.Errorf("%s: %U stands in %q", name, r, text)
			return
		case !inside && (p.Class() == bidi.R || p.Class() == bidi.AL):
			t.Errorf("%s: %q turns the line in %q", name, r, text)
			return
		}
	}
	if inside {
		t.Errorf("%s: an isolate is not closed in %q", name, text)
	}
}

var richTag = regexp.MustCompile(`</?[a-z0-9]+>`)

// checkRich holds a rich message to the blocks this program writes: each closed, none in a text, the texts as in any message.
func checkRich(t testing.TB, name, rich string) {
	t.Helper()
	inside := map[string][]string{"h3": {""}, "p": {""}, "ul": {"", "details"}, "li": {"ul"}, "table": {""}, "tr": {"table"}, "th": {"tr"}, "td": {"tr"},
		"details": {""}, "summary": {"details"}, "b": {"h3", "p", "li", "td", "summary"}, "i": {"h3", "p", "li", "td"}, "code": {"h3", "p", "li", "td"}}
	open := []string{""}
	for _, m := range richTag.FindAllString(rich, -1) {
		word, last := strings.Trim(m, "</>"), open[len(open)-1]
		switch {
		case m[1] == '/' && last != word:
			t.Fatalf("%s: %s closes nothing in %q", name, m, rich)
		case m[1] == '/':
			open = open[:len(open)-1]
		case !slices.Contains(inside[word], last):
			t.Fatalf("%s: %s inside %q", name, m, last)
		default:
			open = append(open, word)
		}
	}
	plain := richTag.ReplaceAllString(rich, "")
	if len(open) != 1 || strings.ContainsAny(plain, "<>") || strings.Contains(entity.ReplaceAllString(plain, ""), "&") || utf8.RuneCountInString(plain) > 32768 {
		t.Errorf("%s: not escaped or not closed: %q", name, rich)
	}
	checkSigns(t, name, html.UnescapeString(plain))
}
