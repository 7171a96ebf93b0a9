package telegramtest

import (
	"bytes"
	"encoding/json"
	"reflect"
	"time"
)

// deletable is how old a message may be to be taken away.
const deletable = 48 * time.Hour

func (s *Server) editMessageText(r *request) (any, error) {
	return s.edit(r, func(_ *chat, m *message) error {
		if m.hasFile() {
			return badRequest("there is no text in the message to edit")
		}
		m.Rich = nil
		return s.writeText(r, m)
	})
}

func (s *Server) editMessageCaption(r *request) (any, error) {
	return s.edit(r, func(_ *chat, m *message) error {
		if !m.hasFile() {
			return badRequest("there is no caption in the message to edit")
		}
		return s.writeCaption(r, m)
	})
}

// editMessageMedia replaces the file of a message and its caption, or gives a text
// a file.
func (s *Server) editMessageMedia(r *request) (any, error) {
	var media struct {
		Type      string          `json:"type"`
		Media     string          `json:"media"`
		Caption   string          `json:"caption"`
		ParseMode string          `json:"parse_mode"`
		Entities  json.RawMessage `json:"caption_entities"`
	}
	if err := r.object("media", &media); err != nil {
		return nil, err
	}
	if media.Type != "photo" && media.Type != "document" {
		return nil, badRequest("can't parse InputMedia: type %q is not supported", media.Type)
	}
	inner := &request{method: r.method, files: r.files, values: map[string]string{
		media.Type: media.Media, "caption": media.Caption, "parse_mode": media.ParseMode, "caption_entities": string(media.Entities)}}
	return s.edit(r, func(c *chat, m *message) error {
		if err := c.takes(media.Type); err != nil {
			return err
		}
		if err := s.writeCaption(inner, m); err != nil {
			return err
		}
		f, err := s.fileOf(inner, media.Type)
		if err != nil {
			return err
		}
		m.Rich = nil
		m.attach(f)
		return nil
	})
}

func (s *Server) editMessageReplyMarkup(r *request) (any, error) {
	return s.edit(r, func(*chat, *message) error { return nil })
}

// edit replaces a message's content by what change writes, and its keyboard by
// the call's. An edit without a keyboard takes the keyboard away: so does Telegram.
func (s *Server) edit(r *request, change func(*chat, *message) error) (any, error) {
	c, m, err := s.editable(r)
	if err != nil {
		return nil, err
	}
	keyboard, err := markupOf(r, s.placeOf(c))
	if err != nil {
		return nil, err
	}
	if keyboard.other != nil {
		return nil, badRequest("inline keyboard expected")
	}
	next := *m
	if err := change(c, &next); err != nil {
		return nil, err
	}
	next.inline, next.Keyboard = keyboard.inline, keyboard.buttons
	if sameContent(m, &next) {
		return nil, badRequest("message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message")
	}
	now := s.cfg.Now()
	if err := s.pace.chargeEdit(c, now); err != nil {
		return nil, err
	}
	next.Edited, next.EditedAt = true, now
	*m = next
	s.show(EventEdited, m)
	return c.wire(m), nil
}

func (s *Server) editable(r *request) (*chat, *message, error) {
	c, err := s.openChat(r)
	if err != nil {
		return nil, nil, err
	}
	m, err := s.messageOf(r, c, "edit")
	if err != nil {
		return nil, nil, err
	}
	if m.From.ID != s.me.ID || m.Service != nil {
		return nil, nil, badRequest("message can't be edited")
	}
	return c, m, nil
}

func sameContent(a, b *message) bool {
	return a.Text == b.Text && a.FileID == b.FileID && len(a.Rich) == len(b.Rich) && bytes.Equal(a.inline, b.inline) && reflect.DeepEqual(a.Entities, b.Entities)
}

// deleteMessage takes away the bot's own messages, in private chats also the
// person's, and anybody's where the bot is an administrator.
func (s *Server) deleteMessage(r *request) (any, error) {
	c, err := s.openChat(r)
	if err != nil {
		return nil, err
	}
	m, err := s.messageOf(r, c, "delete")
	if err != nil {
		return nil, err
	}
	own := m.From.ID == s.me.ID || c.private()
	if s.cfg.Now().Sub(m.Date) > deletable && !c.status(s.me.ID).rules() {
		return nil, badRequest("message can't be deleted for everyone")
	}
	if !own && !c.status(s.me.ID).rules() {
		return nil, badRequest("message can't be deleted")
	}
	m.Deleted = true
	s.show(EventDeleted, m)
	return true, nil
}

func (s *Server) pinChatMessage(r *request) (any, error) {
	c, err := s.pinnable(r)
	if err != nil {
		return nil, err
	}
	m, err := s.messageOf(r, c, "pin")
	if err != nil {
		return nil, err
	}
	if c.pinned != m.ID {
		c.pinned = m.ID
		notice := &message{}
		notice.From, notice.ThreadID, notice.Service = s.me, m.ThreadID, &Service{Pinned: m.ID}
		s.add(c, notice)
	}
	return true, nil
}

func (s *Server) unpinChatMessage(r *request) (any, error) {
	c, err := s.pinnable(r)
	if err != nil {
		return nil, err
	}
	if id := int(r.number("message_id")); c.pinned == 0 || (id != 0 && id != c.pinned) {
		return nil, badRequest("message to unpin not found")
	}
	c.pinned = 0
	s.announce()
	return true, nil
}

func (s *Server) pinnable(r *request) (*chat, error) {
	c, err := s.openChat(r)
	if err != nil {
		return nil, err
	}
	if !c.private() && !c.status(s.me.ID).rules() {
		return nil, badRequest("not enough rights to manage pinned messages in the chat")
	}
	return c, nil
}

// Pinned is the id of the pinned message of a chat, 0 when there is none.
func (s *Server) Pinned(chatID int64) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c, known := s.chats[chatID]; known {
		return c.pinned
	}
	return 0
}
