package telegram

import (
	"testing"

	"shopwarden/bot/notify"
)

func TestRolesTable(t *testing.T) {
	owner := asker{bound: true, role: notify.Owner, private: true, user: 7}
	member := asker{bound: true, role: notify.Team, user: 7}
	with := func(a asker, f func(*asker)) asker { f(&a); return a }
	tests := []struct {
		name              string
		a                 asker
		asks, sets, helps ruling // what is its own alone follows sets, but for a private chat
	}{
		{"stranger", asker{private: true, role: notify.Owner, user: 7}, notBound, notBound, permitted},
		{"administrator of a strange group", asker{standing: "creator", user: 7}, notBound, notBound, permitted},
		{"owner", owner, permitted, permitted, permitted},
		{"owner by a button", with(owner, func(a *asker) { a.button = true }), permitted, permitted, permitted},
		{"team member in private", with(owner, func(a *asker) { a.role = notify.Team }), permitted, ownerOnly, permitted},
		{"member of a group", with(member, func(a *asker) { a.standing = "member" }), permitted, adminsOnly, permitted},
		{"somebody Telegram does not tell about", member, permitted, adminsOnly, permitted},
		{"somebody who left", with(member, func(a *asker) { a.standing = "left" }), permitted, adminsOnly, permitted},
		{"administrator", with(member, func(a *asker) { a.standing = "administrator" }), permitted, permitted, permitted},
		{"creator by a button", with(member, func(a *asker) { a.standing, a.button = "creator", true }), permitted, permitted, permitted},
		{"anonymous administrator", with(member, func(a *asker) { a.user, a.asGroup = anonymousAdmin, true }), permitted, permitted, permitted},
		{"anonymous administrator by a button", with(member, func(a *asker) { a.user, a.button = anonymousAdmin, true }), permitted, nameless, permitted},
		{"a forged name without the group behind it", with(member, func(a *asker) { a.user = anonymousAdmin }), permitted, adminsOnly, permitted},
		{"an owner's binding moved to a group", with(member, func(a *asker) { a.role = notify.Owner }), permitted, adminsOnly, permitted},
	}
	for _, tt := range tests {
		if got := judge(needBound, tt.a); got != tt.asks {
			t.Errorf("%s asks: %v, want %v", tt.name, got, tt.asks)
		}
		if got := judge(needSettings, tt.a); got != tt.sets {
			t.Errorf("%s sets: %v, want %v", tt.name, got, tt.sets)
		}
		own := tt.sets
		if tt.a.private && tt.a.bound {
			own = permitted
		}
		if got := judge(needOwn, tt.a); got != own {
			t.Errorf("%s sets for the chat alone: %v, want %v", tt.name, got, own)
		}
		if got := judge(needNothing, tt.a); got != tt.helps {
			t.Errorf("%s looks for help: %v, want %v", tt.name, got, tt.helps)
		}
	}
}
