package chart

import (
	"embed"
	"errors"
	"fmt"
	"image/png"
	"sync"

	"github.com/golang/freetype/truetype"
)

//go:embed font/wqy-microhei.ttf
var fontFile embed.FS

// Painter draws pictures. It may be used concurrently.
type Painter struct {
	letters letters
	buffers buffers
}

// buffers keeps what packing a picture needs, about 1 MB, for the next one.
type buffers struct{ pool sync.Pool }

// Get and Put implement png.EncoderBufferPool.
func (b *buffers) Get() *png.EncoderBuffer {
	kept, _ := b.pool.Get().(*png.EncoderBuffer)
	return kept
}

// Put gives back what Get returned.
func (b *buffers) Put(kept *png.EncoderBuffer) { b.pool.Put(kept) }

// New loads the font, which takes a few milliseconds and 4 MB: one Painter is enough for a program.
func New() (*Painter, error) {
	data, err := fontFile.ReadFile("font/wqy-microhei.ttf")
	if err != nil {
		return nil, fmt.Errorf("read the font: %w", err)
	}
	font, err := truetype.Parse(data)
	if err != nil {
		return nil, fmt.Errorf("load the font: %w", err)
	}
	return &Painter{letters: letters{font}}, nil
}

// Draw returns p as an opaque PNG, [Width] pixels wide and at most a third taller, below 60 kB. The same Picture becomes the same
// bytes. Words are cleaned of what the font cannot show and shortened to their room. An error says what cannot be drawn: a value
// that is no number or off its axis, lists that do not match, more than fits.
func (p *Painter) Draw(pic Picture) ([]byte, error) {
	th := lightTheme()
	switch pic.Theme {
	case Light:
	case Dark:
		th = darkTheme()
	default:
		return nil, fmt.Errorf("draw a picture: no theme %q", pic.Theme)
	}
	kind, draw, err := p.letters.choose(pic)
	if err != nil {
		return nil, fmt.Errorf("draw a picture: %w", err)
	}
	c, err := draw(th)
	if err != nil {
		return nil, fmt.Errorf("draw a %s: %w", kind, err)
	}
	return c.png(&p.buffers)
}

// choose returns how to draw what the picture holds.
func (l letters) choose(pic Picture) (kind string, draw func(theme) (*canvas, error), err error) {
	n := 0
	if pic.Card != nil {
		n, kind, draw = n+1, "card", func(th theme) (*canvas, error) { return l.card(th, *pic.Card) }
	}
	if pic.Trend != nil {
		n, kind, draw = n+1, "trend", func(th theme) (*canvas, error) { return l.trend(th, *pic.Trend) }
	}
	if pic.Heat != nil {
		n, kind, draw = n+1, "heat map", func(th theme) (*canvas, error) { return l.heat(th, *pic.Heat) }
	}
	if pic.Ladder != nil {
		n, kind, draw = n+1, "ladder", func(th theme) (*canvas, error) { return l.ladder(th, *pic.Ladder) }
	}
	if n != 1 {
		return "", nil, errors.New("exactly one of card, trend, heat and ladder must be set")
	}
	return kind, draw, nil
}

// inner is the width between the margins.
const inner = Width - 2*margin

// heading is the title and the subtitle, which fit; a long title is smaller before it is shortened.
type heading struct {
	title, sub string
	size       float64
}

func (l letters) heading(title, sub string) heading {
	h := heading{title: l.clean(title), sub: l.fit(sub, normal, inner), size: large}
	if l.width(h.title, large) > inner {
		h.size = smallTitle
	}
	h.title = l.shorten(h.title, h.size, inner)
	return h
}

// height is the room of the heading, with the margin above.
func (h heading) height() float64 {
	if h.sub == "" {
		return 96
	}
	return 136
}

func (c *canvas) head(h heading) {
	c.text(margin, 66, h.title, face{h.size, c.th.text, true})
	c.text(margin, 108, h.sub, face{normal, c.th.muted, false})
}
