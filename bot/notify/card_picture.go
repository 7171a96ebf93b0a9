package notify

import (
	"shopwarden/bot/chart"
	"shopwarden/rules"
)

// sparkDays is how many days the small line of a card shows.
const sparkDays = 14

// CardPicture is the scorecard of a closed day as a picture; nil when there is nothing to draw: no score, and no principle
// with one. Whatever may be incomplete has neutral colours.
func (c *Composer) CardPicture(d ScorecardView, theme chart.Theme) *chart.Picture {
	v := c.voice(d.View)
	if !anyScore(d.Card) || d.quiet() {
		return nil
	}
	card := v.card(d.Card, d.Before, d.unsure())
	card.Subtitle, card.Total.Spark = v.date(d.Day).Plain(), spark(d.Scores, sparkDays)
	return &chart.Picture{Theme: theme, Card: card}
}

func anyScore(card rules.Scorecard) bool {
	for _, p := range card.Principles {
		if p.Points.Known {
			return true
		}
	}
	return card.Total.Known
}

// card fills a picture from a scorecard and the one it is set against.
func (v voice) card(now, before rules.Scorecard, unsure bool) *chart.Card {
	card := &chart.Card{Title: v.shop().Plain(), Total: v.cardScore(v.Label("digest.total", nil), totalOf(now), totalOf(before), unsure), Foot: v.heard().Plain()}
	for i, p := range now.Principles {
		var then standing
		if i < len(before.Principles) {
			then = standingOf(before.Principles[i])
		}
		card.Principles = append(card.Principles, v.cardScore(v.principle(p.Principle).Plain(), standingOf(p), then, unsure))
	}
	return card
}

// cardScore is one score of a card. One that rests on too few cases has no number, as in the text.
func (v voice) cardScore(name string, now, then standing, unsure bool) chart.CardScore {
	s := chart.CardScore{Name: name}
	switch {
	case !now.points.Known:
		s.Note = v.Nothing().Plain()
		return s
	case now.few:
		s.Note = v.Label("digest.too_few", now.args(v, unsure))
		return s
	}
	value := now.points.Value
	s.Score = &value
	if unsure {
		s.Note = v.Label("digest.unsure", nil)
		return s
	}
	s.Grade, s.Note = now.grade(), v.grade(now.grade()).Plain()
	if change, ok := now.since(then); ok {
		s.Delta = &change
	}
	return s
}

// spark is the scores of the last days that can be judged, with gaps for the others.
func spark(scores []rules.DayScore, days int) []*float64 {
	scores = scores[max(0, len(scores)-days):]
	out := make([]*float64, len(scores))
	for i, s := range scores {
		if s.Judged() {
			value := s.Total.Value
			out[i] = &value
		}
	}
	return out
}
