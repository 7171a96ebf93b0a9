package telegramtest

import (
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"
)

// reactionEmoji are the emoji of ReactionTypeEmoji (Bot API 10.3), without
// joiners and variation selectors. The check mark is not among them.
const reactionEmoji = "❤ 👍 👎 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡 🥱 🥴 😍 🐳 ❤🔥 🌚 🌭 💯 🤣 ⚡ 🍌 🏆 💔 🤨 😐 🍓 🍾 💋 🖕 😈 😴 😭 🤓 👻 👨💻 👀 🎃 🙈 😇 😨 🤝 ✍ 🤗 🫡 🎅 🎄 ☃ 💅 🤪 🗿 🆒 💘 🙉 🦄 😘 💊 🙊 😎 👾 🤷♂ 🤷 🤷♀ 😡"

// setMessageReaction replaces the bot's reaction to a message: one emoji of
// Telegram's list, or none.
func (s *Server) setMessageReaction(r *request) (any, error) {
	c, err := s.openChat(r)
	if err != nil {
		return nil, err
	}
	m, err := s.messageOf(r, c, "react")
	if err != nil {
		return nil, err
	}
	emoji, err := reactionsOf(r)
	if err != nil {
		return nil, err
	}
	m.Reactions = emoji
	s.show(EventReacted, m)
	return true, nil
}

func reactionsOf(r *request) ([]string, error) {
	var reactions []struct{ Type, Emoji string }
	if r.has("reaction") && json.Unmarshal([]byte(r.text("reaction")), &reactions) != nil {
		return nil, badRequest("can't parse reaction types JSON object")
	}
	if len(reactions) > 1 {
		return nil, badRequest("REACTIONS_TOO_MANY")
	}
	var emoji []string
	for _, one := range reactions {
		if one.Type != "emoji" || !slices.Contains(strings.Fields(reactionEmoji), bare(one.Emoji)) {
			return nil, badRequest("REACTION_INVALID")
		}
		emoji = append(emoji, one.Emoji)
	}
	return emoji, nil
}

// bare is an emoji without joiners and variation selectors.
func bare(emoji string) string {
	return strings.Map(func(r rune) rune {
		if r == '\u200d' || r == '\ufe0f' || r == utf8.RuneError {
			return -1
		}
		return r
	}, emoji)
}

// answerCallbackQuery accepts one answer to each pressed button.
func (s *Server) answerCallbackQuery(r *request) (any, error) {
	query, known := s.queries[r.text("callback_query_id")]
	if !known || query.answered {
		return nil, badRequest("query is too old and response timeout expired or query ID is invalid")
	}
	if units(r.text("text")) > 200 {
		return nil, badRequest("MESSAGE_TOO_LONG")
	}
	query.answered = true
	answer := query.answer
	answer.Text, answer.Alert = r.text("text"), r.flag("show_alert")
	answer.URL, answer.Date = r.text("url"), s.cfg.Now()
	s.answers = append(s.answers, answer)
	s.publish(Event{Kind: EventAnswered, ChatID: answer.ChatID, Answer: &answer}, nil)
	return true, nil
}

// callback is a pressed button that waits for its answer.
type callback struct {
	answered bool
	answer   CallbackAnswer
}
