package notify

import (
	"slices"
	"time"

	"shopwarden/bot/locale"
	"shopwarden/bot/outbox"
	"shopwarden/rules"
)

// ScorecardView is a closed local day.
type ScorecardView struct {
	View
	Day    rules.Date
	Card   rules.Scorecard // of Day
	Before rules.Scorecard // of the day before; the zero card when there is none
	Last7  rules.Period    // the seven days that end with Day, against those before
	Last30 rules.Period    // and the thirty
	Worst  []rules.Case    // breached cases of Day, the worst first
	Late   bool            // sent after its time
	Ladder LadderView      // up to Day

	States  map[string]TipState // what the shop said to tips, by tip id
	Results []TipResult         // of tips it accepted whose days were over on Day

	Noise map[int64]outbox.NoiseCount // by chat: what rang on Day and what was only counted
	noise outbox.NoiseCount           // of the chat that reads
}

// worst is how many of the worst cases a scorecard names.
const worst = 3

// cardLife is how long a scorecard is worth sending.
const cardLife = 24 * time.Hour

// Scorecards returns the scorecard of a day for every chat that takes it, each in its language.
func (c *Composer) Scorecards(d ScorecardView, chats []Chat) []outbox.Message {
	var out []outbox.Message
	for _, chat := range chats {
		if !chat.Digest || chat.Paused {
			continue
		}
		d.Lang, d.noise = chat.Lang, d.Noise[chat.ID]
		m := message(News{Shop: d.Shop, Now: d.Now}, chat, outbox.Scorecard, ScorecardKey(d.Shop.ID, d.Day, chat.ID))
		m.HTML, m.Buttons = c.Scorecard(d)
		m.Expires = d.Now + rules.Instant(cardLife.Milliseconds())
		out = append(out, m)
	}
	return out
}

// Scorecard says how a closed day went: the score first, then the principles and what changed, the worst cases, good news,
// and one thing to do. It is complete without a picture.
func (c *Composer) Scorecard(d ScorecardView) (string, [][]outbox.Button) {
	v := c.voice(d.View)
	head := section{lines: v.cardHead(d)}
	var lines []locale.HTML
	if d.Card.Total.Known || !d.silent() {
		lines = append(v.principles(d.Card, d.Before, d.unsure()), v.windows(d.Last7, d.Last30)...)
	}
	var rows []locale.HTML
	for _, k := range d.Worst[:min(len(d.Worst), worst)] {
		rows = append(rows, v.lateRow(k))
	}
	bad := section{rows: v.numbered(rows)}
	if len(rows) > 0 {
		bad.lines = []locale.HTML{"<b>" + v.T("scorecard.worst", nil) + "</b>"}
	}
	end := section{lines: slices.Concat(v.goodNews(d), v.oneThing(d), v.spared(d.noise), []locale.HTML{v.heard()})}
	reached := section{rows: v.findings(d.Policy.Evaluate(d.Day, d.tallies()))}
	follows := section{lines: v.ladderLines(d.Ladder)}
	return v.compose(head, section{lines: lines}, reached, follows, bad, v.measuredSection(d.Results), end), [][]outbox.Button{
		{v.button("violations", "violations", v.Shop.ID), v.button("tips", "tips", v.Shop.ID)},
		{v.button("due", "due", v.Shop.ID), v.button("today", "today", v.Shop.ID)},
	}
}

// evening is how long before midnight a day may have fallen silent and still count as complete: shops sleep.
const evening = 6 * time.Hour

// silent reports whether nothing was heard since the day began, unsure whether too much of it may be missing to call it
// good.
func (d ScorecardView) silent() bool { return d.Heard < d.Day.At(0, d.Policy.Zone()) }
func (d ScorecardView) unsure() bool {
	if end := d.Day.Next(1).At(0, d.Policy.Zone()); d.Pulse.Knows(end) && !d.silent() {
		return d.Heard < end && d.silentAt(end)
	}
	return d.Heard < d.Day.Next(1).At(0, d.Policy.Zone())-rules.Instant(evening.Milliseconds())
}

// tallies are the counts the card was scored from.
func (d ScorecardView) tallies() rules.DayTallies {
	tallies := rules.DayTallies{}
	for _, p := range d.Card.Principles {
		for _, r := range p.Rules {
			tallies[r.Rule.ID] = r.Tally
		}
	}
	return tallies
}

func (v voice) cardHead(d ScorecardView) []locale.HTML {
	total := totalOf(d.Card)
	args := total.args(v, d.unsure())
	args["Day"], args["Shop"] = v.date(d.Day), v.shop()
	key := "scorecard.title"
	switch {
	case !total.points.Known:
		key = "scorecard.title_none"
	case total.few:
		key = "scorecard.title_small"
	}
	lines := []locale.HTML{v.T(key, args)}
	if d.Late {
		lines = append(lines, v.T("scorecard.late", args))
	}
	age, _ := d.silence()
	switch {
	case d.silent():
		lines = append(lines, v.T("scorecard.silent", nil))
	case d.unsure():
		lines = append(lines, v.T("scorecard.stale", locale.Args{"Age": v.Duration(age)}))
	}
	return append(lines, v.compared(d, total)...)
}

// compared sets the score of a day against that of the day before, where both can be judged.
func (v voice) compared(d ScorecardView, total standing) []locale.HTML {
	before := totalOf(d.Before)
	if change, ok := total.since(before); ok {
		return []locale.HTML{v.T("scorecard.delta", locale.Args{"Before": v.Score(before.points.Value), "Change": v.Change(change)})}
	}
	switch {
	case !total.points.Known && !d.silent():
		return []locale.HTML{v.T("scorecard.nothing", nil)}
	case total.points.Known && !total.few:
		return []locale.HTML{v.T("scorecard.first", nil)}
	}
	return nil
}

// goodNews is one line: a principle that rose by a point or more, else the rule that was kept most often without a miss.
// A day of which too little is known has none.
func (v voice) goodNews(d ScorecardView) []locale.HTML {
	if d.unsure() {
		return nil
	}
	best, rise := rules.Principle(0), 1.0
	for i, p := range d.Card.Principles {
		if i < len(d.Before.Principles) {
			if up, ok := standingOf(p).since(standingOf(d.Before.Principles[i])); ok && up >= rise {
				best, rise = p.Principle, up
			}
		}
	}
	if best != 0 {
		return []locale.HTML{v.T("scorecard.best_rise", locale.Args{"Principle": v.principle(best), "Change": v.Change(rise)})}
	}
	var clean rules.RuleScore
	for _, p := range d.Card.Principles {
		for _, r := range p.Rules {
			if r.Tally.Breached == 0 && r.Tally.Met > clean.Tally.Met {
				clean = r
			}
		}
	}
	if clean.Tally.Met == 0 {
		return nil
	}
	return []locale.HTML{v.T("scorecard.best_clean", locale.Args{"Rule": v.ruleName(clean.Rule.ID), "N": clean.Tally.Met})}
}

// oneThing is the first tip for the rule that cost most that day, with the counts of that day.
func (v voice) oneThing(d ScorecardView) []locale.HTML {
	t := TipsView{View: d.View, From: d.Day, To: d.Day.Next(1), Tallies: d.tallies(), States: d.States}
	advice := t.advice(v.advised)
	if len(advice) == 0 {
		return nil
	}
	a := advice[0]
	return []locale.HTML{v.T("scorecard.action", locale.Args{"Rule": v.ruleName(a.Rule.ID), "Evidence": v.evidence(t, a.Rule, 0),
		"Tip": v.T("tip."+a.Tip.ID+".do", nil)})}
}
