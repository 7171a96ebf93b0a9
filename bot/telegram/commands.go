package telegram

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"shopwarden/bot/alarm"
	"shopwarden/bot/notify"
	"shopwarden/bot/sla"
	"shopwarden/config"
	"shopwarden/rules"
)

// general answers what is about no particular shop.
func (r *Router) general(ctx context.Context, a *ask) (answer, error) {
	switch a.verb {
	case verbStart, verbBind:
		if len(a.args) > 0 {
			return r.bind(ctx, a, a.args[0])
		}
		return r.start(ctx, a)
	case verbSample:
		return r.sample(a), nil
	case verbPrivacy:
		return r.privacy(ctx, a)
	case verbShops:
		return r.allShops(ctx, a)
	case verbLang:
		return r.language(ctx, a)
	}
	return page(r.say.Help(a.lang, len(a.args) > 0 && a.args[0] == notify.AllCommands)), nil
}

// about answers what is about one shop. Who may was judged before.
func (r *Router) about(ctx context.Context, a *ask, shop string, chat notify.Chat) (answer, error) {
	switch a.verb {
	case verbToday:
		return r.today(ctx, a, shop, chat)
	case verbDue:
		return r.due(ctx, a, shop, chat)
	case verbWhatIf:
		return r.whatIf(ctx, a, shop)
	case verbViolations:
		return r.violations(ctx, a, shop)
	case verbTips:
		return r.tips(ctx, a, shop, 0)
	case verbTip:
		return r.decideTip(ctx, a, shop)
	case verbWhy:
		return r.why(ctx, a, shop)
	case verbAlerts:
		return r.alerts(ctx, a, shop, chat)
	case verbDigest:
		return r.digest(ctx, a, shop, chat)
	case verbSettings:
		return r.hub(ctx, a, shop, chat)
	case verbDuty:
		return r.duty(ctx, a, shop, chat)
	case verbBoard:
		return r.board(ctx, a, shop, chat)
	case verbUnbind:
		return r.unbind(ctx, a, shop, chat)
	case verbQuiet, verbMute, verbUrgent, verbBudget:
		return r.peace(ctx, a, shop, chat)
	case verbSnoozed:
		return r.snoozed(ctx, a, shop)
	case verbPoints:
		return r.points(ctx, a, shop, chat)
	case verbAppeal:
		return r.appeal(ctx, a, shop, chat)
	case verbFolder:
		return r.folder(ctx, a, shop)
	case verbTrend:
		return r.trend(ctx, a, shop, chat)
	case verbTeam:
		return r.team(ctx, a, shop, chat)
	case verbTest:
		return r.testAlert(ctx, a, shop, chat)
	case verbExport:
		return r.export(ctx, a, shop, chat)
	}
	switch {
	case a.button && a.verb >= verbSeen && a.verb <= verbSnoozed:
		return r.alarm(ctx, a, shop, chat)
	case a.verb == verbTake:
		return r.byName(ctx, a, shop, chat, alarm.Take)
	case a.verb == verbExcuse:
		return r.byName(ctx, a, shop, chat, alarm.Excuse)
	}
	return answer{}, fmt.Errorf("no answer to %v", a.verb)
}

// suggest offers to somebody who was not understood what may have been meant.
func (r *Router) suggest(ctx context.Context, a *ask) (answer, error) {
	shops, err := r.store.ChatShops(ctx, a.chat.ID)
	if err != nil {
		return answer{}, fmt.Errorf("reading the chat's shops: %w", err)
	}
	usual, shop := []string{"today", "due", "help"}, ""
	switch {
	case len(shops) == 0:
		usual = []string{"start", "bind", "help"}
	case len(shops) == 1 || slices.Contains(shops, a.current):
		shop = cmp.Or(a.current, shops[0])
	default:
		usual = []string{"shops", "help", "lang"}
	}
	var list []notify.Suggestion
	for _, name := range append(r.plain.like(a.text), usual...) {
		x := notify.Suggestion{Command: name}
		if plans[buttonVerb(name)].shop {
			x.Shop = shop
		}
		if known := x.Shop != "" || !plans[buttonVerb(name)].shop; known && len(list) < suggested && !slices.Contains(list, x) {
			list = append(list, x)
		}
	}
	return page(r.say.NotUnderstood(a.lang, a.text, list)), nil
}

// ifDone renders a page unless its view could not be had.
func ifDone(err error, render func() answer) (answer, error) {
	if err != nil {
		return answer{}, err
	}
	return render(), nil
}

// tips answers for the rule that a button names, or for what costs most.
func (r *Router) tips(ctx context.Context, a *ask, shop string, noted notify.Decision) (answer, error) {
	rule := ""
	if len(a.args) > 0 {
		rule = a.args[0]
	}
	v, err := r.desk.Tips(ctx, shop, rule)
	v.Lang, v.Noted = a.lang, noted
	if err == nil && v.Policy != nil && rule != "" {
		if _, known := v.Policy.Rule(rule, v.Policy.Day(v.Now)); !known {
			v.Rule = ""
		}
	}
	return ifDone(err, func() answer { return page(r.say.Tips(v)) })
}

// decideTip keeps what was said to a tip, and shows the advice again without it.
func (r *Router) decideTip(ctx context.Context, a *ask, shop string) (answer, error) {
	choice, ok := readChoice(a.args)
	if !ok {
		return problem(notify.StaleButton), nil
	}
	switch err := r.counter.DecideTip(ctx, shop, choice); {
	case errors.Is(err, sla.ErrNoTip):
		return problem(notify.StaleButton), nil
	case err != nil:
		return answer{}, err
	}
	a.args = nil
	return r.tips(ctx, a, shop, choice.Decision)
}

// readChoice reads what a button under a tip says: decision, tip, rule and, where there is a cause, its dimension and value.
func readChoice(args []string) (c notify.TipChoice, ok bool) {
	if len(args) != 3 && len(args) != 5 {
		return c, false
	}
	d, err := notify.ParseDecision(args[0])
	c = notify.TipChoice{Decision: d, Tip: args[1], Rule: args[2]}
	if err != nil || len(args) == 3 {
		return c, err == nil
	}
	c.Dim, err = rules.ParseDim(args[3])
	c.Value = args[4]
	return c, err == nil
}

// sought is what a button or a person wants to know about. Ids come from platforms and may hold spaces, so all that was
// typed is one, unless it begins with the id of a rule.
func (r *Router) sought(ctx context.Context, a *ask, shop string) (rule, subject string, err error) {
	if a.button {
		if len(a.args) == 1 {
			return "", a.args[0], nil
		}
		return a.args[0], a.args[1], nil
	}
	word, rest := cutWord(a.text)
	if rest == "" {
		return "", word, nil
	}
	v, err := r.counter.View(ctx, shop)
	if err != nil {
		return "", "", fmt.Errorf("reading shop %s: %w", shop, err)
	}
	if v.Policy != nil {
		if _, known := v.Policy.Rule(word, v.Policy.Day(v.Now)); known {
			return word, rest, nil
		}
	}
	return "", a.text, nil
}

// chatShops returns the shops the chat is bound to, as they are set up.
func (r *Router) chatShops(ctx context.Context, a *ask) ([]config.Shop, error) {
	ids, err := r.store.ChatShops(ctx, a.chat.ID)
	if err != nil {
		return nil, fmt.Errorf("reading the chat's shops: %w", err)
	}
	return r.shops(ctx, ids)
}

// namedShops is how many shops are looked up for their names: more than a page shows. The others are known by their ids.
const namedShops = 30

// shops looks shops up. One that was removed in the meantime is left out.
func (r *Router) shops(ctx context.Context, ids []string) ([]config.Shop, error) {
	var list []config.Shop
	for i, id := range ids {
		if i >= namedShops {
			list = append(list, config.Shop{ID: id})
			continue
		}
		v, err := r.counter.View(ctx, id)
		if errors.Is(err, sla.ErrUnknownShop) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("reading shop %s: %w", id, err)
		}
		list = append(list, v.Shop)
	}
	return list, nil
}

// moveTopic has a forum's messages come to the topic in which somebody who may change settings says /start. The answer is
// empty when nothing moves.
func (r *Router) moveTopic(ctx context.Context, a *ask) (out answer, err error) {
	if a.thread == 0 || a.private() {
		return out, nil
	}
	shops, err := r.store.ChatShops(ctx, a.chat.ID)
	if err != nil {
		return out, fmt.Errorf("reading the chat's shops: %w", err)
	}
	for _, shop := range shops {
		chat, verdict, err := r.permitFor(ctx, a, shop, needSettings)
		if err != nil {
			return out, err
		}
		if verdict != permitted || chat.Thread == a.thread {
			continue
		}
		v, err := r.counter.View(ctx, shop)
		if err != nil {
			return out, fmt.Errorf("reading shop %s: %w", shop, err)
		}
		if err := r.store.MoveThread(ctx, a.chat.ID, chat.Thread, a.thread); err != nil {
			return out, err
		}
		v.Lang = a.lang
		out = page(r.say.TopicMoved(v))
	}
	return out, nil
}
