package telegram

import (
	"cmp"
	"context"
	"fmt"

	"github.com/go-telegram/bot/models"

	"shopwarden/bot/notify"
	"shopwarden/bot/outbox"
)

// membership follows what this bot is in a chat: a chat that has blocked or removed it gets nothing until it is back, and the
// shop's other chats are told.
func (r *Router) membership(ctx context.Context, id int64, m *models.ChatMemberUpdated) error {
	inside := present(m.NewChatMember)
	if !inside {
		return r.here.ChatGone(ctx, m.Chat.ID, whyGone(m))
	}
	if err := r.here.Spoke(ctx, m.Chat.ID); err != nil {
		return err
	}
	if present(m.OldChatMember) || m.Chat.Type == models.ChatTypePrivate || m.Chat.Type == models.ChatTypeChannel {
		return nil
	}
	return r.hello(ctx, &ask{verb: verbStart, update: id, chat: m.Chat, user: m.From})
}

// hello tells a group what this is and how to begin. A group that is bound already knows.
func (r *Router) hello(ctx context.Context, a *ask) error {
	shops, err := r.store.ChatShops(ctx, a.chat.ID)
	if err != nil {
		return fmt.Errorf("reading the chat's shops: %w", err)
	}
	if len(shops) > 0 {
		return nil
	}
	lang, _, err := r.store.ChatPrefs(ctx, a.chat.ID)
	if err != nil {
		return fmt.Errorf("reading preferences: %w", err)
	}
	return r.send(ctx, a, page(r.say.Start(notify.StartView{Lang: cmp.Or(lang, a.user.LanguageCode), Bot: r.cfg.Username()})))
}

// present reports whether a member can read and write.
func present(m models.ChatMember) bool {
	switch m.Type {
	case models.ChatMemberTypeOwner, models.ChatMemberTypeAdministrator, models.ChatMemberTypeMember:
		return true
	case models.ChatMemberTypeRestricted:
		return m.Restricted != nil && m.Restricted.IsMember && m.Restricted.CanSendMessages
	}
	return false
}

// whyGone is why a chat cannot be written to any more, in the words of package outbox.
func whyGone(m *models.ChatMemberUpdated) string {
	switch {
	case m.NewChatMember.Type == models.ChatMemberTypeRestricted && m.NewChatMember.Restricted != nil && m.NewChatMember.Restricted.IsMember:
		return outbox.ReasonNoRights
	case m.Chat.Type == models.ChatTypePrivate:
		return outbox.ReasonBlocked
	}
	return outbox.ReasonKicked
}
