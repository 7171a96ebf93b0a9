package telegram

import (
	"context"
	"fmt"

	"shopwarden/bot/notify"
)

// board shows or changes whether the chat has the live board (on, off, here: in this topic).
func (r *Router) board(ctx context.Context, a *ask, shop string, chat notify.Chat) (answer, error) {
	w, on := readBoard(a.args)
	if w == wishSwitch {
		if chat.Board = on; here(a.args) {
			chat = chat.Put(notify.PlaceBoard, a.thread)
		}
		if err := r.store.SaveChat(ctx, shop, chat); err != nil {
			return answer{}, fmt.Errorf("setting the board of %s: %w", shop, err)
		}
	}
	return r.settings(ctx, a, a.done(w, chat), shop, r.say.BoardSettings)
}

func readBoard(args []string) (w wish, on bool) {
	if len(args) == 0 {
		return wishLook, false
	}
	if on, ok := readSwitch(args[0]); ok || here(args) {
		return wishSwitch, on || here(args)
	}
	return wishUnclear, false
}
