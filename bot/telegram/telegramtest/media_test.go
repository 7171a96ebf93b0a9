package telegramtest_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"
	"github.com/google/go-cmp/cmp"

	"shopwarden/bot/telegram/telegramtest"
)

func (s *shop) editMedia(t *testing.T, id int, data []byte, caption string) (*models.Message, error) {
	t.Helper()
	return s.bot.EditMessageMedia(t.Context(), &bot.EditMessageMediaParams{ChatID: s.chat, MessageID: id, Media: &models.InputMediaPhoto{
		Media: "attach://p.png", MediaAttachment: bytes.NewReader(data), Caption: caption, ParseMode: models.ParseModeHTML}})
}

func TestEditedMediaReplacesPictureAndCaptionAndGivesATextOne(t *testing.T) {
	s := newShop(t, telegramtest.Config{})
	sent, err := s.bot.SendMessage(t.Context(), &bot.SendMessageParams{ChatID: s.chat, Text: "one"})
	must(t, err)
	for i, width := range []int{40, 60} {
		data := picture(t, width, 30)
		edited, err := s.editMedia(t, sent.ID, data, "<b>two</b>")
		must(t, err)
		m, _ := s.Message(s.chat, sent.ID)
		if !bytes.Equal(m.Photo, data) || m.HTML != "<b>two</b>" || m.Width != width || m.FileSize != len(data) || len(edited.Photo) != 1 || edited.Caption != "two" {
			t.Errorf("edit %d shows %+v", i, m)
		}
	}
}

func TestMediaThatTelegramWouldRefuseLeavesTheMessageAsItWas(t *testing.T) {
	s := newShop(t, telegramtest.Config{})
	sent, err := s.bot.SendMessage(t.Context(), &bot.SendMessageParams{ChatID: s.chat, Text: "one"})
	must(t, err)
	good := picture(t, 40, 30)
	for want, try := range map[string]func() error{
		"IMAGE_PROCESS_FAILED":     func() error { _, err := s.editMedia(t, sent.ID, good[:len(good)-20], ""); return err },
		"PHOTO_INVALID_DIMENSIONS": func() error { _, err := s.editMedia(t, sent.ID, picture(t, 21, 1), ""); return err },
		"caption is too long":      func() error { _, err := s.editMedia(t, sent.ID, good, strings.Repeat("📦", 513)); return err },
		"can't parse entities":     func() error { _, err := s.editMedia(t, sent.ID, good, "<b>"); return err },
		"message to edit not found": func() error {
			_, err := s.editMedia(t, 4711, good, "")
			return err
		},
	} {
		wantError(t, try(), bot.ErrorBadRequest, want)
	}
	if m, _ := s.Message(s.chat, sent.ID); m.Text != "one" || m.Edited || m.Photo != nil {
		t.Errorf("the chat shows %+v", m)
	}
}

func TestWhatTheBotMayNotSendIsRefusedByItsKind(t *testing.T) {
	s := newShop(t, telegramtest.Config{})
	group := s.AddGroup("Team", false)
	must(t, s.Deny(group, telegramtest.Denied{Photos: true, Documents: true}))
	_, err := s.bot.SendPhoto(t.Context(), &bot.SendPhotoParams{ChatID: group, Photo: &models.InputFileUpload{Filename: "p.png", Data: bytes.NewReader(picture(t, 40, 30))}})
	wantError(t, err, bot.ErrorBadRequest, "not enough rights to send photos to the chat")
	_, err = s.bot.SendDocument(t.Context(), &bot.SendDocumentParams{ChatID: group, Document: &models.InputFileUpload{Filename: "a.csv", Data: strings.NewReader("a")}})
	wantError(t, err, bot.ErrorBadRequest, "not enough rights to send documents to the chat")
	_, err = s.bot.SendMessage(t.Context(), &bot.SendMessageParams{ChatID: group, Text: "one"})
	must(t, err)
	must(t, s.Deny(group, telegramtest.Denied{Texts: true}))
	_, err = s.bot.SendMessage(t.Context(), &bot.SendMessageParams{ChatID: group, Text: "two"})
	wantError(t, err, bot.ErrorBadRequest, "not enough rights to send text messages to the chat")
	if err := s.Deny(4711, telegramtest.Denied{}); !errors.Is(err, telegramtest.ErrNoChat) {
		t.Errorf("got %v", err)
	}
}

func TestPeopleSendPicturesAndFilesWithCaptions(t *testing.T) {
	s := newShop(t, telegramtest.Config{})
	photo, err := s.SayPhoto(s.chat, s.chat, picture(t, 40, 30), "/appeal P1")
	must(t, err)
	document, err := s.SayDocument(s.chat, s.chat, "proof.pdf", []byte("%PDF"), "")
	must(t, err)
	if photo.Text != "/appeal P1" || photo.Width != 40 || document.FileName != "proof.pdf" || document.FileSize != 4 {
		t.Errorf("the chat shows %+v and %+v", photo, document)
	}
	if got := s.Transcript(s.chat); !strings.Contains(got, "[photo of 40 × 30, ") || !strings.Contains(got, "[file proof.pdf, 4 bytes]") {
		t.Errorf("the transcript is\n%s", got)
	}
	if _, err := s.SayPhoto(s.chat, s.chat, []byte("no picture"), ""); err == nil {
		t.Error("a picture that is none was sent")
	}
}

func (s *shop) sendRich(t *testing.T, html string) (*models.Message, error) {
	t.Helper()
	return s.bot.SendRichMessage(t.Context(), &bot.SendRichMessageParams{ChatID: s.chat, RichMessage: models.InputRichMessage{HTML: html}})
}

func TestRichMessagesAreUnknownUnlessTheServerHasThem(t *testing.T) {
	s := newShop(t, telegramtest.Config{})
	_, err := s.sendRich(t, "<p>one</p>")
	wantError(t, err, bot.ErrorNotFound, "method not found")
}

func TestARichMessageIsATreeAndReadsAsLines(t *testing.T) {
	s := newShop(t, telegramtest.Config{Rich: true})
	sent, err := s.sendRich(t, `<h2>A &amp; B</h2><table bordered><tr><td align="right">1</td><td>2</td></tr></table><p>x<br/>y</p>`)
	must(t, err)
	want := []telegramtest.RichNode{
		{Tag: "h2", Attrs: map[string]string{}, Nodes: []telegramtest.RichNode{{Text: "A & B"}}},
		{Tag: "table", Attrs: map[string]string{"bordered": ""}, Nodes: []telegramtest.RichNode{{Tag: "tr", Attrs: map[string]string{}, Nodes: []telegramtest.RichNode{
			{Tag: "td", Attrs: map[string]string{"align": "right"}, Nodes: []telegramtest.RichNode{{Text: "1"}}},
			{Tag: "td", Attrs: map[string]string{}, Nodes: []telegramtest.RichNode{{Text: "2"}}}}}}},
		{Tag: "p", Attrs: map[string]string{}, Nodes: []telegramtest.RichNode{{Text: "x"}, {Tag: "br", Attrs: map[string]string{}}, {Text: "y"}}},
	}
	m, _ := s.Message(s.chat, sent.ID)
	if diff := cmp.Diff(want, m.Rich); diff != "" || m.Text != "A & B\n1 · 2 ·\nx\ny" {
		t.Errorf("%q %s", m.Text, diff)
	}
	if sent.RichMessage == nil || len(sent.RichMessage.Blocks) != 1 {
		t.Errorf("the bot gets %+v", sent.RichMessage)
	}
}

func TestRichMarkupThatTelegramDoesNotKnowIsRefused(t *testing.T) {
	s := newShop(t, telegramtest.Config{Rich: true})
	for html, want := range map[string]string{
		"<div>a</div>":                  "Unsupported start tag",
		"<p>a":                          "Can't find end tag",
		"<b>a</i>":                      "Unmatched end tag",
		"</p>":                          "Unmatched end tag",
		"<td>a</td>":                    "must not be in",
		"<ul><p>a</p></ul>":             "must not be in",
		"<img src=\"https://x\": ":      "Unsupported start tag",
		"":                              "html is empty",
		"<p> </p>":                      "text is empty",
		strings.Repeat("a", 32769):      "too long",
		strings.Repeat("<p>a</p>", 501): "BLOCKS",
		strings.Repeat("<blockquote>", 17) + "a" + strings.Repeat("</blockquote>", 17): "DEPTH",
		"<table><tr>" + strings.Repeat("<td>a</td>", 21) + "</tr></table>":             "COLUMNS",
	} {
		_, err := s.sendRich(t, html)
		wantError(t, err, bot.ErrorBadRequest, want)
	}
	if got := s.Sent(s.chat); len(got) != 0 {
		t.Errorf("the chat shows %+v", got)
	}
}

func TestTheMenuButtonAndTheTextsComeBack(t *testing.T) {
	s := newShop(t, telegramtest.Config{})
	button, err := s.bot.GetChatMenuButton(t.Context(), &bot.GetChatMenuButtonParams{ChatID: s.chat})
	must(t, err)
	if s.MenuButton(0) != "default" || button.Type != models.MenuButtonTypeDefault {
		t.Errorf("at first it is %v", button)
	}
	_, err = s.bot.SetChatMenuButton(t.Context(), &bot.SetChatMenuButtonParams{MenuButton: &models.MenuButtonCommands{Type: models.MenuButtonTypeCommands}})
	must(t, err)
	button, err = s.bot.GetChatMenuButton(t.Context(), &bot.GetChatMenuButtonParams{ChatID: s.chat})
	must(t, err)
	_, err = s.bot.SetMyDescription(t.Context(), &bot.SetMyDescriptionParams{Description: "what it is for", LanguageCode: "en"})
	must(t, err)
	if s.MenuButton(s.chat) != "commands" || button.Type != models.MenuButtonTypeCommands || s.Description("en") != "what it is for" || s.Description("zh") != "" {
		t.Errorf("it is %v, %q", button, s.Description("en"))
	}
}

func TestPicturesCountLikeMessages(t *testing.T) {
	s := newShop(t, telegramtest.Config{Rich: true, Limits: telegramtest.Limits{ChatPerSecond: 1, CountEdits: true}})
	sent, err := s.bot.SendPhoto(t.Context(), &bot.SendPhotoParams{ChatID: s.chat, Photo: &models.InputFileUpload{Filename: "p.png", Data: bytes.NewReader(picture(t, 40, 30))}})
	must(t, err)
	_, edit := s.editMedia(t, sent.ID, picture(t, 50, 30), "two")
	_, rich := s.sendRich(t, "<p>three</p>")
	for _, err := range []error{edit, rich} {
		var flood *bot.TooManyRequestsError
		if !errors.As(err, &flood) {
			t.Errorf("got %v", err)
		}
	}
}
