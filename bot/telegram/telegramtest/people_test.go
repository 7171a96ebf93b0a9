package telegramtest_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"

	"shopwarden/bot/telegram/telegramtest"
)

// next takes all waiting updates and acknowledges them.
func (s shop) next(t *testing.T) []models.Update {
	t.Helper()
	got := poll(t, s.Server, 0, 0)
	if len(got) > 0 {
		poll(t, s.Server, int(got[len(got)-1].ID)+1, 0)
	}
	return got
}

// only is the single waiting update.
func (s shop) only(t *testing.T) models.Update {
	t.Helper()
	got := s.next(t)
	if len(got) != 1 {
		t.Fatalf("got %d updates, want 1: %+v", len(got), got)
	}
	return got[0]
}

func TestPrivacyModeLetsThroughWhatIsMeantForTheBot(t *testing.T) {
	s := newShop(t, telegramtest.Config{})
	group := s.group(t, false)
	fromBot := s.send(t, group, "board")
	said, err := s.Say(group, s.owner.ID, "talk")
	must(t, err)
	tests := []struct {
		text    string
		replyTo int
		hears   bool
	}{
		{"good morning", 0, false},
		{"/today", 0, true},
		{"/today@shopwarden_bot", 0, true},
		{"/today@ShopWarden_Bot now", 0, true},
		{"/today@other_bot", 0, false},
		{"please /today", 0, false},
		{"yes", fromBot.ID, true},
		{"yes", said.ID, false},
	}
	for _, tc := range tests {
		s.next(t)
		_, err := s.Reply(group, s.owner.ID, tc.replyTo, tc.text)
		must(t, err)
		if got := len(s.next(t)) == 1; got != tc.hears {
			t.Errorf("%q in reply to %d: heard %v, want %v", tc.text, tc.replyTo, got, tc.hears)
		}
	}
}

func TestAdministratorsAndOpenBotsHearEverything(t *testing.T) {
	open := newShop(t, telegramtest.Config{ReadsAll: true})
	_, err := open.Say(open.group(t, false), open.owner.ID, "talk")
	must(t, err)
	if got := open.only(t); got.Message.Text != "talk" {
		t.Errorf("got %+v", got)
	}
	s := newShop(t, telegramtest.Config{})
	group := s.group(t, false)
	must(t, s.AddBot(group, s.owner.ID, telegramtest.Administrator))
	s.next(t)
	_, err = s.Say(group, s.owner.ID, "talk")
	must(t, err)
	if got := s.only(t); got.Message.Text != "talk" {
		t.Errorf("got %+v", got)
	}
}

func TestTopicMessagesLookLikeReplies(t *testing.T) {
	s := newShop(t, telegramtest.Config{})
	forum := s.group(t, true)
	topic, err := s.AddTopic(forum, s.owner.ID, "Parcels")
	must(t, err)
	if u := s.only(t); u.Message.ForumTopicCreated == nil || u.Message.MessageThreadID != topic {
		t.Errorf("got %+v", u.Message)
	}
	_, err = s.Post(telegramtest.Post{ChatID: forum, UserID: s.owner.ID, ThreadID: topic, Text: "/today"})
	must(t, err)
	u := s.only(t)
	if !u.Message.IsTopicMessage || u.Message.MessageThreadID != topic || u.Message.ReplyToMessage.ForumTopicCreated == nil {
		t.Errorf("got %+v", u.Message)
	}
	if !u.Message.Chat.IsForum || u.Message.Chat.Type != models.ChatTypeSupergroup {
		t.Errorf("chat %+v", u.Message.Chat)
	}
}

func TestCommandOffsetsCountUTF16(t *testing.T) {
	s := newShop(t, telegramtest.Config{})
	_, err := s.Say(s.chat, s.owner.ID, "📦 /why@shopwarden_bot 7")
	must(t, err)
	e := s.only(t).Message.Entities
	if len(e) != 1 || e[0].Type != models.MessageEntityTypeBotCommand || e[0].Offset != 3 || e[0].Length != 19 {
		t.Errorf("got %+v", e)
	}
}

func TestPressIsAnsweredOnce(t *testing.T) {
	s := newShop(t, telegramtest.Config{})
	m, err := s.bot.SendMessage(t.Context(), &bot.SendMessageParams{ChatID: s.chat, Text: "late", ReplyMarkup: keyboard("v1:done:1")})
	must(t, err)
	id, err := s.Press(s.chat, m.ID, s.owner.ID, "v1:done:1")
	must(t, err)
	q := s.only(t).CallbackQuery
	if q.ID != id || q.Data != "v1:done:1" || q.From.ID != s.owner.ID || q.Message.Message.ID != m.ID {
		t.Fatalf("got %+v", q)
	}
	answer := func(text string) error {
		_, err := s.bot.AnswerCallbackQuery(t.Context(), &bot.AnswerCallbackQueryParams{CallbackQueryID: id, Text: text, ShowAlert: true})
		return err
	}
	wantError(t, answer(fmt.Sprintf("%0201d", 1)), bot.ErrorBadRequest, "MESSAGE_TOO_LONG")
	must(t, answer("Done"))
	wantError(t, answer("Done"), bot.ErrorBadRequest, "query is too old")
	got := s.CallbackAnswers()
	if len(got) != 1 || got[0].Text != "Done" || !got[0].Alert || got[0].Data != "v1:done:1" || got[0].UserID != s.owner.ID {
		t.Errorf("got %+v", got)
	}
}

func TestOnlyButtonsThatAreThereCanBePressed(t *testing.T) {
	s := newShop(t, telegramtest.Config{})
	m, err := s.bot.SendMessage(t.Context(), &bot.SendMessageParams{ChatID: s.chat, Text: "late", ReplyMarkup: keyboard("a")})
	must(t, err)
	press := func(id int, user int64, data string) error {
		_, err := s.Press(s.chat, id, user, data)
		return err
	}
	wantError(t, press(m.ID, s.owner.ID, "b"), telegramtest.ErrNoButton, "")
	wantError(t, press(9, s.owner.ID, "a"), telegramtest.ErrNoMessage, "")
	wantError(t, press(m.ID, 8, "a"), telegramtest.ErrNotInside, "")
	must(t, s.Remove(s.chat, m.ID))
	must(t, press(m.ID, s.owner.ID, "a"))
	q := s.only(t).CallbackQuery
	if q.Message.InaccessibleMessage == nil || q.Message.InaccessibleMessage.MessageID != m.ID {
		t.Errorf("a deleted message must come without content: %+v", q.Message)
	}
}

func TestBlockAndUnblockTellTheBot(t *testing.T) {
	s := newShop(t, telegramtest.Config{})
	must(t, s.Block(s.owner.ID))
	must(t, s.Block(s.owner.ID)) // again: nothing changes
	if u := s.only(t).MyChatMember; u.OldChatMember.Member == nil || u.NewChatMember.Banned == nil || u.From.ID != s.owner.ID || u.Chat.ID != s.chat {
		t.Errorf("got %+v", u)
	}
	if _, err := s.Say(s.chat, s.owner.ID, "hello"); err == nil {
		t.Error("somebody who blocks the bot cannot write to it")
	}
	must(t, s.Unblock(s.owner.ID))
	if u := s.only(t).MyChatMember; u.OldChatMember.Banned == nil || u.NewChatMember.Member == nil {
		t.Errorf("got %+v", u)
	}
}

func TestKickedBotHearsNothingUntilItIsBack(t *testing.T) {
	s := newShop(t, telegramtest.Config{})
	group := s.group(t, false)
	must(t, s.Kick(group, s.owner.ID))
	if u := s.only(t).MyChatMember; u.NewChatMember.Banned == nil || u.NewChatMember.Banned.User.ID != 42 {
		t.Errorf("got %+v", u)
	}
	_, err := s.Say(group, s.owner.ID, "/today")
	must(t, err)
	if got := s.next(t); len(got) != 0 {
		t.Errorf("heard %+v", got)
	}
	must(t, s.AddBot(group, s.owner.ID, telegramtest.Ordinary))
	got := s.next(t)
	if len(got) != 2 || got[0].MyChatMember == nil || got[1].Message.NewChatMembers[0].ID != 42 {
		t.Errorf("got %+v", got)
	}
}

func TestStartLinksCarryTheirCode(t *testing.T) {
	s := newShop(t, telegramtest.Config{})
	m, err := s.OpenLink(telegramtest.User{ID: 50, FirstName: "New"}, "bind_A-1")
	must(t, err)
	if u := s.only(t); u.Message.Text != "/start bind_A-1" || u.Message.Chat.ID != 50 || u.Message.ID != m.ID {
		t.Errorf("got %+v", u.Message)
	}
	group := s.group(t, false)
	must(t, s.Kick(group, s.owner.ID))
	s.next(t)
	_, err = s.OpenGroupLink(group, s.owner.ID, "bind_B")
	must(t, err)
	got := s.next(t)
	if len(got) != 3 || got[2].Message.Text != "/start@shopwarden_bot bind_B" {
		t.Errorf("got %+v", got)
	}
	for _, bad := range []string{"", "a b", "a.b", fmt.Sprintf("%065d", 1)} {
		if _, err := s.OpenLink(s.owner, bad); !errors.Is(err, telegramtest.ErrBadCode) {
			t.Errorf("code %q: got %v", bad, err)
		}
	}
}

func TestMigrationMovesTheGroupAndTellsBothSides(t *testing.T) {
	s := newShop(t, telegramtest.Config{})
	group := s.group(t, false)
	m := s.send(t, group, "before")
	next, err := s.Migrate(group)
	must(t, err)
	got := s.next(t)
	if len(got) != 2 || got[0].Message.Chat.ID != group || got[0].Message.MigrateToChatID != next ||
		got[1].Message.Chat.ID != next || got[1].Message.MigrateFromChatID != group {
		t.Fatalf("got %+v", got)
	}
	var moved *bot.MigrateError
	_, err = s.bot.SendMessage(t.Context(), &bot.SendMessageParams{ChatID: group, Text: "after"})
	if !errors.As(err, &moved) || int64(moved.MigrateToChatID) != next {
		t.Errorf("send to the old id: got %v", err)
	}
	_, err = s.bot.EditMessageText(t.Context(), &bot.EditMessageTextParams{ChatID: group, MessageID: m.ID, Text: "after"})
	if !errors.As(err, &moved) {
		t.Errorf("edit in the old chat: got %v", err)
	}
	if sent := s.send(t, next, "after"); sent.Chat.Type != models.ChatTypeSupergroup {
		t.Errorf("got %+v", sent.Chat)
	}
	admins, err := s.bot.GetChatAdministrators(t.Context(), &bot.GetChatAdministratorsParams{ChatID: next})
	must(t, err)
	if len(admins) != 1 || admins[0].Owner.User.ID != s.owner.ID {
		t.Errorf("the members did not move: %+v", admins)
	}
	if _, err := s.Migrate(group); !errors.Is(err, telegramtest.ErrNoChat) {
		t.Errorf("a second migration: got %v", err)
	}
	if _, err := s.Say(group, s.owner.ID, "/today"); !errors.Is(err, telegramtest.ErrNoChat) {
		t.Errorf("talk in the old group: got %v", err)
	}
}

func TestMembersAndAdministratorsAreToldApart(t *testing.T) {
	s := newShop(t, telegramtest.Config{})
	group := s.group(t, false)
	packer := telegramtest.User{ID: 60, FirstName: "Packer"}
	must(t, s.SetMember(group, packer, telegramtest.Administrator))
	status := func(user int64) models.ChatMemberType {
		m, err := s.bot.GetChatMember(t.Context(), &bot.GetChatMemberParams{ChatID: group, UserID: user})
		must(t, err)
		return m.Type
	}
	if got := status(packer.ID); got != models.ChatMemberTypeAdministrator {
		t.Errorf("packer is %s", got)
	}
	if got := status(42); got != models.ChatMemberTypeMember {
		t.Errorf("bot is %s", got)
	}
	must(t, s.SetMember(group, packer, telegramtest.Left))
	if got := status(packer.ID); got != models.ChatMemberTypeLeft {
		t.Errorf("packer is %s", got)
	}
	_, err := s.bot.GetChatMember(t.Context(), &bot.GetChatMemberParams{ChatID: group, UserID: 999})
	wantError(t, err, bot.ErrorBadRequest, "invalid user_id")
	_, err = s.bot.GetChatAdministrators(t.Context(), &bot.GetChatAdministratorsParams{ChatID: s.chat})
	wantError(t, err, bot.ErrorBadRequest, "no administrators in the private chat")
	n, err := s.bot.GetChatMemberCount(t.Context(), &bot.GetChatMemberCountParams{ChatID: group})
	must(t, err)
	if n != 2 {
		t.Errorf("%d members, want the owner and the bot", n)
	}
	_, err = s.bot.LeaveChat(t.Context(), &bot.LeaveChatParams{ChatID: s.chat})
	wantError(t, err, bot.ErrorBadRequest, "private chats")
}

func TestPeopleSendFilesTheBotCanFetch(t *testing.T) {
	s := newShop(t, telegramtest.Config{})
	_, err := s.Post(telegramtest.Post{ChatID: s.chat, UserID: s.owner.ID, Text: "orders", Document: []byte("a,b"), FileName: "orders.csv"})
	must(t, err)
	u := s.only(t)
	if u.Message.Caption != "orders" || u.Message.Document.FileName != "orders.csv" {
		t.Fatalf("got %+v", u.Message)
	}
	f, err := s.bot.GetFile(t.Context(), &bot.GetFileParams{FileID: u.Message.Document.FileID})
	must(t, err)
	if got := download(t, s.bot.FileDownloadLink(f)); got != "a,b" {
		t.Errorf("got %q", got)
	}
}

func TestImpossibleThingsPeopleCannotDo(t *testing.T) {
	s := newShop(t, telegramtest.Config{})
	group := s.group(t, false)
	_, errTopic := s.AddTopic(group, s.owner.ID, "Parcels")
	_, errReply := s.Reply(group, s.owner.ID, 99, "re")
	_, errThread := s.Post(telegramtest.Post{ChatID: group, UserID: s.owner.ID, ThreadID: 5, Text: "x"})
	_, errStranger := s.Say(group, 999, "x")
	_, errChat := s.Say(-5, s.owner.ID, "x")
	for name, err := range map[string]error{
		"topic in a plain group": errTopic, "reply to nothing": errReply, "unknown topic": errThread,
		"stranger": errStranger, "unknown chat": errChat,
		"block in a group": s.Block(group), "member of a private chat": s.SetMember(s.chat, s.owner, telegramtest.Left),
		"kick by a stranger": s.Kick(group, 999), "remove nothing": s.Remove(group, 99),
	} {
		if err == nil {
			t.Errorf("%s: want an error", name)
		}
	}
}
