package sla

import (
	"context"

	"shopwarden/bot/notify"
)

// Points is the ledger of a shop today: what the platform imposed this year, and what could follow from the shop's own counts.
// What buyers may be owed is left out.
func (d *Desk) Points(ctx context.Context, shop string) (notify.LadderView, error) {
	v, err := d.view(ctx, shop)
	if err != nil {
		return notify.LadderView{}, err
	}
	today := v.Policy.Day(v.Now)
	days, err := d.past(ctx, v, today)
	if err != nil {
		return notify.LadderView{View: v}, err
	}
	return d.ladder(ctx, v, today, days)
}
