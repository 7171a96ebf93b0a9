package locale

import (
	"fmt"
	"strings"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"github.com/nicksnyder/go-i18n/v2/i18n/template"
	"golang.org/x/text/message"
)

// Args are the values of a text's placeholders. [HTML] stands as it is, whole numbers are grouped, everything else is
// taken for a string from outside and escaped. A number named Count also picks the plural form.
type Args map[string]any

// Printer speaks one language. It is read-only and safe for concurrent use.
type Printer struct {
	lang      string
	localizer *i18n.Localizer
	numbers   *message.Printer
	keys      map[string]bool
	fallback  *Printer // nil = none
}

// strict makes a missing placeholder an error rather than "<no value>".
var strict = &template.TextParser{Option: "missingkey=error"}

// Lang returns the code of the language.
func (p *Printer) Lang() string { return p.lang }

// Has reports whether the catalogue has a text of that key, in the language or in [Fallback]: a language that is translated in
// part says the rest in English, and says no less.
func (p *Printer) Has(key string) bool {
	return p.keys[key] || p.fallback != nil && p.fallback.keys[key]
}

// T returns a text. It never fails: one that its language lacks, or that does not fit its placeholders, comes in [Fallback], and
// one that is in neither as its key, which the tests rule out.
func (p *Printer) T(key string, args Args) HTML {
	data := make(map[string]string, len(args))
	var count any
	for name, value := range args {
		if name == "Count" {
			count = value
		}
		data[name] = string(p.value(value))
	}
	text, err := p.localizer.Localize(&i18n.LocalizeConfig{MessageID: key, TemplateData: data, PluralCount: count, TemplateParser: strict})
	if err != nil && text == "" {
		if p.fallback != nil {
			return p.fallback.T(key, args)
		}
		return Escape("⟨" + key + "⟩")
	}
	return HTML(strings.TrimRight(text, "\n"))
}

// Label returns a text for where there is no markup: buttons, commands, titles.
func (p *Printer) Label(key string, args Args) string { return p.T(key, args).Plain() }

func (p *Printer) value(v any) HTML {
	switch v := v.(type) {
	case HTML:
		return v
	case string:
		return Escape(v)
	case int:
		return p.Count(int64(v))
	case int64:
		return p.Count(v)
	}
	return Escape(fmt.Sprint(v))
}
