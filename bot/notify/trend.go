package notify

import (
	"strconv"

	"shopwarden/bot/chart"
	"shopwarden/bot/locale"
	"shopwarden/bot/outbox"
	"shopwarden/rules"
)

// TrendView is the score of each local day from From to To (half-open), the last of which may not be over.
type TrendView struct {
	View
	From, To rules.Date
	Days     []rules.Scorecard // one for each day
	Pictures string
}

// TrendGoal is the line that the score should stay above: where the best grade begins.
const TrendGoal = 90

// score is a line of scores; what is nil is not known.
type score []*float64

// mean is the mean of what is known, and how much that is.
func (s score) mean() (mean float64, known int) {
	for _, x := range s {
		if x != nil {
			mean += *x
			known++
		}
	}
	if known > 0 {
		mean /= float64(known)
	}
	return mean, known
}

// half is how many days of either half must be known before a direction is told; steady is a difference of means that is none.
const (
	halfKnown = 2
	steady    = 1.0
)

// move is the difference between the later half of the days and the earlier one; ok is false when too little is known.
func (s score) move() (earlier, later float64, ok bool) {
	earlier, n := s[:len(s)/2].mean()
	later, m := s[len(s)/2:].mean()
	return earlier, later, n >= halfKnown && m >= halfKnown
}

// total and principle pick a line of a trend. What cannot be trusted is a gap: the running day of a source that is silent.
func (t TrendView) total() score {
	return t.pick(func(card *rules.Scorecard) rules.Points { return card.Total })
}

func (t TrendView) principle(i int) score {
	return t.pick(func(card *rules.Scorecard) rules.Points {
		if i >= len(card.Principles) {
			return rules.Points{}
		}
		return card.Principles[i].Points
	})
}

func (t TrendView) pick(of func(*rules.Scorecard) rules.Points) score {
	line := make(score, len(t.Days))
	_, stale := t.silence()
	for i := range t.Days {
		p := of(&t.Days[i])
		if over := t.Days[i].To <= t.today(); p.Known && !p.Unknown && (over || !stale) {
			line[i] = &p.Value
		}
	}
	return line
}

// Trend answers how the score went: average, best and worst day, direction, and the same of each principle.
func (c *Composer) Trend(t TrendView) (string, [][]outbox.Button, *chart.Picture) {
	v := c.voice(t.View)
	theme, limit, draw := canvas(t.Pictures)
	total := t.total()
	head := section{lines: []locale.HTML{v.title("trend.title"), v.T("trend.period", locale.Args{"Days": len(t.Days), "From": v.date(t.From), "To": v.day(t.To.Next(-1))})}}
	head.lines = append(head.lines, v.warnStale()...)
	mean, known := total.mean()
	buttons := v.trendButtons(strconv.Itoa(len(t.Days)))
	if known == 0 {
		head.lines = append(head.lines, v.T("trend.none", nil))
		return v.composeWithin(Limit, head), buttons, nil
	}
	body := section{lines: append([]locale.HTML{v.T("trend.mean", locale.Args{"Score": v.Score(mean)})}, v.extremes(t, total)...)}
	body.lines = append(body.lines, v.direction(total), v.goalReached(total, known))
	if gaps := len(total) - known; gaps > 0 {
		body.lines = append(body.lines, v.T("trend.gaps", locale.Args{"Count": gaps}))
	}
	var parts section
	for i, p := range rules.Principles() {
		parts.rows = append(parts.rows, v.T("bullet", locale.Args{"Text": v.principleMove(p, t.principle(i))}))
	}
	var picture *chart.Picture
	if draw {
		picture = &chart.Picture{Theme: theme, Trend: v.trendPicture(t, total)}
	} else {
		limit = Limit
	}
	return v.composeWithin(limit, head, body, parts), buttons, picture
}

// extremes names the best and the worst day, where there are two days to compare.
func (v voice) extremes(t TrendView, line score) []locale.HTML {
	best, worst := -1, -1
	for i, x := range line {
		if x == nil {
			continue
		}
		if best < 0 || *x > *line[best] {
			best = i
		}
		if worst < 0 || *x < *line[worst] {
			worst = i
		}
	}
	if best == worst {
		return nil
	}
	return []locale.HTML{v.T("trend.extremes", locale.Args{"Best": v.day(t.From.Next(best)), "High": v.Score(*line[best]), "Worst": v.day(t.From.Next(worst)), "Low": v.Score(*line[worst])})}
}

// direction says in plain words where the score goes.
func (v voice) direction(line score) locale.HTML {
	earlier, later, ok := line.move()
	key := "trend.steady"
	switch {
	case !ok:
		return v.T("trend.short", nil)
	case later-earlier >= steady:
		key = "trend.up"
	case earlier-later >= steady:
		key = "trend.down"
	}
	return v.T(key, locale.Args{"Later": v.Score(later), "Earlier": v.Score(earlier)})
}

// goalReached counts the days at or above the goal.
func (v voice) goalReached(line score, known int) locale.HTML {
	n := 0
	for _, x := range line {
		if x != nil && *x >= TrendGoal {
			n++
		}
	}
	return v.T("trend.reached", locale.Args{"N": n, "All": known, "Goal": TrendGoal})
}

func (v voice) principleMove(p rules.Principle, line score) locale.HTML {
	mean, known := line.mean()
	args := locale.Args{"Principle": v.principle(p), "Score": v.Score(mean)}
	if known == 0 {
		args["Score"] = v.Nothing()
		return v.T("trend.principle", args)
	}
	earlier, later, ok := line.move()
	if !ok {
		return v.T("trend.principle", args)
	}
	args["Change"] = v.Change(moved(earlier, later))
	return v.T("trend.principle_moved", args)
}

func (v voice) trendPicture(t TrendView, total score) *chart.Trend {
	goal := float64(TrendGoal)
	p := &chart.Trend{Title: v.shop().Plain(), Subtitle: v.Label("trend.picture", locale.Args{"Days": len(t.Days)}), Goal: &goal, GoalName: v.Label("trend.goal", locale.Args{"Goal": v.Score(goal)}),
		Lines: []chart.TrendLine{{Name: v.Label("trend.total", nil), Values: total}}}
	every := max(1, (len(t.Days)+6)/7)
	for i := range t.Days {
		name := ""
		if (len(t.Days)-1-i)%every == 0 {
			name = v.short(t.From.Next(i)).Plain()
		}
		p.Days = append(p.Days, name)
	}
	for i, principle := range rules.Principles() {
		p.Lines = append(p.Lines, chart.TrendLine{Name: v.principle(principle).Plain(), Values: t.principle(i)})
	}
	return p
}

// trendHours is what a button puts in place of days to ask for the hours.
const trendHours = "hours"

// TrendDays are the lengths of a trend.
func TrendDays() []int { return []int{7, 30, 90} }

// IsTrendHours reports whether somebody asks for the hours, in either language.
func IsTrendHours(text string) bool {
	return text == trendHours || text == "hour" || text == "小时" || text == "时段"
}

func (v voice) trendButtons(shown string) [][]outbox.Button {
	var row []outbox.Button
	add := func(label, arg string) {
		if arg == shown {
			label = "• " + label
		}
		row = append(row, action(label, "trend", v.Shop.ID, arg))
	}
	for _, n := range TrendDays() {
		add(v.Label("trend.days", locale.Args{"Count": n}), strconv.Itoa(n))
	}
	add(v.Label("trend.hours", nil), trendHours)
	return [][]outbox.Button{row, {v.button("violations", "violations", v.Shop.ID), v.button("tips", "tips", v.Shop.ID), v.button("today", "today", v.Shop.ID)}}
}
