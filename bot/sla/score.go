package sla

import (
	"context"
	"slices"

	"shopwarden/bot/notify"
	"shopwarden/rules"
)

// scoreDays is how far back a score, its windows and the ones they are set against look, today included.
const scoreDays = 60

// programs are the guarantee programs that the vocabulary knows. They are subjects of their own, so no index is needed.
var programs = []string{"fast_refund", "door_pickup", "freight_insurance", "allergy_refund", "damage_refund"}

// enabled lists the guarantee programs that a shop has turned on and not off since.
func (d *Desk) enabled(ctx context.Context, shop string) (list []string, err error) {
	subjects := make([]rules.Subject, len(programs))
	for i, name := range programs {
		subjects[i] = rules.Subject{Kind: rules.Guarantee, ID: name}
	}
	dossiers, err := d.reader.Dossiers(ctx, shop, subjects)
	if err != nil {
		return nil, err
	}
	for i, known := range dossiers {
		on := false
		for _, f := range known.Facts { // in order of time
			on = f.Type == "guarantee.enabled" || on && f.Type != "guarantee.disabled"
		}
		if on {
			list = append(list, programs[i])
		}
	}
	return list, nil
}

// counts reads what the scores of a day are made from.
func (d *Desk) counts(ctx context.Context, v notify.View, day rules.Date) (rules.Counts, error) {
	days, err := d.tallies(ctx, v.Shop.ID, day.Next(1-scoreDays), day.Next(1))
	if err != nil {
		return rules.Counts{}, err
	}
	on, err := d.enabled(ctx, v.Shop.ID)
	return rules.Counts{From: day, To: day.Next(1), Days: days, Programs: on}, err
}

// Score says where the points of the last 30 local days come from, today included.
func (d *Desk) Score(ctx context.Context, shop string) (notify.ScoreView, error) {
	v, err := d.view(ctx, shop)
	if err != nil {
		return notify.ScoreView{}, err
	}
	today := v.Policy.Day(v.Now)
	c, err := d.counts(ctx, v, today)
	if err != nil {
		return notify.ScoreView{}, err
	}
	return notify.ScoreView{View: v, Overview: v.Policy.Overview(today, c.Days, c.Programs, false)}, nil
}

// outlook fills in what a day may still become: its windows, what may still go wrong, where it ends, what to save first.
func (t *todayInput) outlook(view *notify.TodayView) {
	p, c := t.view.Policy, t.counts
	view.Overview = p.Overview(c.From, c.Days, c.Programs, false)
	view.Allowances = p.Allowances(c.From, c.Days)
	view.Outlook = p.Forecast(rules.Pace{Day: c.From, Now: t.view.Now, Days: c.Days, Open: t.open, Programs: c.Programs})
	rescues := p.Rescues(c, t.open, t.view.Now)
	rescues = slices.DeleteFunc(rescues, func(r rules.Rescue) bool { return r.Saved < 0.05 })
	view.Rescues = rescues[:min(len(rescues), urgentTop)]
	saved := make([]rules.Case, len(view.Rescues))
	for i, r := range view.Rescues {
		saved[i] = r.Case
	}
	if len(saved) > 0 {
		view.WhatIf = p.WhatIf(c, saved, t.view.Now)
	}
}

// todayInput is what the outlook of a day is made from.
type todayInput struct {
	view   notify.View
	counts rules.Counts
	open   []rules.Case
}
