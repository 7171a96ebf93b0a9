package notify_test

import (
	"strings"
	"testing"
	"time"

	"shopwarden/bot/notify"
	"shopwarden/rules"
)

// tallies is a day or week with some trouble: late parcels, slow reviews, good chats.
func tallies() rules.DayTallies {
	return rules.DayTallies{
		"ship-on-time":        {Met: 38, Breached: 2, Open: 7},
		"chat-first-response": {Met: 41, Timed: 41, TookMS: 41 * 13900},
		"after-sales-review":  {Met: 12, Timed: 12, TookMS: 12 * 7 * 3600 * 1000},
		"invoice-on-time":     {Open: 1},
	}
}

func due(t testing.TB) []rules.Case {
	later := shipping(t, "1240", at(23, "17:15:00"))
	later.Due = at(24, "12:00:00")
	chat := rules.Case{Rule: "chat-first-response", Subject: rules.Subject{Kind: rules.Conversation, ID: "c-77"}, Due: at(23, "17:16:20"), Stages: []rules.Instant{at(23, "17:14:59")}, Passed: 1, Outcome: rules.Open, Reason: rules.Running}
	return []rules.Case{chat, shipping(t, "1234", at(23, "17:15:00")), later}
}

func late1(t testing.TB) []rules.Case {
	return []rules.Case{
		shipping(t, "1199", at(23, "19:00:00")),
		shipping(t, "1201", at(23, "19:00:00"), fact("order.picked_up", at(23, "18:40:30"))),
	}
}

func TestTodayShowsTheVerdictFirst(t *testing.T) {
	c := composer(t)
	both(t, "today", func(lang string, s *sheet) {
		v := view(t)
		v.Lang = lang
		card := v.Policy.Score(date(23), date(24), tallies())
		page := func(title string, tv notify.TodayView) {
			html, buttons := c.Today(tv)
			s.page(title, html, buttons)
		}
		worse := tallies()
		worse["ship-on-time"] = rules.Tally{Met: 38, Breached: 5, Open: 7}
		page("act now", notify.TodayView{View: v, Card: v.Policy.Score(date(23), date(24), worse), Soon: 2, Urgent: due(t),
			Findings: []rules.Finding{{Rule: "ship-on-time", Day: date(23), Breached: 5, Limit: 3}}})
		page("watch", notify.TodayView{View: v, Card: card, Soon: 1, Urgent: due(t)[1:]})
		good := v.Policy.Score(date(23), date(24), rules.DayTallies{"ship-on-time": {Met: 40}, "chat-first-response": {Met: 3}})
		page("fine", notify.TodayView{View: v, Card: good})
		page("all late, and few", notify.TodayView{View: v, Card: v.Policy.Score(date(23), date(24), rules.DayTallies{"chat-first-response": {Breached: 2}})})
		page("good, and few", notify.TodayView{View: v, Card: v.Policy.Score(date(23), date(24), rules.DayTallies{"chat-first-response": {Met: 3}})})
		page("nothing finished yet", notify.TodayView{View: v, Card: v.Policy.Score(date(23), date(24), nil)})
		v.Heard = at(23, "16:23:00")
		page("silent for 52 minutes", notify.TodayView{View: v, Card: good})
		page("silent, and few", notify.TodayView{View: v, Card: v.Policy.Score(date(23), date(24), rules.DayTallies{"chat-first-response": {Met: 1, Breached: 2}})})
		v.Heard = 0
		page("never heard", notify.TodayView{View: v, Card: v.Policy.Score(date(23), date(24), nil)})
	})
}

func TestWhyTellsTheStoryOfACase(t *testing.T) {
	c := composer(t)
	moved := fact("order.ship_by_changed", at(23, "10:00:00"), rules.Attr{Key: "ship_by", Value: "1795705200000"})
	both(t, "why", func(lang string, s *sheet) {
		v := view(t)
		v.Lang = lang
		page := func(title string, now rules.Instant, k rules.Case) {
			v.Now = now
			html, buttons := c.Why(notify.WhyView{View: v, Rule: k.Rule, Subject: k.Subject, Case: k, Found: true})
			s.page(title, html, buttons)
		}
		now := at(23, "17:15:00")
		page("open", now, shipping(t, "1", now))
		page("open with a new deadline", now, shipping(t, "2", now, moved))
		page("in time", now, shipping(t, "3", now, fact("order.picked_up", at(22, "20:15:07"))))
		now = at(23, "19:00:00")
		page("late", now, shipping(t, "4", now, fact("order.picked_up", at(23, "18:40:30"))))
		page("never", now, shipping(t, "5", now))
		page("late by less than a second", now, shipping(t, "8", now, fact("order.picked_up", at(23, "18:00:00")+400)))
		page("in time by less than a second", now, shipping(t, "9", now, fact("order.picked_up", at(23, "18:00:00")-1)))
		page("called off after the deadline", now, shipping(t, "10", now, fact("order.canceled", at(23, "18:30:00"), rules.Attr{Key: "by", Value: "buyer"})))
		page("called off", now, shipping(t, "6", now, fact("order.canceled", at(22, "09:00:00"), rules.Attr{Key: "by", Value: "buyer"})))
		night, _ := rules.Facts{}.Add(fact("aftersale.opened", at(23, "01:30:00")))
		page("at night", now, policy(t).Judge(rules.Subject{Kind: rules.Aftersale, ID: "A-9"}, night, now)[0])
		html, buttons := c.Why(notify.WhyView{View: v, Rule: "ship-on-time", Subject: order("7")})
		s.page("unknown", html, buttons)
		html, buttons = c.Why(notify.WhyView{View: v, Subject: order("penalty/P-1")})
		s.page("unknown penalty", html, buttons)
		html, buttons = c.Why(notify.WhyView{View: v, Subject: rules.Subject{ID: "7"}})
		s.page("unknown, of no kind", html, buttons)
		html, buttons = c.Why(notify.WhyView{View: v, Subject: rules.Subject{Kind: rules.Conversation, ID: "c-1"}, NoCase: true})
		s.page("no promise applies", html, buttons)
	})
}

func TestTipsRestOnTheShopsOwnNumbers(t *testing.T) {
	c := composer(t)
	both(t, "tips", func(lang string, s *sheet) {
		v := view(t)
		v.Lang = lang
		page := func(title string, tv notify.TipsView) {
			tv.View, tv.From, tv.To = v, date(17), date(24)
			html, buttons := c.Tips(tv)
			s.page(title, html, buttons)
		}
		page("ranked", notify.TipsView{Tallies: tallies()})
		page("one rule", notify.TipsView{Tallies: tallies(), Rule: "ship-on-time"})
		page("one rule by mean", notify.TipsView{Tallies: tallies(), Rule: "after-sales-review"})
		page("one rule without cases", notify.TipsView{Tallies: tallies(), Rule: "platform-ticket-response"})
		page("unknown rule", notify.TipsView{Rule: "my-own-rule"})
		page("all fine", notify.TipsView{Tallies: rules.DayTallies{"ship-on-time": {Met: 40}}})
		page("no data", notify.TipsView{})
		page("by cause", notify.TipsView{Tallies: caused(), Causes: causes()})
		page("by cause, of one rule", notify.TipsView{Tallies: caused(), Causes: causes(), Rule: "ship-on-time"})
		broken := causes()["ship-on-time"][0]
		broken.Cases, broken.AllCases = 0, 0
		page("only broken cases were read", notify.TipsView{Tallies: caused(), Causes: map[string][]rules.Pattern{"ship-on-time": {broken}}, Read: 1000})
		page("accepted", notify.TipsView{Tallies: caused(), Causes: causes(), Noted: notify.Accepted,
			States: map[string]notify.TipState{"ship-late-evening": {Decision: notify.Accepted, At: at(23, "09:00:00"), Rule: "ship-on-time"}}})
		page("all put away", notify.TipsView{Tallies: rules.DayTallies{"platform-ticket-response": {Met: 3, Breached: 9}}, Noted: notify.NotUseful,
			States: map[string]notify.TipState{"ticket-evidence": {Decision: notify.NotUseful, At: at(23, "09:00:00")},
				"ticket-week-steps": {Decision: notify.Later, At: at(18, "09:00:00")}}})
		page("measured", notify.TipsView{Tallies: rules.DayTallies{"ship-on-time": {Met: 40}}, Results: results()})
	})
}

// caused is 30 days in which 12 of 300 parcels and 5 of 12 reviews were late, causes what these have in common.
func caused() rules.DayTallies {
	return rules.DayTallies{"ship-on-time": {Met: 288, Breached: 12}, "after-sales-review": {Met: 7, Breached: 5, Timed: 12, TookMS: 12 * 20 * 3600 * 1000}}
}

func causes() map[string][]rules.Pattern {
	return map[string][]rules.Pattern{
		"ship-on-time": {{Dim: rules.ByWeekHour, Value: "fri 20-24", Misses: 9, AllMisses: 12, Cases: 25, AllCases: 300}},
		"after-sales-review": {{Dim: rules.ByAgent, Value: "Li <Lei>", Misses: 4, AllMisses: 5, Cases: 5, AllCases: 12, Timed: 4, TookMS: 4 * 40 * 3600 * 1000},
			{Dim: rules.BySKU, Value: "A|1", Misses: 1, AllMisses: 5, Cases: 5, AllCases: 12, Timed: 1, TookMS: 38 * 3600 * 1000}},
	}
}

func results() []notify.TipResult {
	state := notify.TipState{Decision: notify.Accepted, At: at(15, "09:00:00"), Rule: "ship-on-time"}
	result := func(tip string, a, b, c, d int64, whole bool) notify.TipResult {
		return notify.TipResult{Tip: tip, State: state, Whole: whole,
			Compare: rules.Compare(rules.MissShare{Misses: a, Cases: b}, rules.MissShare{Misses: c, Cases: d})}
	}
	evening := result("ship-late-evening", 9, 25, 2, 24, false)
	evening.State.Dim, evening.State.Value = rules.ByWeekHour, "fri 20-24"
	return []notify.TipResult{evening, result("ship-weekend", 1, 40, 9, 40, true),
		result("ship-slow-item", 5, 25, 3, 25, false), result("route-carrier", 5, 25, 0, 0, false)}
}

func TestEveryValueOfACauseIsSaid(t *testing.T) {
	c := composer(t)
	both(t, "causes", func(lang string, s *sheet) {
		v := view(t)
		v.Lang = lang
		for _, d := range rules.Dims() {
			values := []string{"SF <Express>"}
			switch d {
			case rules.ByHour:
				values = rules.HourBlocks()
			case rules.ByWeekday:
				values = rules.Weekdays()
			case rules.ByWeekHour:
				values = []string{"mon 00-06", "fri 20-24", "sun 09-12"}
			}
			for _, value := range values {
				cause := rules.Pattern{Dim: d, Value: value, Misses: 9, AllMisses: 12, Cases: 25, AllCases: 300}
				html, _ := c.Tips(notify.TipsView{View: v, From: date(1), To: date(24), Rule: "ship-on-time",
					Tallies: rules.DayTallies{"ship-on-time": {Met: 288, Breached: 12}}, Causes: map[string][]rules.Pattern{"ship-on-time": {cause}}})
				s.page(d.String()+" "+value, html, nil)
			}
		}
	})
}

func TestATipPutAwayComesBackAfterItsTime(t *testing.T) {
	const day = 24 * time.Hour
	for d, span := range map[notify.Decision]time.Duration{notify.Accepted: 30 * day, notify.Later: 7 * day, notify.NotUseful: 90 * day} {
		s := notify.TipState{Decision: d, At: at(1, "12:00:00")}
		end := s.At + rules.Instant(span.Milliseconds())
		if !s.Hides(s.At) || !s.Hides(end-1) || s.Hides(end) {
			t.Errorf("%s: hides at once %v, a moment before %v %v, then %v", d, s.Hides(s.At), span, s.Hides(end-1), s.Hides(end))
		}
		if got, err := notify.ParseDecision(d.String()); got != d || err != nil {
			t.Errorf("%s: read as %v, %v", d, got, err)
		}
	}
	if (notify.TipState{}).Hides(at(1, "12:00:00")) {
		t.Error("a tip that nothing was said to is put away")
	}
}

func TestAnAcceptedTipIsMeasuredSevenFullDaysAfterTheDay(t *testing.T) {
	for clock, want := range map[string]rules.Date{"00:00:00": date(23), "23:59:59": date(23)} {
		if got := (notify.TipState{At: at(16, clock)}).Measured(shanghai); got != want {
			t.Errorf("accepted at %s: measured on %s, want %s", clock, got, want)
		}
	}
}

func TestTheScorecardTellsWhatBecameOfAcceptedTips(t *testing.T) {
	c, v := composer(t), view(t)
	card := v.Policy.Score(date(22), date(23), rules.DayTallies{"ship-on-time": {Met: 40}})
	both(t, "measured", func(lang string, s *sheet) {
		v.Lang = lang
		html, buttons := c.Scorecard(notify.ScorecardView{View: v, Day: date(22), Card: card, Results: results()})
		s.page("scorecard", html, buttons)
	})
}

func TestCostsAreRankedByWhatTheTotalWouldGain(t *testing.T) {
	costs := notify.TipsView{View: view(t), From: date(17), To: date(24), Tallies: tallies()}.Costs()
	if len(costs) != 2 || costs[0].Rule.ID != "ship-on-time" || costs[1].Rule.ID != "after-sales-review" || costs[0].Points <= costs[1].Points {
		t.Errorf("got %+v", costs)
	}
}

func TestSilenceIsNeverGreen(t *testing.T) {
	v := view(t)
	good := v.Policy.Score(date(23), date(24), rules.DayTallies{"ship-on-time": {Met: 40}})
	none := v.Policy.Score(date(23), date(24), nil)
	chat := rules.Case{Rule: "chat-first-response", Due: v.Now + 150_000, Stages: []rules.Instant{v.Now + 70_000}, Outcome: rules.Open}
	warned := chat
	warned.Passed = 1
	bad := []rules.Finding{{Rule: "ship-on-time", Day: date(23), Breached: 3, Limit: 3}}
	for _, tt := range []struct {
		name  string
		heard rules.Instant
		view  notify.TodayView
		want  notify.Verdict
	}{
		{"fresh and good", v.Now, notify.TodayView{Card: good}, notify.Fine},
		{"40 minutes", v.Now - 40*60_000, notify.TodayView{Card: good}, notify.Fine},
		{"more", v.Now - 40*60_000 - 1, notify.TodayView{Card: good}, notify.Unknown},
		{"never", 0, notify.TodayView{Card: good}, notify.NoData},
		{"nothing finished", v.Now, notify.TodayView{Card: none}, notify.NoData},
		{"nothing finished, something due", v.Now, notify.TodayView{Card: none, Soon: 1}, notify.Watch},
		{"a chat that has just begun", v.Now, notify.TodayView{Card: good, Soon: 1, Urgent: []rules.Case{chat}}, notify.Watch},
		{"a chat past its warning", v.Now, notify.TodayView{Card: good, Soon: 1, Urgent: []rules.Case{warned}}, notify.Act},
		{"known to be bad, though silent", 0, notify.TodayView{Card: good, Findings: bad}, notify.Act},
	} {
		tt.view.View = v
		tt.view.Heard = tt.heard
		if got := tt.view.Verdict(); got != tt.want {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestNoScoreThatRestsOnLittleIsGreenOrGraded(t *testing.T) {
	c := composer(t)
	v := view(t)
	for lang, words := range map[string][]string{"en": {"good", "excellent", "(pass)", "poor"}, "zh": {"良好", "优秀", "及格", "偏低"}} {
		v.Lang = lang
		for _, tally := range []rules.Tally{{Breached: 1}, {Breached: 3}, {Breached: 19}, {Met: 1}, {Met: 1, Breached: 1}, {Breached: 2, Open: 9}} {
			card := v.Policy.Score(date(23), date(24), rules.DayTallies{"chat-first-response": tally})
			today, _ := c.Today(notify.TodayView{View: v, Card: card})
			day, _ := c.Scorecard(notify.ScorecardView{View: v, Day: date(23), Card: card, Before: card})
			_, scores, _ := strings.Cut(today, "\n\n")
			_, headless, _ := strings.Cut(day, "\n\n") // "all 1 in time" is praise for a rule, not a score
			headless += strings.SplitN(day, "\n", 2)[0]
			for name, html := range map[string]string{"today": scores, "scorecard": headless} {
				for _, word := range append(words, "🟢") {
					if strings.Contains(html, word) {
						t.Errorf("%s in %s of %+v says %s:\n%s", name, lang, tally, word, html)
					}
				}
			}
			if tally.Breached > 0 && strings.Contains(today, "🟢") {
				t.Errorf("something is late and the verdict is green:\n%s", today)
			}
		}
	}
}

func TestNothingInTimeIsNeverGreenHoweverARuleScores(t *testing.T) {
	v := view(t)
	card := v.Policy.Score(date(23), date(24), rules.DayTallies{"chat-first-response": {Breached: 40}})
	card.Total, card.Principles[0].Points = rules.Points{Value: 95, Known: true}, rules.Points{Value: 95, Known: true}
	today, _ := composer(t).Today(notify.TodayView{View: v, Card: card})
	day, _ := composer(t).Scorecard(notify.ScorecardView{View: v, Day: date(23), Card: card})
	for _, html := range []string{today, day} {
		if strings.Contains(html, "🟢") || strings.Contains(html, "优秀") {
			t.Errorf("0 of 40 in time:\n%s", html)
		}
	}
}
