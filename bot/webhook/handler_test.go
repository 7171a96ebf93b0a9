package webhook_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"shopwarden/bot/webhook"
	"shopwarden/rules"
)

func TestTheBodyLimitIsExact(t *testing.T) {
	d := open(t, webhook.Config{MaxBody: 200}, shops)
	fits := paid + strings.Repeat(" ", 200-len(paid))
	if got := d.standard(t, fits); got.status != 200 {
		t.Errorf("a body of the limit: %d %s, want 200", got.status, got.body)
	}
	d.ledger.events = nil
	d.wantRefused(t, d.standard(t, fits+" "), 413, webhook.ResultTooLarge)

	body := []byte(fits + " ")
	req, _ := http.NewRequest(http.MethodPost, d.URL+"/hooks/standard/tea", struct{ io.Reader }{bytes.NewReader(body)})
	req.Header = standardHeader(newSecret, noon, body)
	d.wantRefused(t, d.do(t, req), 413, webhook.ResultTooLarge) // no Content-Length
	d.wantResults(t, "standard accepted", "standard too_large", "standard too_large")
}

func TestTheZeroConfigTakesOneMebibyte(t *testing.T) {
	d := open(t, webhook.Config{}, shops)
	fits := paid + strings.Repeat(" ", 1<<20-len(paid))
	if got := d.standard(t, fits); got.status != 200 {
		t.Errorf("a body of 1 MiB: %d %s, want 200", got.status, got.body)
	}
	if got := d.standard(t, fits+" "); got.status != 413 {
		t.Errorf("a byte more: %d %s, want 413", got.status, got.body)
	}
}

func TestASlowBodyTimesOut(t *testing.T) {
	d := open(t, webhook.Config{ReadTimeout: 30 * time.Millisecond}, shops)
	slow, feed := io.Pipe()
	req, _ := http.NewRequest(http.MethodPost, d.URL+"/hooks/standard/tea", slow)
	req.ContentLength = int64(len(paid))
	req.Header = standardHeader(newSecret, noon, []byte(paid))
	go func() { _, _ = feed.Write([]byte(paid[:10])) }() // and nothing more
	got := d.do(t, req)
	_ = feed.Close()
	d.wantRefused(t, got, 408, webhook.ResultSlowBody)
	d.wantResults(t, "standard slow_body")
}

func TestTheBodyDeadlineDoesNotCutTheCommit(t *testing.T) {
	d := open(t, webhook.Config{ReadTimeout: 20 * time.Millisecond}, shops)
	d.ledger.apply = func(ctx context.Context) error {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(100 * time.Millisecond):
			return nil
		}
	}
	if got := d.standard(t, paid); got.status != 200 {
		t.Errorf("got %d %s, want 200", got.status, got.body)
	}
}

func TestAStoreFailureIsNotAcknowledged(t *testing.T) {
	for path, send := range map[string]func(*door, *testing.T) answer{
		"standard": func(d *door, t *testing.T) answer { return d.standard(t, paid) },
		"doudian":  func(d *door, t *testing.T) answer { return d.doudian(t, create) },
	} {
		t.Run(path, func(t *testing.T) {
			d := open(t, webhook.Config{}, shops)
			d.ledger.apply = func(context.Context) error { return errors.New("redis is loading") }
			got := send(d, t)
			if got.status != 503 || got.header.Get("Retry-After") == "" || strings.Contains(got.body, "redis") {
				t.Errorf("got %d %v %s, want 503 with Retry-After and no inner text", got.status, got.header, got.body)
			}
			if strings.Contains(got.body, `"code":0`) {
				t.Errorf("%s reads as success", got.body)
			}
			d.wantNothingApplied(t)
			d.wantResults(t, path+" store")
			if !strings.Contains(d.log.String(), "redis is loading") {
				t.Errorf("log %q does not say why", d.log)
			}
		})
	}
}

func TestACommitThatTakesTooLongIsNotAcknowledged(t *testing.T) {
	d := open(t, webhook.Config{ApplyTimeout: 20 * time.Millisecond}, shops)
	d.ledger.apply = func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }
	if got := d.standard(t, paid); got.status != 503 || got.header.Get("Retry-After") == "" {
		t.Errorf("got %d %s, want 503 with Retry-After", got.status, got.body)
	}
	d.wantResults(t, "standard timeout")
}

// brokenKeys is a store of shops that is down.
type brokenKeys struct{}

func (brokenKeys) Keyring(context.Context, string) (webhook.Keyring, error) {
	return webhook.Keyring{}, errors.New("no connection")
}

func TestKeysThatCannotBeReadAreAStoreFailure(t *testing.T) {
	d := open(t, webhook.Config{}, brokenKeys{})
	if got := d.standard(t, paid); got.status != 503 {
		t.Errorf("got %d %s, want 503", got.status, got.body)
	}
	d.wantResults(t, "standard store")
}

func TestAPanicDoesNotEndTheProcess(t *testing.T) {
	d := open(t, webhook.Config{}, shops)
	d.ledger.apply = func(context.Context) error { panic("index out of range") }
	got := d.standard(t, paid)
	d.wantRefused(t, got, 500, webhook.ResultPanic)
	d.wantResults(t, "standard panic")
	if strings.Contains(got.body, "index") || !strings.Contains(d.log.String(), "index out of range") {
		t.Errorf("reply %s, log %s: the reason belongs into the log only", got.body, d.log)
	}
}

func TestOtherMethodsAreToldToPost(t *testing.T) {
	d := open(t, webhook.Config{}, shops)
	for _, path := range []string{"/hooks/standard/tea", "/hooks/doudian/silk", "/hooks/standard/nobody"} {
		for _, method := range []string{"GET", "PUT", "DELETE", "OPTIONS"} {
			req, _ := http.NewRequest(method, d.URL+path, http.NoBody)
			if got := d.do(t, req); got.status != 405 || got.header.Get("Allow") != "POST" || !json.Valid([]byte(got.body)) {
				t.Errorf("%s %s: %d Allow %q %s, want 405, POST and JSON", method, path, got.status, got.header.Get("Allow"), got.body)
			}
		}
	}
}

func TestOtherPathsAreNotFound(t *testing.T) {
	d := open(t, webhook.Config{}, shops)
	for _, path := range []string{"/", "/hooks/", "/hooks/standard/", "/hooks/standard/tea/more", "/hooks/shopware/tea"} {
		d.wantRefused(t, d.post(t, path, http.Header{}, []byte(paid)), 404, "no_such_path")
	}
}

func TestAnEncodedBodyIsRefused(t *testing.T) {
	d := open(t, webhook.Config{}, shops)
	h := standardHeader(newSecret, noon, []byte(paid))
	h.Set("Content-Encoding", "gzip")
	d.wantRefused(t, d.post(t, "/hooks/standard/tea", h, []byte(paid)), 415, webhook.ResultEncoding)
}

// TestAStrangerCannotTellWhichShopsExist compares whole replies: for a shop that is there, one that is not, and one
// that is on another platform.
func TestAStrangerCannotTellWhichShopsExist(t *testing.T) {
	headers := map[string]http.Header{
		"wrong standard":    standardHeader("whsec_c29tZWJvZHktZWxzZXMtc2VjcmV0LWtleS0xMjM0", noon, []byte(paid)),
		"stale standard":    standardHeader(newSecret, noon.Add(-time.Hour), []byte(paid)),
		"wrong doudian":     doudianHeader(webhook.MethodMD5, "guess", []byte(paid)),
		"no header":         {},
		"decoy from source": doudianHeader(webhook.MethodMD5, "decoy", []byte(paid)),
	}
	for name, h := range headers {
		for _, platform := range []string{webhook.Standard, webhook.Doudian} {
			d := open(t, webhook.Config{}, shops)
			var first answer
			for i, shop := range []string{"tea", "silk", "nobody"} {
				got := d.post(t, "/hooks/"+platform+"/"+shop, h.Clone(), []byte(paid))
				got.header.Del("Date")
				if i == 0 {
					first = got
				}
				if got.status != 401 || fmt.Sprint(got) != fmt.Sprint(first) {
					t.Errorf("%s at %s/%s: %v, want 401 and the same as %v", name, platform, shop, got, first)
				}
			}
			d.wantNothingApplied(t)
		}
	}
}

func TestTheLogTellsAnUnknownShopFromAWrongSignature(t *testing.T) {
	d := open(t, webhook.Config{}, shops)
	h := standardHeader(newSecret, noon, []byte(paid))
	d.post(t, "/hooks/standard/nobody", h.Clone(), []byte(paid))
	d.post(t, "/hooks/standard/silk", h.Clone(), []byte(paid))
	d.post(t, "/hooks/standard/tea", h.Clone(), []byte(paid+" "))
	d.wantResults(t, "standard unknown_shop", "standard unknown_shop", "standard bad_signature")
	for _, want := range []string{"shop=nobody", "unknown shop", "another platform"} {
		if !strings.Contains(d.log.String(), want) {
			t.Errorf("log %s lacks %q", d.log, want)
		}
	}
}

func TestSecretsAreNeverTold(t *testing.T) {
	broken := "whsec_this is not base64"
	keys := keyring{
		"tea":  {Platform: webhook.Standard, Secrets: []string{newSecret, broken}},
		"silk": shops["silk"],
	}
	d := open(t, webhook.Config{}, keys)
	var told strings.Builder
	for _, body := range []string{paid, create, "{", "[]", `{"type":"order.paid"}`, `[{"tag":100}]`} {
		told.WriteString(d.standard(t, body).body)
		told.WriteString(d.doudian(t, body).body)
		told.WriteString(d.post(t, "/hooks/standard/tea", http.Header{}, []byte(body)).body)
		told.WriteString(d.post(t, "/hooks/doudian/silk", http.Header{}, []byte(body)).body)
	}
	fmt.Fprintf(&told, "%v %+v %#v %s", keys["tea"], keys["tea"], keys["silk"], slog.AnyValue(keys["silk"]).Resolve())
	if asJSON, err := json.Marshal(keys); err != nil || !json.Valid(asJSON) {
		t.Error(err)
	} else {
		told.Write(asJSON)
	}
	for _, secret := range []string{newSecret, newSecret[6:], broken, doudianSecret, "retired-secret"} {
		if strings.Contains(told.String(), secret) || strings.Contains(d.log.String(), secret) {
			t.Errorf("the secret %s was told", secret)
		}
	}
}

func TestManyDeliveriesAtOnceAreEachAppliedOnce(t *testing.T) {
	d := open(t, webhook.Config{}, shops)
	const n = 40
	var wg sync.WaitGroup
	for range n {
		wg.Go(func() {
			if got := d.standard(t, paid); got.status != 200 {
				t.Errorf("got %d %s", got.status, got.body)
			}
		})
	}
	wg.Wait()
	if d.ledger.calls != n {
		t.Errorf("applied %d times, want %d", d.ledger.calls, n)
	}
}

func TestASenderThatDidNotWaitIsCountedApart(t *testing.T) {
	d := open(t, webhook.Config{}, shops)
	ctx, leave := context.WithCancel(t.Context())
	d.ledger.apply = func(ctx context.Context) error { leave(); <-ctx.Done(); return ctx.Err() }
	req := httptest.NewRequestWithContext(ctx, http.MethodPost, "/hooks/standard/tea", strings.NewReader(paid))
	req.Header = standardHeader(newSecret, noon, []byte(paid))
	w := httptest.NewRecorder()
	d.Config.Handler.ServeHTTP(w, req)
	if w.Code != 503 {
		t.Errorf("got %d %s, want 503", w.Code, w.Body)
	}
	d.wantResults(t, "standard gone")
}

func BenchmarkStandardDelivery(b *testing.B) {
	h := webhook.New(webhook.Config{Now: func() time.Time { return noon }}, shops, nothing{}, slog.New(slog.DiscardHandler))
	header := standardHeader(newSecret, noon, []byte(paid))
	b.ReportAllocs()
	for b.Loop() {
		req := httptest.NewRequest(http.MethodPost, "/hooks/standard/tea", strings.NewReader(paid))
		req.Header = header
		w := httptest.NewRecorder()
		h.ServeHTTP(w, req)
		if w.Code != 200 {
			b.Fatal(w.Code, w.Body)
		}
	}
}

// nothing is an Intake that commits at once.
type nothing struct{}

func (nothing) Apply(context.Context, string, []rules.Event) error { return nil }
