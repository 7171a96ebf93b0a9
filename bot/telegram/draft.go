package telegram

import (
	"context"
	"fmt"
	"html"
	"regexp"
	"strings"
	"unicode/utf16"

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

// form is what a message is sent or edited as.
type form int

// The forms, by the methods that send and edit them: sendMessage and editMessageText, sendPhoto and editMessageMedia,
// editMessageCaption, sendDocument, sendRichMessage.
const (
	asText form = iota + 1
	asPhoto
	asCaption  // only as an edit: the picture stays as it is
	asDocument // never as an edit
	asRich     // never as an edit
)

// String returns the form in one word.
func (f form) String() string {
	return [...]string{"", "text", "photo", "caption", "document", "rich"}[f]
}

// draft is a message in the form it is tried in. Each refusal that leaves a way turns it into a plainer one.
type draft struct {
	chat    int64
	as      form
	text    string
	plain   bool         // text is no HTML
	file    *outbox.File // a document; text is its caption
	picture []byte       // a photo; text is its caption
	rich    string       // a rich message; text is the same for those who do not get it
	edit    int          // message to edit, 0 = none
	caption bool         // the caption of that message was to be edited, in vain
	thread  int
	replyTo int
	silent  bool
	paid    bool // Telegram may take Stars for it
	markup  *models.InlineKeyboardMarkup
	only    bool   // it says something about the message it edits, and nothing where that is gone
	page    bool   // it is another page in the place of the one it edits, whose picture says nothing about it
	note    string // how it differs from what was written
}

func newDraft(m outbox.Message, editID int, markup *models.InlineKeyboardMarkup) draft {
	d := draft{
		chat: m.Chat, as: asText, text: strings.ToValidUTF8(m.HTML, "\uFFFD"), edit: editID, thread: m.Thread, replyTo: m.ReplyTo,
		silent: m.Silent, markup: markup, file: m.File, only: m.Kind == outbox.Status, page: m.Kind == outbox.Reply,
	}
	if m.File != nil {
		d.as, d.edit = asDocument, 0
	}
	return d
}

// revise answers a refusal with a draft that does without what was refused; ok is false when there is none. It is pure. Each
// revision can happen once, so a message is tried a handful of times at most.
func (d draft) revise(reason string) (next draft, ok bool) {
	next = d
	switch {
	case reason == outbox.ReasonTooLong && !d.plain && d.as == asText && d.edit == 0:
		return d.overflow(), true
	case reason == outbox.ReasonTooLong && !d.plain && (d.as == asText || d.as == asDocument),
		reason == outbox.ReasonParseError && !d.plain && d.whole():
		next.text, next.plain, next.note = fit(plainText(d.text), d.limit()), true, outbox.ReasonPlainText
	case reason == outbox.ReasonNoRights && d.note == outbox.ReasonAsDocument: // a chat that takes texts, and no files
		next.as, next.text, next.file, next.note = asText, fit(string(d.file.Data), maxText), nil, outbox.ReasonPlainText
		return next, true
	case reason == outbox.ReasonBadButton && d.markup != nil:
		next.markup, next.note = nil, outbox.ReasonNoButtons
	case reason == outbox.ReasonEditGone && d.edit != 0 && !d.only:
		next = d.anew()
	case reason == outbox.ReasonBadTopic && d.thread != 0:
		next.thread, next.note = 0, outbox.ReasonGeneral
	case reason == outbox.ReasonBadReply && d.replyTo != 0:
		next.replyTo, next.note = 0, outbox.ReasonNoReply
	default:
		return d.simplify(reason)
	}
	if d.plain {
		next.note = d.note // the worst of them
	}
	return next, true
}

// whole reports whether nothing of the text would be lost without its tags. Only a caption that belongs to a picture must
// keep all of it: the text can go alone.
func (d draft) whole() bool {
	switch d.as {
	case asPhoto, asCaption:
		return units(plainText(d.text)) <= maxCaption
	case asRich: // the tags that were refused are not those of the text
		return false
	}
	return true
}

// anew is the message for where there is none to edit.
func (d draft) anew() draft {
	d.edit, d.note = 0, outbox.ReasonSentAnew
	if d.as == asCaption {
		d.as = asText
	}
	return d
}

// simplify answers a refusal by another form, the text in the end; ok is false when there is none, or the chat itself is
// lost.
func (d draft) simplify(reason string) (next draft, ok bool) {
	switch {
	case lost(reason), reason == outbox.ReasonNotModified, reason == outbox.ReasonEditGone:
		return d, false
	case d.as == asPhoto && d.edit != 0 && !d.page && reason != outbox.ReasonOtherKind && reason != outbox.ReasonTooLong && d.whole():
		d.as, d.caption = asCaption, true
		return d.noted(outbox.ReasonNoPicture), true
	case d.as == asPhoto:
		return d.alone(), true
	case d.as == asRich:
		d.as = asText
		return d.noted(outbox.ReasonPlainForm), true
	case d.as == asCaption && reason == outbox.ReasonOtherKind: // it has no caption: it is a text
		d.as = asText
		return d, true
	case d.as == asCaption && (reason == outbox.ReasonTooLong || reason == outbox.ReasonParseError) && !d.only:
		return d.anew(), true
	case d.as == asText && d.edit != 0 && reason == outbox.ReasonOtherKind: // it has no text: it is a picture
		if !d.caption && d.fitsCaption() {
			d.as, d.caption = asCaption, true
			return d, true
		}
		return d.anew(), !d.only
	}
	return d, false
}

// alone is the text without its picture. As another page it is a message of its own: beside the picture of the page before it
// would be taken for what that shows.
func (d draft) alone() draft {
	d.as = asText
	if d.page {
		d.edit = 0
	}
	return d.noted(outbox.ReasonNoPicture)
}

// noted names how the draft differs, when nothing worse is known.
func (d draft) noted(note string) draft {
	if d.note == "" {
		d.note = note
	}
	return d
}

// lost reports whether a refusal concerns the chat, whatever is sent to it. That the bot has no right to write is none of
// these: it may be one to send pictures.
func lost(reason string) bool {
	switch reason {
	case outbox.ReasonBlocked, outbox.ReasonKicked, outbox.ReasonChatNotFound, outbox.ReasonDeactivated, outbox.ReasonNotStarted:
		return true
	}
	return false
}

// fitsCaption reports whether all of the text can go with a picture.
func (d draft) fitsCaption() bool {
	if d.plain {
		return units(d.text) <= maxCaption
	}
	return visible(d.text) <= maxCaption
}

// overflow puts a text that is too long into a file, whole and without tags, with as many of its first lines as a caption
// holds.
func (d draft) overflow() draft {
	whole := plainText(d.text)
	d.text = fit(whole, maxCaption)
	if lines := strings.LastIndexByte(d.text, '\n'); lines > 0 && d.text != whole {
		d.text = d.text[:lines] + "\n…"
	}
	d.as, d.file = asDocument, &outbox.File{Name: overflowName, Data: []byte(whole)}
	d.plain, d.note = true, outbox.ReasonAsDocument
	return d
}

func (d draft) limit() int {
	switch d.as {
	case asPhoto, asCaption, asDocument:
		return maxCaption
	}
	return maxText
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

// units is the length of a text as Telegram counts it, in UTF-16 units.
func units(text string) (n int) {
	for _, r := range text {
		n += utf16.RuneLen(r)
	}
	return n
}

// named are the character entities Telegram knows by name; it shows all others as they are written.
var named = strings.NewReplacer("&lt;", "<", "&gt;", "<", "&amp;", "<", "&quot;", "<")

// number is a character entity by number.
var number = regexp.MustCompile(`&#(?:\d{1,8}|[xX][0-9a-fA-F]{1,6});?`)

// visible is how long a text is for Telegram once its tags and entities are parsed. Where that is not certain it is rather
// too long than too short.
func visible(text string) int {
	return units(number.ReplaceAllString(named.Replace(tag.ReplaceAllString(text, "")), "\U0001F600"))
}
