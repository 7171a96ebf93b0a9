// Package outboxtest is an outbox.Queue in memory, for tests of what puts messages on a queue or takes them off.
//
// It keeps the contract to the letter, leases included, and nothing else: it is what a store is compared with. Nothing of
// it survives the process.
package outboxtest

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"shopwarden/bot/outbox"
	"shopwarden/rules"
)

// Entry is one message and what became of it so far. State is Waiting also before the first attempt, and Sending while it is
// claimed.
type Entry struct {
	outbox.Message
	State     outbox.State
	Attempts  int
	Failures  int
	Doubts    int
	Uncertain bool
	MessageID int
	Reason    string

	order  rules.Instant // its place in the line
	claim  string
	leader string        // key it went out folded with
	parts  []outbox.Part // of what went out as one
}

// line is what waits for one chat in one lane.
type line struct {
	entries []*Entry      // by order
	until   rules.Instant // not looked at before
	claim   string
}

// Queue is the queue. It is safe for concurrent use.
type Queue struct {
	mu      sync.Mutex
	entries []*Entry // in the order they came
	byKey   map[string]*Entry
	lines   map[outbox.Line]*line
	calm    map[string]rules.Instant // line and group → when the last was sent
	noise   map[string]int           // day and chat → messages that rang
	history []outbox.Settlement
	claims  int
	claim   []error // what the next calls return instead
	settle  []error
}

// New returns an empty queue.
func New() *Queue {
	return &Queue{byKey: map[string]*Entry{}, lines: map[outbox.Line]*line{}, calm: map[string]rules.Instant{}, noise: map[string]int{}}
}

// Enqueue implements outbox.Queue.
func (q *Queue) Enqueue(_ context.Context, now rules.Instant, messages []outbox.Message) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, m := range messages {
		if q.byKey[m.Key] != nil {
			continue
		}
		if m.Created == 0 {
			m.Created = now
		}
		e := &Entry{Message: m, State: outbox.Waiting, order: max(m.Due, m.Created)}
		q.byKey[m.Key] = e
		q.entries = append(q.entries, e)
		l := q.lines[m.Line()]
		if l == nil {
			l = &line{}
			q.lines[m.Line()] = l
		}
		l.entries = append(l.entries, e)
		l.sort()
	}
	return nil
}

func (l *line) sort() {
	slices.SortStableFunc(l.entries, func(a, b *Entry) int { return cmp.Compare(a.order, b.order) })
}

// Claim implements outbox.Queue.
func (q *Queue) Claim(ctx context.Context, now rules.Instant, first, last outbox.Lane, limit int, lease time.Duration) ([]outbox.Claimed, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.claims++
	if err := next(&q.claim); err != nil {
		return nil, err
	}
	var claimed []outbox.Claimed
	for _, k := range q.order(first, last) {
		if len(claimed) == limit {
			break
		}
		if c, ok := q.claimLine(k, now, now+rules.Instant(lease.Milliseconds())); ok {
			claimed = append(claimed, c)
		}
	}
	return claimed, nil
}

// order is the lines of some lanes, the earliest lane first and in it what waits longest.
func (q *Queue) order(first, last outbox.Lane) (keys []outbox.Line) {
	for k, l := range q.lines {
		if k.Lane >= first && k.Lane <= last && len(l.entries) > 0 {
			keys = append(keys, k)
		}
	}
	slices.SortFunc(keys, func(a, b outbox.Line) int {
		return cmp.Or(cmp.Compare(a.Lane, b.Lane), cmp.Compare(q.lines[a].at(), q.lines[b].at()), cmp.Compare(a.Chat, b.Chat))
	})
	return keys
}

func (l *line) at() rules.Instant { return max(l.until, l.entries[0].order) }

func (q *Queue) claimLine(k outbox.Line, now, end rules.Instant) (c outbox.Claimed, ok bool) {
	l := q.lines[k]
	if l.at() > now {
		return c, false
	}
	l.claim, l.until = "", 0
	for len(l.entries) > 0 && l.entries[0].order <= now {
		e := l.entries[0]
		if e.State != outbox.Waiting && e.State != outbox.Sending {
			l.entries = l.entries[1:]
			continue
		}
		if t := q.target(e); t != nil && (t.State == outbox.Waiting || t.State == outbox.Sending) {
			e.order = now + 1000
			l.sort()
			continue
		}
		return q.lease(k, l, q.group(l, now), end), true
	}
	return c, false
}

func (q *Queue) target(e *Entry) *Entry { return q.byKey[cmp.Or(e.EditOf, e.ReplyOf)] }

// group is the first of a line with those that may go out as one with it.
func (q *Queue) group(l *line, now rules.Instant) []*Entry {
	first := l.entries[0]
	list := []*Entry{first}
	if first.Fold == nil || first.EditOf != "" {
		return list
	}
	for _, e := range l.entries[1:] {
		if e.order <= now && e.Fold != nil && e.EditOf == "" && e.Fold.Group == first.Fold.Group && e.State != outbox.Withdrawn {
			list = append(list, e)
		}
	}
	return list
}

func (q *Queue) lease(k outbox.Line, l *line, list []*Entry, end rules.Instant) outbox.Claimed {
	c := outbox.Claimed{Line: k, Claim: fmt.Sprint("claim", q.claims, "/", k)}
	for _, e := range list {
		e.Uncertain = e.Uncertain || e.State == outbox.Sending
		e.State, e.claim = outbox.Sending, c.Claim
		e.Attempts++
		c.Messages = append(c.Messages, outbox.Held{Message: e.Message, Attempt: e.Attempts, Failures: e.Failures, Uncertain: e.Uncertain, Doubts: e.Doubts})
	}
	l.claim, l.until = c.Claim, end
	c.More = len(l.entries) > len(list)
	first := list[0]
	if first.Fold != nil {
		c.Since = q.calm[fmt.Sprint(k, first.Fold.Group)]
	}
	if first.Noise != nil {
		c.Rang = q.noise[fmt.Sprint(first.Noise.Day, first.Chat)]
	}
	if t := q.target(first); t != nil {
		if t.leader != "" {
			t = q.byKey[t.leader]
		}
		c.Target = outbox.Target{ID: t.MessageID, Key: t.Key, Parts: t.parts}
	}
	return c
}

// Settle implements outbox.Queue. A settlement of an unknown key is an error.
func (q *Queue) Settle(ctx context.Context, now rules.Instant, settlements []outbox.Settlement) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if err := next(&q.settle); err != nil {
		return err
	}
	for _, s := range settlements {
		if q.byKey[s.First().Key] == nil {
			return fmt.Errorf("settling %q on route %q: no such message", s.First().Key, s.First().Route)
		}
		q.history = append(q.history, s)
		for _, m := range s.Messages {
			q.settleOne(q.byKey[m.Key], s, slices.Contains(s.Dropped, m.Key))
		}
		q.sent(s, now)
		l := q.lines[s.Line]
		l.sort()
		if l.claim != s.Claim {
			continue
		}
		l.claim, l.until = "", 0
		if s.State == outbox.Waiting && !s.Move {
			l.until = s.Next
		}
	}
	return nil
}

func (q *Queue) settleOne(e *Entry, s outbox.Settlement, dropped bool) {
	if e.claim != s.Claim && s.State != outbox.Sent || e.State == outbox.Sent {
		return
	}
	e.State, e.Reason, e.claim = s.State, s.Reason, ""
	if dropped {
		e.State = outbox.Withdrawn
		return
	}
	e.Failures, e.Doubts = s.Failures, s.Doubts
	e.MessageID = max(e.MessageID, s.MessageID)
	if s.State == outbox.Sent && len(s.Parts) > 1 && e.EditOf == "" {
		e.leader = lead(s).Key
	}
	if s.Chat != 0 {
		e.Chat = s.Chat
	}
	if s.Move {
		e.order = s.Next
	}
}

// lead is the first message of a settlement that was not dropped: of a dropped one there is nothing to edit.
func lead(s outbox.Settlement) *outbox.Held {
	for i, m := range s.Messages {
		if !slices.Contains(s.Dropped, m.Key) {
			return &s.Messages[i]
		}
	}
	return s.First()
}

// sent keeps what later messages want to know of one that was sent.
func (q *Queue) sent(s outbox.Settlement, now rules.Instant) {
	first := lead(s)
	if s.State != outbox.Sent {
		return
	}
	e := q.byKey[first.Key]
	if first.EditOf != "" && q.byKey[s.Target.Key] != nil {
		e = q.byKey[s.Target.Key]
	}
	e.MessageID = s.MessageID
	if len(s.Parts) > 1 {
		e.parts = s.Parts
	}
	if first.Fold != nil && first.EditOf == "" {
		q.calm[fmt.Sprint(s.Line, first.Fold.Group)] = now
	}
	if first.Noise != nil && !first.Silent {
		q.noise[fmt.Sprint(first.Noise.Day, first.Chat)]++
	}
}

// Withdraw takes a message off the queue unless somebody has it under lease, as the commit that makes it untrue does.
func (q *Queue) Withdraw(key string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if e := q.byKey[key]; e != nil && e.State == outbox.Waiting {
		e.State = outbox.Withdrawn
	}
}

// Shelve gives the record of a settled message another key, as the commit does that takes it back and lets it be told again.
// The first of a bundle cannot be shelved here.
func (q *Queue) Shelve(key, shelf string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if e := q.byKey[key]; e != nil {
		delete(q.byKey, key)
		q.byKey[shelf] = e
	}
}

// Entry returns the message with that key as it stands; ok is false when there is none.
func (q *Queue) Entry(key string) (e Entry, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if found := q.byKey[key]; found != nil {
		return *found, true
	}
	return Entry{}, false
}

// Entries returns all messages in the order they came.
func (q *Queue) Entries() []Entry {
	q.mu.Lock()
	defer q.mu.Unlock()
	all := make([]Entry, len(q.entries))
	for i, e := range q.entries {
		all[i] = *e
	}
	return all
}

// History returns every settlement there was, in order.
func (q *Queue) History() []outbox.Settlement {
	q.mu.Lock()
	defer q.mu.Unlock()
	return append([]outbox.Settlement(nil), q.history...)
}

// Claims is how often Claim was called.
func (q *Queue) Claims() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.claims
}

// FailClaims has the next n calls of Claim fail with err.
func (q *Queue) FailClaims(err error, n int) { q.fail(&q.claim, err, n) }

// FailSettles has the next n calls of Settle fail with err and change nothing.
func (q *Queue) FailSettles(err error, n int) { q.fail(&q.settle, err, n) }

func (q *Queue) fail(list *[]error, err error, n int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for range n {
		*list = append(*list, err)
	}
}

// next takes the first of the errors, nil when there is none.
func next(errs *[]error) error {
	if len(*errs) == 0 {
		return nil
	}
	err := (*errs)[0]
	*errs = (*errs)[1:]
	return err
}
