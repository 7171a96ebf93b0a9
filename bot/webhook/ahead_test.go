package webhook_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"shopwarden/bot/webhook"
	"shopwarden/rules"
)

func TestAheadToleratesTenMinutesOfClocksThatDiffer(t *testing.T) {
	for _, tt := range []struct {
		ahead time.Duration
		want  string // "" = fine
	}{
		{-1000 * time.Hour, ""},
		{0, ""},
		{10 * time.Minute, ""},
		{10*time.Minute + time.Millisecond, "10m1s"},
		{25 * time.Minute, "25m"},
		{3 * time.Hour, "3h"},
		{26*time.Hour + 30*time.Minute + time.Second, "26h30m"},
		{48 * time.Hour, "2 days"},
		{60*365*24*time.Hour + time.Hour, "21900 days"},
	} {
		err := webhook.Ahead(rules.Event{Type: "order.paid", At: noon.Add(tt.ahead)}, noon)
		if tt.want == "" {
			if err != nil {
				t.Errorf("%s ahead: %v, want it taken", tt.ahead, err)
			}
			continue
		}
		bad, want := (*rules.FieldError)(nil), "timestamp: lies "+tt.want+" in the future; clocks may differ by 10 minutes"
		if !errors.As(err, &bad) || bad.Field != "timestamp" || err.Error() != want {
			t.Errorf("%s ahead: got %v, want %s", tt.ahead, err, want)
		}
	}
	if err := webhook.Ahead(rules.Event{Type: "shop.danced", At: noon.Add(time.Hour)}, noon); err != nil {
		t.Errorf("an unknown type keeps no promise, got %v", err)
	}
}

func TestAnEventOfTheFutureRefusesItsBody(t *testing.T) {
	event := func(typ string, ahead time.Duration) string {
		return fmt.Sprintf(`{"type":%q,"timestamp":%q,"data":{"order_id":"A"}}`, typ, noon.Add(ahead).Format(time.RFC3339Nano))
	}
	d := open(t, webhook.Config{}, shops)
	got := d.standard(t, event("order.paid", 3*time.Hour))
	d.wantRefused(t, got, 400, webhook.ResultBadEvent)
	if !strings.Contains(got.body, `"event 0: timestamp: lies 3h in the future; clocks may differ by 10 minutes"`) {
		t.Errorf("got %s", got.body)
	}

	d = open(t, webhook.Config{}, shops)
	got = d.standard(t, "["+paid+","+event("shop.danced", time.Hour)+","+event("order.shipped", 10*time.Minute+time.Millisecond)+"]")
	d.wantRefused(t, got, 400, webhook.ResultBadEvent)
	var reply struct {
		Error struct {
			Index *int
			Field string
		}
	}
	if err := json.Unmarshal([]byte(got.body), &reply); err != nil || reply.Error.Index == nil || *reply.Error.Index != 2 || reply.Error.Field != "timestamp" {
		t.Errorf("got %s, want index 2 and field timestamp", got.body)
	}

	d = open(t, webhook.Config{}, shops)
	if got := d.standard(t, "["+event("order.paid", 10*time.Minute)+","+event("shop.danced", time.Hour)+"]"); got.status != 200 || len(d.ledger.events) != 1 {
		t.Errorf("ten minutes ahead, and an unknown one: got %d %s", got.status, got.body)
	}
}

// TestADoudianEntryOfTheFutureDoesNotBlockItsArray: the platform would send the same array again and again.
func TestADoudianEntryOfTheFutureDoesNotBlockItsArray(t *testing.T) {
	d := open(t, webhook.Config{}, shops)
	future := fmt.Sprintf(`{"tag":100,"msg_id":"m2","data":{"p_id":2,"create_time":%d}}`, noon.Add(3*time.Hour).Unix())
	if got := d.doudian(t, "["+future+`,{"tag":"999"},`+create[1:]); got.status != 200 || got.body != success {
		t.Errorf("got %d %s, want the success the platform waits for", got.status, got.body)
	}
	if len(d.ledger.events) != 1 || d.ledger.events[0].ID != "m1" {
		t.Errorf("applied %v, want m1 alone", d.ledger.events)
	}
	if want := "[doudian 1 2]"; fmt.Sprint(d.counts) != want {
		t.Errorf("counted %v, want %s", d.counts, want)
	}
	for _, want := range []string{"level=WARN", "entry 0, tag 100: timestamp: lies 3h in the future", "tag 999"} {
		if !strings.Contains(d.log.String(), want) {
			t.Errorf("log %s\nlacks %q", d.log, want)
		}
	}
}
