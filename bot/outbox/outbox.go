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
	Kind    string        `json:"kind"`             // one of the kinds below
	Lang    string        `json:"lang,omitempty"`   // language of the text
	HTML    string        `json:"html"`             // Telegram HTML, escaped
	Buttons [][]Button    `json:"buttons,omitempty"`
	Silent  bool          `json:"silent,omitempty"`
	EditOf  string        `json:"edit_of,omitempty"` // key of an earlier message to edit in place; see Worker
	EditID  int           `json:"edit_id,omitempty"` // message id to edit in place (answers to buttons)
	ReplyTo int           `json:"reply_to,omitempty"`
	ReplyOf string        `json:"reply_of,omitempty"` // key of an earlier message to reply to; given up like an edit when that was never sent
	Created rules.Instant `json:"created"`
	Due     rules.Instant `json:"due,omitempty"`     // not before; 0 = at once
	Expires rules.Instant `json:"expires,omitempty"` // given up when not sent by then; 0 = never
	File    *File         `json:"file,omitempty"`    // a document; HTML is its caption
	Fold    *Fold         `json:"fold,omitempty"`    // how it reads when several go out as one; nil = always alone
	Follow  *Follow       `json:"follow,omitempty"`  // what is followed up once it was sent; nil = nothing
	Noise   *Noise        `json:"noise,omitempty"`   // what it counts towards; nil = it may ring as it likes
}

// File is a document that goes with a message.
type File struct {
	Name string `json:"name"`
	Data []byte `json:"data"`
}

// Fold is how a message reads when it goes out together with others of its group, as it does when several of one line are
// due at once: one text with a row for each. A message that edits one which went out folded replaces that one's row.
type Fold struct {
	Group string `json:"group"`           // those of one chat with the same group may be folded
	About string `json:"about"`           // HTML: the line above the rows it stands among: rule, principle, shop
	Row   string `json:"row"`             // HTML: one line
	Case  string `json:"case,omitempty"`  // what it is about, so that it can be looked at again before it is sent: rule@part|kind/id
	Calm  int64  `json:"calm,omitempty"`  // ms: after one of the group was sent, the next ones wait so long and go as one; 0 = they do not
	Check bool   `json:"check,omitempty"` // it waited on purpose: whether it is still true is asked before it is sent
}

// Follow names the alarm that begins when the message was sent, and when it is looked at for the first time, in ms from
// then. An alarm that exists already stays as it is.
type Follow struct {
	Alarm string `json:"alarm"`
	In    int64  `json:"in"`
}

// Noise is what a message that rings counts towards: so many a chat and day, the rest is only counted. A message that is
// Silent does not count.
type Noise struct {
	Day    rules.Date `json:"day"`    // local day
	Budget int        `json:"budget"` // messages that may ring
}

// The kinds of message.
const (
	Violation  = "violation"
	Breach     = "breach"
	Retraction = "retraction"
	Escalation = "escalation" // nobody acted: to the person on duty, then to the owner
	Notice     = "notice"     // about the bot and its sources, not about cases
	Status     = "status"     // an edit of an alert: who has it, that it is done
	Reply      = "reply"
	Warning    = "warning"
	Reminder   = "reminder" // still open
	Board      = "board"    // what is open, one message edited in place
	Scorecard  = "scorecard"
	Export     = "export"
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

// Editor has the last word on texts.
type Editor interface {
	// Fold words messages of one group as one, in the order given.
	Fold(lang string, parts []Fold) (html string, buttons [][]Button)
	// Again marks a text that may have arrived before.
	Again(lang, html string) string
}

// Checker looks at the world once more.
type Checker interface {
	// Current reports for each case of a shop, named as in [Fold.Case], whether an alert about it is still true.
	Current(ctx context.Context, shop string, cases []string) ([]bool, error)
}

// Sender makes one attempt to send or edit. It returns within ctx's deadline and never retries by itself. editID > 0 edits
// that message instead of sending a new one.
type Sender interface {
	Send(ctx context.Context, m Message, editID int) Outcome
}
