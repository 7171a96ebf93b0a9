package telegram

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"shopwarden/bot/alarm"
	"shopwarden/bot/locale"
	"shopwarden/bot/notify"
	"shopwarden/bot/outbox"
	"shopwarden/bot/sla"
	"shopwarden/rules"
)

// touch is what a button or a command does with alarms: verb:SHOP|STEP|…|ID.
type touch struct {
	act    alarm.Act     // 0 = shows the alert with its first buttons
	of     alarm.Act     // with Undo
	choice string        // of a snooze or an excuse
	step   notify.Step   // the message it stands under
	ids    []string      // one, or all that a message tells of
	who    alarm.Mark    // who does it, now
	at     rules.Instant // now
}

// readTouch reads a button; ok is false for data that no alert carries. A button without a step stands under a message that
// is not the alert itself.
func readTouch(v verb, args []string) (t touch, ok bool) {
	if len(args) > 0 && !notify.IsStep(args[0]) {
		args = []string{string(notify.ToldApart), strings.Join(args, "|")}
	}
	want := plans[v].args - 1
	if len(args) != want {
		return t, false
	}
	t.step, t.ids = notify.Step(args[0]), notify.SplitIDs(args[want-1])
	switch v {
	case verbAlarm:
		return t, len(t.ids) == 1
	case verbUndo:
		var err error
		t.act = alarm.Undo
		t.of, err = alarm.ParseAct(args[1])
		return t, err == nil && t.of != alarm.Undo
	case verbSnooze, verbExcuse:
		t.choice = args[1]
	}
	act, err := alarm.ParseAct(v.String())
	t.act = act
	return t, err == nil
}

// undoesExcuse reports whether button data takes back an excuse, which needs the same right as making it.
func undoesExcuse(args []string) bool {
	t, ok := readTouch(verbUndo, args)
	return ok && t.of == alarm.Excuse
}

// mark is who asks. named is false for an anonymous administrator who pressed a button, and for a voice that is not the
// group's: nobody knows who that is.
func (a *ask) mark(now time.Time) (m alarm.Mark, named bool) {
	m.At = rules.InstantOf(now)
	switch {
	case a.asGroup && !a.button:
		m.Name = cmp.Or(strings.TrimSpace(a.signature), a.chat.Title)
		return m, true
	case a.user.ID == 0, a.user.ID == anonymousAdmin, a.asGroup:
		return m, false
	}
	m.Person, m.Name = a.user.ID, cmp.Or(strings.TrimSpace(a.user.FirstName+" "+a.user.LastName), a.user.Username)
	return m, true
}

// alarm carries out a button of an alert. Who may was judged before.
func (r *Router) alarm(ctx context.Context, a *ask, shop string, chat notify.Chat) (answer, error) {
	t, ok := readTouch(a.verb, a.args)
	if !ok {
		return problem(notify.StaleButton), nil
	}
	var named bool
	if t.who, named = a.mark(r.cfg.Now()); !named && (t.act == alarm.Take || t.act == alarm.TakeOver) {
		return problem(notify.Nameless), nil
	}
	t.at = t.who.At
	if from, ok := notify.OfCase(t.step); ok && t.act != 0 && t.act != alarm.Seen && t.act != alarm.Snooze {
		return r.onCase(ctx, a, shop, t, from)
	}
	switch {
	case t.act == 0 || t.choice == notify.AskFirst:
		return r.showAlarm(ctx, a, shop, chat, t)
	case len(t.ids) > 1:
		return r.touchAll(ctx, a, shop, t)
	}
	was, now, p, err := r.touch(ctx, shop, t, t.ids[0])
	if err == nil && p.problem == notify.Settled {
		err = r.settle(ctx, a, chat, now, t)
	}
	if err != nil || p.problem != 0 {
		return p, err
	}
	pressed := notify.Pressed{Act: t.act, Of: t.of, Who: t.who, Changed: now.Alarm.Version != was.Alarm.Version}
	now.Lang = locale.Match(a.user.LanguageCode, a.lang)
	out := answer{notice: r.say.Pressed(now, pressed)}
	now.Lang = a.lang
	if a.edit != 0 || !a.button || a.pressed == 0 {
		out.html, out.buttons = r.say.Alarm(now, notify.ToldApart)
		return out, nil
	}
	told := cmp.Or(now.Step(), was.Step())
	if t.step == notify.ToldFolded || pressed.Changed && t.step == told {
		return out, nil // its own edit is on the way
	}
	return out, r.repaint(ctx, a, chat, r.say.Repaint(now, inLanguage(chat, a.lang), a.pressed, t.step, a.pressKey()))
}

func inLanguage(chat notify.Chat, lang string) notify.Chat {
	chat.Lang = lang
	return chat
}

func (a *ask) pressKey() string { return fmt.Sprintf("press/%d", a.update) }

// repaint queues the edit of the one message that was pressed.
func (r *Router) repaint(ctx context.Context, a *ask, chat notify.Chat, m outbox.Message) error {
	now := r.cfg.Now()
	m.Thread, m.Created, m.Expires = cmp.Or(a.thread, chat.Thread), rules.InstantOf(now), rules.InstantOf(now.Add(repliesLive))
	return r.enqueue(ctx, []outbox.Message{m})
}

func (r *Router) enqueue(ctx context.Context, messages []outbox.Message) error {
	if len(messages) == 0 {
		return nil
	}
	if err := r.queue.Enqueue(ctx, rules.InstantOf(r.cfg.Now()), messages); err != nil {
		return fmt.Errorf("queueing edits of alerts: %w", err)
	}
	r.cfg.Nudge()
	return nil
}

// settle brings a pressed alert up to date that nothing is left to do about: of a warning that was heeded in time nobody
// edits the alert, and its buttons would go on to promise something.
func (r *Router) settle(ctx context.Context, a *ask, chat notify.Chat, w notify.AlarmView, t touch) error {
	if a.edit != 0 || !a.button || a.pressed == 0 || t.step == notify.ToldFolded {
		return nil
	}
	return r.repaint(ctx, a, chat, r.say.Repaint(w, inLanguage(chat, a.lang), a.pressed, t.step, a.pressKey()))
}

// view is an alarm as it stands now; the problem says that there is none.
func (r *Router) view(ctx context.Context, shop, id string) (w notify.AlarmView, p notify.Problem, err error) {
	switch w, err = r.desk.Alarm(ctx, shop, id); {
	case errors.Is(err, sla.ErrNotFound):
		return w, notify.NoAlarm, nil
	case err != nil:
		return w, 0, fmt.Errorf("reading what alarm %s is about: %w", id, err)
	}
	if w.Alarm, err = r.store.Alarm(ctx, shop, id); err != nil {
		return w, 0, fmt.Errorf("reading alarm %s: %w", id, err)
	}
	return w, 0, nil
}

// showAlarm puts the alert as it stands now in the place of the message that was pressed, with a question under it or with its
// own buttons.
func (r *Router) showAlarm(ctx context.Context, a *ask, shop string, chat notify.Chat, t touch) (answer, error) {
	w, p, err := r.view(ctx, shop, t.ids[0])
	if err == nil && p == 0 {
		p = barred(w, t)
	}
	if err == nil && p == notify.Settled {
		err = r.settle(ctx, a, chat, w, t)
	}
	if err != nil || p != 0 {
		return problem(p), err
	}
	w.Lang = a.lang
	show := r.say.Alarm
	switch t.act {
	case alarm.Snooze:
		show = r.say.AskSnooze
	case alarm.Excuse:
		show = r.say.AskExcuse
	}
	html, buttons := show(w, t.step)
	if a.edit != 0 || !a.button || a.pressed == 0 {
		return page(html, buttons), nil
	}
	m := r.say.Repaint(w, inLanguage(chat, a.lang), a.pressed, t.step, a.pressKey())
	m.HTML, m.Buttons = html, buttons
	return answer{}, r.repaint(ctx, a, chat, m)
}

// barred says why something cannot be done about an alarm; 0 = it can.
func barred(w notify.AlarmView, t touch) notify.Problem {
	switch t.act {
	case alarm.Take, alarm.TakeOver, alarm.Snooze:
		if !w.ToDo() {
			return notify.Settled
		}
	case alarm.Seen:
		if w.Level() == 0 {
			return notify.Settled
		}
	case alarm.Excuse:
		switch {
		case !w.Alarm.Excused.Nobody(): // the second learns who was first
		case w.Level() == 0:
			return notify.Settled
		case t.choice != notify.AskFirst && !slices.Contains(w.Causes(), t.choice), len(w.Causes()) == 0:
			return notify.StaleButton
		}
	}
	return 0
}

// touch does something with one alarm: it is kept, the count is corrected where it is about that, and the alerts in all chats
// are edited. Doing it again completes what a crash left, and changes nothing else.
func (r *Router) touch(ctx context.Context, shop string, t touch, id string) (was, now notify.AlarmView, p answer, err error) {
	was, refused, err := r.view(ctx, shop, id)
	if err == nil && refused == 0 {
		refused = barred(was, t)
	}
	if err != nil || refused != 0 {
		return was, was, problem(refused), err
	}
	press := alarm.Press{Act: t.act, Of: t.of, Who: t.who, Level: was.Level(), Cause: t.choice}
	if t.act == alarm.Snooze {
		var ok bool
		if press.Until, ok = was.SnoozeUntil(t.choice); !ok {
			return was, was, problem(notify.StaleButton), nil
		}
	}
	now = was
	before := was.Alarm
	now.Alarm, err = r.store.EditAlarm(ctx, shop, id, func(kept alarm.Alarm) alarm.Alarm {
		before = kept
		next, _ := kept.Press(press)
		return next
	})
	if err != nil {
		return was, was, p, fmt.Errorf("keeping what was pressed: %w", err)
	}
	was.Alarm = before
	if t.act == alarm.Excuse || t.of == alarm.Excuse {
		if now.View, now.Case, err = r.correct(ctx, shop, now, t.at); err != nil {
			return was, was, p, err
		}
	}
	r.log.Info("alarm pressed", "shop", shop, "alarm", id, "act", t.act.String(), "person", t.who.Person, "version", now.Alarm.Version)
	chats, err := r.store.Chats(ctx, shop)
	if err != nil {
		return was, now, p, fmt.Errorf("reading the shop's chats: %w", err)
	}
	if now.Alarm.Version > 0 {
		err = r.enqueue(ctx, r.say.Statuses(was, now, chats))
	}
	return was, now, p, err
}

// correct makes the counters agree with an alarm, and returns the case as it stands then.
func (r *Router) correct(ctx context.Context, shop string, w notify.AlarmView, at rules.Instant) (notify.View, rules.Case, error) {
	e, ok := w.Alarm.Correction(w.Case, at)
	if !ok {
		return w.View, w.Case, nil
	}
	if err := r.counter.Correct(ctx, shop, e); err != nil {
		return w.View, w.Case, fmt.Errorf("correcting the count: %w", err)
	}
	after, err := r.desk.Alarm(ctx, shop, w.Alarm.ID)
	if err != nil {
		return w.View, w.Case, fmt.Errorf("reading what alarm %s is about: %w", w.Alarm.ID, err)
	}
	return after.View, after.Case, nil
}

// touchAll does something with all alarms that one message tells of. What cannot be done about one is left out.
func (r *Router) touchAll(ctx context.Context, a *ask, shop string, t touch) (answer, error) {
	if t.act != alarm.Seen && t.act != alarm.Take && t.act != alarm.Snooze {
		return problem(notify.StaleButton), nil
	}
	n, refused := 0, notify.Problem(0)
	for _, id := range t.ids {
		_, now, p, err := r.touch(ctx, shop, t, id)
		switch {
		case err != nil:
			return answer{}, err
		case p.problem != 0:
			refused = p.problem
		case t.act != alarm.Take || now.Alarm.Taken.Is(t.who):
			n++
		}
	}
	if n == 0 && refused != 0 {
		return problem(refused), nil
	}
	return answer{notice: r.say.PressedMany(locale.Match(a.user.LanguageCode, a.lang), t.act, n)}, nil
}

// byName does something with the case that a person names: /take 1234, /excuse 1234 outage. Without a name, what may be meant is
// listed.
func (r *Router) byName(ctx context.Context, a *ask, shop string, chat notify.Chat, act alarm.Act) (answer, error) {
	who, named := a.mark(r.cfg.Now())
	switch {
	case !named:
		return problem(notify.Nameless), nil
	case strings.TrimSpace(a.text) == "":
		return r.pick(ctx, a, shop, act)
	}
	t := touch{act: act, step: notify.ToldApart, who: who, at: who.At}
	if act == alarm.Excuse {
		t = a.readExcuse(t)
	}
	id, err := r.named(ctx, a, shop, t)
	if err != nil || id == "" {
		return problem(notify.NothingFound), err
	}
	t.ids = []string{id}
	if t.choice == notify.AskFirst {
		return r.showAlarm(ctx, a, shop, notify.Chat{}, t)
	}
	_, now, p, err := r.touch(ctx, shop, t, id)
	if err != nil || p.problem != 0 {
		return p, err
	}
	now.Lang = a.lang
	return page(r.say.Alarm(now, notify.ToldApart)), nil
}

// readExcuse reads what may follow the id in /excuse: a cause, or undo. Without either the causes are asked for. An anonymous
// administrator has no other way: a button does not say who presses it.
func (a *ask) readExcuse(t touch) touch {
	t.choice = notify.AskFirst
	rest, word := cutLast(a.text)
	switch {
	case rest == "":
	case word == alarm.Undo.String():
		t.act, t.of, t.choice, a.text = alarm.Undo, alarm.Excuse, "", rest
	case slices.Contains(rules.Codes(), word), word == alarm.Courier, word == alarm.Other:
		t.choice, a.text = word, rest
	}
	return t
}

// cutLast splits the last word off a text.
func cutLast(text string) (rest, word string) {
	text = strings.TrimSpace(text)
	i := strings.LastIndexAny(text, " \t\n")
	return strings.TrimSpace(text[:max(i, 0)]), strings.ToLower(text[i+1:])
}

// named finds the alarm of the case that somebody typed the id of: of several the first about which something can be done.
func (r *Router) named(ctx context.Context, a *ask, shop string, t touch) (id string, err error) {
	rule, subject, err := r.sought(ctx, a, shop)
	if err != nil {
		return "", err
	}
	v, err := r.desk.Why(ctx, shop, rule, subject)
	switch {
	case errors.Is(err, sla.ErrNotFound), errors.Is(err, sla.ErrNoCase):
		return "", nil
	case err != nil:
		return "", fmt.Errorf("looking for %s: %w", subject, err)
	}
	for _, k := range append([]rules.Case{v.Case}, v.Others...) {
		w := notify.AlarmView{View: v.View, Case: k, About: alarm.About{Rule: k.Rule, Ref: k.Ref(), Subject: k.Subject}}
		if t.act != alarm.Undo && barred(w, touch{act: t.act, choice: notify.AskFirst}) == 0 {
			return alarm.CaseID(k.Ref(), k.Subject), nil
		}
	}
	return alarm.CaseID(v.Case.Ref(), v.Case.Subject), nil
}

// mostSnoozed is how many snoozed alarms are looked at: more than a page lists.
const mostSnoozed = 30

// snoozed lists what is quiet now. A button of the list ends one of them first.
func (r *Router) snoozed(ctx context.Context, a *ask, shop string) (answer, error) {
	now := r.cfg.Now()
	if a.button && len(a.args) > 0 {
		who, _ := a.mark(now)
		t := touch{act: alarm.Undo, of: alarm.Snooze, who: who, at: who.At}
		if _, _, p, err := r.touch(ctx, shop, t, a.args[0]); err != nil || p.problem != 0 {
			return p, err
		}
	}
	view, err := r.counter.View(ctx, shop)
	if err != nil {
		return answer{}, fmt.Errorf("reading shop %s: %w", shop, err)
	}
	list, err := r.store.ShopAlarms(ctx, shop)
	if err != nil {
		return answer{}, fmt.Errorf("reading alarms: %w", err)
	}
	list = slices.DeleteFunc(list, func(x alarm.Alarm) bool { return x.Quiet <= rules.InstantOf(now) })
	slices.SortStableFunc(list, func(x, y alarm.Alarm) int { return cmp.Compare(x.Quiet, y.Quiet) })
	s := notify.SnoozedView{View: view}
	s.Lang = a.lang
	for _, x := range list[:min(len(list), mostSnoozed)] {
		switch w, err := r.desk.Alarm(ctx, shop, x.ID); {
		case errors.Is(err, sla.ErrNotFound):
		case err != nil:
			return answer{}, fmt.Errorf("reading what alarm %s is about: %w", x.ID, err)
		case w.Level() != 0 && x.Silences(w.Level(), rules.InstantOf(now)):
			w.Alarm = x
			s.Alarms = append(s.Alarms, w)
		}
	}
	return page(r.say.Snoozed(s)), nil
}
