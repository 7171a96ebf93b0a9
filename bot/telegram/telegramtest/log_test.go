package telegramtest_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"

	"shopwarden/bot/telegram/telegramtest"
)

func TestWaitForSeesALaterEdit(t *testing.T) {
	s := newShop(t, telegramtest.Config{})
	m := s.send(t, s.chat, "2 late")
	found := make(chan telegramtest.Message, 1)
	go func() {
		got, err := s.WaitFor(t.Context(), s.chat, func(m telegramtest.Message) bool { return m.Text == "3 late" })
		if err != nil {
			t.Error(err)
		}
		found <- got
	}()
	must(t, s.edit(t, m.ID, "3 late", nil))
	if got := receive(t, found); got.ID != m.ID || !got.Edited {
		t.Errorf("got %+v", got)
	}
}

func TestWaitEndsWithItsContextAndWithTheServer(t *testing.T) {
	s := newShop(t, telegramtest.Config{})
	never := func(telegramtest.Message) bool { return false }
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.WaitFor(ctx, s.chat, never); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	s.Close()
	if _, err := s.WaitFor(t.Context(), s.chat, never); !errors.Is(err, telegramtest.ErrClosed) {
		t.Errorf("got %v", err)
	}
}

// failing records what ExpectMessage would fail a test with.
type failing struct {
	ctx  context.Context
	said string
}

func (f *failing) Helper()                        {}
func (f *failing) Context() context.Context       { return f.ctx }
func (f *failing) Fatalf(format string, a ...any) { f.said = fmt.Sprintf(format, a...) }

func TestExpectMessageFailsWithWhatTheChatShows(t *testing.T) {
	s := newShop(t, telegramtest.Config{})
	s.send(t, s.chat, "something else")
	_, err := s.Say(s.chat, s.owner.ID, "late? said the owner")
	must(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	f := &failing{ctx: ctx}
	s.ExpectMessage(f, s.chat, "late") // the owner's text must not count
	if !strings.Contains(f.said, `["late"]`) || !strings.Contains(f.said, "Shopwarden: something else") {
		t.Errorf("got %q", f.said)
	}
}

func TestWatchStreamsEveryChangeInOrder(t *testing.T) {
	s := newShop(t, telegramtest.Config{})
	ctx, cancel := context.WithCancel(t.Context())
	events := s.Watch(ctx)
	_, err := s.Say(s.chat, s.owner.ID, "/today")
	must(t, err)
	_, err = s.bot.SendChatAction(t.Context(), &bot.SendChatActionParams{ChatID: s.chat, Action: models.ChatActionTyping})
	must(t, err)
	m, err := s.bot.SendMessage(t.Context(), &bot.SendMessageParams{ChatID: s.chat, Text: "late", ReplyMarkup: keyboard("a")})
	must(t, err)
	id, err := s.Press(s.chat, m.ID, s.owner.ID, "a")
	must(t, err)
	_, err = s.bot.AnswerCallbackQuery(t.Context(), &bot.AnswerCallbackQueryParams{CallbackQueryID: id, Text: "ok"})
	must(t, err)
	must(t, s.edit(t, m.ID, "on time", nil))
	must(t, s.Remove(s.chat, m.ID))
	var got []string
	for range 6 {
		e := receive(t, events)
		line := e.Kind.String() + " " + e.Action
		if e.Message != nil {
			line += e.Message.Text
		}
		if e.Answer != nil {
			line += e.Answer.Text
		}
		got = append(got, line)
	}
	want := "sent /today; action typing; sent late; answered ok; edited on time; deleted on time"
	if strings.Join(got, "; ") != want {
		t.Errorf("got  %s\nwant %s", strings.Join(got, "; "), want)
	}
	cancel()
	if _, open := <-events; open {
		t.Error("the channel must close with its context")
	}
}

func TestWatchEndsWithTheServer(t *testing.T) {
	s := newShop(t, telegramtest.Config{})
	events := s.Watch(t.Context())
	s.send(t, s.chat, "nobody reads this event")
	s.Close()
	for range events {
	}
	if _, open := <-s.Watch(t.Context()); open {
		t.Error("a closed server streams nothing")
	}
}

func TestEventsAndMessagesAreJSONForAPage(t *testing.T) {
	s := newShop(t, telegramtest.Config{})
	events := s.Watch(t.Context())
	s.send(t, s.chat, "a < b")
	raw, err := json.Marshal(receive(t, events))
	must(t, err)
	var got struct {
		Kind    string
		Message struct{ HTML string }
	}
	must(t, json.Unmarshal(raw, &got))
	if got.Kind != "sent" || got.Message.HTML != "a &lt; b" {
		t.Errorf("got %s", raw)
	}
}

func TestMessagesAreCopies(t *testing.T) {
	s := newShop(t, telegramtest.Config{})
	s.send(t, s.chat, "see /why")
	s.Messages(s.chat)[0].Entities[0].Type = "spoiled"
	if got := s.Messages(s.chat)[0].Entities[0].Type; got != "bot_command" {
		t.Errorf("got %s", got)
	}
	if s.Messages(12345) != nil {
		t.Error("an unknown chat has no messages")
	}
	if got := s.Chats(); len(got) != 1 || got[0].FirstName != "Owner" {
		t.Errorf("chats: %+v", got)
	}
}
