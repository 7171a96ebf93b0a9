package sla

import (
	"context"

	"shopwarden/bot/notify"
	"shopwarden/rules"
)

// BrokenAsk picks broken cases of a shop: those due in [From, To) under one of Rules (nil = all), without the first Offset of
// them, the latest first, Limit at most.
type BrokenAsk struct {
	From, To      rules.Instant
	Rules         []string
	Offset, Limit int
}

// Violations is what went wrong on the local days of a filter, the latest first, Listed cases from its offset on. An offset
// behind the end is that of the last page. The ids are read, and only the cases of the page are judged.
func (d *Desk) Violations(ctx context.Context, shop string, f notify.Filter) (notify.ViolationsView, error) {
	v, err := d.view(ctx, shop)
	if err != nil {
		return notify.ViolationsView{}, err
	}
	today := v.Policy.Day(v.Now)
	w := notify.ViolationsView{View: v, Filter: f, Oldest: today.Next(-d.reader.KeptDays())}
	w.From, w.To = f.Span(today)
	if err := d.brokenPage(ctx, &w); err != nil {
		return w, err
	}
	last := min(w.To.Next(-1), today)
	days, err := d.past(ctx, v, last)
	if err != nil {
		return w, err
	}
	span := days
	if first := min(last.Next(1-scoreDays), v.Policy.ClimbFrom(last)); w.From < first {
		if span, err = d.tallies(ctx, shop, max(w.From, w.Oldest), w.To); err != nil {
			return w, err
		}
	}
	w.Corrected = notify.CorrectedOf(span, w.From, w.To)
	for day := w.From; day < w.To; day++ {
		w.Findings = append(w.Findings, v.Policy.Evaluate(day, span[day])...)
	}
	if f.Narrow() || f.Offset > 0 {
		w.Ladder = notify.LadderView{View: v, Day: last, Ledger: v.Policy.Climb(last, days)}
		return w, nil
	}
	w.Ladder, err = d.ladderOwed(ctx, v, last, days)
	return w, err
}

// brokenPage reads the counts and the cases of a page.
func (d *Desk) brokenPage(ctx context.Context, w *notify.ViolationsView) error {
	zone := w.Policy.Zone()
	ask := BrokenAsk{From: w.From.At(0, zone), To: w.To.At(0, zone), Offset: w.Filter.Offset, Limit: notify.Listed, Rules: picked(w)}
	for {
		listed, counts, err := d.reader.BrokenPage(ctx, w.Shop.ID, ask)
		if err != nil {
			return err
		}
		w.Counts, w.Total, w.Filter.Offset = counts, total(counts, ask.Rules), ask.Offset
		if ask.Offset > 0 && ask.Offset >= w.Total { // cases were taken back, or the button is old
			ask.Offset = max(w.Total-1, 0) / notify.Listed * notify.Listed
			continue
		}
		w.Cases, err = d.listed(ctx, w.View, listed)
		return err
	}
}

// picked are the rules that a filter takes, nil for all of them.
func picked(w *notify.ViolationsView) []string {
	if !w.Filter.Narrow() {
		return nil
	}
	list := []string{}
	for _, r := range w.Policy.Rules(w.Policy.Day(w.Now)) {
		if w.Filter.Picks(&r) {
			list = append(list, r.ID)
		}
	}
	if len(list) == 0 && w.Filter.Rule != "" && w.Filter.Principle == 0 && w.Filter.Rung == 0 {
		list = append(list, w.Filter.Rule) // not in force any more
	}
	return list
}

func total(counts map[string]int, picked []string) (n int) {
	if picked == nil {
		for _, c := range counts {
			n += c
		}
	}
	for _, rule := range picked {
		n += counts[rule]
	}
	return n
}

// listed judges listed cases as they stand now. Lists are kept longer than what is known of a case: of one that was forgotten
// only its name and its deadline are left, and it has no reason.
func (d *Desk) listed(ctx context.Context, v notify.View, list []Listed) ([]rules.Case, error) {
	dossiers, err := d.dossiersOf(ctx, v.Shop.ID, list)
	if err != nil {
		return nil, err
	}
	out := make([]rules.Case, len(list))
	for i, l := range list {
		out[i] = rules.Case{Rule: l.ID.Rule, Part: l.ID.Part, Subject: l.ID.Subject, Due: l.Due, Outcome: rules.Breached, Day: v.Policy.Day(l.Due)}
		for _, k := range v.Policy.Judge(l.ID.Subject, dossiers[i].Facts, v.Now) {
			if k.Rule == l.ID.Rule && k.Part == l.ID.Part && k.Outcome == rules.Breached {
				out[i] = k
			}
		}
	}
	return out, nil
}
