package telegram

import (
	"context"
	"fmt"

	"shopwarden/bot/chart"
	"shopwarden/bot/notify"
	"shopwarden/bot/outbox"
	"shopwarden/rules"
)

// start answers /start and /bind without a code. A group that is bound gets its checklist, and its topic moves to where it was
// asked by somebody who may.
func (r *Router) start(ctx context.Context, a *ask) (answer, error) {
	view := notify.StartView{Lang: a.lang, Bot: r.cfg.Username()}
	if a.verb == verbBind {
		return page(r.say.Begin(view)), nil
	}
	if out, err := r.moveTopic(ctx, a); err != nil || out.html != "" {
		return out, err
	}
	shops, err := r.chatShops(ctx, a)
	if err != nil {
		return answer{}, err
	}
	view.Shops = shops
	if a.private() || len(shops) == 0 {
		return page(r.say.Start(view)), nil
	}
	chat, verdict, err := r.permitFor(ctx, a, shops[0].ID, needBound)
	if err != nil || verdict != permitted {
		return refuse(verdict), err
	}
	b, err := r.found(ctx, a, shops[0].ID, chat)
	b.Others = shops[1:]
	return ifDone(err, func() answer { return page(r.say.Checklist(b)) })
}

// found is a bound chat and, of a group, what became of looking whether this bot may write there.
func (r *Router) found(ctx context.Context, a *ask, shop string, chat notify.Chat) (notify.BoundView, error) {
	view, err := r.counter.View(ctx, shop)
	if err != nil {
		return notify.BoundView{}, fmt.Errorf("reading shop %s: %w", shop, err)
	}
	view.Lang = a.lang
	b := notify.BoundView{SettingsView: notify.SettingsView{View: view, Chat: chat}, Thread: a.thread}
	if a.private() {
		return b, nil
	}
	switch can, err := r.people.CanPost(ctx, a.chat.ID); {
	case err != nil:
		r.log.Debug("rights in a chat not known", "chat", a.chat.ID, "err", err)
	case can:
		b.Posts = notify.Holds
	default:
		b.Posts = notify.Fails
	}
	return b, nil
}

// sample shows a made-up day with its picture.
func (r *Router) sample(a *ask) answer {
	out := page(r.say.Sample(a.lang))
	out.picture = r.say.CardPicture(r.say.SampleView(a.lang), chart.Light)
	return out
}

// testAlert puts an alert that is none on the queue, the way of every alert, and says what to do when it does not ring. In a
// group the checklist says so.
func (r *Router) testAlert(ctx context.Context, a *ask, shop string, chat notify.Chat) (answer, error) {
	b, err := r.found(ctx, a, shop, chat)
	if err != nil {
		return answer{}, err
	}
	now := rules.InstantOf(r.cfg.Now())
	b.Now = now
	if err := r.enqueue(ctx, []outbox.Message{r.say.TestAlert(b.SettingsView, a.update)}); err != nil {
		return answer{}, err
	}
	if a.private() {
		return page(r.say.TestSent(b.SettingsView)), nil
	}
	b.Tested = now
	return page(r.say.Checklist(b)), nil
}

// unbind ends the chat's binding and tells the owners and managers who stay. A button asks first: it is pressed by accident
// sooner than a command is typed. The last owner is warned either way.
func (r *Router) unbind(ctx context.Context, a *ask, shop string, chat notify.Chat) (answer, error) {
	l, err := r.leaving(ctx, a, shop, chat)
	if err != nil {
		return answer{}, err
	}
	last, said := notify.LastOwner(l.Chats, chat.ID), ""
	if len(a.args) > 0 {
		said = a.args[0]
	}
	sure := !a.button && !a.loose || said == notify.Leave || said == notify.LeaveLast
	if !sure || last && (!a.button || said != notify.LeaveLast) {
		return page(r.say.Unbind(l)), nil
	}
	if err := r.enqueue(ctx, r.say.Left(l, a.update)); err != nil {
		return answer{}, err
	}
	if err := r.store.Unbind(ctx, shop, a.chat.ID); err != nil {
		return answer{}, fmt.Errorf("unbinding from %s: %w", shop, err)
	}
	r.log.Info("chat unbound", "shop", shop, "chat", a.chat.ID)
	return page(r.say.Unbound(a.lang, l.Shop)), nil
}

// leaving is a chat that is about to give a shop up, and who stays.
func (r *Router) leaving(ctx context.Context, a *ask, shop string, chat notify.Chat) (l notify.LeaveView, err error) {
	l.Chat = chat
	if l.View, err = r.counter.View(ctx, shop); err != nil {
		return l, fmt.Errorf("reading shop %s: %w", shop, err)
	}
	l.Lang = a.lang
	if l.Chats, err = r.store.Chats(ctx, shop); err != nil {
		return l, fmt.Errorf("reading the shop's chats: %w", err)
	}
	return l, nil
}
