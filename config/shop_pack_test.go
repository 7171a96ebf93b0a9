package config

import (
	"testing"

	"shopwarden/rules"
)

// TestAChangedPackLeavesTheDaysBeforeToTheOldOne: an order paid the day before the change keeps the limit of its pack.
func TestAChangedPackLeavesTheDaysBeforeToTheOldOne(t *testing.T) {
	before := Shop{ID: "a", Pack: "douyin-2026", Timezone: "Asia/Shanghai"}
	after := before
	after.Pack = "tiktok-shop"
	today, err := rules.ParseDate("2026-11-23")
	if err != nil {
		t.Fatal(err)
	}
	after.KeepPack(before, today)
	p := policyOf(t, after)
	chat := rules.Subject{Kind: rules.Conversation, ID: "1"}
	for when, within := range map[string]int64{"2026-11-22 22:00": 180_000, "2026-11-23 00:00": 24 * 3600_000} {
		at := shanghai(t, when)
		k, ok := judge(t, p, "chat-first-response", chat, at, rules.Fact{Type: "chat.message", At: at, Attrs: []rules.Attr{{Key: "from", Value: "buyer"}}})
		if got := int64(k.Due - k.Start); !ok || got != within {
			t.Errorf("%s: due after %d ms (case %v), want %d", when, got, ok, within)
		}
	}
}

func TestFormerPacksAreKeptInOrderAndWithoutEmptyOnes(t *testing.T) {
	s := Shop{ID: "a", Pack: "tmall"}
	change := func(pack, day string) {
		before := s
		s.Pack = pack
		today, err := rules.ParseDate(day)
		if err != nil {
			t.Fatal(err)
		}
		s.KeepPack(before, today)
	}
	change("standard", "2026-11-01")
	change("tmall", "2026-11-01") // back on the same day: nothing happened
	if len(s.Former) != 0 {
		t.Fatalf("former %v", s.Former)
	}
	change("standard", "2026-11-01")
	change("douyin-2026", "2026-11-10")
	change("amazon-style", "2026-11-10")
	want := []FormerPack{{"tmall", "2026-11-01"}, {"standard", "2026-11-10"}}
	if len(s.Former) != 2 || s.Former[0] != want[0] || s.Former[1] != want[1] {
		t.Errorf("former %v, want %v", s.Former, want)
	}
	book, err := s.book(builtIn(t))
	if err != nil {
		t.Fatal(err)
	}
	for i, e := range book.Editions[1:] {
		if e.From <= book.Editions[i].From {
			t.Errorf("edition %d from %s is not after %s", i+1, e.From, book.Editions[i].From)
		}
	}
}
