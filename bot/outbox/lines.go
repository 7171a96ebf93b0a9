package outbox

import (
	"slices"
	"time"

	"shopwarden/rules"
)

// lineKey names a line: what one chat is to get in one lane goes out in order, one at a time.
type lineKey struct {
	chat int64
	lane int
}

func keyOf(c Claimed) lineKey { return lineKey{c.Chat, laneOf(c.Kind)} }

// item is a claimed message that waits in its line.
type item struct {
	Claimed
	seq int       // order of arrival
	at  time.Time // when it was claimed
}

// line is the messages of one chat and lane that are claimed and not sent yet.
type line struct {
	items []*item
	busy  bool          // one is on its way
	until rules.Instant // an earlier message waits on the queue until then; others must not overtake it
	fails int           // attempts in a row that failed on the way
}

// lines are all lines of a worker. They are not safe for concurrent use.
type lines struct {
	byKey map[lineKey]*line
	size  int // items in all
	seq   int
}

func newLines() *lines { return &lines{byKey: map[lineKey]*line{}} }

func (l *lines) of(k lineKey) *line {
	ln := l.byKey[k]
	if ln == nil {
		ln = &line{}
		l.byKey[k] = ln
	}
	return ln
}

func (l *lines) push(c Claimed, now time.Time) {
	l.seq++
	l.size++
	ln := l.of(keyOf(c))
	ln.items = append(ln.items, &item{Claimed: c, seq: l.seq, at: now})
}

// pop takes the first message of a line that has one.
func (l *lines) pop(k lineKey) *item {
	ln := l.of(k)
	first := ln.items[0]
	ln.items = ln.items[1:]
	l.size--
	return first
}

// empty removes and returns all messages of a line, in order.
func (l *lines) empty(k lineKey) []*item {
	ln := l.of(k)
	items := ln.items
	ln.items = nil
	l.size -= len(items)
	return items
}

// best is the line to serve next: the first lane, and in it what came first. ready says whether a chat may get a message.
func (l *lines) best(ready func(chat int64) bool) (k lineKey, ok bool) {
	var seq int
	for key, ln := range l.byKey {
		if ln.busy || len(ln.items) == 0 || !ready(key.chat) {
			continue
		}
		first := ln.items[0].seq
		if !ok || key.lane < k.lane || key.lane == k.lane && first < seq {
			k, seq, ok = key, first, true
		}
	}
	return k, ok
}

// waiting lists the lines with messages none of which is on its way, in a stable order.
func (l *lines) waiting() []lineKey {
	var keys []lineKey
	for key, ln := range l.byKey {
		if !ln.busy && len(ln.items) > 0 {
			keys = append(keys, key)
		}
	}
	slices.SortFunc(keys, func(a, b lineKey) int { return l.byKey[a].items[0].seq - l.byKey[b].items[0].seq })
	return keys
}

// hold keeps the line shut until then, because messages of it wait on the queue. Whatever comes for the line meanwhile
// goes back until the same instant; of what is due the queue gives the oldest first, and so the order is kept.
func (ln *line) hold(until rules.Instant) { ln.until = max(ln.until, until) }

// note counts failures in a row. A flood says nothing about the way, nor does a group that moved.
func (ln *line) note(v Verdict) {
	switch v {
	case NotSent, Unknown:
		ln.fails++
	case Delivered, Refused:
		ln.fails = 0
	}
}

// memory is how long a line's failures are remembered after its message should have come back.
const memory = rules.Instant(10 * 60 * 1000)

// prune forgets lines with nothing in them, nothing ahead of them and nothing to remember.
func (l *lines) prune(now rules.Instant) {
	for key, ln := range l.byKey {
		if !ln.busy && len(ln.items) == 0 && ln.until <= now && (ln.fails == 0 || ln.until+memory <= now) {
			delete(l.byKey, key)
		}
	}
}
