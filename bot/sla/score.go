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
	return turnedOn(dossiers), nil
}

// turnedOn lists the programs that are on by their dossiers, which are in the order of programs.
func turnedOn(dossiers []rules.Dossier) (list []string) {
	for i, known := range dossiers {
		on := false
		for _, f := range known.Facts { // in order of time
			on = f.Type == "guarantee.enabled" || on && f.Type != "guarantee.disabled"
		}
		if on {
			list = append(list, programs[i])
		}
	}
	return list
}

// past reads the days that scores, windows and the ladder of a day look at, the day included: one read serves them all.
func (d *Desk) past(ctx context.Context, v notify.View, day rules.Date) (rules.Days, error) {
	return d.tallies(ctx, v.Shop.ID, min(day.Next(1-scoreDays), v.Policy.ClimbFrom(day)), day.Next(1))
}

// counts reads what the scores of a day are made from.
func (d *Desk) counts(ctx context.Context, v notify.View, day rules.Date) (rules.Counts, error) {
	days, err := d.past(ctx, v, day)
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

// ScoreReport is the score of a report. A score with nothing to judge is null; so is a change where one side has none.
type ScoreReport struct {
	Total       *float64           `json:"total"`
	Provisional bool               `json:"provisional"` // every score rests on too few cases
	Principles  []PrincipleReport  `json:"principles"`
	Adjustments []AdjustmentReport `json:"adjustments"` // 100 less what the rules lost, plus these, is the total
	Windows     []WindowReport     `json:"windows"`     // ending with the last day
}

// PrincipleReport is the score of one principle.
type PrincipleReport struct {
	Principle string   `json:"principle"`
	Score     *float64 `json:"score"`
}

// AdjustmentReport is one bonus, deduction or cap.
type AdjustmentReport struct {
	By      string  `json:"by"`
	Rule    string  `json:"rule,omitempty"`
	Program string  `json:"program,omitempty"`
	Points  float64 `json:"points"`
}

// WindowReport is the score of some days against as many before.
type WindowReport struct {
	Days   int      `json:"days"`
	Score  *float64 `json:"score"`
	Change *float64 `json:"change"`
}

func (r *Report) score(policy *rules.Policy, data DayData, recent rules.Counts, from, to rules.Date) {
	card := policy.ScoreOf(rules.Counts{From: from, To: to, Days: data.Tallies, Took: data.times(), Programs: recent.Programs})
	r.Score = ScoreReport{Total: scoreOf(card.Total), Provisional: card.Provisional, Principles: []PrincipleReport{}, Adjustments: []AdjustmentReport{}}
	scores := map[string]rules.RuleScore{}
	for _, p := range card.Principles {
		r.Score.Principles = append(r.Score.Principles, PrincipleReport{p.Principle.String(), scoreOf(p.Points)})
		for _, s := range p.Rules {
			scores[s.Rule.ID] = s
		}
	}
	for _, a := range card.Adjustments {
		r.Score.Adjustments = append(r.Score.Adjustments, AdjustmentReport{a.By.String(), a.Rule, a.Program, a.Points})
	}
	o := policy.Overview(to.Next(-1), recent.Days, recent.Programs, false)
	for i, w := range []rules.Period{o.Today, o.Last7, o.Last30} {
		window := WindowReport{Days: [...]int{1, 7, 30}[i], Score: scoreOf(w.Card.Total)}
		if w.Total.Known {
			window.Change = &w.Total.Points
		}
		r.Score.Windows = append(r.Score.Windows, window)
	}
	left := map[string]rules.Left{}
	for _, a := range policy.Allowances(to.Next(-1), recent.Days) {
		left[a.Rule.ID] = a.Window.Good
	}
	for i := range r.Rules {
		x := &r.Rules[i]
		x.Score, x.Lost, x.Proof = scoreOf(scores[x.Rule].Points), scores[x.Rule].Lost, scores[x.Rule].Proof.String()
		if l := left[x.Rule]; l.Known && !l.NoLimit {
			x.MayMiss = &l.Misses
		}
	}
}

// scoreOf is a score for JSON.
func scoreOf(p rules.Points) *float64 {
	if !p.Known {
		return nil
	}
	return &p.Value
}

// times joins the times of each rule.
func (d DayData) times() map[string]rules.Durations {
	all := map[string]rules.Durations{}
	for rd, times := range d.Took {
		all[rd.Rule] = append(all[rd.Rule], times...)
	}
	for _, times := range all {
		slices.Sort(times)
	}
	return all
}
