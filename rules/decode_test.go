package rules_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"shopwarden/rules"
)

func TestABadEventIsNamedByIndexFieldAndProblem(t *testing.T) {
	good := `{"type":"order.paid","timestamp":"2026-11-22T08:00:00Z","data":{"order_id":"1"}}`
	for body, want := range map[string]string{
		`[` + good + `,{"type":"order.paid","timestamp":"2026-11-22T08:00:00Z","data":{}}]`:                         "event 1: data.order_id: is required for order.paid",
		`{"type":"order.paid","timestamp":"yesterday","data":{"order_id":"1"}}`:                                     `event 0: timestamp: "yesterday" is not an RFC 3339 instant`,
		`{"type":"order.paid","data":{"order_id":"1"}}`:                                                             "event 0: timestamp: is missing",
		`{"type":"order.paid","timestamp":"2026-11-22T08:00:00Z","data":{"order_id":17}}`:                           "event 0: data.order_id: number found, expected string",
		`{"type":"order.paid","timestamp":"2026-11-22T08:00:00Z","data":{"order_id":"1","amount":1.5}}`:             "event 0: data.amount: number 1.5 found, expected int64",
		`{"type":"order.paid","timestamp":"2026-11-22T08:00:00Z","data":{"order_id":"1","ship_by":"soon"}}`:         `event 0: data.ship_by: "soon" is not an RFC 3339 instant`,
		`{"type":"order.canceled","timestamp":"2026-11-22T08:00:00Z","data":{"order_id":"1","by":"me"}}`:            `event 0: data.by: "me" is not one of [buyer seller platform]`,
		`{"type":"review.posted","timestamp":"2026-11-22T08:00:00Z","data":{"review_id":"1","stars":6}}`:            "event 0: data.stars: 6 is out of range 1–5",
		`{"timestamp":"2026-11-22T08:00:00Z"}`:                                                                      "event 0: type: is missing",
		`{"type":7}`:                                                                                                "event 0: type: number found, expected string",
		`{"type":"aftersale.rejected","timestamp":"2026-11-22T08:00:00Z","data":{"aftersale_id":"1","evidence":5}}`: "event 0: data.evidence: value found, expected string",
		`7`:                         "an event must be a JSON object",
		`{"type":"x"} {"type":"y"}`: "not valid JSON: invalid character '{' after top-level value",
		`[` + good + ``:             "not valid JSON: unexpected end of JSON input",
		``:                          "the body is empty",
		`[` + strings.Repeat(good+",", rules.MaxBatch) + good + `]`:              "the array holds 501 events, at most 500 are taken at once",
		strings.Replace(good, `"1"`, `"`+strings.Repeat("x", 257)+`"`, 1):        "event 0: data.order_id: is longer than 256 bytes",
		strings.Replace(good, "2026-11-22T08:00:00Z", "1026-11-22T08:00:00Z", 1): "event 0: timestamp: year 1026 is out of range 1990–2100",
	} {
		events, err := rules.ParseEvents([]byte(body), "d")
		if err == nil || !strings.Contains(err.Error(), want) || events != nil {
			t.Errorf("%.120s\n got %v\nwant %s", body, err, want)
		}
	}
	var bad *rules.BadEventError
	if _, err := rules.ParseEvents([]byte(`[`+good+`,{"type":"order.paid","timestamp":"x"}]`), "d"); !errors.As(err, &bad) || bad.Index != 1 || bad.Field != "timestamp" {
		t.Errorf("got %+v", bad)
	}
}

func TestGoodEventsKeepTheirIdsAndUnknownOnesPass(t *testing.T) {
	body := `[{"id":"a","type":"order.paid","timestamp":"2026-11-22T08:00:00.123456+08:00","data":{"order_id":"4705288465508532862","presale":true,"color":"red"},"extra":1},
		{"type":"moon.landed","timestamp":5,"data":[1]},
		{"type":"weather.changed"}]`
	events, err := rules.ParseEvents([]byte(body), "d")
	if err != nil {
		t.Fatal(err)
	}
	if events[0].ID != "a" || events[1].ID != "d#1" || events[2].Type != "weather.changed" || rules.Known(events[2].Type) {
		t.Errorf("got %+v", events)
	}
	if want := time.Date(2026, 11, 22, 0, 0, 0, 123e6, time.UTC); !events[0].At.Equal(want) {
		t.Errorf("at %v, want %v", events[0].At, want)
	}
	facts := events[0].Facts()
	if len(facts) != 1 || facts[0].Subject.ID != "4705288465508532862" || facts[0].Fact.Get("presale") != "true" {
		t.Errorf("facts %+v", facts)
	}
}

func TestAnEventSurvivesItsJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		for _, e := range genEvents(t) {
			raw, err := json.Marshal(e)
			if err != nil {
				t.Fatal(err)
			}
			got, err := rules.ParseEvent(raw, e.ID)
			if err != nil {
				t.Fatalf("%s: %v", raw, err)
			}
			if d := cmp.Diff(e.Facts(), got.Facts()); d != "" {
				t.Fatal(d)
			}
		}
	})
}

func FuzzParseEventsTakesNothingBroken(f *testing.F) {
	f.Add([]byte(`[{"type":"order.paid","timestamp":"2026-11-22T08:00:00Z","data":{"order_id":"1"}}]`))
	f.Add([]byte(`{"type":"aftersale.rejected","timestamp":"2026-11-22T08:00:00Z","data":{"aftersale_id":"1","evidence":true}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		events, err := rules.ParseEvents(body, "d")
		if err != nil && events != nil {
			t.Fatal("events came back with an error")
		}
		for _, e := range events {
			if err := e.Check(); err != nil {
				t.Fatalf("a broken event came through: %v", err)
			}
			for _, about := range e.Facts() {
				if about.Subject.Kind == "" || about.Subject.ID == "" && about.Subject.Kind != rules.Shop {
					t.Fatalf("a fact about nobody: %+v", about)
				}
			}
		}
	})
}
