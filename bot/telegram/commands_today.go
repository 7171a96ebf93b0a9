package telegram

import (
	"context"
	"fmt"
	"strconv"

	"shopwarden/bot/alarm"
	"shopwarden/bot/locale"
	"shopwarden/bot/notify"
	"shopwarden/rules"
)

// What the buttons of /due say beside the number of rows to skip.
const (
	dueSave = "save"
	dueTake = "take" // followed by the ids of alarms
)

// dueRead is how many open cases /due judges: a few dozen pages.
const dueRead = 300

// alarms are what was done about the alerts of a shop, by id.
func (r *Router) alarms(ctx context.Context, shop string) (map[string]alarm.Alarm, error) {
	list, err := r.store.ShopAlarms(ctx, shop)
	if err != nil {
		return nil, fmt.Errorf("reading alarms: %w", err)
	}
	kept := make(map[string]alarm.Alarm, len(list))
	for _, x := range list {
		kept[x.ID] = x
	}
	return kept, nil
}

// onlyLooks reports whether whoever reads a page in a chat may take nothing.
func onlyLooks(chat notify.Chat) bool { return chat.Role == notify.Viewer }

// today answers how a shop stands; a button may name a principle to look into.
func (r *Router) today(ctx context.Context, a *ask, shop string, chat notify.Chat) (answer, error) {
	v, err := r.desk.Today(ctx, shop)
	if err != nil {
		return answer{}, err
	}
	v.Lang, v.NoTake = a.lang, onlyLooks(chat)
	if v.Alarms, err = r.alarms(ctx, shop); err != nil {
		return answer{}, err
	}
	p, err := rules.ParsePrinciple(a.arg(0))
	if err != nil {
		return page(r.say.Today(v)), nil
	}
	tips, err := r.desk.Tips(ctx, shop, "")
	return ifDone(err, func() answer {
		return page(r.say.Principle(notify.PrincipleView{TodayView: v, Principle: p, Causes: tips.Causes}))
	})
}

// arg is the n-th argument, "" when it is not there.
func (a *ask) arg(n int) string {
	if n < len(a.args) {
		return a.args[n]
	}
	return ""
}

// due answers what is due next: a page of it, or what to save first, which its buttons take.
func (r *Router) due(ctx context.Context, a *ask, shop string, chat notify.Chat) (answer, error) {
	switch a.arg(0) {
	case dueSave:
		return r.save(ctx, a, shop, chat)
	case dueTake:
		return r.takeThem(ctx, a, shop, chat)
	}
	v, err := r.desk.Due(ctx, shop, dueRead)
	if err != nil {
		return answer{}, err
	}
	v.Lang = a.lang
	v.Skip, _ = strconv.Atoi(a.arg(0)) // anything else is the first page
	v.Alarms, err = r.alarms(ctx, shop)
	return ifDone(err, func() answer { return page(r.say.Due(v)) })
}

func (r *Router) save(ctx context.Context, a *ask, shop string, chat notify.Chat) (answer, error) {
	v, err := r.desk.Save(ctx, shop)
	if err != nil {
		return answer{}, err
	}
	v.Lang, v.NoTake = a.lang, onlyLooks(chat)
	v.Alarms, err = r.alarms(ctx, shop)
	return ifDone(err, func() answer { return page(r.say.Save(v)) })
}

// takeThem takes cases that nobody has, as the button under an alert does, and shows the page again with who has them. A
// case needs no alert to be taken. Pressing twice takes once.
func (r *Router) takeThem(ctx context.Context, a *ask, shop string, chat notify.Chat) (answer, error) {
	who, named := a.mark(r.cfg.Now())
	switch {
	case !a.button || a.arg(1) == "":
		return problem(notify.StaleButton), nil
	case !named:
		return problem(notify.Nameless), nil
	}
	t := touch{act: alarm.Take, step: notify.ToldFolded, ids: notify.SplitIDs(a.args[1]), who: who, at: who.At}
	taken := 0
	for _, id := range t.ids {
		_, now, p, err := r.touch(ctx, shop, t, id)
		if err != nil {
			return answer{}, err
		}
		if p.problem == 0 && now.Alarm.Taken.Is(who) {
			taken++
		}
	}
	out, err := r.save(ctx, a, shop, chat)
	out.notice = r.say.Taken(locale.Match(a.user.LanguageCode, a.lang), taken)
	return out, err
}

// whatIf answers where the day ends, or what more misses or saved cases of one rule would do to it. A button says
// miss|N|RULE, save|N|RULE or rule|0|RULE; a person may type the id of a rule.
func (r *Router) whatIf(ctx context.Context, a *ask, shop string) (answer, error) {
	v, err := r.desk.WhatIf(ctx, shop, readSuppose(a))
	v.Lang = a.lang
	return ifDone(err, func() answer { return page(r.say.WhatIf(v)) })
}

// mostSupposed is how many cases may be supposed at once: the buttons ask for no more.
const mostSupposed = 5

func readSuppose(a *ask) rules.Suppose {
	if !a.button {
		return rules.Suppose{Rule: a.arg(0)}
	}
	q := rules.Suppose{Rule: a.arg(2)}
	n, err := strconv.Atoi(a.arg(1))
	if err != nil || n < 0 || n > mostSupposed {
		return q
	}
	switch a.arg(0) {
	case "miss":
		q.Miss = n
	case "save":
		q.Save = n
	}
	return q
}
