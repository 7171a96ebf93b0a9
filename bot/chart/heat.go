package chart

import (
	"errors"
	"fmt"
	"math"
	"strconv"
)

// The limits and measures of a heat map.
const (
	heatSteps = 5
	maxRows   = 14
	maxCols   = 31
	cellTall  = 48.0
	cellGap   = 3.0
	fewest    = 5 // so many at least have the last colour: one miss is no alarm
)

// heatPlan is a heat map whose words fit.
type heatPlan struct {
	Heat
	head heading
	foot string
	rows []string
	x, y float64 // of the first cell
	wide float64 // of a cell, with its gap
	most int
}

func (l letters) heat(th theme, in Heat) (*canvas, error) {
	p, err := l.planHeat(in)
	if err != nil {
		return nil, err
	}
	bottom := p.y + float64(len(p.Rows))*cellTall + 44
	key := bottom
	if p.most > 0 {
		bottom += 40
	}
	c, err := newCanvas(l, th, bottom+footHeight(p.foot))
	if err != nil {
		return nil, err
	}
	c.head(p.head)
	c.cells(p)
	c.hours(p)
	if p.most > 0 {
		c.key(p, key)
	}
	c.foot(bottom, p.foot)
	return c, nil
}

func (l letters) planHeat(in Heat) (heatPlan, error) {
	p := heatPlan{Heat: in}
	if err := checkHeat(in); err != nil {
		return p, err
	}
	p.head = l.heading(in.Title, in.Subtitle)
	p.foot = l.fit(in.Foot, small, inner)
	names := 0.0
	for _, r := range in.Rows {
		r = l.fit(r, small, 110)
		p.rows = append(p.rows, r)
		names = max(names, l.width(r, small))
	}
	p.x, p.y = margin+math.Ceil(names)+14, p.head.height()+6
	p.wide = math.Floor((Width - margin/2 - p.x) / float64(len(in.Columns)))
	for _, row := range in.Counts {
		for _, n := range row {
			p.most = max(p.most, n)
		}
	}
	return p, nil
}

func checkHeat(in Heat) error {
	switch {
	case len(in.Rows) == 0 || len(in.Rows) > maxRows:
		return fmt.Errorf("%d rows are not from 1 to %d", len(in.Rows), maxRows)
	case len(in.Columns) == 0 || len(in.Columns) > maxCols:
		return fmt.Errorf("%d columns are not from 1 to %d", len(in.Columns), maxCols)
	case len(in.Counts) != len(in.Rows):
		return errors.New("the counts do not match the rows")
	}
	for i, row := range in.Counts {
		if len(row) != len(in.Columns) {
			return fmt.Errorf("row %d has %d counts for %d columns", i, len(row), len(in.Columns))
		}
		for j, n := range row {
			if n < 0 {
				return fmt.Errorf("row %d, column %d: %d is no count", i, j, n)
			}
		}
	}
	return nil
}

// heatStep returns the colour of a count above 0: the most has the last one, and so have not fewer than a handful.
func heatStep(n, most int) int {
	share := float64(n) / float64(max(most, fewest))
	return min(max(int(math.Ceil(share*heatSteps)), 1), heatSteps) - 1
}

// cells draws the table, with the number where it fits.
func (c *canvas) cells(p heatPlan) {
	for i, row := range p.Counts {
		y := p.y + float64(i)*cellTall
		c.right(p.x-12, y+cellTall/2+7, p.rows[i], face{small, c.th.text, false})
		for j, n := range row {
			x := p.x + float64(j)*p.wide
			if n == 0 {
				c.rect(x, y, p.wide-cellGap, cellTall-cellGap, c.th.tile)
				continue
			}
			step := heatStep(n, p.most)
			c.rect(x, y, p.wide-cellGap, cellTall-cellGap, c.th.heat[step])
			if s := strconv.Itoa(n); c.width(s, small) <= p.wide-cellGap {
				c.middle(x+(p.wide-cellGap)/2, y+cellTall/2+7, s, face{small, c.th.onHeat[step], false})
			}
		}
	}
}

// hours writes the names of some columns below the table: of 24, those of 0, 6, 12, 18 and 23.
func (c *canvas) hours(p heatPlan) {
	y := p.y + float64(len(p.Rows))*cellTall + 26
	last := len(p.Columns) - 1
	step := max((len(p.Columns)+3)/4, 1)
	end := 0.0
	for j := 0; j <= last; j++ {
		if j%step != 0 && j != last {
			continue
		}
		name := c.fit(p.Columns[j], small, float64(step)*p.wide)
		wide := c.width(name, small)
		x := min(p.x+float64(j)*p.wide+(p.wide-cellGap-wide)/2, Width-margin/2-wide)
		if x < end {
			continue
		}
		c.text(x, y, name, face{small, c.th.muted, false})
		end = x + wide + 16
	}
}

// key shows what the colours mean: from 1 to the most.
func (c *canvas) key(p heatPlan, y float64) {
	const wide, tall = 44.0, 24.0
	x := p.x
	c.text(x, y+24, "1", face{small, c.th.muted, false})
	x += c.width("1", small) + 12
	used := heatStep(p.most, p.most) + 1
	for step := range used {
		c.rect(x, y+4, wide-cellGap, tall, c.th.heat[step])
		x += wide
	}
	if p.most > 1 {
		c.text(x+10, y+24, strconv.Itoa(p.most), face{small, c.th.muted, false})
	}
}
