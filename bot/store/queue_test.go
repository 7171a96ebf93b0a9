package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"shopwarden/bot/outbox"
	"shopwarden/bot/sla"
	"shopwarden/bot/store"
	"shopwarden/bot/store/storetest"
	"shopwarden/rules"
)

const lease = time.Minute

func message(key, route string) outbox.Message {
	return outbox.Message{Key: key, Route: route, Chat: 7, Kind: outbox.Breach, HTML: "late: " + key, Created: noon}
}

func enqueue(t *testing.T, s *store.Store, messages ...outbox.Message) {
	t.Helper()
	ok(t, s.Enqueue(t.Context(), noon, messages))
}

// claim returns the keys of what was claimed, and all of it.
func claim(t *testing.T, s *store.Store, now rules.Instant) (keys []string, claimed []outbox.Claimed) {
	t.Helper()
	claimed = must[[]outbox.Claimed](t)(s.Claim(t.Context(), now, 100, lease))
	for _, c := range claimed {
		keys = append(keys, c.Key)
	}
	return keys, claimed
}

// wantKeys claims and compares.
func wantKeys(t *testing.T, s *store.Store, now rules.Instant, want ...string) []outbox.Claimed {
	t.Helper()
	got, claimed := claim(t, s, now)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("claimed at +%d (-want +got):\n%s", now-noon, diff)
	}
	return claimed
}

func settle(t *testing.T, s *store.Store, x outbox.Settlement) {
	t.Helper()
	ok(t, s.Settle(t.Context(), noon, []outbox.Settlement{x}))
}

func aMessageIsClaimedOnceUntilItIsSettled(t *testing.T, s *store.Store) {
	m := message("k1", "s1")
	m.Buttons = [][]outbox.Button{{{Text: "why", Action: "why:1"}}}
	enqueue(t, s, m, m)
	enqueue(t, s, m)
	claimed := wantKeys(t, s, noon, "k1")
	if diff := cmp.Diff([]outbox.Claimed{{Message: m, Attempt: 1}}, claimed); diff != "" {
		t.Errorf("claimed (-want +got):\n%s", diff)
	}
	wantKeys(t, s, noon)
	settle(t, s, outbox.Settlement{Key: "k1", Route: "s1", State: outbox.Sent, MessageID: 99})
	enqueue(t, s, m)
	wantKeys(t, s, noon+1_000_000)
	if b := must[store.Backlog](t)(s.Backlog(t.Context())); b != (store.Backlog{}) {
		t.Errorf("backlog %+v, want none", b)
	}
}

func aLeaseThatRunsOutIsUncertain(t *testing.T, s *store.Store) {
	enqueue(t, s, message("k1", "s1"))
	wantKeys(t, s, noon, "k1")
	end := noon + rules.Instant(lease.Milliseconds())
	wantKeys(t, s, end-1)
	if got := wantKeys(t, s, end, "k1"); !got[0].Uncertain || got[0].Attempt != 2 {
		t.Errorf("claimed again as %+v, want attempt 2, uncertain", got[0])
	}
	settle(t, s, outbox.Settlement{Key: "k1", Route: "s1", State: outbox.Waiting, Next: end + 10, Reason: "flood"})
	if got := wantKeys(t, s, end+10, "k1"); !got[0].Uncertain || got[0].Attempt != 3 {
		t.Errorf("claimed a third time as %+v, want attempt 3, still uncertain", got[0])
	}
}

func aMessageThatWaitsComesBackAtItsTime(t *testing.T, s *store.Store) {
	later := message("later", "s1")
	later.Due = noon + 500
	enqueue(t, s, message("retry", "s1"), later)
	wantKeys(t, s, noon, "retry")
	waiting := outbox.Settlement{Key: "retry", Route: "s1", State: outbox.Waiting, Next: noon + 700, Reason: "flood"}
	settle(t, s, waiting)
	settle(t, s, waiting)
	wantKeys(t, s, noon+499)
	wantKeys(t, s, noon+699, "later")
	if got := wantKeys(t, s, noon+700, "retry"); got[0].Attempt != 2 || got[0].Uncertain {
		t.Errorf("claimed again as %+v, want attempt 2, certain", got[0])
	}
	wantKeys(t, s, noon+701)
	if b := must[store.Backlog](t)(s.Backlog(t.Context())); b.Waiting != 2 {
		t.Errorf("backlog %+v, want 2 waiting", b)
	}
}

// aSettlementSaidAgainDoesNotEndTheNextLease is what a worker does that heard no answer: meanwhile another has the message.
func aSettlementSaidAgainDoesNotEndTheNextLease(t *testing.T, s *store.Store) {
	enqueue(t, s, message("k1", "s1"))
	wantKeys(t, s, noon, "k1")
	waiting := outbox.Settlement{Key: "k1", Route: "s1", State: outbox.Waiting, Next: noon + 10, Reason: "flood"}
	settle(t, s, waiting)
	wantKeys(t, s, noon+11, "k1")
	settle(t, s, waiting)
	wantKeys(t, s, noon+12)
}

// aMessageHandedBackAtOnceIsClaimedAtOnce uses one instant for everything, as within one millisecond.
func aMessageHandedBackAtOnceIsClaimedAtOnce(t *testing.T, s *store.Store) {
	enqueue(t, s, message("k1", "s1"))
	for range 3 {
		if got := wantKeys(t, s, noon, "k1"); got[0].Uncertain {
			t.Error("what was handed back is uncertain")
		}
		settle(t, s, outbox.Settlement{Key: "k1", Route: "s1", State: outbox.Waiting, Next: noon, Reason: "stopped"})
	}
}

func aMessageFollowsItsGroupAndRemembersDoubt(t *testing.T, s *store.Store) {
	enqueue(t, s, message("k1", "s1"))
	wantKeys(t, s, noon, "k1")
	settle(t, s, outbox.Settlement{Key: "k1", Route: "s1", State: outbox.Waiting, Next: noon + 10, Chat: -1001, Reason: "moved"})
	if got := wantKeys(t, s, noon+10, "k1"); got[0].Chat != -1001 || got[0].Unknown {
		t.Errorf("claimed %+v, want chat -1001 and no doubt", got[0])
	}
	settle(t, s, outbox.Settlement{Key: "k1", Route: "s1", State: outbox.Waiting, Next: noon + 20, Unknown: true, Reason: "timeout"})
	wantKeys(t, s, noon+20, "k1")
	settle(t, s, outbox.Settlement{Key: "k1", Route: "s1", State: outbox.Waiting, Next: noon + 30, Reason: "flood"})
	if got := wantKeys(t, s, noon+30, "k1"); got[0].Chat != -1001 || !got[0].Unknown || got[0].Uncertain {
		t.Errorf("claimed %+v, want chat -1001 still, and the doubt", got[0])
	}
}

func whatIsGivenUpStaysSo(t *testing.T, s *store.Store) {
	enqueue(t, s, message("k1", "s1"))
	wantKeys(t, s, noon, "k1")
	settle(t, s, outbox.Settlement{Key: "k1", Route: "s1", State: outbox.GivenUp, Reason: "blocked"})
	settle(t, s, outbox.Settlement{Key: "k1", Route: "s1", State: outbox.Waiting, Next: noon + 1})
	settle(t, s, outbox.Settlement{Key: "unknown", Route: "s1", State: outbox.Waiting, Next: noon + 1})
	enqueue(t, s, message("k1", "s1"))
	wantKeys(t, s, noon+1_000_000)
}

func messagesOfARouteComeInOrder(t *testing.T, s *store.Store) {
	var want []string
	var list []outbox.Message
	for i := range 120 {
		list = append(list, message(fmt.Sprint("k", 1000-i), "s1"))
		want = append(want, list[i].Key)
	}
	enqueue(t, s, list...)
	got := must[[]outbox.Claimed](t)(s.Claim(t.Context(), noon, 50, lease))
	for i, c := range got {
		if c.Key != want[i] {
			t.Fatalf("message %d is %s, want %s", i, c.Key, want[i])
		}
	}
	if len(got) != 50 {
		t.Errorf("claimed %d, want 50", len(got))
	}
	wantKeys(t, s, noon, want[50:]...)
}

func anEditKnowsWhatItEdits(t *testing.T, s *store.Store) {
	edit := message("edit", "s1")
	edit.EditOf = "first"
	enqueue(t, s, message("first", "s1"))
	wantKeys(t, s, noon, "first")
	enqueue(t, s, edit)
	wantKeys(t, s, noon+10) // the first is on its way: nobody knows its id yet
	settle(t, s, outbox.Settlement{Key: "first", Route: "s1", State: outbox.Sent, MessageID: 42})
	if got := wantKeys(t, s, noon+2000, "edit"); got[0].TargetID != 42 || got[0].Attempt != 1 {
		t.Errorf("claimed %+v, want target 42 on attempt 1", got[0])
	}
	never := message("edit of nothing", "s1")
	never.EditOf = "unknown"
	enqueue(t, s, never)
	if got := wantKeys(t, s, noon+2000, never.Key); got[0].TargetID != 0 {
		t.Errorf("target %d, want 0", got[0].TargetID)
	}
}

func whatIsWithdrawnIsNotSent(t *testing.T, s *store.Store) {
	shop := saved(t, s, "s1")
	commit(t, s, sla.ShopWrite{Shop: shop, Messages: []outbox.Message{message("waits", shop), message("leased", shop), message("sent", shop)}})
	wantKeys(t, s, noon, "waits", "leased", "sent")
	settle(t, s, outbox.Settlement{Key: "waits", Route: shop, State: outbox.Waiting, Next: noon + 10})
	settle(t, s, outbox.Settlement{Key: "sent", Route: shop, State: outbox.Sent, MessageID: 5})
	commit(t, s, sla.ShopWrite{Shop: shop, Withdraw: []string{"waits", "leased", "sent", "unknown"}})
	wantKeys(t, s, noon+20)
	settle(t, s, outbox.Settlement{Key: "leased", Route: shop, State: outbox.Waiting, Next: noon + 30})
	wantKeys(t, s, noon+1_000_000)
	edit := message("edit", shop)
	edit.EditOf = "sent"
	enqueue(t, s, edit)
	if got := wantKeys(t, s, noon, "edit"); got[0].TargetID != 5 {
		t.Errorf("target %d, want 5: what was sent cannot be withdrawn", got[0].TargetID)
	}
}

func aWithdrawnMessageIsNotSentAgainWhenItsLeaseRunsOut(t *testing.T, s *store.Store) {
	shop := saved(t, s, "s1")
	commit(t, s, sla.ShopWrite{Shop: shop, Messages: []outbox.Message{message("k1", shop)}})
	wantKeys(t, s, noon, "k1")
	commit(t, s, sla.ShopWrite{Shop: shop, Withdraw: []string{"k1"}})
	wantKeys(t, s, noon+1_000_000)
}

func routesArePartitions(t *testing.T, s *store.Store) {
	for i := range 40 {
		enqueue(t, s, message("same", fmt.Sprint("s", i)), message("same", fmt.Sprint(-100-i)))
	}
	if keys, _ := claim(t, s, noon); len(keys) != 80 {
		t.Errorf("claimed %d, want 80: equal keys of different routes are different messages", len(keys))
	}
}

// TestAMarkTakesLittleMemory holds the encoding of what every message leaves behind for weeks.
func TestAMarkTakesLittleMemory(t *testing.T) {
	s := open(t, storetest.Redis(t))
	enqueue(t, s, message("k1", "s1"))
	wantKeys(t, s, noon, "k1")
	settle(t, s, outbox.Settlement{Key: "k1", Route: "s1", State: outbox.Sent, MessageID: 99})
	mark := keysWith(t, s, ":msg:")[0]
	if got := must[string](t)(store.Client(s).ObjectEncoding(t.Context(), mark).Result()); got != "listpack" {
		t.Errorf("the mark is a %s, want a listpack", got)
	}
}

func aShelvedMessageIsEditedAndItsKeyIsFreeAgain(t *testing.T, s *store.Store) {
	shop := saved(t, s, "s1")
	commit(t, s, sla.ShopWrite{Shop: shop, Messages: []outbox.Message{message("sent", shop), message("waits", shop)}})
	wantKeys(t, s, noon, "sent", "waits")
	settle(t, s, outbox.Settlement{Key: "sent", Route: shop, State: outbox.Sent, MessageID: 77})
	settle(t, s, outbox.Settlement{Key: "waits", Route: shop, State: outbox.Waiting, Next: noon + 10})
	edit := message("retract/sent#1", shop)
	edit.EditOf = "sent#1"
	commit(t, s, sla.ShopWrite{Shop: shop, Messages: []outbox.Message{edit}, Shelve: map[string]string{"sent": "sent#1", "waits": "waits#1", "unknown": "unknown#1"}})
	if got := wantKeys(t, s, noon+20, edit.Key); got[0].TargetID != 77 {
		t.Errorf("the correction edits message %d, want 77", got[0].TargetID)
	}
	settle(t, s, outbox.Settlement{Key: edit.Key, Route: shop, State: outbox.Sent, MessageID: 77})
	commit(t, s, sla.ShopWrite{Shop: shop, Messages: []outbox.Message{message("sent", shop), message("waits", shop)}})
	wantKeys(t, s, noon+30, "sent", "waits")
}
