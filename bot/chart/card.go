package chart

import (
	"fmt"
	"image/color"
	"math"
	"strconv"

	"shopwarden/rules"
)

// The measures of a card.
const (
	maxTiles   = 4
	maxSpark   = 92 // a quarter
	gap        = 18.0
	padding    = 26.0
	tileWidth  = (inner - gap) / 2
	tileRoom   = tileWidth - 2*padding
	noteIndent = 36.0 // the sign before a note
	noteLine   = 32.0
	sparkTall  = 46.0
	totalTall  = 226.0
)

// cardPlan is a card whose words fit and whose heights are known.
type cardPlan struct {
	head   heading
	foot   string
	total  tile
	tiles  []tile
	notes  int // lines of notes below each score
	sparks bool
}

// tile is one score with words that fit.
type tile struct {
	CardScore
	name  string
	notes []string
}

func (l letters) card(th theme, in Card) (*canvas, error) {
	plan, err := l.planCard(in)
	if err != nil {
		return nil, err
	}
	top, tall := plan.head.height(), plan.tileHeight()
	rows := float64((len(plan.tiles) + 1) / 2)
	bottom := top + totalTall + rows*(gap+tall)
	c, err := newCanvas(l, th, bottom+footHeight(plan.foot))
	if err != nil {
		return nil, err
	}
	c.head(plan.head)
	c.total(top, plan.total)
	for i, t := range plan.tiles {
		x := margin + float64(i%2)*(tileWidth+gap)
		y := top + totalTall + gap + float64(i/2)*(gap+tall)
		c.principle(x, y, tall, plan, t)
	}
	c.foot(bottom, plan.foot)
	return c, nil
}

func (l letters) planCard(in Card) (cardPlan, error) {
	var p cardPlan
	if len(in.Principles) > maxTiles {
		return p, fmt.Errorf("%d principles are more than %d", len(in.Principles), maxTiles)
	}
	for i, s := range append([]CardScore{in.Total}, in.Principles...) {
		if err := checkScore(s); err != nil {
			return p, fmt.Errorf("score %d: %w", i, err)
		}
	}
	p.head = l.heading(in.Title, in.Subtitle)
	p.foot = l.fit(in.Foot, small, inner)
	p.total = l.tile(in.Total, totalTextRoom, normal)
	for _, s := range in.Principles {
		t := l.tile(s, tileRoom, small)
		p.tiles = append(p.tiles, t)
		p.notes = max(p.notes, len(t.notes))
		p.sparks = p.sparks || known(s.Spark)
	}
	return p, nil
}

// checkScore refuses what is no score of 0…100.
func checkScore(s CardScore) error {
	if len(s.Spark) > maxSpark {
		return fmt.Errorf("%d days are more than %d", len(s.Spark), maxSpark)
	}
	if err := within(s.Score, 0, 100); err != nil {
		return err
	}
	if err := within(s.Delta, -100, 100); err != nil {
		return fmt.Errorf("the change: %w", err)
	}
	for i, v := range s.Spark {
		if err := within(v, 0, 100); err != nil {
			return fmt.Errorf("day %d: %w", i, err)
		}
	}
	if s.Grade < 0 || s.Grade > rules.Unknown {
		return fmt.Errorf("no grade %d", int(s.Grade))
	}
	return nil
}

// within says whether v, if it is known, is a number from lo to hi.
func within(v *float64, lo, hi float64) error {
	if v != nil && !(*v >= lo && *v <= hi) { // NaN is not
		return fmt.Errorf("%v is not from %v to %v", *v, lo, hi)
	}
	return nil
}

func known(values []*float64) bool {
	for _, v := range values {
		if v != nil {
			return true
		}
	}
	return false
}

func (l letters) tile(s CardScore, room, size float64) tile {
	return tile{s, l.fit(s.Name, normal, room), l.wrap(s.Note, size, room-noteIndent, 2)}
}

func (p cardPlan) tileHeight() float64 {
	h := 130 + float64(p.notes)*noteLine + 14
	if p.sparks {
		h += sparkTall + 16
	}
	return h
}

const totalTextRoom = 400.0

// total draws the total across the whole width: words and number at the left, the last days at the right.
func (c *canvas) total(y float64, t tile) {
	col := c.th.grade(t.CardScore)
	c.round(margin, y, 60, totalTall, 20, col)
	c.round(margin+10, y, inner-10, totalTall, 20, c.th.tile)
	x := margin + padding + 8
	c.text(x, y+48, t.name, face{normal, c.th.text, false})
	end := c.score(x, y+144, t.CardScore, 104)
	c.delta(end+22, y+144, t.CardScore, 30)
	base := y + 194
	if len(t.notes) > 1 {
		base -= 12
	}
	c.note(x, base, t, normal, 30)
	if known(t.Spark) {
		c.spark(Width-margin-padding-230, y+40, 230, totalTall-80, t.Spark, col)
	}
}

// principle draws one tile: name, score and change, note, last days.
func (c *canvas) principle(x, y, tall float64, p cardPlan, t tile) {
	col := c.th.grade(t.CardScore)
	c.round(x, y, tileWidth, tall, 16, c.th.tile)
	left := x + padding
	c.text(left, y+42, t.name, face{normal, c.th.text, false})
	end := c.score(left, y+106, t.CardScore, 58)
	c.delta(end+16, y+106, t.CardScore, normal)
	c.note(left, y+146, t, small, noteLine)
	if known(t.Spark) {
		c.spark(left, y+tall-22-sparkTall, tileRoom, sparkTall, t.Spark, col)
	}
}

// score draws the number, or a dash where there is none, and returns where it ends.
func (c *canvas) score(x, y float64, s CardScore, size float64) float64 {
	if s.Score == nil {
		c.round(x, y-size*0.4, size*0.55, size*0.09, size*0.045, c.th.unknown)
		return x + size*0.55
	}
	text := scoreText(*s.Score)
	c.text(x, y, text, face{size, c.th.grade(s), true})
	return x + c.width(text, size)
}

// scoreText has at most one decimal and is rounded down, as in the text, so that no score looks like the grade above it.
func scoreText(v float64) string { return tenths(math.Floor(v*10 + 1e-9)) }

func tenths(v float64) string { return strconv.FormatFloat(v/10, 'f', -1, 64) }

// delta draws how a known score has changed: an arrow and the number.
func (c *canvas) delta(x, y float64, s CardScore, size float64) {
	if s.Delta == nil || s.Score == nil {
		return
	}
	by := math.Round(*s.Delta * 10)
	arm, top := size*0.36, y-size*0.68
	switch {
	case by > 0:
		c.polygon(c.th.excellent, x, y-size*0.06, x+2*arm, y-size*0.06, x+arm, top)
		c.text(x+2*arm+8, y, "+"+tenths(by), face{size, c.th.excellent, false})
	case by < 0:
		c.polygon(c.th.poor, x, top, x+2*arm, top, x+arm, y-size*0.06)
		c.text(x+2*arm+8, y, "−"+tenths(-by), face{size, c.th.poor, false})
	default:
		c.text(x, y, "±0", face{size, c.th.muted, false})
	}
}

// note draws the sign of the grade and the words.
func (c *canvas) note(x, y float64, t tile, size, line float64) {
	if len(t.notes) == 0 {
		return
	}
	col := c.th.grade(t.CardScore)
	c.sign(x+13, y-size*0.36, 13, t.CardScore, col, c.th.tile)
	for i, s := range t.notes {
		c.text(x+noteIndent, y+float64(i)*line, s, face{size, col, false})
	}
}

// sign draws the shape of a grade: a full disc with a tick, a ring with a tick, a triangle, a diamond with a cross, and a ring
// with a dash for what is not known.
func (c *canvas) sign(x, y, r float64, s CardScore, col, back color.RGBA) {
	grade := s.Grade
	if s.Score == nil {
		grade = rules.Unknown
	}
	switch grade {
	case rules.Excellent:
		c.disc(x, y, r, col)
		c.tick(x, y, r, back)
	case rules.Good:
		c.ring(x, y, r, 2.5, col, back)
		c.tick(x, y, r*0.85, col)
	case rules.Pass:
		c.polygon(col, x, y-r, x+r*1.1, y+r*0.85, x-r*1.1, y+r*0.85)
		c.rect(math.Round(x)-1, y-r*0.35, 3, r*0.6, back)
		c.rect(math.Round(x)-1, y+r*0.42, 3, 3, back)
	case rules.Poor:
		c.polygon(col, x, y-r*1.15, x+r*1.15, y, x, y+r*1.15, x-r*1.15, y)
		c.cross(x, y, r*0.36, back)
	default:
		c.ring(x, y, r, 2.5, col, back)
		c.line(col, 2.5, nil, x-r*0.45, y, x+r*0.45, y)
	}
}

func (c *canvas) tick(x, y, r float64, col color.RGBA) {
	c.line(col, r/4.5, nil, x-r*0.5, y+r*0.02, x-r*0.12, y+r*0.42, x+r*0.52, y-r*0.38)
}

func (c *canvas) cross(x, y, arm float64, col color.RGBA) {
	c.line(col, 3, nil, x-arm, y-arm, x+arm, y+arm)
	c.line(col, 3, nil, x-arm, y+arm, x+arm, y-arm)
}

// spark draws the last days on a scale of 0…100 above its zero line.
func (c *canvas) spark(x, y, w, h float64, values []*float64, col color.RGBA) {
	s := scale{x: x + 5, y: y, w: w - 10, h: h, days: len(values), max: 100}
	c.rect(x, y+h, w, 2, c.th.muted)
	c.segments(s, values, stroke{col: col, width: 3.5, dot: 4})
	if last := len(values) - 1; values[last] != nil {
		c.disc(s.at(last), s.of(*values[last]), 6, col)
	}
}

// footHeight is the room of the last line, with the margin below.
func footHeight(foot string) float64 {
	if foot == "" {
		return 32
	}
	return 70
}

func (c *canvas) foot(y float64, s string) {
	c.text(margin, y+40, s, face{small, c.th.muted, false})
}
