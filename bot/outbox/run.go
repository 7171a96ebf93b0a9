package outbox

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"shopwarden/rules"
)

// storeTimeout is for one call of the queue, the limiter or a hook.
const storeTimeout = 10 * time.Second

// run is one Run of a worker. Everything in it belongs to the goroutine of Run; attempts and settlements run beside it and
// report over channels.
type run struct {
	*Worker
	base   context.Context // outlives the context of Run
	sends  context.Context // ends when draining takes too long
	cancel context.CancelFunc
	wg     sync.WaitGroup

	hand    hand
	known   map[Line]bool // every line that is claimed and not recorded yet
	flying  int           // attempts under way
	batch   int           // messages that the limiter is asked about in one step
	landed  chan landing
	latency latency

	unsettled []Settlement
	passed    []Passed
	settling  bool
	settled   chan settling
	looking   int // looks under way
	found     chan found

	alarm      time.Time // when to look again if nothing happens
	urgent     look
	bulk       look
	nextSettle time.Time
	settleTry  int
}

// look is when the queue is asked for some lanes.
type look struct {
	next  time.Time
	last  time.Time
	more  bool // the last answer was all that was asked for
	fails int
	busy  bool // asking
}

// found is the end of a look.
type found struct {
	look    *look
	room    int
	claimed []Claimed
	err     error
}

// landing is the end of an attempt.
type landing struct {
	item *item
	out  Outcome
	what decision
	took time.Duration // since the limiter was asked
}

// settling is the end of an attempt to record settlements.
type settling struct {
	batch []Settlement
	err   error
}

func newRun(base context.Context, w *Worker) *run {
	sends, cancel := context.WithCancel(base)
	return &run{
		Worker: w, base: base, sends: sends, cancel: cancel, known: map[Line]bool{}, batch: askAtOnce,
		landed: make(chan landing, w.cfg.Parallel), settled: make(chan settling, 1), found: make(chan found, 2),
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

// claim takes messages from the queue when it is time to and there is room. Urgent lanes have room of their own, so that
// nothing waits behind bulk that was claimed before it, and alerts and replies some more, so that they do not wait behind
// warnings.
func (r *run) claim(ctx context.Context) {
	urgent, bulk := r.hand.sizes()
	switch room := r.cfg.Claim - urgent; {
	case room > 0:
		r.look(ctx, &r.urgent, firstUrgent, lastUrgent, room)
	case urgent < 4*r.cfg.Claim:
		r.look(ctx, &r.urgent, firstUrgent, lastUrgent-1, r.cfg.Claim)
	}
	if !r.urgent.more && !r.urgent.busy { // else bulk can wait
		r.look(ctx, &r.bulk, firstBulk, lastBulk, r.cfg.Claim-bulk)
	}
}

// look asks the queue when it is time to, and at once when it has more than it gave and half the room is free. It asks beside
// the loop, which goes on with what it has.
func (r *run) look(ctx context.Context, l *look, first, last Lane, room int) {
	now := time.Now()
	if room <= 0 || l.busy || ctx.Err() != nil {
		return
	}
	if l.next.After(now) && (!l.more || room < r.cfg.Claim/2) {
		r.wakeAt(l.next)
		return
	}
	l.busy = true
	r.looking++
	r.wg.Go(func() {
		ctx, cancel := context.WithTimeout(ctx, storeTimeout)
		defer cancel()
		claimed, err := r.queue.Claim(ctx, r.instant(), first, last, room, r.cfg.Lease)
		r.found <- found{l, room, claimed, err}
	})
	l.last, l.next = now, now.Add(r.cfg.Poll)
}

// take takes in what a look found.
func (r *run) take(f found) {
	l, now := f.look, time.Now()
	l.busy = false
	r.looking--
	l.more = f.err == nil && len(f.claimed) >= f.room
	if f.err == nil {
		l.fails = 0
	} else {
		l.fails++
		l.next = now.Add(min(pause(l.fails, ""), 10*time.Second))
		if !errors.Is(f.err, context.Canceled) {
			r.log.Error("claiming messages", "err", f.err)
		}
	}
	for _, c := range f.claimed {
		if !r.known[c.Line] { // else its lease ran out before it could be recorded
			r.known[c.Line] = true
			r.hand.add(c, now)
		}
	}
}

// soon has a look at the urgent lanes happen at once, but for the gap.
func (r *run) soon() {
	if r.urgent.fails == 0 {
		r.urgent.next = earlier(r.urgent.next, r.urgent.last.Add(r.cfg.Gap))
		r.wakeAt(r.urgent.next)
	}
}

// askAtOnce is how many messages the limiter is asked about in one step, at most.
const askAtOnce = 16

// dispatch starts every attempt that may start now, and hands back what cannot start soon.
func (r *run) dispatch(ctx context.Context) {
	for ctx.Err() == nil && r.flying < r.cfg.Parallel {
		r.park()
		ready := r.ready(min(r.batch, r.cfg.Parallel-r.flying))
		if len(ready) == 0 {
			break
		}
		if !r.admit(ctx, ready) {
			break
		}
	}
	if at, ok := r.hand.next(); ok && r.flying < r.cfg.Parallel {
		r.wakeAt(at)
	}
}

// ready takes the most urgent items that may be asked for, and settles on the way what needs no attempt.
func (r *run) ready(limit int) (list []*item) {
	for _, it := range r.hand.ready(time.Now()) {
		if len(list) == limit {
			break
		}
		d, send := prepare(it.Claimed, r.instant())
		if !send {
			r.hand.remove(it)
			r.settle(it.First().Kind, d)
			continue
		}
		list = append(list, it)
	}
	return list
}

// admit asks the limiter and starts what it lets through. It reports whether it makes sense to ask on.
func (r *run) admit(ctx context.Context, list []*item) bool {
	began := time.Now()
	requests := make([]Request, len(list))
	for i, it := range list {
		requests[i] = Request{ID: it.Claim, Chat: it.First().Chat, Lane: it.Line.Lane}
	}
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	grants, err := r.limiter.Admit(ctx, requests)
	if err != nil {
		if ctx.Err() == nil {
			r.log.Error("asking whether messages may go", "err", err)
		}
		r.hand.shut(LaneAlert, began.Add(time.Second))
		return false
	}
	on, let := true, 0
	for i, g := range grants {
		switch {
		case g.Wait <= 0:
			let++
			r.start(list[i], g, began)
		case g.All:
			r.hand.shut(list[i].Line.Lane, began.Add(g.Wait))
			on = false
		default:
			list[i].until = began.Add(g.Wait)
		}
	}
	// While there is hardly room, most answers would be no.
	r.batch = min(2*let+1, askAtOnce)
	return on
}

// start sends what a claim holds.
func (r *run) start(it *item, g Grant, began time.Time) {
	r.hand.remove(it)
	it.grant = g
	r.flying++
	r.wg.Go(func() {
		out, what := r.attempt(it)
		r.landed <- landing{it, out, what, time.Since(began)}
	})
}

// park hands items back that would wait too long in here.
func (r *run) park() {
	now := time.Now()
	for _, it := range r.hand.items() {
		switch {
		case it.until.Sub(now) > r.cfg.Hold:
			r.handBack(it, r.instant()+millis(it.until.Sub(now)), ReasonPaced)
		case now.Sub(it.at) > r.cfg.Lease/4:
			r.handBack(it, r.instant()+1, ReasonPaced)
		}
	}
}

func (r *run) handBack(it *item, next rules.Instant, reason string) {
	r.hand.remove(it)
	r.settle(it.First().Kind, wait(it.Claimed, r.instant(), next, reason))
}

// attempt composes, sends, decides and tells the hooks. It runs beside the others.
func (r *run) attempt(it *item) (Outcome, decision) {
	ctx, cancel := context.WithTimeout(r.sends, r.cfg.Send)
	defer cancel()
	p, ok := r.pack(ctx, it.Claimed, r.instant())
	if !ok {
		return Outcome{Verdict: NotSent}, end(it.Claimed, Withdrawn, ReasonNotCurrent)
	}
	out := r.sender.Send(ctx, p.Message, p.editID)
	what := decide(it.Claimed, out, r.instant())
	what.Dropped, what.Parts = p.dropped, p.parts
	if err := r.tell(p.Message, what); err != nil {
		r.log.Error("telling of a chat", "chat", it.First().Chat, "reason", what.Reason, "err", err)
	}
	return out, what
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
	r.flying--
	first := l.item.First()
	passed := Passed{ID: l.item.Claim, Chat: first.Chat}
	if l.out.Verdict != NotSent || l.out.Reason == ReasonServerError || l.out.Reason == ReasonNetwork || l.out.Reason == ReasonTimeout {
		passed.At = l.item.grant.At + r.latency.excess(l.took).Microseconds()
	}
	r.passed = append(r.passed, passed)
	if l.out.Verdict == Flooded {
		r.flood(first.Chat, max(l.out.RetryAfter, time.Second))
	}
	r.settle(first.Kind, l.what)
}

func (r *run) flood(chat int64, wait time.Duration) {
	ctx, cancel := context.WithTimeout(r.base, storeTimeout)
	defer cancel()
	if err := r.limiter.Flood(ctx, chat, wait); err != nil {
		r.log.Error("obeying a flood limit", "chat", chat, "err", err)
	}
}

// settle notes what became of a claim; flush records it.
func (r *run) settle(kind string, d decision) {
	r.unsettled = append(r.unsettled, d.Settlement)
	log := r.log.Debug
	switch {
	case d.State == Failed, d.State == Doubtful, d.note != "" && d.note != ReasonNotModified:
		log = r.log.Warn
	case d.State == Waiting && !slices.Contains([]string{ReasonPaced, ReasonCalm, ReasonShutdown}, d.Reason):
		log = r.log.Info
	}
	for _, m := range d.Messages {
		r.cfg.Metrics.Observe(kind, d.outcome())
		log("message settled", "state", d.State.String(), "outcome", d.outcome(), "kind", kind, "chat", m.Chat,
			"shop", m.Shop, "key", m.Key, "attempt", m.Attempt)
	}
}

// flush records settlements, all there are in one call, one call at a time.
func (r *run) flush() {
	if r.settling || len(r.unsettled)+len(r.passed) == 0 {
		return
	}
	if time.Now().Before(r.nextSettle) {
		r.wakeAt(r.nextSettle)
		return
	}
	batch, passed := r.unsettled, r.passed
	r.unsettled, r.passed, r.settling = nil, nil, true
	r.wg.Go(func() {
		ctx, cancel := context.WithTimeout(r.base, storeTimeout)
		defer cancel()
		if err := r.limiter.Pass(ctx, passed); err != nil { // they count for longer than they need
			r.log.Warn("dating messages for the limits", "messages", len(passed), "err", err)
		}
		var err error
		if len(batch) > 0 {
			err = r.queue.Settle(ctx, r.instant(), batch)
		}
		r.settled <- settling{batch, err}
	})
}

// recorded takes in the end of a flush. What could not be recorded is tried again, before anything newer.
func (r *run) recorded(s settling) {
	r.settling = false
	if s.err != nil {
		r.settleTry++
		r.nextSettle = time.Now().Add(min(pause(r.settleTry, ""), 10*time.Second))
		r.unsettled = append(s.batch, r.unsettled...)
		r.log.Error("recording what became of messages", "messages", len(s.batch), "err", s.err)
		return
	}
	r.settleTry, r.nextSettle = 0, time.Time{}
	urgent := false
	for _, x := range s.batch {
		delete(r.known, x.Line)
		urgent = urgent || x.More && x.Line.Lane <= lastUrgent
	}
	if urgent { // the next of its line may go
		r.soon()
	}
}

// await returns when something happened, and at the alarm.
func (r *run) await(ctx context.Context) {
	timer := time.NewTimer(max(time.Until(r.alarm), 0))
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-r.nudge:
		r.soon()
	case l := <-r.landed:
		r.land(l)
	case s := <-r.settled:
		r.recorded(s)
	case f := <-r.found:
		r.take(f)
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
		for _, it := range r.hand.items() {
			r.handBack(it, r.instant(), ReasonShutdown)
		}
		r.alarm = time.Now().Add(r.cfg.Poll)
		r.flush()
		left := r.flying + len(r.unsettled)
		if left+r.looking == 0 && !r.settling {
			return nil
		}
		if done := r.awaitDrain(limit.C, last.C); done {
			return fmt.Errorf("stopping the outbox: %d messages are left to their lease", max(left, 1))
		}
	}
}

func (r *run) awaitDrain(limit, last <-chan time.Time) (over bool) {
	timer := time.NewTimer(max(time.Until(r.alarm), 0))
	defer timer.Stop()
	select {
	case l := <-r.landed:
		r.land(l)
	case s := <-r.settled:
		r.recorded(s)
	case f := <-r.found:
		r.take(f)
	case <-limit:
		r.cancel()
	case <-last:
		return true
	case <-timer.C:
	}
	return false
}
