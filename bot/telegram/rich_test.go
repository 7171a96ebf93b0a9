package telegram_test

import (
	"strings"
	"testing"
	"time"

	"shopwarden/bot/outbox"
	"shopwarden/bot/telegram"
	"shopwarden/bot/telegram/telegramtest"
)

// tabled is what we write into rich messages; the local Bot API takes no other tags than Telegram's documentation names
// (core.telegram.org/bots/api#rich-message-formatting-options).
const tabled = `<h3>Alpha &amp; Sons</h3><p>Overall <b>93.1</b> <i>good</i></p>` +
	`<table bordered striped><tr><th>Promise</th><th align="right">Score</th></tr><tr><td>Shipping</td><td align="right">95</td></tr></table>` +
	`<ul><li>save <code>A1</code></li></ul><blockquote>two breaches</blockquote><details><summary>More</summary><p>all of it</p></details>` +
	`<hr/><footer>data of 09:00</footer>`

// parlour is a booth whose sender and server know rich messages.
func parlour(t *testing.T, cfg telegramtest.Config, now func() time.Time) *booth {
	t.Helper()
	b := newBoothOf(t, cfg)
	b.sender = telegram.NewSender(b.client, b.kept, telegram.SenderConfig{Rich: true, Now: now}, b.log.logger())
	return b
}

func richly(chat int64) outbox.Message {
	return outbox.Message{Key: "scorecard/2", Chat: chat, Kind: outbox.Scorecard, HTML: "<b>93.1</b>", Rich: tabled,
		Buttons: [][]outbox.Button{{{Text: "Today", Action: "today:alpha"}}}}
}

func TestARichMessageArrivesWithItsButtons(t *testing.T) {
	b := parlour(t, telegramtest.Config{Rich: true}, nil)
	out := b.send(t, richly(b.chat), 0)
	want(t, out, outbox.Delivered, "")
	m := b.only(t, b.chat)
	if len(m.Rich) != 8 || m.ID != out.MessageID || len(m.Keyboard) != 1 || !strings.Contains(m.Text, "Shipping · 95") {
		t.Errorf("the chat shows %q, %v", m.Text, m.Rich)
	}
	if _, err := b.Press(b.chat, m.ID, owner.ID, "n1:today:alpha"); err != nil {
		t.Errorf("the button does not work: %v", err)
	}
}

func TestARichMessageIsEditedAsAText(t *testing.T) {
	b := parlour(t, telegramtest.Config{Rich: true}, nil)
	sent := b.send(t, richly(b.chat), 0)
	edit := richly(b.chat)
	edit.HTML = "<b>94</b>"
	want(t, b.send(t, edit, sent.MessageID), outbox.Delivered, "")
	if m := b.only(t, b.chat); m.HTML != "<b>94</b>" || m.Rich != nil {
		t.Errorf("the chat shows %+v", m)
	}
}

func TestRichMessagesStayOffUntilTheyAreSwitchedOn(t *testing.T) {
	b := newBoothOf(t, telegramtest.Config{Rich: true})
	want(t, b.send(t, richly(b.chat), 0), outbox.Delivered, "")
	if m := b.only(t, b.chat); m.HTML != "<b>93.1</b>" || b.Calls("sendRichMessage") != 0 {
		t.Errorf("the chat shows %+v", m)
	}
}

func TestAServerWithoutRichMessagesIsAskedOnceInSomeHours(t *testing.T) {
	now := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	b := parlour(t, telegramtest.Config{}, func() time.Time { return now })
	want(t, b.send(t, richly(b.chat), 0), outbox.Delivered, outbox.ReasonPlainForm)
	want(t, b.send(t, richly(b.chat), 0), outbox.Delivered, "")
	now = now.Add(7 * time.Hour)
	want(t, b.send(t, richly(b.chat), 0), outbox.Delivered, outbox.ReasonPlainForm)
	if n := b.Calls("sendRichMessage"); n != 2 {
		t.Errorf("the server was asked %d times", n)
	}
	for _, m := range b.Sent(b.chat) {
		if m.HTML != "<b>93.1</b>" || len(m.Keyboard) != 1 {
			t.Errorf("the chat shows %+v", m)
		}
	}
}

func TestARichMessageThatIsRefusedIsAText(t *testing.T) {
	for name, fault := range map[string]telegramtest.Fault{
		"unknown tag":     {Code: 400, Description: "Bad Request: can't parse entities: unsupported start tag"},
		"words never met": {Code: 400, Description: "Bad Request: RICH_VALIDATE_CTOR_NOT_ALLOWED"},
		"no rights":       {Code: 400, Description: "Bad Request: not enough rights to send rich messages"},
		"server error":    {Code: 500},
		"gateway":         {Kind: telegramtest.FaultHTML},
	} {
		b := parlour(t, telegramtest.Config{Rich: true}, nil)
		b.FailNext("sendRichMessage", fault, 1)
		if out := b.send(t, richly(b.chat), 0); out.Verdict != outbox.Delivered || out.Reason != outbox.ReasonPlainForm {
			t.Errorf("%s: %+v", name, out)
		}
		if m := b.only(t, b.chat); m.HTML != "<b>93.1</b>" || len(m.Keyboard) != 1 {
			t.Errorf("%s: the chat shows %+v", name, m)
		}
	}
}

func TestARichMessageInDoubtIsNotFollowedByItsText(t *testing.T) {
	b := parlour(t, telegramtest.Config{Rich: true}, nil)
	b.FailNext("sendRichMessage", telegramtest.Fault{Kind: telegramtest.FaultLostReply}, 1)
	want(t, b.send(t, richly(b.chat), 0), outbox.Unknown, outbox.ReasonNetwork)
	b.only(t, b.chat)
}
