package telegram

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"shopwarden/bot/alarm"
	"shopwarden/bot/locale"
	"shopwarden/bot/notify"
	"shopwarden/bot/sla"
	"shopwarden/rules"
)

// Cases answers what went wrong, and about one case.
type Cases interface {
	// Violations lists what a filter takes.
	Violations(ctx context.Context, shop string, f notify.Filter) (notify.ViolationsView, error)
	// Explain is the page of one case; what was done about it is left out. sla.ErrNotFound and sla.ErrNoCase have answers.
	Explain(ctx context.Context, shop, rule, subject string) (notify.WhyView, error)
	// Weigh says what a correction of a case would change. It stores nothing.
	Weigh(ctx context.Context, shop, id string, event rules.Event) (notify.CorrectionView, error)
	// Pick is what somebody most likely means; cases in done are left out.
	Pick(ctx context.Context, shop string, act alarm.Act, done map[string]bool) (notify.PickView, error)
}

// violations lists what went wrong: a button carries its filter, a person types one.
func (r *Router) violations(ctx context.Context, a *ask, shop string) (answer, error) {
	var f notify.Filter
	unclear := ""
	switch {
	case a.button:
		f, _ = notify.ParseFilter(strings.Join(a.args, "|"))
	case len(a.args) > 0:
		v, err := r.counter.View(ctx, shop)
		if err != nil {
			return answer{}, fmt.Errorf("reading shop %s: %w", shop, err)
		}
		f, unclear = r.say.FilterWords(v, strings.Join(a.args, " "))
	}
	v, err := r.desk.Violations(ctx, shop, f)
	v.Lang, v.Unclear = a.lang, unclear
	return ifDone(err, func() answer { return page(r.say.Violations(v)) })
}

// why explains a case: a button names rule and subject, a person types an id. Without one, what was late is listed, with a
// button for each.
func (r *Router) why(ctx context.Context, a *ask, shop string) (answer, error) {
	if len(a.args) == 0 {
		return r.violations(ctx, a, shop)
	}
	if a.button && notify.IsScore(a.args[0]) || !a.button && notify.IsScore(strings.TrimSpace(a.text)) {
		v, err := r.desk.Score(ctx, shop)
		v.Lang = a.lang
		return ifDone(err, func() answer { return page(r.say.Score(v)) })
	}
	var from notify.From
	if a.button && len(a.args) > 1 {
		from, a.args[0] = notify.CutFrom(a.args[0])
	}
	rule, subject, err := r.sought(ctx, a, shop)
	if err != nil {
		return answer{}, err
	}
	return r.casePage(ctx, a, shop, rule, subject, from)
}

// casePage is the page of a case, or the lack of it.
func (r *Router) casePage(ctx context.Context, a *ask, shop, rule, subject string, from notify.From) (answer, error) {
	v, err := r.desk.Explain(ctx, shop, rule, subject)
	v.Lang, v.From = a.lang, from
	nothing := errors.Is(err, sla.ErrNotFound)
	if v.NoCase = errors.Is(err, sla.ErrNoCase); nothing || v.NoCase {
		if v.Shop.ID == "" {
			return problem(notify.NothingFound), nil
		}
		err = nil
	}
	if _, kind := rules.ParseSubject(subject); nothing && !kind {
		v.Subject.Kind = "" // of what kind it would be was not said
	}
	if err == nil && v.Found {
		v.Alarm, err = r.store.Alarm(ctx, shop, alarm.CaseID(v.Case.Ref(), v.Case.Subject))
	}
	return ifDone(err, func() answer { return page(r.say.Why(v)) })
}

// onCase carries out a button of the page of a case: the page is shown again as it stands then, or the questions of a
// correction take its place.
func (r *Router) onCase(ctx context.Context, a *ask, shop string, t touch, from notify.From) (answer, error) {
	if len(t.ids) != 1 {
		return problem(notify.StaleButton), nil
	}
	if t.act == alarm.Excuse {
		cause, sure := strings.CutPrefix(t.choice, notify.Sure)
		if t.choice = cause; !sure {
			return r.weigh(ctx, a, shop, t, from)
		}
	}
	was, now, p, err := r.touch(ctx, shop, t, t.ids[0])
	if err != nil || p.problem != 0 {
		return p, err
	}
	pressed := notify.Pressed{Act: t.act, Of: t.of, Who: t.who, Changed: now.Alarm.Version != was.Alarm.Version}
	now.Lang = locale.Match(a.user.LanguageCode, a.lang)
	out, err := r.casePage(ctx, a, shop, now.About.Ref, now.About.Subject.String(), from)
	out.notice = r.say.Pressed(now, pressed)
	return out, err
}

// weigh asks why a case is no fault of the shop, then shows what the correction would change. Nothing is kept.
func (r *Router) weigh(ctx context.Context, a *ask, shop string, t touch, from notify.From) (answer, error) {
	w, p, err := r.view(ctx, shop, t.ids[0])
	if err == nil && p == 0 {
		p = barred(w, t)
	}
	if err == nil && p == 0 && !w.Alarm.Excused.Nobody() { // somebody was first: the page says who
		return r.casePage(ctx, a, shop, w.About.Ref, w.About.Subject.String(), from)
	}
	if err != nil || p != 0 {
		return problem(p), err
	}
	w.Lang = a.lang
	if t.choice == notify.AskFirst {
		return page(r.say.AskCorrection(notify.CorrectionView{AlarmView: w, From: from})), nil
	}
	next, _ := w.Alarm.Press(alarm.Press{Act: alarm.Excuse, Who: t.who, Level: w.Level(), Cause: t.choice})
	c := notify.CorrectionView{AlarmView: w, From: from, Cause: t.choice}
	event, counts := next.Correction(w.Case, t.at)
	if counts {
		if c, err = r.desk.Weigh(ctx, shop, t.ids[0], event); err != nil {
			return answer{}, fmt.Errorf("weighing a correction of %s: %w", t.ids[0], err)
		}
		c.Lang, c.From, c.Cause, c.Counts = a.lang, from, t.choice, true
	}
	return page(r.say.ConfirmCorrection(c)), nil
}

// pick lists what somebody most likely means who says /take or /excuse without more.
func (r *Router) pick(ctx context.Context, a *ask, shop string, act alarm.Act) (answer, error) {
	kept, err := r.alarms(ctx, shop)
	if err != nil {
		return answer{}, err
	}
	done := map[string]bool{}
	for id, x := range kept {
		done[id] = !x.Excused.Nobody() || act == alarm.Take && x.Held(rules.InstantOf(r.cfg.Now()))
	}
	v, err := r.desk.Pick(ctx, shop, act, done)
	v.Lang = a.lang
	return ifDone(err, func() answer { return page(r.say.Pick(v)) })
}
