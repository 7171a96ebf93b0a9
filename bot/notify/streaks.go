package notify

import (
	"slices"

	"shopwarden/bot/locale"
	"shopwarden/rules"
)

// praised is how many good news a scorecard tells.
const praised = 2

// milestones are the lengths of a streak that are worth a line: one that is praised every day is praise no more.
var milestones = [...]int{3, 7, 14, 21, 30, 45}

// goodNews is at most two lines: a record, a principle that rose by a point or more, a streak that came to a round length;
// else the rule that was kept most often without a miss. A day of which too little is known has none.
func (v voice) goodNews(d ScorecardView) []locale.HTML {
	if d.unsure() {
		return nil
	}
	news := slices.Concat(v.record(d), v.rise(d), v.streak(d.Streak))
	if len(news) == 0 {
		news = v.clean(d)
	}
	return news[:min(len(news), praised)]
}

// record praises a day above all of the thirty that end with it.
func (v voice) record(d ScorecardView) []locale.HTML {
	switch r := rules.RecordOf(d.Scores); {
	case r.First != 0 && totalOf(d.Card).grade() == r.First:
		return []locale.HTML{v.T("digest.good.first", locale.Args{"Grade": v.grade(r.First), "N": len(d.Scores)})}
	case r.Best:
		return []locale.HTML{v.T("digest.good.best", locale.Args{"N": len(d.Scores)})}
	}
	return nil
}

// rise praises the principle that rose most, when that is a point or more.
func (v voice) rise(d ScorecardView) []locale.HTML {
	best, most := rules.Principle(0), 1.0
	for i, p := range d.Card.Principles {
		if i < len(d.Before.Principles) {
			if up, ok := standingOf(p).since(standingOf(d.Before.Principles[i])); ok && up >= most {
				best, most = p.Principle, up
			}
		}
	}
	if best == 0 {
		return nil
	}
	return []locale.HTML{v.T("scorecard.best_rise", locale.Args{"Principle": v.principle(best), "Change": v.Change(most)})}
}

// streak praises the longest streak that came to a round length.
func (v voice) streak(list []rules.Streak) []locale.HTML {
	for _, s := range list {
		if !s.Open && slices.Contains(milestones[:], s.Days) {
			return []locale.HTML{v.T("digest.good.streak", locale.Args{"Rule": v.ruleName(s.Rule.ID), "Count": s.Days})}
		}
	}
	return nil
}

// clean praises the rule that was kept most often without a miss.
func (v voice) clean(d ScorecardView) []locale.HTML {
	var clean rules.RuleScore
	for _, p := range d.Card.Principles {
		for _, r := range p.Rules {
			if r.Tally.Breached == 0 && r.Tally.Met > clean.Tally.Met {
				clean = r
			}
		}
	}
	if clean.Tally.Met == 0 {
		return nil
	}
	return []locale.HTML{v.T("scorecard.best_clean", locale.Args{"Rule": v.ruleName(clean.Rule.ID), "N": clean.Tally.Met})}
}
