package locale

import (
	"html"
	"strings"
	"unicode"
	"unicode/utf16"

	"github.com/rivo/uniseg"
	"golang.org/x/text/unicode/bidi"
)

// HTML is text in Telegram's HTML, escaped and balanced. Only this package and the catalogue make it from nothing; joining
// two gives one again.
type HTML string

// MaxForeign is how many UTF-16 units of a string from outside are shown.
const MaxForeign = 64

// noValue stands for a string from outside that has nothing to show.
const noValue = "–"

// ellipsis stands where something was cut off.
const ellipsis = "…"

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;")

// Escape returns a string from outside as it may stand in a message: one line, at most [MaxForeign] UTF-16 units, without
// control characters, markup escaped, set apart when it reads from right to left so that it cannot turn its surroundings.
func Escape(s string) HTML {
	s = clean(s, MaxForeign)
	return isolate(s, HTML(escaper.Replace(s)))
}

// Code returns a string from outside like [Escape], set so that a tap copies it.
func Code(s string) HTML {
	s = clean(s, MaxForeign)
	return isolate(s, "<code>"+HTML(escaper.Replace(s))+"</code>")
}

// Join joins texts.
func Join(parts []HTML, between HTML) HTML {
	var b strings.Builder
	for i, p := range parts {
		if i > 0 {
			b.WriteString(string(between))
		}
		b.WriteString(string(p))
	}
	return HTML(b.String())
}

// Plain returns what a reader sees of the text: tags gone, entities resolved.
func (h HTML) Plain() string {
	s := string(h)
	if !strings.ContainsAny(s, "<&") {
		return s
	}
	var b strings.Builder
	for s != "" {
		text, rest, tag := strings.Cut(s, "<")
		b.WriteString(text)
		if !tag {
			break
		}
		_, s, _ = strings.Cut(rest, ">")
	}
	return html.UnescapeString(b.String())
}

// Units returns the length that Telegram limits: UTF-16 units after the markup was taken out.
func (h HTML) Units() int { return units(h.Plain()) }

// Struck returns the text crossed out. Other markup in it goes, since it may not stand inside.
func (h HTML) Struck() HTML { return "<s>" + HTML(escaper.Replace(h.Plain())) + "</s>" }

func units(s string) (n int) {
	for _, r := range s {
		n += max(utf16.RuneLen(r), 1)
	}
	return n
}

// clean makes one line of at most limit units from anything.
func clean(s string, limit int) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r) || r == '\u0085':
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r), r == '\ufeff':
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
	if s = strings.Join(strings.Fields(s), " "); s == "" {
		return noValue
	}
	return clip(s, limit)
}

// clip keeps whole characters, as a reader sees them, up to limit units with the ellipsis.
func clip(s string, limit int) string {
	if units(s) <= limit {
		return s
	}
	left := limit - units(ellipsis)
	var b strings.Builder
	for g := uniseg.NewGraphemes(s); g.Next(); {
		if left -= units(g.Str()); left < 0 {
			break
		}
		b.WriteString(g.Str())
	}
	return b.String() + ellipsis
}

// isolate sets text apart when the string it was made from reads from right to left.
func isolate(s string, text HTML) HTML {
	for _, r := range s {
		if p, _ := bidi.LookupRune(r); p.Class() == bidi.R || p.Class() == bidi.AL {
			return "\u2068" + text + "\u2069"
		}
	}
	return text
}
