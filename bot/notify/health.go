package notify

import (
	"fmt"
	"time"

	"shopwarden/bot/locale"
	"shopwarden/bot/outbox"
	"shopwarden/rules"
)

// Notices are about the bot itself and what it hears from, not about cases. Their keys:
//
//	gone/<shop>/<chat>/<day>/<told chat>
//	back/<shop>/<paused at>/<chat>
//	topic/<shop>/<thread>/<chat>
//	silent/<shop>/<instant of the last event>/<chat>
//	heard/<shop>/<instant of the last event before>/<chat>

// settled is how long a notice that a chat is gone waits: a group that becomes a supergroup first loses its bot, and what a
// moment later proves untrue is withdrawn unsent. noticesLive is how long a notice is worth sending.
const (
	settled     = 30 * time.Second
	noticesLive = 24 * time.Hour
)

// Gone is a chat that takes no messages any more, and why: a reason of package outbox.
type Gone struct {
	View
	Chat   Chat
	Reason string
}

// ChatGone tells the other chats of the shop, once a day, that one stopped receiving. It says nothing where the chat was to
// get nothing. Nobody is blamed: the chat is named, and what happened.
func (c *Composer) ChatGone(g Gone, chats []Chat) (list []outbox.Message) {
	if !g.Chat.Alerts && !g.Chat.Digest {
		return nil
	}
	for _, chat := range chats {
		if chat.ID == g.Chat.ID || chat.Paused || !chat.Alerts && !chat.Digest {
			continue
		}
		v := c.voice(g.in(chat.Lang))
		m := v.notice(chat, GoneKey(g.Shop.ID, g.Chat.ID, g.today(), chat.ID),
			v.T("health.gone", locale.Args{"Chat": v.chatName(g.Chat), "Shop": v.shop(), "Why": v.whyGone(g.Reason)}))
		m.Due = g.Now + rules.Instant(settled.Milliseconds())
		list = append(list, m)
	}
	if len(list) == 0 {
		return c.lastGone(g, chats)
	}
	return list
}

// lastGone tells the owners, who hear no alerts themselves, that the last chat that heard them is gone.
func (c *Composer) lastGone(g Gone, chats []Chat) (list []outbox.Message) {
	for _, chat := range chats {
		if chat.ID == g.Chat.ID || chat.Paused || chat.ID < 0 || chat.Role != Owner {
			continue
		}
		v := c.voice(g.in(chat.Lang))
		m := v.notice(chat, GoneKey(g.Shop.ID, g.Chat.ID, g.today(), chat.ID),
			v.T("health.gone_last", locale.Args{"Chat": v.chatName(g.Chat), "Shop": v.shop(), "Why": v.whyGone(g.Reason)}))
		m.Due = g.Now + rules.Instant(settled.Milliseconds())
		list = append(list, m)
	}
	return list
}

// GoneKey is the key of the notice to told that a chat is gone.
func GoneKey(shop string, chat int64, day rules.Date, told int64) string {
	return keyFor(fmt.Sprintf("gone/%s/%d/%s", shop, chat, day), told)
}

// GoneKeys lists the keys under which the chats of a shop were told, today or the day before, that one is gone.
func GoneKeys(v View, chat int64, chats []Chat) (keys []string) {
	for _, c := range chats {
		keys = append(keys, GoneKey(v.Shop.ID, chat, v.today(), c.ID), GoneKey(v.Shop.ID, chat, v.today().Next(-1), c.ID))
	}
	return keys
}

// ChatBack tells a chat that it gets messages again, and how many promises of the shop were missed meanwhile.
func (c *Composer) ChatBack(v View, chat Chat, missed int) outbox.Message {
	say := c.voice(v.in(chat.Lang))
	text := say.T("health.back", locale.Args{"Shop": say.shop()})
	if missed > 0 {
		text = say.T("health.back_missed", locale.Args{"Shop": say.shop(), "Count": missed})
	}
	since := chat.PausedAt
	if since == 0 {
		since = v.today().At(0, v.zone())
	}
	return say.notice(chat, keyFor(fmt.Sprintf("back/%s/%d", v.Shop.ID, since), chat.ID), text)
}

// TopicGone tells a chat, once per topic, that a topic it gets something in takes no messages and General gets them.
func (c *Composer) TopicGone(v View, chat Chat, thread int) outbox.Message {
	say := c.voice(v.in(chat.Lang))
	chat.Thread = 0
	return say.notice(chat, keyFor(fmt.Sprintf("topic/%s/%d", v.Shop.ID, thread), chat.ID), say.T("health.topic", locale.Args{"Shop": say.shop()}))
}

// TopicMoved answers that messages of the shop come to this topic from now on.
func (c *Composer) TopicMoved(v View) (string, [][]outbox.Button) {
	say := c.voice(v)
	return say.compose(section{lines: []locale.HTML{say.T("health.topic_moved", locale.Args{"Shop": say.shop()})}}), nil
}

// Silence is a source that stopped: nothing arrived since Last, although in this hour something usually does every Usual.
type Silence struct {
	Last  rules.Instant
	Usual time.Duration
}

// notices tells the owners, or where there is none everybody, that the source fell silent or is heard again.
func (c *Composer) notices(n News) (list []outbox.Message) {
	if n.Silent == nil && n.Again == nil {
		return nil
	}
	for _, chat := range attentive(n.Chats) {
		v := c.voice(View{Lang: chat.Lang, Shop: n.Shop, Policy: n.Policy, Now: n.Now})
		if s := n.Silent; s != nil {
			list = append(list, v.notice(chat, keyFor(fmt.Sprintf("silent/%s/%d", n.Shop.ID, s.Last), chat.ID), v.T("health.silent",
				locale.Args{"Platform": v.platform(), "Age": v.Duration(between(s.Last, n.Now)), "Usual": v.Duration(s.Usual)}),
				v.T("health.silent_do", locale.Args{"Shop": v.shop()})))
		}
		if s := n.Again; s != nil {
			list = append(list, v.notice(chat, keyFor(fmt.Sprintf("heard/%s/%d", n.Shop.ID, s.Last), chat.ID), v.T("health.heard",
				locale.Args{"Platform": v.platform(), "Age": v.Duration(between(s.Last, n.Now)), "Shop": v.shop()})))
		}
	}
	return list
}

// attentive are the chats that look after a shop's connection: its owners, or its managers, or all there are.
func attentive(chats []Chat) (list []Chat) {
	for _, role := range InviteRoles() {
		for _, chat := range chats {
			if chat.Role.Covers(role) && !chat.Paused {
				list = append(list, chat)
			}
		}
		if len(list) > 0 {
			return list
		}
	}
	return nil
}

// notice is a message of kind Notice to one chat; in the quiet hours of the chat it makes no sound.
func (v voice) notice(chat Chat, key string, lines ...locale.HTML) outbox.Message {
	return outbox.Message{Key: key, Route: v.Shop.ID, Shop: v.Shop.ID, Chat: chat.ID, Thread: chat.Thread, Kind: outbox.Notice,
		Lang: v.Printer.Lang(), HTML: v.compose(section{lines: lines}), Created: v.Now,
		Silent:  chat.QuietUntil(v.Now, v.zone()) > v.Now,
		Expires: v.Now + rules.Instant(noticesLive.Milliseconds())}
}

// in is the view for a reader of that language.
func (v View) in(lang string) View {
	v.Lang = lang
	return v
}

// chatName is how a chat is called in another: by its title, else by what it is to the shop.
func (v voice) chatName(chat Chat) locale.HTML {
	switch {
	case chat.Title != "" && chat.ID < 0:
		return v.T("health.chat.titled", locale.Args{"Title": chat.Title})
	case chat.Role == Owner:
		return v.T("health.chat.owner", nil)
	case chat.ID < 0:
		return v.T("health.chat.team", nil)
	}
	return v.T("health.chat.member", nil)
}

func (v voice) whyGone(reason string) locale.HTML {
	if key := "health.why." + reason; v.Has(key) {
		return v.T(key, nil)
	}
	return v.T("health.why.unreachable", nil)
}

// platform is what the shop's events come from.
func (v voice) platform() locale.HTML {
	if key := "platform." + v.Shop.Platform; v.Has(key) {
		return v.T(key, nil)
	}
	return v.T("platform.generic", nil)
}
