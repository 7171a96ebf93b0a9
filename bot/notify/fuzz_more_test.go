package notify_test

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"shopwarden/bot/alarm"
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
	check("start")(c.Start(in.lang, nil))
	check("start of a bound chat")(c.Start(in.lang, shops))
	check("help")(c.Help(in.lang))
	check("languages")(c.LangSettings(in.name))
	check("unbound")(c.Unbound(in.lang, v.Shop))
	check("which shop")(c.WhichShop(in.lang, "today", shops))
	check("score")(c.Score(notify.ScoreView{View: v, Overview: rules.Overview{Last30: rules.Period{Card: card}}}))
	for p := notify.UnknownShop; p <= notify.TooManyTries; p++ {
		check(p.String())(c.Problem(in.lang, p))
		checkSigns(t, p.String(), c.Notice(in.lang, p))
	}
	for _, command := range c.BotCommands(in.lang) {
		checkSigns(t, command.Name, command.Text)
	}
	check("topic moved")(c.TopicMoved(v))
	exportPages(t, c, v, in, check)
	shopsPages(t, c, v, in, check, card)
	chats := []notify.Chat{{ID: 1, Role: notify.Owner, Lang: in.lang, Alerts: true, Digest: true, Title: in.name}, {ID: -2, Role: notify.Team, Lang: in.lang, Digest: true, Title: in.id}}
	told := c.ChatGone(notify.Gone{View: v, Chat: notify.Chat{ID: -3, Title: in.name, Role: notify.Role(in.rule), Alerts: true}, Reason: in.rule}, chats)
	told = append(told, c.ChatBack(v, chats[0], 1<<40), c.ChatBack(v, chats[1], 0), c.TopicGone(v, chats[1]))
	last := v.Now - 38*60*1000
	shop := v.Shop
	shop.Platform = in.rule
	told = append(told, c.Alerts(notify.News{Shop: shop, Policy: v.Policy, Chats: chats, Now: v.Now, Silent: &notify.Silence{Last: last, Usual: 2 * time.Minute},
		Again: &notify.Silence{Last: last}})...)
	told = append(told, c.Scorecards(notify.ScorecardView{View: v, Day: date(23), Card: card}, chats)...)
	if len(told) != 2+3+2+2 {
		t.Errorf("%d notices and cards, want 9", len(told))
	}
	for _, m := range told {
		check(m.Key)(m.HTML, m.Buttons)
		if len(m.Key) > notify.MaxKey {
			t.Errorf("%s: key of %d bytes", m.Kind, len(m.Key))
		}
	}
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

// texts that this package's fuzz test does not reach through a call of its own.
var elsewhere = []string{
	"Boards", // what Board writes, in messages
}

// TestEveryPageIsFuzzed fails when a page is written that the fuzz test does not know.
func TestEveryPageIsFuzzed(t *testing.T) {
	var source []byte
	files, err := filepath.Glob("fuzz*_test.go")
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
