package telegram

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"github.com/go-telegram/bot/models"

	"shopwarden/bot/appeal"
	"shopwarden/bot/chart"
	"shopwarden/bot/notify"
	"shopwarden/bot/outbox"
	"shopwarden/bot/sla"
	"shopwarden/rules"
)

// RouterConfig tunes a Router. The zero value works.
type RouterConfig struct {
	// Username returns this bot's name without the @; while it is "", commands to any bot are taken as meant for this one:
	// in its privacy mode Telegram passes on no others.
	Username func() string
	// Nudge is called after an answer was queued; it must not block.
	Nudge func()
	Now   func() time.Time
	// Exporting is called after somebody asked for a file; it must not block. nil = it is found out a little later.
	Exporting func()
	// Noise returns by chat what rang in a shop's chats on a local day and what was only counted; nil = nobody counts.
	Noise func(ctx context.Context, shop string, day rules.Date) (map[int64]outbox.NoiseCount, error)
	// Download fetches a file that somebody sent, of at most so many bytes; nil = nothing can be fetched.
	Download func(ctx context.Context, fileID string, most int64) (data []byte, path string, err error)
	// Retention and DayRetention are how long cases and counts are kept, for /privacy; 45 and 400 days.
	Retention, DayRetention time.Duration
}

func (c RouterConfig) withDefaults() RouterConfig {
	if c.Username == nil {
		c.Username = func() string { return "" }
	}
	if c.Nudge == nil {
		c.Nudge = func() {}
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	c.Retention, c.DayRetention = cmp.Or(c.Retention, 45*24*time.Hour), cmp.Or(c.DayRetention, 400*24*time.Hour)
	return c
}

// Router reads what people write and press, and answers. It is the Handler of a Consumer.
//
// It guarantees: before anything about a shop is shown or changed, the chat's binding to that shop was looked up and the
// table of roles was asked, whatever a command or a button claims; and an update that is handled again after a crash brings
// no second answer, because answers carry its number as their key.
type Router struct {
	store   Store
	desk    Desk
	counter Counter
	duties  Duties
	queue   Queue
	people  Contacts
	say     *notify.Composer
	log     *slog.Logger
	cfg     RouterConfig
	codes   *limiter
	here    *Presence
	plain   *intents
}

// NewRouter returns a router.
func NewRouter(store Store, office Office, queue Queue, people Contacts, say *notify.Composer, log *slog.Logger, cfg RouterConfig) *Router {
	return &Router{store: store, desk: office, counter: office, duties: office, queue: queue, people: people, say: say, log: log,
		cfg: cfg.withDefaults(), codes: newLimiter(wrongCodes, wrongCodesWithin), here: NewPresence(store, office, queue, say, log, cfg),
		plain: newIntents(say.Sayings)}
}

// Handle answers one update. See Handler.
func (r *Router) Handle(ctx context.Context, id int64, u *models.Update) error {
	switch {
	case u.MyChatMember != nil:
		return r.membership(ctx, id, u.MyChatMember)
	case u.CallbackQuery != nil:
		return r.press(ctx, id, u.CallbackQuery)
	case u.Message != nil:
		return r.message(ctx, id, u.Message)
	}
	return nil
}

// ask is one thing somebody asks for, by a command or by a button.
type ask struct {
	verb verb
	args []string // without the shop
	text string   // the arguments of a command as they were typed, without the shop

	update  int64
	chat    models.Chat
	thread  int
	user    models.User // zero when a message names nobody
	asGroup bool        // the group itself speaks

	signature string // title of an administrator who speaks as the group

	loose     bool // in plain words, which may mean less than they say
	button    bool
	shop      string // of a button
	edit      int    // the message to edit in place, 0 = none
	onPicture bool   // that message is a picture with a caption
	pressed   int    // the message a button stands under, 0 = not known
	callback  string // id of the press
	replyTo   int

	attached *appeal.Attachment // what came with the message

	lang    string // of the reader
	chosen  string // the language the chat has chosen, "" = none
	current string // the shop the chat looked at last
}

func (a *ask) private() bool { return a.chat.Type == models.ChatTypePrivate }

// need is what the table of roles is asked for: looking at a setting is free to the whole chat, changing it is not.
func (a *ask) need() need {
	var w wish
	switch a.verb {
	case verbAlerts:
		if w, _, _ = readAlerts(a.args); here(a.args) {
			w = wishSwitch
		}
	case verbDigest:
		w = readDigest(a.args).wish
	case verbSettings:
		w = readHub(a.args).wish
	case verbBoard:
		w, _ = readBoard(a.args)
	case verbQuiet, verbMute, verbUrgent, verbBudget:
		w = readPeace(a)
	case verbDue:
		if a.button && a.arg(0) == dueTake {
			return plans[verbTake].need // it does what that button does
		}
		return plans[a.verb].need
	case verbUndo:
		if undoesExcuse(a.args) {
			return needSettings
		}
		return needAct
	case verbDuty, verbSnoozed:
		if len(a.args) > 0 && (a.button || a.verb == verbDuty) {
			return needAct
		}
		return needBound
	case verbTeam:
		return teamNeed(a.args)
	default:
		return plans[a.verb].need
	}
	switch w {
	case wishSwitch:
		return needOwn
	case wishValue:
		return needSettings
	}
	return needBound
}

// answer is what goes back: a page for the chat, or a problem, which only the one who pressed a button gets to see.
type answer struct {
	html    string
	buttons [][]outbox.Button
	problem notify.Problem
	notice  string // plain; with a button only, for a moment
	shop    string
	picture *chart.Picture // goes with the page
	file    *outbox.File   // html is its caption
}

func page(html string, buttons [][]outbox.Button) answer { return answer{html: html, buttons: buttons} }

func problem(p notify.Problem) answer { return answer{problem: p} }

// message reads what was written.
func (r *Router) message(ctx context.Context, id int64, m *models.Message) error {
	switch {
	case m.MigrateToChatID != 0:
		return r.here.ChatMoved(ctx, m.Chat.ID, m.MigrateToChatID)
	case m.MigrateFromChatID != 0:
		return r.here.ChatMoved(ctx, m.MigrateFromChatID, m.Chat.ID)
	}
	a := ask{update: id, chat: m.Chat}
	if m.IsTopicMessage {
		a.thread = m.MessageThreadID
	}
	if m.From != nil {
		a.user = *m.From
	}
	a.signature = m.AuthorSignature
	a.asGroup = m.SenderChat != nil && m.SenderChat.ID == m.Chat.ID
	if !a.private() {
		a.replyTo = m.ID
	}
	t := r.read(m)
	switch {
	case a.chat.Type == models.ChatTypeChannel, a.user.IsBot && a.user.ID != anonymousAdmin:
		return nil
	case attachmentOf(m) != nil && (t.verb == verbAppeal || t.verb == verbUnknown):
		return r.attach(ctx, &a, m, t)
	case t.verb == verbUnknown && (!a.private() || m.Text == ""):
		return nil // groups talk about other things, and pictures speak for themselves
	case t.verb == verbUnknown:
		if t.text = fold(m.Text); strings.HasPrefix(t.text, "/") {
			t.text, _ = cutWord(t.text) // a command that does not exist is quoted, what it was about is not
		}
	}
	a.verb, a.args, a.text, a.loose = t.verb, t.args, t.text, t.loose
	return r.answer(ctx, &a)
}

// read finds out what a message asks for: by a command, or in plain words. In a group plain words are meant for the bot when
// they answer one of its messages.
func (r *Router) read(m *models.Message) typed {
	text, entities := m.Text, m.Entities
	if text == "" {
		text, entities = m.Caption, m.CaptionEntities
	}
	if t, ok := readCommand(text, entities, r.cfg.Username()); ok {
		return t
	}
	if m.Chat.Type != models.ChatTypePrivate && !r.answersUs(m) || quoted(entities) {
		return typed{}
	}
	return r.plain.hear(text)
}

// answersUs reports whether a message answers one of the bot's.
func (r *Router) answersUs(m *models.Message) bool {
	to := m.ReplyToMessage
	return to != nil && to.From != nil && to.From.IsBot && strings.EqualFold(to.From.Username, r.cfg.Username())
}

// answer carries out what was asked, and queues what it came to. A failure on the way is told in words; only when even
// that cannot be queued, or the time is over, the update is tried again.
func (r *Router) answer(ctx context.Context, a *ask) error {
	out, err := r.carryOut(ctx, a)
	if spoke := r.here.Spoke(ctx, a.chat.ID); spoke != nil { // the answer does not depend on it
		r.log.Error("chat not resumed", "chat", a.chat.ID, "err", spoke)
	}
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("answering %v: %w", a.verb, ctx.Err())
	case errors.Is(err, sla.ErrUnknownShop):
		out = problem(notify.UnknownShop)
	case err != nil:
		r.log.Error("question not answered", "verb", a.verb.String(), "chat", a.chat.ID, "err", err)
		out = problem(notify.TryLater)
	}
	if a.button {
		notice := out.notice
		if out.problem != 0 {
			notice = r.say.Notice(a.lang, out.problem)
		}
		defer r.endPress(ctx, a, notice)
	} else if out.problem != 0 {
		out.html, out.buttons = r.say.Problem(a.lang, out.problem)
	}
	return r.send(ctx, a, out)
}

// carryOut finds out what the chat is, which shop is meant and whether it may, and then does it.
func (r *Router) carryOut(ctx context.Context, a *ask) (answer, error) {
	if err := r.recall(ctx, a); err != nil {
		return answer{}, err
	}
	switch {
	case a.verb == verbUnknown:
		return r.suggest(ctx, a)
	case !plans[a.verb].shop:
		return r.general(ctx, a)
	}
	shop, out, err := r.whichShop(ctx, a)
	if err != nil || shop == "" {
		return out, err
	}
	chat, verdict, err := r.permit(ctx, a, shop)
	a.lang = cmp.Or(a.chosen, chat.Lang, a.lang)
	if err != nil || verdict != permitted {
		return refuse(verdict), err
	}
	if err := r.notice(ctx, a, shop); err != nil {
		return answer{}, err
	}
	out, err = r.about(ctx, a, shop, chat)
	out.shop = shop
	if err == nil {
		err = r.offerOthers(ctx, a, &out)
	}
	return out, err
}

// recall finds out what the chat has chosen, and which language it is answered in: the chosen one, in a group that is bound
// the one it was bound in, else that of the person.
func (r *Router) recall(ctx context.Context, a *ask) (err error) {
	a.lang = a.user.LanguageCode
	if a.chosen, a.current, err = r.store.ChatPrefs(ctx, a.chat.ID); err != nil {
		return fmt.Errorf("reading preferences: %w", err)
	}
	if a.chosen != "" || a.private() {
		a.lang = cmp.Or(a.chosen, a.lang)
		return nil
	}
	shops, err := r.store.ChatShops(ctx, a.chat.ID)
	if err != nil || len(shops) == 0 {
		return err
	}
	chats, err := r.store.Chats(ctx, shops[0])
	if err != nil {
		return fmt.Errorf("reading the shop's chats: %w", err)
	}
	chat, _ := notify.ChatOf(chats, a.chat.ID)
	a.lang = cmp.Or(chat.Lang, a.lang)
	return nil
}

// notice keeps which shop a chat looks at, after a permitted question.
func (r *Router) notice(ctx context.Context, a *ask, shop string) error {
	if a.current == shop || a.verb == verbUnbind {
		return nil
	}
	if err := r.store.SaveChatPrefs(ctx, a.chat.ID, a.chosen, shop); err != nil {
		return fmt.Errorf("saving preferences: %w", err)
	}
	return nil
}

// repliesLive is how long an answer is worth sending.
const repliesLive = 15 * time.Minute

// send queues an answer under the update's key.
func (r *Router) send(ctx context.Context, a *ask, out answer) error {
	if out.html == "" {
		return nil
	}
	now := r.cfg.Now()
	m := outbox.Message{
		Key: fmt.Sprintf("reply/%d/0", a.update), Route: strconv.FormatInt(a.chat.ID, 10), Shop: out.shop,
		Chat: a.chat.ID, Thread: a.thread, Kind: outbox.Reply, HTML: out.html, Buttons: out.buttons,
		Picture: out.picture, File: out.file, EditID: a.edit, ReplyTo: a.replyTo,
		Created: rules.InstantOf(now), Expires: rules.InstantOf(now.Add(repliesLive)),
	}
	if (out.picture != nil) != a.onPicture || out.file != nil {
		m.EditID = 0 // a text cannot become a picture, nor a picture a text
	}
	if err := r.queue.Enqueue(ctx, m.Created, []outbox.Message{m}); err != nil {
		return fmt.Errorf("queueing the answer: %w", err)
	}
	r.cfg.Nudge()
	return nil
}
