package notify

import (
	"cmp"
	"maps"
	"slices"
	"strconv"

	"shopwarden/bot/locale"
	"shopwarden/rules"
)

// LadderView is what could follow from a shop's own counts, and what the platform imposed. The two are apart: no sum and no
// sentence mixes them. The zero value says nothing.
type LadderView struct {
	View
	Day     rules.Date       // the last day that was judged
	Ledger  rules.Ledger     // simulated, since 1 January
	Imposed rules.Imposed    // announced by the platform in the same year, as it stands now
	Earlier []rules.Sanction // of the year before, where something can still be done
	Owed    []Owed           // what buyers may be owed for the latest broken cases, the latest first
	Unread  int              // broken cases beyond those
}

// Owed is what the buyer of one broken case may be owed, by the table of the rule: proposed, not booked.
type Owed struct {
	Rule     string
	Subject  rules.Subject
	Amount   int64 // minor units of Currency
	Currency string
}

// rungs is how many measures of each kind a page names, the most severe first; the rest is counted.
const rungs = 5

// couldFollow is the simulated part of a page: the steps of the local days from … to (half-open), what the points add up to,
// and what buyers may be owed. Empty when there is nothing of it.
func (v voice) couldFollow(l LadderView, from, to rules.Date) section {
	steps := grouped(l.Ledger.Steps, from, to)
	s := section{lines: append(v.sums(l), v.owed(l)...)}
	for _, c := range slices.Backward(l.Ledger.Crossings) {
		if c.Day >= from && c.Day < to {
			s.rows = append(s.rows, v.T("bullet", locale.Args{"Text": v.crossing(l, c)}))
		}
	}
	for _, g := range steps {
		s.rows = append(s.rows, v.T("bullet", locale.Args{"Text": v.step(g)}))
	}
	s.hidden = len(s.rows) - min(len(s.rows), rungs)
	s.rows = s.rows[:len(s.rows)-s.hidden]
	if s.empty() {
		return section{}
	}
	s.lines = append([]locale.HTML{"<b>" + v.T("ladder.title", nil) + "</b>", v.T("ladder.own", nil)}, s.lines...)
	return s
}

// stepGroup is a line of a rule with the latest of its steps, and on how many days it made one.
type stepGroup struct {
	rules.Step
	days int
}

// grouped are the steps of some days by line: those that count before those that depend on something unknown, the most severe
// first, then the latest.
func grouped(steps []rules.Step, from, to rules.Date) (list []stepGroup) {
	place := map[[2]string]int{}
	for _, s := range steps {
		if s.Day < from || s.Day >= to {
			continue
		}
		key := [2]string{s.Rule, s.Line}
		if i, known := place[key]; known {
			list[i] = stepGroup{s, list[i].days + 1} // steps come by day
			continue
		}
		place[key] = len(list)
		list = append(list, stepGroup{s, 1})
	}
	slices.SortStableFunc(list, func(a, b stepGroup) int {
		if a.Booked() != b.Booked() {
			if a.Booked() {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(b.Rung, a.Rung), cmp.Compare(b.Points, a.Points), cmp.Compare(b.Day, a.Day))
	})
	return list
}

// step is one simulated measure with the counts that it rests on.
func (v voice) step(g stepGroup) locale.HTML {
	args := locale.Args{"What": v.measure(g.Step), "Rule": v.ruleName(g.Rule), "Day": v.day(g.Day), "From": v.day(g.From),
		"Cases": g.Cases, "All": g.Resolved}
	key := "ladder.step"
	switch {
	case g.Cases == 0:
		key = "ladder.step_bare"
	case g.From != g.Day:
		key = "ladder.step_since"
	}
	text := v.T(key, args)
	if g.days > 1 {
		text = v.T("ladder.days", locale.Args{"Text": text, "Count": g.days})
	}
	switch {
	case !g.Booked():
		text = v.T("ladder.if", locale.Args{"Text": text, "If": v.text(g.If)})
	case g.Human:
		text = v.T("ladder.human", locale.Args{"Text": text})
	}
	return text
}

// measure names what a step would be.
func (v voice) measure(s rules.Step) locale.HTML {
	if s.Class != 0 && s.Points == 0 {
		return v.T("rung."+s.Rung.String()+"_capped", nil)
	}
	return v.rung(s.Rung, s.Points, s.Days)
}

// rung names a measure with its points or days; without either by its bare name.
func (v voice) rung(r rules.Rung, points rules.PenaltyPoints, days int) locale.HTML {
	key := "rung." + r.String()
	switch { // a platform may announce points with any rung; only two of them say which
	case r.Class() != 0 && points == 100:
		key += "_one"
	case r.Class() != 0 && points > 0:
		key += "_many"
	case days > 0 && (r == rules.OrderLimit || r == rules.Suspension):
		return v.T(key+"_days", locale.Args{"Count": days})
	}
	return v.T(key, locale.Args{"Points": number(points)})
}

// number writes points; they are digits and a dot in every language.
func number(p rules.PenaltyPoints) locale.HTML { return locale.HTML(p.String()) }

// text is a name of a pack in the reader's language: packs speak Chinese, and English for everybody else.
func (v voice) text(t rules.Text) locale.HTML {
	if v.Printer.Lang() == "zh" {
		return locale.Escape(t.Zh)
	}
	return locale.Escape(t.En)
}

// sums says what the simulated points of the year add up to, what comes next, and what would be running.
func (v voice) sums(l LadderView) (lines []locale.HTML) {
	if len(l.Ledger.Steps) == 0 {
		return nil
	}
	general, severe := l.Ledger.Sum(rules.General), l.Ledger.Sum(rules.Severe)
	if general.Points+severe.Points > 0 {
		lines = append(lines, v.T("ladder.sum", locale.Args{"General": number(general.Points), "Severe": number(severe.Points)}))
	}
	for _, s := range l.Ledger.Sums {
		if s.Points > 0 && s.More {
			lines = append(lines, v.T("ladder.next", locale.Args{"Class": v.T("class."+s.Class.String(), nil), "Left": number(s.Next.Left),
				"At": number(s.Next.At), "What": v.node(l, s.Next.Node)}))
		}
	}
	for _, r := range l.Ledger.Running(l.Day) {
		lines = append(lines, v.running(r))
	}
	return lines
}

func (v voice) running(r rules.Run) locale.HTML {
	return v.T("ladder.running", locale.Args{"What": v.rung(r.Rung, 0, 0), "Day": v.date(r.Last)})
}

func (v voice) crossing(l LadderView, c rules.Crossing) locale.HTML {
	return v.T("ladder.crossing", locale.Args{"Class": v.T("class."+c.Node.Class.String(), nil), "At": number(c.At), "Day": v.day(c.Day),
		"Rule": v.ruleName(c.Rule), "What": v.node(l, c.Node)})
}

// node lists what follows at a sum of points.
func (v voice) node(l LadderView, n rules.Node) locale.HTML {
	var list []locale.HTML
	if n.Exam {
		list = append(list, v.rung(rules.Exam, 0, 0))
	}
	if n.Days > 0 {
		list = append(list, v.rung(rules.Suspension, 0, n.Days))
	}
	if n.Fine > 0 && v.Policy != nil {
		list = append(list, v.T("ladder.fine", locale.Args{"Money": v.Money(n.Fine, v.Policy.Ladder(l.Day).Currency)}))
	}
	if n.Removal {
		list = append(list, v.T("ladder.removal", nil))
	}
	if len(list) == 0 {
		return ""
	}
	all := list[0]
	for _, then := range list[1:] {
		all = v.T("ladder.and", locale.Args{"First": all, "Then": then})
	}
	return all
}

// owed says what buyers may be owed, one sum per currency.
func (v voice) owed(l LadderView) (lines []locale.HTML) {
	sums, cases := map[string]int64{}, map[string]int{}
	for _, o := range l.Owed {
		sums[o.Currency] += o.Amount
		cases[o.Currency]++
	}
	for _, code := range slices.Sorted(maps.Keys(sums)) {
		line := v.T("ladder.owed", locale.Args{"Money": v.Money(sums[code], code), "Count": cases[code]})
		if l.Unread > 0 {
			line = v.T("ladder.owed_cut", locale.Args{"Text": line, "Count": l.Unread})
		}
		lines = append(lines, line)
	}
	return lines
}

// imposed is what the platform announced: what asks for something first, then the most severe, then the latest.
func (v voice) imposed(l LadderView) section {
	list := v.announced(l)
	if len(list) == 0 {
		return section{}
	}
	s := section{lines: []locale.HTML{"<b>" + v.T("imposed.title", nil) + "</b>"}, hidden: len(list) - min(len(list), rungs)}
	year, i := strconv.Itoa(l.Imposed.Year), l.Imposed
	if i.General+i.Severe > 0 {
		s.lines = append(s.lines, v.T("imposed.sum", locale.Args{"Year": year, "General": number(i.General), "Severe": number(i.Severe)}))
	}
	if i.Returned > 0 {
		s.lines = append(s.lines, v.T("imposed.returned", locale.Args{"Year": year, "Points": number(i.Returned)}))
	}
	for _, x := range list[:min(len(list), rungs)] {
		s.rows = append(s.rows, v.T("bullet", locale.Args{"Text": v.sanction(x)}))
	}
	return s
}

// announced are the penalties of the year, and what is left of those before, in the order in which they are told.
func (v voice) announced(l LadderView) []rules.Sanction {
	list := append(slices.Clone(l.Imposed.Sanctions), l.Earlier...)
	slices.SortStableFunc(list, func(a, b rules.Sanction) int {
		return cmp.Or(cmp.Compare(v.asks(a), v.asks(b)), cmp.Compare(b.Rung, a.Rung), cmp.Compare(b.Issued, a.Issued))
	})
	return list
}

// asks ranks a penalty by what can still be done about it: it can be appealed, its exam is due, it was taken back in the last
// seven days (which is good news), it stands, it was taken back before.
func (v voice) asks(s rules.Sanction) int {
	switch _, _, open := s.AppealLeft(v.Now); {
	case open:
		return 1
	case s.ExamDue():
		return 2
	case !s.InForce() && rules.DateOf(s.Decided, v.zone()) > v.today().Next(-7):
		return 3
	case s.InForce():
		return 4
	}
	return 5
}

// sanction is one announced penalty.
func (v voice) sanction(s rules.Sanction) locale.HTML {
	args := locale.Args{"What": v.penalty(s), "ID": locale.Code(s.ID), "Day": v.day(s.Day), "State": v.state(s)}
	if s.Rule != "" {
		args["Rule"] = v.ruleName(s.Rule)
		return v.T("imposed.row_rule", args)
	}
	return v.T("imposed.row", args)
}

// penalty names what was imposed, with its points and money.
func (v voice) penalty(s rules.Sanction) locale.HTML {
	what := v.rung(s.Rung, s.Points, 0)
	if s.Class() != 0 && s.Points == 0 {
		what = v.T("rung."+s.Rung.String()+"_unread", nil)
	}
	if s.Amount != 0 {
		what = v.T("imposed.money", locale.Args{"What": what, "Money": v.Money(s.Amount, s.Currency)})
	}
	return what
}

// state is where an announced penalty stands, with what can still be done.
func (v voice) state(s rules.Sanction) locale.HTML {
	key, args := "imposed.over", locale.Args{"Points": number(s.Points)}
	left, _, open := s.AppealLeft(v.Now)
	switch {
	case open:
		key, args["Left"] = "imposed.appeal", v.Duration(left)
	case s.State == rules.Withdrawn && s.Class() != 0 && s.Points == 100:
		key = "imposed.back_one"
	case s.State == rules.Withdrawn && s.Class() != 0 && s.Points > 0:
		key = "imposed.back_points"
	case s.State == rules.Withdrawn:
		key = "imposed.back"
	case s.State == rules.Appealed:
		key = "imposed.appealed"
	case s.State == rules.Upheld:
		key = "imposed.upheld"
	}
	text := v.T(key, args)
	switch {
	case s.ExamDue():
		text = v.T("imposed.exam_due", locale.Args{"Text": text})
	case s.Rung == rules.Exam && s.ExamPassed != 0:
		text = v.T("imposed.exam_passed", locale.Args{"Text": text})
	}
	return text
}

// ladderLines are the ladder in short: a line on what could follow from the day, a line on what the platform announced that
// day or can still be appealed. Neither where there is nothing.
func (v voice) ladderLines(l LadderView) (lines []locale.HTML) {
	if steps := grouped(l.Ledger.Steps, l.Day, l.Day.Next(1)); len(steps) > 0 {
		lines = append(lines, v.andMore(v.T("ladder.short", locale.Args{"Day": v.day(l.Day), "What": v.measure(steps[0].Step),
			"Rule": v.ruleName(steps[0].Rule)}), steps[0].If, len(steps)-1))
	} else if running := l.Ledger.Running(l.Day); len(running) > 0 {
		lines = append(lines, v.andMore(v.T("ladder.short_running", locale.Args{"What": v.rung(running[0].Rung, 0, 0),
			"Day": v.date(running[0].Last)}), rules.Text{}, len(running)-1))
	}
	if news := slices.DeleteFunc(v.announced(l), func(s rules.Sanction) bool { return !v.fresh(s, l.Day) }); len(news) > 0 {
		lines = append(lines, v.andMore(v.T("imposed.short", locale.Args{"What": v.penalty(news[0]), "State": v.state(news[0])}),
			rules.Text{}, len(news)-1))
	}
	return lines
}

// fresh reports whether a penalty belongs in the short line of a day: something can be done, or something happened.
func (v voice) fresh(s rules.Sanction, day rules.Date) bool {
	return v.asks(s) <= 2 || s.Day == day || s.Decided != 0 && rules.DateOf(s.Decided, v.zone()) == day
}

func (v voice) andMore(line locale.HTML, condition rules.Text, more int) locale.HTML {
	if condition != (rules.Text{}) {
		line = v.T("ladder.if", locale.Args{"Text": line, "If": v.text(condition)})
	}
	if more > 0 {
		line = v.T("ladder.more", locale.Args{"Text": line, "Count": more})
	}
	return line
}
