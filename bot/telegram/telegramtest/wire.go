package telegramtest

import "encoding/json"

// wireMessage is a message in Telegram's JSON.
type wireMessage struct {
	ID              int             `json:"message_id"`
	ThreadID        int             `json:"message_thread_id,omitempty"`
	From            User            `json:"from"`
	Chat            Chat            `json:"chat"`
	Date            int64           `json:"date"`
	EditDate        int64           `json:"edit_date,omitempty"`
	InTopic         bool            `json:"is_topic_message,omitempty"`
	ReplyTo         *wireMessage    `json:"reply_to_message,omitempty"`
	Rich            *wireRich       `json:"rich_message,omitempty"`
	Text            string          `json:"text,omitempty"`
	Entities        []Entity        `json:"entities,omitempty"`
	Caption         string          `json:"caption,omitempty"`
	CaptionEntities []Entity        `json:"caption_entities,omitempty"`
	Photo           []wirePhoto     `json:"photo,omitempty"`
	Document        *wireDocument   `json:"document,omitempty"`
	ReplyMarkup     json.RawMessage `json:"reply_markup,omitempty"`
	NewMembers      []User          `json:"new_chat_members,omitempty"`
	LeftMember      *User           `json:"left_chat_member,omitempty"`
	MigrateTo       int64           `json:"migrate_to_chat_id,omitempty"`
	MigrateFrom     int64           `json:"migrate_from_chat_id,omitempty"`
	Pinned          *wireMessage    `json:"pinned_message,omitempty"`
	TopicCreated    *wireTopic      `json:"forum_topic_created,omitempty"`
}

// wireRich is a rich message as its plain text.
type wireRich struct {
	Blocks []wireParagraph `json:"blocks"`
}

type wireParagraph struct {
	Type string `json:"type"`
	Text string `json:"text"`
}

type wirePhoto struct {
	FileID   string `json:"file_id"`
	UniqueID string `json:"file_unique_id"`
	Width    int    `json:"width"`
	Height   int    `json:"height"`
	Size     int    `json:"file_size"`
}

type wireDocument struct {
	FileID   string `json:"file_id"`
	UniqueID string `json:"file_unique_id"`
	Name     string `json:"file_name,omitempty"`
	Size     int    `json:"file_size"`
}

type wireTopic struct {
	Name      string `json:"name"`
	IconColor int    `json:"icon_color"`
}

// wireGone is a message a callback query can no longer show: date 0 marks it.
type wireGone struct {
	Chat Chat  `json:"chat"`
	ID   int   `json:"message_id"`
	Date int64 `json:"date"`
}

// wire is the message as Telegram would send it, with what it replies to. A
// message in a topic that replies to nothing is shown as a reply to the
// message that opened the topic, as Telegram does.
func (c *chat) wire(m *message) *wireMessage {
	w := c.wireAlone(m)
	replyTo := m.ReplyTo
	if replyTo == 0 {
		replyTo = m.ThreadID
	}
	if origin := c.find(replyTo); origin != nil {
		w.ReplyTo = c.wireAlone(origin)
	}
	return w
}

func (c *chat) wireAlone(m *message) *wireMessage {
	w := &wireMessage{
		ID: m.ID, ThreadID: m.ThreadID, InTopic: m.ThreadID != 0, From: m.From, Chat: c.Chat,
		Date: m.Date.Unix(), EditDate: unix(m.EditedAt), ReplyMarkup: m.inline,
	}
	switch {
	case m.photo != nil:
		w.Caption, w.CaptionEntities, w.Photo = m.Text, m.Entities, []wirePhoto{m.photo.asPhoto()}
	case m.document != nil:
		w.Caption, w.CaptionEntities, w.Document = m.Text, m.Entities, m.document.asDocument()
	case len(m.Rich) > 0:
		w.Rich = &wireRich{[]wireParagraph{{"paragraph", m.Text}}}
	default:
		w.Text, w.Entities = m.Text, m.Entities
	}
	c.wireService(w, m.Service)
	return w
}

func (c *chat) wireService(w *wireMessage, s *Service) {
	if s == nil {
		return
	}
	w.NewMembers, w.LeftMember = s.Joined, s.Left
	w.MigrateTo, w.MigrateFrom = s.MigratedTo, s.MigratedFrom
	if pinned := c.find(s.Pinned); pinned != nil {
		w.Pinned = c.wireAlone(pinned)
	}
	if s.Topic != "" {
		w.TopicCreated = &wireTopic{Name: s.Topic, IconColor: 0x6FB9F0}
	}
}

// wireMember is somebody's place in a chat. Administrators have every right but
// to act anonymously; Telegram lists the rights one by one.
func wireMember(user User, status Status) map[string]any {
	member := map[string]any{"status": status, "user": user}
	switch status {
	case Creator:
		member["is_anonymous"] = false
	case Kicked:
		member["until_date"] = 0
	case Administrator:
		member["is_anonymous"] = false
		for _, right := range []string{
			"can_be_edited", "can_manage_chat", "can_delete_messages", "can_manage_video_chats",
			"can_restrict_members", "can_promote_members", "can_change_info", "can_invite_users",
			"can_post_stories", "can_edit_stories", "can_delete_stories", "can_pin_messages", "can_manage_topics",
		} {
			member[right] = true
		}
	}
	return member
}
