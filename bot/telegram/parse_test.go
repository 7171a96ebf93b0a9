package telegram

import (
	"slices"
	"strings"
	"testing"

	"github.com/go-telegram/bot/models"
)

func TestACommandIsReadWhereverPeopleTypeIt(t *testing.T) {
	tests := []struct {
		name, text string
		verb       verb
		args       []string
		ok         bool
	}{
		{"plain", "/today", verbToday, nil, true},
		{"upper case", "/Today", verbToday, nil, true},
		{"for this bot", "/today@shopwarden_bot", verbToday, nil, true},
		{"for this bot in other case", "/today@ShopWarden_Bot S1", verbToday, []string{"S1"}, true},
		{"for another bot", "/today@weather_bot", 0, nil, false},
		{"for a longer name", "/today@shopwarden_bot2", 0, nil, false},
		{"deep link", "/start ABCD-2345", verbStart, []string{"ABCD-2345"}, true},
		{"deep link into a group", "/start@shopwarden_bot ABCD-2345", verbStart, []string{"ABCD-2345"}, true},
		{"arguments on the next line", "/why\nA1", verbWhy, []string{"A1"}, true},
		{"full-width slash and space", "／today　S1", verbToday, []string{"S1"}, true},
		{"full-width digits", "/alerts ５", verbAlerts, []string{"5"}, true},
		{"full-width clock", "/digest ２１：３０", verbDigest, []string{"21:30"}, true},
		{"colon", "/why：A1", verbWhy, []string{"A1"}, true},
		{"Chinese behind a slash", "/今天", verbToday, nil, true},
		{"Chinese behind a full-width slash", "／违规", verbViolations, nil, true},
		{"emoji in the arguments", "/why 🎁🎁 A1", verbWhy, []string{"🎁🎁", "A1"}, true},
		{"unknown", "/weather", verbUnknown, nil, true},
		{"not at the beginning", "please /today", 0, nil, false},
		{"behind an emoji", "🎁 /today", 0, nil, false},
		{"a path", "/home/user", 0, nil, false},
		{"a tag", "/today<b>", 0, nil, false},
		{"a bare slash", "/", 0, nil, false},
		{"nothing", "", 0, nil, false},
		{"broken UTF-8", "/to\xffday", verbToday, nil, true},
		{"a name beyond all names", "/" + strings.Repeat("a", 40), 0, nil, false},
		{"nobody", "/today@", 0, nil, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, ok := readCommand(tt.text, nil, "shopwarden_bot")
			if ok != tt.ok || got.verb != tt.verb || !slices.Equal(got.args, tt.args) {
				t.Errorf("readCommand(%q) = %v, %v; want %v %q, %v", tt.text, got, ok, tt.verb, tt.args, tt.ok)
			}
		})
	}
}

func TestACommandShownAsCodeIsNotGiven(t *testing.T) {
	code := []models.MessageEntity{{Type: models.MessageEntityTypeCode, Offset: 0, Length: 6}}
	if _, ok := readCommand("/today", code, "b"); ok {
		t.Error("a quoted command was taken for a command")
	}
}

func TestForgedEntitiesDoNotMatter(t *testing.T) {
	forged := []models.MessageEntity{
		{Type: models.MessageEntityTypeBotCommand, Offset: -5, Length: 1 << 30},
		{Type: models.MessageEntityTypeBotCommand, Offset: 1 << 30, Length: -1},
	}
	got, ok := readCommand("/due 🎁", forged, "b")
	if !ok || got.verb != verbDue {
		t.Errorf("got %v %v, want due", got, ok)
	}
}

func TestPlainWordsNameACommandInEitherLanguage(t *testing.T) {
	tests := []struct {
		text string
		verb verb
		args []string
		ok   bool
	}{
		{"今天", verbToday, nil, true},
		{" 违规 ", verbViolations, nil, true},
		{"待办", verbDue, nil, true},
		{"Help", verbHelp, nil, true},
		{"？", verbHelp, nil, true},
		{"为什么 A1023", verbWhy, []string{"A1023"}, true},
		{"今天天气不错", 0, nil, false},
		{"", 0, nil, false},
	}
	for _, tt := range tests {
		got, ok := readWords(tt.text)
		if ok != tt.ok || got.verb != tt.verb || !slices.Equal(got.args, tt.args) {
			t.Errorf("readWords(%q) = %v, %v; want %v %q, %v", tt.text, got, ok, tt.verb, tt.args, tt.ok)
		}
	}
}

func TestButtonDataIsReadBack(t *testing.T) {
	tests := []struct {
		data  string
		verb  verb
		args  []string
		token string
		ok    bool
	}{
		{"v1:today:S1", verbToday, []string{"S1"}, "", true},
		{"v1:help", verbHelp, nil, "", true},
		{"v1:shops:", verbShops, nil, "", true},
		{"v1:lang:", verbLang, []string{}, "", true},
		{"v1:why:S1|ship-on-time|order/A:1|2", verbWhy, []string{"S1", "ship-on-time", "order/A:1|2"}, "", true},
		{"v1:why:S1||order/A1", verbWhy, []string{"S1", "", "order/A1"}, "", true},
		{"v1:today:S1|timely|2", verbToday, []string{"S1", "timely|2"}, "", true},
		{"n1:today:S1", verbToday, []string{"S1"}, "", true},
		{"t1:AbC123", 0, nil, "AbC123", true},
		{"u1:AbC123", 0, nil, "AbC123", true},
		{"v1:", 0, nil, "", false},
		{"t1:", 0, nil, "", false},
		{"v2:today:S1", 0, nil, "", false},
		{"v1:drop:S1", 0, nil, "", false},
		{"v1:今天:S1", 0, nil, "", false},
		{"v1:\xff", 0, nil, "", false},
		{"", 0, nil, "", false},
	}
	for _, tt := range tests {
		action, token, ok := readData(tt.data)
		var p pressed
		if ok && token == "" {
			var err error
			p, err = readAction(action)
			ok = err == nil
		}
		if ok != tt.ok || p.verb != tt.verb || token != tt.token || !slices.Equal(p.args, tt.args) {
			t.Errorf("%q = %v token %q, %v; want %v %q token %q, %v", tt.data, p, token, ok, tt.verb, tt.args, tt.token, tt.ok)
		}
	}
}

// buttonsOnly are the verbs of buttons under a tip, an appeal or an alert; there a person would have to name what only the button knows.
var buttonsOnly = []verb{verbTip, verbFolder, verbSeen, verbOver, verbSnooze, verbUndo, verbAlarm}

func TestEveryVerbHasAPlanAndEveryCommandAWord(t *testing.T) {
	for v := verbStart; int(v) < len(plans); v++ {
		if plans[v].name == "" || plans[v].need == 0 {
			t.Errorf("verb %d has no plan", v)
		}
		if buttonVerb(v.String()) != v {
			t.Errorf("%v is not found by its name", v)
		}
		if !slices.Contains(buttonsOnly, v) && verbOf(v.String()) != v {
			t.Errorf("/%v is no command", v)
		}
	}
}

func FuzzReadCommand(f *testing.F) {
	for _, text := range []string{"/today@shopwarden_bot S1", "／今天　１", "/start AB-12", "🎁/x", "/why：a:b", "/\xff\xfe"} {
		f.Add(text, 0, 3)
	}
	f.Fuzz(func(t *testing.T, text string, offset, length int) {
		got, ok := readCommand(text, []models.MessageEntity{{Type: models.MessageEntityTypePre, Offset: offset, Length: length}}, "shopwarden_bot")
		words, known := readWords(text)
		for _, arg := range slices.Concat(got.args, words.args) {
			if arg == "" || strings.ContainsAny(arg, " \n\t") {
				t.Errorf("argument %q in %q", arg, text)
			}
		}
		if !ok && (got.verb != verbUnknown || len(got.args) > 0) {
			t.Errorf("not a command, and yet %v", got)
		}
		if known && words.verb == verbUnknown {
			t.Errorf("%q names no command, and yet it is known", text)
		}
	})
}

func FuzzReadData(f *testing.F) {
	for _, data := range []string{"v1:why:S1|ship-on-time|order/A:1", "t1:abc", "v1:", "v1:why:||||", "v1:today:\xff"} {
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data string) {
		action, token, ok := readData(data)
		if ok == (action == "" && token == "") {
			t.Fatalf("readData(%q) = %q, %q, %v", data, action, token, ok)
		}
		p, err := readAction(action)
		if err != nil {
			return
		}
		if len(p.args) > plans[p.verb].args {
			t.Errorf("%q gave %d arguments, the plan allows %d", data, len(p.args), plans[p.verb].args)
		}
		back := p.verb.String() + ":" + strings.Join(p.args, "|")
		if plans[p.verb].args > 0 && strings.TrimRight(back, ":|") != strings.TrimRight(action, ":|") {
			t.Errorf("%q came back as %q", action, back)
		}
	})
}
