package telegram

import (
	"sync"
	"time"
)

// wrongCodes is how many wrong codes a chat may send within wrongCodesWithin.
const (
	wrongCodes       = 5
	wrongCodesWithin = 10 * time.Minute
)

// limiter counts failures per chat in a sliding window. It is kept in memory: a restart forgives. It is safe for concurrent
// use.
type limiter struct {
	limit  int
	within time.Duration

	mu     sync.Mutex
	failed map[int64][]time.Time
}

func newLimiter(limit int, within time.Duration) *limiter {
	return &limiter{limit: limit, within: within, failed: map[int64][]time.Time{}}
}

// allowed reports whether a chat may try.
func (l *limiter) allowed(chat int64, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.recent(chat, now)) < l.limit
}

// fail counts a failure.
func (l *limiter) fail(chat int64, now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.failed) > 10_000 { // somebody tries from many chats; forget those that are over
		for c := range l.failed {
			l.recent(c, now)
		}
	}
	l.failed[chat] = append(l.recent(chat, now), now)
}

// recent drops what is older than the window.
func (l *limiter) recent(chat int64, now time.Time) []time.Time {
	times := l.failed[chat]
	for len(times) > 0 && now.Sub(times[0]) > l.within {
		times = times[1:]
	}
	if len(times) == 0 {
		delete(l.failed, chat)
		return nil
	}
	l.failed[chat] = times
	return times
}
