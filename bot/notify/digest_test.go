package notify_test

import (
	"slices"
	"strings"
	"testing"

	"shopwarden/bot/chart"
	"shopwarden/bot/locale"
	"shopwarden/bot/notify"
	"shopwarden/bot/outbox"
	"shopwarden/config"
	"shopwarden/rules"
)

// closed is a day of trouble as the desk gives it, on the morning after.
func closed(t testing.TB, lang string) notify.ScorecardView {
	v := view(t)
	v.Lang, v.Now, v.Heard = lang, at(24, "09:00:00"), at(24, "08:41:00")
	days, day := month(), date(23)
	o := v.Policy.Overview(day, days, nil, false)
	return notify.ScorecardView{View: v, Day: day, Card: o.Today.Card, Before: o.Today.Before, Last7: o.Last7, Last30: o.Last30, Worst: late1(t),
		Scores: v.Policy.DayScores(day.Next(-29), day.Next(1), days, nil), Streak: v.Policy.Streaks(day.Next(-59), day, days)}
}

// kept is a better day than any before it.
func kept(t testing.TB, lang string) notify.ScorecardView {
	d := closed(t, lang)
	days := month()
	for i := range 40 {
		days[date(23).Next(-i)] = rules.DayTallies{"ship-on-time": {Met: 38, Breached: 2}, "chat-first-response": {Met: 30, Breached: int64(min(i, 7)) / 7}}
	}
	days[date(23)] = rules.DayTallies{"ship-on-time": {Met: 40}, "chat-first-response": {Met: 41}}
	o := d.Policy.Overview(date(23), days, nil, false)
	d.Card, d.Before, d.Last7, d.Last30, d.Worst = o.Today.Card, o.Today.Before, o.Last7, o.Last30, nil
	d.Scores, d.Streak = d.Policy.DayScores(date(23).Next(-29), date(24), days, nil), d.Policy.Streaks(date(23).Next(-59), date(23), days)
	return d
}

func TestADailyScorecardIsOneScreen(t *testing.T) {
	c := composer(t)
	both(t, "digest", func(lang string, s *sheet) {
		page := func(title string, d notify.ScorecardView) {
			html, buttons := c.Scorecard(d)
			if n := locale.HTML(html).Units(); n > notify.CaptionLimit {
				t.Errorf("%s: %d units", title, n)
			}
			s.page(title, html, buttons)
		}
		page("a day of trouble", closed(t, lang))
		page("a record", kept(t, lang))
		d := closed(t, lang)
		d.Platform = d.Before
		page("two numbers", d)
		d = closed(t, lang)
		d.Card, d.Worst = d.Policy.Score(date(23), date(24), nil), nil
		page("a quiet day", d)
		d.Late = true
		page("a quiet day told late", d)
	})
}

func TestAQuietDayIsOneLineOnlyWhenItIsKnownToBeQuiet(t *testing.T) {
	c := composer(t)
	base := closed(t, "en")
	base.Card, base.Worst = base.Policy.Score(date(23), date(24), nil), nil
	for name, x := range map[string]struct {
		change func(*notify.ScorecardView)
		quiet  bool
	}{
		"nothing":            {func(*notify.ScorecardView) {}, true},
		"silent since noon":  {func(d *notify.ScorecardView) { d.Heard = at(23, "12:00:00") }, false},
		"never heard":        {func(d *notify.ScorecardView) { d.Heard = 0 }, false},
		"something open":     {func(d *notify.ScorecardView) { d.Card = card(t, rules.Tally{Open: 1}) }, false},
		"something kept":     {func(d *notify.ScorecardView) { d.Card = card(t, rules.Tally{Met: 1}) }, false},
		"late since before":  {func(d *notify.ScorecardView) { d.Undone = true }, false},
		"called off":         {func(d *notify.ScorecardView) { d.Card = card(t, rules.Tally{Void: 3}) }, true},
		"a tip was measured": {func(d *notify.ScorecardView) { d.Results = results() }, false},
		"a suspension runs": {func(d *notify.ScorecardView) {
			d.Ladder = notify.LadderView{Day: date(23), Ledger: rules.Ledger{Runs: []rules.Run{{Rung: rules.Suspension, First: date(20), Last: date(27)}}}}
		}, false},
	} {
		d := base
		x.change(&d)
		html, _ := c.Scorecard(d)
		if quiet := !strings.Contains(html, "\n"); quiet != x.quiet {
			t.Errorf("%s: in one line %v, want %v:\n%s", name, quiet, x.quiet, html)
		}
	}
}

func card(t testing.TB, tally rules.Tally) rules.Scorecard {
	return policy(t).Score(date(23), date(24), rules.DayTallies{"ship-on-time": tally})
}

func TestNoPraiseWhenDataAreIncomplete(t *testing.T) {
	d := kept(t, "en")
	c := composer(t)
	praise := []string{"🏅", "🏆", "🔥", "👏"}
	html, _ := c.Scorecard(d)
	if !slices.ContainsFunc(praise, func(sign string) bool { return strings.Contains(html, sign) }) {
		t.Errorf("a record is not praised:\n%s", html)
	}
	d.Heard = at(23, "12:00:00")
	html, _ = c.Scorecard(d)
	for _, sign := range praise {
		if strings.Contains(html, sign) {
			t.Errorf("%s although too little is known:\n%s", sign, html)
		}
	}
}

func TestAScorecardHasWhatItsChatChose(t *testing.T) {
	d, c := closed(t, "en"), composer(t)
	chat := notify.Chat{ID: 1, Role: notify.Owner, Lang: "en", Digest: true}
	signs := map[string]string{notify.PartWorst: "Worst cases", notify.PartTips: "One thing for today", notify.PartStreaks: "🔥", notify.PartPoints: "the line is"}
	d.Card = d.Policy.Score(date(23), date(24), rules.DayTallies{"ship-on-time": {Met: 38, Breached: 4}, "chat-first-response": {Met: 41}})
	rule, _ := d.Policy.Rule("chat-first-response", date(23))
	d.Streak = []rules.Streak{{Rule: &rule, Days: 7}}
	for name, sign := range signs {
		with, without := c.Scorecards(d, []notify.Chat{chat})[0].HTML, c.Scorecards(d, []notify.Chat{chat.Chosen(name, false)})[0].HTML
		if !strings.Contains(with, sign) || strings.Contains(without, sign) {
			t.Errorf("%s: with it\n%s\nwithout it\n%s", name, with, without)
		}
	}
}

func TestADailyScorecardComesOnTheWeekdaysOfItsChat(t *testing.T) {
	d, c := closed(t, "en"), composer(t) // comes on Tuesday the 24th
	for days, want := range map[string]int{"": 1, "tue": 1, "mon,tue,wed,thu,fri": 1, "sat,sun": 0, "mon": 0} {
		if got := len(c.Scorecards(d, []notify.Chat{{ID: 1, Digest: true, Days: days}})); got != want {
			t.Errorf("%q: %d scorecards, want %d", days, got, want)
		}
	}
}

func TestPicturesAreAsTheChatWantsThem(t *testing.T) {
	d, c := closed(t, "zh"), composer(t)
	for pictures, want := range map[string]*chart.Theme{"": ptr(chart.Light), notify.PicturesDark: ptr(chart.Dark), notify.PicturesOff: nil} {
		p := c.Scorecards(d, []notify.Chat{{ID: 1, Digest: true, Pictures: pictures}})[0].Picture
		if (p == nil) != (want == nil) || p != nil && p.Theme != *want {
			t.Errorf("%q: got %+v", pictures, p)
		}
	}
	p := c.CardPicture(d, chart.Light)
	if len(p.Card.Principles) != 4 || p.Card.Total.Score == nil || p.Card.Total.Delta == nil || len(p.Card.Total.Spark) != 14 || p.Card.Title != "小鹿童装" {
		t.Errorf("got %+v", p.Card)
	}
	if worry := p.Card.Principles[2]; worry.Score != nil || worry.Note != "暂无" || worry.Grade != 0 {
		t.Errorf("n/a is drawn as %+v", worry)
	}
	d.Heard = at(23, "12:00:00")
	if p = c.CardPicture(d, chart.Light); p.Card.Total.Grade != 0 || p.Card.Total.Delta != nil {
		t.Errorf("incomplete, and yet coloured: %+v", p.Card.Total)
	}
	d.Card = d.Policy.Score(date(23), date(24), nil)
	if p = c.CardPicture(d, chart.Light); p != nil {
		t.Errorf("nothing to draw: %+v", p.Card)
	}
}

func ptr[T any](x T) *T { return &x }

// review is the week from 16 to 22 November, or the month of October.
func review(t testing.TB, lang string, of notify.Edition) notify.ReviewView {
	v := view(t)
	v.Lang, v.Now, v.Heard = lang, at(23, "09:00:00"), at(23, "08:41:00")
	w := notify.ReviewView{View: v, Of: of, From: date(16), To: date(23)}
	before, trend := date(9), date(16)
	if of == notify.Monthly {
		w.From, w.To = rules.NewDate(2026, 10, 1), date(1)
		before, trend = rules.NewDate(2026, 9, 1), rules.NewDate(2026, 10, 2)
	}
	days := month()
	w.Card = v.Policy.ScoreOf(rules.Counts{From: w.From, To: w.To, Days: days})
	w.Before = v.Policy.ScoreOf(rules.Counts{From: before, To: w.From, Days: days})
	w.Scores, w.Trend = v.Policy.DayScores(w.From, w.To, days, nil), v.Policy.DayScores(trend, w.To, days, nil)
	w.Tallies, w.Streak = rules.DayTallies{}, v.Policy.Streaks(w.To.Next(-60), w.To.Next(-1), days)
	for day := w.From; day < w.To; day++ {
		for id, x := range days[day] {
			w.Tallies[id] = w.Tallies[id].Plus(x)
		}
	}
	w.Causes = map[string][]rules.Pattern{"chat-first-response": {{Dim: rules.ByHour, Value: "12-14", Misses: 6, AllMisses: 7, Cases: 40, AllCases: 294}}}
	w.Ladder = notify.LadderView{View: v, Day: w.To.Next(-1)}
	return w
}

func TestAReviewTellsOfItsDaysAndOffersOneExperiment(t *testing.T) {
	c := composer(t)
	both(t, "review", func(lang string, s *sheet) {
		var rich strings.Builder
		defer func() { golden(t, "rich/review."+lang, rich.String()) }()
		page := func(title string, w notify.ReviewView) {
			html, buttons := c.Review(w)
			if n := locale.HTML(html).Units(); n > notify.CaptionLimit {
				t.Errorf("%s: %d units", title, n)
			}
			s.page(title, html, buttons)
			checkRich(t, title, c.RichReview(w))
			rich.WriteString("════ " + title + "\n" + strings.ReplaceAll(c.RichReview(w), "><", ">\n<") + "\n\n")
		}
		page("a week", review(t, lang, notify.Weekly))
		page("a month", review(t, lang, notify.Monthly))
		w := review(t, lang, notify.Weekly)
		w.Late, w.Results = true, results()[:1]
		page("a week with a measured tip, told late", w)
		w = review(t, lang, notify.Weekly)
		w.Card, w.Tallies, w.Scores, w.Streak, w.Before = w.Policy.Score(w.From, w.To, nil), nil, w.Policy.DayScores(w.From, w.To, nil, nil), nil, rules.Scorecard{}
		w.Heard = at(19, "12:00:00")
		page("nothing, and silent", w)
	})
}

func TestReviewsGoToThoseWhoTakeThem(t *testing.T) {
	c := composer(t)
	w := review(t, "en", notify.Weekly)
	w.Rich = true
	list := chats()
	list[0].Days = "fri" // of the daily one only
	list[2] = list[2].Chosen("weekly", false)
	list = append(list, notify.Chat{ID: -7, Thread: 5, Cards: 9, Digest: true, Lang: "en", Pictures: notify.PicturesOff})
	got := c.Reviews(w, list)
	if len(got) != 2 || got[0].Chat != 100 || got[1].Chat != -7 || got[1].Thread != 9 || got[1].Picture != nil {
		t.Fatalf("got %+v", got)
	}
	m := got[0]
	if m.Key != "weekly/deer/2026-11-16/100" || m.Kind != outbox.Scorecard || m.Rich == "" || m.Picture.Trend == nil || len(m.Picture.Trend.Days) != 7 {
		t.Errorf("got %+v", m)
	}
	m = c.Reviews(review(t, "en", notify.Monthly), list)[0]
	if m.Key != "monthly/deer/2026-10-01/100" || len(m.Picture.Trend.Lines[0].Values) != 30 {
		t.Errorf("got %+v", m)
	}
}

func TestAChoiceMadeTwiceIsMadeOnceAndCanBeTakenBack(t *testing.T) {
	start := notify.Chat{ID: 1, Digest: true}
	for _, name := range notify.Choices() {
		off := start.Chosen(name, false)
		if off.Has(name) || off.Chosen(name, false) != off || off.Chosen(name, true) != start {
			t.Errorf("%s: %+v", name, off)
		}
	}
	none := start.Chosen("daily", false).Chosen("weekly", false).Chosen("monthly", false)
	if none.Digest || none.Without != "" {
		t.Errorf("without any edition: %+v", none)
	}
	if one := none.Chosen("weekly", true); !one.Digest || !one.Has("weekly") || one.Has("daily") || one.Has("monthly") {
		t.Errorf("the weekly one alone: %+v", one)
	}
}

func TestEachPlaceOfAForumMovesByItself(t *testing.T) {
	type topics [3]int
	of := func(c notify.Chat) topics {
		return topics{c.Topic(notify.PlaceAlerts), c.Topic(notify.PlaceCards), c.Topic(notify.PlaceBoard)}
	}
	c := notify.Chat{Thread: 7}
	for _, step := range []struct {
		name string
		next notify.Chat
		want topics
	}{
		{"all in one", c, topics{7, 7, 7}},
		{"cards elsewhere", c.Put(notify.PlaceCards, 9), topics{7, 9, 7}},
		{"alerts elsewhere", c.Put(notify.PlaceAlerts, 9), topics{9, 7, 7}},
		{"cards in General", c.Put(notify.PlaceCards, 0), topics{7, 0, 7}},
		{"and back", c.Put(notify.PlaceCards, 0).Put(notify.PlaceCards, 7), topics{7, 7, 7}},
		{"the topic of all closes", c.Moved(7, 0), topics{0, 0, 0}},
		{"the topic of the cards closes", c.Put(notify.PlaceCards, 9).Moved(9, 0), topics{7, 0, 7}},
		{"the topic of the others closes", c.Put(notify.PlaceCards, 9).Moved(7, 0), topics{0, 9, 0}},
		{"another topic closes", c.Moved(3, 0), topics{7, 7, 7}},
	} {
		if got := of(step.next); got != step.want {
			t.Errorf("%s: got %v, want %v", step.name, got, step.want)
		}
	}
	if back := c.Put(notify.PlaceBoard, 3).Put(notify.PlaceBoard, 7); back != c {
		t.Errorf("put back: %+v", back)
	}
}

func TestAllSettingsStandOnOnePage(t *testing.T) {
	c := composer(t)
	both(t, "hub", func(lang string, s *sheet) {
		v := view(t)
		v.Lang, v.Shop.Pack = lang, "douyin"
		plain := notify.SettingsView{View: v, Chat: notify.Chat{ID: 1, Role: notify.Owner, Alerts: true, Digest: true}}
		html, buttons := c.Settings(notify.HubView{SettingsView: plain})
		s.page("as it comes", html, buttons)
		full := plain
		full.Shop.AlertAt, full.Shop.DigestAt, full.Shop.Hours, full.Shop.Calendar = 5, "21:30", "mon-fri 09:00-18:00 cn-holidays", []string{"spring-festival-2026"}
		full.Shop.Overrides = map[string]config.Override{"ship-on-time": {Within: "36h"}}
		full.Chat = notify.Chat{ID: -2, Role: notify.Team, Alerts: true, Digest: true, Board: true, Quiet: "22:00-08:00", Urgent: "ship-on-time", Budget: 6,
			Muted: at(23, "18:00:00"), Days: "mon,tue,wed,thu,fri", Without: "weekly,worst,points", Pictures: notify.PicturesDark}
		full.Noise = &outbox.NoiseCount{Rang: 3}
		html, buttons = c.Settings(notify.HubView{SettingsView: full, People: make([]notify.OnDuty, 2)})
		s.page("everything set", html, buttons)
		off := plain
		off.Chat, off.Unclear, off.Shop.Hours = notify.Chat{ID: 1, Role: notify.Owner}, "tme", "always"
		html, buttons = c.Settings(notify.HubView{SettingsView: off})
		s.page("everything off, and not understood", html, buttons)
		html, buttons = c.DigestSettings(full)
		s.page("scorecards", html, buttons)
		full.Elsewhere, full.Saved = true, true
		full.Chat.Days = "mon,wed,sun"
		html, buttons = c.DigestSettings(full)
		s.page("scorecards in another topic", html, buttons)
		html, buttons = c.ZoneSettings(plain)
		s.page("zone", html, buttons)
		member := off
		member.Chat.Role, member.Unclear = notify.Team, "Mars"
		html, buttons = c.ZoneSettings(member)
		s.page("zone, a member, not understood", html, buttons)
		full.Elsewhere = false
		html, buttons = c.HoursSettings(full)
		s.page("hours", html, buttons)
		plain.Unclear = "9 to 5"
		html, buttons = c.HoursSettings(plain)
		s.page("hours not understood", html, buttons)
	})
}

func TestABoardMovesToTheTopicItsChatWants(t *testing.T) {
	c, v := composer(t), view(t)
	chat := notify.Chat{ID: -200, Thread: 7, Role: notify.Team, Lang: "en", Board: true}
	b := notify.BoardView{View: v, Due: due(t), Total: 3, Next: v.Now + 60_000}
	plan := c.Boards(b, []notify.Chat{chat}, nil)
	state := plan.States[-200]
	if len(plan.Messages) != 1 || plan.Messages[0].Thread != 7 {
		t.Fatalf("got %+v", plan.Messages)
	}
	b.Now += 61_000
	if again := c.Boards(b, []notify.Chat{chat.Put(notify.PlaceCards, 9)}, plan.States); len(again.Messages) > 1 {
		t.Errorf("the scorecards moved, and the board with them: %+v", again.Messages)
	}
	plan = c.Boards(b, []notify.Chat{chat.Put(notify.PlaceBoard, 9)}, plan.States)
	if len(plan.Messages) != 2 || plan.Messages[0].EditOf != state.Key || !strings.Contains(plan.Messages[0].HTML, "another topic") || plan.Messages[1].Thread != 9 {
		t.Fatalf("got %+v", plan.Messages)
	}
	b.Now += 1000
	if plan = c.Boards(b, []notify.Chat{chat.Put(notify.PlaceBoard, 9)}, plan.States); len(plan.Messages) != 0 {
		t.Errorf("moved twice: %+v", plan.Messages)
	}
}
