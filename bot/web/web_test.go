package web_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"shopwarden/bot/web"
)

func TestHealthNamesWhatFails(t *testing.T) {
	fine := web.Check{Name: "redis", Run: func(context.Context) error { return nil }}
	ill := web.Check{Name: "telegram", Run: func(context.Context) error { return errors.New("no poll for 3 minutes") }}
	for _, x := range []struct {
		checks []web.Check
		code   int
		text   string
	}{{[]web.Check{fine}, 200, `"ok":true`}, {[]web.Check{fine, ill}, 503, `"telegram":"no poll for 3 minutes"`}} {
		w := httptest.NewRecorder()
		web.Health(x.checks).ServeHTTP(w, httptest.NewRequest("GET", "/healthz", http.NoBody))
		if w.Code != x.code || !strings.Contains(w.Body.String(), x.text) {
			t.Errorf("%d %s", w.Code, w.Body)
		}
	}
}

func TestMetricsShowWhatWasCounted(t *testing.T) {
	m := web.NewMetrics([]web.Gauge{{Name: "shopwarden_backlog", Help: "h", Read: func() float64 { return 7 }}})
	m.Delivery("standard", "ok")
	m.Events("standard", 3, 1)
	m.Observe("breach", "sent")
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", http.NoBody))
	for _, want := range []string{`shopwarden_webhook_deliveries_total{platform="standard",result="ok"} 1`,
		`shopwarden_events_total{kind="accepted",platform="standard"} 3`, `shopwarden_messages_total{kind="breach",outcome="sent"} 1`, "shopwarden_backlog 7"} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s is missing in\n%s", want, w.Body)
		}
	}
}
