package main

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"shopwarden/bot/outbox"
	"shopwarden/bot/telegram/telegramtest"
)

func TestAScaledClockIsTheSameInEveryProcess(t *testing.T) {
	c := newClock(20)
	other := clock{time.Unix(0, c.origin.UnixNano()), 20}
	then := time.Now().Add(3 * time.Second)
	if got := c.at(then.Add(time.Second)).Sub(c.at(then)); got != 20*time.Second {
		t.Errorf("a second of the machine is %v", got)
	}
	if a, b := c.at(then), other.at(then); !a.Equal(b) {
		t.Errorf("it is %v here and %v there", a, b)
	}
	if got := c.real(time.Minute); got != 3*time.Second {
		t.Errorf("a minute takes %v", got)
	}
}

func TestTagsAreFoundWhateverBecameOfTheText(t *testing.T) {
	for text, want := range map[string][]int{
		"<b>late</b>\n#m17":                         {17},
		"may have come before\nlate\n#m17\n":        {17},
		"3 orders late\n#m1 a\n#m20 b\n#m300":       {1, 20, 300},
		"#m5x #monday 17":                           nil,
		"#m99999999999999999999":                    nil,
		compose(outbox.Breach, 42, 7, 1000, 0).HTML: {42},
		compose(outbox.Scorecard, 0, 7, -1, 0).HTML: {0},
		"#m" + fmt.Sprint(7) + "</i>":               {7},
	} {
		if diff := cmp.Diff(want, tagged(text)); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	}
}

// book is a ledger with one message of a kind, and helpers to write its story.
type book struct {
	*ledger
	at time.Time
}

func newBook(kinds ...string) *book {
	b := &book{newLedger(), time.Now()}
	var letters []letter
	for _, k := range kinds {
		letters = append(letters, letter{k, 1, 1})
	}
	b.enter(letters)
	b.committed(0, len(letters), b.at)
	return b
}

// call has a replica call for a message.
func (b *book) call(r *replica, id int, fault telegramtest.FaultKind) *book {
	ctx := context.WithValue(context.Background(), replicaKey{}, r)
	b.at = b.at.Add(time.Second)
	handled := fault == 0 || fault == telegramtest.FaultLostReply
	b.observe(ctx, telegramtest.Call{Method: "sendmessage", Text: tag(id), At: b.at, Fault: fault, Handled: handled})
	return b
}

func TestDuplicatesCountByWhetherThereWasAReason(t *testing.T) {
	alive, dead, longDead := &replica{}, &replica{killed: time.Now()}, &replica{killed: time.Now().Add(time.Minute)}
	const lost, ok = telegramtest.FaultLostReply, telegramtest.FaultKind(0)
	for name, tt := range map[string]struct {
		kind  string
		calls func(*book)
		want  verdict
	}{
		"once":                         {outbox.Breach, func(b *book) { b.call(alive, 0, ok) }, verdict{}},
		"never":                        {outbox.Breach, func(*book) {}, verdict{alertsMissing: 1}},
		"hung, then once":              {outbox.Breach, func(b *book) { b.call(alive, 0, telegramtest.FaultHang).call(alive, 0, ok) }, verdict{}},
		"after a lost reply":           {outbox.Breach, func(b *book) { b.call(alive, 0, lost).call(alive, 0, ok) }, verdict{repeated: 1}},
		"after a kill":                 {outbox.Breach, func(b *book) { b.call(dead, 0, ok).call(alive, 0, ok) }, verdict{repeated: 1}},
		"long before a kill":           {outbox.Breach, func(b *book) { b.call(longDead, 0, ok).call(alive, 0, ok) }, verdict{repeatedForNothing: 1}},
		"for nothing":                  {outbox.Breach, func(b *book) { b.call(alive, 0, ok).call(alive, 0, ok) }, verdict{repeatedForNothing: 1}},
		"a second time for nothing":    {outbox.Breach, func(b *book) { b.call(alive, 0, lost).call(alive, 0, ok).call(alive, 0, ok) }, verdict{repeated: 1, repeatedForNothing: 1}},
		"a digest never":               {outbox.Scorecard, func(*book) {}, verdict{digestsMissing: 1}},
		"a digest refused":             {outbox.Scorecard, func(b *book) { b.call(alive, 0, telegramtest.FaultHTML) }, verdict{digestsMissing: 1}},
		"a digest hung":                {outbox.Scorecard, func(b *book) { b.call(alive, 0, telegramtest.FaultHang) }, verdict{inDoubt: 1}},
		"a digest cut off":             {outbox.Scorecard, func(b *book) { b.call(alive, 0, telegramtest.FaultDrop) }, verdict{inDoubt: 1}},
		"a digest with a lost reply":   {outbox.Scorecard, func(b *book) { b.call(alive, 0, lost) }, verdict{}},
		"a digest again when in doubt": {outbox.Scorecard, func(b *book) { b.call(alive, 0, lost).call(alive, 0, ok) }, verdict{repeatedForNothing: 1}},
		"a digest after a kill":        {outbox.Scorecard, func(b *book) { b.call(dead, 0, ok).call(alive, 0, ok) }, verdict{repeated: 1}},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBook(tt.kind)
			tt.calls(b)
			if diff := cmp.Diff(tt.want, b.verdict(), cmp.AllowUnexported(verdict{})); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAnAlertThatCameBeforeAnEarlierOneOvertookIt(t *testing.T) {
	for _, tt := range []struct {
		order []int
		want  int
	}{{[]int{0, 1, 2}, 0}, {[]int{0, 2, 1}, 1}, {[]int{2, 0, 1}, 1}, {[]int{2, 1, 0}, 2}} {
		b := newBook(outbox.Breach, outbox.Violation, outbox.Breach, outbox.Scorecard)
		for _, id := range append([]int{3}, tt.order...) { // a digest may be anywhere
			b.call(nil, id, 0)
		}
		if got := b.verdict().overtook; got != tt.want {
			t.Errorf("%v: %d overtook, want %d", tt.order, got, tt.want)
		}
	}
}

func TestWhatIsAbsentIsCountedByKind(t *testing.T) {
	b := newBook(outbox.Breach, outbox.Scorecard, outbox.Scorecard)
	b.call(nil, 1, 0).call(nil, 1, 0).call(nil, 2, telegramtest.FaultHTML)
	if all, digests := b.absent(), b.absent(outbox.Scorecard); all != 2 || digests != 1 {
		t.Errorf("%d are absent, %d of them digests", all, digests)
	}
}

func TestA429OfTheMixIsNoFlood(t *testing.T) {
	l := newLedger()
	l.observe(t.Context(), telegramtest.Call{Code: 429, Fault: telegramtest.FaultError})
	l.observe(t.Context(), telegramtest.Call{Code: 429})
	l.observe(t.Context(), telegramtest.Call{Handled: true})
	if l.floods != 1 || l.wrong != 1 || l.calls != 3 {
		t.Errorf("%d floods and %d gone wrong of %d calls", l.floods, l.wrong, l.calls)
	}
}

func TestTheRateLeavesOutBeginningAndEnd(t *testing.T) {
	l := newLedger()
	for i := range 1000 { // 25 a second, after a slow start and before a slow end
		at := base.Add(time.Duration(i) * 40 * time.Millisecond)
		switch {
		case i < 20:
			at = at.Add(-time.Minute)
		case i >= 980:
			at = at.Add(time.Minute)
		}
		l.accepted = append(l.accepted, at)
	}
	if got := l.rate(); got < 24.9 || got > 25.1 {
		t.Errorf("%v a second", got)
	}
	if got := newLedger().rate(); got != 0 {
		t.Errorf("%v a second of nothing", got)
	}
}

func TestDelaysAreOfAlertsAndFromTheirCommit(t *testing.T) {
	b := newBook(outbox.Breach, outbox.Scorecard, outbox.Violation, outbox.Breach)
	b.call(nil, 0, 0).call(nil, 1, 0).call(nil, 2, 0)
	if diff := cmp.Diff([]time.Duration{time.Second, 3 * time.Second}, b.delays()); diff != "" {
		t.Error(diff)
	}
	if got := quantile(b.delays(), 0.99); got != 3*time.Second {
		t.Errorf("p99 %v", got)
	}
	if got := quantile(nil, 0.99); got != 0 {
		t.Errorf("p99 of nothing %v", got)
	}
}

func TestThePeakIsReadFromProc(t *testing.T) {
	if got, err := peakOf([]byte("Name:\tloadtest\nVmPeak:\t 1957456 kB\nVmHWM:\t   33972 kB\nVmRSS:\t   33020 kB\n")); err != nil || got != 33972<<10 {
		t.Errorf("got %d, %v", got, err)
	}
	if _, err := peakOf([]byte("Name:\tloadtest\n")); !errors.Is(err, errNoPeak) {
		t.Errorf("got %v", err)
	}
}

func TestChatsUnderFaultsGetAlertsAndDigests(t *testing.T) {
	tg := telegramtest.New(telegramtest.Config{})
	defer tg.Close()
	chats := addChats(tg, 50)
	kinds, groups := map[letter]int{}, 0
	for _, l := range mixedLetters(chats, 400) {
		kinds[letter{kind: l.kind, chat: l.chat}]++
		if l.chat < 0 {
			groups++
		}
	}
	for _, chat := range chats {
		digests := kinds[letter{kind: outbox.Scorecard, chat: chat}]
		alerts := kinds[letter{kind: outbox.Breach, chat: chat}] + kinds[letter{kind: outbox.Violation, chat: chat}]
		if digests != 2 || alerts != 6 {
			t.Errorf("chat %d gets %d digests and %d alerts", chat, digests, alerts)
		}
	}
	if groups != 400/groupEvery {
		t.Errorf("%d messages are for groups", groups)
	}
}
