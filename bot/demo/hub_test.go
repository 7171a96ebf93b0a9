package demo

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func stateOf(t *testing.T, h *hub) snapshot {
	t.Helper()
	var s snapshot
	must(t, json.Unmarshal(h.all().data, &s))
	return s
}

func TestASnapshotShowsEveryMessageAsItIsNow(t *testing.T) {
	h := newHub("run")
	h.message(messageView{Chat: ownerChat, ID: 1, Text: "one"})
	h.message(messageView{Chat: ownerChat, ID: 2, Text: "two"})
	h.message(messageView{Chat: teamChat, ID: 1, Text: "three"})
	h.message(messageView{Chat: ownerChat, ID: 1, Text: "one, edited", Edited: true})
	h.passing("typing", typingView{ownerChat})
	var got []string
	for _, m := range stateOf(t, h).Chats[ownerChat] {
		got = append(got, m.Text)
	}
	if want := []string{"one, edited", "two"}; !cmp.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestTheHubForgetsWhatIsOldAndSaysSo(t *testing.T) {
	h := newHub("run")
	for i := range keptUpdates + 10 {
		h.message(messageView{Chat: ownerChat, ID: i + 1})
		h.delivery(Delivery{Attempt: i})
	}
	s := stateOf(t, h)
	if len(s.Chats[ownerChat]) != keptMessages || len(s.News) != keptNews {
		t.Errorf("a snapshot of %d messages and %d deliveries", len(s.Chats[ownerChat]), len(s.News))
	}
	if _, _, ok := h.since(1); ok {
		t.Error("it claims to remember the first update")
	}
	if list, _, ok := h.since(h.seq - keptUpdates); !ok || len(list) != keptUpdates {
		t.Errorf("%d updates, %v", len(list), ok)
	}
	if _, _, ok := h.since(h.seq + 1); ok {
		t.Error("it claims to know the future")
	}
}

func TestOnlyOwnIdsAreKnown(t *testing.T) {
	h := newHub("run")
	if seq, ok := h.seen(h.id(7)); !ok || seq != 7 {
		t.Errorf("own id: %d, %v", seq, ok)
	}
	for _, id := range []string{"", "7", "other-7", "run-", "run-x", "run--1"} {
		if _, ok := h.seen(id); ok {
			t.Errorf("%q is taken for an own id", id)
		}
	}
}

func TestAClosedHubEndsItsReaders(t *testing.T) {
	h := newHub("run")
	_, changed, _ := h.since(0)
	h.close()
	h.close()
	<-changed
	if _, changed, _ := h.since(0); changed != nil {
		t.Error("a reader would wait for ever")
	}
	h.message(messageView{Chat: ownerChat, ID: 1})
	h.wake()
}
