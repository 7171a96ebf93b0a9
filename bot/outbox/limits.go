package outbox

import (
	"context"
	"time"
)

// Telegram's limits are sliding windows: some 30 messages a second in all, one a second to a chat with short bursts, 20 a
// minute to a group, edits included (core.telegram.org/bots/faq; grammy.dev on edits). Sending at exact intervals does not
// keep them: 1/30 s apart puts 31 messages into one sliding second.

// Limits are what a limiter keeps to. A zero field is the default.
type Limits struct {
	PerSecond int           // in all; 30. More only with paid broadcasts
	Burst     int           // messages to one chat in as many seconds; 3
	PerMinute int           // to one group; 18, because edits by others of the same bot are not seen here
	Second    time.Duration // how long a second is; shorter only in a test of load, where the server's is as short
}

// WithDefaults fills in what is not set.
func (l Limits) WithDefaults() Limits {
	l.PerSecond = or(l.PerSecond, 30)
	l.Burst = or(l.Burst, 3)
	l.PerMinute = or(l.PerMinute, 18)
	l.Second = or(l.Second, time.Second)
	return l
}

// Flying is how long a message on its way is taken for one that has just arrived, in seconds of these limits. Telegram
// answers within that or has something else to do than to count.
const Flying = 5

// or is n, or the default when n is not set.
func or[T int | time.Duration](n, standard T) T {
	if n <= 0 {
		return standard
	}
	return n
}

// Request asks whether a message may go.
type Request struct {
	ID   string // of this attempt
	Chat int64
	Lane Lane
}

// Grant is the answer: Wait 0 lets the message go, otherwise it is when to ask again, All when that is not the fault of its
// chat. At is when the limiter said so, in microseconds of its own clock.
type Grant struct {
	Wait time.Duration
	All  bool
	At   int64
}

// Passed says when a message that was let through counted at Telegram at the latest, by the clock of its grant; At 0 says
// that it never did.
type Passed struct {
	ID   string
	Chat int64
	At   int64
}

// Limiter keeps the limits for all processes together, each answer in one step. Telegram's ids tell groups: they lie below
// zero.
type Limiter interface {
	// Admit answers requests in the order given. A lane that finds no room gets the next one before any later lane.
	// Repeating a call lets nothing through twice.
	Admit(ctx context.Context, requests []Request) ([]Grant, error)
	// Pass dates what was let through. What is never dated counts for Flying seconds.
	Pass(ctx context.Context, passed []Passed) error
	// Flood obeys a 429 for a chat. When several chats get one at about the same time it is obeyed for all.
	Flood(ctx context.Context, chat int64, wait time.Duration) error
}

// The guess whom a 429 means: FloodChats chats within FloodSpan seconds are the bot's fault, not theirs. A pause for all
// rests on that guess and is bounded by LongestGuess seconds; the next 429 renews it.
const (
	FloodSpan    = 5
	FloodChats   = 3
	LongestGuess = 60
)

// latency knows the shortest time a message took of late, so that a message is dated by what it took beyond that: however
// far Telegram is, all messages are as far. Until it has seen enough of them it takes that for nothing. It belongs to one
// goroutine.
type latency struct {
	least, next time.Duration // of the messages before, and of these
	seen        int           // of these
}

// latencySample is how many messages the shortest time is taken of.
const latencySample = 200

// excess takes in how long a message took and returns by how much it may have arrived later than others do. A quarter of
// the usual time is added, because the way there and the way back are not equally long every time.
func (l *latency) excess(took time.Duration) time.Duration {
	if l.seen == 0 || took < l.next {
		l.next = took
	}
	l.seen++
	if l.seen >= latencySample {
		l.least, l.seen = l.next, 0
	}
	l.least = min(l.least, took)
	return took - l.least*3/4
}
