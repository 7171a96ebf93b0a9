package notify

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"shopwarden/bot/chart"
	"shopwarden/bot/locale"
	"shopwarden/bot/outbox"
	"shopwarden/rules"
)

// ReviewView is a closed week or month: the local days From to To (half-open).
type ReviewView struct {
	View
	Of       Edition // Weekly or Monthly
	From, To rules.Date
	Card     rules.Scorecard  // of these days
	Before   rules.Scorecard  // of the week or month before
	Scores   []rules.DayScore // of each day, in order
	Trend    []rules.DayScore // of the days a picture shows: seven or thirty that end with the last
	Tallies  rules.DayTallies // sums
	Streak   []rules.Streak   // that were carried on on the last day, the longest first
	Ladder   LadderView       // up to the last day
	Late     bool             // sent after its time
	Rich     bool             // messages carry the rich form as well

	Causes  map[string][]rules.Pattern // what the misses of each rule have in common
	States  map[string]TipState        // what the shop said to tips, by tip id
	Results []TipResult                // of tips it accepted whose days were over in these days

	chat Chat // that reads; the zero value has everything
}

// reviewLife is how long a review is worth sending.
var reviewLife = [...]time.Duration{Weekly: 3 * 24 * time.Hour, Monthly: 7 * 24 * time.Hour}

// Reviews returns the review of a week or month for every chat that takes it, each in its language and as the chat has
// chosen. Its rich form, which says the same at more length, goes along when it is wanted. Days without a single case have no review: those of a shop that was
// just set up, or whose silence was told of day by day.
func (c *Composer) Reviews(w ReviewView, chats []Chat) []outbox.Message {
	if len(w.Tallies) == 0 {
		return nil
	}
	var out []outbox.Message
	for _, chat := range chats {
		if !chat.Takes(w.Of, w.To.Weekday()) {
			continue
		}
		w.Lang, w.chat = chat.Lang, chat
		m := cardMessage(w.View, chat, ReviewKey(w.Shop.ID, w.Of, w.From, chat.ID), reviewLife[w.Of])
		m.HTML, m.Buttons = c.Review(w)
		if w.Rich {
			m.Rich = c.RichReview(w)
		}
		if theme, ok := chat.Theme(); ok {
			m.Picture = c.ReviewPicture(w, theme)
		}
		out = append(out, m)
	}
	return out
}

// Review says how a closed week or month went: its score against the one before, best and worst day and principle, what was
// missed most and why, what it may lead to, what became of accepted tips, and one experiment. It is complete without a
// picture and short enough to be the caption of one.
func (c *Composer) Review(w ReviewView) (string, [][]outbox.Button) {
	v := c.voice(w.View)
	trial := w.trial(c.tips)
	parts := []part{{section: section{lines: v.reviewHead(w)}},
		{section: section{lines: v.principles(w.Card, w.Before, w.unsure())}},
		{section{rows: slices.Concat(v.bestAndWorst(w), v.grades(w))}, 4, 1},
		{section{rows: v.mostMissed(w)}, 1, 1}}
	if w.chat.Has(PartPoints) {
		parts = append(parts, part{section{rows: v.toll(w)}, 3, 0})
	}
	if w.chat.Has(PartTips) {
		parts = append(parts, part{v.measuredSection(w.Results), 6, 0})
	}
	if w.chat.Has(PartStreaks) {
		parts = append(parts, part{section{rows: v.praise(w)}, 7, 2})
	}
	if w.chat.Has(PartTips) {
		parts = append(parts, part{section{lines: v.experiment(w, trial)}, 2, 2})
	}
	return v.caption(append(parts, part{section{lines: []locale.HTML{v.heard()}}, 0, 2})...), v.reviewButtons(w, trial)
}

func (w ReviewView) unsure() bool { return w.unsureOf(w.To.Next(-1)) }

// reviewButtons accept the experiment, and lead on.
func (v voice) reviewButtons(w ReviewView, trial []rules.Advice) (rows [][]outbox.Button) {
	if w.chat.Has(PartTips) {
		rows = v.choices(trial)
	}
	days := "7"
	if w.Of == Monthly {
		days = "30"
	}
	return append(rows, []outbox.Button{v.button("digest_trend", "trend", v.Shop.ID, days), v.button("violations", "violations", v.Shop.ID)},
		[]outbox.Button{v.button("tips", "tips", v.Shop.ID), v.button("today", "today", v.Shop.ID)})
}

// short names a day without its weekday: 16 Nov.
func (v voice) short(day rules.Date) locale.HTML {
	noon := v.noon(day)
	return v.T("digest.axis", locale.Args{"Month": v.T("month.m"+noon.Format("1"), nil), "Day": locale.HTML(noon.Format("2"))})
}

// span names the days of a review: the week of 16 Nov – 22 Nov, or November 2026.
func (v voice) span(w ReviewView) locale.HTML {
	if w.Of == Monthly {
		day := v.noon(w.From)
		return v.T("digest.month", locale.Args{"Month": v.T("digest.months.m"+day.Format("1"), nil), "Year": locale.HTML(day.Format("2006"))})
	}
	return v.T("digest.week", locale.Args{"From": v.short(w.From), "To": v.short(w.To.Next(-1))})
}

// reviewHead is the score, and what it was before.
func (v voice) reviewHead(w ReviewView) []locale.HTML {
	total := totalOf(w.Card)
	args := total.args(v, w.unsure())
	args["Day"], args["Shop"] = v.span(w), v.shop()
	lines := []locale.HTML{v.T(total.form("scorecard.title"), args)}
	if w.Late {
		lines = append(lines, v.T("digest.late."+w.Of.String(), nil))
	}
	if w.unsure() {
		lines = append(lines, v.stale())
	}
	before := totalOf(w.Before)
	if change, ok := total.since(before); ok {
		return append(lines, v.T("digest.before."+w.Of.String(), locale.Args{"Before": v.Score(before.points.Value), "Change": v.Change(change)}))
	}
	if judged(total) {
		lines = append(lines, v.T("digest.first."+w.Of.String(), nil))
	}
	return lines
}

// bestAndWorst name the best and the worst day, and the strongest and the weakest principle, where there are two to choose from.
func (v voice) bestAndWorst(w ReviewView) (lines []locale.HTML) {
	days := slices.DeleteFunc(slices.Clone(w.Scores), func(s rules.DayScore) bool { return !s.Judged() })
	slices.SortStableFunc(days, func(a, b rules.DayScore) int { return cmp.Compare(b.Total.Value, a.Total.Value) })
	if n := len(days); n > 1 && v.Score(days[0].Total.Value) != v.Score(days[n-1].Total.Value) {
		lines = append(lines, v.T("digest.days", locale.Args{"Best": v.date(days[0].Day), "BestScore": v.Score(days[0].Total.Value),
			"Worst": v.date(days[n-1].Day), "WorstScore": v.Score(days[n-1].Total.Value)}))
	}
	list := slices.DeleteFunc(slices.Clone(w.Card.Principles), func(p rules.PrincipleScore) bool { return !judged(standingOf(p)) })
	slices.SortStableFunc(list, func(a, b rules.PrincipleScore) int { return cmp.Compare(b.Points.Value, a.Points.Value) })
	if n := len(list); n > 1 && v.Score(list[0].Points.Value) != v.Score(list[n-1].Points.Value) {
		lines = append(lines, v.T("digest.principles", locale.Args{"Best": v.principle(list[0].Principle), "Worst": v.principle(list[n-1].Principle)}))
	}
	return lines
}

// grades counts the days of a month by their grade.
func (v voice) grades(w ReviewView) []locale.HTML {
	if w.Of != Monthly {
		return nil
	}
	var counts [rules.Unknown + 1]int
	for _, s := range w.Scores {
		g := rules.NotApplicable
		if s.Judged() {
			g = s.Total.Grade()
		}
		counts[g]++
	}
	var list []locale.HTML
	for _, g := range []rules.Grade{rules.Excellent, rules.Good, rules.Pass, rules.Poor} {
		if counts[g] > 0 {
			list = append(list, v.T("digest.grade", locale.Args{"Grade": v.grade(g), "N": counts[g]}))
		}
	}
	if counts[rules.NotApplicable] > 0 && len(list) > 0 {
		list = append(list, v.T("digest.grade", locale.Args{"Grade": v.T("digest.unjudged", nil), "N": counts[rules.NotApplicable]}))
	}
	if len(list) == 0 {
		return nil
	}
	return []locale.HTML{v.T("digest.grades", locale.Args{"List": locale.Join(list, " · ")})}
}

// missed lists the rules that were broken, the most often first. One whose cases are only counted breaks nothing.
func (v voice) missed(tallies rules.DayTallies) (ids []string) {
	for id, t := range tallies {
		if r, ok := v.rule(id); t.Breached > 0 && (!ok || !r.Counted()) {
			ids = append(ids, id)
		}
	}
	slices.SortFunc(ids, func(a, b string) int {
		return cmp.Or(cmp.Compare(tallies[b].Breached, tallies[a].Breached), cmp.Compare(a, b))
	})
	return ids
}

// mostMissed names the rule that was missed most, and what its misses have in common.
func (v voice) mostMissed(w ReviewView) []locale.HTML {
	ids := v.missed(w.Tallies)
	if len(ids) == 0 {
		if w.unsure() || !w.Card.Total.Known {
			return nil
		}
		return []locale.HTML{v.T("digest.nothing_missed", nil)}
	}
	t := w.Tallies[ids[0]]
	lines := []locale.HTML{v.T("digest.most", locale.Args{"Rule": v.ruleName(ids[0]), "Misses": t.Breached, "All": t.Resolved()})}
	if causes := w.Causes[ids[0]]; len(causes) > 0 {
		if r, ok := v.rule(ids[0]); ok {
			lines = append(lines, v.cause(r, causes[0]))
		}
	}
	return lines
}

// toll is what the days may lead to: the points of the year so far with the next node, the gravest step of these days, and
// what the platform announced.
func (v voice) toll(w ReviewView) (lines []locale.HTML) {
	l := w.Ladder
	if steps := grouped(l.Ledger.Steps, w.From, w.To); len(steps) > 0 {
		lines = append(lines, v.andMore(v.T("ladder.short", locale.Args{"Day": v.day(steps[0].Day), "What": v.measure(steps[0].Step),
			"Rule": v.ruleName(steps[0].Rule)}), steps[0].If, len(steps)-1))
	}
	if sum := l.Ledger.Sum(rules.General).Points + l.Ledger.Sum(rules.Severe).Points; sum > 0 {
		lines = append(lines, v.sums(l)...)
	}
	news := slices.DeleteFunc(v.announced(l), func(s rules.Sanction) bool { return v.asks(s) > 2 && (s.Day < w.From || s.Day >= w.To) })
	if len(news) > 0 {
		lines = append(lines, v.andMore(v.T("imposed.short", locale.Args{"What": v.penalty(news[0]), "State": v.state(news[0])}),
			rules.Text{}, len(news)-1))
	}
	return lines
}

// praise is at most two streaks of three days or more.
func (v voice) praise(w ReviewView) (lines []locale.HTML) {
	if w.unsure() {
		return nil
	}
	for _, s := range w.Streak {
		if s.Days < milestones[0] || len(lines) == praised {
			break
		}
		key := "digest.good.streak"
		if s.Open {
			key = "digest.good.streak_more"
		}
		lines = append(lines, v.T(key, locale.Args{"Rule": v.ruleName(s.Rule.ID), "Count": s.Days}))
	}
	return lines
}

// trial is the advice that costs nothing to try: the first that the shop has not put away.
func (w ReviewView) trial(tips []rules.Tip) []rules.Advice {
	t := w.advised()
	list := t.advice(tips)
	return list[:min(len(list), 1)]
}

// advised is the review as advice is drawn from it.
func (w ReviewView) advised() TipsView {
	return TipsView{View: w.View, From: w.From, To: w.To, Tallies: w.Tallies, Causes: w.Causes, States: w.States}
}

// experiment offers one thing to try, which is measured when it is accepted.
func (v voice) experiment(w ReviewView, trial []rules.Advice) []locale.HTML {
	if len(trial) == 0 {
		return nil
	}
	a := trial[0]
	return []locale.HTML{v.T("digest.experiment."+w.Of.String(), locale.Args{"Rule": v.ruleName(a.Rule.ID), "Tip": v.T("tip."+a.Tip.ID+".do", nil)}),
		v.T("digest.measured", nil)}
}

// ReviewPicture is the course of the days as a picture; nil when fewer than two of them have a score.
func (c *Composer) ReviewPicture(w ReviewView, theme chart.Theme) *chart.Picture {
	v := c.voice(w.View)
	values := spark(w.Trend, len(w.Trend))
	known := 0
	for _, x := range values {
		if x != nil {
			known++
		}
	}
	if known < 2 {
		return nil
	}
	days := make([]string, len(w.Trend))
	for i, s := range w.Trend {
		days[i] = v.axis(w.Of, i, s.Day)
	}
	return &chart.Picture{Theme: theme, Trend: &chart.Trend{Title: v.shop().Plain(), Subtitle: v.span(w).Plain(), Days: days,
		Lines: []chart.TrendLine{{Name: v.Label("digest.total", nil), Values: values}}}}
}

// axis names a day below a picture: each of a week, one in seven of a month.
func (v voice) axis(of Edition, i int, day rules.Date) string {
	switch {
	case of == Weekly:
		return v.Label("weekday.w"+strconv.Itoa(int(day.Weekday())), nil)
	case i%7 != 0:
		return ""
	}
	return v.short(day).Plain()
}
