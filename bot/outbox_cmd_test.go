package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"shopwarden/bot/outbox"
	"shopwarden/bot/store"
	"shopwarden/rules"
)

// TestAnOperatorSeesRetriesAndDropsWhatWasNotSent works on a queue with one message of each fate.
func TestAnOperatorSeesRetriesAndDropsWhatWasNotSent(t *testing.T) {
	m := newMachine(t)
	s, err := store.Connect(t.Context(), store.Options{URL: m.env["REDIS_URL"]})
	check(t, err)
	defer s.Close()
	if out := m.must("outbox", "list"); !strings.Contains(out, "Every message was sent") {
		t.Errorf("an empty queue says %q", out)
	}
	now := rules.InstantOf(time.Now())
	var list []outbox.Message
	for i, key := range []string{"breach/tea/1", "breach/tea/2", "breach/inn/3", "breach/tea/4"} {
		shop := strings.Split(key, "/")[1]
		list = append(list, outbox.Message{Key: key, Route: shop, Shop: shop, Chat: int64(i + 1), Kind: outbox.Breach, HTML: "<b>" + key + "</b> & late", Created: now, Expires: now + 1})
	}
	check(t, s.Enqueue(t.Context(), now, list))
	claimed, err := s.Claim(t.Context(), now, outbox.LaneAlert, outbox.LaneWarning, 10, time.Minute)
	check(t, err)
	for _, c := range claimed {
		x := outbox.Settlement{Claimed: c, State: outbox.Failed, Reason: outbox.ReasonBlocked, MessageID: 7}
		switch c.First().Key {
		case "breach/tea/2":
			x.State, x.Reason = outbox.Doubtful, outbox.ReasonUnknown
		case "breach/tea/4":
			x.State = outbox.Sent
		}
		check(t, s.Settle(t.Context(), now, []outbox.Settlement{x}))
	}
	out := m.must("outbox", "list")
	for _, want := range []string{"failed   blocked  20", "breach/tea/1", "unknown  unknown  20", "breach/tea/2", "breach/inn/3"} {
		if !strings.Contains(out, want) {
			t.Errorf("list lacks %q:\n%s", want, out)
		}
	}
	if strings.Contains(out, "breach/tea/4") || strings.Contains(m.must("outbox", "list", "--shop", "inn"), "tea") {
		t.Errorf("list shows what was sent, or another shop:\n%s", out)
	}
	var shown struct{ State, HTML, Reason string }
	check(t, json.Unmarshal([]byte(m.must("outbox", "show", "breach/tea/1")), &shown))
	if shown.State != "failed" || shown.HTML != "<b>breach/tea/1</b> & late" || shown.Reason != "blocked" {
		t.Errorf("show says %+v", shown)
	}
	for _, x := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"outbox", "show", "no"}, 1, `no message with the key "no"`},
		{[]string{"outbox", "retry"}, 2, "name keys, or say --all"},
		{[]string{"outbox", "retry", "--all", "breach/tea/1"}, 2, "name keys, or say --all"},
		{[]string{"outbox", "drop", "--shop", "tea", "breach/tea/1"}, 2, "go with --all"},
		{[]string{"outbox", "list", "--limit", "0"}, 1, "at least 1"},
		{[]string{"outbox", "retry", "breach/tea/4"}, 1, "no message with the key"},
	} {
		if code, _, errs := m.run(x.args...); code != x.code || !strings.Contains(errs, x.want) {
			t.Errorf("%v: exit %d, %s", x.args, code, errs)
		}
	}
	if out := m.must("outbox", "retry", "--all", "--shop", "tea"); out != "2 of 2 will be tried again.\n" {
		t.Errorf("retry says %q", out)
	}
	if out := m.must("outbox", "list", "--waiting"); !strings.Contains(out, "queued") || !strings.Contains(out, "breach/tea/2") {
		t.Errorf("what is tried again does not wait:\n%s", out)
	}
	if out := m.must("outbox", "drop", "breach/inn/3", "breach/tea/2"); out != "2 of 2 dropped.\n" {
		t.Errorf("drop says %q", out)
	}
	if out := m.must("outbox", "list", "--waiting", "--json"); strings.Count(out, "\n") != 1 || !strings.Contains(out, `"key":"breach/tea/1"`) {
		t.Errorf("left:\n%s", out)
	}
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
