package notify_test

import (
	"strings"
	"testing"

	"shopwarden/bot/locale"
	"shopwarden/bot/notify"
	"shopwarden/rules"
)

// strict is the small pack with consequences: points for late parcels, a suspension at 12 and 24.
func strict(t testing.TB) *rules.Policy {
	t.Helper()
	b := book()
	e := &b.Editions[0]
	e.Ladder = rules.Ladder{Currency: "CNY", Nodes: []rules.Node{{Class: rules.General, At: 1200, Every: true, Exam: true, Days: 3, Fine: 200000},
		{Class: rules.Severe, At: 1200, Removal: true}}}
	e.Rules[0].Lines = []rules.Line{
		{ID: "warn", Window: 1, Breached: 1, Rung: rules.Warning},
		{ID: "points", Window: 1, Breached: 2, Rung: rules.GeneralPoints, Points: 400},
		{ID: "complaint", Window: 1, Breached: 2, Rung: rules.GeneralPoints, Points: 50, PerCase: true,
			If: rules.Text{Zh: "消费者投诉成立", En: "the buyer's complaint is upheld"}},
		{ID: "week", Window: rules.NaturalWeek, Breached: 5, Share: 300, Rung: rules.OrderLimit, Days: 7}}
	e.Rules[3].Lines = []rules.Line{{ID: "many", Window: 1, Breached: 2, Rung: rules.SeverePoints, Points: 100}}
	p, err := rules.NewPolicy(b, rules.Terms{Zone: shanghai, Hours: rules.ByPlatform})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// penalties are what the platform announced: one of each state.
func penalties() map[string]rules.Facts {
	set := func(facts ...rules.Fact) (out rules.Facts) {
		for _, f := range facts {
			out, _ = out.Add(f)
		}
		return out
	}
	attr := func(pairs ...string) (list []rules.Attr) {
		for i := 0; i < len(pairs); i += 2 {
			list = append(list, rules.Attr{Key: pairs[i], Value: pairs[i+1]})
		}
		return list
	}
	issued := func(day int, pairs ...string) rules.Fact {
		return fact("penalty.issued", at(day, "10:00:00"), attr(pairs...)...)
	}
	return map[string]rules.Facts{
		"P-open":   set(issued(18, "rung", "general_points", "rule", "缺货", "points", "2", "amount", "50000", "currency", "CNY")),
		"P-back":   set(issued(2, "rung", "severe_points", "rule", "虚假发货", "points", "4"), fact("penalty.withdrawn", at(23, "09:00:00"))),
		"P-exam":   set(issued(10, "rung", "exam", "rule", "<b>"), fact("penalty.upheld", at(12, "09:00:00"))),
		"P-asked":  set(issued(20, "rung", "order_limit"), fact("penalty.appealed", at(21, "09:00:00"))),
		"P-over":   set(issued(1, "rung", "severe_points", "points", "1")),
		"P-notice": set(issued(5, "rung", "notice"), fact("penalty.upheld", at(6, "09:00:00"))),
		"P-odd":    set(issued(6, "rung", "general_points", "points", "1e1")),
	}
}

// simulated is a year that ends on the 23rd: late parcels on the two days before and on that day, and tickets that day.
func simulated(t testing.TB) rules.Ledger {
	late := rules.DayTallies{"ship-on-time": {Met: 38, Breached: 3}}
	return strict(t).Climb(date(23), map[rules.Date]rules.DayTallies{date(21): late, date(22): late,
		date(23): {"ship-on-time": {Met: 38, Breached: 5}, "platform-ticket-response": {Met: 1, Breached: 2}}})
}

func TestTheLadderKeepsWhatIsSimulatedFromWhatWasImposed(t *testing.T) {
	c := composer(t)
	both(t, "ladder", func(lang string, s *sheet) {
		v := view(t)
		v.Lang, v.Policy = lang, strict(t)
		l := notify.LadderView{View: v, Day: date(23), Ledger: simulated(t)}
		week := notify.ViolationsView{View: v, From: date(17), To: date(24), Cases: late1(t), Total: 2, Counts: map[string]int{"ship-on-time": 11}}
		page := func(title string, l notify.LadderView) {
			week.Ladder = l
			html, buttons := c.Violations(week)
			s.page(title, html, buttons)
		}
		page("simulated only", l)
		l.Owed = []notify.Owed{{Rule: "ship-on-time", Subject: order("1"), Amount: 1200, Currency: "CNY"}, {Rule: "ship-on-time", Subject: order("2"), Amount: 300, Currency: "CNY"}}
		l.Unread, l.Imposed = 20, rules.Impose(2026, penalties(), shanghai)
		page("both", l)
		page("imposed only", notify.LadderView{View: v, Day: date(23), Imposed: l.Imposed})
		html, buttons := c.Violations(notify.ViolationsView{View: v, From: date(23), To: date(24), Ladder: notify.LadderView{Day: date(23), Imposed: l.Imposed}})
		s.page("nothing late, and a penalty", html, buttons)

		card := v.Policy.Score(date(23), date(24), tallies())
		html, buttons = c.Today(notify.TodayView{View: v, Card: card, Ladder: l})
		s.page("today", html, buttons)
		html, buttons = c.Today(notify.TodayView{View: v, Card: card, Ladder: notify.LadderView{Day: date(24), Ledger: l.Ledger}})
		s.page("today, an order limit runs on", html, buttons)
		v.Now = at(24, "09:00:00")
		html, buttons = c.Scorecard(notify.ScorecardView{View: v, Day: date(23), Card: card, Ladder: l})
		s.page("scorecard", html, buttons)
	})
}

func TestAPenaltyThatIsTakenBackSaysSoTheSameDay(t *testing.T) {
	c, v := composer(t), view(t)
	v.Lang = "en"
	list := penalties()
	for id := range list {
		if id != "P-back" {
			delete(list, id)
		}
	}
	html, _ := c.Today(notify.TodayView{View: v, Card: v.Policy.Score(date(23), date(24), tallies()),
		Ladder: notify.LadderView{Day: date(23), Imposed: rules.Impose(2026, list, shanghai)}})
	if want := "taken back, 4 points returned"; !strings.Contains(html, want) {
		t.Errorf("today lacks %q:\n%s", want, html)
	}
	if strings.Contains(html, "own count") {
		t.Errorf("today says something of the shop's own count:\n%s", html)
	}
}

// TestEveryMeasureHasItsWords walks all rungs with and without points and days, in both languages.
func TestEveryMeasureHasItsWords(t *testing.T) {
	c := composer(t)
	for _, lang := range locale.Languages() {
		for _, r := range rules.Rungs() {
			v := view(t)
			v.Lang = lang
			for _, points := range []string{"", "1", "2.5", "1e1"} {
				facts, _ := rules.Facts{}.Add(fact("penalty.issued", at(20, "10:00:00"), rules.Attr{Key: "rung", Value: r.String()}, rules.Attr{Key: "points", Value: points}))
				steps := []rules.Step{{Day: date(23), Rule: "ship-on-time", Line: "x", Rung: r, Class: r.Class(), Days: 7, From: date(22), Human: true},
					{Day: date(23), Rule: "ship-on-time", Line: "y", Rung: r, Class: r.Class(), Points: 150, Cases: 1, Resolved: 2, From: date(23)}}
				html, buttons := c.Violations(notify.ViolationsView{View: v, From: date(17), To: date(24), Ladder: notify.LadderView{View: v, Day: date(23),
					Ledger:  rules.Ledger{Day: date(23), Steps: steps, Sums: [2]rules.Sum{{Class: rules.General}, {Class: rules.Severe}}},
					Imposed: rules.Impose(2026, map[string]rules.Facts{"P": facts}, shanghai)}})
				(&sheet{t: t}).page(lang+" "+r.String(), html, buttons)
			}
		}
	}
}
