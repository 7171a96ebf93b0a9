package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// spoken are the languages the conversations are written in. Another one is held to the same texts by the tests of the
// catalogue.
var spoken = []string{"en", "zh"}

// TestAConversationInBothLanguages talks to the whole bot in Chinese and in English, in a private chat and with a team, and sets
// what people see against testdata/talk.*.txt. Together the two cover every command, every kind of button that is offered,
// and every text that says why something cannot be done; see covered.
func TestAConversationInBothLanguages(t *testing.T) {
	if raced {
		t.Skip("run without the race detector: go test ./bot -run TestAConversation, as make test does")
	}
	heard := make([]*talked, len(spoken))
	t.Run("all", func(t *testing.T) {
		for i, lang := range spoken {
			heard[i] = &talked{}
			t.Run(lang, func(t *testing.T) {
				t.Parallel()
				for _, part := range []string{"private", "team"} {
					t.Run(part, func(t *testing.T) {
						k := newTalk(t, lang, part)
						if part == "private" {
							k.private()
						} else {
							k.team()
						}
						heard[i].add(k)
						k.compare()
					})
				}
				heard[i].covered(t, lang)
			})
		}
	})
	for i, lang := range spoken {
		if diff := cmp.Diff(heard[0].said(), heard[i].said()); diff != "" {
			t.Errorf("the conversations in %s and %s cover different things:\n%s", spoken[0], lang, diff)
		}
	}
}
