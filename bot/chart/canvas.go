package chart

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"

	"github.com/go-analyze/charts/chartdraw/drawing"
	"github.com/golang/freetype/raster"
)

// Width is how wide every picture is, in pixels: two for each point of a phone, which shows it about 400 points wide.
const Width = 800

// maxHeight keeps a picture at most 3:4 tall, so that a phone shows the whole of it.
const maxHeight = Width * 4 / 3

const margin = 40.0 // free space at the left and the right

// canvas is one picture while it is drawn. Lengths are pixels, y grows downwards. It is for one goroutine.
type canvas struct {
	letters
	th  theme
	ink *ink
	gc  *drawing.RasterGraphicContext
}

func newCanvas(l letters, th theme, height float64) (*canvas, error) {
	h := int(math.Ceil(height))
	if h < 1 || h > maxHeight {
		return nil, fmt.Errorf("a picture of %d pixels is taller than %d", h, maxHeight)
	}
	in := newInk(Width, h, th.back)
	gc := drawing.NewRasterGraphicContextWithPainter(in.img, in)
	gc.SetFont(l.font)
	gc.SetDPI(72) // so that a size in points is one in pixels
	gc.SetFillRule(drawing.FillRuleWinding)
	return &canvas{letters: l, th: th, ink: in, gc: gc}, nil
}

// png returns the finished picture. The fastest level costs a few kilobytes more and saves half of the time.
func (c *canvas) png(pool png.EncoderBufferPool) ([]byte, error) {
	var out bytes.Buffer
	out.Grow(32 << 10)
	enc := png.Encoder{CompressionLevel: png.BestSpeed, BufferPool: pool}
	c.ink.img.Palette = c.ink.palette
	if err := enc.Encode(&out, c.ink.img); err != nil {
		return nil, fmt.Errorf("encode a picture: %w", err)
	}
	return out.Bytes(), nil
}

// rect fills whole pixels.
func (c *canvas) rect(x, y, w, h float64, col color.RGBA) {
	c.ink.SetColor(col)
	c.ink.fill(image.Rect(int(math.Round(x)), int(math.Round(y)), int(math.Round(x+w)), int(math.Round(y+h))))
}

// round fills a rectangle with round corners.
func (c *canvas) round(x, y, w, h, r float64, col color.RGBA) {
	r = min(r, w/2, h/2)
	if r <= 0 {
		return
	}
	c.gc.MoveTo(x+r, y)
	c.gc.LineTo(x+w-r, y)
	c.gc.ArcTo(x+w-r, y+r, r, r, -math.Pi/2, math.Pi/2)
	c.gc.LineTo(x+w, y+h-r)
	c.gc.ArcTo(x+w-r, y+h-r, r, r, 0, math.Pi/2)
	c.gc.LineTo(x+r, y+h)
	c.gc.ArcTo(x+r, y+h-r, r, r, math.Pi/2, math.Pi/2)
	c.gc.LineTo(x, y+r)
	c.gc.ArcTo(x+r, y+r, r, r, math.Pi, math.Pi/2)
	c.fill(col)
}

func (c *canvas) disc(x, y, r float64, col color.RGBA) {
	c.gc.MoveTo(x+r, y)
	c.gc.ArcTo(x, y, r, r, 0, 2*math.Pi)
	c.fill(col)
}

// ring is a disc with a hole of another colour.
func (c *canvas) ring(x, y, r, width float64, col, hole color.RGBA) {
	c.disc(x, y, r, col)
	c.disc(x, y, r-width, hole)
}

// polygon fills the shape between x, y pairs.
func (c *canvas) polygon(col color.RGBA, xy ...float64) {
	c.path(xy)
	c.gc.Close()
	c.fill(col)
}

// line strokes through x, y pairs; dash is empty for a solid line.
func (c *canvas) line(col color.RGBA, width float64, dash []float64, xy ...float64) {
	c.path(xy)
	c.gc.SetStrokeColor(col)
	c.gc.SetLineWidth(width)
	c.gc.SetLineDash(dash, 0)
	c.gc.Stroke()
}

func (c *canvas) path(xy []float64) {
	c.gc.MoveTo(xy[0], xy[1])
	for i := 2; i+1 < len(xy); i += 2 {
		c.gc.LineTo(xy[i], xy[i+1])
	}
}

func (c *canvas) fill(col color.RGBA) {
	c.gc.SetFillColor(col)
	c.gc.Fill()
}

// steps is how many shades an edge has. Eight look smooth on a phone, and keep a picture within one palette.
const steps = 8

// ink paints spans into a picture whose palette grows as colours meet: the drawing library knows only true colour, which makes a
// file three times as large and as slow to pack. When the palette is full, the nearest colour stands in.
type ink struct {
	img     *image.Paletted
	palette color.Palette
	index   map[color.RGBA]uint8
	mixes   map[color.RGBA]*mix
	now     color.RGBA
	solid   uint8
	mix     *mix
}

// mix is, for one colour, by step and by what is below, the index of the shade plus 1; 0 = not met yet.
type mix [steps][256]uint16

func newInk(w, h int, back color.RGBA) *ink {
	in := &ink{
		img:   image.NewPaletted(image.Rect(0, 0, w, h), nil), // every pixel is 0, the background
		index: map[color.RGBA]uint8{}, mixes: map[color.RGBA]*mix{},
	}
	in.shade(back)
	return in
}

// SetColor chooses what Paint paints with. An opaque color.RGBA is expected.
func (in *ink) SetColor(col color.Color) {
	rgba, ok := col.(color.RGBA)
	if !ok {
		rgba = color.RGBAModel.Convert(col).(color.RGBA)
	}
	if in.mix != nil && rgba == in.now {
		return
	}
	in.now, in.solid = rgba, in.shade(rgba)
	if in.mixes[rgba] == nil {
		in.mixes[rgba] = new(mix)
	}
	in.mix = in.mixes[rgba]
}

// Paint implements raster.Painter.
func (in *ink) Paint(spans []raster.Span, _ bool) {
	bounds := in.img.Rect
	for _, s := range spans {
		x0, x1 := max(s.X0, 0), min(s.X1, bounds.Max.X)
		if s.Y < 0 || s.Y >= bounds.Max.Y || x0 >= x1 {
			continue
		}
		row := in.img.Pix[s.Y*in.img.Stride+x0 : s.Y*in.img.Stride+x1]
		in.paint(row, int((s.Alpha*steps+0x7fff)/0xffff))
	}
}

func (in *ink) paint(row []uint8, step int) {
	if step <= 0 {
		return
	}
	for i, below := range row {
		if step >= steps {
			row[i] = in.solid
			continue
		}
		known := &in.mix[step][below]
		if *known == 0 {
			*known = uint16(in.shade(blend(in.palette[below].(color.RGBA), in.now, step))) + 1
		}
		row[i] = uint8(*known - 1)
	}
}

func (in *ink) fill(r image.Rectangle) {
	r = r.Intersect(in.img.Rect)
	for y := r.Min.Y; y < r.Max.Y; y++ {
		in.paint(in.img.Pix[y*in.img.Stride+r.Min.X:y*in.img.Stride+r.Max.X], steps)
	}
}

// shade returns the index of a colour, which it adds while there is room.
func (in *ink) shade(col color.RGBA) uint8 {
	if i, ok := in.index[col]; ok {
		return i
	}
	if len(in.palette) == 256 {
		return uint8(in.palette.Index(col))
	}
	i := uint8(len(in.palette))
	in.palette = append(in.palette, col)
	in.index[col] = i
	return i
}

// blend lays step eighths of over on below.
func blend(below, over color.RGBA, step int) color.RGBA {
	part := func(b, o uint8) uint8 { return uint8((int(b)*(steps-step) + int(o)*step + steps/2) / steps) }
	return color.RGBA{part(below.R, over.R), part(below.G, over.G), part(below.B, over.B), 255}
}
