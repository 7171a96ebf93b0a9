package sla

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"unicode"

	"shopwarden/bot/notify"
	"shopwarden/rules"
)

// What is looked at when a penalty is answered: so many local days up to that of its notice, so many cases, so many words of
// its reason that look like an id.
const (
	appealDays  = 7
	appealMost  = 100
	appealWords = 5
)

// Appeals is what the platform announced and can still be appealed, or is under appeal: the most urgent first.
func (d *Desk) Appeals(ctx context.Context, shop string) (notify.AppealsView, error) {
	v, err := d.view(ctx, shop)
	if err != nil {
		return notify.AppealsView{}, err
	}
	a := notify.AppealsView{View: v}
	year, zone := v.Policy.Day(v.Now).Year(), v.Policy.Zone()
	penalties, err := d.penalties(ctx, v, year)
	if err != nil {
		return a, err
	}
	for id, facts := range penalties {
		s, ok := rules.FoldSanction(id, facts, zone)
		if !ok {
			continue
		}
		if _, _, open := s.AppealLeft(v.Now); open {
			a.Open = append(a.Open, s)
		} else if s.State == rules.Appealed {
			a.Waiting = append(a.Waiting, s)
		}
	}
	for _, list := range [][]rules.Sanction{a.Open, a.Waiting} {
		slices.SortFunc(list, func(x, y rules.Sanction) int {
			return cmp.Or(cmp.Compare(x.AppealBy, y.AppealBy), cmp.Compare(x.ID, y.ID))
		})
	}
	return a, nil
}

// Appeal is one penalty with what the shop's own record says about it. ErrNotFound when the platform announced none of that id.
//
// The record is looked at over the seven local days that end with the day of the notice: the cases that the reason names by
// their ids, then what broke under the rule that the notice names, or under any where it names none that is known.
func (d *Desk) Appeal(ctx context.Context, shop, id string) (notify.AppealView, error) {
	v, err := d.view(ctx, shop)
	if err != nil {
		return notify.AppealView{}, err
	}
	a := notify.AppealView{View: v}
	dossiers, err := d.reader.Dossiers(ctx, shop, []rules.Subject{{Kind: rules.Penalty, ID: id}})
	if err != nil {
		return a, err
	}
	var ok bool
	if a.Sanction, ok = rules.FoldSanction(id, dossiers[0].Facts, v.Policy.Zone()); !ok {
		return a, ErrNotFound
	}
	a.Rule = meantRule(v.Policy, a.Sanction)
	a.To = a.Sanction.Day.Next(1)
	a.From = a.To.Next(-appealDays)
	if err := d.recount(ctx, &a); err != nil {
		return a, err
	}
	named, err := d.namedIn(ctx, v, a.Sanction.Reason)
	if err != nil {
		return a, err
	}
	broken, err := d.brokenFor(ctx, &a)
	if err != nil {
		return a, err
	}
	err = d.records(ctx, &a, named, broken)
	return a, err
}

// recount adds up the days that are looked at.
func (d *Desk) recount(ctx context.Context, a *notify.AppealView) error {
	days, err := d.tallies(ctx, a.Shop.ID, a.From, a.To)
	if err != nil {
		return err
	}
	for day := a.From; day < a.To; day++ {
		sum := rules.Tally{}
		for rule, t := range days[day] {
			if r := a.Policy.Find(rule, day); rule == a.Rule || a.Rule == "" && r != nil && !r.Counted() && r.Metric != rules.Bonus {
				sum = sum.Plus(t)
			}
		}
		a.Tally = a.Tally.Plus(sum)
		a.Days = append(a.Days, sum)
	}
	return nil
}

// meantRule finds the rule that a platform names by its id or by its name in either language; "" when there is none.
func meantRule(p *rules.Policy, s rules.Sanction) string {
	name := strings.TrimSpace(s.Rule)
	if name == "" {
		return ""
	}
	if p.Find(name, s.Day) != nil {
		return name
	}
	for _, r := range p.Rules(s.Day) {
		if strings.EqualFold(r.Name.Zh, name) || strings.EqualFold(r.Name.En, name) {
			return r.ID
		}
	}
	return ""
}

// namedIn finds the cases of the ids that stand in a reason: words with a digit, of four characters or more.
func (d *Desk) namedIn(ctx context.Context, v notify.View, reason string) ([]rules.Case, error) {
	words := strings.FieldsFunc(reason, func(r rune) bool {
		return r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '-' && r != '_'
	})
	words = slices.DeleteFunc(words, func(w string) bool { return len(w) < 4 || !strings.ContainsAny(w, "0123456789") })
	var subjects []rules.Subject
	for _, w := range words[:min(len(words), appealWords)] {
		subjects = append(subjects, meant(w)...)
	}
	subjects = slices.DeleteFunc(subjects, func(s rules.Subject) bool { return s.Kind == rules.Penalty })
	if len(subjects) == 0 {
		return nil, nil
	}
	dossiers, err := d.reader.Dossiers(ctx, v.Shop.ID, subjects)
	if err != nil {
		return nil, err
	}
	var cases []rules.Case
	for i, s := range subjects {
		cases = append(cases, v.Policy.Judge(s, dossiers[i].Facts, v.Now)...)
	}
	return cases, nil
}

// brokenFor lists the latest cases that broke in the days and under the rule of an appeal, and counts them all.
func (d *Desk) brokenFor(ctx context.Context, a *notify.AppealView) (list []Listed, err error) {
	zone := a.Policy.Zone()
	_, _, err = d.misses(ctx, a.Shop.ID, a.From.At(0, zone), a.To.At(0, zone), func(l Listed) bool {
		if a.Rule == "" || l.ID.Rule == a.Rule {
			a.Total++
			if len(list) < appealMost {
				list = append(list, l)
			}
		}
		return true
	})
	return list, err
}

// records reads the facts of the cases: those that the reason names, then those that broke, each once.
func (d *Desk) records(ctx context.Context, a *notify.AppealView, named []rules.Case, listed []Listed) error {
	broken, err := d.cases(ctx, a.View, listed)
	if err != nil {
		return err
	}
	a.Named = len(named)
	all := slices.Clone(named)
	for _, k := range broken {
		if !slices.ContainsFunc(named, sameCase(k)) {
			all = append(all, k)
		}
	}
	a.Total = max(a.Total, len(broken)) + len(all) - len(broken)
	all = all[:min(len(all), appealMost)]
	a.Named = min(a.Named, len(all))
	if len(all) == 0 {
		return nil
	}
	subjects := make([]rules.Subject, len(all))
	for i, k := range all {
		subjects[i] = k.Subject
	}
	dossiers, err := d.reader.Dossiers(ctx, a.Shop.ID, subjects)
	if err != nil {
		return err
	}
	for i, k := range all {
		a.Records = append(a.Records, notify.Record{Case: k, Facts: dossiers[i].Facts})
	}
	return nil
}
