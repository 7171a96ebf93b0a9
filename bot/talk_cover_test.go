package main

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"shopwarden/bot/locale"
	"shopwarden/bot/notify"
)

// talked is what the conversations of one language cover together.
type talked struct {
	asked   map[string]bool   // commands that were typed
	offers  map[string]string // kinds of buttons that were seen, and a label
	presses map[string]bool   // kinds of buttons that were pressed
	text    strings.Builder
}

func (a *talked) add(k *talk) {
	if a.asked == nil {
		a.asked, a.offers, a.presses = map[string]bool{}, map[string]string{}, map[string]bool{}
	}
	maps.Copy(a.asked, k.asked)
	maps.Copy(a.offers, k.offers)
	maps.Copy(a.presses, k.presses)
	a.text.WriteString(k.out.String())
}

// said is what is covered, without the words in which it is.
func (a *talked) said() map[string][]string {
	return map[string][]string{"buttons shown": slices.Sorted(maps.Keys(a.offers)), "buttons pressed": slices.Sorted(maps.Keys(a.presses))}
}

// unheard are texts of the catalogue that say why something cannot be done and that no conversation can bring about.
var unheard = map[string]string{
	"problem.not_understood":   "said only to nothing but signs that cannot be shown, see the tests of the router",
	"problem.no_owner_left":    "two owners who make each other less at the same instant, see the tests of the store",
	"problem.try_later":        "our own failure: the store or Telegram is down, see the tests of the router",
	"export.trouble_failed":    "our own failure, see the tests of the exporter",
	"export.trouble_too_large": "a file of more than 20 MB, see the tests of the exporter",
}

// refusal is the last part of the key of a text that says why something cannot be done. All of problem.* does.
var refusal = regexp.MustCompile(`^(.*_)?(unclear|refused)$|^trouble_`)

// covered fails for every command of a menu that nobody typed, every kind of button that was shown and never pressed, and
// every refusal that nobody met.
func (a *talked) covered(t *testing.T, lang string) {
	t.Helper()
	texts, err := locale.Load()
	check(t, err)
	say := notify.New(texts, nil)
	for m := notify.PrivateMenu; m <= notify.AdminMenu; m++ {
		for _, c := range say.BotCommands(m, lang) {
			if !a.asked[c.Name] {
				t.Errorf("nobody typed /%s of the %v menu", c.Name, m)
			}
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(a.offers)) {
		if !a.presses[kind] {
			t.Errorf("nobody pressed a button of the kind %s, such as [%s]", kind, a.offers[kind])
		}
	}
	lines := strings.Split(a.text.String(), "\n")
	for key, text := range refusals(t, lang) {
		form := formOf(text)
		switch met := slices.ContainsFunc(lines, form.MatchString); {
		case !met && unheard[key] == "":
			t.Errorf("nobody was told %s: %s", key, text)
		case met && unheard[key] != "":
			t.Errorf("%s was told: it is no exception any more", key)
		}
	}
}

// refusals are the texts of a language that say why something cannot be done, by key.
func refusals(t *testing.T, lang string) map[string]string {
	t.Helper()
	file, err := os.ReadFile(filepath.Join("locale", "catalogue", lang+".yaml"))
	check(t, err)
	var all map[string]any
	check(t, yaml.Unmarshal(file, &all))
	list := map[string]string{}
	var walk func(path []string, v any)
	walk = func(path []string, v any) {
		switch v := v.(type) {
		case map[string]any:
			for name, x := range v {
				walk(append(slices.Clone(path), name), x)
			}
		case string:
			if path[0] == "problem" || refusal.MatchString(path[len(path)-1]) {
				list[strings.Join(path, ".")] = v
			}
		}
	}
	walk(nil, all)
	return list
}

var markup = regexp.MustCompile(`</?[a-z]+>`)

// formOf finds a text in a line, whatever stands in its gaps.
func formOf(text string) *regexp.Regexp {
	parts := regexp.MustCompile(`\{\{[^}]*\}\}`).Split(markup.ReplaceAllString(text, ""), -1)
	for i := range parts {
		parts[i] = regexp.QuoteMeta(parts[i])
	}
	return regexp.MustCompile(strings.Join(parts, ".+"))
}
