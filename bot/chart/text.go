package chart

import (
	"image/color"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/golang/freetype/truetype"
)

// The sizes of texts, in pixels. Nothing is smaller than small: half of it is left on a phone.
const (
	small      = 22.0
	normal     = 26.0
	smallTitle = 31.0
	large      = 38.0
)

// maxRunes is more than any line shows.
const maxRunes = 300

// letters measures and prepares texts. It may be used concurrently.
type letters struct{ font *truetype.Font }

// clean returns what of s can be drawn: no control characters, no marks that change the direction or sit on another letter, no
// emoji and nothing else that the font lacks. What separates words becomes one space.
func (l letters) clean(s string) string {
	var b strings.Builder
	n, space, prev := 0, false, ' '
	for i, r := range s {
		if unicode.IsSpace(r) {
			space, prev = n > 0, ' '
			continue
		}
		if !l.has(r) {
			continue
		}
		if q, ok := straight(r); ok && !wide(prev) && !wideFirst(s[i+utf8.RuneLen(r):]) {
			r = q
		}
		prev = r
		if space {
			b.WriteByte(' ')
			space = false
			n++
		}
		b.WriteRune(r)
		n++
		if n >= maxRunes {
			break
		}
	}
	return b.String()
}

// straight returns the plain form of a curved quote, which the font draws as wide as a Chinese letter.
func straight(r rune) (rune, bool) {
	switch r {
	case '‘', '’':
		return '\'', true
	case '“', '”':
		return '"', true
	}
	return r, false
}

func wideFirst(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return s != "" && wide(r)
}

func (l letters) has(r rune) bool {
	return !unicode.In(r, unicode.C, unicode.Mn, unicode.Me, unicode.Other_Default_Ignorable_Code_Point) &&
		r != unicode.ReplacementChar && l.font.Index(r) != 0
}

// width is how far s reaches at a size.
func (l letters) width(s string, size float64) float64 {
	sum := 0.0
	for _, r := range s {
		sum += l.advance(r, size)
	}
	return sum
}

func (l letters) advance(r rune, size float64) float64 {
	const em = 1 << 16 // in 64ths of a pixel
	return float64(l.font.HMetric(em, l.font.Index(r)).AdvanceWidth) / em * size
}

const ellipsis = "…"

// fit returns s cleaned, and shortened with … when it is wider than room.
func (l letters) fit(s string, size, room float64) string { return l.shorten(l.clean(s), size, room) }

func (l letters) shorten(s string, size, room float64) string {
	if l.width(s, size) <= room {
		return s
	}
	room -= l.width(ellipsis, size)
	end := 0
	sum := 0.0
	for i, r := range s {
		sum += l.advance(r, size)
		if sum > room {
			break
		}
		end = i + len(string(r))
	}
	if room < 0 {
		return ""
	}
	return strings.TrimRight(s[:end], " ") + ellipsis
}

// wrap returns s cleaned and broken into at most lines parts that fit room; the last one is shortened.
func (l letters) wrap(s string, size, room float64, lines int) []string {
	rest := l.clean(s)
	var out []string
	for rest != "" {
		cut := l.breakAt(rest, size, room)
		if len(out) == lines-1 || cut == 0 {
			cut = len(rest)
		}
		out = append(out, l.shorten(strings.TrimSpace(rest[:cut]), size, room))
		rest = strings.TrimSpace(rest[cut:])
	}
	return out
}

// breakAt returns how many bytes of s fit room, to the last place where a line may end.
func (l letters) breakAt(s string, size, room float64) int {
	sum, last, prev := 0.0, 0, rune(0)
	for i, r := range s {
		if prev == ' ' || (wide(prev) || wide(r)) && prev != 0 && r != ' ' && !closing(r) && !opening(prev) {
			last = i
		}
		sum += l.advance(r, size)
		if r != ' ' && sum > room {
			if last == 0 {
				return i // one long word: anywhere
			}
			return last
		}
		prev = r
	}
	return len(s)
}

// wide says whether a line may break beside r as in Chinese.
func wide(r rune) bool { return r >= 0x2e80 }

// closing and opening are what no line begins or ends with.
func closing(r rune) bool {
	return strings.ContainsRune("，。、；：！？）》」』】…％%,.;:!?)]", r)
}
func opening(r rune) bool { return strings.ContainsRune("（《「『【([", r) }

// face is how a text looks.
type face struct {
	size float64
	col  color.RGBA
	bold bool
}

// text draws s, which fits and is clean, with its left end at x and its baseline at y. Letter by letter: the library looks for
// every edge among all edges of its row.
func (c *canvas) text(x, y float64, s string, f face) {
	c.gc.SetFontSize(f.size)
	c.gc.SetFillColor(f.col)
	c.gc.SetStrokeColor(f.col)
	c.gc.SetLineWidth(f.size / 26) // the font has one weight
	c.gc.SetLineDash(nil, 0)
	for i, r := range s {
		// The one error is a broken glyph, of which the embedded font has none: a test loads them all.
		wide, _ := c.gc.CreateStringPath(s[i:i+utf8.RuneLen(r)], x, y)
		x += wide
		if f.bold {
			c.gc.FillStroke()
		} else {
			c.gc.Fill()
		}
	}
}

// right draws s so that it ends at x, and middle so that its centre is there.
func (c *canvas) right(x, y float64, s string, f face)  { c.text(x-c.width(s, f.size), y, s, f) }
func (c *canvas) middle(x, y float64, s string, f face) { c.text(x-c.width(s, f.size)/2, y, s, f) }
