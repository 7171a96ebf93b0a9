package sla

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"shopwarden/bot/alarm"
	"shopwarden/bot/notify"
	"shopwarden/rules"
)

// Explain is Why with what the page of a case shows beyond the verdict: the events that decided, the clock, what follows, both
// numbers. What was done about it is left to the asker. Errors are those of Why.
func (d *Desk) Explain(ctx context.Context, shop, rule, subject string) (notify.WhyView, error) {
	w, facts, err := d.explained(ctx, shop, rule, subject)
	if err != nil {
		return w, err
	}
	if clock, ok := w.Policy.Clockwork(w.Case, facts); ok {
		w.Clock = &clock
	}
	if facts.Corrected() {
		w.Plain, w.Said = d.uncorrected(w, facts)
	}
	if w.Proof, err = d.proof(ctx, w); err != nil {
		return w, err
	}
	if err := d.consequencesOf(ctx, &w); err != nil || w.Case.Outcome != rules.Breached {
		return w, err
	}
	all, err := d.factsOf(ctx, shop, []rules.Case{w.Case})
	w.Owed = owed(w.View, []rules.Case{w.Case}, func(s rules.Subject) rules.Facts { return all[s] })
	return w, err
}

// uncorrected is the case as the platform counts it, and what people said about it.
func (d *Desk) uncorrected(w notify.WhyView, facts rules.Facts) (plain rules.Case, said []rules.Fact) {
	for _, k := range w.Policy.Judge(w.Subject, facts.Uncorrected(), w.Now) {
		if k.Ref() == w.Case.Ref() {
			plain = k
		}
	}
	without := facts.Uncorrected()
	for _, f := range facts {
		if !slices.ContainsFunc(without, f.Equal) {
			said = append(said, f)
		}
	}
	return plain, said
}

// proof finds the events behind the facts that decided: what began the case, and what ended it.
func (d *Desk) proof(ctx context.Context, w notify.WhyView) (list []notify.Evidence, err error) {
	for _, f := range []rules.Fact{w.Case.Begun, w.Case.Ended} {
		if f.At == 0 || len(list) > 0 && f.Equal(list[0].Fact) {
			continue
		}
		e := notify.Evidence{Fact: f}
		e.Event, e.Arrived, e.Known, err = d.reader.Told(ctx, w.Shop.ID, rules.About{Subject: w.Subject, Fact: f})
		if err != nil {
			return nil, err
		}
		list = append(list, e)
	}
	return list, nil
}

// consequencesOf reads the measures that the case is counted in, the penalties that can be appealed, and both numbers of its
// rule on its day.
func (d *Desk) consequencesOf(ctx context.Context, w *notify.WhyView) error {
	k := w.Case
	last := max(min(w.Policy.Day(w.Now), rules.NewDate(k.Day.Year(), 12, 31)), k.Day) // the year of the case
	days, err := d.past(ctx, w.View, last)
	if err != nil {
		return err
	}
	ledger, err := d.ladder(ctx, w.View, last, days)
	if err != nil {
		return err
	}
	for _, s := range ledger.Ledger.Steps {
		if s.Rule == k.Rule && s.From <= k.Day && k.Day <= s.Day {
			w.Steps = append(w.Steps, s)
		}
	}
	for _, s := range append(ledger.Imposed.Sanctions, ledger.Earlier...) {
		if _, _, open := s.AppealLeft(w.Now); open {
			w.Appeals = append(w.Appeals, s)
		}
	}
	near := func(s rules.Sanction) int {
		if s.Rule == k.Rule || w.Subject == (rules.Subject{Kind: rules.Penalty, ID: s.ID}) {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(w.Appeals, func(a, b rules.Sanction) int {
		return cmp.Or(cmp.Compare(near(a), near(b)), cmp.Compare(a.AppealBy, b.AppealBy))
	})
	w.Appeals = w.Appeals[:min(len(w.Appeals), mostAppeals)]
	w.Both = notify.CorrectedOf(days, k.Day, k.Day.Next(1)).Rules[k.Rule]
	return nil
}

// mostAppeals is how many penalties that can be appealed the page of a case names.
const mostAppeals = 3

// Weigh says what an event by which people correct the count of a case would change. Nothing is stored. ErrNotFound when there
// is no such case.
func (d *Desk) Weigh(ctx context.Context, shop, id string, event rules.Event) (notify.CorrectionView, error) {
	x, err := d.Alarm(ctx, shop, id)
	w := notify.CorrectionView{AlarmView: x}
	if err != nil {
		return w, err
	}
	if x.About.Line() {
		return w, ErrNotFound
	}
	counts, err := d.counts(ctx, x.View, x.Policy.Day(x.Now))
	if err != nil {
		return w, err
	}
	day := x.Case.Day
	if day < counts.To.Next(-scoreDays) || day >= counts.To { // the score of today does not know it
		if counts, err = d.counts(ctx, x.View, day); err != nil {
			return w, err
		}
	}
	dossiers, err := d.reader.Dossiers(ctx, shop, []rules.Subject{x.About.Subject})
	if err != nil {
		return w, err
	}
	var said []rules.Fact
	for _, about := range event.Facts() {
		said = append(said, about.Fact)
	}
	_, change, _ := x.Policy.Step(x.About.Subject, dossiers[0], said, x.Now)
	w.Before = side(x, counts, x.Case)
	data := DayData{Tallies: map[rules.Date]rules.DayTallies{}, Took: map[RuleDay]rules.Durations{}}
	for day, t := range counts.Days {
		data.Tallies[day] = maps.Clone(t)
	}
	for _, delta := range change.Deltas {
		if data.Tallies[delta.Entry.Day] == nil {
			data.Tallies[delta.Entry.Day] = rules.DayTallies{}
		}
	}
	data.apply(change.Deltas)
	counts.Days = data.Tallies
	w.After = side(x, counts, x.Case)
	for _, k := range change.Cases {
		if k.Ref() == x.About.Ref {
			w.After.Outcome = k.Outcome
		}
	}
	return w, nil
}

// side is how things stand by some counts: the rule and the score on the day of the case, and the score of the 30 days up to
// the last one.
func side(x notify.AlarmView, c rules.Counts, k rules.Case) notify.CorrectionSide {
	day := c
	day.From, day.To = k.Day, k.Day.Next(1)
	return notify.CorrectionSide{Outcome: k.Outcome, Missed: c.Days[k.Day][k.Rule].Breached, Day: x.Policy.ScoreOf(day).Total,
		Month: x.Policy.Overview(c.To.Next(-1), c.Days, c.Programs, false).Last30.Card.Total}
}

// pickBack is how many days back a case is looked for that somebody may mean.
const pickBack = 7

// Pick is what somebody most likely means who said what to do and not with which case: to take, what is open and due first,
// then what is late and not done; to excuse, what broke last. Cases of the alarms in done are left out.
func (d *Desk) Pick(ctx context.Context, shop string, act alarm.Act, done map[string]bool) (notify.PickView, error) {
	v, err := d.view(ctx, shop)
	if err != nil {
		return notify.PickView{}, err
	}
	p := notify.PickView{View: v, Act: act}
	from := v.Policy.Day(v.Now).Next(1-pickBack).At(0, v.Policy.Zone())
	listed, _, err := d.reader.Broken(ctx, shop, from, v.Now+1, pickMost)
	if err != nil {
		return p, err
	}
	broken, err := d.cases(ctx, v, listed)
	if err != nil {
		return p, err
	}
	broken = slices.DeleteFunc(broken, func(k rules.Case) bool { return k.Outcome != rules.Breached })
	if act == alarm.Take {
		open, _, err := d.due(ctx, v, pickMost)
		if err != nil {
			return p, err
		}
		open = slices.DeleteFunc(open, func(k rules.Case) bool { return k.Outcome != rules.Open })
		broken = slices.DeleteFunc(broken, func(k rules.Case) bool { return k.Stop != 0 || k.Reason == rules.Failed })
		broken = slices.Concat(open, broken)
	}
	broken = slices.DeleteFunc(broken, func(k rules.Case) bool { return done[alarm.CaseID(k.Ref(), k.Subject)] })
	p.Cases = broken[:min(len(broken), notify.Listed)]
	return p, nil
}

// pickMost is how many cases of either list are looked at: those of which something was done already are left out.
const pickMost = 50
