package main

import (
	"context"

	"shopwarden/bot/notify"
	"shopwarden/jobs"
	"shopwarden/rules"
)

// follow looks at alarms as time passes.
func (a *app) follow() *jobs.Follow {
	return &jobs.Follow{Alarms: a.store, Floor: a.desk, Team: a.store, Hours: a.packs.DutyHours, Say: a.composer, Queue: a.store,
		Queued: a.queued, Log: a.log, Now: a.now}
}

// Roster returns who has duty hours, and who is on duty now.
func (o office) Roster(ctx context.Context, shop string) (notify.RosterView, error) {
	var r notify.RosterView
	view, err := o.View(ctx, shop)
	if err != nil {
		return r, err
	}
	chats, err := o.app.store.Chats(ctx, shop)
	if err != nil {
		return r, err
	}
	r.View = view
	follow := o.app.follow()
	for _, chat := range chats {
		if chat.ID < 0 || chat.Duty == "" {
			continue
		}
		now, until := follow.OnDuty(chat, view.Policy.Zone(), view.Now)
		r.People = append(r.People, notify.OnDuty{Chat: chat, Now: now, Until: until})
	}
	return r, nil
}

// SetDuty sets when the person of a private chat is on duty, and looks forward to the next time. ok is false for hours that
// cannot be read.
func (o office) SetDuty(ctx context.Context, shop string, chat notify.Chat, hours string) (ok bool, err error) {
	view, err := o.View(ctx, shop)
	if err != nil {
		return false, err
	}
	if hours != "" {
		read, err := o.app.packs.DutyHours(hours, view.Policy.Zone())
		if err != nil {
			return false, nil // what is wrong is said in words of the chat
		}
		if _, _, ever := read.Stretch(rules.InstantOf(o.app.now())); !ever {
			return false, nil
		}
	}
	chat.Duty = hours
	if err := o.app.store.SaveChat(ctx, shop, chat); err != nil {
		return false, err
	}
	return true, o.app.follow().Plan(ctx, shop, chat, view.Policy.Zone())
}
