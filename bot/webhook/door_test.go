package webhook_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"shopwarden/bot/webhook"
	"shopwarden/rules"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// What the shops of these tests are signed with. None is used anywhere else.
const (
	newSecret     = "whsec_bmV3LXNlY3JldC1vZi10aGUtdGVzdC1zaG9w"
	oldSecret     = "whsec_b2xkLXNlY3JldC1vZi10aGUtdGVzdC1zaG9w"
	doudianKey    = "7000000000000000001"
	doudianSecret = "0c5a2f44-aaaa-4bbb-8ccc-d0d0d0d0d0d0"
)

// noon is the clock of these tests.
var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// keyring is a fixed set of shops.
type keyring map[string]webhook.Keyring

func (k keyring) Keyring(_ context.Context, shop string) (webhook.Keyring, error) {
	if ring, ok := k[shop]; ok {
		return ring, nil
	}
	return webhook.Keyring{}, fmt.Errorf("shop %s: %w", shop, webhook.ErrUnknownShop)
}

var shops = keyring{
	"tea":  {Platform: webhook.Standard, Secrets: []string{newSecret, oldSecret}},
	"silk": {Platform: webhook.Doudian, AppKey: doudianKey, Secrets: []string{doudianSecret, "retired-secret"}},
}

// ledger is an Intake that remembers; apply, when set, decides what becomes of a delivery.
type ledger struct {
	mu     sync.Mutex
	calls  int
	shop   string
	events []rules.Event
	apply  func(ctx context.Context) error
}

func (l *ledger) Apply(ctx context.Context, shop string, events []rules.Event) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.calls++
	if l.apply != nil {
		if err := l.apply(ctx); err != nil {
			return err
		}
	}
	l.shop, l.events = shop, append(l.events, events...)
	return nil
}

// door is a server with the handler behind it and everything it tells.
type door struct {
	*httptest.Server
	ledger  *ledger
	log     *bytes.Buffer
	mu      sync.Mutex
	results []string // "platform result", in order
	counts  []string // "platform accepted unknown"
}

func open(t *testing.T, cfg webhook.Config, keys webhook.Keys) *door {
	t.Helper()
	d := &door{ledger: &ledger{}, log: &bytes.Buffer{}}
	if cfg.Now == nil {
		cfg.Now = func() time.Time { return noon }
	}
	cfg.Observe = func(platform, result string) {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.results = append(d.results, platform+" "+result)
	}
	cfg.ObserveEvents = func(platform string, accepted, unknown int) {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.counts = append(d.counts, fmt.Sprint(platform, " ", accepted, " ", unknown))
	}
	log := slog.New(slog.NewTextHandler(&locked{mu: &d.mu, w: d.log}, &slog.HandlerOptions{Level: slog.LevelDebug}))
	d.Server = httptest.NewServer(webhook.New(cfg, keys, d.ledger, log))
	t.Cleanup(d.Close)
	return d
}

type locked struct {
	mu *sync.Mutex
	w  io.Writer
}

func (l *locked) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(p)
}

// answer is a reply, read.
type answer struct {
	status int
	header http.Header
	body   string
}

func (d *door) post(t *testing.T, path string, header http.Header, body []byte) answer {
	t.Helper()
	req, err := http.NewRequest(http.MethodPost, d.URL+path, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header = header
	return d.do(t, req)
}

func (d *door) do(t *testing.T, req *http.Request) answer {
	t.Helper()
	resp, err := d.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{resp.StatusCode, resp.Header, string(body)}
}

// standard sends body to the shop tea, well signed.
func (d *door) standard(t *testing.T, body string) answer {
	t.Helper()
	return d.post(t, "/hooks/standard/tea", standardHeader(newSecret, noon, []byte(body)), []byte(body))
}

// doudian sends body to the shop silk, well signed.
func (d *door) doudian(t *testing.T, body string) answer {
	t.Helper()
	return d.post(t, "/hooks/doudian/silk", doudianHeader(webhook.MethodHMAC, doudianSecret, []byte(body)), []byte(body))
}

func standardHeader(secret string, at time.Time, body []byte) http.Header {
	h := http.Header{}
	h.Set(webhook.HeaderID, "msg_1")
	h.Set(webhook.HeaderTimestamp, strconv.FormatInt(at.Unix(), 10))
	h.Set(webhook.HeaderSignature, webhook.SignStandard(secret, "msg_1", at, body))
	return h
}

func doudianHeader(method, secret string, body []byte) http.Header {
	h := http.Header{}
	h.Set(webhook.HeaderAppID, doudianKey)
	h.Set(webhook.HeaderSignMethod, method)
	h.Set(webhook.HeaderEventSign, webhook.SignDoudian(method, doudianKey, secret, body))
	return h
}

// wantRefused holds a standard reply to a status, a code and to nothing being applied.
func (d *door) wantRefused(t *testing.T, got answer, status int, code string) {
	t.Helper()
	var reply struct {
		Error struct{ Code, Message string }
	}
	if err := json.Unmarshal([]byte(got.body), &reply); err != nil {
		t.Fatalf("reply %q is no JSON: %v", got.body, err)
	}
	if got.status != status || reply.Error.Code != code || reply.Error.Message == "" {
		t.Errorf("got %d %s, want %d with code %s and a message", got.status, got.body, status, code)
	}
	d.wantNothingApplied(t)
}

func (d *door) wantNothingApplied(t *testing.T) {
	t.Helper()
	if len(d.ledger.events) > 0 {
		t.Errorf("applied %v, want nothing", d.ledger.events)
	}
}

func (d *door) wantResults(t *testing.T, want ...string) {
	t.Helper()
	d.mu.Lock()
	defer d.mu.Unlock()
	if !slices.Equal(d.results, want) {
		t.Errorf("observed %q, want %q", d.results, want)
	}
}

const paid = `{"id":"evt_1","type":"order.paid","timestamp":"2026-11-22T08:00:00Z","data":{"order_id":"A-1"}}`
