package notify

import (
	"strconv"
	"time"

	"shopwarden/bot/locale"
	"shopwarden/bot/outbox"
	"shopwarden/config"
	"shopwarden/rules"
)

// StartView is what somebody who writes /start is told.
type StartView struct {
	Lang  string
	Bot   string        // the bot's name without the @, "" while it is not known
	Shops []config.Shop // those the chat is bound to
}

// Start says what one gets here, and how to begin: by a link or a code. A chat that is bound is led to its shops.
func (c *Composer) Start(s StartView) (string, [][]outbox.Button) {
	v := c.voice(View{Lang: s.Lang})
	hello := section{lines: []locale.HTML{v.T("start.hello", nil), v.T("start.before", nil), v.T("start.after", nil), v.T("start.daily", nil)}}
	if len(s.Shops) > 0 {
		return v.compose(hello, section{lines: []locale.HTML{v.T("start.bound", nil)}}), append(shopButtons("📊 ", "today", s.Shops), v.helpButtons()...)
	}
	return v.compose(hello, section{lines: v.toBegin(s.Bot)}), [][]outbox.Button{
		{v.button("sample", "sample")}, {v.button("help", "help"), v.languageButton()}}
}

// Begin says how a chat is bound, for whoever asks for that alone.
func (c *Composer) Begin(s StartView) (string, [][]outbox.Button) {
	v := c.voice(View{Lang: s.Lang})
	return v.compose(section{lines: v.toBegin(s.Bot)}), [][]outbox.Button{{v.button("sample", "sample"), v.button("help", "help"), v.languageButton()}}
}

func (v voice) toBegin(bot string) []locale.HTML {
	lines := []locale.HTML{v.T("start.bind", nil)}
	if bot != "" {
		lines = append(lines, v.T("start.links", locale.Args{"Private": locale.Code("t.me/" + bot + "?start=CODE"),
			"Group": locale.Code("t.me/" + bot + "?startgroup=CODE")}))
	}
	return append(lines, v.T("start.code", nil))
}

// Check is what became of looking whether something holds.
type Check int

// Unchecked: nobody could tell. Holds and Fails: it was looked at.
const (
	Unchecked Check = iota
	Holds
	Fails
)

// String returns the check as catalogues name it.
func (k Check) String() string {
	if k < Unchecked || k > Fails {
		return "check(" + strconv.Itoa(int(k)) + ")"
	}
	return [...]string{"unchecked", "holds", "fails"}[k]
}

// BoundView is a chat and the shop it is bound to, as things were found.
type BoundView struct {
	SettingsView
	Others []config.Shop // more shops of the chat
	Posts  Check         // of a group: whether the bot may write there
	Thread int           // the topic in which it was asked
	Tested rules.Instant // when the test alert was put on the queue; 0 = not now
}

// Bound says that a chat is bound now, what comes by itself and when, and one thing to do. A group gets its checklist.
func (c *Composer) Bound(b BoundView) (string, [][]outbox.Button) {
	v := c.voice(b.View)
	head := section{lines: []locale.HTML{v.T("bound.title", locale.Args{"Shop": v.shop()}), v.mayDo(b.Chat)}}
	return v.compose(head, v.comesByItself(b.SettingsView), v.checklist(b), section{lines: []locale.HTML{v.T("bound.now", nil)}}), v.boundButtons()
}

func (v voice) boundButtons() [][]outbox.Button {
	return [][]outbox.Button{{v.button("today", "today", v.Shop.ID), v.button("test", "test", v.Shop.ID), v.button("settings", "settings", v.Shop.ID)}}
}

// mayDo is what the people of a chat may do.
func (v voice) mayDo(chat Chat) locale.HTML {
	if chat.ID < 0 {
		return v.T("bound.team", nil)
	}
	return v.T("bound."+string(chat.Role.Acts()), nil)
}

// comesByItself is what a chat hears without asking.
func (v voice) comesByItself(s SettingsView) section {
	lines := []locale.HTML{"<b>" + v.T("bound.comes", nil) + "</b>", v.T("bound.alerts_"+onOff(s.Chat.Alerts), nil)}
	if at := digestAt(s.Shop); s.Chat.Digest && at != digestOff {
		lines = append(lines, v.T("bound.digest_on", locale.Args{"Clock": at}))
	} else {
		lines = append(lines, v.T("bound.digest_off", nil))
	}
	if s.Chat.Board {
		lines = append(lines, v.T("bound.board_on", nil))
	}
	return section{lines: lines}
}

// Checklist says of a group that is bound what works, as far as it was looked at.
func (c *Composer) Checklist(b BoundView) (string, [][]outbox.Button) {
	v := c.voice(b.View)
	head := section{lines: []locale.HTML{v.T("check.title", locale.Args{"Shop": v.shop()})}}
	if len(b.Others) > 0 {
		var names []locale.HTML
		for _, s := range b.Others[:min(len(b.Others), shopsShown)] {
			names = append(names, shopName(s))
		}
		head.lines = append(head.lines, v.T("check.others", locale.Args{"Shops": locale.Join(names, " · ")}))
	}
	return v.compose(head, v.checklist(b), v.comesByItself(b.SettingsView)), v.boundButtons()
}

// checklist is what was looked at in a group; of a private chat there is nothing to look at.
func (v voice) checklist(b BoundView) section {
	if b.Chat.ID >= 0 {
		return section{}
	}
	topic := v.T("check.general", nil)
	switch {
	case b.Chat.Thread != 0 && b.Chat.Thread == b.Thread:
		topic = v.T("check.this_topic", nil)
	case b.Chat.Thread != 0:
		topic = v.T("check.topic", locale.Args{"Topic": strconv.Itoa(b.Chat.Thread)})
	}
	tested := v.T("check.untested", nil)
	if b.Tested != 0 {
		tested = v.T("check.tested", locale.Args{"Time": v.moment(b.Tested)})
	}
	return section{lines: []locale.HTML{"<b>" + v.T("check.list", nil) + "</b>", v.T("check.posts."+b.Posts.String(), nil), topic, v.T("check.reads", nil), tested}}
}

// testLives is how long a test alert is worth sending: later it would test nothing.
const testLives = 15 * time.Minute

// TestAlert is the message by which people find out whether an alert rings in a chat. It goes the way of alerts, and rings
// whatever the hour: somebody is waiting for it. n is a number that makes it one of its own.
func (c *Composer) TestAlert(s SettingsView, n int64) outbox.Message {
	v := c.voice(s.View)
	m := v.notice(s.Chat, keyFor("test/"+strconv.FormatInt(s.Chat.ID, 10), n), v.T("test.alert", locale.Args{"Shop": v.shop()}), v.T("test.what", nil))
	m.Silent, m.Expires = false, v.Now+rules.Instant(testLives.Milliseconds())
	return m
}

// TestSent says that a test alert is on its way, and what to do when it does not ring.
func (c *Composer) TestSent(s SettingsView) (string, [][]outbox.Button) {
	v := c.voice(s.View)
	lines := []locale.HTML{v.T("test.phone", nil), v.T("test.telegram", nil)}
	switch {
	case !s.Chat.Alerts:
		lines = append(lines, v.T("test.off", nil))
	case s.Chat.Muted > v.Now:
		lines = append(lines, v.T("test.muted", locale.Args{"Until": v.when(s.Chat.Muted)}))
	default:
		lines = append(lines, v.T("test.quiet", nil))
	}
	return v.compose(section{lines: []locale.HTML{v.T("test.sent", nil)}}, section{lines: append([]locale.HTML{"<b>" + v.T("test.silent", nil) + "</b>"}, lines...)}),
		[][]outbox.Button{{v.button("test_again", "test", v.Shop.ID), v.button("quiet", "quiet", v.Shop.ID)}, {v.button("today", "today", v.Shop.ID), v.button("settings", "settings", v.Shop.ID)}}
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

// Problem is why a request could not be carried out.
type Problem int

// UnknownShop: no such shop, or not one of this chat: the same words, so that nobody learns which shops exist. NotBound:
// the chat has no shop yet. BadCode: a binding code that is wrong, used or too old. OwnerOnly, AdminsOnly: the wrong person.
// Nameless: an anonymous administrator pressed a button. NotUnderstood: no such command. NothingFound: a search without a
// result. TryLater: our fault. StaleButton: a button whose meaning is no longer known. TooManyTries: so many wrong codes that
// the next ones are not even looked at. Settled: an alert about which nothing is left to do. NoAlarm: one that is about
// nothing any more. ManagersOnly, AgentsOnly: a private chat of somebody who may look, or act, and no more. PrivateOnly: what
// is nobody else's to read. NoOwnerLeft: a shop would be without one.
const (
	UnknownShop Problem = iota + 1
	NotBound
	BadCode
	OwnerOnly
	AdminsOnly
	Nameless
	NotUnderstood
	NothingFound
	TryLater
	StaleButton
	TooManyTries
	Settled
	NoAlarm
	ManagersOnly
	AgentsOnly
	PrivateOnly
	NoOwnerLeft
)

var problems = [...]string{UnknownShop: "unknown_shop", NotBound: "not_bound", BadCode: "bad_code", OwnerOnly: "owner_only",
	AdminsOnly: "admins_only", Nameless: "nameless", NotUnderstood: "not_understood", NothingFound: "nothing_found",
	TryLater: "try_later", StaleButton: "stale_button", TooManyTries: "too_many_tries", Settled: "settled", NoAlarm: "no_alarm",
	ManagersOnly: "managers_only", AgentsOnly: "agents_only", PrivateOnly: "private_only", NoOwnerLeft: "no_owner_left"}

// String returns the problem as catalogues name it.
func (p Problem) String() string {
	if p < UnknownShop || int(p) >= len(problems) {
		return "problem(" + strconv.Itoa(int(p)) + ")"
	}
	return problems[p]
}

// Problem says why a request could not be carried out, and what to do instead.
func (c *Composer) Problem(lang string, p Problem) (string, [][]outbox.Button) {
	v := c.voice(View{Lang: lang})
	if p < UnknownShop || int(p) >= len(problems) {
		p = TryLater
	}
	return v.compose(section{lines: []locale.HTML{v.T("problem."+p.String(), nil)}}), nil
}

// Notice is [Composer.Problem] as plain text, for the pop-up that answers a button.
func (c *Composer) Notice(lang string, p Problem) string {
	text, _ := c.Problem(lang, p)
	return locale.HTML(text).Plain()
}
