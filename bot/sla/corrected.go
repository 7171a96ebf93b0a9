package sla

import (
	"context"

	"shopwarden/bot/notify"
	"shopwarden/rules"
)

// Corrected is both numbers of a shop for the local days from … to (half-open): what it counts itself, and what corrections
// keep out of that. It reads the tallies of those days and nothing else, whatever the size of the shop. ErrUnknownShop when
// the shop is not set up.
func (d *Desk) Corrected(ctx context.Context, shop string, from, to rules.Date) (notify.Corrected, error) {
	if _, _, err := d.shop(ctx, shop); err != nil {
		return notify.Corrected{}, err
	}
	days, err := d.tallies(ctx, shop, from, to)
	return notify.CorrectedOf(days, from, to), err
}
