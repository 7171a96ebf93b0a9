package telegram

import (
	"context"
	"fmt"
	"strings"

	"shopwarden/bot/notify"
	"shopwarden/rules"
)

// whichShop finds the shop a request is about: the button's, the one named in the command, the chosen one, the only one.
// "" means that the answer is a question.
func (r *Router) whichShop(ctx context.Context, a *ask) (string, answer, error) {
	if a.button {
		return a.shop, answer{}, nil
	}
	shops, err := r.store.ChatShops(ctx, a.chat.ID)
	if err != nil {
		return "", answer{}, fmt.Errorf("reading the chat's shops: %w", err)
	}
	if len(shops) == 0 {
		return "", problem(notify.NotBound), nil
	}
	shop, rest, named := pickShop(a.verb, a.args, shops, a.current)
	if named && a.verb != verbUnbind && a.loose { // it was said in passing
		a.text = ""
		shop, rest, named = pickShop(a.verb, nil, shops, a.current)
	}
	if len(rest) < len(a.args) {
		_, a.text = cutWord(a.text)
	}
	a.args = rest
	switch {
	case shop != "":
		return shop, answer{}, nil
	case named:
		return "", problem(notify.UnknownShop), nil
	}
	known, err := r.shops(ctx, shops)
	return "", page(r.say.WhichShop(a.lang, a.verb.String(), known)), err
}

// pickShop chooses among the shops of a chat. rest are the arguments without the shop's id; named says that the command
// names a shop that is none of them.
func pickShop(v verb, args, shops []string, current string) (shop string, rest []string, named bool) {
	if len(args) > 0 {
		for _, s := range shops {
			if strings.EqualFold(s, args[0]) {
				return s, args[1:], false
			}
		}
		if (v == verbToday || v == verbDue || v == verbUnbind || v == verbSnoozed) && !ownWord(v, args[0]) {
			return "", args, true
		}
	}
	if len(shops) == 1 {
		return shops[0], args, false
	}
	if v == verbUnbind {
		return "", args, false // too much for a guess
	}
	for _, s := range shops {
		if s == current {
			return s, args, false
		}
	}
	return "", args, false
}

// ownWord reports whether a word after a command that otherwise takes a shop means something to the command itself.
func ownWord(v verb, word string) bool {
	if v == verbDue {
		return strings.EqualFold(word, dueSave)
	}
	_, err := rules.ParsePrinciple(word)
	return v == verbToday && err == nil
}
