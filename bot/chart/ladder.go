package chart

import (
	"errors"
	"fmt"
	"math"
	"strconv"
)

// The limits and measures of a ladder.
const (
	maxTracks = 2
	maxNodes  = 50
	maxPoints = 9999
	maxSteps  = 10 // nodes listed on the whole picture
	trackHead = 188.0
	trackGap  = 26.0
	stepLine  = 31.0
	stepGap   = 9.0
	barTall   = 22.0
	nodeSize  = 15.0 // the radius of a node
)

// ladderPlan is a ladder whose words fit.
type ladderPlan struct {
	head   heading
	foot   string
	tracks []trackPlan
}

// trackPlan is one track: its bar, and the list of its nodes below.
type trackPlan struct {
	Track
	name string
	top  float64 // points at the right end of the bar
	list []step
}

// step is a listed node. A step without a name stands for nodes that are left out.
type step struct {
	at      string
	name    []string
	reached bool
	more    bool
}

func (l letters) ladder(th theme, in Ladder) (*canvas, error) {
	p, err := l.planLadder(in)
	if err != nil {
		return nil, err
	}
	bottom := p.bottom()
	c, err := newCanvas(l, th, bottom+footHeight(p.foot))
	if err != nil {
		return nil, err
	}
	c.head(p.head)
	y := p.head.height()
	for _, t := range p.tracks {
		c.track(y, t)
		y += t.height() + trackGap
	}
	c.foot(bottom, p.foot)
	return c, nil
}

func (l letters) planLadder(in Ladder) (ladderPlan, error) {
	var p ladderPlan
	if len(in.Tracks) == 0 || len(in.Tracks) > maxTracks {
		return p, fmt.Errorf("%d tracks are not from 1 to %d", len(in.Tracks), maxTracks)
	}
	for i, t := range in.Tracks {
		if err := checkTrack(t); err != nil {
			return p, fmt.Errorf("track %d: %w", i, err)
		}
	}
	p.head = l.heading(in.Title, in.Subtitle)
	p.foot = l.fit(in.Foot, small, inner)
	for lines := 2; lines > 0; lines-- { // a long name has two lines if the whole then fits
		p.tracks = p.tracks[:0]
		for _, t := range in.Tracks {
			p.tracks = append(p.tracks, l.planTrack(t, maxSteps/len(in.Tracks), lines))
		}
		if p.bottom()+footHeight(p.foot) <= maxHeight {
			break
		}
	}
	return p, nil
}

// bottom is where the last track ends.
func (p ladderPlan) bottom() float64 {
	y := p.head.height() - trackGap
	for _, t := range p.tracks {
		y += trackGap + t.height()
	}
	return y
}

func checkTrack(t Track) error {
	if t.Points < 0 || t.Points > maxPoints {
		return fmt.Errorf("%d points are not from 0 to %d", t.Points, maxPoints)
	}
	if len(t.Nodes) > maxNodes {
		return fmt.Errorf("%d nodes are more than %d", len(t.Nodes), maxNodes)
	}
	for i, n := range t.Nodes {
		if n.At < 1 || n.At > maxPoints {
			return fmt.Errorf("node %d is at %d, not from 1 to %d", i, n.At, maxPoints)
		}
		if i > 0 && n.At < t.Nodes[i-1].At {
			return errors.New("the nodes do not rise")
		}
	}
	return nil
}

func (l letters) planTrack(t Track, room, lines int) trackPlan {
	p := trackPlan{Track: t, name: l.fit(t.Name, normal, inner-170), top: float64(max(t.Points, 1))}
	if n := len(t.Nodes); n > 0 {
		p.top = max(p.top, float64(t.Nodes[n-1].At))
	}
	p.list = l.steps(t, room, lines)
	return p
}

// steps lists the nodes. When there are more than fit, it begins at the last one reached and ends with how many are left.
func (l letters) steps(t Track, room, lines int) (out []step) {
	from, to := 0, len(t.Nodes)
	if to > room {
		reached := 0
		for reached < to && t.Nodes[reached].At <= t.Points {
			reached++
		}
		from = min(max(reached-1, 0), to-room)
		to = from + room
	}
	for _, n := range t.Nodes[from:to] {
		out = append(out, step{at: strconv.Itoa(n.At), name: l.wrap(n.Name, small, inner-stepNameX, lines), reached: n.At <= t.Points})
	}
	if left := len(t.Nodes) - to; left > 0 {
		out[len(out)-1] = step{name: []string{"… +" + strconv.Itoa(left+1)}, more: true}
	}
	return out
}

// stepNameX is where the names of the list begin, from the margin: right of the sign and four digits.
const stepNameX = 112.0

func (s step) height() float64 { return stepLine*float64(max(len(s.name), 1)) + stepGap }

func (p trackPlan) height() float64 {
	h := trackHead
	for _, s := range p.list {
		h += s.height()
	}
	return h
}

// at returns the x of a number of points on the bar, which begins at 0 and ends a little after the top.
func (p trackPlan) at(points int) float64 {
	return margin + (inner-nodeSize)*float64(points)/p.top
}

func (c *canvas) track(y float64, p trackPlan) {
	c.text(margin, y+34, p.name, face{normal, c.th.text, true})
	bar := y + 104
	c.bar(bar, p)
	c.numbers(bar+barTall+40, p)
	y += trackHead
	for _, s := range p.list {
		c.step(y, s)
		y += s.height()
	}
}

// bar draws the way with what is behind, the nodes on it, and the present points above.
func (c *canvas) bar(y float64, p trackPlan) {
	c.round(margin, y, inner, barTall, barTall/2, c.th.grid)
	end, col := p.at(p.Points), c.th.lines[0]
	if p.Points > 0 {
		full := end - margin
		if float64(p.Points) >= p.top {
			full = inner
		}
		c.round(margin, y, max(full, barTall), barTall, barTall/2, col)
	}
	r := p.nodeRadius()
	for _, n := range p.Nodes {
		c.node(p.at(n.At), y+barTall/2, r, n.At <= p.Points)
	}
	end = max(end, margin+9)
	c.polygon(col, end-9, y-16, end+9, y-16, end, y-4)
	s := strconv.Itoa(p.Points)
	half := c.width(s, 34) / 2
	c.middle(min(max(end, margin+half), Width-margin-half), y-24, s, face{34, col, true})
}

// nodeRadius is smaller where nodes are many.
func (p trackPlan) nodeRadius() float64 {
	r := nodeSize
	for i := 1; i < len(p.Nodes); i++ {
		if d := p.at(p.Nodes[i].At) - p.at(p.Nodes[i-1].At); d > 0 {
			r = min(r, d/2-1)
		}
	}
	return max(r, 6)
}

// node is a full disc with a cross when it is reached, and a ring when it is not.
func (c *canvas) node(x, y, r float64, reached bool) {
	if !reached {
		c.ring(x, y, r, min(3, r/3), c.th.muted, c.th.back)
		return
	}
	c.disc(x, y, r, c.th.back)
	c.disc(x, y, r-1.5, c.th.poor)
	if r >= 10 {
		c.cross(x, y, r*0.34, c.th.back)
	}
}

// numbers writes where the nodes are, as many as have room: the next one first, then the last one, then the others. 0 is always
// there.
func (c *canvas) numbers(y float64, p trackPlan) {
	zero := c.width("0", small)
	c.text(margin, y, "0", face{small, c.th.muted, false})
	taken := [][2]float64{{margin, margin + zero}}
	for _, i := range p.order() {
		s := strconv.Itoa(p.Nodes[i].At)
		half := c.width(s, small) / 2
		x := min(max(p.at(p.Nodes[i].At), margin+half), Width-margin-half)
		if free(taken, x-half-12, x+half+12) {
			taken = append(taken, [2]float64{x - half, x + half})
			c.middle(x, y, s, face{small, c.th.muted, false})
		}
	}
}

// order returns the indexes of the nodes by importance.
func (p trackPlan) order() (out []int) {
	next := 0
	for next < len(p.Nodes) && p.Nodes[next].At <= p.Points {
		next++
	}
	if next < len(p.Nodes) {
		out = append(out, next)
	}
	for i := len(p.Nodes) - 1; i >= 0; i-- {
		if i != next {
			out = append(out, i)
		}
	}
	return out
}

func free(taken [][2]float64, from, to float64) bool {
	for _, t := range taken {
		if from < t[1] && to > t[0] {
			return false
		}
	}
	return true
}

// step draws one line of the list.
func (c *canvas) step(y float64, s step) {
	base := y + 24
	col := c.th.text
	if s.reached {
		col = c.th.poor
	}
	if s.more {
		col = c.th.muted
	} else {
		c.node(margin+15, math.Round(base-8), 13, s.reached)
	}
	c.right(margin+stepNameX-14, base, s.at, face{normal, col, true})
	for i, name := range s.name {
		c.text(margin+stepNameX, base+float64(i)*stepLine, name, face{small, col, false})
	}
}
