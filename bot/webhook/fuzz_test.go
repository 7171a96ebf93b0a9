package webhook_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"shopwarden/bot/webhook"
	"shopwarden/rules"
)

// fuzzDoor returns a function that sends one well-signed body and holds the door to its word: an answer for everything,
// an acknowledgement only with checked events of known types, nothing applied otherwise. A panic would show as 500.
func fuzzDoor() func(t *testing.T, path string, header http.Header, body []byte) {
	l := &ledger{}
	cfg := webhook.Config{Now: func() time.Time { return noon }}
	h := webhook.New(cfg, shops, l, slog.New(slog.DiscardHandler))
	return func(t *testing.T, path string, header http.Header, body []byte) {
		t.Helper()
		*l = ledger{}
		holdFuzzed(t, h, l, path, header, body)
	}
}

func holdFuzzed(t *testing.T, h http.Handler, l *ledger, path string, header http.Header, body []byte) {
	t.Helper()
	req := httptest.NewRequest(http.MethodPost, path, bytes.NewReader(body))
	req.Header = header
	w := httptest.NewRecorder()
	h.ServeHTTP(w, req)
	switch w.Code {
	case 200:
	case 400, 413:
		if l.calls > 0 {
			t.Errorf("%q was refused with %d and applied", body, w.Code)
		}
	default:
		t.Errorf("%q is answered with %d %s", body, w.Code, w.Body)
	}
	for _, e := range l.events {
		if err := e.Check(); err != nil || !rules.Known(e.Type) {
			t.Errorf("%q applied %+v: %v", body, e, err)
		}
		if err := webhook.Ahead(e, noon); err != nil {
			t.Errorf("%q applied %+v: %v", body, e, err)
		}
	}
}

func FuzzStandardBody(f *testing.F) {
	hold := fuzzDoor()
	for _, seed := range []string{paid, "[" + paid + "," + paid + "]", `{"type":"x"}`, `[{"type":"order.paid"}]`, "", "[]", "{", "null", "\xff"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		hold(t, "/hooks/standard/tea", standardHeader(newSecret, noon, body), body)
	})
}

func FuzzDoudianBody(f *testing.F) {
	hold := fuzzDoor()
	for _, seed := range []string{
		create, "\ufeff" + create, `[{"tag":"0","msg_id":"0","data":"now"}]`,
		push("108", "a::108:1795334400:b", `{"p_id":"1","update_time":"1795334400","logistics_msg":"{\"pack_id\":1}"}`),
		push("112", "", `{"p_id":1,"exp_delivery_time":"2026-11-25"}`),
		push("200", "", `{"p_id":1,"aftersale_id":2,"aftersale_type":0,"reason_code":7,"apply_time":1795334400}`),
		`{"tag":209,"data":{"aftersale_id":"A","status_deadline":1795334400}}`, "[]", "{}", "null", "[null]", "",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		hold(t, "/hooks/doudian/silk", doudianHeader(webhook.MethodMD5, doudianSecret, body), body)
	})
}
