package sla

import (
	"cmp"
	"context"
	"slices"
	"time"

	"shopwarden/bot/alarm"
	"shopwarden/bot/notify"
	"shopwarden/rules"
)

// Followed returns what an alarm of a shop is about, as it stands now, with how often its rule was missed today and
// yesterday. Found is false for what is no case or line any more, for a line whose day is past the day before today, and for
// an id that names neither. ErrUnknownShop when there is no such shop.
func (d *Desk) Followed(ctx context.Context, shop, id string) (notify.FollowView, error) {
	v, err := d.view(ctx, shop)
	f := notify.FollowView{View: v}
	about, ok := alarm.Read(id)
	if err != nil || !ok {
		return f, err
	}
	today := v.Policy.Day(v.Now)
	from := today.Next(-1)
	days, err := d.tallies(ctx, shop, from, today.Next(1))
	if err != nil {
		return f, err
	}
	f.Today, f.Before = days[today][about.Rule].Breached, days[from][about.Rule].Breached
	if about.Line() {
		f.Ref, f.Day = about.Rule, about.Day
		for _, x := range v.Policy.Evaluate(about.Day, days[about.Day]) {
			if x.Rule == about.Rule && about.Day >= from {
				f.Finding, f.Found = x, true
			}
		}
		return f, nil
	}
	f.Ref, f.Subject = about.Ref, about.Subject
	f.Case, f.Found, err = d.Case(ctx, shop, about.Ref, about.Subject)
	return f, err
}

// How much a hand-over reads: late cases of so many days back, and so many of either list.
const (
	handoverDays = 7
	handoverMost = 500
)

// Handover is what somebody finds whose duty begins now: what is late and not done, the oldest first, then what is open, the
// earliest due first. Until and From of the shift are left to the asker.
func (d *Desk) Handover(ctx context.Context, shop string) (notify.HandoverView, error) {
	v, err := d.view(ctx, shop)
	if err != nil {
		return notify.HandoverView{}, err
	}
	open, total, err := d.due(ctx, v, handoverMost)
	if err != nil {
		return notify.HandoverView{}, err
	}
	day := v.Policy.Day(v.Now).Next(1 - handoverDays)
	listed, _, err := d.reader.Broken(ctx, shop, day.At(0, v.Policy.Zone()), v.Now, handoverMost)
	if err != nil {
		return notify.HandoverView{}, err
	}
	late, err := d.cases(ctx, v, listed)
	if err != nil {
		return notify.HandoverView{}, err
	}
	late = slices.DeleteFunc(late, func(k rules.Case) bool {
		state, _ := alarm.Of(k, true)
		return state != alarm.Overdue || slices.ContainsFunc(open, sameCase(k))
	})
	slices.SortStableFunc(late, func(a, b rules.Case) int { return cmp.Compare(a.Due, b.Due) })
	h := notify.HandoverView{View: v, Cases: append(late, open...), Total: total + len(late)}
	for _, k := range h.Cases {
		h.Oldest = max(h.Oldest, time.Duration(v.Now-k.Start)*time.Millisecond)
	}
	return h, nil
}

// sameCase finds a case again.
func sameCase(k rules.Case) func(rules.Case) bool {
	return func(x rules.Case) bool { return x.Subject == k.Subject && x.Ref() == k.Ref() }
}
