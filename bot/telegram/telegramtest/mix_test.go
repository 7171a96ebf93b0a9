package telegramtest_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"shopwarden/bot/telegram/telegramtest"
)

// harmless is every second call gone wrong, in the ways that nobody has to wait for.
var harmless = []telegramtest.FaultShare{
	{Fault: telegramtest.Fault{Code: http.StatusTooManyRequests, RetryAfter: 1}, Share: 0.1},
	{Fault: telegramtest.Fault{}, Share: 0.2},
	{Fault: telegramtest.Fault{Kind: telegramtest.FaultHTML}, Share: 0.2},
}

// answers are the statuses of n calls in a row.
func answers(t *testing.T, s *telegramtest.Server, n int) (codes []int) {
	t.Helper()
	chat := int(s.AddPrivateChat(telegramtest.User{ID: 7, FirstName: "Owner"}))
	for range n {
		w := httptest.NewRecorder()
		s.ServeHTTP(w, sending(s, chat, "hello"))
		codes = append(codes, w.Code)
	}
	return codes
}

func TestAMixHasItsSharesAndIsTheSameForTheSameSeed(t *testing.T) {
	const calls = 4000
	byseed := map[uint64][]int{}
	for _, seed := range []uint64{1, 1, 2} {
		s := start(t, telegramtest.Config{})
		s.Mix(harmless, seed)
		got := answers(t, s, calls)
		if before, known := byseed[seed]; known && !cmp.Equal(before, got) {
			t.Errorf("seed %d gave two different mixes", seed)
		}
		byseed[seed] = got
	}
	if cmp.Equal(byseed[1], byseed[2]) {
		t.Error("two seeds gave the same mix")
	}
	counts := map[int]int{}
	for _, code := range byseed[1] {
		counts[code]++
	}
	for code, share := range map[int]float64{http.StatusTooManyRequests: 0.1, http.StatusInternalServerError: 0.2, http.StatusBadGateway: 0.2, http.StatusOK: 0.5} {
		if got := float64(counts[code]) / calls; got < share-0.03 || got > share+0.03 {
			t.Errorf("%d is %.3f of all answers, want %.1f", code, got, share)
		}
	}
}

func TestArmedFaultsComeBeforeTheMixAndClearingEndsBoth(t *testing.T) {
	s := start(t, telegramtest.Config{})
	s.Mix([]telegramtest.FaultShare{{Fault: telegramtest.Fault{Code: 503}, Share: 1}}, 1)
	s.FailNext("sendMessage", telegramtest.Fault{Code: 504}, 1)
	if diff := cmp.Diff([]int{504, 503, 503}, answers(t, s, 3)); diff != "" {
		t.Error(diff)
	}
	s.ClearFaults()
	if diff := cmp.Diff([]int{200, 200}, answers(t, s, 2)); diff != "" {
		t.Error(diff)
	}
}

// observer keeps what it was told.
type observer struct {
	mu    sync.Mutex
	calls []telegramtest.Call
	from  []any
}

type fromKey struct{}

func (o *observer) observe(ctx context.Context, c telegramtest.Call) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.calls, o.from = append(o.calls, c), append(o.from, ctx.Value(fromKey{}))
}

func (o *observer) heard() (calls []telegramtest.Call, from []any) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.calls, o.from
}

func TestTheObserverHearsWhatBecameOfEveryCall(t *testing.T) {
	o, c := &observer{}, newClock()
	s := newShop(t, telegramtest.Config{Observe: o.observe, Now: c.now, Limits: telegramtest.Limits{PerSecond: 2}})
	for _, fault := range []telegramtest.Fault{{Kind: telegramtest.FaultLostReply}, {Kind: telegramtest.FaultDrop}, {Code: 500}, {Kind: telegramtest.FaultHTML}} {
		s.FailNext("sendMessage", fault, 1)
	}
	for _, text := range []string{"lost", "dropped", "500", "502", "sent", "too many"} {
		_ = s.trySend(t.Context(), text) // most of them fail
	}
	said := func(text string, fault telegramtest.FaultKind, handled bool, code int) telegramtest.Call {
		return telegramtest.Call{Method: "sendmessage", ChatID: s.chat, Text: text, At: c.now(), Fault: fault, Handled: handled, Code: code}
	}
	want := []telegramtest.Call{
		said("lost", telegramtest.FaultLostReply, true, 0),
		said("dropped", telegramtest.FaultDrop, false, 0),
		said("500", telegramtest.FaultError, false, 500),
		said("502", telegramtest.FaultHTML, false, 502),
		said("sent", 0, true, 0),
		said("too many", 0, false, 429),
	}
	got, _ := o.heard()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestTheObserverHearsOfAHangBeforeTheCallerGivesUp(t *testing.T) {
	o := &observer{}
	s := newShop(t, telegramtest.Config{Observe: o.observe})
	s.FailNext("sendMessage", telegramtest.Fault{Kind: telegramtest.FaultHang}, 1)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_ = s.trySend(ctx, "hello") // it cannot succeed
	if got, _ := o.heard(); len(got) != 1 || got[0].Fault != telegramtest.FaultHang || got[0].Handled {
		t.Errorf("heard %+v", got)
	}
}

func TestTheObserverIsToldWhereACallCameIn(t *testing.T) {
	o := &observer{}
	s := start(t, telegramtest.Config{Observe: o.observe})
	r := sending(s, 7, "hello")
	s.ServeHTTP(httptest.NewRecorder(), r.WithContext(context.WithValue(r.Context(), fromKey{}, "the second replica")))
	_, from := o.heard()
	if diff := cmp.Diff([]any{"the second replica"}, from); diff != "" {
		t.Error(diff)
	}
}
