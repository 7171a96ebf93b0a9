package main

import (
	"context"
	"fmt"
	"strings"

	"shopwarden/bot/outbox"
	"shopwarden/bot/telegram/telegramtest"
	"shopwarden/rules"
)

// groupEvery: one chat of five is a group.
const groupEvery = 5

// addChats makes n chats with the bot in them and returns their ids.
func addChats(tg *telegramtest.Server, n int) []int64 {
	chats := make([]int64, n)
	for i := range chats {
		if i%groupEvery == groupEvery-1 {
			chats[i] = tg.AddGroup("Packers", false)
			continue
		}
		chats[i] = tg.AddPrivateChat(telegramtest.User{ID: int64(10_000_000 + i), FirstName: "Owner"})
	}
	return chats
}

const digestText = `<b>Your shop, Thursday</b>
🟢 timely 97.2 % (+0.4)
🟢 reliable 99.0 % (±0)
🟡 worry-free 91.3 %: you can miss 2 more until midnight
🟢 delight 4.8

Open: 14 orders to ship, the first is due in 3 h 20 min; 2 refunds, the older one waits for 12 h 40 min.
<i>Last event 4 minutes ago.</i>`

const alertText = `⚠️ <b>Shipped late</b>: order <code>690000000000012345</code> was due at 14:00 and nobody has picked it up.
Next: hand it to the courier and keep the receipt.`

// compose writes a message of the run; id is what it is known by at the server.
func compose(kind string, id, shop int, chat int64, now rules.Instant) outbox.Message {
	name := shopName(shop)
	text, rule, verbs := alertText, "ship-on-time", []string{"seen", "take", "why"}
	if kind == outbox.Scorecard {
		text, rule, verbs = digestText, "day", []string{"status", "next", "violations"}
	}
	m := outbox.Message{
		Key:   fmt.Sprintf("%s/%s/%s/%d/%d", kind, name, rule, id, chat),
		Route: name, Shop: name, Chat: chat, Kind: kind, Lang: "en", HTML: text + "\n" + tag(id), Created: now,
	}
	for _, verb := range verbs {
		m.Buttons = append(m.Buttons, []outbox.Button{{Text: strings.ToUpper(verb[:1]) + verb[1:], Action: verb + ":" + name}})
	}
	return m
}

// mail queues messages and enters them into the ledger.
type mail struct {
	*queue
	*ledger
}

// letter is what to write: to whom and what.
type letter struct {
	kind string
	shop int
	chat int64
}

// post queues letters in this order. They count as committed when it returns.
func (m mail) post(ctx context.Context, letters []letter) error {
	now := rules.InstantOf(m.clock.now())
	messages := make([]outbox.Message, len(letters))
	first := m.enter(letters)
	for i, l := range letters {
		messages[i] = compose(l.kind, first+i, l.shop, l.chat, now)
	}
	if err := m.put(ctx, messages); err != nil {
		return err
	}
	m.committed(first, len(letters), m.clock.now())
	return nil
}
