package telegram

import (
	"cmp"
	"context"
	"fmt"

	"github.com/go-telegram/bot/models"
)

// membership follows what this bot is in a chat: a chat that has blocked or removed it gets nothing until it is back.
func (r *Router) membership(ctx context.Context, id int64, m *models.ChatMemberUpdated) error {
	inside := present(m.NewChatMember)
	if err := r.store.PauseChat(ctx, m.Chat.ID, !inside); err != nil {
		return fmt.Errorf("pausing chat: %w", err)
	}
	if !inside || present(m.OldChatMember) || m.Chat.Type == models.ChatTypePrivate || m.Chat.Type == models.ChatTypeChannel {
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
	return r.send(ctx, a, page(r.say.Start(cmp.Or(lang, a.user.LanguageCode), nil)))
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

// migrate follows a group to its new id. Telegram says it in both chats, and takes the bot out of the old one, in any
// order: whatever came first, in the end the new chat is bound and not paused.
func (r *Router) migrate(ctx context.Context, from, to int64) error {
	if err := r.store.MigrateChat(ctx, from, to); err != nil {
		return fmt.Errorf("migrating chat %d: %w", from, err)
	}
	if err := r.store.PauseChat(ctx, to, false); err != nil {
		return fmt.Errorf("resuming chat %d: %w", to, err)
	}
	r.log.Info("group became a supergroup", "chat", from, "new_chat", to)
	return nil
}
