package notify

import (
	"slices"
	"strings"

	"shopwarden/bot/locale"
	"shopwarden/bot/outbox"
)

// Command is one entry of the bot's command menu.
type Command struct {
	Name string // without the slash
	Text string // plain, not HTML, what one gets
}

// Menu is for whom a list of commands is.
type Menu int

// PrivateMenu: a private chat, all that is of use, in the order of use. TeamMenu: the members of a group, what a team needs
// at work. AdminMenu: the administrators of a group, settings as well.
const (
	PrivateMenu Menu = iota + 1
	TeamMenu
	AdminMenu
)

// String returns the menu in one word.
func (m Menu) String() string {
	if m < PrivateMenu || m > AdminMenu {
		return "menu"
	}
	return [...]string{PrivateMenu: "private", TeamMenu: "team", AdminMenu: "admin"}[m]
}

// chapter is the commands of one purpose.
type chapter struct {
	name     string // help.<name> in catalogues
	commands []string
}

// chapters are all commands by purpose, the most used first in each.
var chapters = [...]chapter{
	{"daily", []string{"today", "due", "violations", "points", "tips"}},
	{"understand", []string{"trend", "whatif", "why", "appeal"}},
	{"work", []string{"take", "snoozed", "board", "duty"}},
	{"hear", []string{"settings", "digest", "alerts", "quiet", "mute", "urgent", "budget"}},
	{"people", []string{"shops", "team", "export", "privacy", "lang", "bind", "unbind", "help"}},
}

// menus are the commands of each menu.
var menus = [...][]string{
	PrivateMenu: {"today", "due", "violations", "points", "tips", "trend", "whatif", "why", "appeal", "take", "snoozed", "shops",
		"settings", "digest", "alerts", "quiet", "mute", "urgent", "budget", "duty", "board", "team", "export", "privacy", "lang", "bind", "unbind", "help"},
	TeamMenu: {"today", "due", "take", "violations", "why", "snoozed", "points", "tips", "trend", "board", "duty", "team", "help"},
	AdminMenu: {"today", "due", "take", "violations", "why", "snoozed", "points", "tips", "trend", "board", "duty", "team",
		"settings", "digest", "alerts", "quiet", "mute", "urgent", "budget", "export", "privacy", "lang", "bind", "unbind", "help"},
}

// BotCommands lists the commands of a menu in a language.
func (c *Composer) BotCommands(m Menu, lang string) []Command {
	p := c.texts.Printer(lang)
	list := make([]Command, 0, len(menus[m]))
	for _, name := range menus[m] {
		list = append(list, Command{Name: name, Text: p.Label("command."+name, nil)})
	}
	return list
}

// About is how the bot presents itself: on its profile, up to 120 characters, and in an empty chat, up to 512.
func (c *Composer) About(lang string) (short, description string) {
	p := c.texts.Printer(lang)
	return p.Label("profile.short", nil), p.Label("profile.long", nil)
}

// AllCommands is the argument of the help button for everything.
const AllCommands = "all"

// firstChapters is how many chapters stand on the first page of the help: what a day needs.
const firstChapters = 3

// Help lists the commands by purpose: those of every day, or all. Its buttons are help:all and help.
func (c *Composer) Help(lang string, all bool) (string, [][]outbox.Button) {
	v := c.voice(View{Lang: lang})
	shown, more := chapters[:firstChapters], v.button("help_all", "help", AllCommands)
	if all {
		shown, more = chapters[:], v.button("help_first", "help")
	}
	sections := []section{{lines: []locale.HTML{"<b>" + v.T("help.title", nil) + "</b>"}}}
	for _, ch := range shown {
		lines := []locale.HTML{"<b>" + v.T("help."+ch.name, nil) + "</b>"}
		for _, name := range ch.commands {
			lines = append(lines, v.T("help.line", locale.Args{"Name": name, "What": v.T("command."+name, nil)}))
		}
		sections = append(sections, section{lines: lines})
	}
	sections = append(sections, section{lines: []locale.HTML{v.T("help.words", nil), v.T("help.hint", nil)}})
	return v.compose(sections...), slices.Concat([][]outbox.Button{{more}}, [][]outbox.Button{{v.button("shops", "shops"), v.button("sample", "sample"), v.languageButton()}})
}

// languageButton is written in the other languages: who cannot read the page needs it most.
func (v voice) languageButton() outbox.Button {
	own := v.Label("language.name", nil)
	others := slices.DeleteFunc(slices.Clone(v.tongues), func(name string) bool { return name == own })
	return action("🌐 "+strings.Join(others, " / "), "lang")
}

func (v voice) helpButtons() [][]outbox.Button {
	return [][]outbox.Button{{v.button("shops", "shops"), v.button("help", "help"), v.languageButton()}}
}
