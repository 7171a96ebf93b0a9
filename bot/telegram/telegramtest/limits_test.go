package telegramtest_test

import (
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-telegram/bot"

	"shopwarden/bot/telegram/telegramtest"
)

// clock is a time that only moves when told.
type clock struct{ nanos atomic.Int64 }

func newClock() *clock {
	c := &clock{}
	c.nanos.Store(time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC).UnixNano())
	return c
}

func (c *clock) now() time.Time          { return time.Unix(0, c.nanos.Load()).UTC() }
func (c *clock) advance(d time.Duration) { c.nanos.Add(int64(d)) }

// try sends and returns the seconds to wait, 0 when the message went out.
func (s shop) try(t *testing.T, chat int64) int {
	t.Helper()
	_, err := s.bot.SendMessage(t.Context(), &bot.SendMessageParams{ChatID: chat, Text: "tick"})
	var flood *bot.TooManyRequestsError
	if errors.As(err, &flood) {
		return flood.RetryAfter
	}
	must(t, err)
	return 0
}

func TestOneChatTakesAMessageASecondAfterABurst(t *testing.T) {
	c := newClock()
	s := newShop(t, telegramtest.Config{Now: c.now, Limits: telegramtest.Limits{ChatPerSecond: 1, ChatBurst: 3}})
	for i := range 3 {
		if wait := s.try(t, s.chat); wait != 0 {
			t.Fatalf("message %d of the burst: retry after %d", i, wait)
		}
	}
	if wait := s.try(t, s.chat); wait != 3 {
		t.Errorf("after the burst: retry after %d, want 3", wait)
	}
	c.advance(2500 * time.Millisecond)
	if wait := s.try(t, s.chat); wait != 1 {
		t.Errorf("2.5 s later: retry after %d, want 1", wait)
	}
	c.advance(500 * time.Millisecond)
	if wait := s.try(t, s.chat); wait != 0 {
		t.Errorf("3 s later: retry after %d", wait)
	}
	if n := len(s.Sent(s.chat)); n != 4 {
		t.Errorf("%d messages shown, want 4: a refused message must not show", n)
	}
}

func TestGroupTakes20AMinuteAndAPrivateChatMore(t *testing.T) {
	c := newClock()
	s := newShop(t, telegramtest.Config{Now: c.now, Limits: telegramtest.Limits{GroupPerMinute: 20}})
	group := s.group(t, false)
	for range 20 {
		if wait := s.try(t, group); wait != 0 {
			t.Fatalf("retry after %d", wait)
		}
		c.advance(time.Second)
	}
	if wait := s.try(t, group); wait != 40 {
		t.Errorf("the 21st: retry after %d, want 40", wait)
	}
	for range 21 {
		if wait := s.try(t, s.chat); wait != 0 {
			t.Fatalf("private chat: retry after %d", wait)
		}
	}
	c.advance(40 * time.Second)
	if wait := s.try(t, group); wait != 0 {
		t.Errorf("a minute after the first: retry after %d", wait)
	}
}

func TestAllChatsTogetherTake30ASecond(t *testing.T) {
	c := newClock()
	s := newShop(t, telegramtest.Config{Now: c.now, Limits: telegramtest.TelegramLimits()})
	var refused int
	for i := range 31 {
		chat := s.AddPrivateChat(telegramtest.User{ID: int64(100 + i), FirstName: fmt.Sprint("P", i)})
		if wait := s.try(t, chat); wait != 0 {
			refused++
		}
	}
	if refused != 1 {
		t.Errorf("%d of 31 refused, want 1", refused)
	}
}

func TestEditsCountOnlyWhenAsked(t *testing.T) {
	for _, count := range []bool{false, true} {
		c := newClock()
		s := newShop(t, telegramtest.Config{Now: c.now, Limits: telegramtest.Limits{ChatPerSecond: 1, CountEdits: count}})
		m := s.send(t, s.chat, "board")
		_, err := s.bot.EditMessageText(t.Context(), &bot.EditMessageTextParams{ChatID: s.chat, MessageID: m.ID, Text: "board 2"})
		var flood *bot.TooManyRequestsError
		if errors.As(err, &flood) != count {
			t.Errorf("CountEdits %v: got %v", count, err)
		}
	}
}

func TestNoLimitsByDefault(t *testing.T) {
	c := newClock()
	s := newShop(t, telegramtest.Config{Now: c.now})
	group := s.group(t, false)
	for range 40 {
		if wait := s.try(t, group); wait != 0 {
			t.Fatalf("retry after %d", wait)
		}
	}
}
