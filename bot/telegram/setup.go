package telegram

import (
	"context"
	"errors"
	"fmt"

	"github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"
)

// Scope is where a list of commands is offered.
type Scope int

// Everywhere: where no narrower list applies. InPrivate: private chats. InGroups: groups. ForAdministrators: groups, shown
// to their administrators.
const (
	Everywhere Scope = iota + 1
	InPrivate
	InGroups
	ForAdministrators
)

// String returns the scope in Telegram's words.
func (s Scope) String() string {
	switch s {
	case Everywhere:
		return "default"
	case InPrivate:
		return "all_private_chats"
	case InGroups:
		return "all_group_chats"
	case ForAdministrators:
		return "all_chat_administrators"
	}
	return fmt.Sprintf("Scope(%d)", int(s))
}

func (s Scope) model() models.BotCommandScope {
	switch s {
	case InPrivate:
		return &models.BotCommandScopeAllPrivateChats{}
	case InGroups:
		return &models.BotCommandScopeAllGroupChats{}
	case ForAdministrators:
		return &models.BotCommandScopeAllChatAdministrators{}
	}
	return &models.BotCommandScopeDefault{}
}

// Command is one command in a menu: 1–32 of a–z, 0–9 and _, and up to 256 characters.
type Command struct {
	Name        string
	Description string
}

// Menu is the list of commands of one scope in one language. Lang is two letters, "" for all others.
type Menu struct {
	Scope    Scope
	Lang     string
	Commands []Command
}

// Profile is how the bot shows itself. The texts are by language, "" for all other languages: Short stands on its profile
// and in links to it, up to 120 characters; Long is what a chat shows before the first word, up to 512. With CommandsButton
// the button beside the field one writes in opens the list of commands in private chats; without, it stays as it is.
type Profile struct {
	Menus          []Menu
	Short          map[string]string
	Long           map[string]string
	CommandsButton bool
}

// Me is the bot itself.
type Me struct {
	ID       int64  `json:"id"`
	Username string `json:"username"`
	// ReadsAll says that privacy mode is off: in groups the bot receives every message.
	ReadsAll bool `json:"can_read_all_group_messages"`
}

// Me asks who the bot is.
func (c *Client) Me(ctx context.Context) (Me, error) {
	raw, failed := c.do(ctx, "getMe", func(ctx context.Context) {
		_, _ = c.api.GetMe(ctx) // do knows better
	})
	if failed != nil {
		return Me{}, failed
	}
	var me Me
	if err := decode("getMe", raw, &me); err != nil {
		return Me{}, err
	}
	return me, nil
}

// Setup asks who the bot is and has it show itself as the profile says. Without an answer to the first nothing else is
// tried; of the rest everything is, and the error joins what failed: Me is good even so. It may be repeated.
func (c *Client) Setup(ctx context.Context, p Profile) (Me, error) {
	me, err := c.Me(ctx)
	if err != nil {
		return Me{}, err
	}
	var errs []error
	for _, m := range p.Menus {
		if err := c.setMenu(ctx, m); err != nil {
			errs = append(errs, fmt.Errorf("commands for %s in %q: %w", m.Scope, m.Lang, err))
		}
	}
	for lang, text := range p.Short {
		if err := c.setShort(ctx, lang, text); err != nil {
			errs = append(errs, fmt.Errorf("short description in %q: %w", lang, err))
		}
	}
	return me, errors.Join(errs...)
}

func (c *Client) setMenu(ctx context.Context, m Menu) error {
	params := &bot.SetMyCommandsParams{Commands: []models.BotCommand{}, Scope: m.Scope.model(), LanguageCode: m.Lang}
	for _, command := range m.Commands {
		params.Commands = append(params.Commands, models.BotCommand{Command: command.Name, Description: command.Description})
	}
	_, failed := c.do(ctx, "setMyCommands", func(ctx context.Context) {
		_, _ = c.api.SetMyCommands(ctx, params) // do knows better
	})
	return errorOf(failed)
}

func (c *Client) setShort(ctx context.Context, lang, text string) error {
	_, failed := c.do(ctx, "setMyShortDescription", func(ctx context.Context) {
		params := &bot.SetMyShortDescriptionParams{ShortDescription: text, LanguageCode: lang}
		_, _ = c.api.SetMyShortDescription(ctx, params) // do knows better
	})
	return errorOf(failed)
}

// AnswerCallback stops the wait of a pressed button and shows text, if any, for a moment: plain, up to 200 characters. A
// press that is some seconds old is refused.
func (c *Client) AnswerCallback(ctx context.Context, id, text string) error {
	_, failed := c.do(ctx, "answerCallbackQuery", func(ctx context.Context) {
		_, _ = c.api.AnswerCallbackQuery(ctx, &bot.AnswerCallbackQueryParams{CallbackQueryID: id, Text: text}) // do knows better
	})
	return errorOf(failed)
}

// ChatMember returns what a user is in a chat, in Telegram's words: creator, administrator, member, restricted, left or
// kicked.
func (c *Client) ChatMember(ctx context.Context, chat, user int64) (string, error) {
	raw, failed := c.do(ctx, "getChatMember", func(ctx context.Context) {
		_, _ = c.api.GetChatMember(ctx, &bot.GetChatMemberParams{ChatID: chat, UserID: user}) // do knows better
	})
	if failed != nil {
		return "", failed
	}
	var member struct {
		Status string `json:"status"`
	}
	if err := decode("getChatMember", raw, &member); err != nil {
		return "", err
	}
	return member.Status, nil
}
