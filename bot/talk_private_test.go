package main

import (
	"shopwarden/bot/notify"
)

// private is the conversation of an owner in a private chat.
func (k *talk) private() {
	k.firstMinute()
}

func (k *talk) firstMinute() {
	k.scene(k.say("The first minute", "第一分钟"), 23, "09:00")
	k.says(lin, lin, "/start", "/start")
	k.says(lin, lin, "/today", "今天")
	k.says(lin, lin, "/bind WRONG-CODE", "绑定 WRONG-CODE")
	k.opens(lin, k.code("tea", notify.Owner))
}
