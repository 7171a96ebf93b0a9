package telegramtest

import (
	"encoding/json"
	"slices"
	"time"
)

// User is a person or a bot, in Telegram's JSON.
type User struct {
	ID           int64  `json:"id"`
	IsBot        bool   `json:"is_bot"`
	FirstName    string `json:"first_name"`
	LastName     string `json:"last_name,omitempty"`
	Username     string `json:"username,omitempty"`
	LanguageCode string `json:"language_code,omitempty"`
}

// Chat is what identifies a chat, in Telegram's JSON.
type Chat struct {
	ID        int64  `json:"id"`
	Type      string `json:"type"` // private, group or supergroup
	Title     string `json:"title,omitempty"`
	Username  string `json:"username,omitempty"`
	FirstName string `json:"first_name,omitempty"`
	LastName  string `json:"last_name,omitempty"`
	IsForum   bool   `json:"is_forum,omitempty"`
}

// Status is what somebody is in a chat.
type Status string

// The statuses, in Telegram's words. Kicked in a private chat means blocked.
const (
	Creator       Status = "creator"
	Administrator Status = "administrator"
	Ordinary      Status = "member"
	Left          Status = "left"
	Kicked        Status = "kicked"
)

func (s Status) present() bool { return s == Creator || s == Administrator || s == Ordinary }
func (s Status) rules() bool   { return s == Creator || s == Administrator }

// chat is one conversation with all that was said in it.
type chat struct {
	Chat
	joined     []int64      // everybody who was ever in, in order of arrival
	statuses   []Status     // what joined[i] is; slices, because a hundred thousand chats of two have no room for maps
	topics     map[int]bool // thread ids; nil where there can be none
	messages   []*message   // messages[i] has id i+1
	pinned     int
	migratedTo int64
	denied     Denied
}

// message is what the server keeps of one, beyond what Message shows.
type message struct {
	Message
	inline   json.RawMessage // inline keyboard as the bot sent it
	photo    *file
	document *file
}

func newChat(about Chat) *chat {
	c := &chat{Chat: about}
	if about.IsForum {
		c.topics = map[int]bool{}
	}
	return c
}

func (c *chat) private() bool { return c.Type == "private" }

func (c *chat) status(user int64) Status {
	if i := slices.Index(c.joined, user); i >= 0 {
		return c.statuses[i]
	}
	return Left
}

func (c *chat) setStatus(user int64, status Status) {
	if i := slices.Index(c.joined, user); i >= 0 {
		c.statuses[i] = status
		return
	}
	c.joined, c.statuses = append(c.joined, user), append(c.statuses, status)
}

// find is the message of that id, nil when it never was or was deleted.
func (c *chat) find(id int) *message {
	if id < 1 || id > len(c.messages) || c.messages[id-1].Deleted {
		return nil
	}
	return c.messages[id-1]
}

// add stores a message under the next id of the chat and shows it to watchers.
// The caller holds s.mu.
func (s *Server) add(c *chat, m *message) *message {
	m.ChatID, m.ID, m.Date = c.ID, len(c.messages)+1, s.cfg.Now()
	c.messages = append(c.messages, m)
	s.show(EventSent, m)
	return m
}

// chatOf is the chat a call names by chat_id.
func (s *Server) chatOf(r *request) (*chat, error) {
	if !r.has("chat_id") {
		return nil, badRequest("chat_id is empty")
	}
	id := r.number("chat_id")
	c, known := s.chats[id]
	if !known {
		return nil, badRequest("chat not found")
	}
	if c.migratedTo != 0 {
		return nil, migrated(c.migratedTo)
	}
	return c, nil
}

func migrated(to int64) error {
	return &Error{
		Code:        400,
		Description: "Bad Request: group chat was upgraded to a supergroup chat",
		MigrateTo:   to,
	}
}

// openChat is the chat a call names, when the bot may act in it.
func (s *Server) openChat(r *request) (*chat, error) {
	c, err := s.chatOf(r)
	if err != nil {
		if person, known := s.users[r.number("chat_id")]; known && !person.IsBot {
			return nil, forbidden("bot can't initiate conversation with a user")
		}
		return nil, err
	}
	return c, s.admitted(c)
}

func (s *Server) admitted(c *chat) error {
	status := c.status(s.me.ID)
	switch {
	case status.present():
		return nil
	case c.private():
		return forbidden("bot was blocked by the user")
	case status == Kicked:
		return forbidden("bot was kicked from the " + c.Type + " chat")
	default:
		return forbidden("bot is not a member of the " + c.Type + " chat")
	}
}

// messageOf is the bot's target message in a chat; what names the intent in the
// error: "edit", "delete", "react", "pin".
func (s *Server) messageOf(r *request, c *chat, what string) (*message, error) {
	if !r.has("message_id") {
		return nil, badRequest("message identifier is not specified")
	}
	m := c.find(int(r.number("message_id")))
	if m == nil {
		return nil, badRequest("message to %s not found", what)
	}
	return m, nil
}

func unix(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Unix()
}
