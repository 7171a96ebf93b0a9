package demo

import (
	"time"

	"shopwarden/bot/telegram/telegramtest"
)

// The chats of the page.
const (
	ownerChat = "owner"
	teamChat  = "team"
)

// messageView is a message as the page shows it. Text is plain; what marks it up are the entities, whose offsets count
// UTF-16 units, as JavaScript's strings do. No HTML goes to the page.
type messageView struct {
	Chat     string                  `json:"chat"`
	ID       int                     `json:"id"`
	From     string                  `json:"from"`
	Who      string                  `json:"who"` // bot, me or other
	Date     time.Time               `json:"date"`
	Text     string                  `json:"text"`
	Entities []telegramtest.Entity   `json:"entities,omitempty"`
	Keyboard [][]telegramtest.Button `json:"keyboard,omitempty"`
	Photo    string                  `json:"photo,omitempty"` // where the picture is
	File     string                  `json:"file,omitempty"`  // where the document is
	FileName string                  `json:"file_name,omitempty"`
	Size     int                     `json:"size,omitempty"`  // bytes of either
	Width    int                     `json:"width,omitempty"` // of the picture, in pixels
	Height   int                     `json:"height,omitempty"`
	Rich     []telegramtest.RichNode `json:"rich,omitempty"` // shown in the place of Text
	ReplyTo  int                     `json:"reply_to,omitempty"`
	Silent   bool                    `json:"silent,omitempty"`
	Edited   bool                    `json:"edited,omitempty"`
	Deleted  bool                    `json:"deleted,omitempty"`
	Pinned   int                     `json:"pinned,omitempty"` // the message this service message pins
	Joined   []string                `json:"joined,omitempty"`
	Service  bool                    `json:"service,omitempty"`
	Reaction string                  `json:"reaction,omitempty"`
}

// viewOf is a message of a chat as the page shows it.
func (s *stage) viewOf(chat string, m telegramtest.Message) messageView {
	v := messageView{Chat: chat, ID: m.ID, From: m.From.FirstName, Who: s.who(m.From), Date: m.Date, Text: m.Text, Entities: m.Entities,
		Keyboard: m.Keyboard, Rich: m.Rich, ReplyTo: m.ReplyTo, Silent: m.Silent, Edited: m.Edited, Deleted: m.Deleted, Service: m.Service != nil}
	if m.Deleted {
		v.Text, v.Entities, v.Keyboard, v.Rich = "", nil, nil, nil
		return v
	}
	v.Size, v.Width, v.Height = m.FileSize, m.Width, m.Height
	switch {
	case len(m.Photo) > 0:
		v.Photo = filePath + m.FileID
	case m.FileID != "":
		v.File, v.FileName = filePath+m.FileID, m.FileName
	}
	if m.Service != nil {
		v.Pinned = m.Service.Pinned
		for _, user := range m.Service.Joined {
			v.Joined = append(v.Joined, user.FirstName)
		}
	}
	if len(m.Reactions) > 0 {
		v.Reaction = m.Reactions[0]
	}
	return v
}

func (s *stage) who(user telegramtest.User) string {
	switch {
	case user.IsBot:
		return "bot"
	case user.ID == s.owner.ID:
		return "me"
	}
	return "other"
}
