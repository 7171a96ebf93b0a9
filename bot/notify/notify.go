// Package notify turns findings into one message per subscribed chat, in the chat's language, and questions into pages.
//
// The story: a commit has [News]; [Composer.Alerts] says who hears what of it, and writes it down. A person asks;
// [Composer.Today], [Composer.Due], [Composer.Why] and their siblings answer from a view that the caller filled. It sends
// nothing and reads nothing: every text is a pure function of its arguments.
//
// What it guarantees: every text fits Telegram's limit, every foreign string in it is escaped, and every message carries
// the business key that makes a repetition die in the outbox.
//
// # Keys
//
// An alert is a statement about one case and one deadline, so its key names both:
//
//	breach/<shop>/<rule>/<kind>/<id>/<due>/<chat>
//	stage/<shop>/<rule>/<kind>/<id>/<due>/<stage>/<chat>
//	violation/<shop>/<rule>/<day>/<chat>
//	scorecard/<shop>/<day>/<chat>, weekly/<shop>/<first day>/<chat>, monthly/<shop>/<first day>/<chat>
//	retract/<key of the message that is taken back>, retract-note/<the same> for the reply
//	done/<key of the alert whose case is done>, done-note/<the same> for the reply
//	remind/<shop>/<rule>/<kind>/<id>/<due>/<n>/<chat>
//	escalate/<shop>/<rule>/<kind>/<id>/<due>/<take that ran out, 0 = none>/duty|owner/<chat>, for a line <rule>/<day>/…
//	handover/<shop>/<local start>/<chat>
//	board/<shop>/<when the board before it changed>/<chat>
//	<key of a board>/<instant of the edit>
//	status/<key of the message that is brought up to date>/<version of its alarm>
//	test/<chat>/<update>
//	left/<shop>/<chat that left>/<update>/<chat>
//	role/<shop>/<update>/<chat>
//
// The deadline (milliseconds) is part of the key because a deadline can be agreed anew: a case that is warned of, taken
// back and then broken at its new deadline is a second fact, and under the key of the first it would die unheard. A key
// that would pass [MaxKey] bytes is replaced by its hash, which is just as stable.
//
// # Bursts
//
// Which cases share a commit depends on how events happen to be grouped, so nothing is folded when it is written: a folded
// message would have another key after every redelivery in another grouping, and its cases would be told twice or not at
// all. One key per case is what "once" rests on. Each message carries the row it becomes when several go out together
// (outbox.Fold), and [Composer.Fold] words the whole when the queue knows which these are.
package notify

import (
	"shopwarden/config"
	"shopwarden/rules"
)

// Role is what a chat may do with a shop.
type Role string

// Owner: a private chat that was bound with an owner's code; may do everything. Manager: the same, but not say who else
// belongs to the shop as manager or owner, nor delete anything. Agent: may query, and say what is done about a case. Viewer:
// may query. Team: a group, whose members are agents and whose administrators are managers; of a private chat it is an older
// word for agent.
const (
	Owner   Role = "owner"
	Manager Role = "manager"
	Agent   Role = "agent"
	Viewer  Role = "viewer"
	Team    Role = "team"
)

// Chat is a subscription of one chat to one shop.
type Chat struct {
	ID       int64         `json:"id"`
	Thread   int           `json:"thread,omitempty"` // forum topic the binding was made in
	Title    string        `json:"title,omitempty"`
	Role     Role          `json:"role"`
	Lang     string        `json:"lang"`                // zh or en
	Alerts   bool          `json:"alerts"`              // breaches, warnings, violations, retractions
	Digest   bool          `json:"digest"`              // the scorecards
	Without  string        `json:"without,omitempty"`   // what its scorecards do without: names with commas between; "" = nothing
	Days     string        `json:"days,omitempty"`      // weekdays of the daily scorecard: mon,tue…; "" = every day
	Pictures string        `json:"pictures,omitempty"`  // "" = light, dark, off
	Cards    int           `json:"cards,omitempty"`     // forum topic of the scorecards; 0 = Thread, -1 = General
	Boards   int           `json:"boards,omitempty"`    // forum topic of the board; the same
	Board    bool          `json:"board,omitempty"`     // one message that shows what is open and is kept up to date
	Paused   bool          `json:"paused,omitempty"`    // blocked or kicked: nothing is queued until the chat speaks again
	PausedAt rules.Instant `json:"paused_at,omitempty"` // since when; 0 = not paused, or not known
	Quiet    string        `json:"quiet,omitempty"`     // hours in the shop's zone when nothing rings here: 22:00-08:00; "" = none
	Urgent   string        `json:"urgent,omitempty"`    // ids of the rules that ring here all the same, with commas between
	Budget   int           `json:"budget,omitempty"`    // messages that may ring here in a day; 0 = DefaultBudget, -1 = as many as there are
	Duty     string        `json:"duty,omitempty"`      // of a private chat: when that person is on duty, in the words of opening hours; "" = never
	Muted    rules.Instant `json:"muted,omitempty"`     // nothing rings before; 0 = not muted
	Since    rules.Instant `json:"since,omitempty"`     // when it was bound; 0 = not known
}

// News is what a commit has to tell about one shop, all of it decided, nothing of it rendered.
type News struct {
	Shop       config.Shop
	Policy     *rules.Policy
	Chats      []Chat
	Now        rules.Instant
	Breached   []rules.Case
	Warned     []rules.Case
	Finished   []rules.Case // told as broken before, and done now
	Cleared    []Cleared
	Violations []rules.Finding
	Withdrawn  []rules.Finding // violations that a late fact took back
	Silent     *Silence        // the source fell silent; nil = it did not
	Again      *Silence        // the source is heard again after a silence that was told of
}

// Cleared is a breach that a late fact took back, and how the case stands now (ok false: it no longer exists).
type Cleared struct {
	Subject rules.Subject
	Entry   rules.Entry
	Case    rules.Case
	OK      bool
}
