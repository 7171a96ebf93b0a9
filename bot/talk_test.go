package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"shopwarden/bot/locale"
)

// TestAConversationInEveryLanguage talks to the whole bot in every language, in a private chat and with a team, and sets
// what people see against testdata/talk.*.txt. Together the two cover every command, every kind of button that is offered,
// and every text that says why something cannot be done; see covered.
func TestAConversationInEveryLanguage(t *testing.T) {
	heard := make([]*talked, len(locale.Languages()))
	t.Run("all", func(t *testing.T) {
		for i, lang := range locale.Languages() {
			heard[i] = &talked{}
			t.Run(lang, func(t *testing.T) {
				t.Parallel()
				for _, part := range []string{"private", "team"} {
					t.Run(part, func(t *testing.T) {
						k := newTalk(t, lang, part)
						if !k.speak() {
							t.Skip("nobody speaks here yet")
						}
						heard[i].add(k)
						k.compare()
					})
				}
				heard[i].covered(t, lang)
			})
		}
	})
	for i, lang := range locale.Languages() {
		if diff := cmp.Diff(heard[0].said(), heard[i].said()); diff != "" {
			t.Errorf("the conversations in %s and %s cover different things:\n%s", locale.Languages()[0], lang, diff)
		}
	}
}

// speak holds the conversation, if there is one.
func (k *talk) speak() bool {
	if k.part == "private" {
		k.private()
		return true
	}
	team, ok := any(k).(interface{ team() })
	if ok {
		team.team()
	}
	return ok
}
