package outbox

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"shopwarden/rules"
)

// storeTimeout is for one call of the queue or of a hook.
const storeTimeout = 10 * time.Second

// run is one Run of a worker. Everything in it belongs to the goroutine of Run; attempts and settlements run beside it and
// report over channels.
type run struct {
	*Worker
	base   context.Context // outlives the context of Run
	sends  context.Context // ends when draining takes too long
	cancel context.CancelFunc
	wg     sync.WaitGroup

	lines  *lines
	pacer  *pacer
	known  map[string]bool // every claimed message that is not recorded yet
	flying int             // attempts under way
	landed chan landing

	unsettled []Settlement
	settling  bool
	settled   chan settling

	alarm      time.Time // when to look again if nothing happens
	nextClaim  time.Time
	nextSettle time.Time
	claimFails int
	settleTry  int
	nudged     bool
	more       bool // the last claim brought all it could
}

// landing is the end of an attempt.
type landing struct {
	item *item
	out  Outcome
	what decision
}

// settling is the end of an attempt to record settlements.
type settling struct {
	batch []Settlement
	err   error
}

func newRun(base context.Context, w *Worker) *run {
	sends, cancel := context.WithCancel(base)
	return &run{
		Worker: w, base: base, sends: sends, cancel: cancel,
		lines: newLines(), pacer: newPacer(w.cfg.Limits), known: map[string]bool{},
		landed: make(chan landing, w.cfg.Parallel), settled: make(chan settling, 1),
	}
}

// stop ends what still runs and waits for it.
func (r *run) stop() {
	r.cancel()
	r.wg.Wait()
}

func (r *run) instant() rules.Instant { return rules.InstantOf(r.now()) }

// wakeAt has await return by then.
func (r *run) wakeAt(t time.Time) { r.alarm = earlier(r.alarm, t) }

// claim takes messages from the queue when it is time to and there is room. A nudge makes room for twice as many, so that
// a reply does not wait behind what was claimed before it.
func (r *run) claim(ctx context.Context) {
	room := r.cfg.Claim - r.lines.size
	if r.nudged {
		room += r.cfg.Claim
	}
	if room <= 0 {
		return
	}
	if at := r.claimAt(); at.After(r.now()) {
		r.wakeAt(at)
		return
	}
	r.nudged = false
	claimed, err := r.ask(ctx, room)
	r.more = err == nil && len(claimed) >= room
	if err != nil {
		r.claimFails++
		r.nextClaim = r.now().Add(pause(r.claimFails, ""))
		if ctx.Err() == nil {
			r.log.Error("claiming messages", "err", err)
		}
		return
	}
	r.claimFails = 0
	r.nextClaim = r.now().Add(r.cfg.Poll)
	r.intake(claimed)
}

// claimAt is when to ask the queue next: at once after a nudge and while the last answer was full, but not after a failure
// and not while nothing may be sent anyway.
func (r *run) claimAt() time.Time {
	at := r.nextClaim
	if r.claimFails == 0 && (r.nudged || r.more && r.lines.size < r.cfg.Claim/2) {
		at = time.Time{}
	}
	return later(at, r.pacer.until.Add(-r.cfg.Hold))
}

func (r *run) ask(ctx context.Context, limit int) ([]Claimed, error) {
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	return r.queue.Claim(ctx, r.instant(), limit, r.cfg.Lease)
}

// intake puts claimed messages into their lines, the oldest first. One that this run has in hand already is left out: its
// lease ran out before it could be recorded.
func (r *run) intake(claimed []Claimed) {
	now := r.now()
	r.lines.prune(rules.InstantOf(now))
	r.pacer.prune(now)
	slices.SortStableFunc(claimed, func(a, b Claimed) int { return int(a.Created - b.Created) })
	for _, c := range claimed {
		if r.known[c.Key] {
			continue
		}
		r.known[c.Key] = true
		if ln := r.lines.of(keyOf(c)); ln.until > rules.InstantOf(now) {
			r.settle(c, wait(c, rules.InstantOf(now), ln.until, ReasonInOrder))
			continue
		}
		r.lines.push(c, now)
	}
}

// dispatch starts every attempt that may start now, and hands back what cannot start soon.
func (r *run) dispatch() {
	r.park()
	for r.flying < r.cfg.Parallel {
		now := r.now()
		if open := r.pacer.open(now); open.After(now) {
			if r.lines.size > 0 {
				r.wakeAt(open)
			}
			return
		}
		k, ok := r.lines.best(func(chat int64) bool { return !r.pacer.ready(chat, now).After(now) })
		if !ok {
			break
		}
		r.start(k)
	}
	for _, k := range r.lines.waiting() {
		if at := r.pacer.ready(k.chat, r.now()); at.After(r.now()) {
			r.wakeAt(at)
		}
	}
}

// park hands messages back that would wait too long in here: their chat is full, or everything is.
func (r *run) park() {
	now := r.now()
	for _, k := range r.lines.waiting() {
		at := later(r.pacer.ready(k.chat, now), r.pacer.until)
		first := r.lines.of(k).items[0]
		if at.Sub(now) > r.cfg.Hold {
			r.handBack(k, rules.InstantOf(at), ReasonPaced)
		} else if now.Sub(first.at) > r.cfg.Lease/4 {
			r.handBack(k, rules.InstantOf(now)+1, ReasonPaced)
		}
	}
}

// handBack puts a whole line back on the queue until next, and keeps the line shut so long.
func (r *run) handBack(k lineKey, next rules.Instant, reason string) {
	ln := r.lines.of(k)
	ln.hold(next)
	for _, it := range r.lines.empty(k) {
		r.settle(it.Claimed, wait(it.Claimed, r.instant(), ln.until, reason))
	}
}

// start sends the first message of a line, unless there is nothing to send.
func (r *run) start(k lineKey) {
	it := r.lines.pop(k)
	editID, d, send := prepare(it.Claimed, r.instant())
	if !send {
		r.settle(it.Claimed, d)
		return
	}
	ln := r.lines.of(k)
	ln.busy = true
	r.pacer.begin(it.Chat)
	r.flying++
	failures := ln.fails + 1
	r.wg.Go(func() { r.landed <- r.attempt(it, editID, failures) })
}

// attempt sends, decides and tells the hooks. It runs beside the others.
func (r *run) attempt(it *item, editID, failures int) landing {
	ctx, cancel := context.WithTimeout(r.sends, r.cfg.Send)
	defer cancel()
	out := r.sender.Send(ctx, it.Message, editID)
	what := decide(it.Claimed, out, failures, r.instant())
	if err := r.tell(it.Message, what); err != nil {
		r.log.Error("telling of a chat", "chat", it.Chat, "reason", what.Reason, "err", err)
	}
	return landing{it, out, what}
}

func (r *run) tell(m Message, d decision) error {
	ctx, cancel := context.WithTimeout(r.base, storeTimeout)
	defer cancel()
	switch {
	case d.gone:
		return r.hooks.ChatGone(ctx, m.Chat, d.Reason)
	case d.moved != 0:
		return r.hooks.ChatMoved(ctx, m.Chat, d.moved)
	case d.note == ReasonGeneral:
		return r.hooks.Rerouted(ctx, m, d.note)
	}
	return nil
}

// land takes in the end of an attempt.
func (r *run) land(l landing) {
	now := r.now()
	r.flying--
	r.pacer.end(l.item.Chat, now)
	k := keyOf(l.item.Claimed)
	ln := r.lines.of(k)
	ln.busy = false
	ln.note(l.out.Verdict)
	if l.out.Verdict == Flooded {
		r.pacer.flood(l.item.Chat, now.Add(max(l.out.RetryAfter, time.Second)), now)
	}
	if l.what.State == Waiting && l.what.moved == 0 {
		r.handBack(k, l.what.Next, ReasonInOrder)
	}
	r.settle(l.item.Claimed, l.what)
}

// settle notes what became of a message; flush records it.
func (r *run) settle(c Claimed, d decision) {
	r.unsettled = append(r.unsettled, d.Settlement)
	r.cfg.Metrics.Observe(c.Kind, d.outcome())
	log := r.log.Debug
	switch {
	case d.State == GivenUp && d.Reason != ReasonNoTarget, d.note != "" && d.note != ReasonNotModified:
		log = r.log.Warn
	case d.State == Waiting && !slices.Contains([]string{ReasonPaced, ReasonInOrder, ReasonShutdown}, d.Reason):
		log = r.log.Info
	}
	log("message settled", "state", d.State.String(), "outcome", d.outcome(), "kind", c.Kind, "chat", c.Chat,
		"shop", c.Shop, "key", c.Key, "attempt", c.Attempt)
}

// flush records settlements, all there are in one call, one call at a time.
func (r *run) flush() {
	if r.settling || len(r.unsettled) == 0 {
		return
	}
	if r.now().Before(r.nextSettle) {
		r.wakeAt(r.nextSettle)
		return
	}
	batch := r.unsettled
	r.unsettled, r.settling = nil, true
	r.wg.Go(func() {
		ctx, cancel := context.WithTimeout(r.base, storeTimeout)
		defer cancel()
		r.settled <- settling{batch, r.queue.Settle(ctx, r.instant(), batch)}
	})
}

// recorded takes in the end of a flush. What could not be recorded is tried again, before anything newer.
func (r *run) recorded(s settling) {
	r.settling = false
	if s.err != nil {
		r.settleTry++
		r.nextSettle = r.now().Add(min(pause(r.settleTry, ""), 10*time.Second))
		r.unsettled = append(s.batch, r.unsettled...)
		r.log.Error("recording what became of messages", "messages", len(s.batch), "err", s.err)
		return
	}
	r.settleTry = 0
	now := r.instant()
	for _, x := range s.batch {
		delete(r.known, x.Key)
		switch {
		case x.State != Waiting || r.claimFails > 0:
		case x.Next <= now:
			r.nudged = true
		default:
			r.nextClaim = earlier(r.nextClaim, x.Next.Time())
		}
	}
}

// await returns when something happened, and at the alarm.
func (r *run) await(ctx context.Context) {
	timer := time.NewTimer(max(r.alarm.Sub(r.now()), 0))
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-r.nudge:
		r.nudged = true
	case l := <-r.landed:
		r.land(l)
	case s := <-r.settled:
		r.recorded(s)
	case <-timer.C:
	}
}

// drain hands back what has not begun and waits for the rest: attempts for Config.Drain, their records a little longer.
func (r *run) drain() error {
	limit := time.NewTimer(r.cfg.Drain)
	defer limit.Stop()
	last := time.NewTimer(r.cfg.Drain + storeTimeout)
	defer last.Stop()
	for {
		for _, k := range r.lines.waiting() {
			r.handBack(k, r.instant(), ReasonShutdown)
		}
		r.alarm = r.now().Add(r.cfg.Poll)
		r.flush()
		left := r.flying + len(r.unsettled)
		if left == 0 && !r.settling {
			return nil
		}
		if done := r.awaitDrain(limit.C, last.C); done {
			return fmt.Errorf("stopping the outbox: %d messages are left to their lease", max(left, 1))
		}
	}
}

func (r *run) awaitDrain(limit, last <-chan time.Time) (over bool) {
	timer := time.NewTimer(max(r.alarm.Sub(r.now()), 0))
	defer timer.Stop()
	select {
	case l := <-r.landed:
		r.land(l)
	case s := <-r.settled:
		r.recorded(s)
	case <-limit:
		r.cancel()
	case <-last:
		return true
	case <-timer.C:
	}
	return false
}
