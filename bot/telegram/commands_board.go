package telegram

import (
	"context"
	"fmt"

	"shopwarden/bot/notify"
)

// board shows or changes whether the chat has the live board (on, off).
func (r *Router) board(ctx context.Context, a *ask, shop string, chat notify.Chat) (answer, error) {
	w, on := readBoard(a.args)
	if w == wishSwitch {
		chat.Board = on
		if err := r.store.Bind(ctx, shop, chat); err != nil {
			return answer{}, fmt.Errorf("setting the board of %s: %w", shop, err)
		}
	}
	return r.settings(ctx, a, a.done(w, chat), shop, r.say.BoardSettings)
}

func readBoard(args []string) (w wish, on bool) {
	if len(args) == 0 {
		return wishLook, false
	}
	if on, ok := readSwitch(args[0]); ok {
		return wishSwitch, on
	}
	return wishUnclear, false
}
