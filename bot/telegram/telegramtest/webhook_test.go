package telegramtest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"

	"shopwarden/bot/telegram/telegramtest"
)

// hook is the bot's end of a webhook: it answers the statuses in turn, then 200.
type hook struct {
	url      string
	received chan models.Update
}

func newHook(t *testing.T, secret string, statuses ...int) hook {
	t.Helper()
	received := make(chan models.Update, 100)
	ts := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if got := r.Header.Get("X-Telegram-Bot-Api-Secret-Token"); got != secret {
			t.Errorf("secret header %q, want %q", got, secret)
		}
		var u models.Update
		if err := json.NewDecoder(r.Body).Decode(&u); err != nil {
			t.Error(err)
		}
		if len(statuses) > 0 { // pushes come one at a time
			w.WriteHeader(statuses[0])
			statuses = statuses[1:]
		}
		received <- u
	}))
	t.Cleanup(ts.Close)
	return hook{url: ts.URL, received: received}
}

func TestWebhookRepeatsUntil200AndKeepsTheOrder(t *testing.T) {
	h := newHook(t, "s3cret", 500, 302, 404)
	s := newShop(t, telegramtest.Config{WebhookRetry: time.Millisecond})
	_, err := s.Say(s.chat, s.owner.ID, "before the webhook")
	must(t, err)
	_, err = s.bot.SetWebhook(t.Context(), &bot.SetWebhookParams{URL: h.url, SecretToken: "s3cret"})
	must(t, err)
	for i := range 3 {
		_, err := s.Say(s.chat, s.owner.ID, fmt.Sprint("m", i))
		must(t, err)
	}
	for i, want := range []int64{1, 1, 1, 1, 2, 3, 4} {
		if got := receive(t, h.received); got.ID != want {
			t.Errorf("push %d: got update %d, want %d", i, got.ID, want)
		}
	}
}

func TestWebhookInfoTellsWhatWentWrong(t *testing.T) {
	now := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	h := newHook(t, "", 503, 503)
	s := newShop(t, telegramtest.Config{WebhookRetry: time.Hour, Now: func() time.Time { return now }})
	_, err := s.bot.SetWebhook(t.Context(), &bot.SetWebhookParams{URL: h.url, AllowedUpdates: []string{"message"}})
	must(t, err)
	_, err = s.Say(s.chat, s.owner.ID, "hello")
	must(t, err)
	receive(t, h.received)
	var info *models.WebhookInfo
	must(t, s.WaitUntil(t.Context(), func() bool {
		info, err = s.bot.GetWebhookInfo(t.Context())
		return err != nil || info.LastErrorMessage != ""
	}))
	must(t, err)
	if info.URL != h.url || info.PendingUpdateCount != 1 || int64(info.LastErrorDate) != now.Unix() ||
		info.LastErrorMessage != "Wrong response from the webhook: 503 Service Unavailable" ||
		len(info.AllowedUpdates) != 1 {
		t.Errorf("got %+v", info)
	}
}

func TestDeletedWebhookCanForgetWhatWaits(t *testing.T) {
	s := newShop(t, telegramtest.Config{WebhookRetry: time.Hour})
	_, err := s.bot.SetWebhook(t.Context(), &bot.SetWebhookParams{URL: "http://127.0.0.1:1/"})
	must(t, err)
	_, err = s.Say(s.chat, s.owner.ID, "hello")
	must(t, err)
	_, err = s.bot.DeleteWebhook(t.Context(), &bot.DeleteWebhookParams{DropPendingUpdates: true})
	must(t, err)
	if n := s.Pending(); n != 0 {
		t.Errorf("%d updates wait", n)
	}
}

func TestBotMayDeleteTheWebhookFromInsideIt(t *testing.T) {
	s := newShop(t, telegramtest.Config{})
	done := make(chan error, 1)
	ts := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, err := s.bot.DeleteWebhook(t.Context(), &bot.DeleteWebhookParams{})
		done <- err
	}))
	t.Cleanup(ts.Close)
	_, err := s.bot.SetWebhook(t.Context(), &bot.SetWebhookParams{URL: ts.URL})
	must(t, err)
	_, err = s.Say(s.chat, s.owner.ID, "hello")
	must(t, err)
	must(t, receive(t, done))
}

func TestBadWebhooksAreRefused(t *testing.T) {
	s := newShop(t, telegramtest.Config{})
	for _, params := range []*bot.SetWebhookParams{
		{URL: "ftp://shop.example/hook"},
		{URL: "not a url"},
		{URL: "https://shop.example/hook", SecretToken: "with space"},
		{URL: "https://shop.example/hook", MaxConnections: 101},
	} {
		_, err := s.bot.SetWebhook(t.Context(), params)
		wantError(t, err, bot.ErrorBadRequest, "")
	}
}
