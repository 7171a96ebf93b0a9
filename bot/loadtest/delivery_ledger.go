package main

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"sync"
	"time"

	"shopwarden/bot/outbox"
	"shopwarden/bot/telegram/telegramtest"
)

// tag is how a message is recognised at the server, in its last line. It survives being marked, folded and stripped of tags.
func tag(id int) string { return fmt.Sprintf("#m%d", id) }

var tags = regexp.MustCompile(`#m(\d+)\b`)

// tagged are the messages a text holds.
func tagged(text string) (ids []int) {
	for _, found := range tags.FindAllStringSubmatch(text, -1) {
		if id, err := strconv.Atoi(found[1]); err == nil {
			ids = append(ids, id)
		}
	}
	return ids
}

// entry is one message and what the server saw of it.
type entry struct {
	letter
	committed time.Time // of the run; 0 while it is being queued
	arrived   []arrival
	doubt     bool // a call with it was swallowed: nobody but the server knows that nothing happened
}

// arrival is one time a message showed in its chat.
type arrival struct {
	at   time.Time // of the run
	real time.Time // of the machine
	by   *replica
	lost bool // the sender never got the answer
}

// ledger knows every message of a run and what the server saw of it. It is safe for concurrent use.
type ledger struct {
	mu       sync.Mutex
	entries  []entry
	missing  map[string]int // by kind, how many have not arrived
	accepted []time.Time    // of the run, each message the server took
	calls    int
	wrong    int // calls that were made to go wrong
	floods   int // 429 because of a limit, not because of a fault
}

func newLedger() *ledger { return &ledger{missing: map[string]int{}} }

// enter adds letters and returns the id of the first.
func (l *ledger) enter(letters []letter) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	first := len(l.entries)
	for _, one := range letters {
		l.entries = append(l.entries, entry{letter: one})
		l.missing[one.kind]++
	}
	return first
}

// committed notes when n letters from first on were on the queue.
func (l *ledger) committed(first, n int, at time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range n {
		l.entries[first+i].committed = at
	}
}

// observe is told of every call of the Bot API.
func (l *ledger) observe(ctx context.Context, c telegramtest.Call) {
	ids, now := tagged(c.Text), time.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.calls++
	if c.Fault != 0 {
		l.wrong++
	} else if c.Code == 429 {
		l.floods++
	}
	if c.Handled && len(ids) > 0 {
		l.accepted = append(l.accepted, c.At)
	}
	for _, id := range ids {
		if id >= len(l.entries) {
			continue
		}
		e := &l.entries[id]
		switch {
		case c.Handled:
			if len(e.arrived) == 0 {
				l.missing[e.kind]--
			}
			e.arrived = append(e.arrived, arrival{c.At, now, replicaOf(ctx), c.Fault == telegramtest.FaultLostReply})
		case c.Fault == telegramtest.FaultHang || c.Fault == telegramtest.FaultDrop:
			e.doubt = true
		}
	}
}

// absent is how many messages have not arrived: of the kinds, or of all without one.
func (l *ledger) absent(kinds ...string) (n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for kind, missing := range l.missing {
		if len(kinds) == 0 || slices.Contains(kinds, kind) {
			n += missing
		}
	}
	return n
}

// seen is a number that grows with every call.
func (l *ledger) seen() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.calls
}

// The rest is for after the run.

// rate is how many messages a second of the run the server took, from when it had a twentieth of them until it had all but
// a twentieth, and 0 for a handful.
func (l *ledger) rate() float64 {
	times := slices.SortedFunc(slices.Values(l.accepted), time.Time.Compare)
	edge := len(times) / 20
	if edge == 0 {
		return 0
	}
	from, to := times[edge], times[len(times)-1-edge]
	return float64(len(times)-1-2*edge) / max(to.Sub(from).Seconds(), 1e-3)
}

// delays are how long alerts took from commit to arrival, in order of length.
func (l *ledger) delays() (list []time.Duration) {
	for _, e := range l.entries {
		if e.kind != outbox.Scorecard && len(e.arrived) > 0 {
			list = append(list, max(e.arrived[0].at.Sub(e.committed), 0))
		}
	}
	slices.Sort(list)
	return list
}

// killWindow is how long before its end a process may have had an answer and no record of it: some milliseconds of Redis,
// and room for a machine that is busy.
const killWindow = 500 * time.Millisecond

// repeats counts the arrivals after the first: those for which there was a reason, and those without. A reason is that the
// answer to the one before was lost, and that its process was killed before it could record it. The first is none for a
// digest, which is not sent again when in doubt.
func (e entry) repeats() (reason, none int) {
	for i := 1; i < len(e.arrived); i++ {
		last := e.arrived[i-1]
		killed := last.by != nil && !last.by.killed.IsZero() && last.real.After(last.by.killed.Add(-killWindow))
		if killed || last.lost && e.kind != outbox.Scorecard {
			reason++
		} else {
			none++
		}
	}
	return reason, none
}

// verdict is what became of all messages.
type verdict struct {
	alertsMissing, digestsMissing int
	inDoubt                       int // digests that did not arrive after a call that nobody answered
	repeated, repeatedForNothing  int
	overtook                      int // alerts that arrived before an earlier one of their shop and chat
}

func (l *ledger) verdict() (v verdict) {
	latest := map[letter]time.Time{}
	for _, e := range l.entries {
		reason, none := e.repeats()
		v.repeated += reason
		v.repeatedForNothing += none
		digest := e.kind == outbox.Scorecard
		switch {
		case len(e.arrived) > 0:
		case !digest:
			v.alertsMissing++
		case e.doubt:
			v.inDoubt++
		default:
			v.digestsMissing++
		}
		if digest || len(e.arrived) == 0 {
			continue
		}
		line := letter{shop: e.shop, chat: e.chat}
		if first := e.arrived[0].at; first.Before(latest[line]) {
			v.overtook++
		} else {
			latest[line] = first
		}
	}
	return v
}
