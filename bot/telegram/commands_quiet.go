package telegram

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"shopwarden/bot/notify"
	"shopwarden/bot/outbox"
	"shopwarden/rules"
)

// peace shows or changes when and how often a chat may be disturbed: its quiet hours, whether it is muted, which rules ring all
// the same, how many alerts may ring in a day. All of it is the chat's own.
func (r *Router) peace(ctx context.Context, a *ask, shop string, chat notify.Chat) (answer, error) {
	view, err := r.counter.View(ctx, shop)
	if err != nil {
		return answer{}, fmt.Errorf("reading shop %s: %w", shop, err)
	}
	w := wishLook
	if len(a.args) > 0 {
		w = wishUnclear
		if changed, ok := change(a, chat, view); ok {
			w, chat = wishSwitch, changed
			if err := r.store.SaveChat(ctx, shop, chat); err != nil {
				return answer{}, fmt.Errorf("setting %v of a chat of %s: %w", a.verb, shop, err)
			}
		}
	}
	return r.settings(ctx, a, a.done(w, chat), shop, r.peacePage(a.verb))
}

func (r *Router) peacePage(v verb) func(notify.SettingsView) (string, [][]outbox.Button) {
	switch v {
	case verbMute:
		return r.say.MuteSettings
	case verbUrgent:
		return r.say.UrgentSettings
	case verbBudget:
		return r.say.BudgetSettings
	}
	return r.say.QuietSettings
}

// readPeace is what is wanted of these settings before the shop is known: what can mean nothing is free to everybody, as the
// answer only says so.
func readPeace(a *ask) wish {
	understood := true
	switch a.verb {
	case verbQuiet:
		_, understood = readQuiet(a.given())
	case verbMute:
		_, understood = readMute(a.given())
	case verbBudget:
		_, understood = readBudget(a.given())
	}
	switch {
	case len(a.args) == 0:
		return wishLook
	case !understood:
		return wishUnclear
	}
	return wishSwitch
}

// given is all that a button or a person says about a setting.
func (a *ask) given() string { return strings.Join(a.args, " ") }

// change applies what was asked for to the chat; false when that means nothing.
func change(a *ask, chat notify.Chat, view notify.View) (changed notify.Chat, ok bool) {
	if view.Policy == nil {
		return chat, false
	}
	switch a.verb {
	case verbQuiet:
		chat.Quiet, ok = readQuiet(a.given())
	case verbMute:
		var until muting
		until, ok = readMute(a.given())
		chat.Muted = until.end(view)
	case verbUrgent:
		var rule string
		var on bool
		rule, on, ok = readUrgent(a.args, view)
		chat = chat.WithUrgent(rule, on)
	case verbBudget:
		chat.Budget, ok = readBudget(a.given())
	}
	return chat, ok
}

// readQuiet reads quiet hours as people type them: 22:30-07:30, 22-8, 22点到8点, off.
func readQuiet(text string) (quiet string, ok bool) {
	if on, is := readSwitch(text); is {
		return "", !on // on says not when
	}
	from, to, more := strings.Cut(strings.NewReplacer("到", "-", "至", "-", "–", "-", "—", "-", "~", "-", " ", "").Replace(text), "-")
	from, okFrom := readClock(from)
	end, okTo := readClock(to)
	if to == "24:00" || to == "24" || to == "24点" {
		end, okTo = "24:00", true
	}
	if !more || !okFrom || !okTo {
		return "", false
	}
	quiet, err := notify.ParseQuiet(from + "-" + end)
	return quiet, err == nil
}

// muting is for how long a chat is to be muted: for a time, or until something.
type muting struct {
	span time.Duration
	word string
}

// longestMute keeps a slip of the finger from silencing a chat for good.
const longestMute = 24 * time.Hour

// readMute reads 1h, 90m, 2小时, opening, today and off, in both languages.
func readMute(text string) (m muting, ok bool) {
	text = strings.ToLower(strings.TrimSpace(text))
	switch text {
	case notify.MuteOpening, "open", "到开店", "开店":
		return muting{word: notify.MuteOpening}, true
	case notify.MuteToday, "今天":
		return muting{word: notify.MuteToday}, true
	}
	if on, is := readSwitch(text); is {
		return muting{word: notify.MuteOff}, !on
	}
	text = strings.NewReplacer(" ", "", "小时", "h", "分钟", "m", "分", "m", "hours", "h", "hour", "h", "min", "m").Replace(text)
	span, err := time.ParseDuration(text)
	return muting{span: span}, err == nil && span >= time.Minute && span <= longestMute
}

// end is when it ends, seen from now, 0 for off.
func (m muting) end(v notify.View) rules.Instant {
	switch m.word {
	case notify.MuteOff:
		return 0
	case notify.MuteOpening:
		return notify.Opening(v.Policy, v.Now)
	case notify.MuteToday:
		return v.Policy.Day(v.Now).Next(1).At(0, v.Policy.Zone())
	}
	return v.Now + rules.Instant(m.span.Milliseconds())
}

// readUrgent reads a rule, by its id or its name, and on or off behind it; without either it is on. To say it twice is to say
// it once.
func readUrgent(args []string, v notify.View) (rule string, on, ok bool) {
	on = true
	if n := len(args); n > 1 {
		if last, is := readSwitch(args[n-1]); is {
			on, args = last, args[:n-1]
		}
	}
	name := strings.Join(args, " ")
	for _, r := range v.Policy.Rules(v.Policy.Day(v.Now)) {
		if strings.EqualFold(name, r.ID) || strings.EqualFold(name, r.Name.Zh) || strings.EqualFold(name, r.Name.En) {
			return r.ID, on, true
		}
	}
	return "", false, false
}

// readBudget reads a number of alerts a day, or off for as many as there are.
func readBudget(text string) (n int, ok bool) {
	if on, is := readSwitch(text); is {
		if on {
			return 0, true
		}
		return notify.Unlimited, true
	}
	n, err := strconv.Atoi(text)
	return n, err == nil && n >= 1 && n <= notify.MaxBudget
}

// noise is what rang in the chat today, where a page says so; nil where nobody counts. That it could not be read is no reason
// to show no page.
func (r *Router) noise(ctx context.Context, a *ask, v notify.View) *outbox.NoiseCount {
	if r.cfg.Noise == nil || v.Policy == nil || a.verb != verbAlerts && a.verb != verbBudget && a.verb != verbSettings {
		return nil
	}
	counts, err := r.cfg.Noise(ctx, v.Shop.ID, v.Policy.Day(v.Now))
	if err != nil {
		r.log.Warn("counts of what rang not read", "shop", v.Shop.ID, "chat", a.chat.ID, "err", err)
		return nil
	}
	n := counts[a.chat.ID]
	return &n
}
