package telegram

import (
	"context"
	"time"

	"shopwarden/bot/alarm"
	"shopwarden/bot/appeal"
	"shopwarden/bot/notify"
	"shopwarden/bot/outbox"
	"shopwarden/rules"
)

// Invitation is what a code stands for.
type Invitation struct {
	Shop  string
	Role  notify.Role
	By    int64 // the chat of whoever invites; 0 = whoever runs the program
	Spent bool  // it has bound its chat
}

// Bindings says which chats watch which shops. All methods may be repeated; of NewCode the code nobody heard of runs out.
type Bindings interface {
	// TakeCode redeems a code. The chat that took it gets the same answer again; everybody else, and for a code that never
	// was or has run out, gets the shop "".
	TakeCode(ctx context.Context, code string, chatID int64) (Invitation, error)
	// SpendCode notes that a code has bound its chat.
	SpendCode(ctx context.Context, code string) error
	// Bind adds or replaces the subscription of a chat.
	Bind(ctx context.Context, shop string, chat notify.Chat) error
	// SaveChat keeps what a subscribed chat has chosen; its role stays, and a chat that is no longer bound stays so.
	SaveChat(ctx context.Context, shop string, chat notify.Chat) error
	// Unbind ends it, and takes back what waits to be sent to the chat about the shop.
	Unbind(ctx context.Context, shop string, chatID int64) error
	// Chats returns the subscriptions of a shop; none for an unknown shop.
	Chats(ctx context.Context, shop string) ([]notify.Chat, error)
	// ChatShops returns the shops of a chat, in a stable order.
	ChatShops(ctx context.Context, chatID int64) ([]string, error)
	// NewCode makes a code for one chat, good for ttl.
	NewCode(ctx context.Context, i Invitation, ttl time.Duration) (string, error)
	// SetRole changes what a chat may do with a shop. ok is false, and nothing changed, when the chat is not bound, or is the
	// last owner and would be none.
	SetRole(ctx context.Context, shop string, chatID int64, role notify.Role) (ok bool, err error)
	// Forget removes all that is kept of a chat and, of a private chat, of its person.
	Forget(ctx context.Context, chatID int64) error
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
	// Withdraw takes messages of a shop back that were then see whether it rings.
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

// Folders keeps what is collected against penalties. All methods may be repeated.
type Folders interface {
	// Folder returns what was collected against one penalty of a shop.
	Folder(ctx context.Context, shop, penalty string) (appeal.Folder, error)
	// EditFolder changes it and returns it as it stands then. edit is pure, and done twice does what it does once.
	EditFolder(ctx context.Context, shop, penalty string, edit func(appeal.Folder) appeal.Folder) (appeal.Folder, error)
}

// Store is what the Router keeps.
type Store interface {
	Bindings
	Memory
	Alarms
	Folders
	Wishes
}

// Desk answers questions about a shop. Lang of a view is left to the Router. sla.ErrUnknownShop and sla.ErrNotFound have
// their own answers.
type Desk interface {
	Today(ctx context.Context, shop string) (notify.TodayView, error)
	Due(ctx context.Context, shop string, limit int) (notify.DueView, error)
	// Save says which open cases of today to save first.
	Save(ctx context.Context, shop string) (notify.SaveView, error)
	// WhatIf says where the day ends, and what becomes of it by a supposition.
	WhatIf(ctx context.Context, shop string, q rules.Suppose) (notify.WhatIfView, error)
	Cases
	Tips(ctx context.Context, shop, rule string) (notify.TipsView, error)
	Why(ctx context.Context, shop, rule, subject string) (notify.WhyView, error)
	// Alarm returns what an alarm is about as it stands now, sla.ErrNotFound when there is no such thing (any more). What was
	// done about it is left out.
	Alarm(ctx context.Context, shop, id string) (notify.AlarmView, error)
	// Standings says how shops stand, in order; one that is set up no more is left out, one that cannot be read is said to be so.
	Standings(ctx context.Context, shops []string) ([]notify.ShopStanding, error)
	// Score says where the points of a shop come from.
	Score(ctx context.Context, shop string) (notify.ScoreView, error)
	// Points is what the platform imposed on a shop, and what could follow.
	Points(ctx context.Context, shop string) (notify.LadderView, error)
	// Appeals is what can be appealed, Appeal one penalty: sla.ErrNotFound when there is none of that id.
	Appeals(ctx context.Context, shop string) (notify.AppealsView, error)
	Appeal(ctx context.Context, shop, penalty string) (notify.AppealView, error)
	// Trend is the score of each of the last days, Heat when promises were missed.
	Trend(ctx context.Context, shop string, days int) (notify.TrendView, error)
	Heat(ctx context.Context, shop string) (notify.HeatView, error)
}

// Counter is where a shop's settings are changed.
type Counter interface {
	// View is what a page about a shop starts from.
	View(ctx context.Context, shop string) (notify.View, error)
	// SetAlerts sets the violation threshold of a shop; 0 = the pack's.
	SetAlerts(ctx context.Context, shop string, n int) error
	// SetDigest sets the local time of the daily scorecard ("21:30"); "" = the standard one.
	SetDigest(ctx context.Context, shop, at string) error
	// SetZone sets the time zone of a shop (IANA), SetHours when it is open, in the words of business hours. What is known of
	// the shop is judged anew, past days too, and nobody is told of that. ok is false, and nothing changed, for a value that
	// the shop cannot have. They may be repeated.
	SetZone(ctx context.Context, shop, zone string) (ok bool, err error)
	SetHours(ctx context.Context, shop, hours string) (ok bool, err error)
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
	// CanPost reports whether this bot may write in a chat.
	CanPost(ctx context.Context, chat int64) (bool, error)
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
