package telegramtest

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// Supergroup ids are this much below the ids of groups.
const supergroupBase = 1_000_000_000_000

// Reasons why people cannot do what they were told to; test with errors.Is.
var (
	ErrNoChat    = errors.New("no such chat")
	ErrNoMessage = errors.New("no such message")
	ErrNoButton  = errors.New("no such button")
	ErrNotInside = errors.New("not a member of the chat")
	ErrBadCode   = errors.New("a start code is at most 64 of A-Z a-z 0-9 _ -")
)

// AddPrivateChat opens the chat between a person and the bot, as if the person
// had pressed Start before, and returns its id, which is the person's. The bot
// hears nothing of it. Repeated calls update what is known of the person.
func (s *Server) AddPrivateChat(user User) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.users[user.ID] = user
	c, known := s.chats[user.ID]
	if !known {
		c = newChat(Chat{})
		c.setStatus(user.ID, Ordinary)
		c.setStatus(s.me.ID, Ordinary)
		s.chats[user.ID] = c
	}
	c.Chat = Chat{
		ID: user.ID, Type: "private",
		FirstName: user.FirstName, LastName: user.LastName, Username: user.Username,
	}
	s.announce()
	return user.ID
}

// AddGroup makes a group in which the bot is an ordinary member already, and
// returns its id. A forum is a supergroup with topics; see AddTopic.
func (s *Server) AddGroup(title string, forum bool) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lastGroup++
	about := Chat{ID: -s.lastGroup, Type: "group", Title: title}
	if forum {
		about = Chat{ID: -supergroupBase - s.lastGroup, Type: "supergroup", Title: title, IsForum: true}
	}
	c := newChat(about)
	c.setStatus(s.me.ID, Ordinary)
	s.chats[c.ID] = c
	if forum {
		// Message 1 opens the general topic, so that no other topic has the id 1.
		opening := &message{}
		opening.From, opening.Service = s.me, &Service{Topic: "General"}
		s.add(c, opening)
	}
	s.announce()
	return c.ID
}

// SetMember brings a person into a group, changes what they are there, or puts
// them out. The bot hears of it (chat_member) only where it is an administrator
// and asked for such updates. For the bot itself use AddBot and Kick.
func (s *Server) SetMember(chatID int64, user User, status Status) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, err := s.group(chatID)
	if err != nil {
		return err
	}
	s.users[user.ID] = user
	s.move(c, user, user, status)
	return nil
}

// AddTopic opens a topic in a forum on behalf of a person, which makes a service
// message, and returns its thread id.
func (s *Server) AddTopic(chatID, userID int64, name string) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, from, err := s.speaker(chatID, userID)
	if err != nil {
		return 0, err
	}
	if !c.IsForum {
		return 0, fmt.Errorf("open topic %q in chat %d: %w", name, chatID, errors.New("not a forum"))
	}
	id := len(c.messages) + 1 // a topic has the id of the message that opens it
	c.topics[id] = true
	s.serve(c, from, id, Service{Topic: name})
	return id, nil
}

// CloseTopic deletes a topic, so that messages to it are refused.
func (s *Server) CloseTopic(chatID int64, threadID int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, err := s.group(chatID)
	if err != nil {
		return err
	}
	delete(c.topics, threadID)
	s.announce()
	return nil
}

// Block makes a person block the bot in their private chat: my_chat_member, and
// 403 for what the bot sends from now on.
func (s *Server) Block(userID int64) error { return s.setBlocked(userID, Kicked) }

// Unblock takes Block back.
func (s *Server) Unblock(userID int64) error { return s.setBlocked(userID, Ordinary) }

func (s *Server) setBlocked(userID int64, status Status) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, known := s.chats[userID]
	if !known || !c.private() {
		return fmt.Errorf("block in chat %d: %w", userID, ErrNoChat)
	}
	s.moveBot(c, s.users[userID], status)
	return nil
}

// Kick makes a member put the bot out of a group: my_chat_member, then silence
// from there and 403 for what the bot sends.
func (s *Server) Kick(chatID, byUser int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, by, err := s.speaker(chatID, byUser)
	if err != nil {
		return err
	}
	s.moveBot(c, by, Kicked)
	return nil
}

// AddBot makes a member bring the bot into a group, or make it an administrator
// or an ordinary member there: my_chat_member, and the service message
// new_chat_members when it was out.
func (s *Server) AddBot(chatID, byUser int64, status Status) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, by, err := s.speaker(chatID, byUser)
	if err != nil {
		return err
	}
	s.bringBot(c, by, status)
	return nil
}

func (s *Server) bringBot(c *chat, by User, status Status) {
	wasOut := !c.status(s.me.ID).present()
	s.moveBot(c, by, status)
	if wasOut && status.present() {
		s.serve(c, by, 0, Service{Joined: []User{s.me}})
	}
}

var startCode = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// OpenLink is a person who follows t.me/<bot>?start=<code> and presses Start:
// the private chat is there, unblocked, and "/start <code>" stands in it.
func (s *Server) OpenLink(user User, code string) (Message, error) {
	if !startCode.MatchString(code) {
		return Message{}, fmt.Errorf("open start link: %w", ErrBadCode)
	}
	chatID := s.AddPrivateChat(user)
	if err := s.Unblock(chatID); err != nil {
		return Message{}, err
	}
	return s.Say(chatID, user.ID, "/start "+code)
}

// OpenGroupLink is a member who follows t.me/<bot>?startgroup=<code> and picks a
// group: the bot is brought in when it was out, and "/start@<bot> <code>"
// stands there.
func (s *Server) OpenGroupLink(chatID, userID int64, code string) (Message, error) {
	if !startCode.MatchString(code) {
		return Message{}, fmt.Errorf("open group link: %w", ErrBadCode)
	}
	if err := s.ensureBot(chatID, userID); err != nil {
		return Message{}, err
	}
	return s.Say(chatID, userID, "/start@"+s.cfg.Username+" "+code)
}

func (s *Server) ensureBot(chatID, userID int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, by, err := s.speaker(chatID, userID)
	if err != nil {
		return err
	}
	if !c.status(s.me.ID).present() {
		s.bringBot(c, by, Ordinary)
	}
	return nil
}

// Migrate turns a group into a supergroup and returns the new id. Both chats get
// their service message; the old one answers 400 with the new id from now on.
// Messages stay in the old one.
func (s *Server) Migrate(chatID int64) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	old, err := s.group(chatID)
	if err != nil {
		return 0, err
	}
	if old.Type != "group" {
		return 0, fmt.Errorf("migrate chat %d: %w", chatID, errors.New("a supergroup already"))
	}
	next := newChat(Chat{ID: chatID - supergroupBase, Type: "supergroup", Title: old.Title})
	for _, id := range old.joined {
		next.setStatus(id, old.status(id))
	}
	s.chats[next.ID] = next
	by := s.founder(old)
	s.serve(old, by, 0, Service{MigratedTo: next.ID})
	old.migratedTo = next.ID
	s.serve(next, by, 0, Service{MigratedFrom: old.ID})
	return next.ID, nil
}

// founder is the first person of a chat, or the bot when it is alone.
func (s *Server) founder(c *chat) User {
	for _, id := range c.joined {
		if user, known := s.users[id]; known {
			return user
		}
	}
	return s.me
}

// group is a group that still exists under its id.
func (s *Server) group(chatID int64) (*chat, error) {
	c, known := s.chats[chatID]
	if !known || c.private() || c.migratedTo != 0 {
		return nil, fmt.Errorf("group %d: %w", chatID, ErrNoChat)
	}
	return c, nil
}

// speaker is a chat and somebody inside it.
func (s *Server) speaker(chatID, userID int64) (*chat, User, error) {
	c, known := s.chats[chatID]
	if !known || c.migratedTo != 0 {
		return nil, User{}, fmt.Errorf("chat %d: %w", chatID, ErrNoChat)
	}
	user, known := s.users[userID]
	if !known || !c.status(userID).present() {
		return nil, User{}, fmt.Errorf("user %d in chat %d: %w", userID, chatID, ErrNotInside)
	}
	return c, user, nil
}

// serve adds a service message; the bot gets those in every mode.
// The caller holds s.mu.
func (s *Server) serve(c *chat, from User, thread int, what Service) {
	m := &message{}
	m.From, m.ThreadID, m.Service = from, thread, &what
	s.add(c, m)
	if c.status(s.me.ID).present() {
		s.notify("message", c.wire(m))
	}
}

// addressed tells whether a command is for this bot: bare, or with its name.
func (s *Server) addressed(m *message) bool {
	if len(m.Entities) == 0 || m.Entities[0].Type != "bot_command" || m.Entities[0].Offset != 0 {
		return false
	}
	_, name, named := strings.Cut(slice(m.Text, m.Entities[0]), "@")
	return !named || strings.EqualFold(name, s.cfg.Username)
}
