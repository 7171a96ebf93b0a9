package outbox

import (
	"context"
	"log/slog"
	"time"
)

// Hooks are what a worker tells about chats. All may be called twice for one event and from several goroutines, before the
// message itself is settled. An error is logged; the next message to the chat brings the same call again.
type Hooks interface {
	// ChatGone says that nothing reaches the chat any more, and why: one of the chat's reasons in reasons.go. Its
	// subscriptions should rest until it speaks again.
	ChatGone(ctx context.Context, chat int64, reason string) error
	// ChatMoved says that a group became a supergroup: its subscriptions belong to the new id. Messages that wait under
	// the old id follow by themselves.
	ChatMoved(ctx context.Context, from, to int64) error
	// Rerouted says that a message arrived, and not where it was meant to: reason is ReasonGeneral, its topic is gone or
	// closed.
	Rerouted(ctx context.Context, m Message, reason string) error
}

// Metrics counts what messages came to. Outcome is sent or one of the words of reasons.go. It is called from one
// goroutine.
type Metrics interface {
	Observe(kind, outcome string)
}

// Around is what a worker works with.
type Around struct {
	Queue   Queue
	Limiter Limiter
	Sender  Sender
	Hooks   Hooks
	Editor  Editor
	Checker Checker // nil: nothing is looked at again
}

// Config is how a worker works. The zero value is right for any number of processes.
type Config struct {
	Claim    int           // lines claimed ahead, of urgent lanes and of the others each; 64
	Parallel int           // messages on their way at once; 64
	Poll     time.Duration // how often the queue is asked unless Nudge is called; 500 ms
	Gap      time.Duration // least time between two looks at the urgent lanes, however often Nudge is called; 50 ms
	Lease    time.Duration // 2 min; a message is back on the queue that long after a crash. More than Hold and Send together
	Send     time.Duration // for one attempt in all; 60 s. More than the sender's own limit per call
	Hold     time.Duration // a message that cannot go within this time goes back to the queue; 5 s
	Drain    time.Duration // for what is on its way when the worker is stopped; 30 s
	Metrics  Metrics       // may be nil
}

func (c Config) withDefaults() Config {
	c.Claim = or(c.Claim, 64)
	c.Parallel = or(c.Parallel, 64)
	c.Poll = or(c.Poll, 500*time.Millisecond)
	c.Gap = or(c.Gap, 50*time.Millisecond)
	c.Lease = or(c.Lease, 2*time.Minute)
	c.Send = or(c.Send, time.Minute)
	c.Hold = or(c.Hold, 5*time.Second)
	c.Drain = or(c.Drain, 30*time.Second)
	if c.Metrics == nil {
		c.Metrics = noMetrics{}
	}
	return c
}

type noMetrics struct{}

// Observe forgets.
func (noMetrics) Observe(string, string) {}

// Worker brings claimed messages to their chats, at the pace Telegram allows. An earlier lane goes first; within a lane
// what waits longest; within a line in order, one at a time. Several workers, in one process or many, may share a queue and
// its limiter.
//
// An edit whose message was never sent is sent as a new message; a retraction or a status then is not sent at all.
type Worker struct {
	queue   Queue
	limiter Limiter
	sender  Sender
	hooks   Hooks
	editor  Editor
	checker Checker
	cfg     Config
	log     *slog.Logger
	now     func() time.Time
	nudge   chan struct{}
}

// NewWorker returns a worker. It does nothing until Run. now dates messages; how long things take is told by timers.
func NewWorker(a Around, cfg Config, log *slog.Logger, now func() time.Time) *Worker {
	return &Worker{
		queue: a.Queue, limiter: a.Limiter, sender: a.Sender, hooks: a.Hooks, editor: a.Editor, checker: a.Checker,
		cfg: cfg.withDefaults(), log: log, now: now, nudge: make(chan struct{}, 1),
	}
}

// Nudge has the worker look at the urgent lanes of the queue at once, for messages that were just put on it. It never
// blocks; many calls are one. It is safe for concurrent use, also while Run does not run.
func (w *Worker) Nudge() {
	select {
	case w.nudge <- struct{}{}:
	default:
	}
}

// Run works until ctx is done. Then it hands back what it has not begun, waits for what is on its way, at most
// Config.Drain, and records it. It returns when everything it started has ended: nil, or an error when something could not
// be recorded and is left to its lease. Run may be called again after it returned, not before.
func (w *Worker) Run(ctx context.Context) error {
	r := newRun(context.WithoutCancel(ctx), w)
	defer r.stop()
	for ctx.Err() == nil {
		r.alarm = time.Now().Add(w.cfg.Poll)
		r.claim(ctx)
		r.dispatch(ctx)
		r.flush()
		r.await(ctx)
	}
	return r.drain()
}
