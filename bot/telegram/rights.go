package telegram

import (
	"context"

	"github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"
)

// CanPost reports whether this bot may write in a chat: it is there, and if it is restricted it may still send messages. In a
// group that lets only administrators write, Telegram says so of the group and not of the member; a test message shows it.
func (c *Client) CanPost(ctx context.Context, chat int64) (bool, error) {
	raw, failed := c.do(ctx, "getChatMember", func(ctx context.Context) {
		_, _ = c.api.GetChatMember(ctx, &bot.GetChatMemberParams{ChatID: chat, UserID: c.api.ID()}) // do knows better
	})
	if failed != nil {
		return false, failed
	}
	var member models.ChatMember
	if err := decode("getChatMember", raw, &member); err != nil {
		return false, err
	}
	return present(member), nil
}
