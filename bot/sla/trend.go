package sla

import (
	"context"

	"shopwarden/bot/notify"
	"shopwarden/rules"
)

// Trend is the score of a shop on each of the last local days, today included.
func (d *Desk) Trend(ctx context.Context, shop string, n int) (notify.TrendView, error) {
	v, err := d.view(ctx, shop)
	if err != nil {
		return notify.TrendView{}, err
	}
	to := v.Policy.Day(v.Now).Next(1)
	t := notify.TrendView{View: v, From: to.Next(-n), To: to}
	days, err := d.tallies(ctx, shop, t.From, to)
	if err != nil {
		return t, err
	}
	on, err := d.enabled(ctx, shop)
	if err != nil {
		return t, err
	}
	for day := t.From; day < to; day++ {
		t.Days = append(t.Days, v.Policy.ScoreOf(rules.Counts{From: day, To: day.Next(1), Tallies: days[day], Programs: on}))
	}
	return t, nil
}

// heatDays is how many local days the table of misses covers, today included.
const heatDays = 30

// Heat counts what was missed in the last 30 local days by the weekday and the hour of the deadline, on the clock of the shop.
func (d *Desk) Heat(ctx context.Context, shop string) (notify.HeatView, error) {
	v, err := d.view(ctx, shop)
	if err != nil {
		return notify.HeatView{}, err
	}
	zone, to := v.Policy.Zone(), v.Policy.Day(v.Now).Next(1)
	h := notify.HeatView{View: v, From: to.Next(-heatDays), To: to}
	read, total, err := d.misses(ctx, shop, h.From.At(0, zone), to.At(0, zone), func(l Listed) bool {
		at := l.Due.Time().In(zone)
		h.Counts[(int(at.Weekday())+6)%7][at.Hour()]++
		return true
	})
	h.Read, h.Total = read, max(read, total)
	return h, err
}
