package store_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"shopwarden/bot/alarm"
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

// claim returns the keys of what was claimed in all lanes, and all of it.
func claim(t *testing.T, s *store.Store, now rules.Instant) (keys []string, claimed []outbox.Claimed) {
	t.Helper()
	for _, lanes := range [][2]outbox.Lane{{outbox.LaneAlert, outbox.LaneWarning}, {outbox.LaneBoard, outbox.LaneExport}} {
		claimed = append(claimed, must[[]outbox.Claimed](t)(s.Claim(t.Context(), now, lanes[0], lanes[1], 100, lease))...)
	}
	for _, c := range claimed {
		for _, m := range c.Messages {
			keys = append(keys, m.Key)
		}
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

// sent and waiting are settlements of a claim.
func sent(c outbox.Claimed, id int) outbox.Settlement {
	return outbox.Settlement{Claimed: c, State: outbox.Sent, MessageID: id}
}

func waiting(c outbox.Claimed, next rules.Instant, reason string) outbox.Settlement {
	return outbox.Settlement{Claimed: c, State: outbox.Waiting, Next: next, Reason: reason}
}

// toChat is a message in a line of its own.
func toChat(key, route string, chat int64) outbox.Message {
	m := message(key, route)
	m.Chat = chat
	return m
}

func aMessageIsClaimedOnceUntilItIsSettled(t *testing.T, s *store.Store) {
	m := message("k1", "s1")
	m.Buttons = [][]outbox.Button{{{Text: "why", Action: "why:1"}}}
	enqueue(t, s, m, m)
	enqueue(t, s, m)
	claimed := wantKeys(t, s, noon, "k1")
	if diff := cmp.Diff([]outbox.Held{{Message: m, Attempt: 1}}, claimed[0].Messages); diff != "" {
		t.Errorf("claimed (-want +got):\n%s", diff)
	}
	wantKeys(t, s, noon)
	settle(t, s, sent(claimed[0], 99))
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
	got := wantKeys(t, s, end, "k1")
	if m := got[0].First(); !m.Uncertain || m.Attempt != 2 {
		t.Errorf("claimed again as %+v, want attempt 2, uncertain", m)
	}
	settle(t, s, waiting(got[0], end+10, "flood"))
	if m := wantKeys(t, s, end+10, "k1")[0].First(); !m.Uncertain || m.Attempt != 3 {
		t.Errorf("claimed a third time as %+v, want attempt 3, still uncertain", m)
	}
}

func aMessageThatWaitsComesBackAtItsTime(t *testing.T, s *store.Store) {
	later := toChat("later", "s1", 8)
	later.Due = noon + 500
	enqueue(t, s, message("retry", "s1"), later)
	x := waiting(wantKeys(t, s, noon, "retry")[0], noon+700, "flood")
	x.Failures = 3
	settle(t, s, x)
	settle(t, s, x)
	wantKeys(t, s, noon+499)
	wantKeys(t, s, noon+699, "later")
	if m := wantKeys(t, s, noon+700, "retry")[0].First(); m.Attempt != 2 || m.Uncertain || m.Failures != 3 {
		t.Errorf("claimed again as %+v, want attempt 2, certain, 3 failures", m)
	}
	wantKeys(t, s, noon+701)
	if b := must[store.Backlog](t)(s.Backlog(t.Context())); b.Waiting != 2 || b.Lines[outbox.LaneAlert] != 2 {
		t.Errorf("backlog %+v, want 2 waiting", b)
	}
}

// aSettlementSaidAgainDoesNotEndTheNextLease is what a worker does that heard no answer: meanwhile another has the message.
func aSettlementSaidAgainDoesNotEndTheNextLease(t *testing.T, s *store.Store) {
	enqueue(t, s, message("k1", "s1"))
	x := waiting(wantKeys(t, s, noon, "k1")[0], noon+10, "flood")
	settle(t, s, x)
	wantKeys(t, s, noon+11, "k1")
	settle(t, s, x)
	wantKeys(t, s, noon+12)
}

// aMessageHandedBackAtOnceIsClaimedAtOnce uses one instant for everything, as within one millisecond.
func aMessageHandedBackAtOnceIsClaimedAtOnce(t *testing.T, s *store.Store) {
	enqueue(t, s, message("k1", "s1"))
	for range 3 {
		got := wantKeys(t, s, noon, "k1")
		if got[0].First().Uncertain {
			t.Error("what was handed back is uncertain")
		}
		settle(t, s, waiting(got[0], noon, "stopped"))
	}
}

func aMessageFollowsItsGroupAndRemembersDoubt(t *testing.T, s *store.Store) {
	enqueue(t, s, message("k1", "s1"))
	x := waiting(wantKeys(t, s, noon, "k1")[0], noon+10, "moved")
	x.Chat = -1001
	settle(t, s, x)
	got := wantKeys(t, s, noon+10, "k1")
	if m := got[0].First(); m.Chat != -1001 || m.Doubts != 0 {
		t.Errorf("claimed %+v, want chat -1001 and no doubt", m)
	}
	x = waiting(got[0], noon+20, "timeout")
	x.Doubts = 1
	settle(t, s, x)
	if m := wantKeys(t, s, noon+20, "k1")[0].First(); m.Chat != -1001 || m.Doubts != 1 || m.Uncertain {
		t.Errorf("claimed %+v, want chat -1001 still, and the doubt", m)
	}
}

func whatFailedStaysSoUntilAnOperatorSaysOtherwise(t *testing.T, s *store.Store) {
	enqueue(t, s, message("k1", "s1"), toChat("k2", "s1", 8))
	got := wantKeys(t, s, noon, "k1", "k2")
	settle(t, s, outbox.Settlement{Claimed: got[0], State: outbox.Failed, Reason: "blocked"})
	settle(t, s, waiting(got[0], noon+1, "flood"))
	settle(t, s, outbox.Settlement{Claimed: got[1], State: outbox.Doubtful, Reason: "unknown"})
	enqueue(t, s, message("k1", "s1"))
	wantKeys(t, s, noon+1_000_000)
	var states []string
	for _, l := range must[[]store.Letter](t)(s.Letters(t.Context(), store.LetterQuery{Limit: 10})) {
		states = append(states, l.Key+" "+l.State.String()+" "+l.Reason)
	}
	if diff := cmp.Diff([]string{"k1 failed blocked", "k2 unknown unknown"}, states); diff != "" {
		t.Errorf("letters (-want +got):\n%s", diff)
	}
	for range 2 {
		must[bool](t)(s.RetryLetter(t.Context(), noon+5, "s1", "k1"))
	}
	again := wantKeys(t, s, noon+1_000_000, "k1")
	if m := again[0].First(); !m.Retried || m.Doubts != 0 {
		t.Errorf("tried again as %+v", m)
	}
	settle(t, s, sent(again[0], 7))
	if got := must[bool](t)(s.RetryLetter(t.Context(), noon+5, "s1", "k1")); got {
		t.Error("what was sent is tried again")
	}
	if !must[bool](t)(s.DropLetter(t.Context(), "s1", "k2")) {
		t.Error("nothing was dropped")
	}
	if left := must[[]store.Letter](t)(s.Letters(t.Context(), store.LetterQuery{Limit: 10})); len(left) != 0 {
		t.Errorf("letters left: %+v", left)
	}
}

// aLineGoesOutInOrderOneAtATime is what keeps a chat's messages in order over any number of workers.
func aLineGoesOutInOrderOneAtATime(t *testing.T, s *store.Store) {
	var want []string
	var list []outbox.Message
	for i := range 120 {
		list = append(list, message(fmt.Sprint("k", 1000-i), "s1"))
		want = append(want, list[i].Key)
	}
	enqueue(t, s, list...)
	for i, key := range want[:50] {
		got := wantKeys(t, s, noon, key)
		wantKeys(t, s, noon)
		if i%10 == 5 { // one that has to be tried again keeps the others waiting
			settle(t, s, waiting(got[0], noon, "network"))
			got = wantKeys(t, s, noon, key)
		}
		settle(t, s, sent(got[0], i+1))
	}
}

func oneChatsFloodHoldsUpNobodyElse(t *testing.T, s *store.Store) {
	var list []outbox.Message
	for i := range 300 {
		list = append(list, message(fmt.Sprint("flood", i), "s1"))
	}
	enqueue(t, s, append(list, toChat("other chat", "s1", 8), message("other shop", "s2"))...)
	keys, _ := claim(t, s, noon)
	slices.Sort(keys)
	if diff := cmp.Diff([]string{"flood0", "other chat", "other shop"}, keys); diff != "" {
		t.Errorf("claimed (-want +got):\n%s", diff)
	}
}

func anEarlierLaneGoesFirst(t *testing.T, s *store.Store) {
	var list []outbox.Message
	for i, kind := range []string{outbox.Export, outbox.Scorecard, outbox.Warning, outbox.Reply, outbox.Violation} {
		m := toChat(kind, "s1", int64(i+1))
		m.Kind = kind
		list = append(list, m)
	}
	enqueue(t, s, list...)
	wantKeys(t, s, noon, outbox.Violation, outbox.Reply, outbox.Warning, outbox.Scorecard, outbox.Export)
}

func anEditKnowsWhatItEdits(t *testing.T, s *store.Store) {
	edit := message("edit", "s1")
	edit.EditOf = "first"
	enqueue(t, s, message("first", "s1"))
	first := wantKeys(t, s, noon, "first")
	edit.Chat = 8 // in a line of its own, which would not wait for the other
	enqueue(t, s, edit)
	wantKeys(t, s, noon+10) // the first is on its way: nobody knows its id yet
	settle(t, s, sent(first[0], 42))
	got := wantKeys(t, s, noon+2000, "edit")
	if got[0].Target.ID != 42 || got[0].First().Attempt != 1 {
		t.Errorf("claimed %+v, want target 42 on attempt 1", got[0])
	}
	settle(t, s, sent(got[0], 43)) // it could not be edited and was sent anew
	answer := message("answer", "s1")
	answer.ReplyOf = "first"
	enqueue(t, s, answer)
	if got := wantKeys(t, s, noon+2000, "answer"); got[0].Target.ID != 43 {
		t.Errorf("answers message %d, want 43", got[0].Target.ID)
	}
	never := toChat("edit of nothing", "s1", 9)
	never.EditOf = "unknown"
	enqueue(t, s, never)
	if got := wantKeys(t, s, noon+2000, never.Key); got[0].Target.ID != 0 {
		t.Errorf("target %d, want 0", got[0].Target.ID)
	}
}

// editsOfOneMessageStayInOrder is a message whose edits are told while it is on its way: the last word must be the last.
func editsOfOneMessageStayInOrder(t *testing.T, s *store.Store) {
	at := func(key string, created rules.Instant) outbox.Message {
		m := toChat(key, "s1", 8)
		m.EditOf, m.Created = "alert", created
		return m
	}
	alert := message("alert", "s1")
	alert.Due = noon + 60_000
	enqueue(t, s, alert, at("z1", noon), at("y2", noon+1))
	wantKeys(t, s, noon+10)
	enqueue(t, s, at("x3", noon+20))
	got := wantKeys(t, s, noon+60_000, "alert")
	enqueue(t, s, at("w4", noon+60_500))
	settle(t, s, sent(got[0], 5))
	for _, key := range []string{"z1", "y2", "x3", "w4"} {
		settle(t, s, sent(wantKeys(t, s, noon+60_600, key)[0], 5))
	}
}

func folded(key string) outbox.Message {
	m := message(key, "s1")
	m.Fold = &outbox.Fold{Group: "g", Row: key, Calm: 60_000}
	return m
}

func messagesOfAGroupGoOutAsOneAndAreEditedAsOne(t *testing.T, s *store.Store) {
	enqueue(t, s, folded("a"), message("alone", "s1"), folded("b"), folded("c"))
	got := wantKeys(t, s, noon, "a", "b", "c")
	x := sent(got[0], 5)
	for _, m := range got[0].Messages {
		x.Parts = append(x.Parts, outbox.Part{Key: m.Key, Fold: *m.Fold})
	}
	settle(t, s, x)
	settle(t, s, x)
	settle(t, s, sent(wantKeys(t, s, noon, "alone")[0], 6))
	edit := folded("edit of b")
	edit.EditOf = "b"
	enqueue(t, s, edit, folded("d"))
	got = wantKeys(t, s, noon+1, "edit of b")
	if diff := cmp.Diff(outbox.Target{ID: 5, Key: "bundle/" + x.Claim, Parts: x.Parts}, got[0].Target); diff != "" {
		t.Errorf("target (-want +got):\n%s", diff)
	}
	y := sent(got[0], 5)
	y.Parts = slices.Clone(x.Parts)
	y.Parts[1].Fold.Row = "b, done"
	settle(t, s, y)
	got = wantKeys(t, s, noon+1, "d")
	if got[0].Since != noon {
		t.Errorf("the last of the group was sent at %d, want noon", got[0].Since)
	}
	z := waiting(got[0], noon+60_000, "calm")
	z.Move = true
	settle(t, s, z)
	edit.Key, edit.EditOf = "edit of c", "c"
	enqueue(t, s, edit, message("not held up", "s1"))
	if got = wantKeys(t, s, noon+1, "edit of c"); len(got[0].Target.Parts) != 3 || got[0].Target.Parts[1].Fold.Row != "b, done" {
		t.Errorf("target %+v, want the row of b as it was edited", got[0].Target)
	}
	settle(t, s, sent(got[0], 5))
	settle(t, s, sent(wantKeys(t, s, noon+1, "not held up")[0], 8))
	wantKeys(t, s, noon+60_000, "d")
}

// whatWasLeftOutOfABundleHasNoMessage is a promise that was kept overnight: its alert is left out of the morning's, and the
// news that it is done must not be written over what went out instead.
func whatWasLeftOutOfABundleHasNoMessage(t *testing.T, s *store.Store) {
	for _, kept := range [][]string{{"b"}, {"b", "c"}} {
		name := func(key string) string { return fmt.Sprint(key, len(kept)) }
		list := []outbox.Message{folded(name("a"))}
		for _, key := range kept {
			list = append(list, folded(name(key)))
		}
		for i := range list {
			list[i].Fold.Group, list[i].Fold.Calm = name("g"), 0
		}
		enqueue(t, s, list...)
		_, got := claim(t, s, noon)
		x := sent(got[0], 5)
		x.Dropped = []string{name("a")}
		if len(kept) > 1 {
			for _, key := range kept {
				x.Parts = append(x.Parts, outbox.Part{Key: name(key)})
			}
		}
		settle(t, s, x)
		settle(t, s, x)
		b := outbox.Target{ID: 5, Key: name("b"), Parts: x.Parts}
		if len(kept) > 1 {
			b.Key = "bundle/" + x.Claim
		}
		for key, want := range map[string]outbox.Target{"a": {Key: name("a")}, "b": b} {
			edit := folded("edit of " + name(key))
			edit.EditOf = name(key)
			enqueue(t, s, edit)
			got := wantKeys(t, s, noon, edit.Key)
			if diff := cmp.Diff(want, got[0].Target); diff != "" {
				t.Errorf("%s edits (-want +got):\n%s", edit.Key, diff)
			}
			settle(t, s, outbox.Settlement{Claimed: got[0], State: outbox.Withdrawn, Reason: outbox.ReasonNoTarget})
		}
	}
}

func whatRangIsCountedAndWhatWasSparedToo(t *testing.T, s *store.Store) {
	day := rules.DateOf(noon, time.UTC)
	for i, x := range []outbox.State{outbox.Sent, outbox.Sent, outbox.Withdrawn} {
		m := message(fmt.Sprint("n", i), "s1")
		m.Noise, m.Follow = &outbox.Noise{Day: day, Budget: 2}, &outbox.Follow{Alarm: m.Key, In: 1000}
		enqueue(t, s, m)
		got := wantKeys(t, s, noon, m.Key)
		if got[0].Rang != i {
			t.Errorf("%d rang before, want %d", got[0].Rang, i)
		}
		for range 2 {
			settle(t, s, outbox.Settlement{Claimed: got[0], State: x, MessageID: i + 1, Reason: map[bool]string{true: outbox.ReasonBudget}[x == outbox.Withdrawn]})
		}
	}
	got := must[map[int64]outbox.NoiseCount](t)(s.Noise(t.Context(), "s1", day))
	if diff := cmp.Diff(map[int64]outbox.NoiseCount{7: {Rang: 2, Spared: 1}}, got); diff != "" {
		t.Errorf("noise (-want +got):\n%s", diff)
	}
	due := must[[]alarm.Due](t)(s.DueAlarms(t.Context(), noon+100_000, 10))
	if len(due) != 3 {
		t.Errorf("%d alarms begin, want that of the message that only was counted too: %v", len(due), due)
	}
}

func whatIsWithdrawnIsNotSent(t *testing.T, s *store.Store) {
	shop := saved(t, s, "s1")
	commit(t, s, sla.ShopWrite{Shop: shop, Messages: []outbox.Message{toChat("waits", shop, 1), toChat("leased", shop, 2), toChat("sent", shop, 3)}})
	got := wantKeys(t, s, noon, "waits", "leased", "sent")
	settle(t, s, waiting(got[0], noon+10, "flood"))
	settle(t, s, sent(got[2], 5))
	commit(t, s, sla.ShopWrite{Shop: shop, Withdraw: []string{"waits", "leased", "sent", "unknown"}})
	wantKeys(t, s, noon+20)
	settle(t, s, waiting(got[1], noon+30, "flood"))
	wantKeys(t, s, noon+1_000_000)
	edit := message("edit", shop)
	edit.EditOf = "sent"
	enqueue(t, s, edit)
	if got := wantKeys(t, s, noon, "edit"); got[0].Target.ID != 5 {
		t.Errorf("target %d, want 5: what was sent cannot be withdrawn", got[0].Target.ID)
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
	settle(t, s, sent(wantKeys(t, s, noon, "k1")[0], 99))
	mark := keysWith(t, s, ":msg:")[0]
	if got := must[string](t)(store.Client(s).ObjectEncoding(t.Context(), mark).Result()); got != "listpack" {
		t.Errorf("the mark is a %s, want a listpack", got)
	}
	if left := keysWith(t, s, ":lane"); len(left) != 0 {
		t.Errorf("a line that is empty leaves %v", left)
	}
}

func aShelvedMessageIsEditedAndItsKeyIsFreeAgain(t *testing.T, s *store.Store) {
	shop := saved(t, s, "s1")
	both := []outbox.Message{toChat("sent", shop, 1), toChat("waits", shop, 2)}
	commit(t, s, sla.ShopWrite{Shop: shop, Messages: both})
	got := wantKeys(t, s, noon, "sent", "waits")
	settle(t, s, sent(got[0], 77))
	settle(t, s, waiting(got[1], noon+10, "flood"))
	edit := message("retract/sent#1", shop)
	edit.EditOf = "sent#1"
	commit(t, s, sla.ShopWrite{Shop: shop, Messages: []outbox.Message{edit}, Shelve: map[string]string{"sent": "sent#1", "waits": "waits#1", "unknown": "unknown#1"}})
	got = wantKeys(t, s, noon+20, edit.Key)
	if got[0].Target.ID != 77 {
		t.Errorf("the correction edits message %d, want 77", got[0].Target.ID)
	}
	settle(t, s, sent(got[0], 77))
	commit(t, s, sla.ShopWrite{Shop: shop, Messages: both})
	wantKeys(t, s, noon+30, "sent", "waits")
}

// messagesOfAnOlderVersionAreAdoptedOnce takes the lines away, as they were missing before there were any.
func messagesOfAnOlderVersionAreAdoptedOnce(t *testing.T, s *store.Store) {
	enqueue(t, s, message("a", "s1"), message("b", "s1"), toChat("c", "s2", 8), toChat("sent", "s2", 9))
	settle(t, s, sent(wantKeys(t, s, noon, "a", "c", "sent")[2], 5))
	for _, key := range keysWith(t, s, ":lane") {
		ok(t, store.Client(s).Del(t.Context(), key).Err())
	}
	for _, key := range keysWith(t, s, ":held") {
		ok(t, store.Client(s).Del(t.Context(), key).Err())
	}
	wantKeys(t, s, noon+1_000_000)
	for _, want := range []int{3, 0} {
		if n := must[int](t)(s.Adopt(t.Context())); n != want {
			t.Errorf("adopted %d, want %d", n, want)
		}
	}
	got := wantKeys(t, s, noon+1_000_000, "a", "c")
	if !got[0].First().Uncertain {
		t.Error("what was under lease is certain")
	}
}

// aShelvedMessageOfABundleIsEditedInItsRow is a violation that is taken back after it went out with others, as the first of
// them or not, or while a worker has it in hand.
func aShelvedMessageOfABundleIsEditedInItsRow(t *testing.T, s *store.Store) {
	shop := saved(t, s, "s1")
	for i, inHand := range []bool{false, true} {
		lead, other := fmt.Sprint("lead", i), fmt.Sprint("other", i)
		bundle := []outbox.Message{folded(lead), folded(other)}
		for j := range bundle {
			bundle[j].Fold.Calm, bundle[j].Fold.Group = 0, lead
		}
		commit(t, s, sla.ShopWrite{Shop: shop, Messages: bundle})
		x := sent(wantKeys(t, s, noon, lead, other)[0], 5)
		x.Parts = []outbox.Part{{Key: lead}, {Key: other}}
		if !inHand {
			settle(t, s, x)
		}
		back := toChat("retract/"+lead+"#1", shop, 8)
		back.EditOf = lead + "#1"
		commit(t, s, sla.ShopWrite{Shop: shop, Messages: []outbox.Message{back}, Shelve: map[string]string{lead: lead + "#1"}})
		if inHand {
			wantKeys(t, s, noon)
			settle(t, s, x)
			settle(t, s, x)
		}
		target := outbox.Target{ID: 5, Key: "bundle/" + x.Claim, Parts: x.Parts}
		got := wantKeys(t, s, noon+2000, back.Key)
		if diff := cmp.Diff(target, got[0].Target); diff != "" {
			t.Errorf("the correction edits (-want +got):\n%s", diff)
		}
		settle(t, s, sent(got[0], 5))
		edit := toChat("edit of "+other, shop, 8)
		edit.EditOf = other
		enqueue(t, s, edit)
		got = wantKeys(t, s, noon+2000, edit.Key)
		if diff := cmp.Diff(target, got[0].Target); diff != "" {
			t.Errorf("an edit of the other edits (-want +got):\n%s", diff)
		}
		settle(t, s, sent(got[0], 5))
		commit(t, s, sla.ShopWrite{Shop: shop, Messages: bundle[:1]})
		settle(t, s, sent(wantKeys(t, s, noon, lead)[0], 6))
	}
}

// aMessageShelvedInHandIsCorrectedOrNotSent is one whose attempt fails after it was taken back, or ends without a word.
func aMessageShelvedInHandIsCorrectedOrNotSent(t *testing.T, s *store.Store) {
	shop := saved(t, s, "s1")
	for _, key := range []string{"failed", "killed"} {
		commit(t, s, sla.ShopWrite{Shop: shop, Messages: []outbox.Message{message(key, shop)}})
		x := waiting(wantKeys(t, s, noon, key)[0], noon+10, "flood")
		back := toChat("retract/"+key+"#1", shop, 8)
		back.EditOf = key + "#1"
		commit(t, s, sla.ShopWrite{Shop: shop, Messages: []outbox.Message{back}, Shelve: map[string]string{key: key + "#1"}})
		wantKeys(t, s, noon)
		if key == "failed" {
			settle(t, s, x)
		}
		claim(t, s, noon+1_000_000) // of the one that was killed the lease is over
		got := wantKeys(t, s, noon+2_000_000, back.Key)
		if got[0].Target.ID != 0 {
			t.Errorf("%s: the correction edits %d, want nothing", key, got[0].Target.ID)
		}
		settle(t, s, outbox.Settlement{Claimed: got[0], State: outbox.Withdrawn, Reason: outbox.ReasonNoTarget})
		commit(t, s, sla.ShopWrite{Shop: shop, Messages: []outbox.Message{message(key, shop)}})
		settle(t, s, sent(wantKeys(t, s, noon, key)[0], 6))
	}
}
