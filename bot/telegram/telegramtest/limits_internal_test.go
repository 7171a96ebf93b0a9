package telegramtest

import (
	"testing"
	"time"
)

func TestWindowsOfIdleChatsAreForgottenAndThoseOfBusyOnesAreNot(t *testing.T) {
	p := newPace(TelegramLimits())
	p.limits.PerSecond, p.all.limit = 0, 0
	now := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	busy := newChat(Chat{ID: -1, Type: "group"})
	for range 20 {
		if err := p.charge(busy, now); err != nil {
			t.Fatal(err)
		}
		now = now.Add(time.Second)
	}
	most := 0
	for i := range 20_000 {
		now = now.Add(time.Millisecond)
		if err := p.charge(newChat(Chat{ID: int64(i + 1), Type: "private"}), now); err != nil {
			t.Fatal(err)
		}
		most = max(most, len(p.chats))
	}
	if most > 2*3000+fewest { // 3,000 chats are busy at a time: one message each within the 3 s of a burst
		t.Errorf("%d chats had windows at a time", most)
	}
	if err := p.charge(busy, now); err == nil {
		t.Error("a group got 21 messages within 40 seconds")
	}
}
