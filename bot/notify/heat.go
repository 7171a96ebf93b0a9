package notify

import (
	"strconv"

	"shopwarden/bot/chart"
	"shopwarden/bot/locale"
	"shopwarden/bot/outbox"
	"shopwarden/rules"
)

// HeatView counts what was missed on the local days from From to To (half-open) by the weekday, Monday first, and the hour of the
// deadline that was missed, on the clock of the shop.
type HeatView struct {
	View
	From, To rules.Date
	Counts   [7][24]int
	Read     int // the cases that were counted: the latest
	Total    int // those that there are
	Pictures string
}

// hot is two hours of a weekday, and how much was missed in both and in the first of them.
type hot struct{ day, hour, n, first int }

// How many such times a page names, and how many misses make one.
const (
	hotShown = 3
	hotLeast = 2
)

// hottest returns the two hours in which most was missed, the most first; no two of them overlap. Of
// equal ones that which begins with more comes first, then the earlier.
func (h HeatView) hottest() (list []hot) {
	left := h.Counts
	for len(list) < hotShown {
		best := hot{}
		for day := range left {
			for hour := range 23 {
				first := left[day][hour]
				if n := first + left[day][hour+1]; n > best.n || n == best.n && first > best.first {
					best = hot{day, hour, n, first}
				}
			}
		}
		if best.n < hotLeast {
			break
		}
		list = append(list, best)
		left[best.day][best.hour], left[best.day][best.hour+1] = 0, 0
	}
	return list
}

// Heat answers when promises are missed.
func (c *Composer) Heat(h HeatView) (string, [][]outbox.Button, *chart.Picture) {
	v := c.voice(h.View)
	theme, limit, draw := canvas(h.Pictures)
	head := section{lines: append([]locale.HTML{v.title("heat.title")}, v.warnStale()...)}
	days := int(h.To - h.From)
	buttons := v.trendButtons(trendHours)
	if h.Read == 0 {
		head.lines = append(head.lines, v.T("heat.none", locale.Args{"Days": days}))
		return v.composeWithin(Limit, head), buttons, nil
	}
	head.lines = append(head.lines, v.T("heat.total", locale.Args{"Days": days, "Count": h.Total}))
	if h.Total > h.Read {
		head.lines = append(head.lines, v.T("heat.cut", locale.Args{"Read": h.Read}))
	}
	list := section{}
	for _, x := range h.hottest() {
		list.rows = append(list.rows, v.T("heat.row", locale.Args{"Weekday": v.weekday(x.day), "From": x.hour, "To": x.hour + 2, "N": x.n, "All": h.Read}))
	}
	list.rows = v.numbered(list.rows)
	if len(list.rows) > 0 {
		list.lines = []locale.HTML{v.T("heat.most", nil)}
	}
	var picture *chart.Picture
	if draw {
		picture = &chart.Picture{Theme: theme, Heat: v.heatPicture(h, days)}
	}
	return v.composeWithin(limit, head, list, section{lines: []locale.HTML{v.worstDay(h), v.T("heat.clock", locale.Args{"Zone": v.zone().String()})}}), buttons, picture
}

// weekday names a day of the week, Monday = 0.
func (v voice) weekday(day int) locale.HTML { return v.T("weekday.w"+strconv.Itoa((day+1)%7), nil) }

// worstDay names the weekday on which most was missed.
func (v voice) worstDay(h HeatView) locale.HTML {
	worst, most := 0, -1
	for day, hours := range h.Counts {
		n := 0
		for _, x := range hours {
			n += x
		}
		if n > most {
			worst, most = day, n
		}
	}
	return v.T("heat.day", locale.Args{"Weekday": v.weekday(worst), "N": most, "All": h.Read})
}

func (v voice) heatPicture(h HeatView, days int) *chart.Heat {
	p := &chart.Heat{Title: v.shop().Plain(), Subtitle: v.Label("heat.picture", locale.Args{"Days": days}), Foot: v.Label("heat.foot", nil)}
	for day := range h.Counts {
		p.Rows = append(p.Rows, v.weekday(day).Plain())
		p.Counts = append(p.Counts, append([]int(nil), h.Counts[day][:]...))
	}
	for hour := range 24 {
		p.Columns = append(p.Columns, strconv.Itoa(hour))
	}
	return p
}
