package telegram

import (
	"context"

	"shopwarden/bot/notify"
)

// points answers what the platform imposed, and what could follow.
func (r *Router) points(ctx context.Context, a *ask, shop string, chat notify.Chat) (answer, error) {
	v, err := r.desk.Points(ctx, shop)
	v.Lang = a.lang
	return ifDone(err, func() (out answer) {
		out.html, out.buttons, out.picture = r.say.Points(notify.PointsView{LadderView: v, Pictures: chat.Pictures})
		return out
	})
}
