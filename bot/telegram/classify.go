package telegram

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"shopwarden/bot/outbox"
)

// CallError is a call that did not succeed, or nobody knows. Verdict is never Delivered.
type CallError struct {
	Method      string
	Verdict     outbox.Verdict
	Reason      string // one of the words of package outbox
	Code        int    // Telegram's error_code, or the HTTP status of whoever answered; 0 = no answer
	Description string // Telegram's own words, cut short
	RetryAfter  time.Duration
	NewChat     int64
}

// Error says what failed, in words that are fit for a log.
func (e *CallError) Error() string {
	if e.Code == 0 {
		return fmt.Sprintf("calling %s: %s", e.Method, e.Reason)
	}
	return fmt.Sprintf("calling %s: %s (%d %s)", e.Method, e.Reason, e.Code, e.Description)
}

// envelope is what every answer of Telegram comes in.
type envelope struct {
	OK          *bool           `json:"ok"`
	Result      json.RawMessage `json:"result"`
	Code        int             `json:"error_code"`
	Description string          `json:"description"`
	Parameters  struct {
		RetryAfter int   `json:"retry_after"`
		NewChat    int64 `json:"migrate_to_chat_id"`
	} `json:"parameters"`
}

// classify says what became of a call: its result, or how it failed. It is pure.
func classify(ex exchange) (json.RawMessage, *CallError) {
	if ex.status == 0 {
		return nil, unanswered(ex)
	}
	var e envelope
	if ex.partial || json.Unmarshal(ex.reply, &e) != nil || e.OK == nil {
		return nil, strange(ex)
	}
	if *e.OK && ex.status == http.StatusOK {
		return e.Result, nil
	}
	return nil, refused(e, ex.status)
}

// unanswered is a call without a reply: in doubt once the server may have all of it.
func unanswered(ex exchange) *CallError {
	failed := &CallError{Verdict: outbox.NotSent, Reason: outbox.ReasonNetwork}
	switch {
	case ex.broken:
		failed.Verdict, failed.Reason = outbox.Refused, outbox.ReasonBadRequest
	case ex.begun && !ex.cut:
		failed.Verdict = outbox.Unknown
	}
	if ex.timeout {
		failed.Reason = outbox.ReasonTimeout
	}
	return failed
}

// strange is a reply that is not Telegram's: of a proxy, a captive portal or a server that broke off. What it says about
// the message depends on how it counts itself. A gateway that timed out has passed the call on.
func strange(ex exchange) *CallError {
	failed := &CallError{Code: ex.status, Description: http.StatusText(ex.status)}
	switch {
	case ex.status/100 == 2:
		failed.Verdict, failed.Reason = outbox.Unknown, outbox.ReasonOddReply
	case ex.status == http.StatusGatewayTimeout:
		failed.Verdict, failed.Reason = outbox.Unknown, outbox.ReasonTimeout
	case ex.status >= 500:
		failed.Verdict, failed.Reason = outbox.NotSent, outbox.ReasonServerError
	default:
		failed.Verdict, failed.Reason = outbox.NotSent, outbox.ReasonProxy
	}
	return failed
}

// refused is Telegram's own no.
func refused(e envelope, status int) *CallError {
	if e.Code == 0 {
		e.Code = status
	}
	failed := &CallError{Code: e.Code, Description: cutWords(e.Description, 160), NewChat: e.Parameters.NewChat,
		RetryAfter: time.Duration(e.Parameters.RetryAfter) * time.Second}
	failed.Verdict, failed.Reason = verdictOf(e)
	return failed
}

func verdictOf(e envelope) (outbox.Verdict, string) {
	switch {
	case e.Parameters.NewChat != 0:
		return outbox.Moved, outbox.ReasonMoved
	case e.Code == http.StatusTooManyRequests:
		return outbox.Flooded, outbox.ReasonFlood
	case e.Code == http.StatusUnauthorized:
		return outbox.NotSent, outbox.ReasonUnauthorized
	case e.Code == http.StatusNotFound:
		return outbox.NotSent, outbox.ReasonNotFound
	case e.Code == http.StatusForbidden:
		return outbox.Refused, reasonIn(e.Description, forbiddenWords, outbox.ReasonForbidden)
	case e.Code == http.StatusGatewayTimeout:
		return outbox.Unknown, outbox.ReasonTimeout
	case e.Code >= 500:
		return outbox.NotSent, outbox.ReasonServerError
	case e.Code >= 400:
		return outbox.Refused, reasonIn(e.Description, badRequestWords, outbox.ReasonBadRequest)
	}
	return outbox.Unknown, outbox.ReasonOddReply
}

// wording is a part of a description, in lower case, and what it means. Telegram has no codes for these; the words are
// those of tdlib/telegram-bot-api and of the errors people report.
type wording struct{ part, reason string }

func forbiddenWords() []wording {
	return []wording{
		{"blocked by the user", outbox.ReasonBlocked},
		{"user is deactivated", outbox.ReasonDeactivated},
		{"was deleted", outbox.ReasonDeactivated},
		{"was kicked", outbox.ReasonKicked},
		{"not a member", outbox.ReasonKicked},
		{"can't initiate conversation", outbox.ReasonNotStarted},
		{"rights", outbox.ReasonNoRights},
	}
}

func badRequestWords() []wording {
	return []wording{
		{"message is not modified", outbox.ReasonNotModified},
		{"message to edit not found", outbox.ReasonEditGone},
		{"message can't be edited", outbox.ReasonEditGone},
		{"no text in the message to edit", outbox.ReasonOtherKind},
		{"no caption in the message to edit", outbox.ReasonOtherKind},
		{"no media in the message to edit", outbox.ReasonOtherKind},
		{"message_id_invalid", outbox.ReasonEditGone},
		{"can't parse entities", outbox.ReasonParseError},
		{"message thread not found", outbox.ReasonBadTopic},
		{"topic_closed", outbox.ReasonBadTopic},
		{"topic_deleted", outbox.ReasonBadTopic},
		{"topic_id_invalid", outbox.ReasonBadTopic},
		{"message is too long", outbox.ReasonTooLong},
		{"message_too_long", outbox.ReasonTooLong},
		{"caption is too long", outbox.ReasonTooLong},
		{"caption_too_long", outbox.ReasonTooLong},
		{"file is too big", outbox.ReasonTooBig},
		{"request entity too large", outbox.ReasonTooBig},
		{"image_process_failed", outbox.ReasonBadPhoto},
		{"photo_invalid", outbox.ReasonBadPhoto}, // PHOTO_INVALID_DIMENSIONS…
		{"photo_ext_invalid", outbox.ReasonBadPhoto},
		{"photo_save_file_invalid", outbox.ReasonBadPhoto},
		{"too big for a photo", outbox.ReasonBadPhoto},
		{"file must be non-empty", outbox.ReasonEmpty},
		{"text is empty", outbox.ReasonEmpty},
		{"button", outbox.ReasonBadButton}, // BUTTON_DATA_INVALID, inline keyboard button URL…
		{"replied not found", outbox.ReasonBadReply},
		{"reply message not found", outbox.ReasonBadReply},
		{"chat not found", outbox.ReasonChatNotFound},
		{"peer_id_invalid", outbox.ReasonChatNotFound},
		{"channel_private", outbox.ReasonKicked},
		{"deactivated", outbox.ReasonDeactivated},
		{"was kicked", outbox.ReasonKicked},
		{"rights", outbox.ReasonNoRights}, // have no rights to send a message, not enough rights…
		{"chat_write_forbidden", outbox.ReasonNoRights},
		{"chat_restricted", outbox.ReasonNoRights},
		{"chat_send_plain_forbidden", outbox.ReasonNoRights},
		{"chat_send_docs_forbidden", outbox.ReasonNoRights},
		{"chat_send_photos_forbidden", outbox.ReasonNoRights},
		{"chat_send_media_forbidden", outbox.ReasonNoRights},
		{"chat_admin_required", outbox.ReasonNoRights},
	}
}

func reasonIn(description string, words func() []wording, otherwise string) string {
	description = strings.ToLower(description)
	for _, w := range words() {
		if strings.Contains(description, w.part) {
			return w.reason
		}
	}
	return otherwise
}

// cutWords cuts a text to at most limit runes.
func cutWords(text string, limit int) string {
	if runes := []rune(text); len(runes) > limit {
		return string(runes[:limit])
	}
	return text
}
