package telegram

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"shopwarden/bot/notify"
)

// digest shows or changes what scorecards a chat takes, on which days, with which parts and pictures and in which topic, and
// the shop's hour for them.
func (r *Router) digest(ctx context.Context, a *ask, shop string, chat notify.Chat) (answer, error) {
	d := readDigest(a.args)
	took := chat.Digest
	if d.change != nil {
		chat = d.change(chat)
	}
	if d.here {
		chat = chat.Put(notify.PlaceCards, a.thread)
	}
	var err error
	if d.wish == wishSwitch || d.wish == wishValue {
		err = r.store.SaveChat(ctx, shop, chat)
	}
	speaksForShop := !a.private() || chat.Role.Covers(notify.Manager)
	wakes := chat.Digest && (!took || d.on)
	if err == nil && speaksForShop && (d.at != "" || wakes) {
		err = r.digestAt(ctx, shop, d.at)
	}
	if err != nil {
		return answer{}, fmt.Errorf("setting the digest of %s: %w", shop, err)
	}
	return r.settings(ctx, a, a.done(d.wish, chat), shop, r.say.DigestSettings)
}

// digestAt sets the shop's time. "" only wakes a shop that has no scorecards at all.
func (r *Router) digestAt(ctx context.Context, shop, at string) error {
	if at == "" {
		view, err := r.counter.View(ctx, shop)
		if err != nil || view.Shop.DigestAt != "off" {
			return err
		}
	}
	return r.counter.SetDigest(ctx, shop, at)
}

// digestWish is what is wanted of the scorecards.
type digestWish struct {
	wish   wish
	change func(notify.Chat) notify.Chat // of the chat; nil = nothing
	on     bool                          // they were turned on by name
	here   bool                          // in this topic
	at     string                        // the shop's time; "" = as it is
}

// readDigest reads on and off, an edition or part with on or off behind it, pictures, here, and days with or without a time:
// mon-fri 9:30. A time turns the scorecards on.
func readDigest(args []string) digestWish {
	if len(args) == 0 {
		return digestWish{wish: wishLook}
	}
	if here(args) {
		return digestWish{wish: wishSwitch, here: true, change: withDigest(true)}
	}
	if on, ok := readSwitch(args[0]); ok && len(args) == 1 {
		return digestWish{wish: wishSwitch, on: on, change: withDigest(on)}
	}
	if len(args) == 2 {
		if d, ok := readChoiceOf(strings.ToLower(args[0]), args[1]); ok {
			return d
		}
	}
	return readDays(strings.Join(args, " "))
}

func withDigest(on bool) func(notify.Chat) notify.Chat {
	return func(c notify.Chat) notify.Chat { c.Digest = on; return c }
}

// here reads the wish to have something in this topic.
func here(args []string) bool {
	return len(args) == 1 && slices.Contains([]string{"here", "这里", "发这里", "本话题"}, strings.ToLower(args[0]))
}

// elsewhere reports whether what a command is about comes to another topic than the one it was said in.
func (a *ask) elsewhere(chat notify.Chat) bool {
	place, ok := map[verb]notify.Place{verbAlerts: notify.PlaceAlerts, verbDigest: notify.PlaceCards, verbBoard: notify.PlaceBoard}[a.verb]
	return ok && !a.private() && chat.Topic(place) != a.thread
}

// choiceWords are what people call the choices of a scorecard. They are read-only.
var choiceWords = map[string]string{"日报": "daily", "周报": "weekly", "月报": "monthly", "week": "weekly", "month": "monthly", "最差": notify.PartWorst,
	"建议": notify.PartTips, "好消息": notify.PartStreaks, "good": notify.PartStreaks, "积分": notify.PartPoints, "后果": notify.PartPoints,
	"图片": pictureWord, "图": pictureWord, "picture": pictureWord}

const pictureWord = "pictures"

// readChoiceOf reads a choice and what is wanted of it.
func readChoiceOf(name, value string) (d digestWish, ok bool) {
	if known, is := choiceWords[name]; is {
		name = known
	}
	on, isSwitch := readSwitch(value)
	switch {
	case name == pictureWord:
		pictures, ok := readPictures(value)
		return digestWish{wish: wishSwitch, change: func(c notify.Chat) notify.Chat { c.Pictures = pictures; return c }}, ok
	case !isSwitch || !slices.Contains(notify.Choices(), name):
		return d, false
	}
	return digestWish{wish: wishSwitch, change: func(c notify.Chat) notify.Chat { return c.Chosen(name, on) }}, true
}

func readPictures(text string) (pictures string, ok bool) {
	switch strings.ToLower(text) {
	case "light", "浅色", "on", "开":
		return "", true
	case "dark", "深色":
		return notify.PicturesDark, true
	case "off", "关", "不要":
		return notify.PicturesOff, true
	}
	return "", false
}

// dayWords are what people call some days, before [dutyWords]. They are read-only.
var dayWords = strings.NewReplacer("every day", "mon-sun ", "everyday", "mon-sun ", "daily", "mon-sun ", "每天", "mon-sun ", "天天", "mon-sun ",
	"weekdays", "mon-fri ", "workdays", "mon-fri ", "weekends", "sat,sun ", "weekend", "sat,sun ", " at ", " ", "，", ",")

// readDays reads weekdays with or without a time, or a time alone.
func readDays(text string) digestWish {
	words := strings.Fields(apart(dutyWords.Replace(dayWords.Replace(strings.ToLower(text)))))
	d := digestWish{wish: wishSwitch}
	if n := len(words); n > 0 {
		if at, ok := readClock(words[n-1]); ok {
			d.wish, d.at, words = wishValue, at, words[:n-1]
		}
	}
	days, ok := readWeekdays(strings.Join(words, ","))
	if !ok && (d.at == "" || len(words) > 0) {
		return digestWish{wish: wishUnclear}
	}
	d.change = func(c notify.Chat) notify.Chat {
		if c = withDigest(true)(c); ok {
			if c.Days = days; !c.Has(notify.Daily.String()) {
				c = c.Chosen(notify.Daily.String(), true)
			}
		}
		return c
	}
	return d
}

// apart puts a space between days and the time that follows them.
func apart(text string) string {
	var b strings.Builder
	last := ' '
	for _, r := range text {
		if unicode.IsLetter(last) && unicode.IsDigit(r) {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
		last = r
	}
	return b.String()
}

// readWeekdays reads days by their names in English, alone or from one to another: mon,wed-fri.
func readWeekdays(text string) (days string, ok bool) {
	var on [7]bool
	for _, run := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' }) {
		first, last, more := strings.Cut(run, "-")
		if !more {
			last = first
		}
		from, okFrom := readWeekday(first)
		to, okTo := readWeekday(last)
		if !okFrom || !okTo {
			return "", false
		}
		for d := from; ; d = (d + 1) % len(on) {
			on[d], ok = true, true
			if d == to {
				break
			}
		}
	}
	return notify.DaysOf(on), ok
}

// readWeekday reads mon, monday and the like; Sunday is 0.
func readWeekday(text string) (day int, ok bool) {
	for i, name := range []string{"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"} {
		if len(text) >= 3 && strings.HasPrefix(name, text) {
			return i, true
		}
	}
	return 0, false
}
