package telegram

import (
	"context"

	"shopwarden/bot/alarm"
	"shopwarden/bot/notify"
	"shopwarden/bot/outbox"
	"shopwarden/rules"
)

// Bindings says which chats watch which shops. All methods may be repeated.
type Bindings interface {
	// TakeCode redeems a code. The chat that took it gets the same answer again; everybody else, and for a code that never
	// was or has run out, gets the shop "".
	TakeCode(ctx context.Context, code string, chatID int64) (shop string, role notify.Role, err error)
	// Bind adds or replaces the subscription of a chat.
	Bind(ctx context.Context, shop string, chat notify.Chat) error
	// Unbind ends it.
	Unbind(ctx context.Context, shop string, chatID int64) error
	// Chats returns the subscriptions of a shop; none for an unknown shop.
	Chats(ctx context.Context, shop string) ([]notify.Chat, error)
	// ChatShops returns the shops of a chat, in a stable order.
	ChatShops(ctx context.Context, chatID int64) ([]string, error)
}

// Memory is what is kept of a chat beside its bindings. All methods may be repeated.
type Memory interface {
	// ChatPrefs returns what a chat has chosen: zh or en, and a shop; "" where it has not.
	ChatPrefs(ctx context.Context, chatID int64) (lang, shop string, err error)
	SaveChatPrefs(ctx context.Context, chatID int64, lang, shop string) error
	// MigrateChat moves everything of a group to its new id.
	MigrateChat(ctx context.Context, from, to int64) error
	// MoveThread has what a chat subscribed to in one forum topic sent to another; 0 is General.
	MoveThread(ctx context.Context, chatID int64, from, to int) error
	// Withdraw takes messages of a shop back that were not sent yet.
	Withdraw(ctx context.Context, shop string, keys []string) error
	// PauseChat stops or resumes everything that is sent to a chat by itself.
	PauseChat(ctx context.Context, chatID int64, paused bool) error
	// Token returns the action behind the token of a button, "" when it is not kept (any more).
	Token(ctx context.Context, token string) (action string, err error)
}

// Alarms keeps what was done about alerts. All methods may be repeated.
type Alarms interface {
	// Alarm returns what was done about one, as little as its id when nothing was yet; ShopAlarms all of a shop.
	Alarm(ctx context.Context, shop, id string) (alarm.Alarm, error)
	ShopAlarms(ctx context.Context, shop string) ([]alarm.Alarm, error)
	// EditAlarm changes one and returns it as it stands then. edit is pure: of two at once, one is computed anew.
	EditAlarm(ctx context.Context, shop, id string, edit func(alarm.Alarm) alarm.Alarm) (alarm.Alarm, error)
}

// Store is what the Router keeps.
type Store interface {
	Bindings
	Memory
	Alarms
	Wishes
}

// Desk answers questions about a shop. Lang of a view is left to the Router. sla.ErrUnknownShop and sla.ErrNotFound have
// their own answers.
type Desk interface {
	Today(ctx context.Context, shop string) (notify.TodayView, error)
	Due(ctx context.Context, shop string, limit int) (notify.DueView, error)
	Violations(ctx context.Context, shop string, limit int) (notify.ViolationsView, error)
	Tips(ctx context.Context, shop, rule string) (notify.TipsView, error)
	Why(ctx context.Context, shop, rule, subject string) (notify.WhyView, error)
	// Alarm returns what an alarm is about as it stands now, sla.ErrNotFound when there is no such thing (any more). What was
	// done about it is left out.
	Alarm(ctx context.Context, shop, id string) (notify.AlarmView, error)
	// Standings says how shops stand, in order; one that is set up no more is left out, one that cannot be read is said to be so.
	Standings(ctx context.Context, shops []string) ([]notify.ShopStanding, error)
	// Score says where the points of a shop come from.
	Score(ctx context.Context, shop string) (notify.ScoreView, error)
}

// Counter is where a shop's settings are changed.
type Counter interface {
	// View is what a page about a shop starts from.
	View(ctx context.Context, shop string) (notify.View, error)
	// SetAlerts sets the violation threshold of a shop; 0 = the pack's.
	SetAlerts(ctx context.Context, shop string, n int) error
	// SetDigest sets the local time of the daily scorecard ("21:30"); "" = the standard one.
	SetDigest(ctx context.Context, shop, at string) error
	// DecideTip keeps what the shop says to a tip, sla.ErrNoTip when there is none. It may be repeated.
	DecideTip(ctx context.Context, shop string, choice notify.TipChoice) error
	// Correct applies an event by which people correct the count: case.excused, case.reinstated. It may be repeated.
	Correct(ctx context.Context, shop string, event rules.Event) error
}

// Queue takes answers to be sent.
type Queue interface {
	// Enqueue adds messages; one whose key is known already is dropped.
	Enqueue(ctx context.Context, now rules.Instant, messages []outbox.Message) error
}

// Contacts is what Telegram is asked directly, past the outbox.
type Contacts interface {
	// ChatMember returns what a user is in a chat, in Telegram's words (creator, administrator, member…).
	ChatMember(ctx context.Context, chat, user int64) (string, error)
	// AnswerCallback stops the wait of a pressed button and shows text, if any, for a moment. Plain text, 200 characters.
	AnswerCallback(ctx context.Context, id, text string) error
}

// Premises is what a Presence asks about a shop.
type Premises interface {
	// View is what a page about a shop starts from.
	View(ctx context.Context, shop string) (notify.View, error)
	// Missed counts the promises of a shop that broke since.
	Missed(ctx context.Context, shop string, since rules.Instant) (int, error)
}

// Office is the desk and the counter of one program.
type Office interface {
	Desk
	Counter
	Duties
	Premises
}
