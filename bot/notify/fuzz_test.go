package notify_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"shopwarden/bot/alarm"
	"shopwarden/bot/locale"
	"shopwarden/bot/notify"
	"shopwarden/bot/outbox"
	"shopwarden/config"
	"shopwarden/rules"
)

// nasty are strings that have cost other bots their alerts.
var nasty = []string{"<&_*[", "</b><script>", "&lt;&amp;", "שלום עולם", "طلب ١٢٣ <b>", "\u202eevil\u2066", "👩‍👩‍👧‍👦👩‍👩‍👧‍👦", "a\nb\x00", "\xff\xfe", "",
	strings.Repeat("<", 256), strings.Repeat("👨‍👩‍👧‍👦", 60), strings.Repeat("é", 300), "{{.Shop}}", "e" + strings.Repeat("\u0301", 200), "a|b/c:d",
	strings.Repeat("买家<&\u202e", 1200), "\xed\xa0\xbd\xed\xb8\x80 half a smile, twice", "👩🏽\u200d🚀\u200d", "\u2066\u2067\u2068\u2069\u200e\u200f\u061c", "עברית <b>&amp; *_[\u202b",
	"\x1b[31m\u0085\u2028\u2029\ufeff", "https://evil.example/?a=1&b=<2>", "@everyone /start #tag"}

// pages writes every page about one shop and one case with the same strings from outside in all places.
func pages(t testing.TB, c *notify.Composer, lang, name, id, rule string) {
	t.Helper()
	v := view(t)
	v.Lang, v.Shop = lang, config.Shop{ID: id, Name: name}
	subject := rules.Subject{Kind: rules.Order, ID: id}
	k := shipping(t, id, v.Now)
	own := k
	own.Rule, own.Subject.Kind = rule, rules.Kind(name)
	own.Begun.Type = rules.Type(name)
	cases := make([]rules.Case, 30)
	for i := range cases {
		cases[i] = own
	}
	counts := rules.DayTallies{"ship-on-time": {Met: 3, Breached: 4}, rule: {Breached: 1 << 60}}
	findings := make([]rules.Finding, 80)
	for i := range findings {
		findings[i] = rules.Finding{Rule: rule, Day: date(1).Next(i), Breached: 1 << 40, Limit: 3}
	}
	card := v.Policy.Score(date(23), date(24), counts)
	check := func(page string) func(string, [][]outbox.Button) {
		return func(html string, buttons [][]outbox.Button) {
			t.Helper()
			checkHTML(t, page, html)
			for _, row := range buttons {
				for _, b := range row {
					if strings.TrimSpace(b.Text) == "" || b.Action == "" || len(row) > 8 {
						t.Errorf("%s: button %+v", page, b)
					}
				}
			}
		}
	}
	settings := notify.SettingsView{View: v, Chat: notify.Chat{Alerts: true, Digest: true, Thread: 3}}
	l := nastyLadder(v, id, rule)
	check("today")(c.Today(notify.TodayView{View: v, Card: card, Soon: 3, Urgent: cases, Findings: findings, Ladder: l}))
	check("due")(c.Due(notify.DueView{View: v, Cases: cases, Total: 1 << 40}))
	dayPages(t, c, v, nasties{lang, name, id, rule}, check, notify.TodayView{View: v, Card: card, Soon: 3, Urgent: cases, Findings: findings, Ladder: l}, own)
	casePages(t, c, v, nasties{lang, name, id, rule}, check, own, l)
	check("tips")(c.Tips(notify.TipsView{View: v, From: date(1), To: date(24), Tallies: counts}))
	caused := rules.Pattern{Dim: rules.ByRegion, Value: rule, Misses: 4, AllMisses: 4, Cases: 4, AllCases: 1 << 50}
	check("tips by cause")(c.Tips(notify.TipsView{View: v, From: date(1), To: date(24), Tallies: counts, Noted: notify.Later, Read: 1 << 40,
		Causes:  map[string][]rules.Pattern{"ship-on-time": {caused}, rule: {caused}},
		Results: []notify.TipResult{{Tip: "ship-weekend", State: notify.TipState{Rule: "ship-on-time", Dim: rules.BySKU, Value: rule}, Compare: rules.Compare(rules.MissShare{Misses: 1, Cases: 2}, rules.MissShare{Misses: 1 << 50, Cases: 1 << 50})}}}))
	check("tips of one")(c.Tips(notify.TipsView{View: v, Rule: rule, From: date(1), To: date(24), Tallies: counts}))
	check("why")(c.Why(notify.WhyView{View: v, Case: own, Found: true}))
	check("why not")(c.Why(notify.WhyView{View: v, Rule: rule, Subject: subject}))
	check("scorecard")(c.Scorecard(notify.ScorecardView{View: v, Day: date(23), Card: card, Worst: cases, Ladder: l}))
	check("alerts")(c.AlertSettings(settings))
	check("digest")(c.DigestSettings(settings))
	settings.Chat.Urgent, settings.Unclear = rule+","+name, name
	for page, render := range map[string]func(notify.SettingsView) (string, [][]outbox.Button){"quiet": c.QuietSettings, "mute": c.MuteSettings, "urgent": c.UrgentSettings, "budget": c.BudgetSettings} {
		check(page)(render(settings))
	}
	check("board settings")(c.BoardSettings(settings))
	behind := own
	behind.Outcome, behind.Reason = rules.Breached, rules.NeverStopped
	check("board")(c.Board(notify.BoardView{View: v, Broken: slices.Repeat([]rules.Case{behind}, 40), Due: cases, Total: 1 << 40, Next: v.Now + 1,
		Open: map[string]int{"ship-on-time": 1, rule: 1 << 40}, Alarms: map[string]alarm.Alarm{
			alarm.CaseID(behind.Ref(), behind.Subject): {Taken: alarm.Mark{Name: id, At: 1}}}}))
	check("shops")(c.Shops(lang, []config.Shop{v.Shop, v.Shop, v.Shop}))
	n := notify.News{Shop: v.Shop, Policy: v.Policy, Chats: []notify.Chat{{ID: 1, Lang: lang, Alerts: true}}, Now: v.Now, Warned: []rules.Case{k},
		Breached: []rules.Case{own}, Violations: []rules.Finding{{Rule: rule, Day: date(23)}}, Withdrawn: []rules.Finding{{Rule: rule, Day: date(23)}},
		Cleared: []notify.Cleared{{Subject: subject, Entry: rules.Entry{Rule: rule, Due: v.Now}, Case: k, OK: true}}}
	n.Breached[0].Due = v.Now - 1
	late := own
	late.Stop, late.Reason = v.Now, rules.StoppedLate
	n.Finished = []rules.Case{late}
	list := c.Alerts(n)
	if len(list) != 9 { // two taken back and one done, each with a reply, and three new
		t.Errorf("%d alerts, want 9", len(list))
	}
	f := notify.FollowView{View: v, Ref: own.Ref(), Subject: own.Subject, Case: own, Found: true, Alarm: alarm.Alarm{Taken: alarm.Mark{Name: id, At: v.Now}}}
	tasks := []alarm.Task{{Kind: alarm.Remind, N: 1}, {Kind: alarm.AskDuty, To: []int64{1}}, {Kind: alarm.AskOwner, Round: 1 << 40, To: []int64{1}}}
	list = append(list, c.Follow(f, n.Chats, tasks)...)
	list = append(list, c.Handover(notify.HandoverView{View: v, From: v.Now, Until: v.Now + 1, Cases: []rules.Case{own, k}, Total: 1 << 40}, n.Chats[0]))
	settings.Chat.ID, settings.Chat.Title, settings.Chat.Duty = 5, id, rule
	check("duty")(c.Roster(notify.RosterView{SettingsView: settings, People: []notify.OnDuty{{Chat: settings.Chat, Now: true, Until: v.Now}, {Chat: settings.Chat}}}))
	for _, m := range list {
		check(m.Kind)(m.HTML, m.Buttons)
		if len(m.Key) > notify.MaxKey || len(m.EditOf) > notify.MaxKey || len(m.ReplyOf) > notify.MaxKey {
			t.Errorf("%s: key of %d bytes", m.Kind, len(m.Key))
		}
		if m.Fold == nil {
			continue
		}
		checkHTML(t, "about "+m.Kind, m.Fold.About)
		checkHTML(t, "row "+m.Kind, m.Fold.Row)
	}
	alone := func(m outbox.Message) bool { return m.Fold == nil }
	check("folded")(c.Fold(lang, folds(slices.DeleteFunc(slices.Clone(list), alone))))
	check("again")(c.Again(lang, list[0].HTML), list[0].Buttons)
	check("enough")(c.Enough(lang, list[0].HTML, 12), list[0].Buttons)
	morePages(t, c, v, nasties{lang, name, id, rule}, check, card)
	alarmPages(t, c, v, nasties{lang, name, id, rule}, check, own)
	ledgerPages(t, c, v, nasties{lang, name, id, rule}, check, l, cases)
}

// folds is many messages of many rules, as a night may bring them: each of the list forty times, every other of a rule of its
// own.
func folds(list []outbox.Message) (parts []outbox.Fold) {
	for i := range 40 {
		for _, m := range list {
			f := *m.Fold
			f.At = rules.Instant(-i)
			if i%2 == 0 {
				f.About += " " + string(locale.Escape(fmt.Sprint(i)))
			}
			parts = append(parts, f)
		}
	}
	return parts
}

// nastyLadder is a long year of steps and penalties.
func nastyLadder(v notify.View, id, rule string) notify.LadderView {
	l := notify.LadderView{View: v, Day: date(23), Unread: 1 << 40, Ledger: rules.Ledger{Day: date(23)}, Imposed: rules.Imposed{Year: 2026, Returned: 1 << 50}}
	l.Ledger.Sums = [2]rules.Sum{{Class: rules.General, Points: 1 << 50}, {Class: rules.Severe}}
	for i := range 40 {
		l.Ledger.Steps = append(l.Ledger.Steps, rules.Step{Day: date(23), Rule: rule, Line: fmt.Sprint(i), Rung: rules.Rungs()[i%8],
			Cases: 1 << 60, Resolved: 1 << 60, If: rules.Text{Zh: rule, En: rule}})
		l.Ledger.Crossings = append(l.Ledger.Crossings, rules.Crossing{Day: date(23), Rule: rule, Node: rules.Node{Class: rules.General, Exam: true, Days: 3, Removal: true, Fine: 1 << 60}})
		l.Imposed.Sanctions = append(l.Imposed.Sanctions, rules.Sanction{ID: id, State: rules.Issued, Rung: rules.Rungs()[i%8], Rule: rule,
			Amount: 1 << 60, Currency: rule, Issued: v.Now, Day: date(23), AppealBy: v.Now + 1<<40})
		l.Owed = append(l.Owed, notify.Owed{Rule: rule, Amount: 1 << 50, Currency: rule})
	}
	return l
}

func TestNoForeignStringBreaksAPage(t *testing.T) {
	c := composer(t)
	for _, lang := range locale.Languages() {
		for i, s := range nasty {
			pages(t, c, lang, s, nasty[(i+3)%len(nasty)], nasty[(i+7)%len(nasty)])
		}
	}
}

func TestWhatDoesNotFitIsCountedNotCut(t *testing.T) {
	v := view(t)
	v.Lang = "en"
	long := strings.Repeat("<", 256)
	w := notify.ViolationsView{View: v, From: date(1), To: date(24), Total: 700, Counts: map[string]int{"ship-on-time": 700}}
	for i := range 60 {
		w.Findings = append(w.Findings, rules.Finding{Rule: long, Day: date(1).Next(i), Breached: 9, Limit: 3})
	}
	for range 10 {
		w.Cases = append(w.Cases, shipping(t, long, v.Now))
	}
	html, _ := composer(t).Violations(w)
	checkHTML(t, "violations", html)
	var left int
	if _, after, ok := strings.Cut(html, "… and "); !ok {
		t.Fatalf("nothing says that something is left out:\n%s", html)
	} else if _, err := fmt.Sscanf(after, "%d more", &left); err != nil {
		t.Fatal(err)
	}
	if shown := strings.Count(html, "🟠"); shown+left != 60 || shown < 10 {
		t.Errorf("%d shown and %d left out, want 60 in all", shown, left)
	}
}

func FuzzPages(f *testing.F) {
	for i, s := range nasty {
		f.Add(s, nasty[(i+3)%len(nasty)], nasty[(i+7)%len(nasty)])
	}
	c := composer(f)
	f.Fuzz(func(t *testing.T, name, id, rule string) {
		for _, lang := range locale.Languages() {
			pages(t, c, lang, name, id, rule)
		}
	})
}
