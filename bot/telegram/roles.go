package telegram

import (
	"strconv"

	"github.com/go-telegram/bot/models"

	"shopwarden/bot/notify"
)

// need is what a request asks of the one who makes it.
type need int

// needNothing: anybody may. needBound: the chat must be bound to the shop; a viewer may look. needAct, for what is done about
// cases: and the person must be an agent. needOwn, for what concerns the chat alone: and a group is spoken for by its
// managers. needSettings, for what holds for the whole shop: and the person must be a manager. needOwner, for who belongs to
// the shop as manager or owner: and the person must be an owner.
const (
	needNothing need = iota + 1
	needBound
	needAct
	needOwn
	needSettings
	needOwner
)

// String returns the need as people would say it.
func (n need) String() string {
	if n < needNothing || n > needOwner {
		return "need(" + strconv.Itoa(int(n)) + ")"
	}
	return [...]string{needNothing: "nothing", needBound: "look", needAct: "act", needOwn: "own", needSettings: "manage", needOwner: "owner"}[n]
}

// role is the weakest role that fulfils a need.
func (n need) role() notify.Role {
	switch n {
	case needAct:
		return notify.Agent
	case needOwn, needSettings:
		return notify.Manager
	case needOwner:
		return notify.Owner
	}
	return notify.Viewer
}

// ruling is what the table of roles says to a request.
type ruling int

// permitted: go ahead. notBound: the chat and the shop have nothing to do with each other; said in the words of an unknown
// shop, so that nobody learns which shops exist. ownerOnly, managersOnly, agentsOnly, adminsOnly: known shop, wrong person.
// nameless: an anonymous administrator pressed a button, and Telegram does not say who it was; a command does it.
const (
	permitted ruling = iota + 1
	notBound
	ownerOnly
	managersOnly
	agentsOnly
	adminsOnly
	nameless
)

// String returns the ruling in one word.
func (r ruling) String() string {
	if r < permitted || r > nameless {
		return "ruling(" + strconv.Itoa(int(r)) + ")"
	}
	return [...]string{permitted: "yes", notBound: "unknown", ownerOnly: "owner", managersOnly: "managers", agentsOnly: "agents",
		adminsOnly: "admins", nameless: "nameless"}[r]
}

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
	person   notify.Role // of the binding of the user's own private chat to that shop, "" = none
}

// acts is the role somebody acts with. A private chat has that of its binding. In a group members are agents and
// administrators managers, whatever the binding of the group says; a person who is more than that to the shop is more here.
func (a asker) acts() notify.Role {
	if a.private {
		return a.role.Acts()
	}
	role := notify.Agent
	switch {
	case a.asGroup && !a.button, a.standing == string(models.ChatMemberTypeOwner), a.standing == string(models.ChatMemberTypeAdministrator):
		role = notify.Manager
	}
	if a.knownPerson() && a.person != "" && a.person.Covers(role) {
		role = a.person.Acts()
	}
	return role
}

// knownPerson reports whether Telegram says who it is.
func (a asker) knownPerson() bool { return a.user != 0 && a.user != anonymousAdmin && !a.asGroup }

// judge is the table of roles: every command and every button goes through it.
func judge(n need, a asker) ruling {
	switch {
	case n == needNothing:
		return permitted
	case !a.bound:
		return notBound
	case n == needBound, a.private && n == needOwn, a.acts().Covers(n.role()):
		return permitted
	case n == needAct:
		return agentsOnly
	case !a.private && a.button && a.user == anonymousAdmin:
		return nameless
	case n == needOwner:
		return ownerOnly
	case a.private:
		return managersOnly
	}
	return adminsOnly
}

// standingMatters reports whether Telegram has to be asked what the user is in the group before judge can tell.
func standingMatters(n need, a asker) bool {
	return (n == needOwn || n == needSettings) && a.bound && !a.private && a.knownPerson() && !a.acts().Covers(n.role())
}
