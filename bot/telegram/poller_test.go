package telegram

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"shopwarden/bot/telegram/telegramtest"
)

// startTelegram returns a local Bot API that ends with the test.
func startTelegram(t *testing.T) *telegramtest.Server {
	t.Helper()
	s := telegramtest.New(telegramtest.Config{WebhookRetry: 10 * time.Millisecond})
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// newTestPoller returns a poller with short waits. Its connections end with the test.
func newTestPoller(t *testing.T, s *telegramtest.Server, inbox *memoryInbox, owner string, log *slog.Logger) *Poller {
	t.Helper()
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return NewPoller(inbox, inbox, log, PollerConfig{URL: s.URL(), Token: s.Token(), Owner: owner, HTTP: &http.Client{Transport: transport},
		Timeout: 2 * time.Second, Lease: 300 * time.Millisecond, Retry: 10 * time.Millisecond})
}

func push(t *testing.T, s *telegramtest.Server, raw string) int64 {
	t.Helper()
	id, err := s.PushRaw(json.RawMessage(raw))
	if err != nil {
		t.Fatal(err)
	}
	return id
}

const hello = `{"message":{"message_id":1,"date":1,"chat":{"id":7,"type":"private"},"text":"hello"}}`

func TestTelegramIsToldOfAnUpdateOnlyAfterItIsStored(t *testing.T) {
	t.Cleanup(func() { goleak.VerifyNone(t) })
	s, inbox := startTelegram(t), newMemoryInbox()
	p := newTestPoller(t, s, inbox, "a", quiet())
	push(t, s, hello)
	failing := &failingIntake{memoryInbox: inbox, failures: 3, atFailure: func() {
		if s.Pending() != 1 {
			t.Error("Telegram was told of an update that was not stored")
		}
	}}
	p.intake = failing
	background(t, p.Run)
	eventually(t, "the update is stored", func() bool { return inbox.waiting() == 1 })
	eventually(t, "the update is acknowledged", func() bool { return s.Pending() == 0 })
	if p.LastUpdate().IsZero() || p.LastPoll().IsZero() || !p.Holding() {
		t.Errorf("last update %v, last poll %v, holding %v", p.LastUpdate(), p.LastPoll(), p.Holding())
	}
}

// failingIntake fails a few times.
type failingIntake struct {
	*memoryInbox
	mu        sync.Mutex
	failures  int
	atFailure func() // may be nil
}

func (f *failingIntake) StoreUpdate(ctx context.Context, id, chat int64, raw []byte) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.failures > 0 {
		f.failures--
		if f.atFailure != nil {
			f.atFailure()
		}
		return errDown
	}
	return f.memoryInbox.StoreUpdate(ctx, id, chat, raw)
}

func TestAnUpdateNobodyCanDecodeIsStoredLikeAnyOther(t *testing.T) {
	s, inbox := startTelegram(t), newMemoryInbox()
	push(t, s, `{"message_reaction":{"chat":{"id":7},"new_reaction":[{"type":"hologram"}]}}`)
	push(t, s, `{"message":[1,2,3]}`)
	last := push(t, s, hello)
	background(t, newTestPoller(t, s, inbox, "a", quiet()).Run)
	eventually(t, "all three are stored", func() bool { return inbox.waiting() == 3 })
	eventually(t, "all three are acknowledged", func() bool { return s.Pending() == 0 })
	if inbox.chats[last] != 7 || inbox.chats[last-2] != 7 {
		t.Errorf("filed under %v", inbox.chats)
	}
}

func TestTwoPollersNeverBothPoll(t *testing.T) {
	s, inbox := startTelegram(t), newMemoryInbox()
	var log bytes.Buffer
	var mu sync.Mutex
	logger := slog.New(slog.NewTextHandler(lockedWriter{&mu, &log}, nil))
	a, b := newTestPoller(t, s, inbox, "a", logger), newTestPoller(t, s, inbox, "b", logger)
	stopA := background(t, a.Run)
	eventually(t, "the first polls", func() bool { return a.Holding() && s.Polling() })
	background(t, b.Run)
	for range 20 {
		push(t, s, hello)
	}
	eventually(t, "the updates are stored", func() bool { return inbox.waiting() == 20 })
	if b.Holding() {
		t.Error("both hold the lease")
	}
	stopA()
	eventually(t, "the second takes over", func() bool { return b.Holding() && s.Polling() })
	push(t, s, hello)
	eventually(t, "the second receives", func() bool { return inbox.waiting() == 21 })
	mu.Lock()
	defer mu.Unlock()
	if strings.Contains(log.String(), "Conflict") {
		t.Errorf("they met at Telegram:\n%s", log.String())
	}
}

type lockedWriter struct {
	mu *sync.Mutex
	to *bytes.Buffer
}

func (w lockedWriter) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.to.Write(p)
}

func TestAStrangerOnTheTokenIsNamedInTheLogAndOutlived(t *testing.T) {
	s, inbox := startTelegram(t), newMemoryInbox()
	var log bytes.Buffer
	var mu sync.Mutex
	s.FailNext("getUpdates", telegramtest.Fault{Code: 409, Description: "Conflict: terminated by other getUpdates request"}, 2)
	s.FailNext("getUpdates", telegramtest.Fault{Kind: telegramtest.FaultHTML}, 1)
	s.FailNext("getUpdates", telegramtest.Fault{Kind: telegramtest.FaultDrop}, 1)
	push(t, s, hello)
	background(t, newTestPoller(t, s, inbox, "a", slog.New(slog.NewTextHandler(lockedWriter{&mu, &log}, nil))).Run)
	eventually(t, "the update is stored all the same", func() bool { return inbox.waiting() == 1 })
	mu.Lock()
	defer mu.Unlock()
	if !strings.Contains(log.String(), "somebody else receives the updates") {
		t.Errorf("the log does not say who is to blame:\n%s", log.String())
	}
	if strings.Contains(log.String(), s.Token()) {
		t.Errorf("the log holds the token:\n%s", log.String())
	}
}

func TestAPollThatHangsIsCutAndBegunAnew(t *testing.T) {
	s, inbox := startTelegram(t), newMemoryInbox()
	s.FailNext("getUpdates", telegramtest.Fault{Kind: telegramtest.FaultHang}, 2)
	push(t, s, hello)
	p := newTestPoller(t, s, inbox, "a", quiet())
	p.cfg.Timeout, p.cfg.Slack = 20*time.Millisecond, 20*time.Millisecond
	background(t, p.Run)
	eventually(t, "the update is stored", func() bool { return inbox.waiting() == 1 })
	if p.LastPoll().IsZero() || !p.Holding() {
		t.Errorf("last poll %v, holding %v", p.LastPoll(), p.Holding())
	}
}

func TestAWebhookThatGoesDarkIsSaid(t *testing.T) {
	s := startTelegram(t)
	var log bytes.Buffer
	var mu sync.Mutex
	logged := func(text string) bool {
		mu.Lock()
		defer mu.Unlock()
		return strings.Contains(log.String(), text)
	}
	web := httptest.NewServer(http.NotFoundHandler()) // the proxy in front forgot where we are
	t.Cleanup(web.Close)
	watch := NewHookWatch(http.DefaultClient, s.URL(), s.Token(), web.URL, slog.New(slog.NewTextHandler(lockedWriter{&mu, &log}, nil)))
	look := func() WebhookState {
		t.Helper()
		if err := watch.Look(t.Context()); err != nil {
			t.Fatal(err)
		}
		state, _ := watch.State()
		return state
	}
	look()
	if !logged("somebody set or ended the webhook") {
		t.Error("a webhook that is not set is not said")
	}
	if err := SetWebhook(t.Context(), http.DefaultClient, s.URL(), s.Token(), web.URL, "secret"); err != nil {
		t.Fatal(err)
	}
	look()
	push(t, s, hello)
	eventually(t, "Telegram tells of the failed push", func() bool { state := look(); return state.Pending == 1 && !state.LastError.IsZero() })
	if !logged("pushing of updates does not go well") || !logged("404") || logged(s.Token()) {
		t.Errorf("the log:\n%s", log.String())
	}
	lost := NewHookWatch(http.DefaultClient, "http://127.0.0.1:1", s.Token(), web.URL, quiet())
	if err := lost.Look(t.Context()); err == nil || strings.Contains(err.Error(), s.Token()) {
		t.Errorf("error %v", err)
	}
}

func TestPollingEndsAWebhook(t *testing.T) {
	s, inbox := startTelegram(t), newMemoryInbox()
	if err := SetWebhook(t.Context(), http.DefaultClient, s.URL(), s.Token(), "http://127.0.0.1:1/hook", "secret"); err != nil {
		t.Fatal(err)
	}
	push(t, s, hello)
	background(t, newTestPoller(t, s, inbox, "a", quiet()).Run)
	eventually(t, "the update comes by polling", func() bool { return inbox.waiting() == 1 })
}

func TestAfterAWeekOfSilenceLowerNumbersAreHeard(t *testing.T) {
	inbox, clock := newMemoryInbox(), &steppedClock{at: time.Now()}
	asked := make(chan int64, 1)
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var ask struct{ Offset int64 }
		_ = json.NewDecoder(r.Body).Decode(&ask)
		id := int64(1_000_000)
		if inbox.waiting() > 0 { // numbered anew after the silence
			id = 7
		}
		switch {
		case strings.HasSuffix(r.URL.Path, "/deleteWebhook"):
			fmt.Fprint(w, `{"ok":true,"result":true}`)
		case ask.Offset > id:
			select {
			case asked <- ask.Offset:
			default:
			}
			fmt.Fprint(w, `{"ok":true,"result":[]}`)
		default:
			fmt.Fprintf(w, `{"ok":true,"result":[{"update_id":%d,"message":{"chat":{"id":7}}}]}`, id)
		}
	}))
	t.Cleanup(web.Close)
	p := NewPoller(inbox, inbox, quiet(), PollerConfig{URL: web.URL + "/", Token: "42:T", Owner: "a", HTTP: web.Client(), Now: clock.now})
	background(t, p.Run)
	if offset := <-asked; offset != 1_000_001 {
		t.Errorf("offset %d", offset)
	}
	clock.step(8 * 24 * time.Hour)
	eventually(t, "the lower number is stored", func() bool { return inbox.waiting() == 2 })
}

type steppedClock struct {
	mu sync.Mutex
	at time.Time
}

func (c *steppedClock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *steppedClock) step(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

func TestNoErrorHoldsTheToken(t *testing.T) {
	e := endpoint{url: "http://127.0.0.1:1", token: "42:SECRET", http: http.DefaultClient}
	if err := e.call(t.Context(), "getUpdates", nil, nil); err == nil || strings.Contains(err.Error(), "SECRET") {
		t.Errorf("error %v", err)
	}
	e.url = "http://\x7f"
	if err := e.call(t.Context(), "getUpdates", nil, nil); err == nil || strings.Contains(err.Error(), "SECRET") {
		t.Errorf("error %v", err)
	}
}

func TestWebhookAnswers(t *testing.T) {
	inbox := newMemoryInbox()
	stored := 0
	h := NewHook(inbox, "secret", func() { stored++ }, time.Now, quiet())
	tests := []struct {
		name, method, secret, body string
		down                       bool
		want                       int
	}{
		{"no secret", "POST", "", `{"update_id":1}`, false, 401},
		{"wrong secret", "POST", "secreT", `{"update_id":1}`, false, 401},
		{"GET", "GET", "secret", ``, false, 405},
		{"no JSON", "POST", "secret", `hello`, false, 400},
		{"no object", "POST", "secret", `[1]`, false, 400},
		{"null", "POST", "secret", `null`, false, 400},
		{"too long", "POST", "secret", `{"a":"` + strings.Repeat("x", maxUpdate) + `"}`, false, 400},
		{"store down", "POST", "secret", `{"update_id":1}`, true, 503},
		{"good", "POST", "secret", `{"update_id":1,"message":{"chat":{"id":7}}}`, false, 200},
		{"again", "POST", "secret", `{"update_id":1,"message":{"chat":{"id":7}}}`, false, 200},
		{"undecodable", "POST", "secret", `{"update_id":2,"message":5}`, false, 200},
		{"without an id", "POST", "secret", `{"message":5}`, false, 200},
	}
	for _, tt := range tests {
		inbox.setDown(tt.down)
		r := httptest.NewRequest(tt.method, "/", strings.NewReader(tt.body))
		r.Header.Set("X-Telegram-Bot-Api-Secret-Token", tt.secret)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != tt.want {
			t.Errorf("%s: %d, want %d", tt.name, w.Code, tt.want)
		}
	}
	if inbox.waiting() != 3 || stored != 4 || h.LastUpdate().IsZero() {
		t.Errorf("%d waiting, %d reported", inbox.waiting(), stored)
	}
}

func TestAHookWithoutASecretLetsNobodyIn(t *testing.T) {
	h := NewHook(newMemoryInbox(), "", func() {}, time.Now, quiet())
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("POST", "/", strings.NewReader(`{"update_id":1}`)))
	if w.Code != 401 {
		t.Errorf("status %d", w.Code)
	}
}

func TestAPushedUpdateIsRepeatedUntilItIsStored(t *testing.T) {
	s, inbox := startTelegram(t), newMemoryInbox()
	web := httptest.NewServer(NewHook(&failingIntake{memoryInbox: inbox, failures: 2}, "secret", func() {}, time.Now, quiet()))
	t.Cleanup(web.Close)
	if err := SetWebhook(t.Context(), http.DefaultClient, s.URL(), s.Token(), web.URL, "secret"); err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		push(t, s, fmt.Sprintf(`{"message":{"message_id":%d,"chat":{"id":7}}}`, i))
	}
	eventually(t, "all are stored", func() bool { return inbox.waiting() == 3 })
	eventually(t, "all are taken off Telegram's hands", func() bool { return s.Pending() == 0 })
}
