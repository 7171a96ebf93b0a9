package telegramtest

import "fmt"

// Denied is what the bot may not send to a chat, although it is inside. The zero
// value denies nothing.
type Denied struct {
	Texts, Photos, Documents bool
}

// Deny takes rights from the bot in a group, as its administrators can, and gives
// back those that are not named. The bot hears nothing of it.
func (s *Server) Deny(chatID int64, what Denied) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, err := s.group(chatID)
	if err != nil {
		return fmt.Errorf("deny rights: %w", err)
	}
	c.denied = what
	return nil
}

// takes errs when the bot may not send that to the chat: text, photo or document.
func (c *chat) takes(kind string) error {
	words := map[string]string{"text": "text messages", "photo": "photos", "document": "documents"}
	denied := map[string]bool{"text": c.denied.Texts, "photo": c.denied.Photos, "document": c.denied.Documents}
	if denied[kind] {
		return badRequest("not enough rights to send %s to the chat", words[kind])
	}
	return nil
}
