package main

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"shopwarden/bot/alarm"
	"shopwarden/bot/notify"
	"shopwarden/bot/outbox"
	"shopwarden/bot/sla"
	"shopwarden/bot/store"
	"shopwarden/bot/telegram"
	"shopwarden/config"
	"shopwarden/jobs"
	"shopwarden/rules"
)

// The packages of ring 2 do not know each other. Here the store is given the shapes that they ask for.

// intake and backlog are the two ends of the inbox.
type intake struct{ *store.Store }

func (i intake) StoreUpdate(ctx context.Context, updateID, chatID int64, raw []byte) error {
	_, err := i.Store.StoreUpdate(ctx, updateID, chatID, raw)
	return err
}

type backlog struct{ *store.Store }

func (b backlog) NextUpdates(ctx context.Context, shard, n int) ([]telegram.StoredUpdate, error) {
	list, err := b.Store.NextUpdates(ctx, shard, n)
	out := make([]telegram.StoredUpdate, len(list))
	for i, u := range list {
		out[i] = telegram.StoredUpdate{ID: u.ID, UpdateID: u.UpdateID, Raw: u.Raw}
	}
	return out, err
}

// chats is what the router keeps of chats.
type chats struct {
	*store.Store
	now func() time.Time
}

// EditAlarm keeps what a press did, and has everything that shows or follows the alarm look again. A crash in between
// leaves both to their next look.
func (c chats) EditAlarm(ctx context.Context, shop, id string, edit func(alarm.Alarm) alarm.Alarm) (alarm.Alarm, error) {
	kept, err := c.Store.EditAlarm(ctx, shop, id, edit)
	if err != nil {
		return kept, err
	}
	now := rules.InstantOf(c.now())
	if err := c.Followed(ctx, shop, id, now); err != nil {
		return kept, err
	}
	return kept, c.LookAtBoards(ctx, shop, now)
}

func (c chats) TakeCode(ctx context.Context, code string, chatID int64) (telegram.Invitation, error) {
	invite, err := c.Store.TakeCode(ctx, code, chatID)
	if errors.Is(err, store.ErrNoCode) {
		return telegram.Invitation{}, nil
	}
	return telegram.Invitation(invite), err
}

func (c chats) NewCode(ctx context.Context, i telegram.Invitation, ttl time.Duration) (string, error) {
	return c.Invite(ctx, store.Invite(i), ttl)
}

func (c chats) ChatPrefs(ctx context.Context, chatID int64) (lang, shop string, err error) {
	prefs, err := c.Store.ChatPrefs(ctx, chatID)
	return prefs.Lang, prefs.CurrentShop, err
}

func (c chats) SaveChatPrefs(ctx context.Context, chatID int64, lang, shop string) error {
	return c.Store.SaveChatPrefs(ctx, chatID, store.ChatPrefs{Lang: lang, CurrentShop: shop})
}

func (c chats) Token(ctx context.Context, token string) (string, error) {
	action, err := c.Store.Token(ctx, token)
	if errors.Is(err, store.ErrNoToken) {
		return "", nil
	}
	return action, err
}

// checker looks once more before something is sent.
type checker struct {
	*sla.Desk
	store *store.Store
}

// Snoozed implements outbox.Checker.
func (c checker) Snoozed(ctx context.Context, now rules.Instant, m outbox.Message) (bool, error) {
	level := alarm.Broken
	if m.Kind == outbox.Warning {
		level = alarm.Warned
	}
	kept, err := c.store.Alarm(ctx, m.Shop, m.Fold.Case)
	asks := m.Kind == outbox.Reminder || m.Kind == outbox.Escalation
	switch {
	case err != nil:
		return false, err
	case asks && !kept.Excused.Nobody(), m.Kind == outbox.Escalation && kept.Held(now):
		return true, nil
	}
	return kept.Silences(level, now), nil
}

// exports knows shops and lists their cases.
type exports struct {
	*sla.Desk
	*sla.Exporter
}

// office answers questions and changes settings, for the router.
type office struct {
	*sla.Desk
	*sla.Advisor
	app *app
}

// Today is the day so far, with what the shop said to tips.
func (o office) Today(ctx context.Context, shop string) (notify.TodayView, error) {
	v, err := o.Desk.Today(ctx, shop)
	if err != nil {
		return v, err
	}
	v.States, err = o.app.store.Tips(ctx, shop)
	return v, err
}

func (o office) Standings(ctx context.Context, shops []string) ([]notify.ShopStanding, error) {
	return sla.NewAgency(o.app.desk, o.app.store).Standings(ctx, shops)
}

func (o office) SetAlerts(ctx context.Context, shop string, n int) error {
	return o.set(ctx, shop, func(s *config.Shop) { s.AlertAt = n })
}

func (o office) SetDigest(ctx context.Context, shop, at string) error {
	return o.set(ctx, shop, func(s *config.Shop) { s.DigestAt = at })
}

func (o office) SetZone(ctx context.Context, shop, zone string) (bool, error) {
	return o.remeasure(ctx, shop, "timezone", zone)
}

func (o office) SetHours(ctx context.Context, shop, hours string) (bool, error) {
	return o.remeasure(ctx, shop, "hours", hours)
}

// errRefused says that a shop cannot have a setting.
var errRefused = errors.New("no such setting")

// remeasure changes a setting by which cases are judged, and judges them anew. It does so also when the setting is there
// already: the first time may have been cut off in between.
func (o office) remeasure(ctx context.Context, shop, key, value string) (ok bool, err error) {
	_, _, err = o.app.changeShop(ctx, shop, func(s *config.Shop) error {
		if err := errors.Join(s.Set(key, value), s.Validate(o.app.packs)); err != nil {
			return errors.Join(errRefused, err)
		}
		return nil
	})
	if errors.Is(err, errRefused) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	subjects, err := o.app.store.Subjects(ctx, shop)
	if err != nil {
		return false, err
	}
	return true, o.app.tracker.Tick(ctx, shop, subjects, true)
}

// Correct commits what people say about the count.
func (o office) Correct(ctx context.Context, shop string, event rules.Event) error {
	return o.app.tracker.Apply(ctx, shop, []rules.Event{event})
}

func (o office) set(ctx context.Context, shop string, change func(*config.Shop)) error {
	_, _, err := o.app.changeShop(ctx, shop, func(s *config.Shop) error { change(s); return nil })
	return err
}

// changeShop changes the settings of a shop and keeps them when they are valid. A new time of day or zone sets the next
// scorecard anew; with anything else one that is owed stays owed.
func (a *app) changeShop(ctx context.Context, id string, change func(*config.Shop) error) (before, after config.Shop, err error) {
	if before, err = a.store.Shop(ctx, id); err != nil {
		return before, after, err
	}
	after = before
	after.Overrides = maps.Clone(before.Overrides)
	if err := change(&after); err != nil {
		return before, after, err
	}
	if err := after.Validate(a.packs); err != nil {
		return before, after, err
	}
	if err := a.keepPack(ctx, before, &after); err != nil {
		return before, after, err
	}
	if err := a.store.SaveShop(ctx, after); err != nil {
		return before, after, err
	}
	if after.DigestAt == before.DigestAt && after.Timezone == before.Timezone {
		return before, after, nil
	}
	return before, after, a.digest().Replan(ctx, id)
}

// keepPack leaves the days before today to the pack they were judged by. A shop that was never heard of has none.
func (a *app) keepPack(ctx context.Context, before config.Shop, after *config.Shop) error {
	heard, err := a.store.Heard(ctx, before.ID)
	if err != nil || heard == 0 {
		return err
	}
	policy, err := before.Policy(a.packs)
	if err != nil {
		return nil // nothing was ever judged by a pack that does not load
	}
	after.KeepPack(before, policy.Day(rules.InstantOf(a.now())))
	return nil
}

// digest sends the scorecards of all shops.
func (a *app) digest() *jobs.Digest {
	return &jobs.Digest{Schedule: a.store, Shops: a.store, Cards: a.cards, Reviews: a.reviews, Queue: a.store, Queued: a.queued, Log: a.log, Now: a.now}
}

// board keeps the live boards of all shops.
func (a *app) board() *jobs.Board {
	view := func(ctx context.Context, shop string) (notify.BoardView, error) {
		v, err := a.desk.Board(ctx, shop)
		if err != nil {
			return v, err
		}
		kept, err := a.store.Alarms(ctx, shop, v.AlarmIDs())
		v.Alarms = make(map[string]alarm.Alarm, len(kept))
		for _, x := range kept {
			v.Alarms[x.ID] = x
		}
		return v, err
	}
	return &jobs.Board{Store: a.store, View: view, Plan: a.composer.Boards, Queued: a.queued, Log: a.log, Now: a.now}
}

// cards composes the scorecard of one closed day for every chat that takes it.
func (a *app) cards(ctx context.Context, shop string, day rules.Date, late bool) ([]outbox.Message, error) {
	view, err := a.desk.Scorecard(ctx, shop, day, late)
	if err != nil {
		return nil, err
	}
	if view, err = a.advisor.Told(ctx, view); err != nil {
		return nil, err
	}
	if view.Noise, err = a.store.Noise(ctx, shop, day); err != nil {
		return nil, err
	}
	subscribed, err := a.store.Chats(ctx, shop)
	if err != nil {
		return nil, err
	}
	return a.composer.Scorecards(view, subscribed), nil
}

// reviews composes the review of a closed week or month for every chat that takes it.
func (a *app) reviews(ctx context.Context, shop string, of notify.Edition, to rules.Date, late bool) ([]outbox.Message, error) {
	subscribed, err := a.store.Chats(ctx, shop)
	if err != nil {
		return nil, err
	}
	takes := func(c notify.Chat) bool { return c.Takes(of, to.Weekday()) }
	if !slices.ContainsFunc(subscribed, takes) { // the evidence of a month is long to read
		return nil, nil
	}
	view, err := a.desk.Review(ctx, shop, of, to, late)
	if err != nil {
		return nil, err
	}
	if view, err = a.advisor.Explained(ctx, view); err != nil {
		return nil, err
	}
	view.Rich = a.settings.TelegramRich // else nobody would read it
	return a.composer.Reviews(view, subscribed), nil
}
