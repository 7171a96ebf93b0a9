package main

import (
	"strings"
	"testing"
)

// TestAChangedPackRewritesNoClosedDayAndCanBeAskedAbout: the days before stay as they were judged, and --pack says what they
// would have been, whatever the shop set for its own pack.
func TestAChangedPackRewritesNoClosedDayAndCanBeAskedAbout(t *testing.T) {
	events := write(t, "chats.jsonl", `{"type":"chat.message","timestamp":"2018-03-01T02:00:00Z","data":{"conversation_id":"1","from":"buyer"}}
{"type":"chat.message","timestamp":"2018-03-01T03:00:00Z","data":{"conversation_id":"1","from":"agent"}}
`)
	m := newMachine(t)
	m.must("shop", "add", "--id", "a", "--platform", "standard", "--timezone", "Asia/Shanghai", "--pack", "douyin-2026")
	m.must("shop", "set", "a", "rules.pickup-after-label.within=20h")
	m.must("replay", "--shop", "a", events)
	r, _ := m.report("a")
	expect(t, rule(t, r, "chat-first-response"), 0, 1, 0)
	out := m.must("report", "--shop", "a", "--from", "2018-01-01", "--to", "2019-01-01", "--recount", "--pack", "tiktok-shop")
	if !strings.Contains(out, "chat-first-response") {
		t.Errorf("under another pack:\n%s", out)
	}
	m.must("shop", "set", "a", "rules.pickup-after-label.within=", "pack=tiktok-shop")
	r, _ = m.report("a")
	expect(t, rule(t, r, "chat-first-response"), 0, 1, 0)
	if out := m.must("shop", "rejudge", "a"); !strings.Contains(out, "Judged anew: 1 ") {
		t.Errorf("said %q", out)
	}
	m.must("report", "--shop", "a", "--from", "2018-01-01", "--to", "2019-01-01", "--recount")
}

func TestARefusedSettingIsNotCalledSaved(t *testing.T) {
	m := newMachine(t)
	m.must("shop", "add", "--id", "a", "--platform", "standard")
	code, out, err := m.run("shop", "set", "a", "rules.nope.within=1h")
	if code != 1 || strings.Contains(out, "saved") || !strings.Contains(err, "rules.nope") {
		t.Errorf("exit %d, said %q and %q", code, out, err)
	}
}
