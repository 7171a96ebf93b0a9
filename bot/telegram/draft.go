package telegram

import (
	"bytes"
	"context"
	"fmt"
	"html"
	"regexp"
	"strings"
	"unicode/utf16"

	"github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"

	"shopwarden/bot/outbox"
)

// Telegram's limits: characters of a text and of a caption after their entities are parsed, and bytes of callback data
// (core.telegram.org/bots/api).
const (
	maxText    = 4096
	maxCaption = 1024
	maxData    = 64
)

// overflowName is the file that a text becomes which is too long for a message.
const overflowName = "message.txt"

// draft is a message in the form it is tried in. Each refusal that leaves a way turns it into a plainer one.
type draft struct {
	chat    int64
	text    string
	plain   bool         // text is no HTML
	file    *outbox.File // a document; text is its caption
	edit    int          // message to edit, 0 = none
	thread  int
	replyTo int
	silent  bool
	paid    bool // Telegram may take Stars for it
	markup  *models.InlineKeyboardMarkup
	only    bool   // it says something about the message it edits, and nothing where that is gone
	note    string // how it differs from what was written
}

func newDraft(m outbox.Message, editID int, markup *models.InlineKeyboardMarkup) draft {
	return draft{
		chat: m.Chat, text: strings.ToValidUTF8(m.HTML, "\uFFFD"), edit: editID, thread: m.Thread, replyTo: m.ReplyTo,
		silent: m.Silent, markup: markup, file: m.File, only: m.Kind == outbox.Status,
	}
}

// revise answers a refusal with a draft that does without what was refused; ok is false when there is none. It is pure. Each
// revision can happen once, so a message is tried a handful of times at most.
func (d draft) revise(reason string) (next draft, ok bool) {
	next = d
	switch {
	case reason == outbox.ReasonTooLong && !d.plain && d.file == nil && d.edit == 0:
		return d.overflow(), true
	case (reason == outbox.ReasonParseError || reason == outbox.ReasonTooLong) && !d.plain:
		next.text, next.plain, next.note = fit(plainText(d.text), d.limit()), true, outbox.ReasonPlainText
	case reason == outbox.ReasonNoRights && d.note == outbox.ReasonAsDocument: // a chat that takes texts, and no files
		next.text, next.file, next.note = fit(string(d.file.Data), maxText), nil, outbox.ReasonPlainText
		return next, true
	case reason == outbox.ReasonBadButton && d.markup != nil:
		next.markup, next.note = nil, outbox.ReasonNoButtons
	case reason == outbox.ReasonEditGone && d.edit != 0 && !d.only:
		next.edit, next.note = 0, outbox.ReasonSentAnew
	case reason == outbox.ReasonBadTopic && d.thread != 0:
		next.thread, next.note = 0, outbox.ReasonGeneral
	case reason == outbox.ReasonBadReply && d.replyTo != 0:
		next.replyTo, next.note = 0, outbox.ReasonNoReply
	default:
		return d, false
	}
	if d.plain {
		next.note = d.note // the worst of them
	}
	return next, true
}

// overflow puts a text that is too long into a file, whole and without tags, with as many of its first lines as a caption
// holds.
func (d draft) overflow() draft {
	whole := plainText(d.text)
	d.text = fit(whole, maxCaption)
	if lines := strings.LastIndexByte(d.text, '\n'); lines > 0 && d.text != whole {
		d.text = d.text[:lines] + "\n…"
	}
	d.file, d.plain, d.note = &outbox.File{Name: overflowName, Data: []byte(whole)}, true, outbox.ReasonAsDocument
	return d
}

func (d draft) limit() int {
	if d.file != nil {
		return maxCaption
	}
	return maxText
}

func (d draft) parseMode() models.ParseMode {
	if d.plain {
		return ""
	}
	return models.ParseModeHTML
}

// replyMarkup keeps a missing keyboard from becoming an interface that is not nil.
func (d draft) replyMarkup() models.ReplyMarkup {
	if d.markup == nil {
		return nil
	}
	return d.markup
}

func (d draft) sendParams() *bot.SendMessageParams {
	p := &bot.SendMessageParams{
		ChatID: d.chat, MessageThreadID: d.thread, Text: d.text, ParseMode: d.parseMode(), LinkPreviewOptions: noPreview(),
		DisableNotification: d.silent, AllowPaidBroadcast: d.paid, ReplyMarkup: d.replyMarkup(),
	}
	if d.replyTo > 0 {
		p.ReplyParameters = &models.ReplyParameters{MessageID: d.replyTo, AllowSendingWithoutReply: true}
	}
	return p
}

// documentParams makes the parameters of one attempt: what was read of the file once is empty the next time.
func (d draft) documentParams() *bot.SendDocumentParams {
	p := &bot.SendDocumentParams{
		ChatID: d.chat, MessageThreadID: d.thread, Caption: d.text, ParseMode: d.parseMode(),
		Document:            &models.InputFileUpload{Filename: d.file.Name, Data: bytes.NewReader(d.file.Data)},
		DisableNotification: d.silent, AllowPaidBroadcast: d.paid, ReplyMarkup: d.replyMarkup(),
	}
	if d.replyTo > 0 {
		p.ReplyParameters = &models.ReplyParameters{MessageID: d.replyTo, AllowSendingWithoutReply: true}
	}
	return p
}

func (d draft) editParams() *bot.EditMessageTextParams {
	return &bot.EditMessageTextParams{
		ChatID: d.chat, MessageID: d.edit, Text: d.text, ParseMode: d.parseMode(), LinkPreviewOptions: noPreview(),
		ReplyMarkup: d.replyMarkup(),
	}
}

func noPreview() *models.LinkPreviewOptions {
	return &models.LinkPreviewOptions{IsDisabled: bot.True()}
}

// Tokens keeps what a button stands for when that does not fit into its 64 bytes. Repeating a call with the same payload
// does no harm. The token is at most 60 bytes.
type Tokens interface {
	SaveToken(ctx context.Context, payload string) (token string, err error)
}

// keyboard returns the inline keyboard, nil without buttons. Callback data is a prefix and the action, or a prefix and the
// token the action is kept under; news says which prefixes.
func keyboard(ctx context.Context, rows [][]outbox.Button, news bool, tokens Tokens) (*models.InlineKeyboardMarkup, error) {
	markup := &models.InlineKeyboardMarkup{}
	for _, row := range rows {
		var keys []models.InlineKeyboardButton
		for _, b := range row {
			key := models.InlineKeyboardButton{Text: strings.ToValidUTF8(b.Text, "\uFFFD"), URL: b.URL}
			if b.URL == "" {
				data, err := callbackData(ctx, b.Action, news, tokens)
				if err != nil {
					return nil, err
				}
				key.CallbackData = data
			}
			keys = append(keys, key)
		}
		if len(keys) > 0 {
			markup.InlineKeyboard = append(markup.InlineKeyboard, keys)
		}
	}
	if len(markup.InlineKeyboard) == 0 {
		return nil, nil
	}
	return markup, nil
}

func callbackData(ctx context.Context, action string, news bool, tokens Tokens) (string, error) {
	whole, short := actionPrefix, tokenPrefix
	if news {
		whole, short = newsActionPrefix, newsTokenPrefix
	}
	if len(whole)+len(action) <= maxData {
		return whole + action, nil
	}
	token, err := tokens.SaveToken(ctx, action)
	if err != nil {
		return "", fmt.Errorf("saving what a button stands for: %w", err)
	}
	return short + token, nil
}

// tag is anything that was meant as one. A lone < is text.
var tag = regexp.MustCompile(`</?[A-Za-z][^<>]*>`)

// plainText strips the tags of a text that Telegram would not parse.
func plainText(text string) string { return html.UnescapeString(tag.ReplaceAllString(text, "")) }

// fit cuts a text to limit UTF-16 units, in which Telegram counts. It never cuts a character.
func fit(text string, limit int) string {
	units := 0
	for i, r := range text {
		units += utf16.RuneLen(r)
		if units > limit {
			return cutEnd(text[:i])
		}
	}
	return text
}

// cutEnd puts an ellipsis in the place of the last character.
func cutEnd(text string) string {
	runes := []rune(text)
	return string(runes[:max(len(runes)-1, 0)]) + "…"
}
