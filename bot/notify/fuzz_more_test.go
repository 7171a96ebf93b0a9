package notify_test

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"shopwarden/bot/alarm"
	"shopwarden/bot/appeal"
	"shopwarden/bot/chart"
	"shopwarden/bot/locale"
	"shopwarden/bot/notify"
	"shopwarden/bot/outbox"
	"shopwarden/config"
	"shopwarden/rules"
)

// nasties are strings from outside, and the language they are shown in.
type nasties struct{ lang, name, id, rule string }

// morePages writes the pages that are about no case, and the notices.
func morePages(t testing.TB, c *notify.Composer, v notify.View, in nasties, check func(string) func(string, [][]outbox.Button), card rules.Scorecard) {
	t.Helper()
	shops := slices.Repeat([]config.Shop{v.Shop}, 40)
	peoplePages(t, c, v, in, check)
	check("languages")(c.LangSettings(in.name, in.name))
	check("not understood")(c.NotUnderstood(in.lang, in.name, []notify.Suggestion{{Command: "today", Shop: in.id}, {Command: "help"}}))
	check("which shop")(c.WhichShop(in.lang, "today", shops))
	check("score")(c.Score(notify.ScoreView{View: v, Overview: rules.Overview{Last30: rules.Period{Card: card}}}))
	for p := notify.UnknownShop; p <= notify.NoOwnerLeft; p++ {
		check(p.String())(c.Problem(in.lang, p))
		checkSigns(t, p.String(), c.Notice(in.lang, p))
	}
	check("topic moved")(c.TopicMoved(v))
	exportPages(t, c, v, in, check)
	shopsPages(t, c, v, in, check, card)
	chats := []notify.Chat{{ID: 1, Role: notify.Owner, Lang: in.lang, Alerts: true, Digest: true, Title: in.name}, {ID: -2, Role: notify.Team, Lang: in.lang, Digest: true, Title: in.id}}
	told := c.ChatGone(notify.Gone{View: v, Chat: notify.Chat{ID: -3, Title: in.name, Role: notify.Role(in.rule), Alerts: true}, Reason: in.rule}, chats)
	told = append(told, c.ChatBack(v, chats[0], 1<<40), c.ChatBack(v, chats[1], 0), c.TopicGone(v, chats[1], 3))
	last := v.Now - 38*60*1000
	shop := v.Shop
	shop.Platform = in.rule
	told = append(told, c.Alerts(notify.News{Shop: shop, Policy: v.Policy, Chats: chats, Now: v.Now, Silent: &notify.Silence{Last: last, Usual: 2 * time.Minute},
		Again: &notify.Silence{Last: last}})...)
	told = append(told, c.Scorecards(notify.ScorecardView{View: v, Day: date(23), Card: card}, chats)...)
	if len(told) != 2+3+2+2 {
		t.Errorf("%d notices and cards, want 9", len(told))
	}
	told = append(told, digestPages(t, c, v, in, chats, card)...)
	for _, m := range told {
		check(m.Key)(m.HTML, m.Buttons)
		if len(m.Key) > notify.MaxKey {
			t.Errorf("%s: key of %d bytes", m.Kind, len(m.Key))
		}
	}
}

// digestPages writes the reviews, and what goes with them.
func digestPages(t testing.TB, c *notify.Composer, v notify.View, in nasties, chats []notify.Chat, card rules.Scorecard) []outbox.Message {
	t.Helper()
	rule := rules.Rule{ID: in.rule}
	caused := rules.Pattern{Dim: rules.ByCarrier, Value: in.rule, Misses: 4, AllMisses: 4, Cases: 9, AllCases: 1 << 50}
	w := notify.ReviewView{View: v, Of: notify.Weekly, From: date(16), To: date(23), Card: card, Before: card, Late: true, Ladder: nastyLadder(v, in.id, in.rule),
		Tallies: rules.DayTallies{"ship-on-time": {Met: 3, Breached: 4}, in.rule: {Breached: 1 << 60}}, Streak: []rules.Streak{{Rule: &rule, Days: 1 << 40, Open: true}, {Rule: &rule, Days: 3}},
		Causes: map[string][]rules.Pattern{"ship-on-time": {caused}, in.rule: {caused}},
		Results: slices.Repeat([]notify.TipResult{{Tip: "ship-weekend", State: notify.TipState{Rule: in.rule, Dim: rules.BySKU, Value: in.rule},
			Compare: rules.Compare(rules.MissShare{Misses: 1, Cases: 2}, rules.MissShare{Misses: 1 << 50, Cases: 1 << 50})}}, 8),
		Scores: v.Policy.DayScores(date(16), date(23), month(), nil), Trend: v.Policy.DayScores(date(16), date(23), month(), nil)}
	s := notify.SettingsView{View: v, Chat: chats[0], Unclear: in.name, Saved: true, Elsewhere: true}
	s.Shop.Timezone, s.Shop.Hours, s.Shop.Pack, s.Shop.Calendar = in.id, in.rule, in.name, []string{in.rule}
	s.Chat.Without, s.Chat.Days = "worst,tips,streaks,points", "mon,wed,sun"
	for page, render := range map[string]func(notify.SettingsView) (string, [][]outbox.Button){"zone": c.ZoneSettings, "hours": c.HoursSettings, "digest": c.DigestSettings} {
		html, buttons := render(s)
		checkHTML(t, page, html)
		if len(buttons) == 0 {
			t.Errorf("%s: no button", page)
		}
	}
	html, _ := c.Settings(notify.HubView{SettingsView: s, People: make([]notify.OnDuty, 3)})
	checkHTML(t, "settings", html)
	var list []outbox.Message
	for _, of := range []notify.Edition{notify.Weekly, notify.Monthly} {
		w.Of = of
		list = append(list, c.Reviews(w, chats)...)
		checkRich(t, of.String(), c.RichReview(w))
		html, _ := c.Review(w)
		day, _ := c.Scorecard(notify.ScorecardView{View: v, Day: date(22), Card: card, Ladder: w.Ladder, Results: w.Results, Streak: w.Streak, Late: true, Platform: card})
		for _, text := range []string{html, day} {
			if n := locale.HTML(text).Units(); n > notify.CaptionLimit {
				t.Errorf("%s: %d units are no caption", of, n)
			}
		}
		if p := c.ReviewPicture(w, chart.Dark); p == nil || strings.ContainsRune(p.Trend.Title, '\x00') {
			t.Errorf("%s: picture %+v", of, p)
		}
	}
	if p := c.CardPicture(notify.ScorecardView{View: v, Day: date(23), Card: card}, chart.Dark); p == nil || strings.ContainsRune(p.Card.Title, '\x00') {
		t.Errorf("picture %+v", p)
	}
	return list
}

// alarmPages writes what is about alarms: with people's names, and causes that somebody made up.
func alarmPages(t testing.TB, c *notify.Composer, v notify.View, in nasties, check func(string) func(string, [][]outbox.Button), k rules.Case) {
	t.Helper()
	who := alarm.Mark{Person: 1, Name: in.name, At: v.Now - 1}
	was := caseView(v, k)
	var all []notify.AlarmView
	for _, p := range []alarm.Press{{Act: alarm.Seen, Who: who}, {Act: alarm.Take, Who: who}, {Act: alarm.Snooze, Who: who, Until: v.Now + 3_600_000},
		{Act: alarm.Excuse, Who: who, Cause: in.rule}, {Act: alarm.Undo, Who: who}} {
		w := pressed(was, p)
		all = append(all, w)
		check("alarm " + p.Act.String())(c.Alarm(w, w.Step()))
		checkSigns(t, "pressed", c.Pressed(w, notify.Pressed{Act: p.Act, Of: alarm.Take, Who: who, Changed: true}))
		checkSigns(t, "pressed many", c.PressedMany(in.lang, p.Act, 1<<40))
		chat := notify.Chat{ID: 1, Role: notify.Owner, Lang: in.lang, Alerts: true}
		for _, m := range append(c.Statuses(was, w, []notify.Chat{chat}), c.Repaint(w, chat, 9, notify.ToldApart, "press/1")) {
			check(m.Kind)(m.HTML, m.Buttons)
			if m.Fold != nil {
				checkHTML(t, "row of a status", m.Fold.Row)
			}
		}
	}
	check("for how long")(c.AskSnooze(was, notify.ToldBreach))
	check("why not")(c.AskExcuse(was, notify.ToldBreach))
	check("snoozed")(c.Snoozed(notify.SnoozedView{View: v, Alarms: slices.Repeat(all, 20)}))
}

// ledgerPages writes what is about points, appeals and trends.
func ledgerPages(t testing.TB, c *notify.Composer, v notify.View, in nasties, check func(string) func(string, [][]outbox.Button), l notify.LadderView, cases []rules.Case) {
	t.Helper()
	pictured := func(page string) func(string, [][]outbox.Button, *chart.Picture) {
		return func(text string, buttons [][]outbox.Button, p *chart.Picture) {
			t.Helper()
			check(page)(text, buttons)
			if n := captionUnits(text); p != nil && n > notify.CaptionLimit {
				t.Errorf("%s: a caption of %d units", page, n)
			}
		}
	}
	pictured("points")(c.Points(notify.PointsView{LadderView: l}))
	pictured("trend")(c.Trend(trend(v, 7, 1, 2, -1, 30, 0, 0, 4)))
	heat := notify.HeatView{View: v, From: date(1), To: date(24), Read: 1 << 40, Total: 1 << 50}
	heat.Counts[3][23], heat.Counts[3][22] = 1<<40, 1
	pictured("heat")(c.Heat(heat))
	check("appeals")(c.Appeals(notify.AppealsView{View: v, Open: l.Imposed.Sanctions, Waiting: l.Imposed.Sanctions}))
	a := notify.AppealView{View: v, Sanction: l.Imposed.Sanctions[0], Rule: in.rule, From: date(1), To: date(24), Named: 1, Total: 1 << 40, Private: true, Note: notify.AppealLarge}
	a.Sanction.Reason = in.name
	for _, k := range cases {
		facts, _ := rules.Facts{}.Add(rules.Fact{Type: rules.Type(in.rule), At: v.Now, Attrs: []rules.Attr{{Key: "reason", Value: in.name}, {Key: "ship_by", Value: in.id}}})
		a.Records = append(a.Records, notify.Record{Case: k, Facts: facts})
	}
	for i := range appeal.Most {
		a.Folder.Files = append(a.Folder.Files, appeal.Attachment{ID: in.id + strconv.Itoa(i), Name: in.name, Note: in.rule, Size: 1 << 50, By: alarm.Mark{Name: in.id, At: 1}})
	}
	a.Folder.Filed = alarm.Mark{Name: in.name, At: 1}
	check("appeal")(c.Appeal(a))
	check("appeal noted")(c.AppealNoted(a))
	check("caption")(c.PackCaption(a, 1<<40), nil)
	list := []appeal.Enclosure{{Attachment: a.Folder.Files[0]}, {Attachment: a.Folder.Files[1], Missing: true}}
	appeal.Place(list)
	checkPaper(t, c.AppealPack(a, list).HTML)
}

// texts that this package's fuzz test does not reach through a call of its own.
var elsewhere = []string{
	"Boards",   // what Board writes, in messages
	"Language", // reads
	"Sayings",  // words to compare with
}

// TestEveryPageIsFuzzed fails when a page is written that the fuzz test does not know.
func TestEveryPageIsFuzzed(t *testing.T) {
	var source []byte
	files, err := filepath.Glob("*_test.go")
	if err != nil || len(files) < 2 {
		t.Fatalf("%d files of fuzz tests, %v", len(files), err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		source = append(source, text...)
	}
	methods := reflect.TypeFor[*notify.Composer]()
	for i := range methods.NumMethod() {
		name := methods.Method(i).Name
		if !slices.Contains(elsewhere, name) && !regexp.MustCompile(`\bc\.`+name+`\b`).Match(source) {
			t.Errorf("%s is not fuzzed: add it to morePages", name)
		}
	}
}

func TestTheCheckerFindsWhatTelegramRefuses(t *testing.T) {
	for _, bad := range []string{"", "<b>a", "a</b>", "<b><i>a</b></i>", "<u>a</u>", "a & b", "a < b", "&nbsp;", "<code><b>a</b></code>", "a\x00", "a\u202eb", "\u2068a",
		"\u2068\u2068a\u2069\u2069", "\u2068a\nb\u2069", "שלום", "\xff", strings.Repeat("😀", 2049)} {
		spy := &spy{TB: t}
		checkHTML(spy, "", bad)
		if !spy.failed {
			t.Errorf("%q passes", bad)
		}
	}
	checkHTML(t, "good", "<b>a</b> &amp; <code>\u2068שלום\u2069</code>\n👩‍🚀")
}

// spy notes that a check failed.
type spy struct {
	testing.TB
	failed bool
}

func (s *spy) Errorf(string, ...any) { s.failed = true }
