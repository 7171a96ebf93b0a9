package locale

import (
	"embed"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/goccy/go-yaml"
	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

//go:embed catalogue/*.yaml
var files embed.FS

// Fallback is the language of a reader whose own is not known.
const Fallback = "en"

// Catalogue holds every text in every language. It is read-only and safe for concurrent use.
type Catalogue struct {
	printers map[string]*Printer
}

// Languages lists the languages of the catalogue by their codes: those that have a file.
func Languages() []string { return slices.Clone(languages()) }

var languages = sync.OnceValue(func() []string { return languagesOf(files) })

func languagesOf(from fs.FS) (list []string) {
	paths, _ := fs.Glob(from, "catalogue/*.yaml") // the pattern is no bad one
	for _, p := range paths {
		list = append(list, strings.TrimSuffix(path.Base(p), ".yaml"))
	}
	slices.Sort(list)
	return list
}

// Load reads the catalogue that is compiled in. An error means that a text is broken, which the tests rule out.
func Load() (*Catalogue, error) { return load(files) }

func load(from fs.FS) (*Catalogue, error) {
	bundle := i18n.NewBundle(language.English)
	bundle.RegisterUnmarshalFunc("yaml", yaml.Unmarshal)
	paths, err := fs.Glob(from, "catalogue/*.yaml")
	if err != nil {
		return nil, fmt.Errorf("listing the catalogue: %w", err)
	}
	keys := map[string]map[string]bool{}
	for _, p := range paths {
		file, err := bundle.LoadMessageFileFS(from, p)
		if err != nil {
			return nil, fmt.Errorf("reading %s: %w", p, err)
		}
		lang := file.Tag.String()
		if keys[lang] == nil {
			keys[lang] = map[string]bool{}
		}
		for _, m := range file.Messages {
			keys[lang][m.ID] = true
		}
	}
	c := &Catalogue{printers: map[string]*Printer{}}
	fallback := &Printer{lang: Fallback, localizer: i18n.NewLocalizer(bundle, Fallback), keys: keys[Fallback],
		numbers: message.NewPrinter(language.Make(Fallback))}
	for _, lang := range languagesOf(from) {
		c.printers[lang] = &Printer{lang: lang, localizer: i18n.NewLocalizer(bundle, lang, Fallback), keys: keys[lang],
			numbers: message.NewPrinter(language.Make(lang)), fallback: fallback}
	}
	return c, nil
}

// Printer returns the printer of the first language code that the catalogue can serve, English otherwise. Any code that
// Telegram or a person may give is fine: zh, zh-hans, zh-TW, en-GB, "", nonsense.
func (c *Catalogue) Printer(codes ...string) *Printer { return c.printers[c.match(codes)] }

// Match returns the language of the compiled-in catalogue for the first code that it can serve, [Fallback] otherwise. Every
// Chinese is served in simplified Chinese.
func Match(codes ...string) string { return match(languages(), codes) }

func (c *Catalogue) match(codes []string) string {
	return match(slices.Collect(maps.Keys(c.printers)), codes)
}

func match(known, codes []string) string {
	for _, code := range codes {
		tag, err := language.Parse(code)
		if err != nil {
			continue
		}
		base, _ := tag.Base()
		switch lang := base.String(); {
		case slices.Contains(known, lang):
			return lang
		case lang == "yue" || lang == "wuu" || lang == "cmn":
			return "zh"
		}
	}
	return Fallback
}

// Named finds the language that a person means by a text: its code, or what its catalogue says it is called.
func (c *Catalogue) Named(text string) (lang string, ok bool) {
	text = strings.ToLower(strings.TrimSpace(text))
	for _, lang := range slices.Sorted(maps.Keys(c.printers)) {
		p := c.printers[lang]
		names := append(strings.Fields(strings.ToLower(p.Label("language.words", nil))), lang, strings.ToLower(p.Label("language.name", nil)))
		if slices.Contains(names, text) {
			return lang, true
		}
	}
	if tag, err := language.Parse(text); err == nil {
		base, _ := tag.Base()
		lang, ok = base.String(), c.printers[base.String()] != nil
	}
	return lang, ok
}
