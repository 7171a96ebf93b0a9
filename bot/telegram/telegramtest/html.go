package telegramtest

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// htmlParser reads the HTML of parse_mode=HTML: few tags, strictly nested.
type htmlParser struct {
	src      string
	pos      int // bytes read
	text     strings.Builder
	units    int // UTF-16 units written to text
	open     []htmlTag
	entities []Entity
	user     func(id int64) (User, bool)
}

type htmlTag struct {
	name   string
	entity Entity // Type is "" when the tag marks nothing by itself
}

// parseHTML is the text without its markup, and the markup as entities. The
// errors are worded and positioned (in bytes) as Telegram's. user resolves
// tg://user?id= links.
func parseHTML(src string, user func(int64) (User, bool)) (string, []Entity, error) {
	p := &htmlParser{src: src, user: user}
	for p.pos < len(p.src) {
		if err := p.step(); err != nil {
			return "", nil, err
		}
	}
	if n := len(p.open); n > 0 {
		return "", nil, unparsable("Can't find end tag corresponding to start tag \"%s\"", p.open[n-1].name)
	}
	order(p.entities)
	return p.text.String(), p.entities, nil
}

func unparsable(format string, args ...any) error {
	return badRequest("can't parse entities: "+format, args...)
}

func (p *htmlParser) step() error {
	rest := p.src[p.pos:]
	switch {
	case strings.HasPrefix(rest, "</"):
		return p.endTag()
	case rest[0] == '<':
		return p.startTag()
	}
	r, size := decodeRune(rest)
	p.pos += size
	p.text.WriteRune(r)
	p.units += utf16.RuneLen(r)
	return nil
}

var htmlEntity = regexp.MustCompile(`^&(?:(lt|gt|amp|quot);|#([0-9]{1,8});?|#[xX]([0-9a-fA-F]{1,6});?)`)

// decodeRune is the next character, which may be written as an entity: the four
// names Telegram knows, or a number. Anything else keeps its ampersand.
func decodeRune(s string) (rune, int) {
	if s[0] != '&' {
		return utf8.DecodeRuneInString(s)
	}
	match := htmlEntity.FindStringSubmatch(s)
	if match == nil {
		return '&', 1
	}
	switch match[1] {
	case "lt":
		return '<', len(match[0])
	case "gt":
		return '>', len(match[0])
	case "amp":
		return '&', len(match[0])
	case "quot":
		return '"', len(match[0])
	}
	base, digits := 10, match[2]
	if digits == "" {
		base, digits = 16, match[3]
	}
	code, err := strconv.ParseInt(digits, base, 32)
	if err != nil || code == 0 || !utf8.ValidRune(rune(code)) {
		return '&', 1
	}
	return rune(code), len(match[0])
}

func (p *htmlParser) startTag() error {
	begin := p.pos
	p.pos++
	name := strings.ToLower(p.take(func(c byte) bool { return !space(c) && c != '>' }))
	if p.pos >= len(p.src) {
		return unparsable("Unclosed start tag at byte offset %d", begin)
	}
	if !supported(name) {
		return unparsable("Unsupported start tag \"%s\" at byte offset %d", name, begin)
	}
	attributes, err := p.attributes(name, begin)
	if err != nil {
		return err
	}
	entity, err := p.entityFor(name, attributes, begin)
	if err != nil {
		return err
	}
	entity.Offset = p.units
	p.open = append(p.open, htmlTag{name: name, entity: entity})
	return nil
}

// attributes reads up to and with the tag's '>'.
func (p *htmlParser) attributes(tag string, begin int) (map[string]string, error) {
	found := map[string]string{}
	unclosed := unparsable("Unclosed start tag \"%s\" at byte offset %d", tag, begin)
	for {
		p.take(space)
		if p.pos >= len(p.src) {
			return nil, unclosed
		}
		if p.src[p.pos] == '>' {
			p.pos++
			return found, nil
		}
		at := p.pos
		name := p.take(func(c byte) bool { return !space(c) && c != '=' && c != '>' })
		if name == "" {
			return nil, unparsable("Empty attribute name in the tag \"%s\" at byte offset %d", tag, at)
		}
		p.take(space)
		if p.pos >= len(p.src) || p.src[p.pos] != '=' {
			found[strings.ToLower(name)] = ""
			continue
		}
		p.pos++
		value, ok := p.value()
		if !ok {
			return nil, unclosed
		}
		found[strings.ToLower(name)] = value
	}
}

// value is an attribute's value, quoted or bare; false when it does not end.
func (p *htmlParser) value() (string, bool) {
	p.take(space)
	if p.pos >= len(p.src) {
		return "", false
	}
	quote := p.src[p.pos]
	if quote != '"' && quote != '\'' {
		value := p.take(func(c byte) bool { return !space(c) && c != '>' })
		return value, p.pos < len(p.src)
	}
	p.pos++
	raw := p.take(func(c byte) bool { return c != quote })
	if p.pos >= len(p.src) {
		return "", false
	}
	p.pos++
	var value strings.Builder
	for raw != "" {
		r, size := decodeRune(raw)
		value.WriteRune(r)
		raw = raw[size:]
	}
	return value.String(), true
}

// entityFor is what a start tag marks.
func (p *htmlParser) entityFor(tag string, attributes map[string]string, begin int) (Entity, error) {
	switch tag {
	case "a":
		return p.linkEntity(attributes["href"]), nil
	case "span":
		if attributes["class"] != "tg-spoiler" {
			return Entity{}, unparsable("Tag \"span\" must have class \"tg-spoiler\" at byte offset %d", begin)
		}
	case "tg-emoji":
		return Entity{Type: "custom_emoji", CustomEmojiID: attributes["emoji-id"]}, nil
	case "tg-time":
		at, _ := strconv.ParseInt(attributes["unix"], 10, 64)
		return Entity{Type: "date_time", UnixTime: at, DateTimeFormat: attributes["format"]}, nil
	case "blockquote":
		if _, expandable := attributes["expandable"]; expandable {
			return Entity{Type: "expandable_blockquote"}, nil
		}
	case "code":
		language, ok := strings.CutPrefix(attributes["class"], "language-")
		if n := len(p.open); ok && n > 0 && p.open[n-1].name == "pre" {
			p.open[n-1].entity.Language = language
			return Entity{}, nil
		}
	}
	return Entity{Type: tagType(tag)}, nil
}

// linkEntity is empty for a target Telegram would not link to.
func (p *htmlParser) linkEntity(href string) Entity {
	if id, isUser := strings.CutPrefix(href, "tg://user?id="); isUser {
		n, _ := strconv.ParseInt(id, 10, 64)
		if user, known := p.user(n); known {
			return Entity{Type: "text_mention", User: &user}
		}
		return Entity{}
	}
	if !linkable(href) {
		return Entity{}
	}
	return Entity{Type: "text_link", URL: href}
}

// linkable tells whether Telegram accepts a URL for a link or a button.
func linkable(target string) bool {
	u, err := url.Parse(target)
	if err != nil {
		return false
	}
	switch u.Scheme {
	case "http", "https":
		host := u.Hostname()
		return strings.Contains(host, ".") && !strings.ContainsAny(host, " _")
	case "tg", "ton", "tonsite", "mailto", "tel":
		return true
	}
	return false
}

func (p *htmlParser) endTag() error {
	begin := p.pos
	p.pos += len("</")
	if len(p.open) == 0 {
		return unparsable("Unexpected end tag at byte offset %d", begin)
	}
	name := strings.ToLower(p.take(func(c byte) bool { return !space(c) && c != '>' }))
	p.take(space)
	if p.pos >= len(p.src) || p.src[p.pos] != '>' {
		return unparsable("Unclosed end tag at byte offset %d", begin)
	}
	p.pos++
	tag := p.open[len(p.open)-1]
	if name != "" && name != tag.name {
		return unparsable("Unmatched end tag at byte offset %d, expected \"</%s>\", found \"</%s>\"", begin, tag.name, name)
	}
	p.open = p.open[:len(p.open)-1]
	tag.entity.Length = p.units - tag.entity.Offset
	if tag.entity.Type != "" && tag.entity.Length > 0 {
		p.entities = append(p.entities, tag.entity)
	}
	return nil
}

// take reads bytes while they please.
func (p *htmlParser) take(while func(byte) bool) string {
	start := p.pos
	for p.pos < len(p.src) && while(p.src[p.pos]) {
		p.pos++
	}
	return p.src[start:p.pos]
}

func space(c byte) bool { return c == ' ' || (c >= '\t' && c <= '\r') }

func supported(tag string) bool {
	return tagType(tag) != "" || slices.Contains([]string{"a", "tg-emoji", "tg-time"}, tag)
}

func tagType(tag string) string {
	switch tag {
	case "b", "strong":
		return "bold"
	case "i", "em":
		return "italic"
	case "u", "ins":
		return "underline"
	case "s", "strike", "del":
		return "strikethrough"
	case "tg-spoiler", "span":
		return "spoiler"
	case "code":
		return "code"
	case "pre":
		return "pre"
	case "blockquote":
		return "blockquote"
	}
	return ""
}
