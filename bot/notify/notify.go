// Package notify turns findings into one message per subscribed chat, in the chat's language.
//
// It decides who hears of what, and composes the text; it sends nothing. What it guarantees: every text fits Telegram's
// limit, every foreign string in it is escaped, and every message carries the business key that makes a repetition die in
// the outbox.
package notify

import (
	"shopwarden/config"
	"shopwarden/rules"
)

// Role is what a chat may do with a shop.
type Role string

// Owner: a private chat that was bound with an owner's code; may query and change settings. Team: a group; may query,
// settings only by its administrators.
const (
	Owner Role = "owner"
	Team  Role = "team"
)

// Chat is a subscription of one chat to one shop.
type Chat struct {
	ID     int64  `json:"id"`
	Thread int    `json:"thread,omitempty"` // forum topic the binding was made in
	Title  string `json:"title,omitempty"`
	Role   Role   `json:"role"`
	Lang   string `json:"lang"`             // zh or en
	Alerts bool   `json:"alerts"`           // breaches, warnings, violations, retractions
	Digest bool   `json:"digest"`           // the daily scorecard
	Paused bool   `json:"paused,omitempty"` // blocked or kicked: nothing is queued until the chat speaks again
}

// News is what a commit has to tell about one shop, all of it decided, nothing of it rendered.
type News struct {
	Shop       config.Shop
	Policy     *rules.Policy
	Chats      []Chat
	Now        rules.Instant
	Breached   []rules.Case
	Warned     []rules.Case
	Cleared    []Cleared
	Violations []rules.Finding
	Withdrawn  []rules.Finding // violations that a late fact took back
}

// Cleared is a breach that a late fact took back, and how the case stands now (ok false: it no longer exists).
type Cleared struct {
	Subject rules.Subject
	Entry   rules.Entry
	Case    rules.Case
	OK      bool
}
