package telegram_test

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/png"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"shopwarden/bot/chart"
	"shopwarden/bot/outbox"
	"shopwarden/bot/telegram"
	"shopwarden/bot/telegram/telegramtest"
)

// pngOf is a picture of that size.
func pngOf(t *testing.T, width, height int) []byte {
	t.Helper()
	img := image.NewPaletted(image.Rect(0, 0, width, height), color.Palette{color.White, color.Black})
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// painter draws by a function.
type painter func(chart.Picture) ([]byte, error)

func (p painter) Draw(c chart.Picture) ([]byte, error) { return p(c) }

func always(data []byte) painter {
	return func(chart.Picture) ([]byte, error) { return data, nil }
}

// gallery is a booth whose sender has a painter.
func gallery(t *testing.T, p telegram.Painter) *booth {
	t.Helper()
	b := newBooth(t, telegramtest.Limits{})
	b.sender = telegram.NewSender(b.client, b.kept, telegram.SenderConfig{Painter: p}, b.log.logger())
	return b
}

// card is a message with a picture.
func card(chat int64, html string) outbox.Message {
	return outbox.Message{Key: "scorecard/1", Chat: chat, HTML: html, Kind: outbox.Scorecard,
		Picture: &chart.Picture{Card: &chart.Card{Title: "Alpha"}},
		Buttons: [][]outbox.Button{{{Text: "Today", Action: "today:alpha"}}}}
}

func TestAMessageWithAPictureIsAPhotoWithItsTextAndButtons(t *testing.T) {
	picture := pngOf(t, 120, 80)
	b := gallery(t, painter(func(p chart.Picture) ([]byte, error) {
		if p.Card == nil || p.Card.Title != "Alpha" {
			return nil, errors.New("another picture")
		}
		return picture, nil
	}))
	question, err := b.Say(b.forum, owner.ID, "/today@shopwarden_bot")
	if err != nil {
		t.Fatal(err)
	}
	topic, err := b.AddTopic(b.forum, owner.ID, "Scores")
	if err != nil {
		t.Fatal(err)
	}
	m := card(b.forum, "<b>93.1</b> &amp; good")
	m.Thread, m.Silent, m.ReplyTo = topic, true, question.ID
	out := b.send(t, m, 0)
	want(t, out, outbox.Delivered, "")
	got := b.only(t, b.forum)
	if got.ID != out.MessageID || !bytes.Equal(got.Photo, picture) || got.HTML != "<b>93.1</b> &amp; good" || got.ThreadID != topic ||
		!got.Silent || got.ReplyTo != question.ID || len(got.Keyboard) != 1 || got.Width != 120 {
		t.Errorf("the chat shows %+v", got)
	}
	if b.Calls("sendMessage") != 0 {
		t.Error("the text went out as well")
	}
}

func TestWithoutAPainterAPictureIsNotMissed(t *testing.T) {
	b := newBooth(t, telegramtest.Limits{})
	want(t, b.send(t, card(b.chat, "93.1"), 0), outbox.Delivered, "")
	if m := b.only(t, b.chat); m.Text != "93.1" || len(m.Photo) != 0 {
		t.Errorf("the chat shows %+v", m)
	}
}

// TestWhateverThePainterDoesTheTextArrivesOnce is about painters that fail in all ways.
func TestWhateverThePainterDoesTheTextArrivesOnce(t *testing.T) {
	release := make(chan struct{})
	defer close(release)
	good := pngOf(t, 100, 100)
	painters := map[string]painter{
		"fails":            func(chart.Picture) ([]byte, error) { return nil, errors.New("no font") },
		"fails with bytes": func(chart.Picture) ([]byte, error) { return good, errors.New("half done") },
		"panics":           func(chart.Picture) ([]byte, error) { panic("index out of range") },
		"draws nothing":    func(chart.Picture) ([]byte, error) { return nil, nil },
		"draws too much":   always(make([]byte, 10<<20+1)),
		"draws no picture": always([]byte("<svg/>")),
		"draws half of it": always(good[:len(good)/2]),
		"draws a thread":   always(pngOf(t, 10, 400)),
		"draws a wall":     always(pngOf(t, 9000, 1500)),
		"never ends":       func(chart.Picture) ([]byte, error) { <-release; return good, nil },
	}
	for name, p := range painters {
		t.Run(name, func(t *testing.T) {
			b := gallery(t, p)
			out := b.send(t, card(b.chat, "<b>93.1</b>"), 0)
			want(t, out, outbox.Delivered, outbox.ReasonNoPicture)
			m := b.only(t, b.chat)
			if m.HTML != "<b>93.1</b>" || len(m.Photo) != 0 || len(m.Keyboard) != 1 || m.ID != out.MessageID {
				t.Errorf("the chat shows %+v", m)
			}
			if !strings.Contains(b.log.String(), "scorecard/1") {
				t.Errorf("the log does not say it:\n%s", b.log.String())
			}
		})
	}
}

func TestPaintersThatNeverEndHoldUpNobodyForLong(t *testing.T) {
	release := make(chan struct{})
	defer close(release)
	b := gallery(t, painter(func(chart.Picture) ([]byte, error) { <-release; return nil, nil }))
	began := time.Now()
	var all sync.WaitGroup
	for range 9 {
		all.Go(func() { want(t, b.send(t, card(b.chat, "a"), 0), outbox.Delivered, outbox.ReasonNoPicture) })
	}
	all.Wait()
	if took := time.Since(began); took > 20*time.Second || len(b.Sent(b.chat)) != 9 {
		t.Errorf("%d texts arrived in %v", len(b.Sent(b.chat)), took)
	}
}

// TestAPictureTelegramDoesNotTakeLeavesTheText is about refusals by Telegram and on the way that are certain.
func TestAPictureTelegramDoesNotTakeLeavesTheText(t *testing.T) {
	tests := map[string]telegramtest.Fault{
		"no rights":       {Code: 400, Description: "Bad Request: not enough rights to send photos to the chat"},
		"forbidden":       {Code: 403, Description: "Forbidden: CHAT_SEND_PHOTOS_FORBIDDEN"},
		"bad photo":       {Code: 400, Description: "Bad Request: IMAGE_PROCESS_FAILED"},
		"too big":         {Code: 413, Description: "Request Entity Too Large"},
		"too long":        {Code: 400, Description: "Bad Request: message caption is too long"},
		"words never met": {Code: 400, Description: "Bad Request: PHOTO_OF_THE_WRONG_COLOUR"},
		"unknown method":  {Code: 404, Description: "Not Found: method not found"},
		"server error":    {Code: 500},
		"gateway":         {Kind: telegramtest.FaultHTML},
		"proxy limit":     {Kind: telegramtest.FaultHTML, Code: 413},
	}
	for name, fault := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := gallery(t, always(pngOf(t, 100, 100)))
			b.FailNext("sendPhoto", fault, -1)
			want(t, b.send(t, card(b.chat, "<b>93.1</b>"), 0), outbox.Delivered, outbox.ReasonNoPicture)
			if m := b.only(t, b.chat); m.HTML != "<b>93.1</b>" || len(m.Keyboard) != 1 {
				t.Errorf("the chat shows %+v", m)
			}
		})
	}
}

// TestAPhotoInDoubtOrHeldBackIsNotFollowedByItsText: the text would double it, or ring before its turn.
func TestAPhotoInDoubtOrHeldBackIsNotFollowedByItsText(t *testing.T) {
	tests := []struct {
		name    string
		fault   telegramtest.Fault
		verdict outbox.Verdict
		reason  string
		shown   int
	}{
		{"lost reply", telegramtest.Fault{Kind: telegramtest.FaultLostReply}, outbox.Unknown, outbox.ReasonNetwork, 1},
		{"late reply", telegramtest.Fault{Kind: telegramtest.FaultLateReply}, outbox.Unknown, outbox.ReasonTimeout, 1},
		{"hang", telegramtest.Fault{Kind: telegramtest.FaultHang}, outbox.Unknown, outbox.ReasonTimeout, 0},
		{"flood", telegramtest.Fault{Code: 429, RetryAfter: 7}, outbox.Flooded, outbox.ReasonFlood, 0},
		{"wrong token", telegramtest.Fault{Code: 401, Description: "Unauthorized"}, outbox.NotSent, outbox.ReasonUnauthorized, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := gallery(t, always(pngOf(t, 100, 100)))
			b.FailNext("sendPhoto", tt.fault, 1)
			want(t, b.send(t, card(b.chat, "93.1"), 0), tt.verdict, tt.reason)
			if n := len(b.Sent(b.chat)); n != tt.shown || b.Calls("sendMessage") != 0 {
				t.Errorf("the chat shows %d messages:\n%s", n, b.Transcript(b.chat))
			}
		})
	}
}

func TestATextTooLongForACaptionGoesWholeAndAlone(t *testing.T) {
	b := gallery(t, always(pngOf(t, 100, 100)))
	fits, long := "<b>"+strings.Repeat("店", 1023)+"</b>&amp;", "<b>"+strings.Repeat("📦", 513)+"</b>"
	want(t, b.send(t, card(b.chat, fits), 0), outbox.Delivered, "")
	want(t, b.send(t, card(b.chat, long), 0), outbox.Delivered, outbox.ReasonNoPicture)
	sent := b.Sent(b.chat)
	if len(sent) != 2 || len(sent[0].Photo) == 0 || len(sent[1].Photo) != 0 || sent[1].HTML != long || len(sent[1].Keyboard) != 1 {
		t.Errorf("the chat shows\n%s", b.Transcript(b.chat))
	}
	if b.Calls("sendPhoto") != 1 {
		t.Error("a caption that cannot fit was tried")
	}
}

func TestAPhotoKeepsItsPictureThroughOtherRefusals(t *testing.T) {
	b := gallery(t, always(pngOf(t, 100, 100)))
	m := card(b.forum, "<b>93.1</i>")
	m.Thread = 4711
	m.Buttons = [][]outbox.Button{{{Text: "Open", URL: "no address"}}}
	out := b.send(t, m, 0)
	if out.Verdict != outbox.Delivered {
		t.Fatalf("%+v", out)
	}
	if got := b.only(t, b.forum); len(got.Photo) == 0 || got.Text != "93.1" || got.ThreadID != 0 || got.Keyboard != nil {
		t.Errorf("the chat shows %+v", got)
	}
}

func TestAChatThatTakesNoPhotosStillGetsItsTexts(t *testing.T) {
	b := gallery(t, always(pngOf(t, 100, 100)))
	if err := b.Deny(b.forum, telegramtest.Denied{Photos: true}); err != nil {
		t.Fatal(err)
	}
	want(t, b.send(t, card(b.forum, "93.1"), 0), outbox.Delivered, outbox.ReasonNoPicture)
	b.only(t, b.forum)
	if err := b.Deny(b.forum, telegramtest.Denied{Photos: true, Texts: true}); err != nil {
		t.Fatal(err)
	}
	want(t, b.send(t, card(b.forum, "93.1"), 0), outbox.Refused, outbox.ReasonNoRights)
	want(t, b.send(t, card(4711, "93.1"), 0), outbox.Refused, outbox.ReasonChatNotFound)
}

func TestAnEditBringsTheNewPictureAndCaption(t *testing.T) {
	pictures := [][]byte{pngOf(t, 100, 100), pngOf(t, 120, 100), pngOf(t, 140, 100)}
	b := gallery(t, painter(func(p chart.Picture) ([]byte, error) { return pictures[len(p.Card.Title)], nil }))
	titled := func(html, title string) outbox.Message {
		m := card(b.chat, html)
		m.Picture.Card.Title = title
		return m
	}
	first := b.send(t, titled("<b>93.1</b>", ""), 0)
	want(t, b.send(t, titled("<b>94.0</b>", "a"), first.MessageID), outbox.Delivered, "")
	m := b.only(t, b.chat)
	if !bytes.Equal(m.Photo, pictures[1]) || m.HTML != "<b>94.0</b>" || len(m.Keyboard) != 1 {
		t.Errorf("the chat shows %+v", m)
	}
	b.FailNext("editMessageMedia", telegramtest.Fault{Kind: telegramtest.FaultLostReply}, 1)
	want(t, b.send(t, titled("95", "aa"), first.MessageID), outbox.NotSent, outbox.ReasonNetwork)
	b.FailNext("editMessageMedia", telegramtest.Fault{Code: 400, Description: "Bad Request: message is not modified: same"}, 1)
	want(t, b.send(t, titled("95", "aa"), first.MessageID), outbox.Delivered, outbox.ReasonNotModified)
	if m := b.only(t, b.chat); m.Text != "95" || m.Width != 140 {
		t.Errorf("the chat shows %+v", m)
	}
}

func TestAnEditWhosePictureFailsStillCorrectsTheCaption(t *testing.T) {
	first := pngOf(t, 100, 100)
	broken := false
	b := gallery(t, painter(func(chart.Picture) ([]byte, error) {
		if broken {
			return nil, errors.New("no font")
		}
		return first, nil
	}))
	sent := b.send(t, card(b.chat, "93.1"), 0)
	for _, description := range []string{"IMAGE_PROCESS_FAILED", "not enough rights to send photos to the chat", "never heard of"} {
		b.FailNext("editMessageMedia", telegramtest.Fault{Code: 400, Description: "Bad Request: " + description}, 1)
		want(t, b.send(t, card(b.chat, "94 "+description), sent.MessageID), outbox.Delivered, outbox.ReasonNoPicture)
		if m := b.only(t, b.chat); m.Text != "94 "+description || !bytes.Equal(m.Photo, first) || len(m.Keyboard) != 1 {
			t.Errorf("the chat shows %+v", m)
		}
	}
	broken = true
	want(t, b.send(t, card(b.chat, "95"), sent.MessageID), outbox.Delivered, outbox.ReasonNoPicture)
	if m := b.only(t, b.chat); m.Text != "95" || len(m.Photo) == 0 {
		t.Errorf("the chat shows %+v", m)
	}
	broken = false
	long := strings.Repeat("x", 1025)
	want(t, b.send(t, card(b.chat, long), sent.MessageID), outbox.Delivered, outbox.ReasonSentAnew)
	if all := b.Sent(b.chat); len(all) != 2 || all[1].Text != long {
		t.Errorf("the chat shows\n%s", b.Transcript(b.chat))
	}
}

func TestAPageWithoutItsPictureDoesNotStandUnderThatOfAnother(t *testing.T) {
	picture, broken := pngOf(t, 100, 100), false
	b := gallery(t, painter(func(chart.Picture) ([]byte, error) {
		if broken {
			return nil, errors.New("no font")
		}
		return picture, nil
	}))
	page := func(html string) outbox.Message {
		m := card(b.chat, html)
		m.Kind = outbox.Reply
		return m
	}
	week := b.send(t, page("7 days"), 0)
	want(t, b.send(t, page("30 days"), week.MessageID), outbox.Delivered, "")
	b.FailNext("editMessageMedia", telegramtest.Fault{Code: 400, Description: "Bad Request: IMAGE_PROCESS_FAILED"}, 1)
	want(t, b.send(t, page("90 days"), week.MessageID), outbox.Delivered, outbox.ReasonNoPicture)
	broken = true
	want(t, b.send(t, page("hours"), week.MessageID), outbox.Delivered, outbox.ReasonNoPicture)
	var shown []string
	for _, m := range b.Sent(b.chat) {
		shown = append(shown, m.Text)
		if (len(m.Photo) > 0) != (m.Text == "30 days") {
			t.Errorf("%q has a picture of %d bytes", m.Text, len(m.Photo))
		}
	}
	if diff := cmp.Diff([]string{"30 days", "90 days", "hours"}, shown); diff != "" {
		t.Error(diff)
	}
}

func TestAnEditWithoutAPictureChangesTheCaption(t *testing.T) {
	b := gallery(t, always(pngOf(t, 100, 100)))
	sent := b.send(t, card(b.chat, "93.1"), 0)
	text := card(b.chat, "<b>94</b>")
	text.Picture = nil
	want(t, b.send(t, text, sent.MessageID), outbox.Delivered, "")
	want(t, b.send(t, text, sent.MessageID), outbox.Delivered, outbox.ReasonNotModified)
	if m := b.only(t, b.chat); m.HTML != "<b>94</b>" || len(m.Photo) == 0 {
		t.Errorf("the chat shows %+v", m)
	}
}

func TestATextGetsAPictureByAnEditAndKeepsItsPlaceWithoutOne(t *testing.T) {
	b := gallery(t, always(pngOf(t, 100, 100)))
	text := card(b.chat, "93.1")
	text.Picture = nil
	sent := b.send(t, text, 0)
	b.FailNext("editMessageMedia", telegramtest.Fault{Code: 400, Description: "Bad Request: there is no media in the message to edit"}, 1)
	want(t, b.send(t, card(b.chat, "94"), sent.MessageID), outbox.Delivered, outbox.ReasonNoPicture)
	b.FailNext("editMessageMedia", telegramtest.Fault{Code: 400, Description: "Bad Request: IMAGE_PROCESS_FAILED"}, 1)
	want(t, b.send(t, card(b.chat, "95"), sent.MessageID), outbox.Delivered, outbox.ReasonNoPicture)
	if m := b.only(t, b.chat); m.Text != "95" || len(m.Photo) != 0 {
		t.Errorf("the chat shows %+v", m)
	}
	want(t, b.send(t, card(b.chat, "96"), sent.MessageID), outbox.Delivered, "")
	if m := b.only(t, b.chat); m.Text != "96" || len(m.Photo) == 0 {
		t.Errorf("the chat shows %+v", m)
	}
}

func TestAnEditOfAPhotoThatIsGoneIsSentAnewWithItsPicture(t *testing.T) {
	b := gallery(t, always(pngOf(t, 100, 100)))
	sent := b.send(t, card(b.chat, "93.1"), 0)
	if err := b.Remove(b.chat, sent.MessageID); err != nil {
		t.Fatal(err)
	}
	want(t, b.send(t, card(b.chat, "94"), sent.MessageID), outbox.Delivered, outbox.ReasonSentAnew)
	if m := b.only(t, b.chat); m.Text != "94" || len(m.Photo) == 0 {
		t.Errorf("the chat shows %+v", m)
	}
}

func TestAStatusOfAMessageThatIsAPictureTooSmallForItIsNotAMessage(t *testing.T) {
	b := gallery(t, always(pngOf(t, 100, 100)))
	sent := b.send(t, card(b.chat, "93.1"), 0)
	status := outbox.Message{Chat: b.chat, Kind: outbox.Status, HTML: strings.Repeat("x", 1025)}
	want(t, b.send(t, status, sent.MessageID), outbox.Refused, outbox.ReasonEditGone)
	b.only(t, b.chat)
}

func TestADocumentHasACleanNameAndALimit(t *testing.T) {
	b := gallery(t, always(pngOf(t, 100, 100)))
	for name, wanted := range map[string]string{
		"../../etc/cases.csv": "etc-cases.csv", "a\r\nb\x00.csv": "ab.csv", "": "file", "...": "file", `x"y<z>|.xlsx`: "x-y-z--.xlsx",
		"明细 11月.xlsx": "明细 11月.xlsx", strings.Repeat("表", 100) + ".csv": strings.Repeat("表", 38) + ".csv",
	} {
		m := card(b.chat, "30 days")
		m.File = &outbox.File{Name: name, Data: []byte("a,b\n")}
		want(t, b.send(t, m, 0), outbox.Delivered, "")
		sent := b.Sent(b.chat)
		if got := sent[len(sent)-1]; got.FileName != wanted || len(got.Photo) != 0 {
			t.Errorf("%q is called %q, want %q", name, got.FileName, wanted)
		}
	}
	before := b.Calls("")
	huge := outbox.Message{Chat: b.chat, HTML: "a", File: &outbox.File{Name: "a.csv", Data: make([]byte, 50<<20+1)}}
	want(t, b.send(t, huge, 0), outbox.Refused, outbox.ReasonTooBig)
	if b.Calls("") != before {
		t.Error("it was uploaded to find that out")
	}
}
