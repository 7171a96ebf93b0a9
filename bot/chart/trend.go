package chart

import (
	"fmt"
	"image/color"
	"math"
	"strconv"
)

// The limits and measures of a trend.
const (
	maxLines  = 5
	maxDays   = 370 // a year
	plotTall  = 400.0
	legendRow = 38.0
	endRoom   = 84.0 // for the last value, right of the plot
	manyDays  = 14   // up to here every day has its mark
)

// scale maps days and values to pixels; a value of 0 is at the bottom.
type scale struct {
	x, y, w, h float64
	days       int
	max        float64
}

// at returns the x of a day; a single day is in the middle.
func (s scale) at(day int) float64 {
	if s.days < 2 {
		return s.x + s.w/2
	}
	return s.x + s.w*float64(day)/float64(s.days-1)
}

// of returns the y of a value.
func (s scale) of(v float64) float64 { return s.y + s.h - s.h*v/s.max }

// trendPlan is a trend whose words fit.
type trendPlan struct {
	Trend
	head   heading
	legend []legendEntry
	rows   int // of the legend
	ticks  []float64
	labels []label
	scale  scale
}

// legendEntry is one name of the legend and where it stands; line is -1 for the goal.
type legendEntry struct {
	line int
	name string
	x    float64
	row  int
}

// label is the name of a day and where it begins.
type label struct {
	x    float64
	name string
}

func (l letters) trend(th theme, in Trend) (*canvas, error) {
	p, err := l.planTrend(in)
	if err != nil {
		return nil, err
	}
	c, err := newCanvas(l, th, p.scale.y+p.scale.h+70)
	if err != nil {
		return nil, err
	}
	c.head(p.head)
	c.legend(p.head.height(), p)
	c.axes(p)
	for i := len(p.Lines) - 1; i >= 0; i-- { // the main line on top
		c.segments(p.scale, p.Lines[i].Values, c.stroke(i, len(p.Days)))
	}
	c.last(p)
	return c, nil
}

func (l letters) planTrend(in Trend) (trendPlan, error) {
	if in.Max == 0 {
		in.Max = 100
	}
	p := trendPlan{Trend: in}
	if err := checkTrend(in); err != nil {
		return p, err
	}
	p.head = l.heading(in.Title, in.Subtitle)
	p.legend, p.rows = l.planLegend(in)
	p.ticks = ticks(in.Max)
	axis := 0.0
	for _, t := range p.ticks {
		axis = max(axis, l.width(plain(t), small))
	}
	x := margin + math.Ceil(axis) + 16
	y := p.head.height() + float64(p.rows)*legendRow + 16
	p.scale = scale{x: x, y: y, w: Width - margin - x - endRoom, h: plotTall, days: len(in.Days), max: in.Max}
	p.labels = l.labels(in.Days, p.scale)
	return p, nil
}

func checkTrend(in Trend) error {
	switch {
	case len(in.Days) == 0 || len(in.Days) > maxDays:
		return fmt.Errorf("%d days are not from 1 to %d", len(in.Days), maxDays)
	case len(in.Lines) == 0 || len(in.Lines) > maxLines:
		return fmt.Errorf("%d lines are not from 1 to %d", len(in.Lines), maxLines)
	case !(in.Max >= 0.01 && in.Max <= 1e6):
		return fmt.Errorf("%v is no top of an axis", in.Max)
	}
	if err := within(in.Goal, 0, in.Max); err != nil {
		return fmt.Errorf("the goal: %w", err)
	}
	for i, line := range in.Lines {
		if len(line.Values) != len(in.Days) {
			return fmt.Errorf("line %d has %d values for %d days", i, len(line.Values), len(in.Days))
		}
		for day, v := range line.Values {
			if err := within(v, 0, in.Max); err != nil {
				return fmt.Errorf("line %d, day %d: %w", i, day, err)
			}
		}
	}
	return nil
}

// ticks returns 0 and up to five round values above it, the last of them at or near the top.
func ticks(top float64) []float64 {
	step := math.Pow(10, math.Floor(math.Log10(top/4)))
	for _, by := range []float64{1, 2, 2.5, 5, 10} {
		if top/(step*by) <= 5 {
			step *= by
			break
		}
	}
	var out []float64
	for i := 0; float64(i)*step <= top*(1+1e-9); i++ {
		out = append(out, float64(i)*step)
	}
	return out
}

// plain returns a number without needless decimals.
func plain(v float64) string { return strconv.FormatFloat(math.Round(v*1e4)/1e4, 'f', -1, 64) }

const sampleWide = 58.0

// planLegend places a name for each line, if there are several, and for the goal.
func (l letters) planLegend(in Trend) (entries []legendEntry, rows int) {
	if len(in.Lines) > 1 {
		for i, line := range in.Lines {
			entries = append(entries, legendEntry{line: i, name: l.fit(line.Name, small, 280)})
		}
	}
	if in.Goal != nil {
		entries = append(entries, legendEntry{line: -1, name: l.fit(in.GoalName, small, 280)})
	}
	x, row := margin, 0
	for i := range entries {
		wide := sampleWide + 12 + l.width(entries[i].name, small)
		if x > margin && x+wide > Width-margin {
			x, row = margin, row+1
		}
		entries[i].x, entries[i].row = x, row
		x += wide + 30
		rows = row + 1
	}
	return entries, rows
}

// labels chooses every n-th of the names that are there, counted from the latest, so that none touches another.
func (l letters) labels(days []string, s scale) []label {
	var all []label
	for i := len(days) - 1; i >= 0; i-- {
		name := l.fit(days[i], small, 160)
		if name == "" {
			continue
		}
		wide := l.width(name, small)
		x := min(max(s.at(i)-wide/2, margin), Width-margin-wide)
		all = append(all, label{x, name})
	}
	for step := 1; step < len(all); step++ {
		if l.apart(all, step) {
			return every(all, step)
		}
	}
	return all[:min(1, len(all))]
}

// apart says whether every step-th of the labels, which run from right to left, has room.
func (l letters) apart(all []label, step int) bool {
	for i := step; i < len(all); i += step {
		if all[i].x+l.width(all[i].name, small)+24 > all[i-step].x {
			return false
		}
	}
	return true
}

func every(all []label, step int) (out []label) {
	for i := 0; i < len(all); i += step {
		out = append(out, all[i])
	}
	return out
}

// stroke is how a line looks; dot is the radius of the mark of a day that stands alone, and of every day when marks is set.
type stroke struct {
	col   color.RGBA
	width float64
	dash  []float64
	shape int
	dot   float64
	marks bool
}

// stroke returns the look of the i-th line: its colour, its dashes and the shape of its marks.
func (c *canvas) stroke(i, days int) stroke {
	dashes := [maxLines][]float64{nil, {16, 8}, {5, 7}, {18, 7, 5, 7}, {30, 10}}
	s := stroke{col: c.th.lines[i], width: 3.5, dash: dashes[i], shape: i, dot: 6, marks: days <= manyDays}
	if i == 0 {
		s.width, s.dot = 5, 7
	}
	return s
}

// segments draws the values, with a gap where one is not known and a mark for one that has no neighbour.
func (c *canvas) segments(s scale, values []*float64, look stroke) {
	var run []float64
	flush := func() {
		if len(run) > 2 {
			c.line(look.col, look.width, look.dash, run...)
		}
		for i := 0; i < len(run) && (look.marks || len(run) == 2); i += 2 {
			c.mark(run[i], run[i+1], look)
		}
		run = run[:0]
	}
	for day, v := range values {
		if v == nil {
			flush()
			continue
		}
		run = append(run, s.at(day), s.of(*v))
	}
	flush()
}

// mark draws one day in the shape of its line.
func (c *canvas) mark(x, y float64, look stroke) {
	r := look.dot
	switch look.shape {
	case 1:
		c.rect(x-r, y-r, 2*r, 2*r, look.col)
	case 2:
		c.polygon(look.col, x, y-r*1.2, x+r*1.2, y+r, x-r*1.2, y+r)
	case 3:
		c.polygon(look.col, x, y-r*1.35, x+r*1.35, y, x, y+r*1.35, x-r*1.35, y)
	case 4:
		c.ring(x, y, r+1, 3, look.col, c.th.back)
	default:
		c.disc(x, y, r, look.col)
	}
}

func (c *canvas) legend(y float64, p trendPlan) {
	for _, e := range p.legend {
		base := y + float64(e.row)*legendRow + 24
		if e.line < 0 {
			c.goal(e.x, base-8, sampleWide)
		} else {
			look := c.stroke(e.line, 0)
			c.line(look.col, look.width, look.dash, e.x, base-8, e.x+sampleWide, base-8)
			c.mark(e.x+sampleWide/2, base-8, look)
		}
		c.text(e.x+sampleWide+12, base, e.name, face{small, c.th.text, false})
	}
}

// goal is a double line, which no other line is.
func (c *canvas) goal(x, y, w float64) {
	y = math.Round(y)
	c.rect(x, y-3, w, 2, c.th.text)
	c.rect(x, y+2, w, 2, c.th.text)
}

// axes draws the area below the main line, the values at the left, the goal and the days.
func (c *canvas) axes(p trendPlan) {
	s := p.scale
	if len(p.Lines) == 1 { // below several lines it would hide which is which
		c.area(s, p.Lines[0].Values)
	}
	for _, t := range p.ticks {
		y, col := s.of(t), c.th.grid
		if t == 0 {
			col = c.th.muted
		}
		c.rect(s.x, y-1, s.w, 2, col)
		c.right(s.x-14, y+8, plain(t), face{small, c.th.muted, false})
	}
	for _, d := range p.labels {
		c.text(d.x, s.y+s.h+38, d.name, face{small, c.th.muted, false})
	}
	if p.Goal != nil {
		c.goal(s.x, s.of(*p.Goal), s.w)
	}
}

// area tints what is below each stretch of known days.
func (c *canvas) area(s scale, values []*float64) {
	from := -1
	for day := 0; day <= len(values); day++ {
		if day < len(values) && values[day] != nil {
			if from < 0 {
				from = day
			}
			continue
		}
		if from >= 0 && day-from > 1 {
			shape := []float64{s.at(from), s.of(0)}
			for d := from; d < day; d++ {
				shape = append(shape, s.at(d), s.of(*values[d]))
			}
			c.polygon(c.th.area, append(shape, s.at(day-1), s.of(0))...)
		}
		from = -1
	}
}

// last writes the latest value of the main line beside its end, when it is known.
func (c *canvas) last(p trendPlan) {
	main := p.Lines[0].Values
	v := main[len(main)-1]
	if v == nil {
		return
	}
	x, y := p.scale.at(len(main)-1), p.scale.of(*v)
	c.disc(x, y, 9, c.th.lines[0])
	c.text(x+18, y+9, c.shorten(scoreText(*v), normal, Width-margin/2-x-18), face{normal, c.th.lines[0], true})
}
