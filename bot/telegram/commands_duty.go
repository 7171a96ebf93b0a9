package telegram

import (
	"context"
	"fmt"
	"strings"

	"shopwarden/bot/notify"
)

// Duties is the duty roster of a shop.
type Duties interface {
	// Roster returns who has duty hours, and who is on duty now.
	Roster(ctx context.Context, shop string) (notify.RosterView, error)
	// SetDuty sets when the person of a private chat is on duty, in the words of opening hours; "" = never. ok is false, and
	// nothing changed, for hours that cannot be read. It may be repeated.
	SetDuty(ctx context.Context, shop string, chat notify.Chat, hours string) (ok bool, err error)
}

// duty shows the roster of a shop. In a private chat it takes the person's own hours (mon-fri 09:00-18:00), or off; in a
// group nobody's hours are meant, and the page says where to set them.
func (r *Router) duty(ctx context.Context, a *ask, shop string, chat notify.Chat) (answer, error) {
	w, hours := readDuty(a)
	if !a.private() {
		w = wishLook
	}
	if w == wishSwitch {
		ok, err := r.duties.SetDuty(ctx, shop, chat, hours)
		switch {
		case err != nil:
			return answer{}, fmt.Errorf("setting the duty hours of %d: %w", chat.ID, err)
		case !ok:
			w = wishUnclear
		default:
			chat.Duty = hours
		}
	}
	v, err := r.duties.Roster(ctx, shop)
	view := v.View
	view.Lang = a.lang
	v.SettingsView = a.done(w, chat)
	v.View = view
	if w == wishUnclear && !a.button {
		v.Unclear = a.text
	}
	return ifDone(err, func() answer { return page(r.say.Roster(v)) })
}

// readDuty reads what is wanted of the duty hours.
func readDuty(a *ask) (w wish, hours string) {
	if len(a.args) == 0 {
		return wishLook, ""
	}
	if on, ok := readSwitch(a.args[0]); ok && len(a.args) == 1 {
		if on {
			return wishUnclear, "" // when is not said
		}
		return wishSwitch, ""
	}
	text := a.text
	if a.button {
		text = strings.Join(a.args, " ")
	}
	return wishSwitch, strings.Join(strings.Fields(dutyWords.Replace(text)), " ")
}

// dutyWords are what people write for days of the week, and what opening hours call them. They are read-only.
var dutyWords = strings.NewReplacer(
	"工作日", "mon-fri ", "每天", " ", "周末", "sat,sun ", "星期天", "sun", "周天", "sun",
	"星期一", "mon", "星期二", "tue", "星期三", "wed", "星期四", "thu", "星期五", "fri", "星期六", "sat", "星期日", "sun",
	"周一", "mon", "周二", "tue", "周三", "wed", "周四", "thu", "周五", "fri", "周六", "sat", "周日", "sun",
	"至", "-", "到", "-", "～", "-", "~", "-", "–", "-", "、", ",", "。", "")
