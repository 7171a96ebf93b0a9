package sla

import (
	"context"
	"maps"

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

// asPlatform is the scorecard of a day with every case counted that only people's corrections keep out of the misses; the zero
// card when there is none.
func asPlatform(p *rules.Policy, c rules.Counts, day rules.Date) rules.Scorecard {
	tallies := maps.Clone(c.Days[day])
	corrected := false
	for rule, t := range tallies {
		if t.Excused > 0 {
			t.Breached, corrected = t.Breached+t.Excused, true
			tallies[rule] = t
		}
	}
	if !corrected {
		return rules.Scorecard{}
	}
	days := maps.Clone(c.Days)
	days[day] = tallies
	return p.ScoreOf(rules.Counts{From: day, To: day.Next(1), Days: days, Programs: c.Programs})
}
