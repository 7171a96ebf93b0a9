package notify

import (
	"cmp"
	"slices"
	"time"

	"shopwarden/bot/locale"
	"shopwarden/rules"
)

// Rescued is how many cases of a day are looked at for the one to save first.
const Rescued = 5

// spare is how much one rule may still miss before a target is lost.
type spare struct {
	rule   *rules.Rule
	room   rules.Room
	left   rules.Left
	target float64
}

// spares lists the rules of which something can be said, those first that may miss least. Where the good target is lost, the
// pass mark is meant.
func spares(allowances []rules.Allowance) (list []spare) {
	for _, a := range allowances {
		today := a.Today.Tally.Resolved() + a.Today.Tally.Open
		if a.Rule.Metric != rules.MetRate || a.Rule.Counted() || today == 0 {
			continue
		}
		room := a.Window
		if today >= int64(a.Rule.MinSample) {
			room = a.Today
		}
		all := room.Tally.Resolved() + room.Tally.Open
		if all < int64(a.Rule.MinSample) {
			continue // too few to say anything of a share
		}
		n := spare{a.Rule, room, room.Good, a.Rule.Anchors.Good}
		if !n.left.Kept {
			n.left, n.target = room.Pass, a.Rule.Anchors.Pass
		}
		// Where not even one of so many may be missed, that is no allowance used up but a target that knows none.
		if n.left.Known && !n.left.NoLimit && (float64(all)*(1-n.target) >= 1 || !n.left.Kept) {
			list = append(list, n)
		}
	}
	slices.SortStableFunc(list, func(a, b spare) int { return cmp.Compare(a.left.Misses, b.left.Misses) })
	return list
}

// tight is up to how many misses an allowance is worth a line on a page that has few.
const tight = 20

// allowance says for the rule that is closest to losing a target how many more may be missed, and until when; where every
// target is lost, that one is; where no share can be judged, how far the line is.
func (v voice) allowance(t TodayView) []locale.HTML {
	list := spares(t.Allowances)
	if i := slices.IndexFunc(list, func(s spare) bool { return s.left.Kept && s.left.Misses <= tight }); i >= 0 {
		return []locale.HTML{v.room(list[i], true)}
	}
	if rule, left := room(t.Card); left > 0 {
		return []locale.HTML{v.T("now.to_line", locale.Args{"Rule": v.ruleName(rule), "Count": left})}
	}
	if len(list) > 0 && !list[0].left.Kept {
		return []locale.HTML{v.room(list[0], true)}
	}
	return nil
}

// room is an allowance in words; bare leaves out the rule where the line stands under its name.
func (v voice) room(s spare, rule bool) locale.HTML {
	args := locale.Args{"Target": v.Percent(s.target), "Count": s.left.Misses, "Back": s.left.Back,
		"Period": v.roomPeriod(s.room), "Reset": v.soonOr(s.room.Resets)}
	key := "now.may_miss"
	switch {
	case !s.left.Kept:
		key = "now.below"
	case s.left.Misses == 0:
		key = "now.may_miss_none"
	}
	line := v.T(key, args)
	if rule {
		line = v.T("now.of_rule", locale.Args{"Rule": v.ruleName(s.rule.ID), "Text": line})
	}
	return v.T("now.allowance", locale.Args{"Text": line})
}

// soonOr is a time of day alone within the next 24 hours, with its day beyond.
func (v voice) soonOr(i rules.Instant) locale.HTML {
	if between(v.Now, i) <= 24*time.Hour {
		return v.Clock(v.at(i))
	}
	return v.when(i)
}

func (v voice) roomPeriod(r rules.Room) locale.HTML {
	if r.To == r.From.Next(1) {
		return v.T("allow.today", nil)
	}
	return v.T("allow.days", locale.Args{"N": int(r.To - r.From)})
}

// room finds the rule that was broken today and is closest to its violation line, and how many more breaches reach it.
func room(card rules.Scorecard) (rule string, left int64) {
	for _, p := range card.Principles {
		for _, r := range p.Rules {
			n := int64(r.Rule.AlertAt) - r.Tally.Breached
			if r.Rule.Severity != bonus && r.Tally.Breached > 0 && n > 0 && (left == 0 || n < left) {
				rule, left = r.Rule.ID, n
			}
		}
	}
	return rule, left
}

// forecast says where the day ends at this pace, when that can be judged and is not where it stands already.
func (v voice) forecast(t TodayView) []locale.HTML {
	end := totalOf(t.Outlook.Expected)
	if len(t.Outlook.Rules) == 0 || !judged(end) || !judged(totalOf(t.Card)) || v.Score(end.points.Value) == v.Score(t.Card.Total.Value) {
		return nil
	}
	return []locale.HTML{v.T("now.pace", locale.Args{"Score": v.Score(end.points.Value), "Low": v.Score(t.Outlook.Low.Total.Value),
		"High": v.Score(t.Outlook.High.Total.Value)})}
}
