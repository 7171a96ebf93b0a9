package outbox

import (
	"hash/fnv"
	"slices"
	"time"

	"github.com/cenkalti/backoff/v5"

	"shopwarden/rules"
)

// The decisions of the worker. They are pure: a claim, what Telegram said and the time go in, a settlement and what it
// brings with it come out.

// decision is a settlement, and whom else it concerns.
type decision struct {
	Settlement
	gone  bool  // the chat takes no messages any more, for the Reason
	moved int64 // the chat has this id from now on
	note  string
}

// outcome is the word for metrics: sent, the reason it was sent otherwise, or the reason it was not.
func (d decision) outcome() string {
	switch {
	case d.note != "":
		return d.note
	case d.Reason != "":
		return d.Reason
	}
	return d.State.String()
}

// prepare decides what needs no attempt. Otherwise send is true.
func prepare(c Claimed, now rules.Instant) (d decision, send bool) {
	first := c.First()
	switch {
	case c.over(now):
		return end(c, Failed, ReasonExpired), false
	case first.EditOf != "" && c.Target.ID == 0 && (first.Kind == Retraction || first.Kind == Status), first.ReplyOf != "" && c.Target.ID == 0:
		return end(c, Withdrawn, ReasonNoTarget), false
	case c.counts() && c.Rang >= first.Noise.Budget:
		return end(c, Withdrawn, ReasonBudget), false
	}
	if calm := c.calm(now); calm > now && !c.over(calm) {
		d = wait(c, now, calm, ReasonCalm)
		d.Move = true
		return d, false
	}
	return decision{}, true
}

// over reports whether all messages are too old to be of use.
func (c Claimed) over(now rules.Instant) bool {
	return !slices.ContainsFunc(c.Messages, func(m Held) bool { return !m.over(now) })
}

func (h Held) over(now rules.Instant) bool { return h.Expires > 0 && now >= h.Expires && !h.Retried }

// counts reports whether all messages count towards the budget of their chat. What holds one that does not rings anyway.
func (c Claimed) counts() bool {
	return !slices.ContainsFunc(c.Messages, func(m Held) bool { return m.Noise == nil || m.Silent || m.Retried })
}

// calm is until when a group keeps still, because one of it was sent a moment ago. What was sent by a clock that is far ahead
// keeps nothing back.
func (c Claimed) calm(now rules.Instant) rules.Instant {
	first := c.First()
	if first.Fold == nil || first.Fold.Calm <= 0 || c.Since == 0 || first.EditOf != "" || first.Failures > 0 {
		return 0
	}
	calm := rules.Instant(first.Fold.Calm)
	if c.Since > now+calm {
		return 0
	}
	return c.Since + calm
}

// decide settles a claim by what the attempt came to.
func decide(c Claimed, o Outcome, now rules.Instant) decision {
	again := now + millis(pause(c.First().Failures+1, c.First().Key))
	switch o.Verdict {
	case Delivered:
		return decision{Settlement: Settlement{Claimed: c, State: Sent, MessageID: o.MessageID}, note: o.Reason}
	case Refused:
		if o.Reason == ReasonEditGone && c.First().Kind == Status { // nobody misses an edit of what is not there any more
			return end(c, Withdrawn, o.Reason)
		}
		d := end(c, Failed, o.Reason)
		d.gone = gone(o.Reason)
		return d
	case Flooded:
		return wait(c, now, now+millis(max(o.RetryAfter, time.Second)), ReasonFlood)
	case Moved:
		return follow(c, o.NewChat, now)
	case Unknown:
		return doubt(c, now, again, o.Reason)
	}
	if o.Reason == ReasonUnreachable { // it was not even tried
		return wait(c, now, now+millis(pause(1, c.First().Key)), o.Reason)
	}
	return failed(wait(c, now, again, o.Reason))
}

// failed counts an attempt that failed on the way.
func failed(d decision) decision {
	if d.State == Waiting {
		d.Failures++
	}
	return d
}

// follow sends the message after its group at once.
func follow(c Claimed, to int64, now rules.Instant) decision {
	if to == 0 || to == c.First().Chat {
		return end(c, Failed, ReasonMoved)
	}
	d := wait(c, now, now, ReasonMoved)
	d.moved = to
	if d.State == Waiting {
		d.Chat = to
	}
	return d
}

// mostDoubts is how often an alert is sent on without a word from Telegram. Whoever lost that many answers in a row loses
// the next one too.
const mostDoubts = 10

// doubt decides about a message that may have been sent.
func doubt(c Claimed, now, again rules.Instant, reason string) decision {
	if !policyOf(c.First().Kind).again || c.First().Doubts+1 >= mostDoubts {
		return end(c, Doubtful, ReasonUnknown)
	}
	d := wait(c, now, again, reason)
	if d.State != Waiting {
		return end(c, Doubtful, ReasonUnknown)
	}
	d.Doubts++
	return failed(d)
}

// wait has a claim tried again at next, unless it is useless by then.
func wait(c Claimed, now, next rules.Instant, reason string) decision {
	if next > now && c.over(next) {
		return end(c, Failed, ReasonExpired)
	}
	first := c.First()
	return decision{Settlement: Settlement{Claimed: c, State: Waiting, Next: next, Reason: reason, Failures: first.Failures, Doubts: first.Doubts}}
}

func end(c Claimed, state State, reason string) decision {
	return decision{Settlement: Settlement{Claimed: c, State: state, Reason: reason}}
}

// Attempts are one second apart at first and two minutes in the end: Telegram's outages last minutes, and an alert should
// not wait long after one.
const (
	firstPause   = time.Second
	longestPause = 2 * time.Minute
)

// pause is the time after so many failures. Messages that failed together come back up to a quarter later than each other;
// the same message always waits the same time.
func pause(failures int, key string) time.Duration {
	b := backoff.ExponentialBackOff{InitialInterval: firstPause, Multiplier: 2, MaxInterval: longestPause}
	d := b.NextBackOff()
	for i := 1; i < failures && d < longestPause; i++ {
		d = b.NextBackOff()
	}
	h := fnv.New32a()
	h.Write([]byte(key)) // a hash takes everything
	return d + time.Duration(h.Sum32()%1000)*d/4000
}

func millis(d time.Duration) rules.Instant { return rules.Instant(d.Milliseconds()) }
