package telegramtest_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/go-telegram/bot"

	"shopwarden/bot/telegram/telegramtest"
)

func (s shop) trySend(ctx context.Context, text string) error {
	_, err := s.bot.SendMessage(ctx, &bot.SendMessageParams{ChatID: s.chat, Text: text})
	return err
}

func TestFaultsBeforeHandlingDeliverNothing(t *testing.T) {
	tests := []struct {
		fault telegramtest.Fault
		want  string
	}{
		{telegramtest.Fault{Code: 500}, "500 Internal Server Error"},
		{telegramtest.Fault{Code: 503, Description: "Service busy"}, "503 Service busy"},
		{telegramtest.Fault{Kind: telegramtest.FaultHTML}, "<h1>502 Bad Gateway</h1>"},
		{telegramtest.Fault{Kind: telegramtest.FaultDrop}, "EOF"},
	}
	s := newShop(t, telegramtest.Config{})
	for _, tc := range tests {
		s.FailNext("sendMessage", tc.fault, 1)
		if err := s.trySend(t.Context(), "hello"); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%v: got %v, want %q", tc.fault.Kind, err, tc.want)
		}
	}
	if n := len(s.Messages(s.chat)); n != 0 {
		t.Errorf("%d messages arrived, want none", n)
	}
	must(t, s.trySend(t.Context(), "after the faults"))
}

func TestHangLastsUntilTheClientsDeadline(t *testing.T) {
	for kind, delivered := range map[telegramtest.FaultKind]int{telegramtest.FaultHang: 0, telegramtest.FaultLateReply: 1} {
		s := newShop(t, telegramtest.Config{})
		s.FailNext("sendMessage", telegramtest.Fault{Kind: kind}, 1)
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		err := s.trySend(ctx, "hello")
		cancel()
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v: got %v", kind, err)
		}
		if n := len(s.Sent(s.chat)); n != delivered {
			t.Errorf("%v: %d messages arrived, want %d", kind, n, delivered)
		}
	}
}

func TestLostReplyDeliversExactlyOnce(t *testing.T) {
	s := newShop(t, telegramtest.Config{})
	must(t, s.trySend(t.Context(), "warm connection")) // a reused one is where net/http might repeat
	s.FailNext("sendMessage", telegramtest.Fault{Kind: telegramtest.FaultLostReply}, 1)
	if err := s.trySend(t.Context(), "hello"); err == nil {
		t.Error("the client must see an error")
	}
	if n := len(s.Sent(s.chat)); n != 2 {
		t.Errorf("%d messages arrived, want 2", n)
	}
}

func TestCloseEndsHangingCalls(t *testing.T) {
	s := newShop(t, telegramtest.Config{})
	s.FailNext("", telegramtest.Fault{Kind: telegramtest.FaultHang}, -1)
	got := make(chan error, 1)
	go func() { got <- s.trySend(t.Context(), "hello") }()
	must(t, s.WaitUntil(t.Context(), func() bool { return s.Calls("sendMessage") == 1 }))
	s.Close()
	if err := receive(t, got); err == nil {
		t.Error("the call must fail")
	}
}

func TestFaultsAreCountedByMethod(t *testing.T) {
	s := newShop(t, telegramtest.Config{})
	s.FailNext("getMe", telegramtest.Fault{Code: 500}, 2)
	s.FailNext("", telegramtest.Fault{Code: 429, RetryAfter: 7}, -1)
	s.FailNext("sendMessage", telegramtest.Fault{Code: 500}, 0)
	var flood *bot.TooManyRequestsError
	for range 3 {
		if err := s.trySend(t.Context(), "hello"); !errors.As(err, &flood) || flood.RetryAfter != 7 {
			t.Fatalf("got %v", err)
		}
	}
	for i, want := range []bool{false, false, true} {
		_, err := s.bot.GetMe(t.Context())
		if errors.As(err, &flood) != want {
			t.Errorf("getMe %d: got %v", i, err)
		}
	}
	s.ClearFaults()
	must(t, s.trySend(t.Context(), "hello"))
}

func TestLostPollReplyLosesNoUpdate(t *testing.T) {
	s := newShop(t, telegramtest.Config{})
	_, err := s.Say(s.chat, s.owner.ID, "hello")
	must(t, err)
	s.FailNext("getUpdates", telegramtest.Fault{Kind: telegramtest.FaultLostReply}, 1)
	if _, err := post(t.Context(), s.Server, "/bot"+s.Token()+"/getUpdates", "application/json", `{}`); err == nil {
		t.Error("the reply was not lost")
	}
	if got := poll(t, s.Server, 0, 0); len(got) != 1 {
		t.Errorf("got %+v", got)
	}
}
