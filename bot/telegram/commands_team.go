package telegram

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"shopwarden/bot/notify"
	"shopwarden/bot/outbox"
)

// inviteLives is how long an invitation is good: long enough for somebody who is asleep, short enough for a code in a chat.
const inviteLives = 24 * time.Hour

// teamNeed is what a request about the team needs: looking is free to the chat, agents and viewers are a manager's business,
// managers and owners an owner's. That the chat it is about is not above the asker is looked at when it is known.
func teamNeed(args []string) need {
	if len(args) == 0 || args[0] == notify.TeamPage {
		return needBound
	}
	if !notify.Manager.MayGive(givenRole(args)) {
		return needOwner
	}
	return needSettings
}

// givenRole is the role that somebody shall have, "" where none is given. It stands where invite and member look for it,
// whatever follows.
func givenRole(args []string) notify.Role {
	switch {
	case len(args) > 1 && args[0] == notify.TeamInvite:
		return notify.Role(args[1])
	case len(args) > 2 && (args[0] == notify.TeamRole || args[0] == notify.TeamSet):
		return notify.Role(args[2])
	}
	return ""
}

// team shows who watches a shop, changes what they may do, removes them, and makes invitations. In a group it only lists.
// Who may was judged before.
func (r *Router) team(ctx context.Context, a *ask, shop string, chat notify.Chat) (answer, error) {
	view, err := r.counter.View(ctx, shop)
	if err != nil {
		return answer{}, fmt.Errorf("reading shop %s: %w", shop, err)
	}
	view.Lang = a.lang
	t := notify.TeamView{View: view, Self: a.chat.ID, Acts: chat.Role.Acts(), Change: a.private()}
	if t.Chats, err = r.store.Chats(ctx, shop); err != nil {
		return answer{}, fmt.Errorf("reading the shop's chats: %w", err)
	}
	if len(a.args) == 0 || a.args[0] == notify.TeamPage {
		if len(a.args) == 2 {
			t.Page, _ = strconv.Atoi(a.args[1]) // nonsense is the first page
		}
		return page(r.say.Team(t)), nil
	}
	switch {
	case !a.private():
		return problem(notify.PrivateOnly), nil
	case a.args[0] == notify.TeamInvite:
		return r.invite(ctx, a, t)
	}
	return r.member(ctx, a, t)
}

// invite offers roles, or makes a code for one. A code that is made twice because of a crash was told once; the other runs
// out unheard.
func (r *Router) invite(ctx context.Context, a *ask, t notify.TeamView) (answer, error) {
	if len(a.args) < 2 {
		return page(r.say.Invite(t)), nil
	}
	role := givenRole(a.args)
	if role != notify.Team && !slices.Contains(notify.InviteRoles(), role) {
		return page(r.say.Invite(t)), nil
	}
	code, err := r.store.NewCode(ctx, Invitation{Shop: t.Shop.ID, Role: role, By: a.chat.ID}, inviteLives)
	if err != nil {
		return answer{}, fmt.Errorf("making a code: %w", err)
	}
	r.log.Info("invitation made", "shop", t.Shop.ID, "chat", a.chat.ID, "role", string(role))
	return page(r.say.Invited(notify.InviteView{View: t.View, Role: role, Code: code, Bot: r.cfg.Username(), Lives: inviteLives})), nil
}

// member shows one chat of the team, asks about a change or makes it.
func (r *Router) member(ctx context.Context, a *ask, t notify.TeamView) (answer, error) {
	m := notify.MemberView{TeamView: t}
	given := givenRole(a.args)
	if len(a.args) > 1 {
		id, _ := strconv.ParseInt(a.args[1], 10, 64) // no chat has the id 0
		m.Chat, _ = notify.ChatOf(t.Chats, id)
	}
	knownRole := m.Chat.ID > 0 && slices.Contains(notify.InviteRoles(), given)
	switch what := a.args[0]; {
	case m.Chat.ID == 0, m.Chat.ID == t.Self: // gone meanwhile; one's own binding is ended by /unbind
		return page(r.say.Team(t)), nil
	case !t.Acts.MayManage(m.Chat):
		return problem(notify.OwnerOnly), nil
	case what == notify.TeamSet && knownRole:
		return r.setRole(ctx, a, m, given)
	case what == notify.TeamOut && a.arg(2) == "yes":
		return r.revoke(ctx, a, m)
	case what == notify.TeamRole && knownRole:
		m.To = given
	case what == notify.TeamOut:
		m.Out = true
	}
	return page(r.say.Member(m)), nil
}

// setRole changes what somebody may do, and tells them.
func (r *Router) setRole(ctx context.Context, a *ask, m notify.MemberView, role notify.Role) (answer, error) {
	ok, err := r.store.SetRole(ctx, m.Shop.ID, m.Chat.ID, role)
	if err != nil {
		return answer{}, err
	}
	if !ok {
		return problem(notify.NoOwnerLeft), nil
	}
	r.log.Info("role changed", "shop", m.Shop.ID, "chat", m.Chat.ID, "role", string(role), "by", a.user.ID)
	if err := r.enqueue(ctx, []outbox.Message{r.say.RoleTold(m.View, m.Chat, role, a.name(), a.update)}); err != nil {
		return answer{}, err
	}
	m.Chat.Role = role
	out := page(r.say.Member(m))
	out.notice = r.say.Changed(m)
	return out, nil
}

// revoke takes a chat out of the shop and tells it. An owner is made less first, which fails for the last one, so that two
// owners who remove each other at once do not leave the shop without any.
func (r *Router) revoke(ctx context.Context, a *ask, m notify.MemberView) (answer, error) {
	if m.Chat.ID > 0 && m.Chat.Role == notify.Owner {
		if ok, err := r.store.SetRole(ctx, m.Shop.ID, m.Chat.ID, notify.Viewer); err != nil || !ok {
			return problem(notify.NoOwnerLeft), err
		}
	}
	if err := r.enqueue(ctx, []outbox.Message{r.say.RoleTold(m.View, m.Chat, "", a.name(), a.update)}); err != nil {
		return answer{}, err
	}
	if err := r.store.Unbind(ctx, m.Shop.ID, m.Chat.ID); err != nil {
		return answer{}, fmt.Errorf("removing a chat: %w", err)
	}
	r.log.Info("chat removed", "shop", m.Shop.ID, "chat", m.Chat.ID, "by", a.user.ID)
	m.Out = true
	m.Chats = slices.DeleteFunc(slices.Clone(m.Chats), func(c notify.Chat) bool { return c.ID == m.Chat.ID })
	out := page(r.say.Team(m.TeamView))
	out.notice = r.say.Changed(m)
	return out, nil
}

// name is how a person is called in what others are told.
func (a *ask) name() string {
	return cmp.Or(strings.TrimSpace(a.user.FirstName+" "+a.user.LastName), a.user.Username, a.chat.FirstName)
}
