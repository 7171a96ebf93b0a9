package outbox

import "slices"

// What went wrong with a chat. After one of these nothing reaches it until it speaks again: see [Hooks].
const (
	ReasonBlocked      = "blocked"
	ReasonKicked       = "kicked"
	ReasonChatNotFound = "chat_not_found"
	ReasonDeactivated  = "deactivated"
	ReasonNotStarted   = "not_started" // nobody there has written to the bot yet
	ReasonNoRights     = "no_rights"   // the bot may not write there
	ReasonForbidden    = "forbidden"   // a 403 in words not known yet
)

// What went wrong with a message: it is given up, its chat is fine.
const (
	ReasonParseError = "parse_error"
	ReasonTooLong    = "too_long"
	ReasonTooBig     = "too_big"    // a file beyond what Telegram takes
	ReasonBadPhoto   = "bad_photo"  // a picture Telegram makes nothing of
	ReasonOtherKind  = "other_kind" // the message to edit is a picture where a text was expected, or the other way round
	ReasonBadButton  = "bad_button"
	ReasonBadTopic   = "bad_topic"
	ReasonBadReply   = "bad_reply"
	ReasonEditGone   = "edit_gone"
	ReasonEmpty      = "empty"
	ReasonBadRequest = "bad_request" // any other refusal
)

// What went wrong on the way: it is tried again.
const (
	ReasonFlood        = "flood"
	ReasonMoved        = "moved"
	ReasonServerError  = "server_error"
	ReasonUnauthorized = "unauthorized" // wrong or revoked token
	ReasonNotFound     = "not_found"    // wrong address or token
	ReasonProxy        = "proxy"        // somebody other than Telegram refused
	ReasonNetwork      = "network"
	ReasonTimeout      = "timeout"
	ReasonOddReply     = "odd_reply"   // answered with something that is no answer
	ReasonUnreachable  = "unreachable" // not tried, because Telegram does not answer
	ReasonStore        = "store"       // not tried, because something could not be stored first
)

// How a message went out other than it was written. It was delivered.
const (
	ReasonNotModified = "not_modified" // the edit changes nothing
	ReasonPlainText   = "plain_text"   // tags stripped
	ReasonAsDocument  = "as_document"  // too long for a text: whole in a file, its first lines beside it
	ReasonNoButtons   = "no_buttons"   // buttons left out
	ReasonGeneral     = "general"      // not in its topic, which is gone or closed
	ReasonNoReply     = "no_reply"     // not as an answer, the question is gone
	ReasonSentAnew    = "sent_anew"    // the message to edit is gone or too old
	ReasonNoPicture   = "no_picture"   // the text without its picture; of an edit, with the picture it had before
	ReasonPlainForm   = "plain_form"   // not as a rich message
)

// What the worker decides without asking Telegram, or after asking it.
const (
	ReasonPaced    = "paced"    // its chat may not get more right now
	ReasonShutdown = "shutdown" // handed back unsent
	ReasonCalm     = "calm"     // one of its group was sent a moment ago: it goes with the next ones
	ReasonExpired  = "expired"
	ReasonUnknown  = "unknown" // may have been sent; not worth a duplicate
	ReasonNoTarget = "nothing_to_edit"

	ReasonBudget     = "budget"      // the chat has heard enough for the day: it is counted only
	ReasonNotCurrent = "not_current" // it waited on purpose, and is not true any more
)

// gone reports whether the reason concerns the chat rather than the message.
func gone(reason string) bool {
	return slices.Contains([]string{
		ReasonBlocked, ReasonKicked, ReasonChatNotFound, ReasonDeactivated, ReasonNotStarted, ReasonNoRights, ReasonForbidden,
	}, reason)
}
