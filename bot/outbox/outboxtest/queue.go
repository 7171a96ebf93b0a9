// Package outboxtest is an outbox.Queue in memory, for tests of what puts messages on a queue or takes them off.
//
// It keeps the contract to the letter, leases included, and nothing else: it is what a store is compared with. Nothing of
// it survives the process.
package outboxtest

import (
	"context"
	"fmt"
	"sync"
	"time"

	"shopwarden/bot/outbox"
	"shopwarden/rules"
)

// Entry is one message and what became of it so far. State is Waiting also before the first attempt.
type Entry struct {
	outbox.Message
	State     outbox.State
	Attempts  int
	Uncertain bool
	Unknown   bool
	MessageID int
	Next      rules.Instant // not claimed before
	Leased    rules.Instant // claimed until then, 0 = not claimed
	Reason    string
}

// Queue is the queue. It is safe for concurrent use.
type Queue struct {
	mu      sync.Mutex
	entries []*Entry // in the order they came
	byKey   map[string]*Entry
	history []outbox.Settlement
	claims  int
	claim   []error // what the next calls return instead
	settle  []error
}

// New returns an empty queue.
func New() *Queue { return &Queue{byKey: map[string]*Entry{}} }

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
		e := &Entry{Message: m, State: outbox.Waiting, Next: max(m.Due, now)}
		q.byKey[m.Key] = e
		q.entries = append(q.entries, e)
	}
	return nil
}

// Claim implements outbox.Queue.
func (q *Queue) Claim(ctx context.Context, now rules.Instant, limit int, lease time.Duration) ([]outbox.Claimed, error) {
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
	for _, e := range q.entries {
		if len(claimed) == limit {
			break
		}
		if e.State != outbox.Waiting || e.Next > now || e.Leased > now {
			continue
		}
		if target := q.byKey[e.EditOf]; target != nil && target.State == outbox.Waiting {
			continue
		}
		e.Uncertain = e.Uncertain || e.Leased != 0
		e.Attempts++
		e.Leased = now + rules.Instant(lease.Milliseconds())
		claimed = append(claimed, q.claimed(e))
	}
	return claimed, nil
}

func (q *Queue) claimed(e *Entry) outbox.Claimed {
	c := outbox.Claimed{Message: e.Message, Attempt: e.Attempts, Uncertain: e.Uncertain, Unknown: e.Unknown}
	if target := q.byKey[e.EditOf]; target != nil {
		c.TargetID = target.MessageID
	}
	return c
}

// Settle implements outbox.Queue. A settlement of an unknown key is an error.
func (q *Queue) Settle(ctx context.Context, _ rules.Instant, settlements []outbox.Settlement) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if err := next(&q.settle); err != nil {
		return err
	}
	for _, s := range settlements {
		e := q.byKey[s.Key]
		if e == nil || e.Route != s.Route {
			return fmt.Errorf("settling %q on route %q: no such message", s.Key, s.Route)
		}
		q.history = append(q.history, s)
		e.State, e.Reason, e.Leased = s.State, s.Reason, 0
		e.Next = s.Next
		if s.Chat != 0 {
			e.Chat = s.Chat
		}
		e.Unknown = e.Unknown || s.Unknown
		e.MessageID = max(e.MessageID, s.MessageID)
	}
	return nil
}

// Withdraw takes a message off the queue unless somebody has it under lease, as the commit that makes it untrue does.
func (q *Queue) Withdraw(key string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if e := q.byKey[key]; e != nil && e.State == outbox.Waiting && e.Leased == 0 {
		e.State = outbox.Withdrawn
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
