package sla

import (
	"cmp"
	"context"
	"slices"

	"shopwarden/bot/notify"
	"shopwarden/rules"
)

// How much of a shop the pages about the running day are made from.
const (
	dayOpen    = 500 // open cases that are judged
	dayBefore  = 7   // days that are looked back for one to compare with
	dueBroken  = 200 // breached cases that are looked through for what is not done
	worthFirst = 5   // cases that one page asks to save
)

// running is the running local day of a shop: its counts, and its open cases as they stand now.
type running struct {
	view   notify.View
	counts rules.Counts
	open   []rules.Case
	total  int // open cases in all
}

func (d *Desk) running(ctx context.Context, shop string) (r running, err error) {
	if r.view, err = d.view(ctx, shop); err != nil {
		return r, err
	}
	if r.counts, err = d.counts(ctx, r.view, r.view.Policy.Day(r.view.Now)); err != nil {
		return r, err
	}
	r.open, r.total, err = d.due(ctx, r.view, dayOpen)
	return r, err
}

// today are the open cases that count on the running day.
func (r *running) today() []rules.Case {
	return slices.DeleteFunc(slices.Clone(r.open), func(k rules.Case) bool { return k.Day < r.counts.From || k.Day >= r.counts.To })
}

// pace is what a forecast and a supposition are made from.
func (r *running) pace() rules.Pace {
	return rules.Pace{Day: r.counts.From, Now: r.view.Now, Days: r.counts.Days, Open: r.open, Programs: r.counts.Programs}
}

// outlook fills in what the day may still become: its windows, what may still go wrong, where it ends, what to save first.
func (r *running) outlook(view *notify.TodayView) {
	p, c := r.view.Policy, r.counts
	view.Overview = p.Overview(c.From, c.Days, c.Programs, false)
	view.Allowances = p.Allowances(c.From, c.Days)
	view.Outlook = p.Forecast(r.pace())
	// What is due on another day is nothing to today's score, which is what the two outcomes are scores of.
	rescues := p.Rescues(c, r.today(), r.view.Now)
	rescues = slices.DeleteFunc(rescues, func(r rules.Rescue) bool { return r.Saved < 0.05 })
	view.Rescues = rescues[:min(len(rescues), notify.Rescued)]
	if len(view.Rescues) > 0 {
		view.WhatIf = r.saved(view.Rescues)
	}
}

// saved is the score with all of some cases closed in time, and with none of them.
func (r *running) saved(rescues []rules.Rescue) rules.Choice {
	cases := make([]rules.Case, len(rescues))
	for i, x := range rescues {
		cases[i] = x.Case
	}
	return r.view.Policy.WhatIf(r.counts, cases, r.view.Now)
}

// before is the last closed day that has a score to compare with, of the last seven; the zero card when there is none.
func (r *running) before() (card rules.Scorecard, day rules.Date) {
	for day = r.counts.From.Next(-1); day >= r.counts.From.Next(-dayBefore); day-- {
		card = r.view.Policy.ScoreOf(rules.Counts{From: day, To: day.Next(1), Days: r.counts.Days, Programs: r.counts.Programs})
		if card.Total.Known && !card.Provisional {
			return card, day
		}
	}
	return rules.Scorecard{}, 0
}

// Today is the day so far. What was done about its cases, and what the shop said to tips, is left to the asker.
func (d *Desk) Today(ctx context.Context, shop string) (notify.TodayView, error) {
	r, err := d.running(ctx, shop)
	if err != nil {
		return notify.TodayView{View: r.view}, err
	}
	p, day := r.view.Policy, r.counts.From
	t := notify.TodayView{View: r.view, Card: p.ScoreOf(r.counts), Findings: p.Evaluate(day, r.counts.Days[day])}
	for _, k := range r.open {
		if k.Due <= r.view.Now+rules.Instant(soon.Milliseconds()) {
			t.Soon++
		}
	}
	broken, _, err := d.reader.Broken(ctx, shop, lateFrom(r.view.Now), r.view.Now+1, lateRead)
	if err != nil {
		return t, err
	}
	late, err := d.cases(ctx, r.view, broken)
	if err != nil {
		return t, err
	}
	t.Urgent = slices.Concat(r.open[:min(urgentTop, len(r.open))], stillLate(r.view, late))
	t.Before, t.BeforeDay = r.before()
	t.Corrected = int(notify.CorrectedOf(r.counts.Days, day, day.Next(1)).Sum(func(rule string) bool {
		known, ok := p.Rule(rule, day)
		return ok && !known.Counted()
	}).Excused)
	r.outlook(&t)
	t.Ladder, err = d.ladder(ctx, r.view, day, r.counts.Days)
	return t, err
}

// Due is what is open, and what broke in the last seven local days and is not done. At most limit open cases are judged; a
// limit above 500 is 500. What was done about them is left to the asker.
func (d *Desk) Due(ctx context.Context, shop string, limit int) (notify.DueView, error) {
	v, err := d.view(ctx, shop)
	if err != nil {
		return notify.DueView{}, err
	}
	out := notify.DueView{View: v}
	listed, total, err := d.reader.Due(ctx, shop, dayOpen)
	if err != nil {
		return out, err
	}
	out.Total = total
	if total <= len(listed) {
		out.Open = map[string]int{}
		for _, l := range listed {
			if l.Due == 0 || l.Due > v.Now {
				out.Open[l.ID.Rule]++
			}
		}
	}
	if out.Cases, err = d.cases(ctx, v, listed[:min(len(listed), limit)]); err != nil {
		return out, err
	}
	for _, k := range out.Cases { // late, and booked in a moment
		if k.Due != 0 && k.Due <= v.Now {
			out.Total--
		}
	}
	late, more, err := d.undone(ctx, v, out.Cases)
	out.Cases, out.More = append(out.Cases, late...), more
	return out, err
}

// undone are the cases that broke in the last seven local days and are still to be done, without those that are listed as
// open still. more says that there are more broken cases than were read.
func (d *Desk) undone(ctx context.Context, v notify.View, open []rules.Case) (late []rules.Case, more bool, err error) {
	from := v.Policy.Day(v.Now).Next(1-weekDays).At(0, v.Policy.Zone())
	broken, all, err := d.reader.Broken(ctx, v.Shop.ID, from, v.Now+1, dueBroken)
	if err != nil {
		return nil, false, err
	}
	cases, err := d.cases(ctx, v, broken)
	for _, k := range cases {
		same := func(o rules.Case) bool { return o.Subject == k.Subject && o.Ref() == k.Ref() }
		if isLate(v, k) && !slices.ContainsFunc(open, same) {
			late = append(late, k)
		}
	}
	return late, all > len(broken), err
}

// Save is which open cases of today to save first, and what that brings. What was done about them is left to the asker.
func (d *Desk) Save(ctx context.Context, shop string) (notify.SaveView, error) {
	r, err := d.running(ctx, shop)
	if err != nil {
		return notify.SaveView{View: r.view}, err
	}
	out := notify.SaveView{View: r.view, Unread: r.total - min(r.total, dayOpen)}
	out.Rescues = rules.Worth(r.view.Policy.Rescues(r.counts, r.today(), r.view.Now), worthFirst)
	out.WhatIf = r.saved(out.Rescues)
	return out, nil
}

// WhatIf is where the running day ends, and what becomes of it by a supposition; one about a rule that is not in force asks
// about none.
func (d *Desk) WhatIf(ctx context.Context, shop string, q rules.Suppose) (notify.WhatIfView, error) {
	r, err := d.running(ctx, shop)
	if err != nil {
		return notify.WhatIfView{View: r.view}, err
	}
	p, pace, open := r.view.Policy, r.pace(), r.today()
	out := notify.WhatIfView{View: r.view, Card: p.ScoreOf(r.counts), Outlook: p.Forecast(pace), All: p.WhatIf(r.counts, open, r.view.Now),
		Open: len(open), Unread: r.total - min(r.total, dayOpen)}
	for _, rule := range p.Rules(pace.Day) {
		t := r.counts.Days[pace.Day][rule.ID]
		if rule.Metric == rules.Bonus || t.Resolved()+t.Open <= 0 && rule.ID != q.Rule {
			continue
		}
		out.Rules = append(out.Rules, notify.WhatIfRule{Rule: rule, Tally: t, Savable: len(pace.Savable(rule.ID))})
	}
	slices.SortStableFunc(out.Rules, func(a, b notify.WhatIfRule) int { return cmp.Compare(b.Savable, a.Savable) })
	if q.Rule != "" {
		out.Asked = p.Suppose(pace, q)
	}
	return out, nil
}
