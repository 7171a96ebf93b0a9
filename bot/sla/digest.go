package sla

import (
	"context"

	"shopwarden/bot/notify"
	"shopwarden/rules"
)

// recordDays is how many days a record is one of.
const recordDays = 30

// Review is the week or month that closed before a local day, which is a Monday or the first of a month, set against the one
// before. Causes, and what was said to tips, are left to [Advisor.Explained].
func (d *Desk) Review(ctx context.Context, shop string, of notify.Edition, to rules.Date, late bool) (notify.ReviewView, error) {
	v, err := d.view(ctx, shop)
	if err != nil {
		return notify.ReviewView{}, err
	}
	from, last := of.From(to), to.Next(-1)
	before := of.From(from)
	days, err := d.tallies(ctx, shop, min(before, last.Next(1-scoreDays), v.Policy.ClimbFrom(last)), to)
	if err != nil {
		return notify.ReviewView{}, err
	}
	programs, err := d.enabled(ctx, shop)
	if err != nil {
		return notify.ReviewView{}, err
	}
	score := func(from, to rules.Date) rules.Scorecard {
		return v.Policy.ScoreOf(rules.Counts{From: from, To: to, Days: days, Programs: programs})
	}
	w := notify.ReviewView{View: v, Of: of, From: from, To: to, Late: late, Card: score(from, to), Before: score(before, from),
		Scores: v.Policy.DayScores(from, to, days, programs), Trend: v.Policy.DayScores(to.Next(-trendDays(of)), to, days, programs),
		Streak: v.Policy.Streaks(last.Next(1-scoreDays), last, days), Tallies: rules.DayTallies{}}
	for day := from; day < to; day++ {
		for rule, t := range days[day] {
			w.Tallies[rule] = w.Tallies[rule].Plus(t)
		}
	}
	w.Ladder, err = d.ladder(ctx, v, last, days)
	return w, err
}

func trendDays(of notify.Edition) int {
	if of == notify.Weekly {
		return 7
	}
	return 30
}

// Explained adds to a review what its misses have in common, what the shop said to tips, and the results of the tips whose
// days were over in its days. A review that is composed again tells the same.
func (a *Advisor) Explained(ctx context.Context, w notify.ReviewView) (notify.ReviewView, error) {
	e, err := a.evidence(ctx, w.View, w.From, w.To)
	if err != nil {
		return w, err
	}
	w.Causes = e.causes(w.From, w.To)
	if w.States, err = a.book.Tips(ctx, w.Shop.ID); err != nil {
		return w, err
	}
	w.Results, err = a.results(ctx, w.View, w.States, w.From, w.To)
	return w, err
}
