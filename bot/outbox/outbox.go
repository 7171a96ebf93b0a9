// Package outbox brings every message to its chat, once per business fact.
//
// A message is put on the queue in the same commit as the fact it tells of, into the line of its chat. A worker claims the
// first of a line under a lease, has it admitted by the limits that all processes share, sends it, and settles it: sent, to
// be tried again, or failed with the reason. What it guarantees: a message whose key was seen before is not sent again; a
// message that was not sent for a passing reason is tried again until it is too old to be of use; what a chat gets of a
// shop in one lane arrives in order; no lane waits for a later one, and no chat for another. Two things may repeat a
// message: a crash between Telegram's answer and the record of it, and an answer that got lost on the way, after which an
// alert is sent once more, marked as such, and a scorecard is not.
package outbox

import (
	"context"
	"time"

	"shopwarden/bot/chart"
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
	Key     string         `json:"key"`   // business key with the chat behind it: a second message of that key dies in the queue
	Route   string         `json:"route"` // what the queue is partitioned by: the shop id, or the chat id for replies
	Shop    string         `json:"shop,omitempty"`
	Chat    int64          `json:"chat"`
	Thread  int            `json:"thread,omitempty"` // forum topic
	Kind    string         `json:"kind"`             // one of the kinds below
	Lang    string         `json:"lang,omitempty"`   // language of the text
	HTML    string         `json:"html"`             // Telegram HTML, escaped
	Buttons [][]Button     `json:"buttons,omitempty"`
	Silent  bool           `json:"silent,omitempty"`
	EditOf  string         `json:"edit_of,omitempty"`  // key of an earlier message to edit in place; see Worker
	EditID  int            `json:"edit_id,omitempty"`  // message id to edit in place (answers to buttons)
	ReplyTo int            `json:"reply_to,omitempty"` // message id to answer
	ReplyOf string         `json:"reply_of,omitempty"` // key of an earlier message to answer; not sent when that never was
	Created rules.Instant  `json:"created"`
	Due     rules.Instant  `json:"due,omitempty"`     // not before; 0 = at once
	Expires rules.Instant  `json:"expires,omitempty"` // given up when not sent by then; 0 = never
	File    *File          `json:"file,omitempty"`    // a document; HTML is its caption
	Picture *chart.Picture `json:"picture,omitempty"` // drawn when it is sent; HTML is its caption when it fits into one, and goes alone when there is no picture; not of what goes folded
	Rich    string         `json:"rich,omitempty"`    // the same as a rich message, for where those are understood; HTML is complete without it, and goes when anything was added to it
	Fold    *Fold          `json:"fold,omitempty"`    // how it reads when several go out as one; nil = always alone
	Follow  *Follow        `json:"follow,omitempty"`  // what is followed up once it was sent, or was only counted; nil = nothing
	Noise   *Noise         `json:"noise,omitempty"`   // what it counts towards; nil = it may ring as it likes
}

// File is a document that goes with a message.
type File struct {
	Name string `json:"name"`
	Data []byte `json:"data"`
}

// Fold is how a message reads when it goes out together with others of its group, as it does when several of one line are
// due at once: one text with a row for each. A message that edits one which went out folded replaces that one's row.
type Fold struct {
	Group string        `json:"group"`           // those of one chat with the same group may be folded
	About string        `json:"about"`           // HTML: the line above the rows it stands among: rule, principle, shop
	Row   string        `json:"row"`             // HTML: one line
	Case  string        `json:"case,omitempty"`  // what it is about, so that it can be looked at again before it is sent: rule@part|kind/id
	Calm  int64         `json:"calm,omitempty"`  // ms: after one of the group was sent, the next ones wait so long and go as one; 0 = they do not
	Check bool          `json:"check,omitempty"` // it waited on purpose: whether it is still true is asked before it is sent
	Shop  string        `json:"shop,omitempty"`  // for the buttons under the whole
	Done  bool          `json:"done,omitempty"`  // the row says that it is settled
	At    rules.Instant `json:"at,omitempty"`    // when it is or was due: rows below one About are in this order, equal ones in that of sending
	Gone  int           `json:"gone,omitempty"`  // of the first part: how many of the group were left out, not being true any more when they were looked at again
}

// Follow names the alarm that begins when the message was sent or was only counted ([Noise]), and when it is looked at for the
// first time, in ms from then. An alarm that exists already stays as it is.
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

// Line names what goes out in order, one after the other: the messages of one route for one chat in one lane. Chat is the
// chat they were queued for, also after they followed it to a new id.
type Line struct {
	Route string
	Chat  int64
	Lane  Lane
}

// Line returns the line a message is queued in. What waited on purpose is one line, whatever it is, so that it goes out as
// one.
func (m Message) Line() Line {
	lane := LaneOf(m.Kind)
	if m.Fold != nil && m.Fold.Check {
		lane = LaneWarning
	}
	return Line{Route: m.Route, Chat: m.Chat, Lane: lane}
}

// Held is a message under lease.
type Held struct {
	Message
	Attempt   int  // number of claims so far, 1 for the first
	Failures  int  // attempts in a row that failed on the way
	Uncertain bool // an earlier attempt ended without a record (its lease ran out): it may have been sent
	Doubts    int  // attempts that were settled in doubt: it has probably been sent
	Retried   bool // an operator had it tried again: it does not expire
}

// Part is one message of several that went out as one.
type Part struct {
	Key  string `json:"key"`
	Fold Fold   `json:"fold"`
}

// Target is the message that a claimed one edits or answers: its id, 0 when it was never sent and never will be, the key
// under which the queue keeps that and, when it went out folded, all parts of it.
type Target struct {
	ID    int
	Key   string
	Parts []Part
}

// Claimed is the first message of a line under lease, with those that may go out as one with it. Messages has at least one;
// all of them are for the same chat.
type Claimed struct {
	Line     Line
	Claim    string // id of the claim, for its settlement
	Messages []Held
	Since    rules.Instant // when the last of its group was sent, 0 = long ago
	Rang     int           // messages that rang in the chat on the day of its Noise
	Target   Target
	More     bool // the line holds more messages
}

// First is the message that leads.
func (c Claimed) First() *Held { return &c.Messages[0] }

// State is where a message ends or waits.
type State int

// Sent: Telegram has it. Waiting: try again at Next. Failed: will not be sent, Reason says why. Withdrawn: is not to be sent
// any more. Doubtful: may have been sent, and is not worth a duplicate. Sending: under lease. Failed and Doubtful messages
// are kept for the operator.
const (
	Sent State = iota + 1
	Waiting
	Failed
	Withdrawn
	Doubtful
	Sending
)

// String returns the state as operators see it.
func (s State) String() string {
	return [...]string{"", "sent", "queued", "failed", "withdrawn", "unknown", "sending"}[s]
}

// Settlement records what became of a claim: all its messages come to the same, except those in Dropped, which turned out
// not to be true any more.
//
// Chat is how messages follow their group: after a migration the same messages, under the same keys and in the same line,
// are claimed again with the new chat id.
type Settlement struct {
	Claimed
	State     State
	Dropped   []string      // keys
	MessageID int           // with Sent
	Parts     []Part        // with Sent: what went out as one; nil when it was one message
	Next      rules.Instant // with Waiting
	Move      bool          // with Waiting: others of the line may go first
	Chat      int64         // with Waiting: the chat to send to from now on, 0 = as before
	Doubts    int           // with Waiting: attempts that ended in doubt, this one included
	Failures  int           // with Waiting: attempts in a row that failed on the way, this one included
	Reason    string        // one of the words of reasons.go, never a raw error
}

// Queue keeps messages until they are settled. All methods are safe for concurrent use and for several processes.
type Queue interface {
	// Enqueue adds messages; one whose key is known already is dropped silently. Repeating a call changes nothing.
	Enqueue(ctx context.Context, now rules.Instant, messages []Message) error
	// Claim leases the first message of up to limit lines that are due in the lanes from first to last, the earlier lane
	// first and in it what is due longest. Of a line one claim at a time is out. An edit is left out while the message it
	// edits is on the queue. A lease that runs out makes the line claimable again, with Uncertain set.
	Claim(ctx context.Context, now rules.Instant, first, last Lane, limit int, lease time.Duration) ([]Claimed, error)
	// Settle records outcomes. Repeating a call changes nothing, and neither does one whose claim has run out, except that
	// what was sent is sent.
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
	// Enough says below a text that it is the last that rings today: budget messages have.
	Enough(lang, html string, budget int) string
}

// Checker looks at the world once more.
type Checker interface {
	// Current reports for each case of a shop, named as in [Fold.Case], whether an alert about it is still true.
	Current(ctx context.Context, shop string, cases []string) ([]bool, error)
	// Snoozed reports whether somebody asked for quiet about the case of a warning, a breach, a reminder or an escalation, and
	// it is no worse than it was then; or, of a reminder or an escalation, has settled since what it asks for: somebody took
	// what an escalation says nobody has, or called it no fault of the shop.
	Snoozed(ctx context.Context, now rules.Instant, m Message) (bool, error)
}

// Sender makes one attempt to send or edit. It returns within ctx's deadline and never retries by itself. editID > 0 edits
// that message instead of sending a new one.
type Sender interface {
	Send(ctx context.Context, m Message, editID int) Outcome
}
