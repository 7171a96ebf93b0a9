package notify

import (
	"fmt"

	"shopwarden/bot/locale"
	"shopwarden/bot/outbox"
	"shopwarden/config"
)

// Answers to the question whether a chat really leaves. LeaveLast says that the warning to the last owner was read.
const (
	Leave     = "yes"
	LeaveLast = "last"
)

// LeaveView is a chat that is about to give a shop up.
type LeaveView struct {
	View
	Chat  Chat
	Chats []Chat // all of the shop
}

// Unbind asks before a chat gives a shop up, and warns the last owner. Its buttons are unbind:<shop>|yes, for the last owner
// |last, and back to today:<shop>.
func (c *Composer) Unbind(l LeaveView) (string, [][]outbox.Button) {
	v := c.voice(l.View)
	lines, yes := []locale.HTML{v.T("leave.ask", locale.Args{"Shop": v.shop()}), v.T("leave.stays", nil)}, Leave
	if LastOwner(l.Chats, l.Chat.ID) {
		lines, yes = append(lines, v.lastOwner(l)...), LeaveLast
	}
	return v.compose(section{lines: lines}), [][]outbox.Button{{v.button("unbind_yes", "unbind", v.Shop.ID, yes), v.button("keep", "today", v.Shop.ID)}}
}

// lastOwner says what happens to a shop whose last owner goes.
func (v voice) lastOwner(l LeaveView) []locale.HTML {
	lines := []locale.HTML{v.T("leave.last", locale.Args{"Shop": v.shop()})}
	if others := len(l.Chats) - 1; others > 0 {
		lines = append(lines, v.T("leave.others", locale.Args{"Count": others}))
	} else {
		lines = append(lines, v.T("leave.nobody", nil))
	}
	return append(lines, v.T("leave.again", locale.Args{"Command": locale.Code("shopwarden shop code " + v.Shop.ID)}))
}

// Unbound says that a chat is no longer bound to a shop.
func (c *Composer) Unbound(lang string, shop config.Shop) (string, [][]outbox.Button) {
	v := c.voice(View{Lang: lang, Shop: shop})
	return v.compose(section{lines: []locale.HTML{v.T("unbound", locale.Args{"Shop": v.shop()})}}), v.helpButtons()
}

// Left tells the owners and managers of a shop that a chat gave it up; n makes it an event of its own.
func (c *Composer) Left(l LeaveView, n int64) (list []outbox.Message) {
	last := LastOwner(l.Chats, l.Chat.ID)
	for _, chat := range l.Chats {
		if chat.ID == l.Chat.ID || chat.ID < 0 || chat.Paused || !chat.Role.Covers(Manager) {
			continue
		}
		v := c.voice(l.in(chat.Lang))
		lines := []locale.HTML{v.T("leave.told", locale.Args{"Chat": v.called(l.Chat), "Role": v.role(l.Chat), "Shop": v.shop()})}
		if last {
			lines = append(lines, v.T("leave.told_last", locale.Args{"Command": locale.Code("shopwarden shop code " + v.Shop.ID)}))
		}
		list = append(list, v.notice(chat, keyFor(fmt.Sprintf("left/%s/%d/%d", l.Shop.ID, l.Chat.ID, n), chat.ID), lines...))
	}
	return list
}
