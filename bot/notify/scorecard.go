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
	Card   rules.Scorecard  // of Day
	Before rules.Scorecard  // of the day before; the zero card when there is none
	Last7  rules.Period     // the seven days that end with Day, against those before
	Last30 rules.Period     // and the thirty
	Worst  []rules.Case     // breached cases of Day, the worst first
	Undone bool             // something that broke in the days before is not done yet; looked up only of a day without a case
	Late   bool             // sent after its time
	Ladder LadderView       // up to Day
	Scores []rules.DayScore // of the thirty days that end with Day, in order; none = not known
	Streak []rules.Streak   // that were carried on on Day, the longest first

	// Platform is Day as the platform counts it, where that is not as the shop's own corrections have it; the zero card
	// says that the two are the same.
	Platform rules.Scorecard

	States  map[string]TipState // what the shop said to tips, by tip id
	Results []TipResult         // of tips it accepted whose days were over on Day

	Noise map[int64]outbox.NoiseCount // by chat: what rang on Day and what was only counted
	noise outbox.NoiseCount           // of the chat that reads
	chat  Chat                        // that reads; the zero value has everything
}

// worst is how many of the worst cases a scorecard names.
const worst = 3

// cardLife is how long a scorecard is worth sending.
const cardLife = 24 * time.Hour

// Scorecards returns the scorecard of a day for every chat that takes it on the day after, each in its language and as the
// chat has chosen.
func (c *Composer) Scorecards(d ScorecardView, chats []Chat) []outbox.Message {
	var out []outbox.Message
	for _, chat := range chats {
		if !chat.Takes(Daily, d.Day.Next(1).Weekday()) {
			continue
		}
		d.Lang, d.noise, d.chat = chat.Lang, d.Noise[chat.ID], chat
		m := cardMessage(d.View, chat, ScorecardKey(d.Shop.ID, d.Day, chat.ID), cardLife)
		m.HTML, m.Buttons = c.Scorecard(d)
		if theme, ok := chat.Theme(); ok {
			m.Picture = c.CardPicture(d, theme)
		}
		out = append(out, m)
	}
	return out
}

// cardMessage is the message of a scorecard or review, which comes to a topic of its own.
func cardMessage(v View, chat Chat, key string, life time.Duration) outbox.Message {
	m := message(News{Shop: v.Shop, Now: v.Now}, chat, outbox.Scorecard, key)
	m.Thread, m.Lang, m.Expires = chat.CardTopic(), chat.Lang, v.Now+rules.Instant(life.Milliseconds())
	return m
}

// Scorecard says how a closed day went: the score first, then the principles and what changed, what it may lead to, the worst
// cases, good news, and one thing to do. It is complete without a picture and short enough to be the caption of one. A day on
// which nothing was due and nothing was missed is one line.
func (c *Composer) Scorecard(d ScorecardView) (string, [][]outbox.Button) {
	v := c.voice(d.View)
	if d.quiet() {
		args := locale.Args{"Day": v.date(d.Day), "Shop": v.shop()}
		lines := []locale.HTML{v.T("digest.quiet", args)}
		if d.Late {
			lines = append(lines, v.T("scorecard.late", args))
		}
		return v.caption(part{section: section{lines: lines}}), [][]outbox.Button{{v.button("due", "due", v.Shop.ID), v.button("today", "today", v.Shop.ID)}}
	}
	parts := []part{{section: section{lines: v.cardHead(d)}}}
	if d.Card.Total.Known || !d.silent() {
		parts = append(parts, part{section: section{lines: v.principles(d.Card, d.Before, d.unsure()), rows: v.windows(d.Last7, d.Last30)}})
	}
	return v.caption(append(parts, v.cardBody(d)...)...), [][]outbox.Button{
		{v.button("violations", "violations", v.Shop.ID), v.button("tips", "tips", v.Shop.ID)},
		{v.button("due", "due", v.Shop.ID), v.button("today", "today", v.Shop.ID)},
	}
}

// cardBody is what stands below the scores, as far as the chat wants it.
func (v voice) cardBody(d ScorecardView) []part {
	var list []part
	if d.chat.Has(PartPoints) {
		list = append(list, part{section{rows: v.findings(d.Policy.Evaluate(d.Day, d.tallies()))}, 3, 1}, part{section{rows: v.ladderLines(d.Ladder)}, 2, 1})
	}
	if d.chat.Has(PartWorst) && len(d.Worst) > 0 {
		bad := section{lines: []locale.HTML{"<b>" + v.T("scorecard.worst", nil) + "</b>"}}
		for _, k := range d.Worst[:min(len(d.Worst), worst)] {
			bad.rows = append(bad.rows, v.lateRow(k))
		}
		bad.rows = v.numbered(bad.rows)
		list = append(list, part{bad, 7, 0})
	}
	if d.chat.Has(PartTips) {
		list = append(list, part{v.measuredSection(d.Results), 4, 0})
	}
	if d.chat.Has(PartStreaks) {
		list = append(list, part{section{rows: v.goodNews(d)}, 8, 2})
	}
	if d.chat.Has(PartTips) {
		list = append(list, part{section{rows: v.oneThing(d)}, 5, 2})
	}
	return append(list, part{section{rows: v.spared(d.noise)}, 9, 2}, part{section{lines: []locale.HTML{v.heard()}}, 0, 2})
}

// evening is how long before midnight a day may have fallen silent and still count as complete: shops sleep.
const evening = 6 * time.Hour

// unsureOf reports whether too much of a local day may be missing to call it good.
func (v View) unsureOf(day rules.Date) bool {
	end := day.Next(1).At(0, v.Policy.Zone())
	if silent := v.Heard < day.At(0, v.Policy.Zone()); v.Pulse.Knows(end) && !silent {
		return v.Heard < end && v.silentAt(end)
	}
	return v.Heard < end-rules.Instant(evening.Milliseconds())
}

// silent reports whether nothing was heard since the day began, unsure whether too much of it may be missing to call it
// good.
func (d ScorecardView) silent() bool { return d.Heard < d.Day.At(0, d.Policy.Zone()) }
func (d ScorecardView) unsure() bool { return d.unsureOf(d.Day) }

// quiet reports whether there is nothing to tell of a day: its source was heard, nothing was due, nothing was missed, nothing
// follows from it and nothing was measured.
func (d ScorecardView) quiet() bool {
	if d.unsure() || len(d.Results) > 0 || len(d.Worst) > 0 || d.Undone || !d.tallies().Idle() {
		return false
	}
	return len(voice{View: d.View}.pressingLadder(d.Ladder)) == 0
}

// pressingLadder is what of a ladder asks to be told on a day: its steps, what is running, and what was announced.
func (v voice) pressingLadder(l LadderView) (news []rules.Rung) {
	for _, g := range grouped(l.Ledger.Steps, l.Day, l.Day.Next(1)) {
		news = append(news, g.Rung)
	}
	for _, r := range l.Ledger.Running(l.Day) {
		news = append(news, r.Rung)
	}
	for _, s := range v.announced(l) {
		if v.fresh(s, l.Day) {
			news = append(news, s.Rung)
		}
	}
	return news
}

// tallies are the counts the card was scored from.
func (d ScorecardView) tallies() rules.DayTallies { return talliesOf(d.Card) }

func talliesOf(card rules.Scorecard) rules.DayTallies {
	tallies := rules.DayTallies{}
	for _, p := range card.Principles {
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
	lines := []locale.HTML{v.T(total.form("scorecard.title"), args)}
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
	return slices.Concat(lines, v.compared(d, total), v.platformScore(d))
}

// platformScore is the other of the two numbers, where they differ.
func (v voice) platformScore(d ScorecardView) []locale.HTML {
	own, theirs := totalOf(d.Card), totalOf(d.Platform)
	if !judged(own) || !judged(theirs) || v.Score(own.points.Value) == v.Score(theirs.points.Value) {
		return nil
	}
	return []locale.HTML{v.T("digest.platform", locale.Args{"Score": v.Score(theirs.points.Value)})}
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
