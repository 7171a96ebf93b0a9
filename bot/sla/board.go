package sla

import (
	"context"

	"shopwarden/bot/notify"
)

// How much of a shop a board is made from.
const (
	boardDue    = 30  // open cases that are judged: more than fit
	boardCount  = 500 // open cases up to which they are counted by rule
	boardBroken = 200 // breached cases that are looked through for what is not done
)

// Board is what is open now and what went wrong in the last seven local days, for one message. Alarms are left to the
// caller.
func (d *Desk) Board(ctx context.Context, shop string) (notify.BoardView, error) {
	v, err := d.view(ctx, shop)
	if err != nil {
		return notify.BoardView{}, err
	}
	b := notify.BoardView{View: v, Open: map[string]int{}}
	due, total, err := d.reader.Due(ctx, shop, boardCount)
	if err != nil {
		return b, err
	}
	b.Total = total
	for _, l := range due {
		if l.Due <= v.Now {
			continue // late, and booked in a moment
		}
		b.Open[l.ID.Rule]++
		if b.Next == 0 {
			b.Next = l.Due
		}
	}
	if total > len(due) {
		b.Open = nil // a part would be taken for the whole
	}
	if b.Due, err = d.cases(ctx, v, due[:min(len(due), boardDue)]); err != nil {
		return b, err
	}
	today := v.Policy.Day(v.Now)
	from := today.Next(1-weekDays).At(0, v.Policy.Zone())
	broken, all, err := d.reader.Broken(ctx, shop, from, v.Now+1, boardBroken)
	if err != nil {
		return b, err
	}
	b.More = all > len(broken)
	b.Broken, err = d.cases(ctx, v, broken)
	return b, err
}
