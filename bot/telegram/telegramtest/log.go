package telegramtest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Message is what a chat shows of one message now: edits have replaced what was
// there before. It is a copy.
type Message struct {
	ChatID    int64           `json:"chat_id"`
	ID        int             `json:"id"`
	ThreadID  int             `json:"thread_id,omitempty"` // forum topic; 0 is the general one
	From      User            `json:"from"`
	Date      time.Time       `json:"date"`
	Text      string          `json:"text"` // without markup; the caption of a photo or document
	Entities  []Entity        `json:"entities,omitempty"`
	HTML      string          `json:"html"` // Text and Entities, escaped for a page
	Keyboard  [][]Button      `json:"keyboard,omitempty"`
	Markup    json.RawMessage `json:"markup,omitempty"` // a reply markup that is no inline keyboard, as sent
	Photo     []byte          `json:"-"`
	Document  []byte          `json:"-"`
	FileID    string          `json:"file_id,omitempty"` // of Photo or Document; see File
	FileName  string          `json:"file_name,omitempty"`
	FileSize  int             `json:"file_size,omitempty"` // bytes
	Width     int             `json:"width,omitempty"`     // of Photo, in pixels
	Height    int             `json:"height,omitempty"`
	Rich      []RichNode      `json:"rich,omitempty"` // of a rich message; Text is what one reads in it
	ReplyTo   int             `json:"reply_to,omitempty"`
	Silent    bool            `json:"silent,omitempty"` // sent with disable_notification
	Edited    bool            `json:"edited,omitempty"`
	EditedAt  time.Time       `json:"edited_at,omitzero"`
	Deleted   bool            `json:"deleted,omitempty"`
	Reactions []string        `json:"reactions,omitempty"` // the bot's
	Service   *Service        `json:"service,omitempty"`   // nil in ordinary messages
}

// Service is what a service message tells; one field is set.
type Service struct {
	Joined       []User `json:"joined,omitempty"`
	Left         *User  `json:"left,omitempty"`
	MigratedTo   int64  `json:"migrated_to,omitempty"`
	MigratedFrom int64  `json:"migrated_from,omitempty"`
	Pinned       int    `json:"pinned,omitempty"` // message id
	Topic        string `json:"topic,omitempty"`  // opened a topic of that name
}

// Button is the inline button with that label, the first of them.
func (m Message) Button(label string) (Button, bool) {
	for _, row := range m.Keyboard {
		for _, button := range row {
			if button.Text == label {
				return button, true
			}
		}
	}
	return Button{}, false
}

// CallbackAnswer is the bot's answer to a pressed button.
type CallbackAnswer struct {
	QueryID   string    `json:"query_id"`
	ChatID    int64     `json:"chat_id"`
	MessageID int       `json:"message_id"`
	UserID    int64     `json:"user_id"`
	Data      string    `json:"data"`
	Text      string    `json:"text"`
	Alert     bool      `json:"alert"`
	URL       string    `json:"url,omitempty"`
	Date      time.Time `json:"date"`
}

// copied is m with nothing shared that could change later, and with its HTML, which is written only for those who look.
func (m *message) copied() Message {
	out := m.Message
	out.HTML = renderHTML(m.Text, m.Entities)
	out.Reactions = slices.Clone(m.Reactions)
	out.Entities = slices.Clone(m.Entities)
	return out
}

// Messages are all messages of a chat, oldest first, people's, service and
// deleted ones included; none for an unknown chat.
func (s *Server) Messages(chatID int64) []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.copies(chatID)
}

// Sent are the bot's own messages in a chat, oldest first, without service and
// deleted ones.
func (s *Server) Sent(chatID int64) []Message {
	return slices.DeleteFunc(s.Messages(chatID), func(m Message) bool { return !m.fromBot() })
}

func (m Message) fromBot() bool { return m.From.IsBot && m.Service == nil && !m.Deleted }

func (s *Server) copies(chatID int64) []Message {
	c, known := s.chats[chatID]
	if !known {
		return nil
	}
	out := make([]Message, 0, len(c.messages))
	for _, m := range c.messages {
		out = append(out, m.copied())
	}
	return out
}

// Message is one message of a chat; false when there never was one of that id.
func (s *Server) Message(chatID int64, messageID int) (Message, bool) {
	all := s.Messages(chatID)
	if messageID < 1 || messageID > len(all) {
		return Message{}, false
	}
	return all[messageID-1], true
}

// Chats are all chats, in order of their ids.
func (s *Server) Chats() []Chat {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]Chat, 0, len(s.chats))
	for _, c := range s.chats {
		out = append(out, c.Chat)
	}
	slices.SortFunc(out, func(a, b Chat) int { return int(min(max(a.ID-b.ID, -1), 1)) })
	return out
}

// CallbackAnswers are the answers to all pressed buttons, oldest first.
func (s *Server) CallbackAnswers() []CallbackAnswer {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.answers)
}

// WaitFor returns the oldest message of a chat, service messages and people's
// included, that satisfies match, now or as soon as there is one; an edit can
// make it so. match sees copies and is called without a lock. It errs when ctx
// ends or the server closes first.
func (s *Server) WaitFor(ctx context.Context, chatID int64, match func(Message) bool) (Message, error) {
	var found Message
	err := s.WaitUntil(ctx, func() bool {
		messages := s.Messages(chatID)
		i := slices.IndexFunc(messages, match)
		if i >= 0 {
			found = messages[i]
		}
		return i >= 0
	})
	if err != nil {
		return Message{}, fmt.Errorf("wait for a message in chat %d: %w", chatID, err)
	}
	return found, nil
}

// ErrClosed says that the server was closed while somebody waited.
var ErrClosed = errors.New("the Bot API is closed")

// WaitUntil returns when cond holds, now or after any change of the server:
// a message, a call, an acknowledged update, a poll that begins. cond runs
// without a lock and may ask the server anything. It errs with ctx's error or
// ErrClosed.
func (s *Server) WaitUntil(ctx context.Context, cond func() bool) error {
	for {
		changed := s.nextChange()
		if cond() {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		case <-s.ctx.Done():
			return ErrClosed
		}
	}
}

func (s *Server) nextChange() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.changed
}

// TB is the part of testing.TB that ExpectMessage needs, so that a program with
// this server in it does not carry the testing package.
type TB interface {
	Helper()
	Context() context.Context
	Fatalf(format string, args ...any)
}

// expectFor is how long ExpectMessage has patience.
const expectFor = 10 * time.Second

// ExpectMessage is the oldest message of the bot in a chat, not deleted, whose
// text holds all the given parts. It waits up to ten seconds and then fails the
// test with what the chat shows.
func (s *Server) ExpectMessage(t TB, chatID int64, parts ...string) Message {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), expectFor)
	defer cancel()
	m, err := s.WaitFor(ctx, chatID, func(m Message) bool {
		return m.fromBot() && containsAll(m.Text, parts)
	})
	if err != nil {
		t.Fatalf("no message of the bot with %q: %v\nchat %d shows:\n%s", parts, err, chatID, s.Transcript(chatID))
	}
	return m
}

func containsAll(text string, parts []string) bool {
	return !slices.ContainsFunc(parts, func(part string) bool { return !strings.Contains(text, part) })
}

// Transcript is the chat as lines of text, for the message of a failed test.
func (s *Server) Transcript(chatID int64) string {
	var out strings.Builder
	for _, m := range s.Messages(chatID) {
		fmt.Fprintf(&out, "#%d %s: %s", m.ID, m.From.FirstName, m.Text)
		if m.Service != nil {
			fmt.Fprintf(&out, "(service %+v)", *m.Service)
		}
		switch {
		case len(m.Photo) > 0:
			fmt.Fprintf(&out, " [photo of %d × %d, %d bytes]", m.Width, m.Height, m.FileSize)
		case len(m.Document) > 0:
			fmt.Fprintf(&out, " [file %s, %d bytes]", m.FileName, m.FileSize)
		case len(m.Rich) > 0:
			out.WriteString(" [rich]")
		}
		if m.Edited {
			out.WriteString(" (edited)")
		}
		if m.Deleted {
			out.WriteString(" (deleted)")
		}
		for _, row := range m.Keyboard {
			for _, button := range row {
				fmt.Fprintf(&out, " [%s]", button.Text)
			}
		}
		out.WriteByte('\n')
	}
	return out.String()
}
