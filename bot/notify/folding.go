package notify

import (
	"shopwarden/bot/alarm"
	"shopwarden/bot/locale"
	"shopwarden/bot/outbox"
	"shopwarden/rules"
)

// The groups that may be folded: what stands before the shop, and what the headline says of the whole. brokenGroup is for
// promises that a fact broke, of which nothing is overdue.
const (
	breachGroup    = "breach/"
	brokenGroup    = "broken/"
	stageGroup     = "stage/"
	violationGroup = "violation/"
	quietGroup     = "quiet/"
)

// calm is how long, in ms, the next alerts of one rule wait after one was told, and then go as one: a minute is long enough
// to catch a burst, and short enough to act.
const calm = 60_000

// folding is how an alert reads in one row among others.
type folding struct {
	group string
	id    string // of the alarm
	calm  int64
	at    rules.Instant
	done  bool
	row   func(voice) locale.HTML
}

// part words a folding for one chat.
func (f folding) part(v voice, rule string) outbox.Fold {
	return outbox.Fold{Group: f.group, About: string(v.about(rule)), Row: string(f.row(v)), Case: f.id, Calm: f.calm,
		Shop: v.Shop.ID, Done: f.done, At: f.at}
}

func (n News) warningFold(k rules.Case) folding {
	return folding{group: stageGroup + n.Shop.ID + "/" + k.Rule, id: alarm.CaseID(k.Ref(), k.Subject), calm: calm, at: k.Due,
		row: func(v voice) locale.HTML {
			return v.T("fold.due", locale.Args{"Case": v.name(k.Subject), "Left": v.Duration(between(v.Now, k.Due)), "Due": v.when(k.Due)})
		}}
}

func (n News) breachFold(k rules.Case) folding {
	group := breachGroup
	if r, ok := n.Policy.Rule(k.Rule, n.Policy.Day(n.Now)); k.Reason == rules.Failed || ok && r.Presumed {
		group = brokenGroup
	}
	return folding{group: group + n.Shop.ID + "/" + k.Rule, id: alarm.CaseID(k.Ref(), k.Subject), calm: calm, at: k.Due,
		row: func(v voice) locale.HTML { return v.brokenRow(k) }}
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

// clearedFold and withdrawnFold are never folded: they take the place of the row of what they take back.
func (n News) clearedFold(x Cleared) folding {
	return folding{id: alarm.CaseID(x.Entry.Ref(), x.Subject), at: x.Entry.Due, done: true,
		row: func(v voice) locale.HTML {
			return v.overdueRow(x.Entry.Rule, x.Subject, x.Entry.Due).Struck() + " " + v.excuse(x)
		}}
}

func (n News) violationFold(f rules.Finding) folding {
	return folding{group: violationGroup + n.Shop.ID + "/" + f.Rule + "/" + f.Day.String(), id: alarm.DayID(f.Rule, f.Day),
		at: f.Day.At(0, n.Policy.Zone()), row: func(v voice) locale.HTML { return v.reachedRow(f) }}
}

func (v voice) reachedRow(f rules.Finding) locale.HTML {
	return v.T("fold.reached", locale.Args{"Count": f.Breached, "Day": v.day(f.Day), "Limit": f.Limit})
}

func (n News) withdrawnFold(f rules.Finding) folding {
	return folding{id: alarm.DayID(f.Rule, f.Day), at: f.Day.At(0, n.Policy.Zone()), done: true, row: func(v voice) locale.HTML {
		return v.reachedRow(f).Struck() + " " + v.T("retract.violation", locale.Args{"Limit": f.Limit})
	}}
}
