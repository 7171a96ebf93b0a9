package telegram

import (
	"context"
	"fmt"

	"shopwarden/bot/notify"
)

// permit looks up the binding as it is now and asks the table of roles. chat is the binding.
func (r *Router) permit(ctx context.Context, a *ask, shop string) (chat notify.Chat, verdict ruling, err error) {
	return r.permitFor(ctx, a, shop, a.need())
}

func (r *Router) permitFor(ctx context.Context, a *ask, shop string, n need) (chat notify.Chat, verdict ruling, err error) {
	chats, err := r.store.Chats(ctx, shop)
	if err != nil {
		return chat, notBound, fmt.Errorf("reading the shop's chats: %w", err)
	}
	who := asker{private: a.private(), button: a.button, user: a.user.ID, asGroup: a.asGroup}
	chat, who.bound = notify.ChatOf(chats, a.chat.ID)
	who.role = chat.Role
	if person, ok := notify.ChatOf(chats, a.user.ID); ok && person.ID > 0 {
		who.person = person.Role
	}
	verdict, err = r.rule(ctx, a, n, who)
	return chat, verdict, err
}

// rule asks the table of roles, and Telegram first where it matters what the person is in the group.
func (r *Router) rule(ctx context.Context, a *ask, n need, who asker) (verdict ruling, err error) {
	if standingMatters(n, who) {
		if who.standing, err = r.people.ChatMember(ctx, a.chat.ID, a.user.ID); err != nil {
			return adminsOnly, fmt.Errorf("asking what a user is: %w", err)
		}
	}
	return judge(n, who), nil
}

// refuse words a ruling.
func refuse(verdict ruling) answer {
	switch verdict {
	case ownerOnly:
		return problem(notify.OwnerOnly)
	case managersOnly:
		return problem(notify.ManagersOnly)
	case agentsOnly:
		return problem(notify.AgentsOnly)
	case adminsOnly:
		return problem(notify.AdminsOnly)
	case nameless:
		return problem(notify.Nameless)
	}
	return problem(notify.UnknownShop)
}
