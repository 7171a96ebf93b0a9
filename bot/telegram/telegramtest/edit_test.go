package telegramtest_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"

	"shopwarden/bot/telegram/telegramtest"
)

func keyboard(data string) *models.InlineKeyboardMarkup {
	return &models.InlineKeyboardMarkup{InlineKeyboard: [][]models.InlineKeyboardButton{{{Text: "Done", CallbackData: data}}}}
}

func (s shop) edit(t *testing.T, id int, text string, markup models.ReplyMarkup) error {
	t.Helper()
	_, err := s.bot.EditMessageText(t.Context(), &bot.EditMessageTextParams{
		ChatID: s.chat, MessageID: id, Text: text, ParseMode: models.ParseModeHTML, ReplyMarkup: markup,
	})
	return err
}

func TestEditReplacesTextAndDatesIt(t *testing.T) {
	c := newClock()
	s := newShop(t, telegramtest.Config{Now: c.now})
	m := s.send(t, s.chat, "2 late")
	c.advance(time.Minute)
	must(t, s.edit(t, m.ID, "<b>3</b> late", nil))
	got := s.ExpectMessage(t, s.chat, "3 late")
	if !got.Edited || !got.EditedAt.Equal(c.now()) || got.HTML != "<b>3</b> late" || len(s.Messages(s.chat)) != 1 {
		t.Errorf("got %+v", got)
	}
}

func TestEditWithoutChangeIsRefused(t *testing.T) {
	s := newShop(t, telegramtest.Config{})
	m := s.send(t, s.chat, "same")
	wantError(t, s.edit(t, m.ID, "same", nil), bot.ErrorBadRequest, "message is not modified")
	wantError(t, s.edit(t, m.ID, " same\n", nil), bot.ErrorBadRequest, "message is not modified")
	must(t, s.edit(t, m.ID, "<i>same</i>", nil))
	must(t, s.edit(t, m.ID, "<i>same</i>", keyboard("a")))
	wantError(t, s.edit(t, m.ID, "<i>same</i>", keyboard("a")), bot.ErrorBadRequest, "message is not modified")
	must(t, s.edit(t, m.ID, "<i>same</i>", keyboard("b")))
}

func TestEditWithoutKeyboardTakesItAway(t *testing.T) {
	s := newShop(t, telegramtest.Config{})
	m := s.send(t, s.chat, "board")
	must(t, s.edit(t, m.ID, "board", keyboard("a")))
	must(t, s.edit(t, m.ID, "board 2", nil))
	if got := s.ExpectMessage(t, s.chat, "board 2"); len(got.Keyboard) != 0 {
		t.Errorf("keyboard %+v stayed", got.Keyboard)
	}
	_, err := s.bot.EditMessageReplyMarkup(t.Context(), &bot.EditMessageReplyMarkupParams{ChatID: s.chat, MessageID: m.ID, ReplyMarkup: keyboard("c")})
	must(t, err)
	if got := s.ExpectMessage(t, s.chat, "board 2"); got.Keyboard[0][0].CallbackData != "c" {
		t.Errorf("keyboard %+v", got.Keyboard)
	}
}

func TestWhatCannotBeEdited(t *testing.T) {
	s := newShop(t, telegramtest.Config{})
	said, err := s.Say(s.chat, s.owner.ID, "mine")
	must(t, err)
	wantError(t, s.edit(t, said.ID, "yours", nil), bot.ErrorBadRequest, "message can't be edited")
	wantError(t, s.edit(t, 99, "x", nil), bot.ErrorBadRequest, "message to edit not found")
	wantError(t, s.edit(t, 0, "x", nil), bot.ErrorBadRequest, "message identifier is not specified")
	m := s.send(t, s.chat, "board")
	wantError(t, s.edit(t, m.ID, "", nil), bot.ErrorBadRequest, "message text is empty")
	wantError(t, s.edit(t, m.ID, "<b>", nil), bot.ErrorBadRequest, "can't parse entities")
	wantError(t, s.edit(t, m.ID, "y", &models.ForceReply{ForceReply: true}), bot.ErrorBadRequest, "inline keyboard expected")
	must(t, s.Remove(s.chat, m.ID))
	wantError(t, s.edit(t, m.ID, "y", nil), bot.ErrorBadRequest, "message to edit not found")
}

func TestCaptionAndTextAreDifferentThings(t *testing.T) {
	s := newShop(t, telegramtest.Config{})
	m, err := s.bot.SendPhoto(t.Context(), &bot.SendPhotoParams{ChatID: s.chat, Caption: "one",
		Photo: &models.InputFileUpload{Filename: "a.png", Data: bytes.NewReader(picture(t, 4, 4))}})
	must(t, err)
	wantError(t, s.edit(t, m.ID, "two", nil), bot.ErrorBadRequest, "there is no text in the message to edit")
	_, err = s.bot.EditMessageCaption(t.Context(), &bot.EditMessageCaptionParams{ChatID: s.chat, MessageID: m.ID, Caption: "two"})
	must(t, err)
	if got := s.ExpectMessage(t, s.chat, "two"); len(got.Photo) == 0 {
		t.Error("the photo went with the old caption")
	}
	text := s.send(t, s.chat, "text")
	_, err = s.bot.EditMessageCaption(t.Context(), &bot.EditMessageCaptionParams{ChatID: s.chat, MessageID: text.ID, Caption: "two"})
	wantError(t, err, bot.ErrorBadRequest, "there is no caption in the message to edit")
}

func TestDeletionFollowsAgeAndRank(t *testing.T) {
	c := newClock()
	s := newShop(t, telegramtest.Config{Now: c.now})
	group := s.group(t, false)
	del := func(chat int64, id int) error {
		_, err := s.bot.DeleteMessage(t.Context(), &bot.DeleteMessageParams{ChatID: chat, MessageID: id})
		return err
	}
	own := s.send(t, group, "own")
	must(t, del(group, own.ID))
	wantError(t, del(group, own.ID), bot.ErrorBadRequest, "message to delete not found")
	if m, _ := s.Message(group, own.ID); !m.Deleted || len(s.Sent(group)) != 0 {
		t.Errorf("got %+v", m)
	}
	said, err := s.Say(group, s.owner.ID, "theirs")
	must(t, err)
	wantError(t, del(group, said.ID), bot.ErrorBadRequest, "message can't be deleted")
	must(t, s.AddBot(group, s.owner.ID, telegramtest.Administrator))
	must(t, del(group, said.ID))
	old := s.send(t, s.chat, "old")
	c.advance(49 * time.Hour)
	wantError(t, del(s.chat, old.ID), bot.ErrorBadRequest, "message can't be deleted for everyone")
}

func TestPinNeedsRightsInGroups(t *testing.T) {
	s := newShop(t, telegramtest.Config{})
	group := s.group(t, false)
	pin := func(chat int64, id int) error {
		_, err := s.bot.PinChatMessage(t.Context(), &bot.PinChatMessageParams{ChatID: chat, MessageID: id})
		return err
	}
	m := s.send(t, group, "board")
	wantError(t, pin(group, m.ID), bot.ErrorBadRequest, "not enough rights to manage pinned messages in the chat")
	must(t, s.AddBot(group, s.owner.ID, telegramtest.Administrator))
	must(t, pin(group, m.ID))
	must(t, pin(group, m.ID)) // again: no second notice
	full, err := s.bot.GetChat(t.Context(), &bot.GetChatParams{ChatID: group})
	must(t, err)
	if s.Pinned(group) != m.ID || full.PinnedMessage == nil || len(s.Messages(group)) != 2 {
		t.Errorf("pinned %d, getChat %+v, %d messages", s.Pinned(group), full.PinnedMessage, len(s.Messages(group)))
	}
	_, err = s.bot.UnpinChatMessage(t.Context(), &bot.UnpinChatMessageParams{ChatID: group})
	must(t, err)
	if s.Pinned(group) != 0 {
		t.Error("still pinned")
	}
	must(t, pin(s.chat, s.send(t, s.chat, "private").ID))
}

func TestOnlyTelegramsReactionsAreTaken(t *testing.T) {
	s := newShop(t, telegramtest.Config{})
	m := s.send(t, s.chat, "late")
	react := func(emoji ...string) error {
		var list []models.ReactionType
		for _, e := range emoji {
			list = append(list, models.ReactionType{Type: models.ReactionTypeTypeEmoji, ReactionTypeEmoji: &models.ReactionTypeEmoji{Emoji: e}})
		}
		_, err := s.bot.SetMessageReaction(t.Context(), &bot.SetMessageReactionParams{ChatID: s.chat, MessageID: m.ID, Reaction: list})
		return err
	}
	must(t, react("👍"))
	must(t, react("❤️")) // with the variation selector keyboards add
	must(t, react("👨‍💻"))
	wantError(t, react("✅"), bot.ErrorBadRequest, "REACTION_INVALID")
	wantError(t, react("👍", "👎"), bot.ErrorBadRequest, "REACTIONS_TOO_MANY")
	if got, _ := s.Message(s.chat, m.ID); len(got.Reactions) != 1 || got.Reactions[0] != "👨‍💻" {
		t.Errorf("got %q", got.Reactions)
	}
	must(t, react())
	if got, _ := s.Message(s.chat, m.ID); len(got.Reactions) != 0 {
		t.Errorf("got %q", got.Reactions)
	}
}
