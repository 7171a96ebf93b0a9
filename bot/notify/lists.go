package notify

import (
	"slices"
	"strconv"

	"shopwarden/bot/locale"
	"shopwarden/bot/outbox"
	"shopwarden/rules"
)

// Listed is how many cases a page lists; the rest is counted.
const Listed = 10

// warnStale is the line about silence, when there is cause for it.
func (v voice) warnStale() []locale.HTML {
	if _, stale := v.silence(); stale {
		return []locale.HTML{v.stale()}
	}
	return nil
}

// unless is the text of an empty list, more careful and with the reason when nothing was heard for long.
func (v voice) unless(key string, args locale.Args) []locale.HTML {
	if _, stale := v.silence(); stale {
		return []locale.HTML{v.T(key+"_unknown", args), v.stale()}
	}
	return []locale.HTML{v.T(key, args)}
}

// pageButtons explains each listed case, and leads on: this page again, the other list, today.
func (v voice) pageButtons(this, other string, cases []rules.Case) [][]outbox.Button {
	var why []outbox.Button
	for i, k := range cases {
		why = append(why, v.whyButton("❓ "+strconv.Itoa(i+1), k.Ref(), k.Subject))
	}
	rows := slices.Collect(slices.Chunk(why, 5))
	return append(rows, []outbox.Button{v.button("refresh", this, v.Shop.ID), v.button(other, other, v.Shop.ID), v.button("today", "today", v.Shop.ID)})
}
