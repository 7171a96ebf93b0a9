package telegramtest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
)

// Command is an entry of the bot's menu, in Telegram's JSON.
type Command struct {
	Command     string `json:"command"` // without the slash
	Description string `json:"description"`
}

// profile is what the bot says about itself, by language ("" is any).
type profile struct {
	commands map[string][]Command // by scope and language
	texts    map[profileText]map[string]string
	menus    map[int64]json.RawMessage // menu button by chat, 0 is the default
}

// profileText names one of the texts, by its parameter.
type profileText string

const (
	profileName        profileText = "name"
	profileDescription profileText = "description"
	profileShort       profileText = "short_description"
)

func newProfile() profile {
	return profile{
		commands: map[string][]Command{},
		texts:    map[profileText]map[string]string{profileName: {}, profileDescription: {}, profileShort: {}},
		menus:    map[int64]json.RawMessage{},
	}
}

var (
	languageCode = regexp.MustCompile(`^[a-z]{2}$`)
	commandName  = regexp.MustCompile(`^[a-z0-9_]{1,32}$`)
)

type wireMe struct {
	User
	CanJoinGroups      bool `json:"can_join_groups"`
	CanReadAll         bool `json:"can_read_all_group_messages"`
	SupportsInline     bool `json:"supports_inline_queries"`
	CanConnectBusiness bool `json:"can_connect_to_business"`
}

func (s *Server) getMe(*request) (any, error) {
	return wireMe{User: s.me, CanJoinGroups: true, CanReadAll: s.cfg.ReadsAll}, nil
}

func language(r *request) (string, error) {
	code := r.text("language_code")
	if code != "" && !languageCode.MatchString(code) {
		return "", badRequest("invalid language code specified")
	}
	return code, nil
}

// commandKey is the scope and language of a call as one string.
func (s *Server) commandKey(r *request) (string, error) {
	var scope struct {
		Type   string          `json:"type"`
		ChatID json.RawMessage `json:"chat_id"`
		UserID int64           `json:"user_id"`
	}
	if err := r.object("scope", &scope); err != nil {
		return "", err
	}
	lang, err := language(r)
	if err != nil {
		return "", err
	}
	scope.Type = cmp.Or(scope.Type, "default")
	switch scope.Type {
	case "default", "all_private_chats", "all_group_chats", "all_chat_administrators":
		return scope.Type + "/" + lang, nil
	case "chat", "chat_administrators", "chat_member":
		chatID := (&request{values: map[string]string{"id": string(scope.ChatID)}}).number("id")
		if s.chats[chatID] == nil {
			return "", badRequest("chat not found")
		}
		return fmt.Sprintf("%s/%d/%d/%s", scope.Type, chatID, scope.UserID, lang), nil
	}
	return "", badRequest("can't parse BotCommandScope: Unsupported type specified")
}

func (s *Server) setMyCommands(r *request) (any, error) {
	key, err := s.commandKey(r)
	if err != nil {
		return nil, err
	}
	var commands []Command
	if err := r.object("commands", &commands); err != nil {
		return nil, err
	}
	if len(commands) > 100 {
		return nil, badRequest("BOT_COMMANDS_TOO_MUCH")
	}
	for _, c := range commands {
		if !commandName.MatchString(c.Command) {
			return nil, badRequest("BOT_COMMAND_INVALID")
		}
		if n := units(c.Description); n < 1 || n > 256 {
			return nil, badRequest("BOT_COMMAND_DESCRIPTION_INVALID")
		}
	}
	s.profile.commands[key] = commands
	s.announce()
	return true, nil
}

func (s *Server) getMyCommands(r *request) (any, error) {
	key, err := s.commandKey(r)
	if err != nil {
		return nil, err
	}
	return append([]Command{}, s.profile.commands[key]...), nil
}

func (s *Server) deleteMyCommands(r *request) (any, error) {
	key, err := s.commandKey(r)
	if err != nil {
		return nil, err
	}
	delete(s.profile.commands, key)
	s.announce()
	return true, nil
}

// Menu is the bot's command list for everybody in that language: the one of
// scope (e.g. "all_private_chats") when it was set, else the default scope's,
// each first in the language and then in any.
func (s *Server) Menu(scope, language string) []Command {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, key := range []string{scope + "/" + language, scope + "/", "default/" + language, "default/"} {
		if commands := s.profile.commands[key]; len(commands) > 0 {
			return slices.Clone(commands)
		}
	}
	return nil
}

// setText and getText are the methods of one of the profile texts.
func (s *Server) setText(which profileText) method {
	return func(r *request) (any, error) {
		lang, err := language(r)
		if err != nil {
			return nil, err
		}
		text := r.text(string(which))
		if units(text) > which.limit() {
			return nil, badRequest("%s is too long", which)
		}
		s.profile.texts[which][lang] = text
		if which == profileName && lang == "" {
			s.me.FirstName = cmp.Or(text, s.cfg.Name)
		}
		s.announce()
		return true, nil
	}
}

func (s *Server) getText(which profileText) method {
	return func(r *request) (any, error) {
		lang, err := language(r)
		if err != nil {
			return nil, err
		}
		text := cmp.Or(s.profile.texts[which][lang], s.profile.texts[which][""])
		if which == profileName {
			text = cmp.Or(text, s.me.FirstName)
		}
		return map[profileText]string{which: text}, nil
	}
}

// limit is the longest text in UTF-16 units.
func (t profileText) limit() int {
	switch t {
	case profileName:
		return 64
	case profileShort:
		return 120
	}
	return 512
}

// Description is what people read in an empty chat with the bot, in a language or
// else in any.
func (s *Server) Description(language string) string {
	return s.profileText(profileDescription, language)
}

// ShortDescription is what stands on the bot's page, in a language or else in any.
func (s *Server) ShortDescription(language string) string {
	return s.profileText(profileShort, language)
}

func (s *Server) profileText(which profileText, language string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return cmp.Or(s.profile.texts[which][language], s.profile.texts[which][""])
}

// MenuButton is the type of the button beside the field one writes in: default,
// commands or web_app. 0 is what holds for all private chats.
func (s *Server) MenuButton(chatID int64) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var button struct{ Type string }
	_ = json.Unmarshal(s.menuButton(chatID), &button) // it was read before it was kept
	return button.Type
}

// menuButton is the button of a chat as it was set. The caller holds s.mu.
func (s *Server) menuButton(chatID int64) json.RawMessage {
	for _, id := range []int64{chatID, 0} {
		if kept := s.profile.menus[id]; len(kept) > 0 {
			return kept
		}
	}
	return json.RawMessage(`{"type":"default"}`)
}

func (s *Server) getChatMenuButton(r *request) (any, error) {
	id := r.number("chat_id")
	if c := s.chats[id]; id != 0 && (c == nil || !c.private()) {
		return nil, badRequest("chat not found")
	}
	return s.menuButton(id), nil
}

// setChatMenuButton keeps the button; a web_app button needs text and address.
func (s *Server) setChatMenuButton(r *request) (any, error) {
	var button struct {
		Type   string                `json:"type"`
		Text   string                `json:"text"`
		WebApp *struct{ URL string } `json:"web_app"`
	}
	if err := r.object("menu_button", &button); err != nil {
		return nil, err
	}
	switch cmp.Or(button.Type, "default") {
	case "default", "commands":
	case "web_app":
		if button.Text == "" || button.WebApp == nil {
			return nil, badRequest("can't parse menu button: web_app needs text and web_app")
		}
		if err := checkWebApp(button.WebApp.URL, place{private: true, plainWebApps: s.cfg.PlainWebApps}); err != nil {
			return nil, err
		}
	default:
		return nil, badRequest("can't parse menu button: Unsupported type specified")
	}
	id := r.number("chat_id")
	if c := s.chats[id]; id != 0 && (c == nil || !c.private()) {
		return nil, badRequest("chat not found")
	}
	s.profile.menus[id] = json.RawMessage(r.text("menu_button"))
	s.announce()
	return true, nil
}
