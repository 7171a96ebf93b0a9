package main

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"shopwarden/bot/notify"
	"shopwarden/bot/store"
	"shopwarden/bot/telegram/telegramtest"
	"shopwarden/bot/webhook"
)

// victim is a shopwarden process that gets killed and started again.
type victim struct {
	t       *testing.T
	binary  string
	env     []string
	address string
	cmd     *exec.Cmd
	output  bytes.Buffer
}

func (v *victim) start() {
	v.t.Helper()
	v.output.Reset()
	v.cmd = exec.Command(v.binary, "serve") // killed by hand, that is the test
	v.cmd.Env = v.env
	v.cmd.Stderr = &v.output
	if err := v.cmd.Start(); err != nil {
		v.t.Fatal(err)
	}
	for deadline := time.Now().Add(20 * time.Second); ; {
		if conn, err := net.DialTimeout("tcp", v.address, time.Second); err == nil {
			_ = conn.Close()
			return
		}
		if time.Now().After(deadline) {
			v.t.Fatalf("the process does not listen:\n%s", v.output.String())
		}
		<-time.After(5 * time.Millisecond)
	}
}

// kill is kill -9.
func (v *victim) kill() {
	if v.cmd != nil && v.cmd.Process != nil {
		_ = v.cmd.Process.Kill()
		_ = v.cmd.Wait()
	}
}

// scene is a Redis, a Telegram and a shop with a bound chat, for one run.
type scene struct {
	victim
	redis  string
	secret string
	chat   int64
	tg     *telegramtest.Server
}

func newScene(t *testing.T, binary string) *scene {
	m := newMachine(t)
	out := m.must("shop", "add", "--id", "tea", "--platform", "standard", "--timezone", "UTC", "--hours", "always")
	_, rest, _ := strings.Cut(out, "Secret:")
	tg := telegramtest.New(telegramtest.Config{})
	if err := tg.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(tg.Close)
	chat := tg.AddPrivateChat(telegramtest.User{ID: 501, FirstName: "Lin"})
	s := &scene{redis: m.env["REDIS_URL"], secret: strings.Fields(rest)[0], tg: tg, chat: chat}
	s.victim = victim{t: t, binary: binary, address: freeAddress(t)}
	for k, v := range m.env {
		s.env = append(s.env, k+"="+v)
	}
	s.env = append(s.env, "TELEGRAM_TOKEN="+tg.Token(), "TELEGRAM_API_URL="+tg.URL(), "LISTEN="+s.address)
	t.Cleanup(s.kill)
	db := s.open()
	if err := db.Bind(t.Context(), "tea", notify.Chat{ID: chat, Role: notify.Owner, Lang: "en", Alerts: true}); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *scene) open() *store.Store {
	s.t.Helper()
	db, err := store.Connect(s.t.Context(), store.Options{URL: s.redis})
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = db.Close() })
	return db
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// post delivers until it is acknowledged, as a platform does.
func (s *scene) post(ctx context.Context, id string, body []byte) {
	for ctx.Err() == nil {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+s.address+"/hooks/standard/tea", bytes.NewReader(body))
		if err != nil {
			s.t.Error(err)
			return
		}
		now := time.Now()
		req.Header.Set("webhook-id", id)
		req.Header.Set("webhook-timestamp", fmt.Sprint(now.Unix()))
		req.Header.Set("webhook-signature", webhook.SignStandard(s.secret, id, now, body))
		resp, err := http.DefaultClient.Do(req)
		if err == nil {
			_ = resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return
			}
			if resp.StatusCode < 500 {
				s.t.Errorf("delivery %s: status %d", id, resp.StatusCode)
				return
			}
		}
		<-time.After(3 * time.Millisecond)
	}
}

// stories are deliveries grouped by order; those of one order come one after the other. Every third order is late, and
// every ninth, but for the first ones, is proved innocent by a pickup scan that comes afterwards: by then there are so
// many late orders that the violation stands whatever the senders' turns.
func stories(n int, now time.Time) (list [][][]byte) {
	for i := range n {
		line := func(typ string, at time.Time) []byte {
			return fmt.Appendf(nil, `{"type":%q,"timestamp":%q,"data":{"order_id":"o%d"}}`, typ, at.UTC().Format(time.RFC3339), i)
		}
		paid := now.Add(-50 * time.Hour).Truncate(time.Minute)
		story := [][]byte{line("order.paid", paid)}
		switch {
		case i%3 != 0:
			story = [][]byte{line("order.paid", now.Add(-20*time.Hour).Truncate(time.Minute)), line("order.picked_up", now.Add(-time.Hour).Truncate(time.Minute))}
		case i%9 == 0 && i > 90:
			story = append(story, line("order.picked_up", paid.Add(47*time.Hour)))
		}
		list = append(list, story)
	}
	return list
}

// play delivers all stories on a few connections; acked counts deliveries.
func (s *scene) play(list [][][]byte, acked *atomic.Int64) {
	var wg sync.WaitGroup
	const senders = 6
	for k := range senders {
		wg.Go(func() {
			for i := k; i < len(list); i += senders {
				for j, body := range list[i] {
					s.post(s.t.Context(), fmt.Sprintf("msg_%d_%d", i, j), body)
					acked.Add(1)
				}
			}
		})
	}
	wg.Wait()
}

// ended is what a run leaves behind: the counters, byte for byte, the keys of all alerts that were ever queued, and how
// often a text reached the chat more than once.
func (s *scene) ended() (counters string, alerts []string, repeated int) {
	s.t.Helper()
	db := s.open()
	counters, err := db.Fingerprint(s.t.Context(), "tea")
	if err != nil {
		s.t.Fatal(err)
	}
	if alerts, err = db.MessageKeys(s.t.Context(), "tea"); err != nil {
		s.t.Fatal(err)
	}
	sent := map[string]bool{}
	for _, m := range s.tg.Messages(s.chat) {
		if sent[m.Text] {
			repeated++
		}
		sent[m.Text] = true
	}
	return counters, alerts, repeated
}

// build makes the real binary.
func build(t *testing.T) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "shopwarden")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("building: %v\n%s", err, out)
	}
	return binary
}

// TestKilledAtRandomPointsNothingIsLostAndEachAlertIsQueuedOnce kills the process with kill -9 again and again while a platform delivers.
func TestKilledAtRandomPointsNothingIsLostAndEachAlertIsQueuedOnce(t *testing.T) {
	kills := 12
	if os.Getenv("SHOPWARDEN_LONG") != "" {
		kills = 200
	}
	binary := build(t)
	now := time.Now()
	list := stories(30*kills, now)
	var acked atomic.Int64

	calm := newScene(t, binary)
	calm.start()
	calm.play(list, &acked)
	want, queued, _ := calm.ended()
	calm.kill()

	rough := newScene(t, binary)
	rough.start()
	total := acked.Swap(0)
	done := make(chan struct{})
	go func() { defer close(done); rough.play(list, &acked) }()
	r := rand.New(rand.NewPCG(uint64(kills), 1))
	for k := range kills {
		point := total * int64(k+1) / int64(kills+1) // spread over the whole stream
		for acked.Load() < point {
			<-time.After(time.Millisecond)
		}
		<-time.After(time.Duration(r.IntN(20_000)) * time.Microsecond)
		rough.kill()
		rough.start()
	}
	<-done
	got, requeued, repeated := rough.ended()
	if got != want {
		t.Errorf("after %d kills the counters differ:\n%s", kills, cmp.Diff(want, got))
	}
	if d := cmp.Diff(queued, requeued); d != "" {
		t.Errorf("after %d kills other alerts are on the queue:\n%s", kills, d)
	}
	if repeated > kills { // one may repeat for each crash between Telegram's answer and our record
		t.Errorf("%d messages were repeated in %d crashes", repeated, kills)
	}
	t.Logf("%d kills -9 in %d deliveries: %d alerts queued, each once; %d repeated by a crash after Telegram's answer", kills, total, len(queued), repeated)
}

// TestTwoReplicasTellEachAlertOnce gives every delivery to two processes over one Redis and one bot.
func TestTwoReplicasTellEachAlertOnce(t *testing.T) {
	first := newScene(t, build(t))
	first.start()
	second := &scene{victim: victim{t: t, binary: first.binary, address: freeAddress(t)}, redis: first.redis, secret: first.secret, chat: first.chat, tg: first.tg}
	for _, pair := range first.env {
		if !strings.HasPrefix(pair, "LISTEN=") {
			second.env = append(second.env, pair)
		}
	}
	second.env = append(second.env, "LISTEN="+second.address)
	t.Cleanup(second.kill)
	second.start()
	list := stories(9, time.Now()) // three late orders, one violation of two rules
	var acked atomic.Int64
	var wg sync.WaitGroup
	for _, s := range []*scene{first, second} {
		wg.Go(func() { s.play(list, &acked) })
	}
	wg.Wait()
	want := map[string]int{"o0": 1, "o3": 1, "o6": 1, "the line is": 1}
	told := func() map[string]int { // two late orders follow the first as one message, a minute later
		var all strings.Builder
		for _, m := range first.tg.Messages(first.chat) {
			all.WriteString(m.Text + "\n")
		}
		got := map[string]int{}
		for what := range want {
			got[what] = strings.Count(all.String(), what)
		}
		return got
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Second)
	defer cancel()
	err := first.tg.WaitUntil(ctx, func() bool {
		return !slices.Contains(slices.Collect(maps.Values(told())), 0)
	})
	if d := cmp.Diff(want, told()); d != "" {
		t.Fatalf("what was told how often: %s(%v)", d, err)
	}
	if _, queued, repeated := first.ended(); repeated != 0 || len(queued) != len(want) {
		t.Errorf("%d alerts queued, want %d; %d sent twice", len(queued), len(want), repeated)
	}
	if _, err := first.tg.Say(first.chat, 501, "/today"); err != nil {
		t.Fatal(err)
	}
	first.tg.ExpectMessage(t, first.chat, "Last event") // whatever the hour: at night the late orders are yesterday's
}

func TestPushedUpdatesAreAnsweredToo(t *testing.T) {
	s := newScene(t, build(t))
	s.env = append(s.env, "TELEGRAM_WEBHOOK_URL=http://"+s.address+"/telegram", "TELEGRAM_WEBHOOK_SECRET=abc")
	s.tg.FailNext("setWebhook", telegramtest.Fault{Kind: telegramtest.FaultError, Code: 502}, 1)
	s.start()
	if _, err := s.tg.Say(s.chat, 501, "/today"); err != nil {
		t.Fatal(err)
	}
	s.tg.ExpectMessage(t, s.chat, "tea")
}
