package telegram

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/go-telegram/bot/models"
	"github.com/google/go-cmp/cmp"

	"shopwarden/bot/outbox"
)

func no(code int, description string) []byte {
	return fmt.Appendf(nil, `{"ok":false,"error_code":%d,"description":%q}`, code, description)
}

func TestEveryEndOfACallHasOneMeaning(t *testing.T) {
	const page = "<html><body><h1>502 Bad Gateway</h1></body></html>"
	tests := []struct {
		name    string
		ex      exchange
		verdict outbox.Verdict
		reason  string
	}{
		{"no connection", exchange{}, outbox.NotSent, outbox.ReasonNetwork},
		{"no connection in time", exchange{timeout: true}, outbox.NotSent, outbox.ReasonTimeout},
		{"cut off while writing", exchange{begun: true, cut: true}, outbox.NotSent, outbox.ReasonNetwork},
		{"written, connection lost", exchange{begun: true}, outbox.Unknown, outbox.ReasonNetwork},
		{"written, no answer in time", exchange{begun: true, timeout: true}, outbox.Unknown, outbox.ReasonTimeout},
		{"nothing to write", exchange{broken: true}, outbox.Refused, outbox.ReasonBadRequest},
		{"200 with a page", exchange{begun: true, status: 200, reply: []byte(page)}, outbox.Unknown, outbox.ReasonOddReply},
		{"200 with other JSON", exchange{begun: true, status: 200, reply: []byte(`{"result":1}`)}, outbox.Unknown, outbox.ReasonOddReply},
		{"200 that broke off", exchange{begun: true, status: 200, reply: []byte(`{"ok":true,"res`), partial: true}, outbox.Unknown, outbox.ReasonOddReply},
		{"502 with a page", exchange{begun: true, status: 502, reply: []byte(page)}, outbox.NotSent, outbox.ReasonServerError},
		{"504 with a page", exchange{begun: true, status: 504, reply: []byte(page)}, outbox.Unknown, outbox.ReasonTimeout},
		{"403 with a page", exchange{begun: true, status: 403, reply: []byte(page)}, outbox.NotSent, outbox.ReasonProxy},
		{"redirect", exchange{begun: true, status: 302}, outbox.NotSent, outbox.ReasonProxy},
		{"500", exchange{begun: true, status: 500, reply: no(500, "Internal Server Error")}, outbox.NotSent, outbox.ReasonServerError},
		{"wrong token", exchange{begun: true, status: 401, reply: no(401, "Unauthorized")}, outbox.NotSent, outbox.ReasonUnauthorized},
		{"wrong address", exchange{begun: true, status: 404, reply: no(404, "Not Found")}, outbox.NotSent, outbox.ReasonNotFound},
		{"code only in the status", exchange{begun: true, status: 403, reply: []byte(`{"ok":false}`)}, outbox.Refused, outbox.ReasonForbidden},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, failed := classify(tt.ex)
			if failed == nil || failed.Verdict != tt.verdict || failed.Reason != tt.reason {
				t.Errorf("got %+v, want verdict %d, %s", failed, tt.verdict, tt.reason)
			}
		})
	}
	if raw, failed := classify(exchange{begun: true, status: 200, reply: []byte(`{"ok":true,"result":[1]}`)}); failed != nil || string(raw) != "[1]" {
		t.Errorf("ok came to %s, %v", raw, failed)
	}
}

func TestTelegramsWordsHaveStableReasons(t *testing.T) {
	tests := []struct {
		code   int
		words  string
		reason string
	}{
		{403, "Forbidden: bot was blocked by the user", outbox.ReasonBlocked},
		{403, "Forbidden: user is deactivated", outbox.ReasonDeactivated},
		{403, "Forbidden: the group chat was deleted", outbox.ReasonDeactivated},
		{403, "Forbidden: bot was kicked from the supergroup chat", outbox.ReasonKicked},
		{403, "Forbidden: bot is not a member of the channel chat", outbox.ReasonKicked},
		{403, "Forbidden: bot can't initiate conversation with a user", outbox.ReasonNotStarted},
		{403, "Forbidden: not enough rights to send text messages to the chat", outbox.ReasonNoRights},
		{403, "Forbidden: something new", outbox.ReasonForbidden},
		{400, "Bad Request: chat not found", outbox.ReasonChatNotFound},
		{400, "Bad Request: PEER_ID_INVALID", outbox.ReasonChatNotFound},
		{400, "Bad Request: group chat was deactivated", outbox.ReasonDeactivated},
		{400, "Bad Request: have no rights to send a message", outbox.ReasonNoRights},
		{400, "Bad Request: not enough rights to send text messages to the chat", outbox.ReasonNoRights},
		{400, "Bad Request: CHAT_WRITE_FORBIDDEN", outbox.ReasonNoRights},
		{400, "Bad Request: message is not modified: specified new message content and reply markup are exactly the same", outbox.ReasonNotModified},
		{400, "Bad Request: message to edit not found", outbox.ReasonEditGone},
		{400, "Bad Request: message can't be edited", outbox.ReasonEditGone},
		{400, "Bad Request: there is no text in the message to edit", outbox.ReasonOtherKind},
		{400, `Bad Request: can't parse entities: Unsupported start tag "button" at byte offset 0`, outbox.ReasonParseError},
		{400, "Bad Request: message thread not found", outbox.ReasonBadTopic},
		{400, "Bad Request: TOPIC_CLOSED", outbox.ReasonBadTopic},
		{400, "Bad Request: message is too long", outbox.ReasonTooLong},
		{400, "Bad Request: MESSAGE_TOO_LONG", outbox.ReasonTooLong},
		{400, "Bad Request: message text is empty", outbox.ReasonEmpty},
		{400, "Bad Request: BUTTON_DATA_INVALID", outbox.ReasonBadButton},
		{400, "Bad Request: inline keyboard button URL 'x' is invalid: Wrong HTTP URL", outbox.ReasonBadButton},
		{400, "Bad Request: message to be replied not found", outbox.ReasonBadReply},
		{400, "Bad Request: something new", outbox.ReasonBadRequest},
	}
	for _, tt := range tests {
		_, failed := classify(exchange{begun: true, status: tt.code, reply: no(tt.code, tt.words)})
		if failed == nil || failed.Verdict != outbox.Refused || failed.Reason != tt.reason {
			t.Errorf("%s: got %+v, want %s", tt.words, failed, tt.reason)
		}
	}
}

func TestAFloodAndAMoveBringTheirNumbers(t *testing.T) {
	flood := []byte(`{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 35","parameters":{"retry_after":35}}`)
	if _, f := classify(exchange{status: 429, reply: flood}); f.Verdict != outbox.Flooded || f.RetryAfter != 35*time.Second {
		t.Errorf("flood is %+v", f)
	}
	moved := []byte(`{"ok":false,"error_code":400,"description":"Bad Request: group chat was upgraded to a supergroup chat","parameters":{"migrate_to_chat_id":-1001234567890123}}`)
	if _, f := classify(exchange{status: 400, reply: moved}); f.Verdict != outbox.Moved || f.NewChat != -1001234567890123 {
		t.Errorf("move is %+v", f)
	}
}

func FuzzClassify(f *testing.F) {
	f.Add(200, []byte(`{"ok":true,"result":{"message_id":1}}`))
	f.Add(400, no(400, "Bad Request: chat not found"))
	f.Add(502, []byte("<html>"))
	f.Fuzz(func(t *testing.T, status int, reply []byte) {
		_, failed := classify(exchange{begun: true, status: status, reply: reply})
		if failed != nil && (failed.Reason == "" || failed.Verdict < outbox.Refused || failed.Verdict > outbox.Moved) {
			t.Errorf("%d %q came to %+v", status, reply, failed)
		}
	})
}

func TestAPlainerDraftIsFoundForWhatCanBeHelped(t *testing.T) {
	markup := &models.InlineKeyboardMarkup{}
	full := draft{as: asText, text: "<b>5 &lt; 6</b>", edit: 3, thread: 4, replyTo: 5, markup: markup}
	change := func(f func(*draft)) draft { d := full; f(&d); return d }
	tests := []struct {
		reason string
		want   draft
	}{
		{outbox.ReasonParseError, change(func(d *draft) { d.text, d.plain, d.note = "5 < 6", true, outbox.ReasonPlainText })},
		{outbox.ReasonTooLong, change(func(d *draft) { d.text, d.plain, d.note = "5 < 6", true, outbox.ReasonPlainText })},
		{outbox.ReasonBadButton, change(func(d *draft) { d.markup, d.note = nil, outbox.ReasonNoButtons })},
		{outbox.ReasonEditGone, change(func(d *draft) { d.edit, d.note = 0, outbox.ReasonSentAnew })},
		{outbox.ReasonBadTopic, change(func(d *draft) { d.thread, d.note = 0, outbox.ReasonGeneral })},
		{outbox.ReasonBadReply, change(func(d *draft) { d.replyTo, d.note = 0, outbox.ReasonNoReply })},
	}
	for _, tt := range tests {
		got, ok := full.revise(tt.reason)
		if diff := cmp.Diff(tt.want, got, cmp.AllowUnexported(draft{})); !ok || diff != "" {
			t.Errorf("%s: %v %s", tt.reason, ok, diff)
		}
		if told := change(func(d *draft) { d.only = true }); tt.reason == outbox.ReasonEditGone {
			if next, ok := told.revise(tt.reason); ok {
				t.Errorf("what is said about a message that is gone became a message: %+v", next)
			}
		}
		if again, ok := got.revise(tt.reason); ok {
			t.Errorf("%s: a second time: %+v", tt.reason, again)
		}
	}
	long := draft{as: asText, text: "<b>1 &lt; 2</b>\n", thread: 4}
	file, ok := long.revise(outbox.ReasonTooLong)
	if want := (&outbox.File{Name: overflowName, Data: []byte("1 < 2\n")}); !ok || file.note != outbox.ReasonAsDocument || !cmp.Equal(file.file, want) {
		t.Errorf("too long: %v %+v", ok, file)
	}
	if text, ok := file.revise(outbox.ReasonNoRights); !ok || text.file != nil || text.text != "1 < 2\n" || text.note != outbox.ReasonPlainText {
		t.Errorf("too long where no files are taken: %v %+v", ok, text)
	}
	for _, reason := range []string{"", outbox.ReasonBlocked, outbox.ReasonBadRequest, outbox.ReasonFlood} {
		if _, ok := full.revise(reason); ok {
			t.Errorf("%q can be helped", reason)
		}
	}
}

func TestPlainTextKeepsWhatPeopleReadAndLosesTheTags(t *testing.T) {
	tests := []struct{ html, want string }{
		{"<b>late</b> by <i>2 h</i>", "late by 2 h"},
		{"5 < 6 & 7 > 2", "5 < 6 & 7 > 2"},
		{"a &lt;b&gt; &amp; c", "a <b> & c"},
		{`<a href="https://x.example/?a=1&amp;b=2">order</a> 😀`, "order 😀"},
		{"<b>never closed", "never closed"},
		{"ends in <b", "ends in <b"},
	}
	for _, tt := range tests {
		if got := plainText(tt.html); got != tt.want {
			t.Errorf("%q became %q, want %q", tt.html, got, tt.want)
		}
	}
}

func FuzzFit(f *testing.F) {
	f.Add("a😀b", 3)
	f.Add(strings.Repeat("好", 5000), 4096)
	f.Fuzz(func(t *testing.T, text string, limit int) {
		if limit < 1 || limit > 5000 || !utf8.ValidString(text) {
			t.Skip()
		}
		got := fit(text, limit)
		if n := len(utf16.Encode([]rune(got))); n > limit {
			t.Errorf("%d units of %d", n, limit)
		}
		if !utf8.ValidString(got) {
			t.Errorf("%q was cut within a character", got)
		}
	})
}
