// Package outbox brings every message to its chat, once per business fact.
//
// A message is put on the queue in the same commit as the fact it tells of. A worker claims it under a lease, sends it,
// and settles it: sent, to be tried again, or given up with the reason. What it guarantees: a message whose key was seen
// before is not sent again; a message that was not sent for a passing reason is tried again until it is too old to be of
// use. Two things may repeat a message: a crash between Telegram's answer and the record of it, and an answer that got lost
// on the way, after which everything but a scorecard is sent once more.
package outbox

import (
	"context"
	"time"

	"shopwarden/rules"
)

// Button is one inline button. Exactly one of Action and URL is set. Action is "verb:arg:arg…", of any length; the sender
// shortens what does not fit into callback data.
type Button struct {
	Text   string `json:"t"`
	Action string `json:"a,omitempty"`
	URL    string `json:"u,omitempty"`
}

// Message is one message to one chat, fully rendered.
type Message struct {
	Key     string        `json:"key"`   // business key with the chat behind it: a second message of that key dies in the queue
	Route   string        `json:"route"` // what the queue is partitioned by: the shop id, or the chat id for replies
	Shop    string        `json:"shop,omitempty"`
	Chat    int64         `json:"chat"`
	Thread  int           `json:"thread,omitempty"` // forum topic
	Kind    string        `json:"kind"`             // breach, warning, violation, retraction, scorecard, reply
	HTML    string        `json:"html"`             // Telegram HTML, escaped
	Buttons [][]Button    `json:"buttons,omitempty"`
	Silent  bool          `json:"silent,omitempty"`
	EditOf  string        `json:"edit_of,omitempty"` // key of an earlier message to edit in place; see Worker
	EditID  int           `json:"edit_id,omitempty"` // message id to edit in place (answers to buttons)
	ReplyTo int           `json:"reply_to,omitempty"`
	Created rules.Instant `json:"created"`
	Due     rules.Instant `json:"due,omitempty"`     // not before; 0 = at once
	Expires rules.Instant `json:"expires,omitempty"` // given up when not sent by then; 0 = never
}

// The kinds of message.
const (
	Breach     = "breach"
	Warning    = "warning"
	Violation  = "violation"
	Retraction = "retraction"
	Scorecard  = "scorecard"
	Reply      = "reply"
)

// Claimed is a message under lease.
type Claimed struct {
	Message
	Attempt   int  // number of claims so far, 1 for the first
	Uncertain bool // an earlier attempt ended without a record (its lease ran out): it may have been sent
	Unknown   bool // an earlier attempt was settled with Unknown: it has probably been sent
	TargetID  int  // Telegram's id of the message named by EditOf, 0 when that was never sent and never will be
}

// State is where a message ends or waits.
type State int

// Sent: Telegram has it. Waiting: try again at Next. GivenUp: will not be sent, Reason says why. Withdrawn: became untrue
// before it was sent.
const (
	Sent State = iota + 1
	Waiting
	GivenUp
	Withdrawn
)

// String returns the state in lower case.
func (s State) String() string { return [...]string{"", "sent", "waiting", "given_up", "withdrawn"}[s] }

// Settlement records what became of a claimed message.
//
// Chat is how a message follows its group: after a migration the same message, under the same key and route, is claimed
// again with the new chat id. Unknown is remembered until the message leaves the queue.
type Settlement struct {
	Key       string
	Route     string
	State     State
	MessageID int           // with Sent
	Next      rules.Instant // with Waiting
	Chat      int64         // with Waiting: the chat to send to from now on, 0 = as before
	Unknown   bool          // with Waiting: this attempt ended in doubt; later claims have Claimed.Unknown
	Reason    string        // with Waiting and GivenUp; one of the Outcome reasons, never a raw error
}

// Queue keeps messages until they are settled. All methods are safe for concurrent use and for several processes.
type Queue interface {
	// Enqueue adds messages; one whose key is known already is dropped silently. Repeating a call changes nothing.
	Enqueue(ctx context.Context, now rules.Instant, messages []Message) error
	// Claim leases up to limit messages that are due, oldest first per route. A message is left out while the one it edits
	// is on the queue, waiting or under lease. A lease that runs out makes the message claimable again with Uncertain set.
	Claim(ctx context.Context, now rules.Instant, limit int, lease time.Duration) ([]Claimed, error)
	// Settle records outcomes. Repeating a call changes nothing.
	Settle(ctx context.Context, now rules.Instant, settlements []Settlement) error
}

// Verdict classifies one attempt to send.
type Verdict int

// Delivered: Telegram confirmed. Refused: will never succeed (blocked, kicked, bad request). NotSent: certainly not sent,
// or an edit, which may be repeated: try again. Unknown: may or may not have been sent (time-out, lost reply). Flooded: not
// sent, wait RetryAfter. Moved: the group has a new id.
const (
	Delivered Verdict = iota + 1
	Refused
	NotSent
	Unknown
	Flooded
	Moved
)

// Outcome is what an attempt came to. Reason is one of the stable words of reasons.go, never a raw error text; with Delivered
// it is empty unless the message did not go out as it was written.
type Outcome struct {
	Verdict    Verdict
	MessageID  int
	RetryAfter time.Duration
	NewChat    int64
	Reason     string
}

// Sender makes one attempt to send or edit. It returns within ctx's deadline and never retries by itself. editID > 0 edits
// that message instead of sending a new one.
type Sender interface {
	Send(ctx context.Context, m Message, editID int) Outcome
}
