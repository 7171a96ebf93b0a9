package notify_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"shopwarden/bot/alarm"
	"shopwarden/bot/locale"
	"shopwarden/bot/notify"
	"shopwarden/bot/outbox"
	"shopwarden/config"
	"shopwarden/rules"
)

// dayOf is a whole view of today from its days and open cases, as the desk makes it.
func dayOf(v notify.View, days rules.Days, open []rules.Case) notify.TodayView {
	today := v.Policy.Day(v.Now)
	counts := rules.Counts{From: today, To: today.Next(1), Days: days}
	t := notify.TodayView{View: v, Card: v.Policy.ScoreOf(counts), Urgent: open, Findings: v.Policy.Evaluate(today, days[today]),
		Before: v.Policy.ScoreOf(rules.Counts{From: today.Next(-1), To: today, Days: days}), BeforeDay: today.Next(-1),
		Overview: v.Policy.Overview(today, days, nil, false), Allowances: v.Policy.Allowances(today, days),
		Outlook: v.Policy.Forecast(rules.Pace{Day: today, Now: v.Now, Days: days, Open: open}),
		Rescues: v.Policy.Rescues(counts, open, v.Now), WhatIf: v.Policy.WhatIf(counts, open, v.Now)}
	for _, k := range open {
		if k.Due <= v.Now+2*3600*1000 {
			t.Soon++
		}
	}
	return t
}

// with is a month whose last day is another.
func with(today rules.DayTallies) rules.Days {
	days := month()
	days[date(23)] = today
	return days
}

// good is a day without a miss.
func good() rules.DayTallies {
	return rules.DayTallies{"ship-on-time": {Met: 40, Open: 3}, "chat-first-response": {Met: 41, Timed: 41, TookMS: 41 * 13900},
		"platform-ticket-response": {Met: 6}, "invoice-on-time": {Met: 6}}
}

// bad is a day on which much went wrong.
func bad() rules.DayTallies {
	return rules.DayTallies{"ship-on-time": {Met: 22, Breached: 14, Open: 9}, "chat-first-response": {Met: 30, Breached: 9, Timed: 39, TookMS: 39 * 90000},
		"platform-ticket-response": {Met: 3, Breached: 2}, "invoice-on-time": {Met: 4, Breached: 1, Open: 2}}
}

func taken(k rules.Case, name string, at rules.Instant) map[string]alarm.Alarm {
	id := alarm.CaseID(k.Ref(), k.Subject)
	return map[string]alarm.Alarm{id: {ID: id, Taken: alarm.Mark{Person: 7, Name: name, At: at}, Version: 1}}
}

// states are the days of a shop that /today is read on.
func states(t testing.TB, lang string) map[string]notify.TodayView {
	v := view(t)
	v.Lang = lang
	soon := shipping(t, "6923457812345678901", v.Now)
	later := shipping(t, "6923457812345678902", v.Now)
	later.Due = at(23, "22:00:00")
	list := map[string]notify.TodayView{}
	list["1 all fine"] = dayOf(v, with(good()), nil)
	list["2 one thing urgent"] = dayOf(v, with(tallies()), []rules.Case{due(t)[0], soon, later})
	usual := dayOf(v, month(), []rules.Case{soon, later})
	list["3 the usual day"] = usual
	held := usual
	held.Alarms, held.Corrected = taken(soon, "Li", at(23, "17:00:00")), 3
	list["4 taken, and corrected"] = held
	list["5 many late"] = dayOf(v, with(bad()), []rules.Case{soon, later})
	appeal := usual
	appeal.Ladder = notify.LadderView{View: v, Day: date(23), Ledger: simulated(t), Imposed: rules.Impose(2026, penalties(), shanghai)}
	list["6 points, and an appeal"] = appeal
	quiet := dayOf(v, with(good()), []rules.Case{later})
	quiet.Heard = at(23, "16:23:00")
	list["7 silent source"] = quiet
	list["8 nothing yet"] = dayOf(v, with(nil), nil)
	never := dayOf(v, rules.Days{}, nil)
	never.Heard = 0
	list["9 never heard"] = never
	list["10 few cases"] = dayOf(v, with(rules.DayTallies{"chat-first-response": {Met: 3, Breached: 1}}), nil)
	return list
}

// far is a shop in another zone and with another currency.
func far(t testing.TB, lang string) notify.TodayView {
	zone := time.FixedZone("America/New_York", -5*3600)
	b := book()
	b.Zone = "America/New_York"
	b.Editions[0].Ladder = rules.Ladder{Currency: "USD"}
	p, err := rules.NewPolicy(b, rules.Terms{Zone: zone, Hours: rules.ByPlatform})
	if err != nil {
		t.Fatal(err)
	}
	v := view(t)
	v.Lang, v.Policy, v.Shop = lang, p, config.Shop{ID: "owl", Name: "Owl & Co <Outlet>", Platform: "tiktok", Timezone: "America/New_York"}
	fine := rules.Impose(2026, map[string]rules.Facts{"P-9": {fact("penalty.issued", at(22, "10:00:00"), rules.Attr{Key: "rung", Value: "compensation"},
		rules.Attr{Key: "amount", Value: "1250"}, rules.Attr{Key: "currency", Value: "USD"})}}, zone)
	tv := dayOf(v, month(), nil)
	tv.Ladder = notify.LadderView{View: v, Day: p.Day(v.Now), Imposed: fine}
	return tv
}

func long(t testing.TB, lang string) notify.TodayView {
	v := view(t)
	v.Lang, v.Shop.Name = lang, strings.Repeat("四季青女装批发旗舰店", 9)
	k := shipping(t, strings.Repeat("69234578", 12), v.Now)
	tv := dayOf(v, month(), []rules.Case{k})
	tv.Alarms = taken(k, strings.Repeat("Maximilian ", 9), at(23, "17:00:00"))
	return tv
}

func TestTodayIsReadInFiveSeconds(t *testing.T) {
	c := composer(t)
	both(t, "today_screen", func(lang string, s *sheet) {
		list := states(t, lang)
		list["11 other currency and zone"] = far(t, lang)
		list["12 long names"] = long(t, lang)
		for i := range len(list) {
			for name, tv := range list {
				if strings.HasPrefix(name, fmt.Sprint(i+1)+" ") {
					html, buttons := c.Today(tv)
					s.page(name, html, buttons)
				}
			}
		}
	})
}

var tags = regexp.MustCompile(`<[^>]*>`)

// screenLines is how many lines a text takes on a phone that shows 36 Latin or 20 wide signs in one, broken between words.
func screenLines(text string) (n int) {
	const width, wide = 180, 9 // a Latin sign takes 5 parts, a wide one 9
	for line := range strings.SplitSeq(tags.ReplaceAllString(text, ""), "\n") {
		n++
		used := 0
		for _, word := range strings.SplitAfter(line, " ") {
			size, han := 0, false
			for _, r := range word {
				if r > 0x2000 && !unicode.IsPunct(r) || unicode.Is(unicode.Han, r) {
					size, han = size+wide, true
				} else {
					size += 5
				}
			}
			if used+size > width && used > 0 && !han { // Chinese breaks anywhere
				n, used = n+1, 0
			}
			used += size
			for used > width+5 {
				n, used = n+1, used-width
			}
		}
	}
	return n
}

func TestTodayFitsOneScreen(t *testing.T) {
	c := composer(t)
	for _, lang := range locale.Languages() {
		for name, tv := range states(t, lang) {
			most := 19
			if strings.HasPrefix(name, "3 ") {
				most = 14
			}
			html, buttons := c.Today(tv)
			if n := screenLines(html); n > most {
				t.Errorf("%s, %s: %d lines, want at most %d:\n%s", lang, name, n, most, html)
			}
			if len(buttons) > 5 {
				t.Errorf("%s, %s: %d rows of buttons", lang, name, len(buttons))
			}
		}
	}
}

func TestTheOneThingIsTheMostValuable(t *testing.T) {
	list := states(t, "en")
	pages := map[string]string{"2 one thing urgent": "answer chat", "3 the usual day": "ship order <code>6923457812345678901</code> (worth", "4 taken, and corrected": "6923457812345678902",
		"6 points, and an appeal": "ship order", "7 silent source": "Check the connection", "1 all fine": "approved automatically"}
	for name, want := range pages {
		html, buttons := composer(t).Today(list[name])
		i := strings.Index(html, "👉")
		if i < 0 || !strings.Contains(strings.SplitN(html[i:], "\n", 2)[0], want) || strings.Count(html, "👉") != 1 {
			t.Errorf("%s: want one thing with %q:\n%s", name, want, html)
		}
		if name != "7 silent source" && len(buttons) != 5 {
			t.Errorf("%s: the one thing has no button: %v", name, buttons)
		}
	}
	tv := list["6 points, and an appeal"]
	tv.Rescues, tv.Urgent = nil, nil
	html, buttons := composer(t).Today(tv)
	if !strings.Contains(html, "to appeal") || !strings.HasPrefix(buttons[0][0].Action, "appeal:deer|P-") {
		t.Errorf("nothing to save, and an appeal that runs:\n%s\n%v", html, buttons)
	}
	look := list["3 the usual day"]
	look.NoTake = true
	if _, buttons = composer(t).Today(look); strings.HasPrefix(buttons[0][0].Action, "take:") {
		t.Errorf("who may only look is offered to take: %v", buttons[0])
	}
}

func TestAPrincipleIsExplainedByItsRules(t *testing.T) {
	c := composer(t)
	both(t, "principle", func(lang string, s *sheet) {
		page := func(title string, tv notify.TodayView, p rules.Principle) {
			html, buttons := c.Principle(notify.PrincipleView{TodayView: tv, Principle: p, Causes: causes()})
			s.page(title, html, buttons)
		}
		list := states(t, lang)
		page("the usual day", list["3 the usual day"], rules.Timely)
		page("many late", list["5 many late"], rules.Reliable)
		page("nothing of it", list["3 the usual day"], rules.Delight)
		page("few cases", list["10 few cases"], rules.Timely)
		page("silent", list["7 silent source"], rules.Timely)
		page("nothing known", notify.TodayView{View: list["9 never heard"].View}, rules.Timely)
	})
}

// plenty is a shop with much to do: seven parcels that are late, and many that are not.
func plenty(t testing.TB, v notify.View) notify.DueView {
	d := notify.DueView{View: v, Alarms: map[string]alarm.Alarm{}}
	for i := range 7 {
		k := shipping(t, fmt.Sprint(900+i), v.Now)
		k.Due, k.Outcome, k.Reason = v.Now-rules.Instant(7-i)*3_600_000, rules.Breached, rules.NeverStopped
		d.Cases = append(d.Cases, k)
	}
	for i := range 14 {
		k := shipping(t, fmt.Sprint(1000+i), v.Now)
		k.Due = v.Now + rules.Instant(i+1)*17*60_000
		d.Cases = append(d.Cases, k)
	}
	d.Cases = append(d.Cases, due(t)[0])
	paused := shipping(t, "1990", v.Now)
	paused.Rule, paused.Reason = "invoice-on-time", rules.Paused
	d.Cases = append(d.Cases, paused)
	d.Total, d.Open = 16, map[string]int{"ship-on-time": 14, "chat-first-response": 1, "invoice-on-time": 1}
	mark := func(i int, a alarm.Alarm) { d.Alarms[alarm.CaseID(d.Cases[i].Ref(), d.Cases[i].Subject)] = a }
	mark(0, alarm.Alarm{Taken: alarm.Mark{Name: "Wang", At: v.Now - 3*3_600_000}})
	mark(7, alarm.Alarm{Taken: alarm.Mark{Name: "Li <Na>", At: v.Now - 600_000}})
	mark(8, alarm.Alarm{Quiet: v.Now + 3_600_000, Hushed: alarm.Warned, Snoozed: alarm.Mark{Name: "Li", At: 1}})
	mark(9, alarm.Alarm{Excused: alarm.Mark{Name: "Li", At: 1}, Cause: "outage"})
	return d
}

func TestDueSaysWhatBreaksNextAndWhoHasIt(t *testing.T) {
	c := composer(t)
	both(t, "due", func(lang string, s *sheet) {
		v := view(t)
		v.Lang = lang
		page := func(title string, d notify.DueView) {
			html, buttons := c.Due(d)
			s.page(title, html, buttons)
		}
		page("three cases", notify.DueView{View: v, Cases: due(t), Total: 3, Open: map[string]int{"ship-on-time": 2, "chat-first-response": 1}})
		d := plenty(t, v)
		page("plenty", d)
		d.Skip = 10
		page("plenty, second page", d)
		d.Skip, d.Open, d.Total, d.More = 0, nil, 2300, true
		page("more than is read", d)
		page("nothing", notify.DueView{View: v})
		v.Heard = at(23, "16:23:00")
		page("nothing that we know of", notify.DueView{View: v})
	})
}

func TestEveryCaseOfDueIsOnOnePage(t *testing.T) {
	c, v := composer(t), view(t)
	v.Lang = "en"
	d := plenty(t, v)
	seen := map[string]int{}
	for i, rest := range []string{"… and 11 more\n… and 2 more overdue", "… and 1 more\n… and 2 more overdue", "\n\n… and 2 more overdue"} {
		d.Skip = i * notify.Listed
		html, _ := c.Due(d)
		for _, m := range regexp.MustCompile(`(?m)^\d+\..*<code>(.*)</code>`).FindAllStringSubmatch(html, -1) {
			seen[m[1]]++
		}
		if !strings.Contains(html, rest) {
			t.Errorf("page %d lacks %q:\n%s", i+1, rest, html)
		}
	}
	for id, n := range seen {
		if n != 1 {
			t.Errorf("%s stands %d times", id, n)
		}
	}
	if len(seen) != 21 { // of 23 cases, two late ones are only counted
		t.Errorf("%d rows, want 21: %v", len(seen), seen)
	}
	d.Skip = 1000
	if html, _ := c.Due(d); !strings.Contains(html, "21. ") {
		t.Errorf("a page beyond the last is not the last:\n%s", html)
	}
}

func saving(t testing.TB, v notify.View) notify.SaveView {
	open := plenty(t, v).Cases[7:]
	counts := rules.Counts{From: date(23), To: date(24), Days: month()}
	s := notify.SaveView{View: v, Rescues: rules.Worth(v.Policy.Rescues(counts, open, v.Now), 5), Alarms: plenty(t, v).Alarms}
	var cases []rules.Case
	for _, r := range s.Rescues {
		cases = append(cases, r.Case)
	}
	s.WhatIf = v.Policy.WhatIf(counts, cases, v.Now)
	return s
}

func TestWhatToSaveSaysWhatItBrings(t *testing.T) {
	c := composer(t)
	both(t, "save", func(lang string, s *sheet) {
		v := view(t)
		v.Lang = lang
		page := func(title string, x notify.SaveView) {
			html, buttons := c.Save(x)
			s.page(title, html, buttons)
		}
		x := saving(t, v)
		page("five", x)
		x.NoTake, x.Unread = true, 120
		page("for a viewer", x)
		x.Rescues = x.Rescues[:1]
		page("one", x)
		page("none", notify.SaveView{View: v})
	})
}

// asked is a supposition about the usual day.
func asked(t testing.TB, v notify.View, days rules.Days, q rules.Suppose) notify.WhatIfView {
	open := plenty(t, v).Cases[7:]
	pace := rules.Pace{Day: date(23), Now: v.Now, Days: days, Open: open}
	counts := rules.Counts{From: date(23), To: date(24), Days: days}
	w := notify.WhatIfView{View: v, Card: v.Policy.ScoreOf(counts), Outlook: v.Policy.Forecast(pace), All: v.Policy.WhatIf(counts, open, v.Now), Open: len(open)}
	for _, r := range v.Policy.Rules(date(23)) {
		if tally := days[date(23)][r.ID]; tally != (rules.Tally{}) {
			w.Rules = append(w.Rules, notify.WhatIfRule{Rule: r, Tally: tally, Savable: len(pace.Savable(r.ID))})
		}
	}
	if q.Rule != "" {
		w.Asked = v.Policy.Suppose(pace, q)
	}
	return w
}

func TestWhatIfSaysBeforeAndAfterAndWhatItRestsOn(t *testing.T) {
	c := composer(t)
	both(t, "whatif", func(lang string, s *sheet) {
		v := view(t)
		v.Lang = lang
		page := func(title string, w notify.WhatIfView) {
			html, buttons := c.WhatIf(w)
			s.page(title, html, buttons)
		}
		page("where it ends", asked(t, v, month(), rules.Suppose{}))
		page("a rule", asked(t, v, month(), rules.Suppose{Rule: "ship-on-time"}))
		page("one more missed", asked(t, v, month(), rules.Suppose{Rule: "chat-first-response", Miss: 1}))
		page("five more missed", asked(t, v, month(), rules.Suppose{Rule: "ship-on-time", Miss: 5}))
		page("three saved", asked(t, v, month(), rules.Suppose{Rule: "ship-on-time", Save: 3}))
		page("five saved of one", asked(t, v, month(), rules.Suppose{Rule: "chat-first-response", Save: 5}))
		page("none to save", asked(t, v, month(), rules.Suppose{Rule: "after-sales-review", Save: 1}))
		page("a rule that is not there", asked(t, v, month(), rules.Suppose{Rule: "gone", Miss: 1}))
		page("few cases", asked(t, v, with(rules.DayTallies{"chat-first-response": {Met: 3, Breached: 1}}), rules.Suppose{}))
		v.Policy = strict(t)
		page("a rung is reached", asked(t, v, month(), rules.Suppose{Rule: "ship-on-time", Miss: 3}))
		v.Heard = at(23, "16:23:00")
		page("silent", asked(t, v, with(nil), rules.Suppose{}))
	})
}

// dayPages writes the pages of the running day with strings from outside in all places.
func dayPages(t testing.TB, c *notify.Composer, v notify.View, in nasties, check func(string) func(string, [][]outbox.Button), tv notify.TodayView, k rules.Case) {
	t.Helper()
	id := alarm.CaseID(k.Ref(), k.Subject)
	who := map[string]alarm.Alarm{id: {ID: id, Taken: alarm.Mark{Name: in.name, At: v.Now - 1}}}
	tv.Alarms, tv.Corrected, tv.Rescues = who, 1<<40, []rules.Rescue{{Case: k, Saved: 3, Left: time.Hour}}
	check("today, taken")(c.Today(tv))
	tv.Findings, tv.Urgent, tv.Rescues = nil, nil, nil
	check("today, appeal")(c.Today(tv))
	caused := rules.Pattern{Dim: rules.ByRegion, Value: in.rule, Misses: 4, AllMisses: 4, Cases: 4, AllCases: 1 << 50}
	for _, p := range rules.Principles() {
		check("principle")(c.Principle(notify.PrincipleView{TodayView: tv, Principle: p, Causes: map[string][]rules.Pattern{"ship-on-time": {caused}}}))
	}
	late := k
	late.Due, late.Outcome, late.Reason = v.Now-1, rules.Breached, rules.NeverStopped
	cases := slices.Concat(slices.Repeat([]rules.Case{k}, 60), slices.Repeat([]rules.Case{late}, 40))
	for skip := -10; skip < 90; skip += 10 {
		check("due")(c.Due(notify.DueView{View: v, Cases: cases, Total: 1 << 40, Skip: skip, Alarms: who, More: true}))
	}
	check("save")(c.Save(notify.SaveView{View: v, Rescues: slices.Repeat([]rules.Rescue{{Case: k, Saved: 3}}, 5), Alarms: who, Unread: 1 << 40}))
	checkSigns(t, "taken", c.Taken(in.lang, 1<<40))
	rule := notify.WhatIfRule{Rule: rules.Rule{ID: in.rule, Name: rules.Text{Zh: in.rule, En: in.name}, Principle: rules.Timely, AlertAt: 3}, Tally: rules.Tally{Met: 1 << 50}, Savable: 9}
	for _, q := range []rules.Supposed{{}, {Suppose: rules.Suppose{Rule: in.rule, Miss: 5}, Cases: 5, Fresh: 2,
		Reached: []rules.Step{{Rung: rules.Suspension, Days: 3, If: rules.Text{Zh: in.rule, En: in.name}}, {Rung: rules.GeneralPoints, Class: rules.General, Points: 1 << 50}}}} {
		check("what if")(c.WhatIf(notify.WhatIfView{View: v, Card: tv.Card, Open: 1 << 40, Unread: 1 << 40, Rules: slices.Repeat([]notify.WhatIfRule{rule}, 30), Asked: q}))
	}
}
