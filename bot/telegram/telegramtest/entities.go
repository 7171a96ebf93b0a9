package telegramtest

import (
	"cmp"
	"html"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Entity marks a part of a text, in Telegram's JSON. Offset and Length count
// UTF-16 units, so that most emoji count twice.
type Entity struct {
	Type           string `json:"type"` // bold, text_link, bot_command…
	Offset         int    `json:"offset"`
	Length         int    `json:"length"`
	URL            string `json:"url,omitempty"`
	User           *User  `json:"user,omitempty"`
	Language       string `json:"language,omitempty"`
	CustomEmojiID  string `json:"custom_emoji_id,omitempty"`
	UnixTime       int64  `json:"unix_time,omitempty"`
	DateTimeFormat string `json:"date_time_format,omitempty"`
}

func (e Entity) end() int { return e.Offset + e.Length }

// units is the length of a text in UTF-16 units.
func units(text string) int {
	n := 0
	for _, r := range text {
		n += utf16.RuneLen(r)
	}
	return n
}

// trim drops white space around a text and moves its entities along.
func trim(text string, entities []Entity) (string, []Entity) {
	body := strings.TrimLeftFunc(text, unicode.IsSpace)
	skipped := units(text[:len(text)-len(body)])
	body = strings.TrimRightFunc(body, unicode.IsSpace)
	size := units(body)
	var kept []Entity
	for _, e := range entities {
		start, end := max(e.Offset-skipped, 0), min(e.end()-skipped, size)
		if end > start {
			e.Offset, e.Length = start, end-start
			kept = append(kept, e)
		}
	}
	return body, kept
}

// order sorts by position, the longer first, as Telegram sends entities.
func order(entities []Entity) {
	slices.SortStableFunc(entities, func(a, b Entity) int {
		return cmp.Or(cmp.Compare(a.Offset, b.Offset), cmp.Compare(b.Length, a.Length))
	})
}

var selfEvident = regexp.MustCompile(`https?://[^\s<>"]+|/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?|@[A-Za-z0-9_]{3,32}|#[\p{L}\p{N}_]+`)

// detect adds the entities Telegram finds by itself: links, commands, names and
// tags that stand free and not inside code or a link.
func detect(text string, entities []Entity) []Entity {
	found := slices.Clone(entities)
	for _, at := range selfEvident.FindAllStringIndex(text, -1) {
		word := text[at[0]:at[1]]
		e := Entity{Type: kindOf(word), Offset: units(text[:at[0]]), Length: units(word)}
		if standsFree(text, at[0], at[1], e.Type) && !covered(e, found) {
			found = append(found, e)
		}
	}
	order(found)
	return found
}

func kindOf(word string) string {
	switch word[0] {
	case '/':
		return "bot_command"
	case '@':
		return "mention"
	case '#':
		return "hashtag"
	}
	return "url"
}

// standsFree is false inside a word or a path: in "a/b" and "/etc/x" there is
// no command. Chinese characters are letters, and "请/order" has none either.
func standsFree(text string, start, end int, kind string) bool {
	before, _ := utf8.DecodeLastRuneInString(text[:start])
	if start > 0 && (wordRune(before) || strings.ContainsRune("/@#<>", before)) {
		return false
	}
	after, _ := utf8.DecodeRuneInString(text[end:])
	return kind != "bot_command" || end == len(text) || (after != '/' && after != '@' && !wordRune(after))
}

func wordRune(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }

func covered(e Entity, by []Entity) bool {
	return slices.ContainsFunc(by, func(o Entity) bool {
		switch o.Type {
		case "code", "pre", "text_link", "text_mention", "url", "bot_command", "mention", "hashtag":
			return e.Offset < o.end() && o.Offset < e.end()
		}
		return false
	})
}

// renderHTML writes a text with its entities as HTML that a page may show as it
// is: the tags are Telegram's, everything else is escaped. Entities that cross
// an earlier one are left out.
func renderHTML(text string, entities []Entity) string {
	sorted := slices.Clone(entities)
	order(sorted)
	var out strings.Builder
	var open []Entity
	at := 0
	for _, r := range text {
		open = closeUntil(&out, open, at)
		for len(sorted) > 0 && sorted[0].Offset <= at {
			e := sorted[0]
			sorted = sorted[1:]
			if e.Offset < at || (len(open) > 0 && e.end() > open[len(open)-1].end()) {
				continue
			}
			start, _ := tagsFor(e, text)
			out.WriteString(start)
			open = append(open, e)
		}
		out.WriteString(html.EscapeString(string(r)))
		at += utf16.RuneLen(r)
	}
	closeUntil(&out, open, at)
	return out.String()
}

func closeUntil(out *strings.Builder, open []Entity, at int) []Entity {
	for len(open) > 0 && open[len(open)-1].end() <= at {
		_, end := tagsFor(open[len(open)-1], "")
		out.WriteString(end)
		open = open[:len(open)-1]
	}
	return open
}

// tagsFor are the tags around an entity, empty for those that need none.
func tagsFor(e Entity, text string) (start, end string) {
	switch e.Type {
	case "bold":
		return "<b>", "</b>"
	case "italic":
		return "<i>", "</i>"
	case "underline":
		return "<u>", "</u>"
	case "strikethrough":
		return "<s>", "</s>"
	case "spoiler":
		return "<tg-spoiler>", "</tg-spoiler>"
	case "code":
		return "<code>", "</code>"
	case "blockquote":
		return "<blockquote>", "</blockquote>"
	case "expandable_blockquote":
		return "<blockquote expandable>", "</blockquote>"
	case "text_link":
		return link(e.URL), "</a>"
	case "text_mention":
		return link("tg://user?id=" + strconv.FormatInt(e.User.ID, 10)), "</a>"
	case "url":
		return link(slice(text, e)), "</a>"
	case "pre":
		if e.Language != "" {
			return `<pre><code class="language-` + html.EscapeString(e.Language) + `">`, "</code></pre>"
		}
		return "<pre>", "</pre>"
	}
	return "", ""
}

func link(target string) string { return `<a href="` + html.EscapeString(target) + `">` }

// slice is the part of a text an entity marks.
func slice(text string, e Entity) string {
	all := utf16.Encode([]rune(text))
	start, end := min(e.Offset, len(all)), min(e.end(), len(all))
	return string(utf16.Decode(all[start:end]))
}
