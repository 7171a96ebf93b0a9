package notify

import (
	"math"

	"shopwarden/bot/locale"
	"shopwarden/rules"
)

// standing is a score with the counts it rests on. A score that rests on too few cases is judged by nobody: it has no grade
// and no number, only its counts.
type standing struct {
	points rules.Points
	few    bool
	sum    rules.Tally
}

func standingOf(p rules.PrincipleScore) standing {
	s := standing{points: p.Points, few: p.Provisional}
	for _, r := range p.Rules {
		if !r.Rule.Counted() {
			s.sum = s.sum.Plus(r.Tally)
		}
	}
	return s
}

func totalOf(card rules.Scorecard) standing {
	s := standing{points: card.Total, few: card.Provisional}
	for _, p := range card.Principles {
		s.sum = s.sum.Plus(standingOf(p).sum)
	}
	return s
}

// nothing reports that there is nothing to tell: no score, or one that rests on no case at all.
func (s standing) nothing() bool { return !s.points.Known || s.few && s.sum.Resolved() == 0 }

// form is how a text about the score reads, as catalogues name it: key itself, or of its own where there is no score or where
// it rests on too few cases.
func (s standing) form(key string) string {
	switch {
	case !s.points.Known:
		return key + "_none"
	case s.few:
		return key + "_small"
	}
	return key
}

// grade is the grade of the score, none where there are too few cases. Where nothing at all was in time it is no good one,
// whatever the targets of a pack say.
func (s standing) grade() rules.Grade {
	if s.few {
		return rules.NotApplicable
	}
	g := s.points.Grade()
	if nothing := s.sum.Met == 0 && s.sum.Resolved() > 0; nothing && (g == rules.Excellent || g == rules.Good) {
		return rules.Pass
	}
	return g
}

// dot is the colour: white where there is none, or where nothing can be said; yellow where something was late in too few
// cases to say more.
func (s standing) dot(unknown bool) locale.HTML {
	switch {
	case unknown:
		return "⚪"
	case s.few && s.sum.Breached > 0:
		return "🟡"
	}
	return [...]locale.HTML{rules.NotApplicable: "⚪", rules.Excellent: "🟢", rules.Good: "🟢", rules.Pass: "🟡", rules.Poor: "🔴", rules.Unknown: "⚪"}[s.grade()]
}

// since is the change from an earlier standing, ok false unless both can be judged.
func (s standing) since(before standing) (change float64, ok bool) {
	if !s.points.Known || !before.points.Known || s.points.Unknown || before.points.Unknown || s.few || before.few {
		return 0, false
	}
	return moved(before.points.Value, s.points.Value), true
}

// moved is the difference of two scores as they are shown, so that whoever subtracts one from the other gets it too.
func moved(from, to float64) float64 {
	shown := func(points float64) float64 { return math.Floor(points*10 + 1e-9) } // as locale.Printer.Score
	return (shown(to) - shown(from)) / 10
}

// args are what a text says about a standing.
func (s standing) args(v voice, unknown bool) locale.Args {
	return locale.Args{"Dot": s.dot(unknown), "Score": v.Score(s.points.Value), "Grade": v.grade(s.grade()), "Nothing": v.Nothing(),
		"Met": s.sum.Met, "All": s.sum.Resolved(), "Open": s.sum.Open}
}

// soFar is how the day went until now; stale when newer events may be missing.
func (v voice) soFar(s standing, stale bool) locale.HTML {
	key := "now.total"
	switch {
	case !s.points.Known:
		key = "now.total_none"
	case s.few && stale:
		key = "now.total_small_stale"
	case s.few:
		key = "now.total_small"
	case stale:
		key = "now.total_stale"
	}
	return v.T(key, s.args(v, stale))
}

func (v voice) grade(g rules.Grade) locale.HTML {
	if g == rules.NotApplicable || g == rules.Unknown {
		return v.T("grade.none", nil)
	}
	return v.T("grade."+g.String(), nil)
}
