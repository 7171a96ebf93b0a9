package notify

import (
	"shopwarden/bot/alarm"
	"shopwarden/bot/locale"
	"shopwarden/bot/outbox"
	"shopwarden/rules"
)

// What stands before the shop in the name of a group says what its headline says of the whole. foldBroken is for promises
// that a fact broke, of which nothing is overdue.
const (
	foldBreach    = "breach/"
	foldBroken    = "broken/"
	foldStage     = "stage/"
	foldViolation = "violation/"
	foldQuiet     = "quiet/"
)

// calm is how long, in ms, the next alerts of one rule wait after one was told, and then go as one: a minute is long enough
// to catch a burst, and short enough to act.
const calm = 60_000

// foldOf is how an alert reads in one row among others. Without a group it takes the place of a row, and is never told
// together with others.
func (v voice) foldOf(rule, id string, at rules.Instant, row locale.HTML) *outbox.Fold {
	return &outbox.Fold{About: string(v.about(rule)), Row: string(row), Case: id, Shop: v.Shop.ID, At: at}
}

// burst puts a fold among those of its rule.
func (v voice) burst(f *outbox.Fold, group, rule string) *outbox.Fold {
	f.Group, f.Calm = group+v.Shop.ID+"/"+rule, calm
	return f
}

func (v voice) warningFold(k rules.Case) *outbox.Fold {
	row := v.T("fold.due", locale.Args{"Case": v.name(k.Subject), "Left": v.Duration(between(v.Now, k.Due)), "Due": v.when(k.Due)})
	return v.burst(v.foldOf(k.Rule, alarm.CaseID(k.Ref(), k.Subject), k.Due, row), foldStage, k.Rule)
}

func (v voice) breachFold(k rules.Case) *outbox.Fold {
	group := foldBreach
	if r, ok := v.rule(k.Rule); k.Reason == rules.Failed || ok && r.Presumed {
		group = foldBroken
	}
	return v.burst(v.foldOf(k.Rule, alarm.CaseID(k.Ref(), k.Subject), k.Due, v.brokenRow(k)), group, k.Rule)
}

// brokenRow is a breach in one row.
func (v voice) brokenRow(k rules.Case) locale.HTML {
	if k.Reason == rules.StoppedLate {
		return v.T("fold.late", locale.Args{"Case": v.name(k.Subject), "Late": v.Duration(between(k.Due, k.Stop)), "Due": v.when(k.Due)})
	}
	if k.Reason == rules.Failed {
		return v.T("fold.failed", locale.Args{"Case": v.name(k.Subject), "What": v.fact(k.Ended), "Stop": v.when(k.Due)})
	}
	return v.overdueRow(k.Rule, k.Subject, k.Due)
}

// justNow is how long something is overdue without its being said for how long.
const justNow = 60_000

func (v voice) overdueRow(rule string, s rules.Subject, due rules.Instant) locale.HTML {
	args := locale.Args{"Case": v.name(s), "Due": v.when(due)}
	r, ok := v.rule(rule)
	switch {
	case ok && r.Presumed:
		return v.name(s)
	case v.Now-due < justNow:
		return v.T("fold.overdue_now", args)
	}
	args["Ago"] = v.Duration(between(due, v.Now))
	return v.T("fold.overdue", args)
}

// clearedFold and withdrawnFold take the place of the row of what they take back.
func (v voice) clearedFold(x Cleared) *outbox.Fold {
	row := v.overdueRow(x.Entry.Rule, x.Subject, x.Entry.Due).Struck() + " " + v.excuse(x)
	f := v.foldOf(x.Entry.Rule, alarm.CaseID(x.Entry.Ref(), x.Subject), x.Entry.Due, row)
	f.Done = true
	return f
}

func (v voice) withdrawnFold(f rules.Finding) *outbox.Fold {
	row := v.reachedRow(f).Struck() + " " + v.T("retract.violation", locale.Args{"Limit": f.Limit})
	fold := v.foldOf(f.Rule, alarm.DayID(f.Rule, f.Day), f.Day.At(0, v.zone()), row)
	fold.Done = true
	return fold
}

func (v voice) violationFold(f rules.Finding) *outbox.Fold {
	fold := v.foldOf(f.Rule, alarm.DayID(f.Rule, f.Day), f.Day.At(0, v.zone()), v.reachedRow(f))
	fold.Group = foldViolation + v.Shop.ID + "/" + f.Rule + "/" + f.Day.String()
	return fold
}

func (v voice) reachedRow(f rules.Finding) locale.HTML {
	return v.T("fold.reached", locale.Args{"Count": f.Breached, "Day": v.day(f.Day), "Limit": f.Limit})
}
