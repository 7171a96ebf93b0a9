package telegram

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"strings"

	"shopwarden/bot/locale"
	"shopwarden/bot/notify"
	"shopwarden/bot/outbox"
	"shopwarden/rules"
)

// bind redeems a code: from then on the chat watches the shop. Doing it again in the same chat answers the same.
func (r *Router) bind(ctx context.Context, a *ask, code string) (answer, error) {
	now := r.cfg.Now()
	if !r.codes.allowed(a.chat.ID, now) {
		return problem(notify.TooManyTries), nil
	}
	invited, err := r.store.TakeCode(ctx, code, a.chat.ID)
	if err != nil {
		return answer{}, fmt.Errorf("taking code: %w", err)
	}
	shop := invited.Shop
	known, err := r.store.Chats(ctx, shop)
	if err != nil {
		return answer{}, fmt.Errorf("reading the shop's chats: %w", err)
	}
	if !invited.stands(known, a.chat.ID) {
		r.codes.fail(a.chat.ID, now)
		return problem(notify.BadCode), nil
	}
	view, err := r.counter.View(ctx, shop)
	if err != nil {
		return answer{}, fmt.Errorf("reading shop %s: %w", shop, err)
	}
	chat := r.subscription(a, known, invited)
	chat.Lang = locale.Match(a.chosen, view.Shop.Lang, a.user.LanguageCode)
	if a.private() {
		chat.Lang = locale.Match(a.chosen, a.user.LanguageCode, view.Shop.Lang)
	}
	if err := r.store.Bind(ctx, shop, chat); err != nil {
		return answer{}, fmt.Errorf("binding to %s: %w", shop, err)
	}
	if err := r.store.SpendCode(ctx, code); err != nil {
		return answer{}, err
	}
	if err := r.store.SaveChatPrefs(ctx, a.chat.ID, a.chosen, shop); err != nil {
		return answer{}, fmt.Errorf("saving preferences: %w", err)
	}
	r.log.Info("chat bound", "shop", shop, "chat", chat.ID, "role", string(chat.Role))
	a.lang = chat.Lang
	b, err := r.found(ctx, a, shop, chat)
	if err != nil {
		return answer{}, err
	}
	out := page(r.say.Bound(b))
	out.shop = shop
	return out, nil
}

// stands reports whether an invitation still holds for a chat: whoever made it may still give its role, and one that has
// bound its chat serves that binding alone. Who is removed does not come back by what was handed out before.
func (i Invitation) stands(known []notify.Chat, chat int64) bool {
	_, bound := notify.ChatOf(known, chat)
	by, there := notify.ChatOf(known, i.By)
	switch {
	case i.Shop == "":
		return false
	case i.Spent:
		return bound
	case i.By != 0:
		return there && by.Role.MayGive(i.Role)
	}
	return true
}

// subscription is what the chat subscribes with: what it had before, or everything; the board is for those who share the
// work, so a private chat has it only when it asks. A group is a team whatever the code says: not everybody in it is the
// owner. Nobody becomes less by a code: no code takes anything away; nor more by one that gave what it gives.
func (r *Router) subscription(a *ask, known []notify.Chat, i Invitation) notify.Chat {
	chat := notify.Chat{ID: a.chat.ID, Alerts: true, Digest: true, Board: !a.private(), Since: rules.InstantOf(r.cfg.Now())}
	before, bound := notify.ChatOf(known, a.chat.ID)
	if bound {
		chat = before
	}
	chat.Thread, chat.Paused = a.thread, false
	chat.Title = cmp.Or(a.chat.Title, strings.TrimSpace(a.chat.FirstName+" "+a.chat.LastName), a.chat.Username)
	switch {
	case !a.private():
		chat.Role = notify.Team
	case !bound || !i.Spent && i.Role.Covers(chat.Role):
		chat.Role = i.Role.Acts()
	}
	return chat
}

// wish is what somebody wants of a setting.
type wish int

// wishLook: to see it. wishSwitch: on or off, in this chat alone. wishValue: a value, for the whole shop. wishUnclear: what
// was written means nothing.
const (
	wishLook wish = iota + 1
	wishSwitch
	wishValue
	wishUnclear
)

// alerts shows or changes what the chat hears by itself (on, off, here: in this topic) and the shop's violation threshold
// (a number, 0 = the pack's).
func (r *Router) alerts(ctx context.Context, a *ask, shop string, chat notify.Chat) (answer, error) {
	w, on, n := readAlerts(a.args)
	if here(a.args) {
		w, on, chat = wishSwitch, true, chat.Put(notify.PlaceAlerts, a.thread)
	}
	var err error
	switch w {
	case wishSwitch:
		chat.Alerts = on
		err = r.store.SaveChat(ctx, shop, chat)
	case wishValue:
		err = r.counter.SetAlerts(ctx, shop, n)
	}
	if err != nil {
		return answer{}, fmt.Errorf("setting alerts of %s: %w", shop, err)
	}
	return r.settings(ctx, a, a.done(w, chat), shop, r.say.AlertSettings)
}

// maxAlerts is the highest violation threshold that makes sense.
const maxAlerts = 10_000

func readAlerts(args []string) (w wish, on bool, n int) {
	if len(args) == 0 {
		return wishLook, false, 0
	}
	if on, ok := readSwitch(args[0]); ok {
		return wishSwitch, on, 0
	}
	if n, err := strconv.Atoi(args[0]); err == nil && n >= 0 && n <= maxAlerts {
		return wishValue, false, n
	}
	return wishUnclear, false, 0
}

// done is what a settings page has to say about a wish.
func (a *ask) done(w wish, chat notify.Chat) notify.SettingsView {
	s := notify.SettingsView{Chat: chat, Saved: w == wishSwitch || w == wishValue, Elsewhere: a.elsewhere(chat)}
	if w == wishUnclear {
		s.Unclear = strings.Join(a.args, " ")
	}
	return s
}

// settings shows a settings page as things stand now.
func (r *Router) settings(ctx context.Context, a *ask, s notify.SettingsView, shop string,
	render func(notify.SettingsView) (string, [][]outbox.Button)) (answer, error) {
	view, err := r.counter.View(ctx, shop)
	view.Lang = a.lang
	s.View = view
	if err == nil {
		s.Noise = r.noise(ctx, a, view)
	}
	return ifDone(err, func() answer { return page(render(s)) })
}

// readSwitch reads on and off, in both languages.
func readSwitch(text string) (on, ok bool) {
	switch strings.ToLower(text) {
	case "on", "开", "打开", "开启":
		return true, true
	case "off", "关", "关闭":
		return false, true
	}
	return false, false
}

// readClock reads a time of day as people type it (9, 9:30, 21:30, 21点) and returns it as 09:30.
func readClock(text string) (string, bool) {
	hour, minute, more := strings.Cut(strings.TrimSuffix(text, "点"), ":")
	h, err := strconv.ParseUint(hour, 10, 8)
	if err != nil || h > 23 || len(hour) > 2 {
		return "", false
	}
	m := uint64(0)
	if more {
		if m, err = strconv.ParseUint(minute, 10, 8); err != nil || m > 59 || len(minute) != 2 {
			return "", false
		}
	}
	return fmt.Sprintf("%02d:%02d", h, m), true
}

// language shows or changes the language of the chat, for its questions and for everything that comes by itself. In a group
// its administrators change it.
func (r *Router) language(ctx context.Context, a *ask) (answer, error) {
	text := strings.Join(a.args, " ")
	lang, ok := r.say.Language(text)
	if text == "" || !ok {
		return page(r.say.LangSettings(a.lang, text)), nil
	}
	who := asker{bound: true, private: a.private(), button: a.button, user: a.user.ID, asGroup: a.asGroup}
	verdict, err := r.rule(ctx, a, needOwn, who)
	if err != nil || verdict != permitted {
		return refuse(verdict), err
	}
	if err := r.setLanguage(ctx, a, lang); err != nil {
		return answer{}, err
	}
	return page(r.say.LangSettings(a.lang, "")), nil
}

func (r *Router) setLanguage(ctx context.Context, a *ask, lang string) error {
	if err := r.store.SaveChatPrefs(ctx, a.chat.ID, lang, a.current); err != nil {
		return fmt.Errorf("saving preferences: %w", err)
	}
	a.lang, a.chosen = lang, lang
	shops, err := r.store.ChatShops(ctx, a.chat.ID)
	if err != nil {
		return fmt.Errorf("reading the chat's shops: %w", err)
	}
	for _, shop := range shops {
		chats, err := r.store.Chats(ctx, shop)
		if err != nil {
			return fmt.Errorf("reading the shop's chats: %w", err)
		}
		chat, bound := notify.ChatOf(chats, a.chat.ID)
		if !bound || chat.Lang == lang {
			continue
		}
		chat.Lang = lang
		if err := r.store.SaveChat(ctx, shop, chat); err != nil {
			return fmt.Errorf("setting the language at %s: %w", shop, err)
		}
	}
	return nil
}
