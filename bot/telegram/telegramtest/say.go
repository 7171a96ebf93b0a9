package telegramtest

import (
	"fmt"
	"strconv"
)

// Post is what a person puts into a chat.
type Post struct {
	ChatID   int64
	UserID   int64
	Text     string // or the caption of a file
	ThreadID int    // forum topic
	ReplyTo  int    // message id
	Photo    []byte // PNG, JPEG or GIF
	Document []byte
	FileName string
}

// Say makes a person write a text. In a group the bot receives it only if
// privacy mode lets it: a command that is bare or names this bot, a reply to the
// bot, or anything where the bot is an administrator or Config.ReadsAll is set.
// Surrounding space is kept as typed; commands, links and names become entities.
func (s *Server) Say(chatID, userID int64, text string) (Message, error) {
	return s.Post(Post{ChatID: chatID, UserID: userID, Text: text})
}

// Reply is Say in answer to a message, in the topic of that message.
func (s *Server) Reply(chatID, userID int64, replyTo int, text string) (Message, error) {
	p := Post{ChatID: chatID, UserID: userID, Text: text, ReplyTo: replyTo}
	if m, known := s.Message(chatID, replyTo); known {
		p.ThreadID = m.ThreadID
	}
	return s.Post(p)
}

// SayPhoto makes a person send a picture with a caption, which may be empty.
func (s *Server) SayPhoto(chatID, userID int64, picture []byte, caption string) (Message, error) {
	return s.Post(Post{ChatID: chatID, UserID: userID, Text: caption, Photo: picture})
}

// SayDocument makes a person send a file of that name with a caption, which may be
// empty.
func (s *Server) SayDocument(chatID, userID int64, name string, data []byte, caption string) (Message, error) {
	return s.Post(Post{ChatID: chatID, UserID: userID, Text: caption, Document: data, FileName: name})
}

// Post is the general form of Say. It errs when the chat, the topic or the
// message replied to is not there, when the person is not inside, when the bot
// is blocked, and when a file would be refused.
func (s *Server) Post(p Post) (Message, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, from, err := s.speaker(p.ChatID, p.UserID)
	if err != nil {
		return Message{}, fmt.Errorf("post: %w", err)
	}
	m, err := s.posted(c, from, p)
	if err != nil {
		return Message{}, fmt.Errorf("post to chat %d: %w", p.ChatID, err)
	}
	s.add(c, m)
	if s.hears(c, m) {
		s.notify("message", c.wire(m))
	}
	return m.copied(), nil
}

func (s *Server) posted(c *chat, from User, p Post) (*message, error) {
	if c.private() {
		if err := s.admitted(c); err != nil {
			return nil, err
		}
	}
	if p.ThreadID != 0 && !c.topics[p.ThreadID] {
		return nil, fmt.Errorf("topic %d: %w", p.ThreadID, ErrNoChat)
	}
	if p.ReplyTo != 0 && c.find(p.ReplyTo) == nil {
		return nil, fmt.Errorf("reply to %d: %w", p.ReplyTo, ErrNoMessage)
	}
	m := &message{}
	m.From, m.Text, m.Entities = from, p.Text, detect(p.Text, nil)
	m.ThreadID, m.ReplyTo = p.ThreadID, p.ReplyTo
	return m, s.attach(m, p)
}

func (s *Server) attach(m *message, p Post) error {
	kind, data := "photo", p.Photo
	if len(data) == 0 {
		kind, data = "document", p.Document
	}
	if len(data) == 0 {
		return nil
	}
	f, err := s.keep(kind, upload{name: p.FileName, data: data, broken: kind == "photo" && broken(data)})
	if err != nil {
		return err
	}
	m.attach(f)
	return nil
}

// hears tells whether a person's message reaches the bot.
func (s *Server) hears(c *chat, m *message) bool {
	status := c.status(s.me.ID)
	switch {
	case !status.present():
		return false
	case c.private(), s.cfg.ReadsAll, status.rules():
		return true
	}
	if origin := c.find(m.ReplyTo); origin != nil && origin.From.ID == s.me.ID {
		return true
	}
	return s.addressed(m)
}

type wireCallback struct {
	ID       string `json:"id"`
	From     User   `json:"from"`
	Message  any    `json:"message"`
	Instance string `json:"chat_instance"`
	Data     string `json:"data"`
}

// Press makes a person press a button of the bot's message and returns the id of
// the query. It errs when the message has no enabled button with that data. A
// deleted message can still be pressed, as by somebody whose screen lags behind:
// the bot then gets the message without its content.
func (s *Server) Press(chatID int64, messageID int, userID int64, data string) (string, error) {
	return s.pressed(chatID, messageID, userID, data, false)
}

// PressBehind is Press by somebody whose screen lags behind: the message need not
// have the button any more.
func (s *Server) PressBehind(chatID int64, messageID int, userID int64, data string) (string, error) {
	return s.pressed(chatID, messageID, userID, data, true)
}

func (s *Server) pressed(chatID int64, messageID int, userID int64, data string, behind bool) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, from, err := s.speaker(chatID, userID)
	if err != nil {
		return "", fmt.Errorf("press: %w", err)
	}
	if err := s.admitted(c); err != nil {
		return "", fmt.Errorf("press in chat %d: %w", chatID, err)
	}
	if messageID < 1 || messageID > len(c.messages) {
		return "", fmt.Errorf("press on message %d: %w", messageID, ErrNoMessage)
	}
	m := c.messages[messageID-1]
	if !behind && !m.offers(data) {
		return "", fmt.Errorf("press %q on message %d: %w", data, messageID, ErrNoButton)
	}
	return s.query(c, m, from, data), nil
}

func (m *message) offers(data string) bool {
	for _, row := range m.Keyboard {
		for _, button := range row {
			if button.CallbackData == data && data != "" && !button.Disabled {
				return true
			}
		}
	}
	return false
}

func (s *Server) query(c *chat, m *message, from User, data string) string {
	id := strconv.Itoa(len(s.queries) + 1)
	s.queries[id] = &callback{answer: CallbackAnswer{
		QueryID: id, ChatID: c.ID, MessageID: m.ID, UserID: from.ID, Data: data,
	}}
	shown := any(wireGone{Chat: c.Chat, ID: m.ID})
	if !m.Deleted {
		shown = c.wire(m)
	}
	instance := strconv.FormatInt(c.ID, 10)
	s.notify("callback_query", wireCallback{ID: id, From: from, Message: shown, Instance: instance, Data: data})
	return id
}

// Remove makes people take a message away. Telegram tells bots nothing of it;
// the bot learns when it edits the message.
func (s *Server) Remove(chatID int64, messageID int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, known := s.chats[chatID]
	if !known {
		return fmt.Errorf("remove from chat %d: %w", chatID, ErrNoChat)
	}
	m := c.find(messageID)
	if m == nil {
		return fmt.Errorf("remove message %d: %w", messageID, ErrNoMessage)
	}
	m.Deleted = true
	s.show(EventDeleted, m)
	return nil
}
