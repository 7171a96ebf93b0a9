package main

import (
	"testing"

	"shopwarden/bot/locale"
	"shopwarden/bot/notify"
	"shopwarden/rules"
)

// TestAConversationInEveryLanguage talks to the whole bot, from the first minute to the last, in every language, and sets
// what people see against testdata/talk.*.txt. It covers every command, every kind of button that is offered, and every
// text that says why something cannot be done.
func TestAConversationInEveryLanguage(t *testing.T) {
	for _, lang := range locale.Languages() {
		t.Run(lang, func(t *testing.T) {
			t.Parallel()
			k := newTalk(t, lang)
			k.firstMinute()
			k.compare()
		})
	}
}

func (k *talk) firstMinute() {
	k.scene(k.say("The first minute", "第一分钟"), 23, "09:00")
	k.says(lin, lin, "/start", "/start")
	k.says(lin, lin, "/today", "今天")
	k.says(lin, lin, "/bind WRONG-CODE", "绑定 WRONG-CODE")
	k.opens(lin, k.code("tea", notify.Owner))
	k.happen("tea", "order.paid", 22, "10:00", rules.Data{OrderID: "1001"})
	k.press(lin, lin, "today:tea")
	k.press(lin, lin, "due:tea")
	k.says(lin, lin, "gibberish", "天书")
	k.says(lin, lin, "why did we lose points?", "为什么丢分了？")
}
