package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"shopwarden/bot/notify"
	"shopwarden/bot/outbox"
	"shopwarden/bot/sla"
	"shopwarden/bot/store"
	"shopwarden/bot/store/storetest"
	"shopwarden/bot/telegram/telegramtest"
	"shopwarden/config"
	"shopwarden/rules"
)

// talkClock stands at an instant the script sets and goes on from there a thousand times more slowly than real time, so that
// a scene stays within its second however busy the machine is. Whoever is waited for too long gets time; see until.
type talkClock struct {
	mu    sync.Mutex
	base  time.Time
	since time.Time
}

func (c *talkClock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.base.Add(time.Since(c.since) / 1000)
}

// pass lets some time pass.
func (c *talkClock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.base = c.base.Add(d)
}

func (c *talkClock) set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.base, c.since = t, time.Now()
}

// talk is a conversation with the whole program over a real Redis and a local Bot API, written down as people see it.
type talk struct {
	t       *testing.T
	lang    string
	part    string // which conversation: private, team
	app     *app
	tg      *telegramtest.Server
	clock   *talkClock
	zone    *time.Location
	chats   []int64 // in the order in which they are written down
	people  map[int64]telegramtest.User
	out     strings.Builder
	shown   map[int64]map[int]string // what was written down of each message
	told    int                      // answers to presses that were written down
	secret  []string                 // what is different in every run
	asked   map[string]bool          // commands that were typed
	offers  map[string]string        // kinds of buttons that were seen, and a label
	presses map[string]bool          // kinds of buttons that were pressed
}

// people and chats of the script.
const (
	lin  int64 = 501 // the owner
	mei  int64 = 502 // of the team
	otto int64 = 503 // a stranger
)

// newTalk opens a shop and the people around it. Nobody is bound yet.
func newTalk(t *testing.T, lang, part string) *talk {
	t.Helper()
	k := &talk{t: t, lang: lang, part: part, clock: &talkClock{}, shown: map[int64]map[int]string{}, people: map[int64]telegramtest.User{},
		asked: map[string]bool{}, offers: map[string]string{}, presses: map[string]bool{}}
	zone, err := time.LoadLocation("Asia/Shanghai")
	check(t, err)
	k.zone = zone
	k.clock.set(time.Date(2026, 11, 23, 9, 0, 30, 0, zone))
	k.tg = telegramtest.New(telegramtest.Config{Now: k.clock.now})
	check(t, k.tg.Start())
	t.Cleanup(k.tg.Close)
	s, err := store.Connect(t.Context(), store.Options{URL: storetest.Redis(t),
		Config: store.Config{Now: k.clock.now, Limits: outbox.Limits{PerSecond: 1000, Burst: 1000, PerMinute: 1000}}})
	check(t, err)
	t.Cleanup(func() { _ = s.Close() })
	settings := config.Settings{TelegramToken: config.Secret(k.tg.Token()), TelegramAPIURL: k.tg.URL(), Retention: 90 * 24 * time.Hour}
	k.app, err = assemble(settings, s, slog.New(slog.DiscardHandler), k.clock.now, sla.Config{Sweep: -1})
	check(t, err)
	for _, id := range []string{"tea", "fan"} {
		check(t, s.SaveShop(t.Context(), config.Shop{ID: id, Name: map[string]string{"tea": k.say("Tea & Co", "茶与茶"), "fan": k.say("Fan House", "扇子铺")}[id],
			Platform: "standard", Timezone: "Asia/Shanghai", Hours: "always", Pack: config.DefaultPack, Lang: lang}))
	}
	for id, name := range map[int64]string{lin: k.say("Lin", "小林"), mei: k.say("Mei", "小梅"), otto: k.say("Otto", "奥托")} {
		u := telegramtest.User{ID: id, FirstName: name, LanguageCode: lang}
		k.people[id] = u
		k.chats = append(k.chats, k.tg.AddPrivateChat(u))
	}
	slices.Sort(k.chats)
	k.run()
	return k
}

// say is a text in the language of the conversation.
func (k *talk) say(en, zh string) string {
	if k.lang == "zh" {
		return zh
	}
	return en
}

// run starts what serve starts, except what looks at the clock by itself: the script says when.
func (k *talk) run() {
	p, err := k.app.parts(k.t.Context())
	check(k.t, err)
	ctx, stop := context.WithCancel(context.WithoutCancel(k.t.Context()))
	var wg sync.WaitGroup
	for _, run := range []runner{k.app.tracker.Run, p.worker.Run, p.consumer.Run, p.exporter.Run, p.poller.Run, func(ctx context.Context) error { return k.app.introduce(ctx, p.client) }} {
		wg.Go(func() {
			if err := run(ctx); err != nil && !errors.Is(err, context.Canceled) {
				k.t.Error(err)
			}
		})
	}
	k.t.Cleanup(func() { stop(); wg.Wait(); p.client.Close() })
	check(k.t, k.app.digest().Plan(ctx))
	k.until("the bot knows its name", func() bool { return k.app.username.get() != "" })
}

func (k *talk) until(what string, ready func() bool) {
	k.t.Helper()
	begun, was := time.Now(), time.Time{}
	for ; !ready(); <-time.After(3 * time.Millisecond) {
		switch waited := time.Since(begun); {
		case waited > 60*time.Second:
			k.t.Fatalf("%s: waited for too long, with %s, after\n%s", what, k.waiting(), last(k.out.String(), 2000))
		case waited > 8*time.Second: // somebody waits for the end of a lease
			if was.IsZero() {
				was = k.clock.now()
			}
			k.clock.pass(time.Second)
		case waited > time.Second: // somebody waits for the clock, such as a second try
			k.clock.pass(10 * time.Millisecond)
		}
	}
	if !was.IsZero() {
		k.clock.set(was)
	}
}

// waiting says what the queue holds.
func (k *talk) waiting() string {
	list, err := k.app.store.Letters(k.t.Context(), store.LetterQuery{Waiting: true, Limit: 1000})
	if err != nil {
		return err.Error()
	}
	var out []string
	for _, l := range list {
		out = append(out, fmt.Sprintf("%s (%v, %s, attempt %d, due in %d ms)", l.Key, l.State, l.Reason, l.Attempts, l.At-rules.InstantOf(k.clock.now())))
	}
	return strings.Join(out, "; ")
}

func last(text string, n int) string { return text[max(0, len(text)-n):] }

// scene begins a part of the conversation at an instant of the shop's day. Days are those of November; day 31 is the first
// of December.
func (k *talk) scene(title string, day int, clock string) {
	k.t.Helper()
	fmt.Fprintf(&k.out, "\n══════ %s · %s ══════\n", title, k.when(day, clock).Format("01-02 15:04"))
	k.at(day, clock)
}

// at moves the clock to half a minute after a time of a day and lets time do what it does.
func (k *talk) at(day int, clock string) {
	k.t.Helper()
	k.clock.set(k.when(day, clock).Add(30 * time.Second))
	ctx := k.t.Context()
	for _, run := range []runner{k.app.tracker.Sweep, k.app.follow().Run, k.app.board().Run, k.app.digest().Run} {
		check(k.t, run(ctx))
		k.ready() // two that send at once send in any order
	}
	k.write()
}

func (k *talk) when(day int, clock string) time.Time {
	k.t.Helper()
	if strings.Count(clock, ":") == 1 {
		clock += ":00"
	}
	at, err := time.Parse("15:04:05", clock)
	check(k.t, err)
	return time.Date(2026, time.November, day, at.Hour(), at.Minute(), at.Second(), 0, k.zone)
}

// happen brings an event of a shop, which the platform dates to a time of a day. Move the clock on by ten minutes or more
// before anybody asks: shorter times are told to the second, and seconds pass while the program works.
func (k *talk) happen(shop string, typ rules.Type, day int, clock string, d rules.Data) {
	k.t.Helper()
	check(k.t, k.app.tracker.Apply(k.t.Context(), shop, []rules.Event{k.event(shop, typ, day, clock, d)}))
}

func (k *talk) event(shop string, typ rules.Type, day int, clock string, d rules.Data) rules.Event {
	k.t.Helper()
	at := k.when(day, clock)
	id := fmt.Sprintf("%s/%s/%s%s%s%s%s/%d", shop, typ, d.OrderID, d.ConversationID, d.AftersaleID, d.ReviewID, d.PenaltyID, at.Unix())
	return rules.Event{ID: id, Type: typ, At: at, Data: d}
}

// soon is how long after the half minute things still belong to a scene.
const soon = 20 * time.Second

// settle waits until everything that was said is answered, and writes the answers down.
func (k *talk) settle() {
	k.t.Helper()
	k.ready()
	k.write()
}

// ready waits until everything that was said is answered.
func (k *talk) ready() {
	k.t.Helper()
	k.app.queued()
	k.until("everything is answered", func() bool {
		k.app.queued() // the worker sleeps by the clock it saw last, and the script moves the clock
		if k.tg.Pending() > 0 {
			return false
		}
		sizes, err := k.app.store.InboxSizes(k.t.Context())
		check(k.t, err)
		for _, n := range sizes {
			if n > 0 {
				return false
			}
		}
		b, err := k.app.store.Backlog(k.t.Context())
		check(k.t, err)
		if b.Oldest == 0 {
			return true
		}
		wait := time.Duration(b.Oldest-rules.InstantOf(k.clock.now())) * time.Millisecond
		if wait > 0 && wait <= soon { // scorecards are spread over some seconds
			k.clock.pass(wait)
		}
		return wait > soon && !k.underway()
	})
}

// underway reports whether a message is on its way. What is claimed is due again only when its lease ends: to move the clock
// past that makes a second claim of what is being sent.
func (k *talk) underway() bool {
	list, err := k.app.store.Letters(k.t.Context(), store.LetterQuery{Waiting: true, Limit: 1000})
	check(k.t, err)
	return slices.ContainsFunc(list, func(l store.Letter) bool { return l.State == outbox.Sending })
}

// write writes down what the chats show and did not show before.
func (k *talk) write() {
	answers := k.tg.CallbackAnswers()
	for _, a := range answers[min(k.told, len(answers)):] {
		if a.Text != "" {
			fmt.Fprintf(&k.out, "  (%s) %s\n", k.say("for a moment", "弹出提示"), a.Text)
		}
	}
	k.told = len(answers)
	for _, chat := range k.chats {
		for _, m := range k.tg.Messages(chat) {
			if m.From.IsBot && m.Service == nil {
				k.writeMessage(chat, m)
			}
		}
	}
}

func (k *talk) writeMessage(chat int64, m telegramtest.Message) {
	text := k.page(m)
	before, known := k.shown[chat][m.ID]
	if known && before == text {
		return
	}
	if k.shown[chat] == nil {
		k.shown[chat] = map[int]string{}
	}
	k.shown[chat][m.ID] = text
	mark := fmt.Sprintf("#%d", m.ID)
	switch {
	case m.Deleted:
		mark += k.say(" deleted", " 已删除")
	case known:
		mark += k.say(" now reads", " 改成")
	case m.Silent:
		mark += k.say(" silently", " 静音")
	}
	if m.ReplyTo != 0 && !known {
		mark += fmt.Sprintf(" ↩ #%d", m.ReplyTo)
	}
	fmt.Fprintf(&k.out, "\n🤖 → %s %s\n%s", k.place(chat, m.ThreadID), mark, indent(text))
}

// place is a chat and, in a forum, the topic.
func (k *talk) place(chat int64, topic int) string {
	for _, m := range k.tg.Messages(chat) {
		if topic != 0 && m.ID == topic && m.Service != nil {
			return k.name(chat) + " / " + m.Service.Topic
		}
	}
	return k.name(chat)
}

// page is what a person sees of a message: the text, and the labels of its buttons.
func (k *talk) page(m telegramtest.Message) string {
	var b strings.Builder
	if len(m.Photo) > 0 {
		fmt.Fprintf(&b, "[%s]\n", k.say("picture", "图片"))
	}
	if len(m.Document) > 0 {
		fmt.Fprintf(&b, "[%s %s]\n", k.say("file", "文件"), m.FileName)
	}
	b.WriteString(k.hide(m.Text))
	for _, row := range m.Keyboard {
		b.WriteString("\n")
		for _, button := range row {
			fmt.Fprintf(&b, "[%s] ", k.hide(button.Text))
			if action := k.action(button); action != "" {
				k.offers[kindOf(action)] = button.Text
			}
		}
	}
	return strings.TrimRight(b.String(), " ") + "\n"
}

var (
	arrivals = regexp.MustCompile(`(, arrived |，)()[^，)）]*(\)| 收到）)`) // Redis says when, by its own clock
	seconds  = regexp.MustCompile(`\b(\d{2}:\d{2}):[345]\d\b`)        // every scene begins half a minute past, and events are before
	serials  = regexp.MustCompile(`/\d{13}\b`)                        // an instant to the millisecond
)

// hide replaces what is different in every run.
func (k *talk) hide(text string) string {
	for _, s := range k.secret {
		text = strings.ReplaceAll(text, s, "CODE")
	}
	for _, m := range linkCode.FindAllStringSubmatch(text, -1) {
		text = strings.ReplaceAll(text, m[1], "CODE")
	}
	text = arrivals.ReplaceAllString(text, "$1$2…$3")
	text = seconds.ReplaceAllString(text, "$1:30")
	return serials.ReplaceAllString(text, "/…")
}

// linkCode finds the code of an invitation that the bot made, which stands in its text as a command too.
var linkCode = regexp.MustCompile(`start(?:group)?=([A-Za-z0-9_-]{5,})`)

func indent(text string) string {
	return "   " + strings.ReplaceAll(strings.TrimRight(text, "\n"), "\n", "\n   ") + "\n"
}

func (k *talk) name(chat int64) string {
	if u, ok := k.people[chat]; ok {
		return u.FirstName
	}
	for _, c := range k.tg.Chats() {
		if c.ID == chat {
			return c.Title
		}
	}
	return fmt.Sprint(chat)
}

// says has a person write into a chat. A command that is typed in English is often said by its Chinese word in Chinese: it
// counts as typed in both.
func (k *talk) says(who, chat int64, en, zh string) {
	k.t.Helper()
	text := k.say(en, zh)
	k.heard(who, chat, text)
	for _, said := range []string{en, text} {
		if word, ok := strings.CutPrefix(strings.Fields(said + " ")[0], "/"); ok {
			word, _, _ = strings.Cut(word, "@")
			k.asked[word] = true
		}
	}
	_, err := k.tg.Say(chat, who, text)
	check(k.t, err)
	k.settle()
}

// answers has a person write in answer to the last message of a chat.
func (k *talk) answers(who, chat int64, en, zh string) {
	k.t.Helper()
	text := k.say(en, zh)
	k.heard(who, chat, text)
	sent := k.tg.Sent(chat)
	_, err := k.tg.Reply(chat, who, sent[len(sent)-1].ID, text)
	check(k.t, err)
	k.settle()
}

// opens has a person open a link with a code.
func (k *talk) opens(who int64, code string) {
	k.t.Helper()
	k.secret = append(k.secret, code)
	k.heard(who, who, "t.me/…?start=CODE")
	_, err := k.tg.OpenLink(k.people[who], code)
	check(k.t, err)
	k.settle()
}

// code makes a code as the command line does.
func (k *talk) code(shop string, role notify.Role) string {
	k.t.Helper()
	code, err := k.app.store.NewCode(k.t.Context(), shop, role, time.Hour)
	check(k.t, err)
	k.secret = append(k.secret, code)
	return code
}

func (k *talk) heard(who, chat int64, text string) {
	where := ""
	if who != chat {
		where = " · " + k.name(chat)
	}
	fmt.Fprintf(&k.out, "\n🙂 %s%s: %s\n", k.people[who].FirstName, where, k.hide(text))
}

// press has a person press the newest button of a chat whose action begins so.
func (k *talk) press(who, chat int64, action string) {
	k.t.Helper()
	k.pressAmong(who, chat, k.tg.Sent(chat), action)
}

// pressOld is press for the oldest button.
func (k *talk) pressOld(who, chat int64, action string) {
	k.t.Helper()
	sent := k.tg.Sent(chat)
	slices.Reverse(sent)
	k.pressAmong(who, chat, sent, action)
}

// pressAmong looks for a button from the last message on.
func (k *talk) pressAmong(who, chat int64, sent []telegramtest.Message, action string) {
	k.t.Helper()
	var there []string
	for i := len(sent) - 1; i >= 0; i-- {
		for _, row := range sent[i].Keyboard {
			for _, b := range row {
				got := k.action(b)
				if i >= len(sent)-2 {
					there = append(there, got)
				}
				if like(got, action) {
					k.push(who, chat, sent[i].ID, b, got)
					return
				}
			}
		}
	}
	k.t.Errorf("no button %s in the chat of %s, at last there were %q", action, k.name(chat), there)
}

// like reports whether an action is the one that is looked for: "…" at the end leaves the rest open, "#" stands for a number.
func like(action, sought string) bool {
	pattern := strings.ReplaceAll(regexp.QuoteMeta(sought), "#", "[0-9]+")
	if begin, open := strings.CutSuffix(pattern, "…"); open {
		pattern = begin + ".*"
	}
	return regexp.MustCompile("^(?s:" + pattern + ")$").MatchString(action)
}

func (k *talk) push(who, chat int64, message int, b telegramtest.Button, action string) {
	k.presses[kindOf(action)] = true
	k.heard(who, chat, fmt.Sprintf("[%s] #%d", k.hide(b.Text), message))
	told := len(k.tg.CallbackAnswers())
	_, err := k.tg.Press(chat, message, who, b.CallbackData)
	check(k.t, err)
	k.until("the press is answered", func() bool { return len(k.tg.CallbackAnswers()) > told })
	k.settle()
}

// pressGone presses data that no message shows any more: the button of a message from long ago.
func (k *talk) pressGone(who, chat int64, label, data string) {
	k.t.Helper()
	k.heard(who, chat, fmt.Sprintf("[%s] %s", label, k.say("of a message from last year", "（去年的消息）")))
	told := len(k.tg.CallbackAnswers())
	_, err := k.tg.PressBehind(chat, k.tg.Sent(chat)[0].ID, who, data)
	check(k.t, err)
	k.until("the press is answered", func() bool { return len(k.tg.CallbackAnswers()) > told })
	k.settle()
}

// action is what a button asks for, "" when it is a link.
func (k *talk) action(b telegramtest.Button) string {
	form, rest, _ := strings.Cut(b.CallbackData, ":")
	switch form {
	case "v1", "n1":
		return rest
	case "t1", "u1":
		action, err := k.app.store.Token(k.t.Context(), rest)
		check(k.t, err)
		return action
	}
	return ""
}

var plainArg = regexp.MustCompile(`^[a-z_]{1,12}$`)

// kindOf is what a button does, whatever it does it to: the verb, how many arguments it has, and the first after the shop
// where that is a word and no id. What is about no shop has its word first.
func kindOf(action string) string {
	verb, rest, _ := strings.Cut(action, ":")
	args := strings.Split(rest, "|")
	if slices.Contains([]string{"help", "lang", "shops", "privacy"}, verb) {
		args = append([]string{""}, args...)
	}
	if len(args) < 2 {
		return verb
	}
	if slices.Contains([]string{"seen", "take", "over", "snooze", "excuse", "undo", "alarm"}, verb) {
		under := map[string]string{"b": "a breach", "v": "a line", "f": "several alerts", "m": "a page", "w": "a case"}[args[1]]
		if under == "" {
			under = "a warning"
		}
		return verb + " under " + under // the ids that follow may hold bars
	}
	word := "…"
	if verb != "violations" && plainArg.MatchString(args[1]) { // a filter is all values: days, rules, measures
		word = args[1]
	}
	return fmt.Sprintf("%s|%s/%d", verb, word, min(len(args), 4)) // ids hold bars, and some buttons are about many
}

var updateTalk = os.Getenv("UPDATE_TALK") != ""

// compare sets the conversation against the one that was read and approved.
func (k *talk) compare() {
	k.t.Helper()
	path := filepath.Join("testdata", "talk."+k.part+"."+k.lang+".txt")
	got := strings.TrimLeft(k.out.String(), "\n")
	if updateTalk {
		check(k.t, os.WriteFile(path, []byte(got), 0o600))
	}
	want, err := os.ReadFile(path)
	check(k.t, err)
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		k.t.Errorf("%s differs (-want +got); read it, and run again with UPDATE_TALK=1 when it is as it should be:\n%s", path, diff)
	}
}
