package locale

import (
	"embed"
	"fmt"
	"io/fs"
	"slices"

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

// Languages lists the languages of the catalogue.
func Languages() []string { return []string{"en", "zh"} }

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
	for _, path := range paths {
		file, err := bundle.LoadMessageFileFS(from, path)
		if err != nil {
			return nil, fmt.Errorf("reading %s: %w", path, err)
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
	for _, lang := range Languages() {
		c.printers[lang] = &Printer{lang: lang, localizer: i18n.NewLocalizer(bundle, lang), keys: keys[lang],
			numbers: message.NewPrinter(language.Make(lang))}
	}
	return c, nil
}

// Printer returns the printer of the first language code that the catalogue can serve, English otherwise. Any code that
// Telegram or a person may give is fine: zh, zh-hans, zh-TW, en-GB, "", nonsense.
func (c *Catalogue) Printer(codes ...string) *Printer { return c.printers[Match(codes...)] }

// Match returns the language of the catalogue for the first code that it can serve, [Fallback] otherwise. Every Chinese is
// served in simplified Chinese.
func Match(codes ...string) string {
	for _, code := range codes {
		tag, err := language.Parse(code)
		if err != nil {
			continue
		}
		base, _ := tag.Base()
		if lang := base.String(); slices.Contains(Languages(), lang) {
			return lang
		}
		if lang := base.String(); lang == "yue" || lang == "wuu" || lang == "cmn" {
			return "zh"
		}
	}
	return Fallback
}
