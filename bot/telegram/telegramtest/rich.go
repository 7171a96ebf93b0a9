package telegramtest

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// The limits of a rich message: characters, blocks, levels, columns of a table.
const (
	maxRich        = 32768
	maxRichBlocks  = 500
	maxRichLevels  = 16
	maxRichColumns = 20
)

// RichNode is a part of a rich message: a text, or an element with what is in it.
type RichNode struct {
	Tag   string            `json:"tag,omitempty"`  // in lower case; "" is a text
	Text  string            `json:"text,omitempty"` // of a text
	Attrs map[string]string `json:"attrs,omitempty"`
	Nodes []RichNode        `json:"nodes,omitempty"`
}

// richTags says what the tags of a rich message are: blocks, which stand on lines
// of their own, parts of a block, or marks within a line. Those of media, maps,
// formulas and custom emoji are not among them.
func richTags() map[string]string {
	tags := map[string]string{}
	for kind, names := range map[string]string{
		"block": "h1 h2 h3 h4 h5 h6 p pre footer hr ul ol li blockquote aside table caption tr details summary",
		"cell":  "th td",
		"mark":  "a b strong i em u ins s strike del code mark sub sup tg-spoiler tg-time cite br input",
	} {
		for name := range strings.FieldsSeq(names) {
			tags[name] = kind
		}
	}
	return tags
}

// empty tells whether a tag never has an end.
func empty(tag string) bool { return tag == "hr" || tag == "br" || tag == "input" }

func (s *Server) sendRichMessage(r *request) (any, error) {
	c, m, err := s.open(r)
	if err != nil {
		return nil, err
	}
	if err := c.takes("text"); err != nil {
		return nil, err
	}
	var rich struct{ HTML, Markdown string }
	if err := r.object("rich_message", &rich); err != nil {
		return nil, err
	}
	if rich.HTML == "" {
		return nil, badRequest("rich message html is empty")
	}
	if m.Rich, err = parseRich(rich.HTML); err != nil {
		return nil, err
	}
	m.Text = richText(m.Rich)
	if m.Text == "" {
		return nil, badRequest("message text is empty")
	}
	return s.send(c, m)
}

// richParser reads the HTML of a rich message into a tree.
type richParser struct {
	htmlParser // for its reading of names, attributes and entities
	tags       map[string]string
	stack      []RichNode // the first is the message
	chars      int
	blocks     int
}

// parseRich is the tree of a rich message, or why Telegram would refuse it.
func parseRich(src string) ([]RichNode, error) {
	p := &richParser{htmlParser: htmlParser{src: src}, tags: richTags(), stack: []RichNode{{}}}
	for p.pos < len(p.src) {
		var err error
		switch rest := p.src[p.pos:]; {
		case strings.HasPrefix(rest, "</"):
			err = p.close()
		case rest[0] == '<':
			err = p.begin()
		default:
			p.words()
		}
		if err == nil {
			err = p.tooMuch()
		}
		if err != nil {
			return nil, err
		}
	}
	if n := len(p.stack); n > 1 {
		return nil, unparsable("Can't find end tag corresponding to start tag %q", p.stack[n-1].Tag)
	}
	return p.stack[0].Nodes, nil
}

func (p *richParser) tooMuch() error {
	switch {
	case p.chars > maxRich:
		return badRequest("message is too long")
	case p.blocks > maxRichBlocks:
		return badRequest("RICH_MESSAGE_BLOCKS_TOO_MUCH")
	case len(p.stack) > maxRichLevels+1:
		return badRequest("RICH_MESSAGE_DEPTH_TOO_MUCH")
	}
	return nil
}

// words takes text up to the next tag.
func (p *richParser) words() {
	var text strings.Builder
	for p.pos < len(p.src) && p.src[p.pos] != '<' {
		r, size := decodeRune(p.src[p.pos:])
		p.pos += size
		text.WriteRune(r)
	}
	p.chars += utf8.RuneCountInString(text.String())
	p.put(RichNode{Text: text.String()})
}

// put adds a node to what is open.
func (p *richParser) put(n RichNode) {
	top := &p.stack[len(p.stack)-1]
	top.Nodes = append(top.Nodes, n)
}

func (p *richParser) begin() error {
	at := p.pos
	p.pos++
	name := strings.ToLower(p.take(func(c byte) bool { return !space(c) && c != '>' && c != '/' }))
	kind := p.tags[name]
	if kind == "" {
		return unparsable("Unsupported start tag %q at byte offset %d", name, at)
	}
	attrs, err := p.attributes(name, at)
	if err != nil {
		return err
	}
	_, closed := attrs["/"]
	delete(attrs, "/")
	if kind == "block" {
		p.blocks++
	}
	if parent := p.stack[len(p.stack)-1].Tag; !fits(name, parent) {
		return unparsable("Tag %q must not be in %q at byte offset %d", name, parent, at)
	}
	n := RichNode{Tag: name, Attrs: attrs}
	if empty(name) || closed {
		p.put(n)
		return nil
	}
	p.stack = append(p.stack, n)
	return nil
}

// fits tells whether a tag may stand in another; "" is the message itself.
func fits(tag, parent string) bool {
	switch tag {
	case "tr", "caption":
		return parent == "table"
	case "td", "th":
		return parent == "tr"
	case "li":
		return parent == "ul" || parent == "ol"
	case "summary":
		return parent == "details"
	}
	return parent != "table" && parent != "tr" && parent != "ul" && parent != "ol"
}

func (p *richParser) close() error {
	at := p.pos
	p.pos += len("</")
	name := strings.ToLower(strings.TrimSpace(p.take(func(c byte) bool { return c != '>' })))
	if p.pos >= len(p.src) {
		return unparsable("Unclosed end tag at byte offset %d", at)
	}
	p.pos++
	last := len(p.stack) - 1
	n := p.stack[last]
	if last == 0 || n.Tag != name {
		return unparsable("Unmatched end tag at byte offset %d, expected \"</%s>\", found \"</%s>\"", at, n.Tag, name)
	}
	if name == "tr" && len(n.Nodes) > maxRichColumns {
		return badRequest("RICH_MESSAGE_COLUMNS_TOO_MUCH")
	}
	p.stack = p.stack[:last]
	p.put(n)
	return nil
}

// richText is what one reads in a rich message, a line for each block and row.
func richText(nodes []RichNode) string {
	var out strings.Builder
	writeRich(&out, nodes, richTags())
	var lines []string
	for line := range strings.SplitSeq(out.String(), "\n") {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

func writeRich(out *strings.Builder, nodes []RichNode, tags map[string]string) {
	for _, n := range nodes {
		switch {
		case n.Tag == "":
			out.WriteString(n.Text)
		case n.Tag == "br":
			out.WriteByte('\n')
		case tags[n.Tag] == "block":
			out.WriteByte('\n')
			writeRich(out, n.Nodes, tags)
			out.WriteByte('\n')
		case tags[n.Tag] == "cell":
			writeRich(out, n.Nodes, tags)
			out.WriteString(" · ")
		default:
			writeRich(out, n.Nodes, tags)
		}
	}
}

// String is the node as HTML would write it, for the message of a failed test.
func (n RichNode) String() string {
	if n.Tag == "" {
		return n.Text
	}
	return fmt.Sprintf("<%s>%v</%s>", n.Tag, n.Nodes, n.Tag)
}
