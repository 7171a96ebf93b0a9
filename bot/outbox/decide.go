package outbox

import (
	"hash/fnv"
	"time"

	"github.com/cenkalti/backoff/v5"

	"shopwarden/rules"
)

// The decisions of the worker. They are pure: a claimed message, what Telegram said and the time go in, a settlement and
// what it brings with it come out.

// Lanes, in the order they are served. Somebody waits for a reply; a scorecard can wait for everybody.
const (
	laneReply = iota + 1
	laneAlert
	laneDigest
)

func laneOf(kind string) int {
	switch kind {
	case Reply:
		return laneReply
	case Scorecard:
		return laneDigest
	}
	return laneAlert
}

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

// prepare decides what needs no attempt. Otherwise send is true and editID is the message to edit, 0 for a new one.
func prepare(c Claimed, now rules.Instant) (editID int, d decision, send bool) {
	switch {
	case c.Expires > 0 && now >= c.Expires:
		return 0, giveUp(c, ReasonExpired), false
	case c.EditID > 0:
		return c.EditID, decision{}, true
	case c.EditOf == "":
		return 0, decision{}, true
	case c.TargetID == 0 && (c.Kind == Retraction || c.Kind == Status):
		return 0, giveUp(c, ReasonNoTarget), false
	}
	return c.TargetID, decision{}, true
}

// decide settles a message by what the attempt came to. Failures is how many attempts in a row its chat has seen fail, this
// one included if it did: Claimed.Attempt does not tell, because it counts hand-backs too.
func decide(c Claimed, o Outcome, failures int, now rules.Instant) decision {
	again := now + millis(pause(failures, c.Key))
	switch o.Verdict {
	case Delivered:
		return decision{Settlement: Settlement{Key: c.Key, Route: c.Route, State: Sent, MessageID: o.MessageID}, note: o.Reason}
	case Refused:
		d := giveUp(c, o.Reason)
		d.gone = gone(o.Reason)
		return d
	case Flooded:
		return wait(c, now, now+millis(max(o.RetryAfter, time.Second)), ReasonFlood)
	case Moved:
		return follow(c, o.NewChat, now)
	case Unknown:
		return doubt(c, now, again, o.Reason)
	}
	return wait(c, now, again, o.Reason)
}

// follow sends the message after its group at once.
func follow(c Claimed, to int64, now rules.Instant) decision {
	if to == 0 || to == c.Chat {
		return giveUp(c, ReasonMoved)
	}
	d := wait(c, now, now, ReasonMoved)
	d.moved = to
	if d.State == Waiting {
		d.Chat = to
	}
	return d
}

// doubt decides about a message that may have been sent. An alert that is missing costs more than one that comes twice;
// with a scorecard it is the other way round. Nothing is sent a third time.
func doubt(c Claimed, now, again rules.Instant, reason string) decision {
	if c.Kind == Scorecard || c.Unknown {
		return giveUp(c, ReasonUnknown)
	}
	d := wait(c, now, again, reason)
	d.Unknown = d.State == Waiting
	return d
}

// wait has the message tried again at next, unless it is useless by then.
func wait(c Claimed, now, next rules.Instant, reason string) decision {
	if c.Expires > 0 && next >= c.Expires && next > now {
		return giveUp(c, ReasonExpired)
	}
	return decision{Settlement: Settlement{Key: c.Key, Route: c.Route, State: Waiting, Next: next, Reason: reason}}
}

func giveUp(c Claimed, reason string) decision {
	return decision{Settlement: Settlement{Key: c.Key, Route: c.Route, State: GivenUp, Reason: reason}}
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
