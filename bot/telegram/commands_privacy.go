package telegram

import (
	"context"
	"errors"
	"fmt"

	"shopwarden/bot/notify"
	"shopwarden/bot/sla"
)

// privacy says what is kept of a chat, and deletes it: in a private chat for whoever it is, in a group for an administrator.
func (r *Router) privacy(ctx context.Context, a *ask) (answer, error) {
	bindings, err := r.bindings(ctx, a)
	if err != nil {
		return answer{}, err
	}
	p := r.privacyView(a, bindings)
	if len(a.args) == 0 || a.args[0] != notify.Forget {
		return page(r.say.Privacy(p)), nil
	}
	who := asker{bound: true, private: a.private(), button: a.button, user: a.user.ID, asGroup: a.asGroup}
	if verdict, err := r.rule(ctx, a, needOwn, who); err != nil || verdict != permitted {
		return refuse(verdict), err
	}
	if !a.button || len(a.args) < 2 || a.args[1] != "yes" {
		return page(r.say.AskForget(p)), nil
	}
	for _, l := range bindings {
		if err := r.enqueue(ctx, r.say.Left(l, a.update)); err != nil {
			return answer{}, err
		}
	}
	if err := r.store.Forget(ctx, a.chat.ID); err != nil {
		return answer{}, err
	}
	r.log.Info("chat forgotten", "chat", a.chat.ID, "shops", len(bindings))
	return page(r.say.Forgotten(p)), nil
}

// bindings are the shops of a chat with all their chats. A shop that is gone is left out.
func (r *Router) bindings(ctx context.Context, a *ask) (list []notify.LeaveView, err error) {
	ids, err := r.store.ChatShops(ctx, a.chat.ID)
	if err != nil {
		return nil, fmt.Errorf("reading the chat's shops: %w", err)
	}
	for _, id := range ids {
		l, err := r.leaving(ctx, a, id, notify.Chat{ID: a.chat.ID})
		if errors.Is(err, sla.ErrUnknownShop) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if chat, bound := notify.ChatOf(l.Chats, a.chat.ID); bound {
			l.Chat = chat
		}
		list = append(list, l)
	}
	return list, nil
}

func (r *Router) privacyView(a *ask, bindings []notify.LeaveView) notify.PrivacyView {
	p := notify.PrivacyView{Lang: a.lang, Private: a.private(), Retention: r.cfg.Retention, DayRetention: r.cfg.DayRetention}
	for _, l := range bindings {
		if a.private() && l.Chat.Role == notify.Owner {
			p.Owned = append(p.Owned, l.Shop)
		}
		if notify.LastOwner(l.Chats, a.chat.ID) {
			p.Last = append(p.Last, l.Shop)
		}
	}
	return p
}
