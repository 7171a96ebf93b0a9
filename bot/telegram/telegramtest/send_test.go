package telegramtest_test

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"io"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"

	"shopwarden/bot/telegram/telegramtest"
)

func TestTextLengthCountsUTF16UnitsWithoutMarkup(t *testing.T) {
	s := newShop(t, telegramtest.Config{})
	tests := map[string]struct {
		text string
		mode models.ParseMode
		want string // part of the error; "" is sent
	}{
		"4096 letters":               {text: strings.Repeat("a", 4096)},
		"4097 letters":               {text: strings.Repeat("a", 4097), want: "message is too long"},
		"4096 Chinese signs":         {text: strings.Repeat("店", 4096)},
		"2048 emoji":                 {text: strings.Repeat("📦", 2048)},
		"2049 emoji":                 {text: strings.Repeat("📦", 2049), want: "message is too long"},
		"markup does not count":      {text: "<b>" + strings.Repeat("a", 4096) + "</b>", mode: models.ParseModeHTML},
		"space around does not":      {text: "  " + strings.Repeat("a", 4096) + "\n"},
		"empty":                      {text: "", want: "message text is empty"},
		"nothing but space":          {text: " \n ", want: "message text is empty"},
		"nothing but markup":         {text: "<b></b>", mode: models.ParseModeHTML, want: "message text is empty"},
		"Markdown is not understood": {text: "*a*", mode: models.ParseModeMarkdown, want: "unsupported parse_mode"},
	}
	for name, tc := range tests {
		_, err := s.bot.SendMessage(t.Context(), &bot.SendMessageParams{ChatID: s.chat, Text: tc.text, ParseMode: tc.mode})
		if tc.want == "" && err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if tc.want != "" && (err == nil || !strings.Contains(err.Error(), tc.want)) {
			t.Errorf("%s: got %v, want %q", name, err, tc.want)
		}
	}
}

func TestMessageIsShownWithFormattingAndKeyboard(t *testing.T) {
	s := newShop(t, telegramtest.Config{})
	sent, err := s.bot.SendMessage(t.Context(), &bot.SendMessageParams{
		ChatID: s.chat, ParseMode: models.ParseModeHTML,
		Text: `📦 <b>Late &amp; lost</b>: see /why or <a href="https://shop.example/?a=1&amp;b=2">here</a>`,
		ReplyMarkup: &models.InlineKeyboardMarkup{InlineKeyboard: [][]models.InlineKeyboardButton{
			{{Text: "Why", CallbackData: "v1:why:1", Style: "primary"}, {Text: "Open", URL: "https://shop.example/"}},
			{{Text: "Copy", CopyText: &models.CopyTextButton{Text: "A1"}}, {Text: "Off", Disabled: &models.DisabledButton{}}},
		}},
	})
	must(t, err)
	if sent.Text != "📦 Late & lost: see /why or here" {
		t.Errorf("text %q", sent.Text)
	}
	var kinds []string
	for _, e := range sent.Entities {
		kinds = append(kinds, fmt.Sprintf("%s@%d+%d", e.Type, e.Offset, e.Length))
	}
	if got, want := strings.Join(kinds, " "), "bold@3+11 bot_command@20+4 text_link@28+4"; got != want {
		t.Errorf("entities %s, want %s", got, want)
	}
	m := s.ExpectMessage(t, s.chat, "Late", "lost")
	want := `📦 <b>Late &amp; lost</b>: see /why or <a href="https://shop.example/?a=1&amp;b=2">here</a>`
	if m.HTML != want {
		t.Errorf("HTML %s\nwant %s", m.HTML, want)
	}
	why, _ := m.Button("Why")
	off, _ := m.Button("Off")
	if why.CallbackData != "v1:why:1" || why.Style != "primary" || !off.Disabled || len(m.Keyboard) != 2 {
		t.Errorf("keyboard %+v", m.Keyboard)
	}
	if got := sent.ReplyMarkup.InlineKeyboard[0][0].CallbackData; got != "v1:why:1" {
		t.Errorf("the answer's keyboard has %q", got)
	}
}

func TestKeyboardsOfTheWrongShapeAreRefused(t *testing.T) {
	s := newShop(t, telegramtest.Config{})
	group := s.group(t, false)
	data := func(n int) string {
		return `{"inline_keyboard":[[{"text":"a","callback_data":"` + strings.Repeat("x", n) + `"}]]}`
	}
	tests := []struct {
		markup string
		chat   int64
		want   string
	}{
		{`{`, s.chat, "can't parse reply keyboard markup JSON object"},
		{`null`, s.chat, "object expected as reply markup"},
		{`[]`, s.chat, "object expected as reply markup"},
		{`{"inline_keyboard":null}`, s.chat, "must be of type Array"},
		{`{"inline_keyboard":[{"text":"a"}]}`, s.chat, "must be an Array of Arrays"},
		{`{"inline_keyboard":[[{"text":"a"}]]}`, s.chat, "Text buttons are unallowed"},
		{`{"inline_keyboard":[[{"callback_data":"a"}]]}`, s.chat, "Field \"text\""},
		{`{"inline_keyboard":[[{"text":"a","callback_data":"b","url":"https://a.example"}]]}`, s.chat, "exactly one"},
		{`{"inline_keyboard":[[{"text":"a","callback_data":""}]]}`, s.chat, "BUTTON_DATA_INVALID"},
		{data(64), s.chat, ""},
		{data(65), s.chat, "BUTTON_DATA_INVALID"},
		{strings.Replace(data(62), "xx", "店", 1), s.chat, ""},
		{`{"inline_keyboard":[[{"text":"a","callback_data":"` + strings.Repeat("店", 22) + `"}]]}`, s.chat, "BUTTON_DATA_INVALID"},
		{`{"inline_keyboard":[[{"text":"a","url":"http://localhost/"}]]}`, s.chat, "Wrong HTTP URL"},
		{`{"inline_keyboard":[[{"text":"a","web_app":{"url":"http://a.example/"}}]]}`, s.chat, "Only HTTPS links"},
		{`{"inline_keyboard":[[{"text":"a","web_app":{"url":"https://a.example/"}}]]}`, s.chat, ""},
		{`{"inline_keyboard":[[{"text":"a","web_app":{"url":"https://a.example/"}}]]}`, group, "BUTTON_TYPE_INVALID"},
		{`{"keyboard":[{"text":"a"}]}`, s.chat, "must be an Array of Arrays"},
		{`{"keyboard":[[{"text":"a"}]]}`, s.chat, ""},
		{`{"force_reply":true}`, s.chat, ""},
		{`{"inline_keyboard":[]}`, s.chat, ""},
	}
	for _, tc := range tests {
		got := call(t, s.Server, "sendMessage", url.Values{
			"chat_id": {fmt.Sprint(tc.chat)}, "text": {"hello"}, "reply_markup": {tc.markup},
		})
		if got.OK != (tc.want == "") || !strings.Contains(got.Description, tc.want) {
			t.Errorf("%s\n got %d %q, want %q", tc.markup, got.Code, got.Description, tc.want)
		}
	}
}

func TestChatsThatCannotBeWrittenTo(t *testing.T) {
	s := newShop(t, telegramtest.Config{})
	group := s.group(t, false)
	must(t, s.SetMember(group, telegramtest.User{ID: 30, FirstName: "Packer"}, telegramtest.Ordinary))
	send := func(chat any) error {
		_, err := s.bot.SendMessage(t.Context(), &bot.SendMessageParams{ChatID: chat, Text: "hello"})
		return err
	}
	wantError(t, send(999), bot.ErrorBadRequest, "chat not found")
	wantError(t, send("@nobody"), bot.ErrorBadRequest, "chat not found")
	wantError(t, send(""), bot.ErrorBadRequest, "chat_id is empty")
	wantError(t, send(30), bot.ErrorForbidden, "bot can't initiate conversation with a user")
	must(t, s.Block(s.owner.ID))
	wantError(t, send(s.chat), bot.ErrorForbidden, "bot was blocked by the user")
	must(t, s.Unblock(s.owner.ID))
	must(t, send(s.chat))
	must(t, s.Kick(group, s.owner.ID))
	wantError(t, send(group), bot.ErrorForbidden, "bot was kicked from the group chat")
	must(t, s.AddBot(group, s.owner.ID, telegramtest.Ordinary))
	must(t, send(group))
	_, err := s.bot.LeaveChat(t.Context(), &bot.LeaveChatParams{ChatID: group})
	must(t, err)
	wantError(t, send(group), bot.ErrorForbidden, "bot is not a member of the group chat")
}

func TestReplyNeedsItsMessage(t *testing.T) {
	s := newShop(t, telegramtest.Config{})
	reply := func(id int, lenient bool) (*models.Message, error) {
		return s.bot.SendMessage(t.Context(), &bot.SendMessageParams{ChatID: s.chat, Text: "re",
			ReplyParameters: &models.ReplyParameters{MessageID: id, AllowSendingWithoutReply: lenient}})
	}
	first := s.send(t, s.chat, "first")
	m, err := reply(first.ID, false)
	must(t, err)
	if m.ReplyToMessage == nil || m.ReplyToMessage.Text != "first" {
		t.Errorf("got %+v", m.ReplyToMessage)
	}
	_, err = reply(99, false)
	wantError(t, err, bot.ErrorBadRequest, "message to be replied not found")
	_, err = reply(99, true)
	must(t, err)
}

func TestForumTopicsHaveTheirOwnThreads(t *testing.T) {
	s := newShop(t, telegramtest.Config{})
	forum := s.group(t, true)
	topic, err := s.AddTopic(forum, s.owner.ID, "Parcels")
	must(t, err)
	send := func(chat int64, thread int) (*models.Message, error) {
		return s.bot.SendMessage(t.Context(), &bot.SendMessageParams{ChatID: chat, MessageThreadID: thread, Text: "late"})
	}
	m, err := send(forum, topic)
	must(t, err)
	if m.MessageThreadID != topic || !m.IsTopicMessage || m.ReplyToMessage == nil || m.ReplyToMessage.ForumTopicCreated == nil {
		t.Errorf("got %+v", m)
	}
	if got := s.ExpectMessage(t, forum, "late"); got.ThreadID != topic {
		t.Errorf("shown in thread %d", got.ThreadID)
	}
	_, err = send(forum, 1) // the general topic is written to without an id
	wantError(t, err, bot.ErrorBadRequest, "message thread not found")
	_, err = send(s.chat, topic)
	wantError(t, err, bot.ErrorBadRequest, "message thread not found")
	must(t, s.CloseTopic(forum, topic))
	_, err = send(forum, topic)
	wantError(t, err, bot.ErrorBadRequest, "message thread not found")
}

func picture(t *testing.T, width, height int) []byte {
	t.Helper()
	var out bytes.Buffer
	must(t, png.Encode(&out, image.NewGray(image.Rect(0, 0, width, height))))
	return out.Bytes()
}

func TestPhotosAreCheckedAndKept(t *testing.T) {
	s := newShop(t, telegramtest.Config{})
	send := func(data []byte, caption string) (*models.Message, error) {
		return s.bot.SendPhoto(t.Context(), &bot.SendPhotoParams{ChatID: s.chat, Caption: caption,
			Photo: &models.InputFileUpload{Filename: "chart.png", Data: bytes.NewReader(data)}})
	}
	good := picture(t, 60, 40)
	m, err := send(good, "scorecard")
	must(t, err)
	if len(m.Photo) != 1 || m.Photo[0].Width != 60 || m.Caption != "scorecard" || m.Text != "" {
		t.Errorf("got %+v", m)
	}
	if shown := s.ExpectMessage(t, s.chat, "scorecard"); !bytes.Equal(shown.Photo, good) || shown.FileName != "chart.png" {
		t.Errorf("shown with %d bytes of %q", len(shown.Photo), shown.FileName)
	}
	_, err = s.bot.SendPhoto(t.Context(), &bot.SendPhotoParams{ChatID: s.chat, Caption: "again",
		Photo: &models.InputFileString{Data: m.Photo[0].FileID}})
	must(t, err)
	if shown := s.ExpectMessage(t, s.chat, "again"); !bytes.Equal(shown.Photo, good) {
		t.Error("a file_id does not bring the photo back")
	}
	_, err = send(good, strings.Repeat("a", 1025))
	wantError(t, err, bot.ErrorBadRequest, "message caption is too long")
	_, err = send(picture(t, 210, 10), "")
	wantError(t, err, bot.ErrorBadRequest, "PHOTO_INVALID_DIMENSIONS")
	_, err = send([]byte("no picture"), "")
	wantError(t, err, bot.ErrorBadRequest, "IMAGE_PROCESS_FAILED")
	_, err = send(nil, "")
	wantError(t, err, bot.ErrorBadRequest, "file must be non-empty")
	_, err = s.bot.SendPhoto(t.Context(), &bot.SendPhotoParams{ChatID: s.chat, Photo: &models.InputFileString{Data: "https://a.example/x.png"}})
	wantError(t, err, bot.ErrorBadRequest, "failed to get HTTP URL content")
}

func TestDocumentsCanBeDownloadedAgain(t *testing.T) {
	s := newShop(t, telegramtest.Config{})
	m, err := s.bot.SendDocument(t.Context(), &bot.SendDocumentParams{ChatID: s.chat, Caption: "report",
		Document: &models.InputFileUpload{Filename: "report.xlsx", Data: strings.NewReader("cells")}})
	must(t, err)
	f, err := s.bot.GetFile(t.Context(), &bot.GetFileParams{FileID: m.Document.FileID})
	must(t, err)
	got := download(t, s.bot.FileDownloadLink(f))
	if got != "cells" || m.Document.FileName != "report.xlsx" || !strings.HasSuffix(f.FilePath, ".xlsx") {
		t.Errorf("got %q of %+v", got, f)
	}
	if data, ok := s.File(m.Document.FileID); !ok || string(data) != "cells" {
		t.Errorf("File: %q", data)
	}
	_, err = s.bot.GetFile(t.Context(), &bot.GetFileParams{FileID: "no"})
	wantError(t, err, bot.ErrorBadRequest, "wrong file_id")
	_, err = s.bot.SendPhoto(t.Context(), &bot.SendPhotoParams{ChatID: s.chat, Photo: &models.InputFileString{Data: m.Document.FileID}})
	wantError(t, err, bot.ErrorBadRequest, "can't use file of type Document as Photo")
}

func TestChatActionIsChecked(t *testing.T) {
	s := newShop(t, telegramtest.Config{})
	_, err := s.bot.SendChatAction(t.Context(), &bot.SendChatActionParams{ChatID: s.chat, Action: models.ChatActionTyping})
	must(t, err)
	_, err = s.bot.SendChatAction(t.Context(), &bot.SendChatActionParams{ChatID: s.chat, Action: "dancing"})
	wantError(t, err, bot.ErrorBadRequest, "wrong parameter action")
}

func TestMessagesAreDatedByTheInjectedClock(t *testing.T) {
	now := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	s := newShop(t, telegramtest.Config{Now: func() time.Time { return now }})
	if m := s.send(t, s.chat, "dated"); int64(m.Date) != now.Unix() {
		t.Errorf("got %d, want %d", m.Date, now.Unix())
	}
}

// zeros reads as endless zero bytes.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

func TestUploadsOver50MBAre413(t *testing.T) {
	s := newShop(t, telegramtest.Config{})
	_, err := s.bot.SendDocument(t.Context(), &bot.SendDocumentParams{ChatID: s.chat,
		Document: &models.InputFileUpload{Filename: "huge.bin", Data: io.LimitReader(zeros{}, 50<<20+1)}})
	wantError(t, err, nil, "413 Request Entity Too Large")
	if n := len(s.Messages(s.chat)); n != 0 {
		t.Errorf("%d messages shown", n)
	}
}
