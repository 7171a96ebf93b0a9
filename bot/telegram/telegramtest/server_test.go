package telegramtest_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"
	"go.uber.org/goleak"

	"shopwarden/bot/telegram/telegramtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// start runs a server for one test.
func start(t *testing.T, cfg telegramtest.Config) *telegramtest.Server {
	t.Helper()
	srv := telegramtest.New(cfg)
	if err := srv.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(srv.Close)
	return srv
}

// client is the real client, with connections that end with the test.
func client(t *testing.T, srv *telegramtest.Server, timeout time.Duration) *bot.Bot {
	t.Helper()
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	b, err := bot.New(srv.Token(), bot.WithServerURL(srv.URL()), bot.WithSkipGetMe(),
		bot.WithHTTPClient(timeout, &http.Client{Transport: transport, Timeout: timeout}))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// shop is a running server with a client and one open private chat.
type shop struct {
	*telegramtest.Server
	bot   *bot.Bot
	owner telegramtest.User
	chat  int64
}

func newShop(t *testing.T, cfg telegramtest.Config) shop {
	t.Helper()
	srv := start(t, cfg)
	owner := telegramtest.User{ID: 7, FirstName: "Owner", LanguageCode: "zh"}
	return shop{Server: srv, bot: client(t, srv, 20*time.Second), owner: owner, chat: srv.AddPrivateChat(owner)}
}

// group adds a group with the owner inside.
func (s shop) group(t *testing.T, forum bool) int64 {
	t.Helper()
	id := s.AddGroup("Packers", forum)
	must(t, s.SetMember(id, s.owner, telegramtest.Creator))
	return id
}

func (s shop) send(t *testing.T, chat int64, text string) *models.Message {
	t.Helper()
	m, err := s.bot.SendMessage(t.Context(), &bot.SendMessageParams{ChatID: chat, Text: text})
	if err != nil {
		t.Fatalf("send %.40q: %v", text, err)
	}
	return m
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// wantError checks that err is of a kind and says what it has to.
func wantError(t *testing.T, err, kind error, part string) {
	t.Helper()
	if err == nil || (kind != nil && !errors.Is(err, kind)) || !strings.Contains(err.Error(), part) {
		t.Fatalf("got error %v, want %v with %q", err, kind, part)
	}
}

// answer is a Bot API answer read without the client.
type answer struct {
	OK          bool            `json:"ok"`
	Result      json.RawMessage `json:"result"`
	Code        int             `json:"error_code"`
	Description string          `json:"description"`
	Parameters  struct {
		RetryAfter int   `json:"retry_after"`
		MigrateTo  int64 `json:"migrate_to_chat_id"`
	} `json:"parameters"`
	status int
}

func post(ctx context.Context, srv *telegramtest.Server, path, contentType, body string) (answer, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, srv.URL()+path, strings.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	req.Header.Set("Content-Type", contentType)
	req.Close = true
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer resp.Body.Close()
	got := answer{status: resp.StatusCode}
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		return answer{}, err
	}
	err = json.Unmarshal(raw, &got)
	return got, err
}

func call(t *testing.T, srv *telegramtest.Server, method string, params url.Values) answer {
	t.Helper()
	got, err := post(t.Context(), srv, "/bot"+srv.Token()+"/"+method, "application/x-www-form-urlencoded", params.Encode())
	if err != nil {
		t.Fatalf("%s: %v", method, err)
	}
	return got
}

func download(t *testing.T, from string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, from, http.NoBody)
	must(t, err)
	req.Close = true
	resp, err := http.DefaultClient.Do(req)
	must(t, err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	must(t, err)
	return string(body)
}

func TestZeroConfigAnswersGetMeOfTheRealClient(t *testing.T) {
	s := newShop(t, telegramtest.Config{})
	me, err := s.bot.GetMe(t.Context())
	must(t, err)
	if me.ID != 42 || me.Username != "shopwarden_bot" || !me.IsBot {
		t.Errorf("got %+v", me)
	}
}

func TestWrongTokenIs401(t *testing.T) {
	srv := start(t, telegramtest.Config{})
	got, err := post(t.Context(), srv, "/bot43:OTHER/getMe", "", "")
	must(t, err)
	if got.OK || got.Code != 401 || got.status != 401 || got.Description != "Unauthorized" {
		t.Errorf("got %+v", got)
	}
}

func TestUnknownMethodIs404InTelegramsShape(t *testing.T) {
	srv := start(t, telegramtest.Config{})
	got := call(t, srv, "sendMassage", nil)
	if got.OK || got.Code != 404 || got.status != 404 || !strings.HasPrefix(got.Description, "Not Found") {
		t.Errorf("got %+v", got)
	}
}

func TestEveryBodyFormatIsUnderstood(t *testing.T) {
	s := newShop(t, telegramtest.Config{})
	path := "/bot" + s.Token() + "/sendMessage"
	tests := map[string]struct{ query, contentType, body string }{
		"json":       {"", "application/json", `{"chat_id":7,"text":"json","disable_notification":true}`},
		"urlencoded": {"", "application/x-www-form-urlencoded", "chat_id=7&text=urlencoded&disable_notification=true"},
		"query":      {"?chat_id=7&text=query&disable_notification=true", "", ""},
		"multipart": {"", "multipart/form-data; boundary=B", "--B\r\nContent-Disposition: form-data; name=\"chat_id\"\r\n\r\n7\r\n" +
			"--B\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\nmultipart\r\n" +
			"--B\r\nContent-Disposition: form-data; name=\"disable_notification\"\r\n\r\ntrue\r\n--B--\r\n"},
	}
	for name, tc := range tests {
		got, err := post(t.Context(), s.Server, path+tc.query, tc.contentType, tc.body)
		must(t, err)
		if !got.OK {
			t.Fatalf("%s: %+v", name, got)
		}
		if m := s.ExpectMessage(t, s.chat, name); !m.Silent {
			t.Errorf("%s: disable_notification was lost", name)
		}
	}
}

func TestBrokenBodiesAreRefused(t *testing.T) {
	srv := start(t, telegramtest.Config{})
	for contentType, body := range map[string]string{
		"application/json":                  `{"chat_id":`,
		"multipart/form-data; boundary=B":   "--B\r\nContent-Disp",
		"application/x-www-form-urlencoded": "a=%zz",
		"text/plain":                        "hello",
	} {
		got, err := post(t.Context(), srv, "/bot"+srv.Token()+"/getMe", contentType, body)
		must(t, err)
		if got.Code != 400 {
			t.Errorf("%s: got %+v", contentType, got)
		}
	}
}

func TestServerWorksAsAPlainHandler(t *testing.T) {
	srv := telegramtest.New(telegramtest.Config{})
	defer srv.Close()
	rec := httptest.NewRecorder()
	srv.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/bot42:TEST/getMe", http.NoBody))
	if rec.Code != 200 || !strings.Contains(rec.Body.String(), `"username":"shopwarden_bot"`) {
		t.Errorf("got %d %s", rec.Code, rec.Body)
	}
}

func TestClosedServerRefusesAndCloseRepeats(t *testing.T) {
	srv := telegramtest.New(telegramtest.Config{})
	must(t, srv.Start())
	if err := srv.Start(); err == nil {
		t.Error("a second Start must err")
	}
	srv.Close()
	srv.Close()
	rec := httptest.NewRecorder()
	srv.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/bot42:TEST/getMe", http.NoBody))
	if rec.Code != http.StatusServiceUnavailable {
		t.Errorf("got %d", rec.Code)
	}
}

func TestIDsGrowUnderConcurrentUse(t *testing.T) {
	s := newShop(t, telegramtest.Config{})
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 10 {
				_, err := s.bot.SendMessage(t.Context(), &bot.SendMessageParams{ChatID: s.chat, Text: "x"})
				if err != nil {
					t.Error(err)
				}
				if _, err := s.Say(s.chat, s.owner.ID, "/x"); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	for i, m := range s.Messages(s.chat) {
		if m.ID != i+1 {
			t.Fatalf("message %d has id %d", i, m.ID)
		}
	}
	if n := len(s.Messages(s.chat)); n != 160 {
		t.Errorf("got %d messages, want 160", n)
	}
	if got := s.Pending(); got != 80 {
		t.Errorf("got %d updates, want 80", got)
	}
	if got := s.Calls("SendMessage"); got != 80 {
		t.Errorf("got %d calls, want 80", got)
	}
}
