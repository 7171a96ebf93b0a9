package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"shopwarden/bot/notify"
	"shopwarden/bot/outbox"
	"shopwarden/bot/sla"
	"shopwarden/config"
	"shopwarden/rules"
)

// Presence follows which chats can be reached, and tells people: the shop's other chats when one is gone, a chat itself when
// it is back or when its topic is closed. It is the outbox.Hooks of a worker, and what a Router asks when a chat speaks.
//
// Every step may be repeated: notices have business keys and go on the queue before the change they tell of is kept, so
// that after a crash in between they are queued again and die there.
type Presence struct {
	store Store
	shops Premises
	queue Queue
	say   *notify.Composer
	log   *slog.Logger
	nudge func()
	now   func() time.Time
}

var _ outbox.Hooks = (*Presence)(nil)

// NewPresence returns a presence. Of cfg it uses Nudge and Now.
func NewPresence(store Store, shops Premises, queue Queue, say *notify.Composer, log *slog.Logger, cfg RouterConfig) *Presence {
	cfg = cfg.withDefaults()
	return &Presence{store: store, shops: shops, queue: queue, say: say, log: log, nudge: cfg.Nudge, now: cfg.Now}
}

// ChatGone pauses a chat and tells the shop's other chats. Of a chat that is paused already nothing more is said.
func (p *Presence) ChatGone(ctx context.Context, chat int64, reason string) error {
	err := p.bindings(ctx, chat, func(v notify.View, own notify.Chat, all []notify.Chat) error {
		if own.Paused {
			return nil
		}
		return p.put(ctx, p.say.ChatGone(notify.Gone{View: v, Chat: own, Reason: reason}, all))
	})
	return errors.Join(err, wrap("pausing chat", p.store.PauseChat(ctx, chat, true)))
}

// ChatMoved gives what a group had to its new id. Telegram says so in both chats, and takes the bot out of the old one, in
// any order: whatever came first, in the end the new chat is bound and not paused, and nobody is told that the old one is
// gone.
func (p *Presence) ChatMoved(ctx context.Context, from, to int64) error {
	shops := 0
	err := p.bindings(ctx, from, func(v notify.View, _ notify.Chat, all []notify.Chat) error {
		shops++
		return p.store.Withdraw(ctx, v.Shop.ID, notify.GoneKeys(v, from, all))
	})
	wish, wished := p.wishOf(ctx, from, to)
	err = errors.Join(err, wished, p.wish(ctx, to, wish))
	if err := p.store.MigrateChat(ctx, from, to); err != nil {
		return fmt.Errorf("migrating chat %d: %w", from, err)
	}
	if wish.own != "" { // once more: before the chat was bound it was nobody's, and such a wish is dropped
		err = errors.Join(err, p.wish(ctx, to, wish), wrap("moving a file", p.store.DoneExport(ctx, exportLine(from), from, wish.own)))
	}
	p.log.Info("group became a supergroup", "chat", from, "new_chat", to, "shops", shops)
	return errors.Join(err, wrap("resuming chat", p.store.PauseChat(ctx, to, false)))
}

// movedWish is the file that a group waits for, as the group asked and as its new id does.
type movedWish struct{ own, next string }

// wishOf reads what file a group waits for. Messages and topics of the old group are not those of the new one.
func (p *Presence) wishOf(ctx context.Context, from, to int64) (m movedWish, err error) {
	wishes, err := p.store.Exports(ctx, exportLine(from))
	if err != nil || wishes[from] == "" {
		return m, err
	}
	var w exportWish
	if err := json.Unmarshal([]byte(wishes[from]), &w); err != nil {
		return m, nil // of another version: it is forgotten in its line
	}
	w.Chat, w.ReplyTo, w.Thread = to, 0, 0
	next, err := json.Marshal(w)
	return movedWish{wishes[from], string(next)}, err
}

// wish asks for the file in the name of the new group. One that was made meanwhile dies by its key.
func (p *Presence) wish(ctx context.Context, to int64, m movedWish) error {
	if m.next == "" {
		return nil
	}
	_, err := p.store.AskExport(ctx, exportLine(to), to, m.next)
	return wrap("moving a file", err)
}

// Rerouted says once per topic that it takes no messages, and has General get them from now on.
func (p *Presence) Rerouted(ctx context.Context, m outbox.Message, _ string) error {
	if m.Thread == 0 {
		return nil
	}
	err := p.bindings(ctx, m.Chat, func(v notify.View, own notify.Chat, _ []notify.Chat) error {
		if !own.Uses(m.Thread) {
			return nil // an answer in another topic, or done already
		}
		return p.put(ctx, []outbox.Message{p.say.TopicGone(v, own, m.Thread)})
	})
	return errors.Join(err, wrap("moving to the general topic", p.store.MoveThread(ctx, m.Chat, m.Thread, 0)))
}

// Spoke resumes a chat that is heard of again, and tells it what it missed.
func (p *Presence) Spoke(ctx context.Context, chat int64) error {
	paused := false
	err := p.bindings(ctx, chat, func(v notify.View, own notify.Chat, all []notify.Chat) error {
		if !own.Paused {
			return nil
		}
		paused = true
		missed := 0
		if own.PausedAt != 0 {
			var err error
			if missed, err = p.shops.Missed(ctx, v.Shop.ID, own.PausedAt); err != nil {
				return err
			}
		}
		return errors.Join(p.put(ctx, []outbox.Message{p.say.ChatBack(v, own, missed)}),
			p.store.Withdraw(ctx, v.Shop.ID, notify.GoneKeys(v, chat, all)))
	})
	if err != nil || !paused {
		return err
	}
	return wrap("resuming chat", p.store.PauseChat(ctx, chat, false))
}

// bindings calls f for every shop of a chat. A shop that is gone is left out, one that fails does not keep the others from
// their turn.
func (p *Presence) bindings(ctx context.Context, chat int64, f func(v notify.View, own notify.Chat, all []notify.Chat) error) error {
	shops, err := p.store.ChatShops(ctx, chat)
	if err != nil {
		return fmt.Errorf("reading the chat's shops: %w", err)
	}
	var failed error
	for _, shop := range shops {
		if err := p.binding(ctx, shop, chat, f); err != nil && !errors.Is(err, sla.ErrUnknownShop) {
			failed = errors.Join(failed, fmt.Errorf("shop %s: %w", shop, err))
		}
	}
	return failed
}

func (p *Presence) binding(ctx context.Context, shop string, chat int64, f func(v notify.View, own notify.Chat, all []notify.Chat) error) error {
	all, err := p.store.Chats(ctx, shop)
	if err != nil {
		return fmt.Errorf("reading the shop's chats: %w", err)
	}
	for _, own := range all {
		if own.ID != chat {
			continue
		}
		v, err := p.shops.View(ctx, shop)
		switch {
		case errors.Is(err, sla.ErrUnknownShop):
			return err
		case err != nil: // its rules do not load: people are told all the same
			p.log.Error("reading a shop", "shop", shop, "err", err)
			v = notify.View{Shop: config.Shop{ID: shop}, Now: rules.InstantOf(p.now())}
		}
		return f(v, own, all)
	}
	return nil
}

// put queues notices.
func (p *Presence) put(ctx context.Context, list []outbox.Message) error {
	if len(list) == 0 {
		return nil
	}
	if err := p.queue.Enqueue(ctx, rules.InstantOf(p.now()), list); err != nil {
		return fmt.Errorf("queueing a notice: %w", err)
	}
	p.nudge()
	return nil
}

// wrap says what was being done, of an error that is one.
func wrap(doing string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", doing, err)
}
