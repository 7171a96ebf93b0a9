package telegram

import (
	"context"
	"fmt"
	"time"

	"github.com/go-telegram/bot/models"

	"shopwarden/bot/notify"
)

// press reads the press of a button. The page it belongs to is edited in place, news is answered by a reply; refusals go
// only to the one who pressed.
func (r *Router) press(ctx context.Context, id int64, q *models.CallbackQuery) error {
	a := ask{update: id, user: q.From, lang: q.From.LanguageCode, button: true, callback: q.ID}
	if !place(&a, q.Message) {
		r.endPress(ctx, &a, r.say.Notice(a.lang, notify.StaleButton)) // a button of no chat is none of ours
		return nil
	}
	a.pressed = a.edit
	if underNews(q.Data) {
		a.edit, a.replyTo = 0, a.edit
	}
	action, err := r.action(ctx, q.Data)
	if err != nil {
		return err
	}
	p, err := readAction(action)
	if err != nil || plans[p.verb].shop && (len(p.args) == 0 || p.args[0] == "") {
		if err := r.recall(ctx, &a); err != nil {
			r.log.Debug("language of a chat not known", "chat", a.chat.ID, "err", err)
		}
		r.endPress(ctx, &a, r.say.Notice(a.lang, notify.StaleButton))
		return nil
	}
	a.verb, a.args = p.verb, p.args
	if plans[p.verb].shop {
		a.shop, a.args = p.args[0], p.args[1:]
	}
	return r.answer(ctx, &a)
}

// place finds out where a button was pressed; false when there is no such place. A message that is too old to be seen can
// still name its chat; then the answer is a new message.
func place(a *ask, m models.MaybeInaccessibleMessage) bool {
	switch {
	case m.Message != nil:
		a.chat = m.Message.Chat
		a.onPicture = len(m.Message.Photo) > 0
		if m.Message.Text != "" || a.onPicture { // a file stays what it is
			a.edit = m.Message.ID
		}
		if m.Message.IsTopicMessage {
			a.thread = m.Message.MessageThreadID
		}
	case m.InaccessibleMessage != nil:
		a.chat = m.InaccessibleMessage.Chat
	}
	return a.chat.ID != 0
}

// action finds what callback data stands for, "" when nobody knows (any more).
func (r *Router) action(ctx context.Context, data string) (string, error) {
	action, token, ok := readData(data)
	if !ok || token == "" {
		return action, nil
	}
	action, err := r.store.Token(ctx, token)
	if err != nil {
		return "", fmt.Errorf("reading a button's token: %w", err)
	}
	return action, nil
}

// pressTimeout is how long telling Telegram that a press was seen may take. It is a courtesy: nothing depends on it.
const pressTimeout = 3 * time.Second

// endPress stops the wait of the pressed button, with a notice or without. Telegram refuses it when the press is older than
// some seconds, as after a restart; nobody waits then.
func (r *Router) endPress(ctx context.Context, a *ask, notice string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), pressTimeout)
	defer cancel()
	if err := r.people.AnswerCallback(ctx, a.callback, clip(notice)); err != nil {
		r.log.Debug("press not answered", "chat", a.chat.ID, "err", err)
	}
}

// clip cuts a notice to the 200 characters Telegram allows.
func clip(text string) string {
	if runes := []rune(text); len(runes) > 200 {
		return string(runes[:199]) + "…"
	}
	return text
}
