package telegram

import (
	"slices"
	"strings"
	"testing"

	"shopwarden/bot/locale"
	"shopwarden/bot/notify"
	"shopwarden/bot/outbox"
)

func plainWords(t *testing.T) *intents {
	t.Helper()
	texts, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	return newIntents(notify.New(texts, nil).Sayings)
}

func TestPlainWordsLeadToTheSameAnswersAsCommands(t *testing.T) {
	plain := plainWords(t)
	for text, want := range map[string]string{
		"今天得分":                                  "today",
		"今天店铺怎么样？":                              "today",
		"哪些订单要超时":                               "due",
		"哪些订单快超时了":                              "due",
		"接下来做什么":                                "due",
		"还能救哪几单":                                "due save",
		"昨天超时了几单":                               "violations",
		"为什么扣分":                                 "why score",
		"我们为什么丢分了？":                             "why score",
		"怎么提高体验分":                               "tips",
		"怎么申诉":                                  "appeal",
		"现在有多少违规积分":                             "points",
		"如果再超时两单会怎样":                            "whatif",
		"最近30天的趋势":                              "trend 30",
		"几点最容易超时":                               "trend hours",
		"导出近30天明细":                              "export 30",
		"晚上别提醒我":                                "quiet",
		"太吵了":                                   "mute",
		"今天谁值班":                                 "duty",
		"换店铺":                                   "shops",
		"删掉我的数据":                                "privacy",
		"订单202611190001怎么判的":                    "why 202611190001",
		"你好":                                    "start",
		"How is my shop doing?":                 "today",
		"what's today's score":                  "today",
		"Why did we lose points?":               "why score",
		"why did we lose 3 points yesterday":    "why score",
		"which orders are about to be late":     "due",
		"What should I do now?":                 "due",
		"what did we miss yesterday":            "violations",
		"how do we improve":                     "tips",
		"What if we miss two more?":             "whatif",
		"how many can we still miss":            "whatif",
		"are we getting better?":                "trend",
		"trend of the last 30 days":             "trend 30",
		"at which hour are we late?":            "trend hours",
		"download an excel of the last 90 days": "export 90",
		"do not disturb me at night":            "quiet",
		"who is on duty":                        "duty",
		"invite a colleague":                    "team",
		"delete my data":                        "privacy",
		"why was order 1199 late":               "why 1199",
		"c-77?":                                 "why c-77",
		"what's our score right now":            "today",
		"what if we ship 10 late":               "whatif",
		"how do I appeal this penalty":          "appeal",
		"send me an excel of misses":            "export",
		"turn off all alerts":                   "mute",
		"delete everything":                     "privacy",
		"we made 20000 yuan today":              "today",
		"score on 2026-11-20 or in 2026, today": "today",
		"为什么体验分降了":                              "why score",
		"昨天扣了几分":                                "why score",
		"今天超时几单":                                "violations",
		"最晚几点发货":                                "due",
		"日报几点发":                                 "digest",
		"导出上个月":                                 "export",
		"如何提高体验分":                               "tips",
		"取消绑定":                                  "privacy",
		"今天发了1500单":                             "today",
	} {
		got, ok := plain.read(text)
		if name := strings.TrimSpace(got.verb.String() + " " + strings.Join(got.args, " ")); !ok || name != want {
			t.Errorf("%s: got %q (%v), want %q", text, name, ok, want)
		}
	}
}

// TestASentenceIsNotACommandBecauseOfItsFirstWord: its other words are no arguments.
func TestASentenceIsNotACommandBecauseOfItsFirstWord(t *testing.T) {
	plain := plainWords(t)
	for text, want := range map[string]string{
		"why did our score drop":       "why score",
		"why is the sky blue":          "why",
		"mute for 2 hours":             "mute",
		"unbind my shop":               "privacy",
		"today was a good day":         "today",
		"export last month":            "export",
		"trend for the last 7 days":    "trend 7",
		"settings please":              "settings",
		"take it":                      "take",
		"why 1199":                     "why 1199",
		"why late":                     "why",
		"trend 30":                     "trend 30",
		"mute 2h":                      "mute 2h",
		"digest 8:30":                  "digest 8:30",
		"export 7d csv":                "export 7d csv",
		"excuse A1 it was the courier": "excuse A1 it was the courier",
		"今天 怎么样":                       "today",
		"不怪我们 A1 快递没来":                 "excuse A1 快递没来",
		"静音 2小时":                       "mute 2小时",
	} {
		got := plain.hear(text)
		if name := strings.TrimSpace(got.verb.String() + " " + strings.Join(got.args, " ")); name != want || !got.loose {
			t.Errorf("%s: got %q, want %q", text, name, want)
		}
	}
}

// TestPlainWordsDoNotUnbind: a word may be said in passing; the command with its slash is not.
func TestPlainWordsDoNotUnbind(t *testing.T) {
	for _, text := range []string{"unbind", "解绑", "unbind alpha"} {
		s := newStage(t)
		s.store.chats["alpha"][77] = notify.Chat{ID: 77, Role: notify.Manager, Lang: "en"}
		if m := s.say(77, 77, text); len(m) != 1 || len(m[0].Buttons) == 0 {
			t.Errorf("%s: got %+v, want a question", text, m)
		}
		if _, bound := s.store.chats["alpha"][77]; !bound {
			t.Errorf("%s unbound the chat", text)
		}
		if m := s.say(77, 77, "/unbind"); len(s.store.chats["alpha"]) != 2 {
			t.Errorf("/unbind did not: %+v %v", m, s.store.chats["alpha"])
		}
	}
}

// TestWhatCanBeSavedIsNotTheNameOfAShop, and neither is what somebody says behind the word of a command.
func TestWhatCanBeSavedIsNotTheNameOfAShop(t *testing.T) {
	for text, want := range map[string]string{"还能救哪几单": "save first", "/due save": "save first", "which can we still save": "save first", "今天 好": "Nothing to judge yet",
		"due tomorrow": "Due next", "snoozed alerts": "Nothing is snoozed", "/today beta": "no such shop", "unbind beta": "no such shop"} {
		s := newStage(t)
		if m := s.say(ownerID, ownerID, text); len(m) != 1 || !strings.Contains(m[0].HTML, want) {
			t.Errorf("%s: got %+v, want %q", text, m, want)
		}
	}
}

func TestWordsAboutOtherThingsAreNotTakenForAQuestion(t *testing.T) {
	plain := plainWords(t)
	for _, text := range []string{
		"call me at 13800138000", "https://www.example.com/item?id=99812345", "my phone is +86 138 0013 8000", "2026-11-24", "in 2026",
		"电话13800138000", "", "?", "好的", "thanks", "哈哈哈", "👍", "asdf qwer",
		"I spoke to my sister and she will bring the new boxes to the warehouse some time after lunch, today or maybe not",
		"我跟仓库的老王说过了他明天下午会把新到的那批纸箱子全部搬到二楼去你今天不用过来了",
	} {
		if got, ok := plain.read(text); ok {
			t.Errorf("%q is taken for %v %v", text, got.verb, got.args)
		}
	}
}

func TestWhatIsNotUnderstoodBringsWhatIsMostAlike(t *testing.T) {
	plain := plainWords(t)
	for text, want := range map[string]string{
		"voilations": "violations", "setings": "settings", "exprot": "export", "what did we mis": "violations", "趋势图怎样": "trend", "申述": "", "zzz": "",
	} {
		got := plain.like(text)
		if want == "" && len(got) > 0 || want != "" && !slices.Contains(got, want) {
			t.Errorf("%s: got %v, want %q", text, got, want)
		}
	}
}

// TestNothingThatIsSaidInPlainWordsChangesAnything: whoever wants that presses a button on the page.
func TestNothingThatIsSaidInPlainWordsChangesAnything(t *testing.T) {
	for _, w := range wants() {
		a := ask{verb: w.verb, args: w.args}
		if n := a.need(); n == needSettings && w.verb != verbExcuse {
			t.Errorf("%s needs %v", w.name, n)
		}
		if w.verb == verbUnbind {
			t.Errorf("%s ends something", w.name)
		}
	}
}

func FuzzPlainWords(f *testing.F) {
	texts, err := locale.Load()
	if err != nil {
		f.Fatal(err)
	}
	plain := newIntents(notify.New(texts, nil).Sayings)
	f.Add("哪些订单要超时 12345")
	f.Add("why did we lose points")
	f.Fuzz(func(t *testing.T, text string) {
		a, ok := plain.read(text)
		b, again := plain.read(text)
		if a.verb != b.verb || ok != again || a.text != b.text {
			t.Errorf("%q means two things", text)
		}
		plain.like(text)
	})
}

func TestWhoeverIsNotUnderstoodIsOfferedThreeThings(t *testing.T) {
	for name, tt := range map[string]struct {
		prepare func(*stage)
		chat    int64
		text    string
		want    string
	}{
		"an owner":            {nil, ownerID, "voilations", "violations:alpha today:alpha due:alpha"},
		"nothing alike":       {nil, ownerID, "zzz", "today:alpha due:alpha help:"},
		"somebody new":        {nil, 50, "zzz", "start: bind: help:"},
		"a chat of two shops": {func(s *stage) { _ = s.store.Bind(s.t.Context(), "beta", notify.Chat{ID: ownerID, Role: notify.Owner}) }, ownerID, "zzz", "shops: help: lang:"},
	} {
		s := newStage(t)
		if tt.prepare != nil {
			tt.prepare(s)
		}
		var got []string
		for _, row := range s.expect(s.say(tt.chat, tt.chat, tt.text), tt.text).Buttons {
			got = append(got, row[0].Action)
		}
		if strings.Join(got, " ") != tt.want {
			t.Errorf("%s: got %v, want %s", name, got, tt.want)
		}
	}
}

func TestAGroupIsHeardInPlainWordsOnlyInAnswerToTheBot(t *testing.T) {
	s := newStage(t)
	if answers := s.say(groupID, memberID, "how is our shop"); len(answers) > 0 {
		t.Errorf("the group talks to itself and hears %q", answers[0].HTML)
	}
	reply := func(text, to string) []outbox.Message {
		update := strings.Replace(saidJSON(groupID, memberID, text), `"text"`, `"reply_to_message":{"message_id":4,"date":1,"chat":{"id":1,"type":"group"},"from":{"id":1,"is_bot":true,"username":"`+to+`"}},"text"`, 1)
		answers, _ := s.handle(update)
		return answers
	}
	s.expect(reply("how is our shop", "shopwarden_bot"), "Alpha Toys")
	if answers := append(reply("how is our shop", "weather_bot"), reply("thanks", "shopwarden_bot")...); len(answers) > 0 {
		t.Errorf("heard %q", answers[0].HTML)
	}
}
