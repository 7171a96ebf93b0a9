package notify

import (
	"strconv"

	"shopwarden/bot/locale"
	"shopwarden/bot/outbox"
	"shopwarden/config"
)

// Command is one entry of the bot's command menu.
type Command struct {
	Name string // without the slash
	Text string // plain, not HTML
}

// BotCommands lists the commands for a language, the most used first.
func (c *Composer) BotCommands(lang string) []Command {
	p := c.texts.Printer(lang)
	var list []Command
	for _, name := range []string{"today", "due", "take", "snoozed", "violations", "tips", "why", "shops", "bind", "alerts", "quiet", "mute", "urgent", "budget", "digest", "duty", "board", "lang", "help"} {
		list = append(list, Command{Name: name, Text: p.Label("command."+name, nil)})
	}
	return list
}

// Start welcomes a chat. shops are those it is bound to.
func (c *Composer) Start(lang string, shops []config.Shop) (string, [][]outbox.Button) {
	v := c.voice(View{Lang: lang})
	hello := section{lines: []locale.HTML{v.T("start.hello", nil)}}
	if len(shops) == 0 {
		return v.compose(hello, section{lines: []locale.HTML{v.T("start.bind", nil)}}), v.helpButtons()
	}
	return v.compose(hello, section{lines: []locale.HTML{v.T("start.bound", nil)}}), append(shopButtons("📊 ", "today", shops), v.helpButtons()...)
}

// Help lists the commands.
func (c *Composer) Help(lang string) (string, [][]outbox.Button) {
	v := c.voice(View{Lang: lang})
	var rows []locale.HTML
	for _, command := range c.BotCommands(lang) {
		rows = append(rows, v.T("help.line", locale.Args{"Name": command.Name, "What": command.Text}))
	}
	return v.compose(section{lines: []locale.HTML{"<b>" + v.T("help.title", nil) + "</b>"}}, section{rows: rows},
		section{lines: []locale.HTML{v.T("help.hint", nil)}}), v.helpButtons()
}

func (v voice) helpButtons() [][]outbox.Button {
	return [][]outbox.Button{{v.button("shops", "shops"), v.button("help", "help"), action("🌐 中文 / English", "lang")}}
}

// Bound says that a chat is bound now, and to what it may look forward: a checklist, not a greeting.
func (c *Composer) Bound(s SettingsView) (string, [][]outbox.Button) {
	v := c.voice(s.View)
	lines := []locale.HTML{v.T("bound.title", locale.Args{"Shop": v.shop()}), v.T("bound.posts", nil)}
	if s.Chat.Thread != 0 {
		lines = append(lines, v.T("bound.topic", nil))
	}
	switch {
	case s.own():
		lines = append(lines, v.T("bound.member", nil))
	case s.Chat.Role == Team:
		lines = append(lines, v.T("bound.team", nil))
	default:
		lines = append(lines, v.T("bound.owner", nil))
	}
	lines = append(lines, v.T("bound.alerts_"+onOff(s.Chat.Alerts), nil))
	if at := digestAt(s.Shop); s.Chat.Digest && at != digestOff {
		lines = append(lines, v.T("bound.digest_on", locale.Args{"Clock": at}))
	} else {
		lines = append(lines, v.T("bound.digest_off", nil))
	}
	if s.Chat.Board {
		lines = append(lines, v.T("bound.board_on", nil))
	}
	return v.compose(section{lines: lines}), [][]outbox.Button{
		{v.button("today", "today", v.Shop.ID), v.button("due", "due", v.Shop.ID)},
		{v.button("alerts", "alerts", v.Shop.ID), v.button("digest", "digest", v.Shop.ID)},
	}
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

// Unbound says that a chat is no longer bound to a shop.
func (c *Composer) Unbound(lang string, shop config.Shop) (string, [][]outbox.Button) {
	v := c.voice(View{Lang: lang, Shop: shop})
	return v.compose(section{lines: []locale.HTML{v.T("unbound", locale.Args{"Shop": v.shop()})}}), v.helpButtons()
}

// Problem is why a request could not be carried out.
type Problem int

// UnknownShop: no such shop, or not one of this chat: the same words, so that nobody learns which shops exist. NotBound:
// the chat has no shop yet. BadCode: a binding code that is wrong, used or too old. OwnerOnly, AdminsOnly: the wrong person.
// Nameless: an anonymous administrator pressed a button. NotUnderstood: no such command. NothingFound: a search without a
// result. TryLater: our fault. StaleButton: a button whose meaning is no longer known. TooManyTries: so many wrong codes that
// the next ones are not even looked at. Settled: an alert about which nothing is left to do. NoAlarm: one that is about
// nothing any more.
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
)

var problems = [...]string{UnknownShop: "unknown_shop", NotBound: "not_bound", BadCode: "bad_code", OwnerOnly: "owner_only",
	AdminsOnly: "admins_only", Nameless: "nameless", NotUnderstood: "not_understood", NothingFound: "nothing_found",
	TryLater: "try_later", StaleButton: "stale_button", TooManyTries: "too_many_tries", Settled: "settled", NoAlarm: "no_alarm"}

// String returns the problem as catalogues name it.
func (p Problem) String() string {
	if p < UnknownShop || p > NoAlarm {
		return "problem(" + strconv.Itoa(int(p)) + ")"
	}
	return problems[p]
}

// Problem says why a request could not be carried out, and what to do instead.
func (c *Composer) Problem(lang string, p Problem) (string, [][]outbox.Button) {
	v := c.voice(View{Lang: lang})
	if p < UnknownShop || p > NoAlarm {
		p = TryLater
	}
	return v.compose(section{lines: []locale.HTML{v.T("problem."+p.String(), nil)}}), nil
}

// Notice is [Composer.Problem] as plain text, for the pop-up that answers a button.
func (c *Composer) Notice(lang string, p Problem) string {
	text, _ := c.Problem(lang, p)
	return locale.HTML(text).Plain()
}
