package telegramtest

// wireFullChat is what getChat answers.
type wireFullChat struct {
	Chat
	AccentColorID    int             `json:"accent_color_id"`
	MaxReactionCount int             `json:"max_reaction_count"`
	Pinned           *wireMessage    `json:"pinned_message,omitempty"`
	Permissions      map[string]bool `json:"permissions,omitempty"`
}

func (s *Server) getChat(r *request) (any, error) {
	c, err := s.visible(r)
	if err != nil {
		return nil, err
	}
	full := wireFullChat{Chat: c.Chat, MaxReactionCount: 11}
	if m := c.find(c.pinned); m != nil {
		full.Pinned = c.wireAlone(m)
	}
	if !c.private() {
		full.Permissions = map[string]bool{"can_send_messages": true, "can_send_photos": true, "can_send_documents": true}
	}
	return full, nil
}

// visible is the chat of a question about it: a private chat can be looked at
// even when the person blocked the bot.
func (s *Server) visible(r *request) (*chat, error) {
	c, err := s.chatOf(r)
	if err != nil || c.private() {
		return c, err
	}
	return c, s.admitted(c)
}

func (s *Server) getChatMember(r *request) (any, error) {
	c, err := s.visible(r)
	if err != nil {
		return nil, err
	}
	user, known := s.person(r.number("user_id"))
	if !known {
		return nil, badRequest("invalid user_id specified")
	}
	return wireMember(user, c.status(user.ID)), nil
}

func (s *Server) person(id int64) (User, bool) {
	if id == s.me.ID {
		return s.me, true
	}
	return s.user(id)
}

func (s *Server) getChatMemberCount(r *request) (any, error) {
	c, err := s.visible(r)
	if err != nil {
		return nil, err
	}
	n := 0
	for _, status := range c.statuses {
		if status.present() {
			n++
		}
	}
	return n, nil
}

// getChatAdministrators lists the rulers of a group in order of arrival. Other
// bots would be left out; this one is listed.
func (s *Server) getChatAdministrators(r *request) (any, error) {
	c, err := s.visible(r)
	if err != nil {
		return nil, err
	}
	if c.private() {
		return nil, badRequest("there are no administrators in the private chat")
	}
	out := []map[string]any{}
	for _, id := range c.joined {
		if status := c.status(id); status.rules() {
			user, _ := s.person(id)
			out = append(out, wireMember(user, status))
		}
	}
	return out, nil
}

func (s *Server) leaveChat(r *request) (any, error) {
	c, err := s.openChat(r)
	if err != nil {
		return nil, err
	}
	if c.private() {
		return nil, badRequest("chat member status can't be changed in private chats")
	}
	s.moveBot(c, s.me, Left)
	return true, nil
}

type wireMembership struct {
	Chat Chat           `json:"chat"`
	From User           `json:"from"`
	Date int64          `json:"date"`
	Old  map[string]any `json:"old_chat_member"`
	New  map[string]any `json:"new_chat_member"`
}

// move changes somebody's status and tells the bot: my_chat_member about
// itself, chat_member about others where it is an administrator.
// The caller holds s.mu.
func (s *Server) move(c *chat, by, who User, to Status) {
	from := c.status(who.ID)
	c.setStatus(who.ID, to)
	change := wireMembership{
		Chat: c.Chat, From: by, Date: s.cfg.Now().Unix(),
		Old: wireMember(who, from), New: wireMember(who, to),
	}
	switch {
	case from == to:
	case who.ID == s.me.ID:
		s.notify("my_chat_member", change)
	case c.status(s.me.ID).rules():
		s.notify("chat_member", change)
	}
	s.announce()
}

// moveBot changes the bot's own status.
func (s *Server) moveBot(c *chat, by User, to Status) { s.move(c, by, s.me, to) }
