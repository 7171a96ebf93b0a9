package telegram

import (
	"github.com/go-telegram/bot/models"

	"shopwarden/bot/notify"
)

// need is what a request asks of the one who makes it.
type need int

// needNothing: anybody may. needBound: the chat must be bound to the shop. needOwn, for what concerns the chat alone: and a
// group is spoken for by its administrators. needSettings, for what holds for the whole shop: and the person must be the
// owner or an administrator of the group.
const (
	needNothing need = iota + 1
	needBound
	needOwn
	needSettings
)

// ruling is what the table of roles says to a request.
type ruling int

// permitted: go ahead. notBound: the chat and the shop have nothing to do with each other; said in the words of an unknown
// shop, so that nobody learns which shops exist. ownerOnly, adminsOnly: known shop, wrong person. nameless: an anonymous
// administrator pressed a button, and Telegram does not say who it was; a command does it.
const (
	permitted ruling = iota + 1
	notBound
	ownerOnly
	adminsOnly
	nameless
)

// anonymousAdmin is the user Telegram shows in place of an administrator who hides in a group. In a message the group
// itself stands behind it (sender_chat); in the press of a button nothing does. (tdlib/telegram-bot-api#667)
const anonymousAdmin = 1087968824

// asker is who asks, where and how.
type asker struct {
	bound    bool        // this chat is bound to that shop now
	role     notify.Role // of the binding
	private  bool        // a private chat
	button   bool        // by a button, not by a message
	user     int64       // 0 when a message names nobody
	asGroup  bool        // by a message the group itself sent: only its anonymous administrators can
	standing string      // what the user is in the group, in Telegram's words; "" when not asked or not known
}

// judge is the table of roles: every command and every button goes through it.
func judge(n need, a asker) ruling {
	switch {
	case n == needNothing:
		return permitted
	case !a.bound:
		return notBound
	case n == needBound:
		return permitted
	case a.private && (n == needOwn || a.role == notify.Owner):
		return permitted
	case a.private:
		return ownerOnly
	case a.asGroup && !a.button:
		return permitted
	case a.button && a.user == anonymousAdmin:
		return nameless
	case a.standing == string(models.ChatMemberTypeOwner), a.standing == string(models.ChatMemberTypeAdministrator):
		return permitted
	}
	return adminsOnly
}

// standingMatters reports whether Telegram has to be asked what the user is in the group before judge can tell.
func standingMatters(n need, a asker) bool {
	return (n == needOwn || n == needSettings) && a.bound && !a.private && a.user != 0 && a.user != anonymousAdmin && !a.asGroup
}
