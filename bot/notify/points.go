package notify

import (
	"strconv"
	"time"

	"shopwarden/bot/chart"
	"shopwarden/bot/locale"
	"shopwarden/bot/outbox"
	"shopwarden/rules"
)

// PointsView is the ledger of a shop, for a chat that takes pictures of a kind; see [Chat].
type PointsView struct {
	LadderView
	Pictures string
}

// canvas says how a chat takes pictures, and how long a text may be that goes with one. draw is false for a chat that takes
// none.
func canvas(pictures string) (theme chart.Theme, limit int, draw bool) {
	if theme, draw = (Chat{Pictures: pictures}).Theme(); !draw {
		return theme, Limit, false
	}
	return theme, CaptionLimit, true
}

// Points answers what the platform imposed and how far the next node is, what falls off and when, and apart from that what
// could follow from the shop's own counts. There is no picture for a chat without pictures or a pack without a ladder.
func (c *Composer) Points(w PointsView) (string, [][]outbox.Button, *chart.Picture) {
	v := c.voice(w.View)
	theme, limit, draw := canvas(w.Pictures)
	picture := v.ladderPicture(w.LadderView)
	if !draw || picture == nil {
		picture, limit = nil, Limit
	} else {
		picture.Theme = theme
	}
	head := section{lines: append([]locale.HTML{v.title("points.title")}, v.warnStale()...)}
	simulated := w.LadderView
	simulated.Owed = nil
	return v.composeWithin(limit, head, v.standings(w.LadderView), v.fallsOff(w.LadderView), v.couldFollow(simulated, w.Day.Next(1-pointDays), w.Day.Next(1))),
		v.pointButtons(w.LadderView), picture
}

// pointDays is of how many days the simulated steps are named, the last one included; their sums are of the year.
const pointDays = 7

// standings is what the platform announced: the points in force, the next node of each class, and the penalties.
func (v voice) standings(l LadderView) section {
	i, year := l.Imposed, strconv.Itoa(l.Imposed.Year)
	s := section{lines: []locale.HTML{"<b>" + v.T("imposed.title", nil) + "</b>"}}
	list := v.announced(l)
	if len(list) == 0 {
		s.lines = append(s.lines, v.T("points.clean", locale.Args{"Year": year}))
	} else {
		s.lines = append(s.lines, v.T("imposed.sum", locale.Args{"Year": year, "General": number(i.General), "Severe": number(i.Severe)}))
	}
	s.lines = append(s.lines, v.nodes(l)...)
	if i.Returned > 0 {
		s.lines = append(s.lines, v.T("imposed.returned", locale.Args{"Year": year, "Points": number(i.Returned)}))
	}
	s.hidden = len(list) - min(len(list), rungs)
	for _, x := range list[:len(list)-s.hidden] {
		s.rows = append(s.rows, v.T("bullet", locale.Args{"Text": v.sanction(x)}))
	}
	return s
}

// nodes says for each class how far the next node is from the points that the platform imposed.
func (v voice) nodes(l LadderView) (lines []locale.HTML) {
	if v.Policy == nil {
		return nil
	}
	ladder := v.Policy.Ladder(l.Day)
	if len(ladder.Nodes) == 0 {
		return []locale.HTML{v.T("points.no_nodes", nil)}
	}
	for _, class := range []rules.Class{rules.General, rules.Severe} {
		sum := l.Imposed.General
		if class == rules.Severe {
			sum = l.Imposed.Severe
		}
		if next, ok := ladder.Next(class, sum); ok {
			lines = append(lines, v.T("points.node", locale.Args{"Class": v.T("points.track_"+class.String(), nil), "Points": number(sum), "At": number(next.At),
				"Left": number(next.Left), "What": v.node(l, next.Node)}))
		}
	}
	return lines
}

// fallsOff says what goes away by itself or may come back, and what still has to be done.
func (v voice) fallsOff(l LadderView) section {
	var s section
	add := func(key string, args locale.Args) { s.lines = append(s.lines, v.T(key, args)) }
	general, severe := l.Ledger.Sums[0].Points, l.Ledger.Sums[1].Points
	if l.Imposed.General+l.Imposed.Severe+general+severe > 0 {
		reset := rules.NewDate(l.Day.Year()+1, time.January, 1)
		add("points.reset", locale.Args{"Left": v.Duration(between(v.Now, reset.At(0, v.zone())))})
	}
	var hang rules.PenaltyPoints
	exams := 0
	for _, x := range v.announced(l) {
		if _, _, open := x.AppealLeft(v.Now); x.Class() != 0 && x.Day.Year() == l.Imposed.Year && (open || x.State == rules.Appealed) {
			hang += x.Points
		}
		if x.ExamDue() {
			exams++
		}
	}
	if hang > 0 {
		add("points.hang", locale.Args{"Points": number(hang)})
	}
	if exams > 0 {
		add("points.exams", locale.Args{"Count": exams})
	}
	if x, ok := v.limited(l); ok {
		add("points.limited", locale.Args{"What": v.rung(x.Rung, 0, 0), "Day": v.date(x.Day)})
	}
	return s
}

// limitDays is how long an order limit or a suspension is recalled: the platform does not say when it ends, and the longest of
// the public rules is 30 days (虚假发货, notice of 27 July 2026).
const limitDays = 30

// limited is the latest order limit or suspension that may still run.
func (v voice) limited(l LadderView) (last rules.Sanction, ok bool) {
	for _, x := range v.announced(l) {
		if (x.Rung == rules.OrderLimit || x.Rung == rules.Suspension) && x.InForce() && x.Day > l.Day.Next(-limitDays) && x.Day >= last.Day {
			last, ok = x, true
		}
	}
	return last, ok
}

// appealsOffered is how many penalties get a button.
const appealsOffered = 4

func (v voice) pointButtons(l LadderView) (rows [][]outbox.Button) {
	for _, x := range v.announced(l) {
		if left, _, open := x.AppealLeft(v.Now); open && len(rows) < appealsOffered {
			rows = append(rows, []outbox.Button{v.appealButton(x, left)})
		}
	}
	return append(rows, []outbox.Button{v.button("violations", "violations", v.Shop.ID), action(v.Label("points.what_if", nil), "whatif", v.Shop.ID)},
		[]outbox.Button{action(v.Label("button.refresh", nil), "points", v.Shop.ID), action(v.Label("points.appeals", nil), "appeal", v.Shop.ID)})
}

// appealButton leads to the page of one penalty.
func (v voice) appealButton(s rules.Sanction, left time.Duration) outbox.Button {
	return action(v.Label("points.appeal", locale.Args{"ID": s.ID, "Left": v.Duration(left)}), "appeal", v.Shop.ID, s.ID)
}

// ladderPicture shows the points that the platform imposed on their way to the nodes; nil where no node is known. A picture
// counts whole points: the text has the halves.
func (v voice) ladderPicture(l LadderView) *chart.Picture {
	if v.Policy == nil {
		return nil
	}
	ladder := v.Policy.Ladder(l.Day)
	p := chart.Ladder{Title: v.shop().Plain(), Subtitle: v.Label("points.picture", locale.Args{"Year": strconv.Itoa(l.Imposed.Year)}), Foot: v.Label("points.foot", nil)}
	for _, class := range []rules.Class{rules.General, rules.Severe} {
		sum := l.Imposed.General
		if class == rules.Severe {
			sum = l.Imposed.Severe
		}
		track := chart.Track{Name: v.Label("points.track_"+class.String(), nil), Points: int(sum / 100), Nodes: v.ladderNodes(l, &ladder, class, sum)}
		if len(track.Nodes) > 0 {
			p.Tracks = append(p.Tracks, track)
		}
	}
	if len(p.Tracks) == 0 {
		return nil
	}
	return &chart.Picture{Ladder: &p}
}

// mostNodes is how many nodes a track shows: where one repeats there is no last.
const mostNodes = 4

// ladderNodes are the nodes up to the next one, and those behind it that do not repeat.
func (v voice) ladderNodes(l LadderView, ladder *rules.Ladder, class rules.Class, sum rules.PenaltyPoints) (list []chart.Node) {
	for at := rules.PenaltyPoints(0); ; {
		next, ok := ladder.Next(class, at)
		if !ok || next.Node.Every && at > sum {
			break
		}
		at = next.At
		list = append(list, chart.Node{At: int(at / 100), Name: v.node(l, next.Node).Plain()})
	}
	return list[max(0, len(list)-mostNodes):]
}
