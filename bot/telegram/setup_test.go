package telegram_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"shopwarden/bot/outbox"
	"shopwarden/bot/telegram"
	"shopwarden/bot/telegram/telegramtest"
)

func profile() telegram.Profile {
	due, bind := telegram.Command{Name: "due", Description: "What is due next"}, telegram.Command{Name: "bind", Description: "Watch a shop"}
	return telegram.Profile{
		Menus: []telegram.Menu{
			{Scope: telegram.Everywhere, Commands: []telegram.Command{due}},
			{Scope: telegram.InPrivate, Lang: "zh", Commands: []telegram.Command{{Name: "due", Description: "接下来要办的"}}},
			{Scope: telegram.InGroups, Lang: "en", Commands: []telegram.Command{due}},
			{Scope: telegram.ForAdministrators, Commands: []telegram.Command{due, bind}},
		},
		Short:          map[string]string{"": "Keeps a shop's promises in view", "zh": "盯住店铺的服务承诺"},
		Long:           map[string]string{"": "Tells you what to send before it is late", "zh": "快超时的单先告诉你"},
		CommandsButton: true,
	}
}

func TestSetupShowsEachChatItsCommandsInItsLanguage(t *testing.T) {
	b := newBooth(t, telegramtest.Limits{})
	me, err := b.client.Setup(t.Context(), profile())
	if err != nil {
		t.Fatal(err)
	}
	if me.ID != 42 || me.Username != "shopwarden_bot" || me.ReadsAll {
		t.Errorf("the bot is %+v", me)
	}
	for _, m := range profile().Menus {
		var got []telegram.Command
		for _, c := range b.Menu(m.Scope.String(), m.Lang) {
			got = append(got, telegram.Command{Name: c.Command, Description: c.Description})
		}
		if diff := cmp.Diff(m.Commands, got); diff != "" {
			t.Errorf("%s %q: %s", m.Scope, m.Lang, diff)
		}
	}
}

func TestSetupSaysWhatTheBotIsForAndPutsItsCommandsBehindTheButton(t *testing.T) {
	b := newBooth(t, telegramtest.Limits{})
	if _, err := b.client.Setup(t.Context(), profile()); err != nil {
		t.Fatal(err)
	}
	for lang, want := range profile().Long {
		if got := b.Description(lang); got != want {
			t.Errorf("the description in %q is %q", lang, got)
		}
	}
	for lang, want := range profile().Short {
		if got := b.ShortDescription(lang); got != want {
			t.Errorf("the short description in %q is %q", lang, got)
		}
	}
	if got := b.MenuButton(b.chat); got != "commands" {
		t.Errorf("the button is %q", got)
	}
	if _, err := b.client.Setup(t.Context(), telegram.Profile{}); err != nil || b.Calls("setChatMenuButton") != 1 {
		t.Errorf("a profile that says nothing of a button set one: %v", err)
	}
}

func TestSetupGoesOnAfterARefusalAndNamesIt(t *testing.T) {
	b := newBooth(t, telegramtest.Limits{})
	p := profile()
	p.Menus[0].Commands = []telegram.Command{{Name: "NOT A NAME", Description: "x"}}
	p.Long["en"] = strings.Repeat("x", 513)
	me, err := b.client.Setup(t.Context(), p)
	var failed *telegram.CallError
	if !errors.As(err, &failed) || failed.Method != "setMyCommands" || failed.Verdict != outbox.Refused || !strings.Contains(err.Error(), `commands for default in ""`) || !strings.Contains(err.Error(), `description in "en"`) {
		t.Errorf("got %v", err)
	}
	if me.Username == "" || len(b.Menu("all_chat_administrators", "")) != 2 || b.MenuButton(0) != "commands" {
		t.Error("the rest was not set up")
	}
}

func TestSetupTriesNothingMoreWithoutAnAnswer(t *testing.T) {
	b := newBooth(t, telegramtest.Limits{})
	b.FailNext("", telegramtest.Fault{Kind: telegramtest.FaultHTML}, -1)
	_, err := b.client.Setup(t.Context(), profile())
	var failed *telegram.CallError
	if !errors.As(err, &failed) || failed.Verdict != outbox.NotSent || b.Calls("") != 1 {
		t.Errorf("%d calls, %v", b.Calls(""), err)
	}
}

func TestAPressIsAnsweredOnceAndALateAnswerIsAnError(t *testing.T) {
	b := newBooth(t, telegramtest.Limits{})
	out := b.send(t, outbox.Message{Chat: b.chat, HTML: "late", Buttons: [][]outbox.Button{{{Text: "Why", Action: "why:A1"}}}}, 0)
	press, err := b.Press(b.chat, out.MessageID, owner.ID, "n1:why:A1")
	if err != nil {
		t.Fatal(err)
	}
	if err := b.client.AnswerCallback(t.Context(), press, "Seen"); err != nil {
		t.Fatal(err)
	}
	if got := b.CallbackAnswers(); len(got) != 1 || got[0].Text != "Seen" {
		t.Errorf("answered %+v", got)
	}
	var failed *telegram.CallError
	if err := b.client.AnswerCallback(t.Context(), "unknown", ""); !errors.As(err, &failed) || failed.Verdict != outbox.Refused {
		t.Errorf("got %v", err)
	}
}

func TestAMembersStandingIsAskedOfTelegram(t *testing.T) {
	b := newBooth(t, telegramtest.Limits{})
	if got, err := b.client.ChatMember(t.Context(), b.forum, owner.ID); got != "creator" || err != nil {
		t.Errorf("the owner is %q, %v", got, err)
	}
	if got, err := b.client.ChatMember(t.Context(), b.forum, 4711); err == nil && got != "left" {
		t.Errorf("a stranger is %q", got)
	}
	if got, err := b.client.ChatMember(t.Context(), -4711, owner.ID); err == nil || got != "" {
		t.Errorf("in no chat the owner is %q", got)
	}
}
