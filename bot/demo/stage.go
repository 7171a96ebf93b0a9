package demo

import (
	"context"
	"errors"
	"fmt"
	"time"

	"shopwarden/bot/telegram/telegramtest"
)

// stage is the Telegram of the demo: a person who owns the shop, their chat with the bot, and the group of the team.
type stage struct {
	telegram *telegramtest.Server
	owner    telegramtest.User
	chats    map[string]int64 // by the names of the page
}

// The people of the demo have no names but what they are.
const (
	ownerID = 1001
	agentID = 1002
)

// bindWithin is how long the bot may take to answer the two /start commands, in real time.
const bindWithin = 20 * time.Second

// newStage starts the Bot API and sets the chats up. Nothing was said in them yet.
func newStage(now func() time.Time, lang string, text labels) (*stage, error) {
	s := &stage{telegram: telegramtest.New(telegramtest.Config{Token: "42:DEMO", Now: now, PlainWebApps: true, Rich: true})}
	if err := s.telegram.Start(); err != nil {
		return nil, fmt.Errorf("starting the local Bot API: %w", err)
	}
	s.owner = telegramtest.User{ID: ownerID, FirstName: text["person_owner"], LanguageCode: lang}
	agent := telegramtest.User{ID: agentID, FirstName: text["person_agent"], LanguageCode: lang}
	group := s.telegram.AddGroup(text["team_title"], false)
	s.chats = map[string]int64{ownerChat: s.telegram.AddPrivateChat(s.owner), teamChat: group}
	err := errors.Join(s.telegram.SetMember(group, s.owner, telegramtest.Creator), s.telegram.SetMember(group, agent, telegramtest.Ordinary))
	if err != nil {
		s.telegram.Close()
		return nil, fmt.Errorf("setting up the chats: %w", err)
	}
	return s, nil
}

// bind opens the two links an owner would open, and waits until the bot has answered both.
func (s *stage) bind(ctx context.Context, ownerCode, teamCode string) error {
	ctx, cancel := context.WithTimeout(ctx, bindWithin)
	defer cancel()
	if _, err := s.telegram.OpenLink(s.owner, ownerCode); err != nil {
		return err
	}
	if _, err := s.telegram.OpenGroupLink(s.chats[teamChat], s.owner.ID, teamCode); err != nil {
		return err
	}
	for _, chat := range []string{ownerChat, teamChat} {
		answered := func() bool { return len(s.telegram.Sent(s.chats[chat])) > 0 }
		if err := s.telegram.WaitUntil(ctx, answered); err != nil {
			return fmt.Errorf("waiting for the bot to answer in the %s chat: %w", chat, err)
		}
	}
	return nil
}

// name is the page's name of a chat, "" for one it does not show.
func (s *stage) name(id int64) string {
	for name, chat := range s.chats {
		if chat == id {
			return name
		}
	}
	return ""
}

// answerView is the bot's answer to a pressed button.
type answerView struct {
	Chat  string `json:"chat"`
	Text  string `json:"text"`
	Alert bool   `json:"alert"`
	URL   string `json:"url,omitempty"`
	Query string `json:"query"`
}

// typingView says that the bot is typing.
type typingView struct {
	Chat string `json:"chat"`
}

// tell shows a change of a chat on the page.
func (s *stage) tell(h *hub, e telegramtest.Event) {
	chat := s.name(e.ChatID)
	switch {
	case chat == "":
	case e.Answer != nil:
		h.passing("answer", answerView{chat, e.Answer.Text, e.Answer.Alert, e.Answer.URL, e.Answer.QueryID})
	case e.Message != nil:
		h.message(s.viewOf(chat, *e.Message))
	case e.Kind == telegramtest.EventAction && e.Action == "typing":
		h.passing("typing", typingView{chat})
	}
}
