package notify

import (
	"shopwarden/bot/locale"
	"shopwarden/rules"
)

// A rich message is HTML with blocks (core.telegram.org/bots/api#inputrichmessage, Bot API 10.1 of June 2026). Of its tags
// only these are used, without attributes: h3, p, ul with li, table with tr, th and td, details with summary, and inside
// them what every message may have. Its limits are 32,768 characters, 500 blocks and 20 columns; a review has some 60.

// block is one block of a rich message; texts inside it are escaped already.
func block(tag string, content locale.HTML) locale.HTML {
	return locale.HTML("<"+tag+">") + content + locale.HTML("</"+tag+">")
}

// blocks puts every text into a block of its own.
func blocks(tag string, texts []locale.HTML) (all locale.HTML) {
	for _, text := range texts {
		all += block(tag, text)
	}
	return all
}

// listed is a list, nothing without items.
func listed(items []locale.HTML) locale.HTML {
	if len(items) == 0 {
		return ""
	}
	return block("ul", blocks("li", items))
}

// folded is a part that opens at a press, nothing without items.
func folded(title locale.HTML, items []locale.HTML) locale.HTML {
	if len(items) == 0 {
		return ""
	}
	return block("details", block("summary", title)+listed(items))
}

// richRows is how many rows of one kind a rich review has.
const richRows = 10

// RichReview is [Composer.Review] as a rich message: with a table of the principles and of the days, and every rule that was
// missed.
func (c *Composer) RichReview(w ReviewView) string {
	v := c.voice(w.View)
	head := v.reviewHead(w)
	text := block("h3", head[0]) + blocks("p", head[1:]) + v.principleTable(w) + blocks("p", append(v.bestAndWorst(w), v.grades(w)...)) +
		blocks("p", v.mostMissed(w)) + folded(v.T("digest.rich.missed", nil), v.perRuleRows(w)) + folded(v.T("digest.rich.days", nil), v.dayRows(w))
	if w.chat.Has(PartPoints) {
		text += folded(v.T("digest.rich.points", nil), v.toll(w))
	}
	if w.chat.Has(PartTips) {
		text += folded(v.T("measured.title", nil), v.measured(w.Results[:min(len(w.Results), richRows)]))
	}
	if w.chat.Has(PartStreaks) {
		text += listed(v.praise(w))
	}
	if w.chat.Has(PartTips) {
		text += blocks("p", v.experiment(w, w.trial(c.tips)))
	}
	return string(text + block("p", v.heard()))
}

// principleTable has a row for each principle: its score, the change, and what it rests on.
func (v voice) principleTable(w ReviewView) locale.HTML {
	rows := blocks("th", []locale.HTML{v.T("digest.rich.principle", nil), v.T("digest.rich.score", nil), v.T("digest.rich.change", nil), v.T("digest.rich.kept", nil)})
	table := block("tr", rows)
	for i, p := range w.Card.Principles {
		now := standingOf(p)
		score, change, of := v.Nothing(), locale.HTML("–"), locale.HTML("–")
		if now.sum.Resolved() > 0 {
			of = v.T("digest.rich.of", locale.Args{"Met": now.sum.Met, "All": now.sum.Resolved()})
		}
		if judged(now) {
			score = v.Score(now.points.Value)
		}
		if i < len(w.Before.Principles) {
			if by, ok := now.since(standingOf(w.Before.Principles[i])); ok {
				change = v.Change(by)
			}
		}
		table += block("tr", blocks("td", []locale.HTML{now.dot(w.unsure()) + " " + v.principle(p.Principle), score, change, of}))
	}
	return block("table", table)
}

func (v voice) perRuleRows(w ReviewView) (rows []locale.HTML) {
	ids := v.missed(w.Tallies)
	for _, id := range ids[:min(len(ids), richRows)] {
		rows = append(rows, v.T("digest.rich.rule", locale.Args{"Rule": v.ruleName(id), "Misses": w.Tallies[id].Breached, "All": w.Tallies[id].Resolved()}))
	}
	return rows
}

func (v voice) dayRows(w ReviewView) (rows []locale.HTML) {
	for _, s := range w.Scores {
		score := v.Nothing()
		if s.Judged() {
			score = v.Score(s.Total.Value)
		}
		dot := standing{points: s.Total, few: s.Provisional, sum: rules.Tally{Met: 1}}.dot(false)
		rows = append(rows, v.T("digest.rich.day", locale.Args{"Dot": dot, "Day": v.date(s.Day), "Score": score}))
	}
	return rows
}
