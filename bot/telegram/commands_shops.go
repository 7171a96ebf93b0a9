package telegram

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"shopwarden/bot/notify"
)

// allShops answers for all shops of a chat: of one shop what it is called and how it is set up, of several how each stands,
// the worst first. A button says which page, and whether only those that need somebody are wanted.
func (r *Router) allShops(ctx context.Context, a *ask) (answer, error) {
	ids, err := r.store.ChatShops(ctx, a.chat.ID)
	if err != nil {
		return answer{}, fmt.Errorf("reading the chat's shops: %w", err)
	}
	if len(ids) < 2 {
		shops, err := r.shops(ctx, ids)
		return page(r.say.Shops(a.lang, shops)), err
	}
	standings, err := r.desk.Standings(ctx, ids)
	if err != nil {
		return answer{}, err
	}
	v := notify.ShopsView{Lang: a.lang, Shops: standings}
	for _, arg := range a.args {
		if n, err := strconv.Atoi(arg); err == nil {
			v.Page = n
		}
		v.Mine = v.Mine || arg == "mine"
	}
	return page(r.say.Agency(v)), nil
}

// offerOthers puts the way to the other shops below a page about one, where the chat has several.
func (r *Router) offerOthers(ctx context.Context, a *ask, out *answer) error {
	if out.html == "" || out.problem != 0 || !slices.Contains([]verb{verbToday, verbDue, verbViolations, verbTips}, a.verb) {
		return nil
	}
	shops, err := r.store.ChatShops(ctx, a.chat.ID)
	if err != nil {
		return fmt.Errorf("reading the chat's shops: %w", err)
	}
	if len(shops) > 1 {
		out.buttons = append(out.buttons, r.say.OtherShop(a.lang))
	}
	return nil
}
