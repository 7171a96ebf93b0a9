package sla

import (
	"context"

	"shopwarden/bot/alarm"
	"shopwarden/bot/notify"
	"shopwarden/rules"
)

// Alarm returns what an alarm of a shop is about as it stands now: a case, or a line that a rule reached on a day. What was
// done about it is left to the asker. ErrNotFound when the shop has nothing of that id, ErrUnknownShop when there is no such
// shop.
func (d *Desk) Alarm(ctx context.Context, shop, id string) (notify.AlarmView, error) {
	v, err := d.view(ctx, shop)
	if err != nil {
		return notify.AlarmView{}, err
	}
	about, ok := alarm.Read(id)
	if !ok {
		return notify.AlarmView{View: v}, ErrNotFound
	}
	w := notify.AlarmView{View: v, Alarm: alarm.Alarm{ID: id}, About: about}
	if about.Line() {
		return d.line(ctx, w)
	}
	dossiers, err := d.reader.Dossiers(ctx, shop, []rules.Subject{about.Subject})
	if err != nil {
		return w, err
	}
	for _, k := range v.Policy.Judge(about.Subject, dossiers[0].Facts, v.Now) {
		if k.Ref() == about.Ref {
			w.Case = k
			return w, nil
		}
	}
	return w, ErrNotFound
}

func (d *Desk) line(ctx context.Context, w notify.AlarmView) (notify.AlarmView, error) {
	day := w.About.Day
	tallies, err := d.tallies(ctx, w.Shop.ID, day, day.Next(1))
	if err != nil {
		return w, err
	}
	for _, f := range w.Policy.Evaluate(day, tallies[day]) {
		if f.Rule == w.About.Rule {
			w.Finding = f
			return w, nil
		}
	}
	return w, ErrNotFound
}
