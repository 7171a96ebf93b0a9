package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"shopwarden/bot/notify"
	"shopwarden/bot/store"
	"shopwarden/bot/telegram/telegramtest"
	"shopwarden/bot/web"
	"shopwarden/config"
)

func TestTheHeartBeatsOnlyWhileAllIsWellAndNeverShowsItsAddress(t *testing.T) {
	beats, code := 0, http.StatusOK
	monitor := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet && r.URL.Path == "/ping/s3cret" {
			beats++
		}
		w.WriteHeader(code)
	}))
	var ill error
	var log bytes.Buffer
	h := newHeartbeat(config.Secret(monitor.URL+"/ping/s3cret"), []web.Check{{Name: "redis", Run: func(context.Context) error { return ill }}},
		slog.New(slog.NewTextHandler(&log, nil)))
	step := func(want int, what string) {
		t.Helper()
		if err := h.beat(t.Context()); err != nil || beats != want {
			t.Errorf("%s: %d beats, want %d; %v", what, beats, want, err)
		}
	}
	step(1, "all is well")
	ill = errors.New("does not answer")
	step(1, "a check fails")
	ill = nil
	step(2, "all is well again")
	code = http.StatusNotFound
	step(3, "the monitor knows nothing of it")
	monitor.Close()
	step(3, "the monitor is away")
	if n := strings.Count(log.String(), "heartbeat does not arrive"); n != 1 {
		t.Errorf("said %d times that it does not arrive, want once:\n%s", n, log.String())
	}
	if strings.Contains(log.String(), "s3cret") {
		t.Errorf("the address shows:\n%s", log.String())
	}
}

func TestMetricsSayWhatWaitsAndHowLong(t *testing.T) {
	s := newScene(t, "")
	db := s.open()
	if _, err := db.StoreUpdate(t.Context(), 1, s.chat, []byte(`{"update_id":1,"message":{"message_id":"no number"}}`)); err != nil {
		t.Fatal(err)
	}
	s.here()
	for _, want := range []string{"shopwarden_updates_dead 1", "shopwarden_inbox_waiting 0", "shopwarden_outbox_oldest_age_seconds 0",
		"shopwarden_outbox_waiting 0", `shopwarden_outbox_lines{lane="digest"} 0`, "shopwarden_telegram_last_poll_age_seconds 0"} {
		if !s.metric(t, want) {
			t.Errorf("/metrics lacks %s", want)
		}
	}
}

// here runs the program in this process until the test ends, and waits until it answers.
func (s *scene) here() {
	env := map[string]string{}
	for _, line := range s.env {
		name, value, _ := strings.Cut(line, "=")
		env[name] = value
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan int, 1)
	go func() {
		done <- run(ctx, []string{"serve"}, world{env: func(name string) (string, bool) { v, ok := env[name]; return v, ok }, in: strings.NewReader(""), out: io.Discard, err: io.Discard})
	}()
	s.t.Cleanup(func() {
		stop()
		if code := <-done; code != 0 {
			s.t.Errorf("the program ended with %d", code)
		}
	})
	if !s.metric(s.t, "shopwarden_outbox_waiting") {
		s.t.Fatal("the program does not answer")
	}
}

// metric waits until /metrics has a line that begins so.
func (s *scene) metric(t *testing.T, want string) bool {
	t.Helper()
	deadline := time.After(10 * time.Second)
	for {
		w := httptest.NewRecorder()
		resp, err := http.Get("http://" + s.address + "/metrics")
		if err == nil {
			_, _ = w.Body.ReadFrom(resp.Body)
			_ = resp.Body.Close()
			if strings.Contains(w.Body.String(), "\n"+want) {
				return true
			}
		}
		select {
		case <-deadline:
			t.Logf("%v\n%s", err, w.Body)
			return false
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func TestUpdatesThatWereSetAsideAreListedWithoutTheirWords(t *testing.T) {
	m := newMachine(t)
	if out := m.must("inbox", "dead"); !strings.Contains(out, "no update was set aside") {
		t.Errorf("none: %s", out)
	}
	db, err := store.Connect(t.Context(), store.Options{URL: m.env["REDIS_URL"]})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for i := range int64(3) {
		chat := 500 + i
		if _, err := db.StoreUpdate(t.Context(), 70+i, chat, []byte(`{"secret":"words"}`)); err != nil {
			t.Fatal(err)
		}
		list, err := db.NextUpdates(t.Context(), db.ShardOf(chat), 1)
		if err != nil || len(list) != 1 {
			t.Fatalf("%v, %v", list, err)
		}
		if err := db.SetAside(t.Context(), db.ShardOf(chat), list[0].ID, "undecodable"); err != nil {
			t.Fatal(err)
		}
	}
	out := m.must("inbox", "dead", "--limit", "2")
	if lines := strings.Count(out, "\n"); lines != 3 || !strings.Contains(out, "undecodable") || strings.Contains(out, "words") {
		t.Errorf("%d lines:\n%s", lines, out)
	}
	for _, want := range []string{"502", "72", time.Now().UTC().Format("2006-01-02T")} {
		if !strings.Contains(out, want) {
			t.Errorf("lacks %s:\n%s", want, out)
		}
	}
}

// TestAnOwnerWhoBlockedTheBotIsMissedAndWelcomedBack goes the whole way, through the program and a local Bot API.
func TestAnOwnerWhoBlockedTheBotIsMissedAndWelcomedBack(t *testing.T) {
	s := newScene(t, "")
	db := s.open()
	colleague := s.tg.AddPrivateChat(telegramtest.User{ID: 502, FirstName: "Wang"})
	if err := db.Bind(t.Context(), "tea", notify.Chat{ID: colleague, Role: notify.Team, Lang: "en", Alerts: true}); err != nil {
		t.Fatal(err)
	}
	s.here()
	if err := s.tg.Block(501); err != nil {
		t.Fatal(err)
	}
	s.post(t.Context(), "m1", orderPaidAgo("1001", 49*time.Hour))
	s.tg.ExpectMessage(t, colleague, "1001")
	if err := s.tg.Unblock(501); err != nil {
		t.Fatal(err)
	}
	if _, err := s.tg.Say(s.chat, 501, "/today"); err != nil {
		t.Fatal(err)
	}
	s.tg.ExpectMessage(t, s.chat, "gets messages of tea again")
}

// TestAGroupThatBecameASupergroupKeepsItsBindingsAndGetsItsAlert has the alert find out first: no update says that the group
// moved until the alert was refused.
func TestAGroupThatBecameASupergroupKeepsItsBindingsAndGetsItsAlert(t *testing.T) {
	for _, first := range []string{"refusal", "service message"} {
		t.Run(first, func(t *testing.T) {
			s := newScene(t, "")
			db, lin := s.open(), telegramtest.User{ID: 501, FirstName: "Lin"}
			group := s.tg.AddGroup("Packers", false)
			if err := errors.Join(s.tg.SetMember(group, lin, telegramtest.Creator), s.tg.AddBot(group, lin.ID, telegramtest.Ordinary)); err != nil {
				t.Fatal(err)
			}
			was := notify.Chat{ID: group, Role: notify.Team, Lang: "en", Alerts: true, Board: true, Paused: true, PausedAt: 1, Title: "Packers", Quiet: "03:00-03:01"}
			if first == "refusal" { // a chat that rests is asked nothing
				was.Paused, was.PausedAt = false, 0
				s.tg.FailNext("getUpdates", telegramtest.Fault{Kind: telegramtest.FaultDrop}, 4)
			}
			if err := errors.Join(db.Bind(t.Context(), "tea", was), db.SaveChatPrefs(t.Context(), group, store.ChatPrefs{Lang: "zh", CurrentShop: "tea"})); err != nil {
				t.Fatal(err)
			}
			now, err := s.tg.Migrate(group)
			if err != nil {
				t.Fatal(err)
			}
			s.here()
			if first == "refusal" {
				s.post(t.Context(), "m1", orderPaidAgo("1001", 49*time.Hour))
				s.tg.ExpectMessage(t, now, "1001")
			}
			want := was
			want.ID, want.Paused, want.PausedAt = now, false, 0
			s.until(t, "the binding moved", func() bool {
				chats, err := db.Chats(t.Context(), "tea")
				return err == nil && slices.Contains(chats, want) && !slices.ContainsFunc(chats, func(c notify.Chat) bool { return c.ID == group })
			})
			s.until(t, "what it chose moved", func() bool {
				prefs, err := db.ChatPrefs(t.Context(), now)
				return err == nil && prefs == (store.ChatPrefs{Lang: "zh", CurrentShop: "tea"})
			})
		})
	}
}

func orderPaidAgo(id string, ago time.Duration) []byte {
	return fmt.Appendf(nil, `{"type":"order.paid","timestamp":%q,"data":{"order_id":%q}}`, time.Now().Add(-ago).UTC().Format(time.RFC3339), id)
}

// until waits for what another goroutine brings about.
func (s *scene) until(t *testing.T, what string, cond func() bool) {
	t.Helper()
	deadline, tick := time.After(10*time.Second), time.NewTicker(20*time.Millisecond)
	defer tick.Stop()
	for !cond() {
		select {
		case <-deadline:
			t.Fatalf("waited in vain: %s", what)
		case <-tick.C:
		}
	}
}
