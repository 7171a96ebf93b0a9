package notify

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"shopwarden/bot/locale"
	"shopwarden/bot/outbox"
)

// Sayings lists the ways in which people ask for something in their own words, in every language. It is empty for what the
// catalogues do not know.
func (c *Composer) Sayings(name string) (list []string) {
	for _, lang := range locale.Languages() {
		p := c.texts.Printer(lang)
		if !p.Has("say." + name) {
			continue
		}
		for _, text := range strings.Split(p.Label("say."+name, nil), "|") {
			list = append(list, strings.TrimSpace(text))
		}
	}
	return list
}

// quotedText is how much of what somebody wrote is said back.
const quotedText = 60

// upperFirst begins a text as a sentence begins.
func upperFirst(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:]
}

// Suggestion is a command that somebody may have meant, and the shop it would be about, "" = none.
type Suggestion struct{ Command, Shop string }

// NotUnderstood says that a text means nothing here, and offers what may have been meant.
func (c *Composer) NotUnderstood(lang, text string, list []Suggestion) (string, [][]outbox.Button) {
	v := c.voice(View{Lang: lang})
	if runes := []rune(strings.TrimSpace(text)); len(runes) > quotedText {
		text = string(runes[:quotedText-1]) + "…"
	}
	lines := []locale.HTML{v.T("problem.not_understood", nil)}
	if strings.TrimSpace(text) != "" {
		lines = []locale.HTML{v.T("problem.not_understood_text", locale.Args{"Text": text})}
	}
	var rows [][]outbox.Button
	for _, x := range list {
		b := action(upperFirst(v.Label("command."+x.Command, nil)), x.Command)
		if x.Shop != "" {
			b = action(b.Text, x.Command, x.Shop)
		}
		rows = append(rows, []outbox.Button{b})
	}
	return v.compose(section{lines: lines}), rows
}
