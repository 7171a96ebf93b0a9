package telegramtest

import (
	"slices"
	"strings"
)

// The longest texts, in UTF-16 units after the markup is taken out.
const (
	maxText    = 4096
	maxCaption = 1024
)

// open finds the chat of a call and begins a message to it.
func (s *Server) open(r *request) (*chat, *message, error) {
	c, err := s.openChat(r)
	if err != nil {
		return nil, nil, err
	}
	m, err := s.draft(r, c)
	return c, m, err
}

func (s *Server) sendMessage(r *request) (any, error) {
	c, m, err := s.open(r)
	if err != nil {
		return nil, err
	}
	if err := c.takes("text"); err != nil {
		return nil, err
	}
	if err := s.writeText(r, m); err != nil {
		return nil, err
	}
	return s.send(c, m)
}

// writeText puts the call's text into a message.
func (s *Server) writeText(r *request, m *message) error {
	text, entities, err := s.formatted(r, "text", "entities")
	switch {
	case err != nil:
		return err
	case text == "":
		return badRequest("message text is empty")
	case units(text) > maxText:
		return badRequest("message is too long")
	}
	m.Text, m.Entities = text, detect(text, entities)
	return nil
}

// writeCaption puts the call's caption into a message; it may be empty.
func (s *Server) writeCaption(r *request, m *message) error {
	caption, entities, err := s.formatted(r, "caption", "caption_entities")
	if err != nil {
		return err
	}
	if units(caption) > maxCaption {
		return badRequest("message caption is too long")
	}
	m.Text, m.Entities = caption, detect(caption, entities)
	return nil
}

// formatted is a text parameter without its markup and the space around it.
func (s *Server) formatted(r *request, textKey, entitiesKey string) (string, []Entity, error) {
	text := r.text(textKey)
	var entities []Entity
	var err error
	switch strings.ToLower(r.text("parse_mode")) {
	case "html":
		text, entities, err = parseHTML(text, s.user)
	case "":
		err = r.object(entitiesKey, &entities)
		entities = slices.DeleteFunc(entities, func(e Entity) bool {
			return e.Type == "text_mention" && e.User == nil
		})
	default:
		err = badRequest("unsupported parse_mode")
	}
	if err != nil {
		return "", nil, err
	}
	text, entities = trim(text, entities)
	return text, entities, nil
}

func (s *Server) user(id int64) (User, bool) {
	user, known := s.users[id]
	return user, known
}

// draft is a message of the bot with everything but its content.
func (s *Server) draft(r *request, c *chat) (*message, error) {
	keyboard, err := markupOf(r, s.placeOf(c))
	if err != nil {
		return nil, err
	}
	thread := int(r.number("message_thread_id"))
	if r.has("message_thread_id") && !c.topics[thread] {
		return nil, badRequest("message thread not found")
	}
	replyTo, err := replyTarget(r, c)
	if err != nil {
		return nil, err
	}
	m := &message{inline: keyboard.inline}
	m.From, m.ThreadID, m.ReplyTo = s.me, thread, replyTo
	m.Keyboard, m.Markup = keyboard.buttons, keyboard.other
	m.Silent = r.flag("disable_notification")
	return m, nil
}

// replyTarget is the message replied to, from reply_parameters or the older
// reply_to_message_id; 0 when there is none.
func replyTarget(r *request, c *chat) (int, error) {
	var reply struct {
		MessageID int  `json:"message_id"`
		Lenient   bool `json:"allow_sending_without_reply"`
	}
	if err := r.object("reply_parameters", &reply); err != nil {
		return 0, err
	}
	if reply.MessageID == 0 {
		reply.MessageID = int(r.number("reply_to_message_id"))
		reply.Lenient = r.flag("allow_sending_without_reply")
	}
	switch {
	case reply.MessageID == 0 || c.find(reply.MessageID) != nil:
		return reply.MessageID, nil
	case reply.Lenient:
		return 0, nil
	}
	return 0, badRequest("message to be replied not found")
}

// send charges the limits and shows the message.
func (s *Server) send(c *chat, m *message) (any, error) {
	if err := s.pace.charge(c, s.cfg.Now()); err != nil {
		return nil, err
	}
	return c.wire(s.add(c, m)), nil
}

func (s *Server) sendPhoto(r *request) (any, error) { return s.sendFile(r, "photo") }

func (s *Server) sendDocument(r *request) (any, error) { return s.sendFile(r, "document") }

func (s *Server) sendFile(r *request, kind string) (any, error) {
	c, m, err := s.open(r)
	if err != nil {
		return nil, err
	}
	if err := c.takes(kind); err != nil {
		return nil, err
	}
	if err := s.writeCaption(r, m); err != nil {
		return nil, err
	}
	if err := s.pace.charge(c, s.cfg.Now()); err != nil {
		return nil, err
	}
	f, err := s.fileOf(r, kind)
	if err != nil {
		return nil, err
	}
	m.attach(f)
	return c.wire(s.add(c, m)), nil
}

func (s *Server) sendChatAction(r *request) (any, error) {
	c, err := s.openChat(r)
	if err != nil {
		return nil, err
	}
	actions := []string{
		"typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice",
		"upload_document", "choose_sticker", "find_location", "record_video_note", "upload_video_note",
	}
	action := r.text("action")
	if !slices.Contains(actions, action) {
		return nil, badRequest("wrong parameter action in request")
	}
	s.publish(Event{Kind: EventAction, ChatID: c.ID, Action: action}, nil)
	return true, nil
}
