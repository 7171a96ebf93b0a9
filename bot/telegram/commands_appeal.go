package telegram

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/go-telegram/bot/models"

	"shopwarden/bot/appeal"
	"shopwarden/bot/notify"
	"shopwarden/bot/outbox"
	"shopwarden/bot/sla"
)

// appeal shows what can be appealed or, of one penalty, everything that is known and collected. What came with the message is
// kept first.
func (r *Router) appeal(ctx context.Context, a *ask, shop string, chat notify.Chat) (answer, error) {
	id := strings.TrimSpace(a.text)
	if a.button {
		id = strings.Join(a.args, "|")
	}
	if id == "" {
		v, err := r.desk.Appeals(ctx, shop)
		v.Lang = a.lang
		return ifDone(err, func() answer { return page(r.say.Appeals(v)) })
	}
	if a.attached != nil {
		return r.keepFor(ctx, a, shop, id, chat)
	}
	return r.appealPage(ctx, a, shop, id, 0)
}

// appealPage is the page of one penalty, with what was just done about it.
func (r *Router) appealPage(ctx context.Context, a *ask, shop, id string, note notify.AppealNote) (answer, error) {
	v, err := r.appealView(ctx, a, shop, id)
	if errors.Is(err, sla.ErrNotFound) {
		return problem(notify.NothingFound), nil
	}
	v.Note = note
	return ifDone(err, func() answer { return page(r.say.Appeal(v)) })
}

// appealView is one penalty and what was collected against it.
func (r *Router) appealView(ctx context.Context, a *ask, shop, id string) (notify.AppealView, error) {
	v, err := r.desk.Appeal(ctx, shop, id)
	v.Lang, v.Private, v.Bot = a.lang, a.private(), r.cfg.Username()
	if err != nil {
		return v, err
	}
	v.Folder, err = r.store.Folder(ctx, shop, id)
	return v, err
}

// folder carries out a button of an appeal. Who may was judged before.
func (r *Router) folder(ctx context.Context, a *ask, shop string) (answer, error) {
	if len(a.args) != 3 {
		return problem(notify.StaleButton), nil
	}
	act, file, id := a.args[0], a.args[1], a.args[2]
	switch act {
	case "pack":
		return r.pack(ctx, a, shop, id)
	case "filed":
		return r.filed(ctx, a, shop, id)
	case "drop":
		if _, err := r.store.EditFolder(ctx, shop, id, func(f appeal.Folder) appeal.Folder { return f.Without(file) }); err != nil {
			return answer{}, err
		}
		return r.appealPage(ctx, a, shop, id, notify.AppealDropped)
	}
	return problem(notify.StaleButton), nil
}

// filed notes that the appeal was made: who said so and when is kept first, and the counters get the fact from there, so that a
// crash in between is completed by the next press and nothing is said twice.
func (r *Router) filed(ctx context.Context, a *ask, shop, id string) (answer, error) {
	who, named := a.mark(r.cfg.Now())
	if !named {
		return problem(notify.Nameless), nil
	}
	v, err := r.desk.Appeal(ctx, shop, id)
	switch {
	case errors.Is(err, sla.ErrNotFound):
		return problem(notify.NothingFound), nil
	case err != nil:
		return answer{}, err
	}
	if _, _, open := v.Sanction.AppealLeft(v.Now); !open {
		return problem(notify.Settled), nil
	}
	kept, err := r.store.EditFolder(ctx, shop, id, func(f appeal.Folder) appeal.Folder { return f.FiledBy(who) })
	if err != nil {
		return answer{}, err
	}
	if e, ok := kept.Event(id); ok {
		if err := r.counter.Correct(ctx, shop, e); err != nil {
			return answer{}, fmt.Errorf("noting the appeal against %s: %w", id, err)
		}
	}
	r.log.Info("appeal noted", "shop", shop, "penalty", id, "person", kept.Filed.Person)
	return r.appealPage(ctx, a, shop, id, notify.AppealFiled)
}

// downloads is how long all attachments of a pack may take; what is not here by then is missing. An update may take 20 s.
const downloads = 12 * time.Second

// pack sends what was collected as one document, and to private chats only: it holds what buyers sent.
func (r *Router) pack(ctx context.Context, a *ask, shop, id string) (answer, error) {
	if !a.private() {
		return r.appealPage(ctx, a, shop, id, 0)
	}
	v, err := r.appealView(ctx, a, shop, id)
	switch {
	case errors.Is(err, sla.ErrNotFound):
		return problem(notify.NothingFound), nil
	case err != nil:
		return answer{}, err
	}
	list, missing := r.enclosures(ctx, v.Folder)
	data, err := appeal.Zip(r.say.AppealPack(v, list), list)
	if err != nil {
		return answer{}, err
	}
	return answer{html: r.say.PackCaption(v, missing), file: &outbox.File{Name: appeal.FileName(id), Data: data}}, nil
}

// enclosures fetches the attachments of a folder, as far as they can be had and there is room.
func (r *Router) enclosures(ctx context.Context, f appeal.Folder) (list []appeal.Enclosure, missing int) {
	ctx, cancel := context.WithTimeout(ctx, downloads)
	defer cancel()
	left := int64(appeal.MostAll)
	for _, x := range f.Files {
		e := appeal.Enclosure{Attachment: x, Missing: true}
		if data, ok := r.download(ctx, x, min(left, appeal.MostOne)); ok {
			e.Data, e.Missing = data, false
			left -= int64(len(data))
		} else {
			missing++
		}
		list = append(list, e)
	}
	appeal.Place(list)
	return list, missing
}

func (r *Router) download(ctx context.Context, x appeal.Attachment, most int64) ([]byte, bool) {
	if r.cfg.Download == nil || x.Size > most || ctx.Err() != nil {
		return nil, false
	}
	data, _, err := r.cfg.Download(ctx, x.File, most)
	if err != nil {
		r.log.Warn("attachment not fetched", "err", err)
	}
	return data, err == nil && int64(len(data)) <= most
}

// attachmentOf is the photo or the document of a message, nil when there is none.
func attachmentOf(m *models.Message) *appeal.Attachment {
	switch {
	case m.Document != nil:
		d := m.Document
		return &appeal.Attachment{ID: cmp.Or(d.FileUniqueID, d.FileID), File: d.FileID, Name: clipName(d.FileName), Size: d.FileSize}
	case len(m.Photo) > 0: // sizes of one photo, the largest last
		p := m.Photo[len(m.Photo)-1]
		return &appeal.Attachment{ID: cmp.Or(p.FileUniqueID, p.FileID), File: p.FileID, Size: int64(p.FileSize)}
	}
	return nil
}

// clipName and clipNote bound what is kept of a name and of a caption, in characters.
func clipName(text string) string { return cut(text, 200) }
func clipNote(text string) string { return cut(text, 500) }

func cut(text string, most int) string {
	text = strings.ToValidUTF8(text, "")
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most])
	}
	return text
}

// attach takes a photo or a document that is meant for an appeal: its caption says so, or it replies to the page of one. What is
// meant for nobody gets no answer.
func (r *Router) attach(ctx context.Context, a *ask, m *models.Message, t typed) error {
	a.attached = attachmentOf(m)
	a.verb = verbAppeal
	if t.verb == verbAppeal {
		a.args, a.text = t.args, t.text
		return r.answer(ctx, a)
	}
	shop, id, err := r.repliedAppeal(ctx, m.ReplyToMessage)
	if err != nil || id == "" {
		return err
	}
	a.args, a.text = []string{shop, id}, shop+" "+id
	a.attached.Note = clipNote(m.Caption)
	return r.answer(ctx, a)
}

// repliedAppeal reads from the buttons of one of our messages which penalty of which shop it is about; "" for any other message.
// They only say what is meant: the binding of the chat and the penalty are looked up like those of a command.
func (r *Router) repliedAppeal(ctx context.Context, m *models.Message) (shop, id string, err error) {
	if m == nil || m.ReplyMarkup == nil || m.From == nil || !m.From.IsBot {
		return "", "", nil
	}
	if me := r.cfg.Username(); me != "" && m.From.Username != "" && !strings.EqualFold(me, m.From.Username) {
		return "", "", nil
	}
	for _, row := range m.ReplyMarkup.InlineKeyboard {
		for _, b := range row {
			action, err := r.action(ctx, b.CallbackData)
			if err != nil {
				return "", "", err
			}
			p, err := readAction(action)
			switch {
			case err != nil:
			case p.verb == verbAppeal && len(p.args) == 2:
				return p.args[0], p.args[1], nil
			case p.verb == verbFolder && len(p.args) == 4:
				return p.args[0], p.args[3], nil
			}
		}
	}
	return "", "", nil
}

// keepFor keeps what came with a message for the penalty that its caption names: all of it, or its first word, with a note
// behind.
func (r *Router) keepFor(ctx context.Context, a *ask, shop, id string, chat notify.Chat) (answer, error) {
	out, err := r.keep(ctx, a, shop, id, chat)
	word, note := cutWord(id)
	if err != nil || out.problem != notify.NothingFound || note == "" {
		return out, err
	}
	a.attached.Note = clipNote(note)
	return r.keep(ctx, a, shop, word, chat)
}

// keep keeps what came with a message for the appeal against a penalty, and says so. Repeating it keeps it once.
func (r *Router) keep(ctx context.Context, a *ask, shop, id string, chat notify.Chat) (answer, error) {
	if a.private() && chat.Role == notify.Viewer {
		return problem(notify.AgentsOnly), nil
	}
	v, err := r.appealView(ctx, a, shop, id)
	switch {
	case errors.Is(err, sla.ErrNotFound):
		return problem(notify.NothingFound), nil
	case err != nil:
		return answer{}, err
	}
	x := *a.attached
	x.By, _ = a.mark(r.cfg.Now())
	fits := true
	v.Folder, err = r.store.EditFolder(ctx, shop, id, func(f appeal.Folder) (next appeal.Folder) {
		next, fits = f.Added(x)
		return next
	})
	v.Note = notify.AppealKept
	switch {
	case !fits:
		v.Note = notify.AppealFull
	case x.Size > appeal.MostOne:
		v.Note = notify.AppealLarge
	}
	return ifDone(err, func() answer { return page(r.say.AppealNoted(v)) })
}
