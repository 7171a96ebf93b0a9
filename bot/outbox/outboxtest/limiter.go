package outboxtest

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"shopwarden/bot/outbox"
)

// Limiter is an outbox.Limiter in memory: the model that a store is compared with. It is safe for concurrent use.
type Limiter struct {
	limits outbox.Limits
	now    func() time.Time

	mu     sync.Mutex
	all    map[string]int64           // id → when it counted at the latest, µs
	chats  map[int64]map[string]int64 // the same by chat
	wants  map[outbox.Lane]int64      // lane → until when it is waited for
	rest   int64                      // until when everybody rests
	rests  map[int64]int64            // until when a chat rests
	floods map[int64]int64            // chat → its last 429
}

// NewLimiter returns a limiter that has let nothing through.
func NewLimiter(l outbox.Limits, now func() time.Time) *Limiter {
	return &Limiter{limits: l.WithDefaults(), now: now, all: map[string]int64{}, chats: map[int64]map[string]int64{},
		wants: map[outbox.Lane]int64{}, rests: map[int64]int64{}, floods: map[int64]int64{}}
}

func (l *Limiter) second() int64 { return l.limits.Second.Microseconds() }

// Admit implements outbox.Limiter.
func (l *Limiter) Admit(_ context.Context, requests []outbox.Request) ([]outbox.Grant, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now().UnixMicro()
	grants := make([]outbox.Grant, len(requests))
	for i, r := range requests {
		wait, all := l.wait(r, now)
		grants[i] = outbox.Grant{Wait: time.Duration(wait) * time.Microsecond, All: all, At: now}
	}
	return grants, nil
}

func (l *Limiter) wait(r outbox.Request, now int64) (wait int64, all bool) {
	if at, known := l.all[r.ID]; known && at+l.second() > now {
		return 0, false
	}
	chat, second := l.chats[r.Chat], l.second()
	wait = max(l.rests[r.Chat]-now, room(chat, l.limits.Burst, now, int64(l.limits.Burst)*second, second/4))
	if r.Chat < 0 {
		wait = max(wait, room(chat, l.limits.PerMinute, now, 60*second, second/4))
	}
	if wait > 0 {
		return wait, false
	}
	if wait = max(l.rest-now, room(l.all, l.limits.PerSecond, now, second, second/50)); wait > 0 {
		l.wants[r.Lane] = now + 2*second
		return wait, true
	}
	for lane, until := range l.wants {
		if lane < r.Lane && until > now {
			return second / 50, true
		}
	}
	l.grant(r, now)
	return 0, false
}

func (l *Limiter) grant(r outbox.Request, now int64) {
	at := now + outbox.Flying*l.second()
	delete(l.wants, r.Lane)
	l.all[r.ID] = at
	if l.chats[r.Chat] == nil {
		l.chats[r.Chat] = map[string]int64{}
	}
	l.chats[r.Chat][r.ID] = at
}

// room is how long until fewer than n of a window lie within the span.
func room(window map[string]int64, n int, now, span, patience int64) int64 {
	if len(window) < n {
		return 0
	}
	at := make([]int64, 0, len(window))
	for _, t := range window {
		at = append(at, t)
	}
	slices.SortFunc(at, func(a, b int64) int { return cmp.Compare(b, a) })
	switch last := at[n-1]; {
	case last+span <= now:
		return 0
	case last > now:
		return patience
	default:
		return last + span - now
	}
}

// Pass implements outbox.Limiter.
func (l *Limiter) Pass(_ context.Context, passed []outbox.Passed) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, p := range passed {
		for _, window := range []map[string]int64{l.all, l.chats[p.Chat]} {
			if _, known := window[p.ID]; known && p.At != 0 {
				window[p.ID] = p.At
			} else {
				delete(window, p.ID)
			}
		}
	}
	return nil
}

// Flood implements outbox.Limiter.
func (l *Limiter) Flood(_ context.Context, chat int64, wait time.Duration) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	now, second := l.now().UnixMicro(), l.second()
	till := now + int64(wait.Seconds()*float64(second))
	l.rests[chat] = max(l.rests[chat], till)
	l.floods[chat] = now
	for c, at := range l.floods {
		if at <= now-outbox.FloodSpan*second {
			delete(l.floods, c)
		}
	}
	if len(l.floods) >= outbox.FloodChats {
		l.rest = max(l.rest, min(till, now+outbox.LongestGuess*second))
	}
	return nil
}
