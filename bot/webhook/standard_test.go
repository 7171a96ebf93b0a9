package webhook_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"shopwarden/bot/webhook"
)

// The vector that the reference libraries of Standard Webhooks share.
const (
	vectorSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	vectorID     = "msg_p5jXN8AQM9LWM0D4loKWxJek"
	vectorAt     = 1614265330
	vectorBody   = `{"test": 2432232314}`
	vectorSign   = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
	wrongSign    = "v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc="
)

func TestSignStandardMatchesTheOfficialVector(t *testing.T) {
	at := time.Unix(vectorAt, 0).Add(999 * time.Millisecond)
	for _, secret := range []string{vectorSecret, strings.TrimPrefix(vectorSecret, "whsec_")} {
		if got := webhook.SignStandard(secret, vectorID, at, []byte(vectorBody)); got != vectorSign {
			t.Errorf("got %s, want %s", got, vectorSign)
		}
	}
}

func TestASecretThatIsNoneSignsNothing(t *testing.T) {
	for _, secret := range []string{"", "whsec_", "whsec_!", "not base64"} {
		if got := webhook.SignStandard(secret, "x", noon, nil); got != "" {
			t.Errorf("secret %q signs %q, want nothing", secret, got)
		}
	}
}

func TestStandardSignatures(t *testing.T) {
	body := `{"type":"shop.opened","timestamp":"2026-11-22T08:00:00Z"}`
	good := func(secret string) string { return webhook.SignStandard(secret, "msg_1", noon, []byte(body)) }
	v2 := "v2" + strings.TrimPrefix(good(newSecret), "v1")
	tests := []struct {
		name   string
		change func(http.Header)
		want   int
	}{
		{"as sent", func(http.Header) {}, 200},
		{"the older secret, while both are valid", func(h http.Header) { h.Set("webhook-signature", good(oldSecret)) }, 200},
		{"a secret of nobody", func(h http.Header) { h.Set("webhook-signature", good(vectorSecret)) }, 401},
		{"among wrong and unknown ones", func(h http.Header) {
			h.Set("webhook-signature", strings.Join([]string{wrongSign, v2, "v1a,AAAA", "junk", good(newSecret), wrongSign}, " "))
		}, 200},
		{"right, but of an unknown version", func(h http.Header) { h.Set("webhook-signature", v2) }, 401},
		{"wrong", func(h http.Header) { h.Set("webhook-signature", wrongSign) }, 401},
		{"empty", func(h http.Header) { h.Set("webhook-signature", "v1,") }, 401},
		{"no version", func(h http.Header) { h.Set("webhook-signature", strings.TrimPrefix(good(newSecret), "v1,")) }, 401},
		{"another id", func(h http.Header) { h.Set("webhook-id", "msg_2") }, 401},
		{"another second", func(h http.Header) { h.Set("webhook-timestamp", strconv.FormatInt(noon.Unix()+1, 10)) }, 401},
		{"no id", func(h http.Header) { h.Del("webhook-id") }, 401},
		{"no timestamp", func(h http.Header) { h.Del("webhook-timestamp") }, 401},
		{"no signature", func(h http.Header) { h.Del("webhook-signature") }, 401},
		{"a timestamp in words", func(h http.Header) { h.Set("webhook-timestamp", "noon") }, 401},
		{"an absurd timestamp", func(h http.Header) { h.Set("webhook-timestamp", "9223372036854775807") }, 401},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := open(t, webhook.Config{}, shops)
			h := standardHeader(newSecret, noon, []byte(body))
			tt.change(h)
			if got := d.post(t, "/hooks/standard/tea", h, []byte(body)); got.status != tt.want {
				t.Errorf("got %d %s, want %d", got.status, got.body, tt.want)
			}
		})
	}
}

func TestAnEmptySecretLetsNobodyIn(t *testing.T) {
	d := open(t, webhook.Config{}, keyring{
		"none":  {Platform: webhook.Standard},
		"empty": {Platform: webhook.Standard, Secrets: []string{"", "whsec_"}},
	})
	h := standardHeader(newSecret, noon, []byte(paid))
	h.Set(webhook.HeaderSignature, "v1, v1")
	for _, shop := range []string{"none", "empty"} {
		d.wantRefused(t, d.post(t, "/hooks/standard/"+shop, h.Clone(), []byte(paid)), 401, webhook.ResultBadSignature)
	}
}

func TestTheTimestampMayBeFiveMinutesOffEitherWay(t *testing.T) {
	for _, tt := range []struct {
		off  time.Duration
		want int
	}{
		{-5 * time.Minute, 200}, {-5*time.Minute - time.Second, 401},
		{5 * time.Minute, 200}, {5*time.Minute + time.Second, 401},
	} {
		for _, fraction := range []time.Duration{0, time.Millisecond, 999 * time.Millisecond} { // of the door's own second
			d := open(t, webhook.Config{Now: func() time.Time { return noon.Add(fraction) }}, shops)
			got := d.post(t, "/hooks/standard/tea", standardHeader(newSecret, noon.Add(tt.off), []byte(paid)), []byte(paid))
			if got.status != tt.want {
				t.Errorf("%s off at %s past the second: %d %s, want %d", tt.off, fraction, got.status, got.body, tt.want)
			}
			if tt.want == 401 {
				d.wantRefused(t, got, 401, webhook.ResultBadTimestamp)
				d.wantResults(t, "standard bad_timestamp")
			}
		}
	}
}

func TestEventsReachTheIntakeAsTheyHappened(t *testing.T) {
	d := open(t, webhook.Config{}, shops)
	got := d.standard(t, `[`+paid+`,
		{"type":"order.shipped","timestamp":"2026-11-22T17:30:00.25+08:00","data":{"order_id":"A-1","carrier":"SF","colour":"red"}},
		{"type":"shop.danced","timestamp":"?"}]`)
	if got.status != 200 || got.body != `{"ok":true,"accepted":2,"unknown":1}` {
		t.Errorf("got %d %s", got.status, got.body)
	}
	if len(d.ledger.events) != 2 || d.ledger.shop != "tea" || d.ledger.calls != 1 {
		t.Fatalf("applied %v to %q in %d calls", d.ledger.events, d.ledger.shop, d.ledger.calls)
	}
	first, second := d.ledger.events[0], d.ledger.events[1]
	if first.ID != "evt_1" || second.ID != "msg_1#1" {
		t.Errorf("ids %q and %q, want evt_1 and the delivery's with its index", first.ID, second.ID)
	}
	if want := time.Date(2026, 11, 22, 9, 30, 0, 250e6, time.UTC); !second.At.Equal(want) || second.Data.Carrier != "SF" {
		t.Errorf("second is %+v, want it at %s by SF", second, want)
	}
	if want := "[standard 2 1]"; fmt.Sprint(d.counts) != want {
		t.Errorf("counted %v, want %s", d.counts, want)
	}
}

func TestABodyOfUnknownEventsIsAcknowledgedWithoutApply(t *testing.T) {
	d := open(t, webhook.Config{}, shops)
	for _, body := range []string{`{"type":"shop.danced","data":7}`, `[]`} {
		if got := d.standard(t, body); got.status != 200 || !strings.Contains(got.body, `"accepted":0`) {
			t.Errorf("%s: got %d %s", body, got.status, got.body)
		}
	}
	if d.ledger.calls != 0 {
		t.Errorf("Apply was called %d times, want 0", d.ledger.calls)
	}
}

func TestABadEventNamesItsIndexAndFieldAndNothingIsApplied(t *testing.T) {
	event := func(typ, at, data string) string {
		return fmt.Sprintf(`{"type":%q,"timestamp":%q,"data":%s}`, typ, at, data)
	}
	const at = "2026-11-22T08:00:00Z"
	tests := []struct {
		bad   string
		field string
	}{
		{event("order.paid", at, `{}`), "data.order_id"},
		{event("order.paid", at, `{"order_id":12}`), "data.order_id"},
		{event("order.paid", at, `{"order_id":"A","ship_by":"soon"}`), "data.ship_by"},
		{event("order.paid", "yesterday", `{"order_id":"A"}`), "timestamp"},
		{event("order.canceled", at, `{"order_id":"A","by":"cat"}`), "data.by"},
		{event("chat.rated", at, `{"conversation_id":"A","stars":6}`), "data.stars"},
		{`{"timestamp":"` + at + `"}`, "type"},
	}
	for _, tt := range tests {
		d := open(t, webhook.Config{}, shops)
		got := d.standard(t, "["+paid+","+paid+","+tt.bad+"]")
		d.wantRefused(t, got, 400, webhook.ResultBadEvent)
		var reply struct {
			Error struct {
				Index *int
				Field string
			}
		}
		if err := json.Unmarshal([]byte(got.body), &reply); err != nil || reply.Error.Index == nil {
			t.Errorf("%s: got %s, want an index", tt.bad, got.body)
		} else if *reply.Error.Index != 2 || reply.Error.Field != tt.field {
			t.Errorf("%s: got %s, want index 2 and field %s", tt.bad, got.body, tt.field)
		}
	}
}

func TestWhatIsNoJSONIsRefused(t *testing.T) {
	for _, body := range []string{"", " ", "{", "[" + paid, paid + paid, paid + "x", `"order.paid"`, "null", "[null]", "\xff", "[" + paid + "],"} {
		d := open(t, webhook.Config{}, shops)
		if got := d.standard(t, body); got.status != 400 || !strings.HasPrefix(got.body, `{"error":{"code":"bad_`) {
			t.Errorf("%q: got %d %s, want 400", body, got.status, got.body)
		}
		d.wantNothingApplied(t)
	}
}

func TestTooManyEventsAreRefused(t *testing.T) {
	d := open(t, webhook.Config{}, shops)
	if got := d.standard(t, "["+strings.Repeat(paid+",", 499)+paid+"]"); got.status != 200 {
		t.Errorf("500 events: %d %s", got.status, got.body)
	}
	d.ledger.events = nil
	d.wantRefused(t, d.standard(t, "["+strings.Repeat(paid+",", 500)+paid+"]"), 400, webhook.ResultBadJSON)
}
