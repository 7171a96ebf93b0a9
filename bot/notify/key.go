package notify

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"shopwarden/bot/outbox"
	"shopwarden/rules"
)

// MaxKey is the longest key of a message, in bytes.
const MaxKey = 512

// retraction is put before the key of the message that is taken back, done before that of one whose case is done. With
// noteMark in place of the bar it is the key of the reply that says so.
const (
	retraction = "retract/"
	done       = "done/"
	noteMark   = "-note/"
)

// verbRoom is the longest of them.
const verbRoom = len("retract" + noteMark)

// BreachKey is the key of the alert that a case missed a deadline. rule names the case as [rules.Case.Ref] does.
func BreachKey(shop, rule string, s rules.Subject, due rules.Instant, chat int64) string {
	return keyFor(breachFact(shop, rule, s, due), chat)
}

// StageKey is the key of the warning that a case has passed its stage-th stage (from 1) before a deadline.
func StageKey(shop, rule string, s rules.Subject, due rules.Instant, stage int, chat int64) string {
	return keyFor(stageFact(shop, rule, s, due, stage), chat)
}

// ViolationKey is the key of the alert that a rule was broken too often on a local day.
func ViolationKey(shop, rule string, day rules.Date, chat int64) string {
	return keyFor(violationFact(shop, rule, day), chat)
}

// ShelfKey is where the message of a key goes when it is taken back and the key must be free again: a line that was reached,
// left and reached again on one day is told again.
func ShelfKey(key string, now rules.Instant) string {
	return outbox.ShelfKey(key, now)
}

// ScorecardKey is the key of the scorecard of a local day.
func ScorecardKey(shop string, day rules.Date, chat int64) string {
	return keyFor("scorecard/"+shop+"/"+day.String(), chat)
}

// ReviewKey is the key of the review of a week or month by its first local day.
func ReviewKey(shop string, of Edition, first rules.Date, chat int64) string {
	return keyFor(of.String()+"/"+shop+"/"+first.String(), chat)
}

// Outdated lists the keys of warnings and alerts that entries of one case gave rise to, for every chat: what of them still
// waits to be sent is not true any more.
func Outdated(shop string, s rules.Subject, entries []rules.Entry, chats []Chat) (keys []string) {
	for _, e := range entries {
		for _, chat := range chats {
			for stage := 1; stage <= e.Passed; stage++ {
				keys = append(keys, StageKey(shop, e.Ref(), s, e.Due, stage, chat.ID))
			}
			if e.Outcome == rules.Breached {
				keys = append(keys, BreachKey(shop, e.Ref(), s, e.Due, chat.ID))
			}
		}
	}
	return keys
}

func breachFact(shop, rule string, s rules.Subject, due rules.Instant) string {
	return fmt.Sprintf("breach/%s/%s/%s/%d", shop, rule, s, due)
}

func stageFact(shop, rule string, s rules.Subject, due rules.Instant, stage int) string {
	return fmt.Sprintf("stage/%s/%s/%s/%d/%d", shop, rule, s, due, stage)
}

func violationFact(shop, rule string, day rules.Date) string {
	return fmt.Sprintf("violation/%s/%s/%s", shop, rule, day)
}

// keyFor puts the chat behind a business fact. It leaves room for the retraction, and replaces what is too long by its hash.
func keyFor(fact string, chat int64) string {
	tail := "/" + strconv.FormatInt(chat, 10)
	if verbRoom+len(fact)+len(tail) <= MaxKey {
		return fact + tail
	}
	verb, _, _ := strings.Cut(fact, "/")
	sum := sha256.Sum256([]byte(fact))
	return verb + "/#" + hex.EncodeToString(sum[:]) + tail
}
