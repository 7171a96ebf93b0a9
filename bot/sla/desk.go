package sla

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"shopwarden/bot/notify"
	"shopwarden/rules"
)

// ErrNotFound says that the shop has no such case.
var ErrNotFound = errors.New("no such case")

// ErrNoCase says that the subject was heard of, and that none of the shop's rules makes a case of it.
var ErrNoCase = errors.New("no rule makes a case of it")

// How far the lists of the chat look.
const (
	soon      = 2 * time.Hour // what counts as due soon
	urgentTop = 5             // urgent cases that Today names
	weekDays  = 7             // days that what buyers may be owed is looked at, today included
)

// view is what every answer starts from. Lang is left to the asker.
func (d *Desk) view(ctx context.Context, shop string) (notify.View, error) {
	cfg, policy, err := d.shop(ctx, shop)
	if err != nil {
		return notify.View{}, err
	}
	heard, err := d.reader.Heard(ctx, shop)
	if err != nil {
		return notify.View{}, err
	}
	pulse, err := d.reader.Pulse(ctx, shop)
	if err != nil {
		return notify.View{}, err
	}
	return notify.View{Shop: cfg, Policy: policy, Now: rules.InstantOf(d.now()), Heard: heard, Pulse: pulse}, nil
}

// tallies reads days without their times.
func (d *Desk) tallies(ctx context.Context, shop string, from, to rules.Date) (map[rules.Date]rules.DayTallies, error) {
	ask := DayAsk{Shop: shop}
	for day := from; day < to; day++ {
		ask.Days = append(ask.Days, day)
	}
	data, err := d.reader.Days(ctx, []DayAsk{ask})
	if err != nil {
		return nil, err
	}
	return data[0].Tallies, nil
}

func (d *Desk) due(ctx context.Context, v notify.View, limit int) ([]rules.Case, int, error) {
	listed, total, err := d.reader.Due(ctx, v.Shop.ID, limit)
	if err != nil {
		return nil, 0, err
	}
	cases, err := d.cases(ctx, v, listed)
	return cases, total, err
}

// cases judges listed cases as they stand now; one that is gone in the meantime is left out.
func (d *Desk) cases(ctx context.Context, v notify.View, listed []Listed) ([]rules.Case, error) {
	dossiers, err := d.dossiersOf(ctx, v.Shop.ID, listed)
	if err != nil {
		return nil, err
	}
	return judged(v, listed, dossiers), nil
}

// dossiersOf reads what is known of the subjects of listed cases, in order. Without any it reads nothing.
func (d *Desk) dossiersOf(ctx context.Context, shop string, listed []Listed) ([]rules.Dossier, error) {
	if len(listed) == 0 {
		return nil, nil
	}
	subjects := make([]rules.Subject, len(listed))
	for i, l := range listed {
		subjects[i] = l.ID.Subject
	}
	return d.reader.Dossiers(ctx, shop, subjects)
}

// Missed counts the cases of a shop that were broken from an instant until now.
func (d *Desk) Missed(ctx context.Context, shop string, since rules.Instant) (int, error) {
	_, n, err := d.reader.Broken(ctx, shop, since, rules.InstantOf(d.now())+1, 1)
	return n, err
}

// Why explains one case. subject is "kind/id", or a bare id as a person types it; rule is that of the case, or the case as
// [rules.Case.Ref] names it. It may be empty, and the case that most needs explaining is taken: a broken one before an open one
// before any other. ErrNotFound when nothing was ever heard of it, ErrNoCase when it was, and no rule applies.
func (d *Desk) Why(ctx context.Context, shop, rule, subject string) (notify.WhyView, error) {
	w, _, err := d.explained(ctx, shop, rule, subject)
	return w, err
}

// explained is Why with the facts that the case rests on.
func (d *Desk) explained(ctx context.Context, shop, rule, subject string) (w notify.WhyView, facts rules.Facts, err error) {
	v, err := d.view(ctx, shop)
	if err != nil {
		return w, nil, err
	}
	subjects := meant(subject)
	dossiers, err := d.reader.Dossiers(ctx, shop, subjects)
	if err != nil {
		return w, nil, err
	}
	var best *rules.Case
	var all []rules.Case
	for i, s := range subjects {
		for _, k := range v.Policy.Judge(s, dossiers[i].Facts, v.Now) {
			all = append(all, k)
			if (rule == "" || k.Rule == rule || k.Ref() == rule) && (best == nil || telling(k) > telling(*best)) {
				best, facts = &k, dossiers[i].Facts
			}
		}
	}
	if best == nil {
		for i, s := range subjects {
			if len(dossiers[i].Facts) > 0 {
				return notify.WhyView{View: v, Rule: rule, Subject: s}, nil, ErrNoCase
			}
		}
		return notify.WhyView{View: v, Rule: rule, Subject: subjects[0]}, nil, ErrNotFound
	}
	others := slices.DeleteFunc(all, func(k rules.Case) bool { return k.Subject == best.Subject && k.Ref() == best.Ref() })
	slices.SortStableFunc(others, func(a, b rules.Case) int { return cmp.Compare(telling(b), telling(a)) })
	return notify.WhyView{View: v, Rule: best.Rule, Subject: best.Subject, Case: *best, Found: true, Others: others}, facts, nil
}

// meant lists the subjects a text may name.
func meant(text string) []rules.Subject {
	text = strings.TrimSpace(text)
	kinds := []rules.Kind{rules.Order, rules.Conversation, rules.Aftersale, rules.Review, rules.Ticket, rules.Claim, rules.Promise, rules.Penalty}
	if s, ok := rules.ParseSubject(text); ok && slices.Contains(kinds, s.Kind) {
		return []rules.Subject{s}
	}
	out := make([]rules.Subject, len(kinds))
	for i, kind := range kinds {
		out[i] = rules.Subject{Kind: kind, ID: text}
	}
	return out
}

// telling ranks cases by how much they need explaining.
func telling(k rules.Case) int {
	switch k.Outcome {
	case rules.Breached:
		return 3
	case rules.Open:
		return 2
	}
	return 1
}

// sum adds up days.
func sum(days map[rules.Date]rules.DayTallies) rules.DayTallies {
	out := rules.DayTallies{}
	for _, tallies := range days {
		for rule, t := range tallies {
			out[rule] = out[rule].Plus(t)
		}
	}
	return out
}

// View is what a page about a shop starts from.
func (d *Desk) View(ctx context.Context, shop string) (notify.View, error) { return d.view(ctx, shop) }

// Scorecard is one closed local day, set against the day before.
func (d *Desk) Scorecard(ctx context.Context, shop string, day rules.Date, late bool) (notify.ScorecardView, error) {
	v, err := d.view(ctx, shop)
	if err != nil {
		return notify.ScorecardView{}, err
	}
	c, err := d.counts(ctx, v, day)
	if err != nil {
		return notify.ScorecardView{}, err
	}
	zone := v.Policy.Zone()
	listed, _, err := d.reader.Broken(ctx, shop, day.At(0, zone), day.Next(1).At(0, zone), 100)
	if err != nil {
		return notify.ScorecardView{}, err
	}
	cases, err := d.cases(ctx, v, listed)
	if err != nil {
		return notify.ScorecardView{}, err
	}
	slices.SortStableFunc(cases, func(a, b rules.Case) int { return cmp.Compare(overdue(b, v.Now), overdue(a, v.Now)) })
	o := v.Policy.Overview(day, c.Days, c.Programs, false)
	card := notify.ScorecardView{View: v, Day: day, Card: o.Today.Card, Before: o.Today.Before, Last7: o.Last7, Last30: o.Last30, Worst: cases, Late: late, Platform: asPlatform(v.Policy, c, day),
		Scores: v.Policy.DayScores(day.Next(1-recordDays), day.Next(1), c.Days, c.Programs), Streak: v.Policy.Streaks(day.Next(1-scoreDays), day, c.Days)}
	if c.Days[day].Idle() {
		late, _, err := d.undone(ctx, v, nil)
		if err != nil {
			return card, err
		}
		card.Undone = len(late) > 0
	}
	card.Ladder, err = d.ladder(ctx, v, day, c.Days)
	return card, err
}

// overdue is by how much a broken case missed its deadline, as a share of the time it had: a chat ten minutes late is worse
// than an order one hour late.
func overdue(k rules.Case, now rules.Instant) float64 {
	end := k.Stop
	if end == 0 {
		end = now
	}
	return float64(end-k.Due) / float64(max(k.Due-k.Start, 1))
}
