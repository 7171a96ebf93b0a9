package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"shopwarden/bot/alarm"
	"shopwarden/bot/notify"
	"shopwarden/bot/outbox"
	"shopwarden/bot/sla"
	"shopwarden/rules"
)

// Alarms keeps what was done about alarms, and when each is looked at next. All methods are safe for several processes and
// may be repeated.
type Alarms interface {
	// DueAlarms returns alarms that are due, up to limit of each partition. It changes nothing.
	DueAlarms(ctx context.Context, now rules.Instant, limit int) ([]alarm.Due, error)
	// Alarm returns an alarm, as little as its id when nothing is kept of it.
	Alarm(ctx context.Context, shop, id string) (alarm.Alarm, error)
	// EditAlarm changes an alarm as it stands; edit is pure and may be called again.
	EditAlarm(ctx context.Context, shop, id string, edit func(alarm.Alarm) alarm.Alarm) (alarm.Alarm, error)
	// Followed sets the next look; 0 = none.
	Followed(ctx context.Context, shop, id string, again rules.Instant) error
}

// Floor says how things stand in a shop.
type Floor interface {
	// Followed returns what an alarm is about. sla.ErrUnknownShop for a shop that is not set up.
	Followed(ctx context.Context, shop, id string) (notify.FollowView, error)
	// Handover returns what somebody finds whose duty begins.
	Handover(ctx context.Context, shop string) (notify.HandoverView, error)
}

// Team knows the chats of a shop.
type Team interface {
	Chats(ctx context.Context, shop string) ([]notify.Chat, error)
}

// Hours reads duty hours as a calendar.
type Hours func(text string, zone *time.Location) (*rules.Calendar, error)

// Follow looks at alarms as time passes: reminds, asks the people on duty and then the owner, and hands over when a duty
// begins.
//
// A look queues its messages first, then keeps the alarm, then sets the next look. A crash in between repeats the look, and
// what it says again dies in the outbox by its key; so two processes may look at the same time.
type Follow struct {
	Alarms Alarms
	Floor  Floor
	Team   Team
	Hours  Hours
	Say    *notify.Composer
	Queue  Queue
	Queued func() // called after messages were queued; may be nil
	Log    *slog.Logger
	Now    func() time.Time
}

// perLook is how many alarms of one partition are looked at at a time. retry is how long one that fails is left alone, so
// that it does not hold up the others.
const (
	perLook = 100
	retry   = 5 * time.Minute
)

// Run looks at what is due now and returns when nothing is. One that fails is logged and comes back later.
func (f *Follow) Run(ctx context.Context) error {
	for {
		due, err := f.Alarms.DueAlarms(ctx, rules.InstantOf(f.Now()), perLook)
		if err != nil {
			return fmt.Errorf("looking for due alarms: %w", err)
		}
		if len(due) == 0 {
			return nil
		}
		for _, x := range due {
			if err := f.look(ctx, x); err != nil {
				f.Log.Error("alarm", "shop", x.Shop, "alarm", x.ID, "err", err)
				if err := f.Alarms.Followed(ctx, x.Shop, x.ID, rules.InstantOf(f.Now().Add(retry))); err != nil {
					return err // the store itself; the next run is a new try
				}
			}
		}
	}
}

func (f *Follow) look(ctx context.Context, due alarm.Due) error {
	again, err := rules.Instant(0), error(nil)
	if chat, ok := ParseDutyID(due.ID); ok {
		again, err = f.handover(ctx, due.Shop, chat)
	} else {
		again, err = f.alarm(ctx, due)
	}
	if err == nil {
		err = f.Alarms.Followed(ctx, due.Shop, due.ID, again)
	}
	if errors.Is(err, sla.ErrUnknownShop) {
		return f.Alarms.Followed(ctx, due.Shop, due.ID, 0)
	}
	return err
}

// alarm looks at one alarm and returns when to look again.
func (f *Follow) alarm(ctx context.Context, due alarm.Due) (again rules.Instant, err error) {
	view, err := f.Floor.Followed(ctx, due.Shop, due.ID)
	if err != nil {
		return 0, err
	}
	chats, err := f.Team.Chats(ctx, due.Shop)
	if err != nil {
		return 0, err
	}
	scene := f.scene(view, chats, due)
	old, err := f.Alarms.Alarm(ctx, due.Shop, due.ID)
	if err != nil {
		return 0, err
	}
	next, tasks, again := old.Look(scene)
	view.Alarm = next
	if err := f.send(ctx, f.Say.Follow(view, chats, tasks)); err != nil {
		return 0, err
	}
	if scene.State == alarm.Gone || scene.State == alarm.Cleared || scene.State == alarm.Undecided {
		return again, nil
	}
	_, err = f.Alarms.EditAlarm(ctx, due.Shop, due.ID, func(now alarm.Alarm) (kept alarm.Alarm) {
		kept, _, again = now.Look(scene)
		return kept
	})
	return again, err
}

// scene is what an alarm is looked at with.
func (f *Follow) scene(view notify.FollowView, chats []notify.Chat, due alarm.Due) alarm.Look {
	wait := view.Shop.EscalateAfter(alarm.DefaultEscalate)
	in := alarm.Look{Now: view.Now, Escalate: wait, State: alarm.Gone}
	switch {
	case view.Day != 0 && view.Found:
		in.State, in.Level = alarm.Standing, alarm.Violated
	case view.Day == 0:
		in.State, in.Level = alarm.Of(view.Case, view.Found)
		in.Due = view.Case.Due
	}
	in.Told = due.At - rules.Instant(alarm.First(wait, in.State == alarm.Overdue).Milliseconds())
	var managers []int64
	for _, chat := range chats {
		if chat.ID < 0 || chat.Paused {
			continue
		}
		switch chat.Role {
		case notify.Owner:
			in.Owners = append(in.Owners, chat.ID)
		case notify.Manager:
			managers = append(managers, chat.ID)
		}
		if now, _ := f.OnDuty(chat, view.Policy.Zone(), view.Now); now {
			in.OnDuty = append(in.OnDuty, chat.ID)
		}
	}
	if len(in.Owners) == 0 { // whoever may do what an owner does about a case is better than nobody
		in.Owners = managers
	}
	return in
}

// OnDuty reports whether the person of a private chat is on duty at an instant, and until when. Hours that cannot be read
// are none.
func (f *Follow) OnDuty(chat notify.Chat, zone *time.Location, at rules.Instant) (now bool, until rules.Instant) {
	from, to, ok := f.shift(chat, zone, at)
	return ok && from <= at, to
}

// shift is the duty that runs at an instant, or the next one.
func (f *Follow) shift(chat notify.Chat, zone *time.Location, at rules.Instant) (from, to rules.Instant, ok bool) {
	if chat.ID < 0 || chat.Duty == "" {
		return 0, 0, false
	}
	hours, err := f.Hours(chat.Duty, zone)
	if err != nil {
		return 0, 0, false
	}
	return hours.Stretch(at)
}

// dutyMark begins the id under which the next duty of a chat is looked forward to.
const dutyMark = "duty|"

// DutyID is the id under which the next duty of a private chat stands among the alarms of a shop.
func DutyID(chat int64) string { return dutyMark + strconv.FormatInt(chat, 10) }

// ParseDutyID reads what DutyID writes.
func ParseDutyID(id string) (chat int64, ok bool) {
	text, ok := strings.CutPrefix(id, dutyMark)
	chat, err := strconv.ParseInt(text, 10, 64)
	return chat, ok && err == nil
}

// handover tells the person whose duty has begun what is open, and returns when the next one begins. A duty that is over
// already, after a time out of service, is not told of.
func (f *Follow) handover(ctx context.Context, shop string, id int64) (next rules.Instant, err error) {
	view, err := f.Floor.Handover(ctx, shop)
	if err != nil {
		return 0, err
	}
	chats, err := f.Team.Chats(ctx, shop)
	if err != nil {
		return 0, err
	}
	chat, bound := notify.ChatOf(chats, id)
	if !bound {
		return 0, nil
	}
	zone := view.Policy.Zone()
	from, to, ok := f.shift(chat, zone, view.Now)
	if !ok || from > view.Now {
		return from, nil
	}
	view.From, view.Until = from, to
	if !chat.Paused {
		if err := f.send(ctx, []outbox.Message{f.Say.Handover(view, chat)}); err != nil {
			return 0, err
		}
	}
	next, _, _ = f.shift(chat, zone, to)
	return next, nil
}

// Plan looks forward to the next duty of a chat, after its hours were set; a duty that runs is not handed over.
func (f *Follow) Plan(ctx context.Context, shop string, chat notify.Chat, zone *time.Location) error {
	now := rules.InstantOf(f.Now())
	from, to, ok := f.shift(chat, zone, now)
	if ok && from <= now {
		from, _, _ = f.shift(chat, zone, to)
	}
	return f.Alarms.Followed(ctx, shop, DutyID(chat.ID), from)
}

func (f *Follow) send(ctx context.Context, messages []outbox.Message) error {
	if len(messages) == 0 {
		return nil
	}
	if err := f.Queue.Enqueue(ctx, rules.InstantOf(f.Now()), messages); err != nil {
		return err
	}
	if f.Queued != nil {
		f.Queued()
	}
	return nil
}
