package notify_test

import (
	"testing"

	"shopwarden/bot/notify"
	"shopwarden/rules"
)

// month is sixty days with a little trouble, the last of them today.
func month() rules.Days {
	days := rules.Days{}
	for i := range 60 {
		day := rules.DayTallies{"ship-on-time": {Met: 38, Breached: int64(i % 3 / 2)}, "chat-first-response": {Met: 41, Breached: 1, Timed: 42, TookMS: 42 * 13900},
			"after-sales-review": {Met: 12, Timed: 12, TookMS: 12 * 7 * 3600 * 1000}}
		if i%7 == 0 {
			day["invoice-on-time"] = rules.Tally{Met: 1}
		}
		days[date(23).Next(-i)] = day
	}
	days[date(23)] = tallies()
	return days
}

func TestTodaySaysWhatMayStillGoWrongAndWhatToSave(t *testing.T) {
	c := composer(t)
	both(t, "outlook", func(lang string, s *sheet) {
		v := view(t)
		v.Lang = lang
		today, days, open := date(23), month(), due(t)
		counts := rules.Counts{From: today, To: today.Next(1), Days: days}
		tv := notify.TodayView{View: v, Card: v.Policy.ScoreOf(counts), Soon: 2, Urgent: open, Overview: v.Policy.Overview(today, days, nil, false),
			Allowances: v.Policy.Allowances(today, days), Outlook: v.Policy.Forecast(rules.Pace{Day: today, Now: v.Now, Days: days, Open: open}),
			Rescues: v.Policy.Rescues(counts, open, v.Now), WhatIf: v.Policy.WhatIf(counts, open, v.Now)}
		html, buttons := c.Today(tv)
		s.page("a day with an outlook", html, buttons)
		v.Heard = at(23, "16:23:00")
		tv.View = v
		html, buttons = c.Today(tv)
		s.page("silent: nothing is foretold", html, buttons)
	})
}

func TestTheScoreSaysWhereItsPointsWent(t *testing.T) {
	c := composer(t)
	both(t, "score", func(lang string, s *sheet) {
		v := view(t)
		v.Lang = lang
		html, buttons := c.Score(notify.ScoreView{View: v, Overview: v.Policy.Overview(date(23), month(), nil, false)})
		s.page("thirty days", html, buttons)
		html, buttons = c.Score(notify.ScoreView{View: v, Overview: v.Policy.Overview(date(23), nil, nil, false)})
		s.page("nothing yet", html, buttons)
	})
}

func TestAPersonAsksForTheScoreInEitherLanguage(t *testing.T) {
	for text, want := range map[string]bool{"score": true, "得分": true, "分数": true, "1001": false, "": false} {
		if got := notify.IsScore(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}
