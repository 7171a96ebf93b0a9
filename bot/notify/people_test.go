package notify_test

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"shopwarden/bot/locale"
	"shopwarden/bot/notify"
	"shopwarden/bot/outbox"
	"shopwarden/config"
)

// staff is a shop's chats: one of every role, two groups, somebody who blocked the bot.
func staff(lang string) []notify.Chat {
	return []notify.Chat{
		{ID: -5, Title: "发货群 <1>", Role: notify.Team, Lang: lang, Thread: 7, Since: at(3, "10:00:00"), Alerts: true},
		{ID: 11, Title: "Li Na", Role: notify.Owner, Lang: lang, Since: at(2, "10:00:00"), Alerts: true},
		{ID: 12, Title: "Wang & Co", Role: notify.Manager, Lang: lang},
		{ID: 13, Title: "小赵", Role: notify.Team, Lang: lang, Paused: true},
		{ID: 14, Role: notify.Viewer, Lang: lang},
		{ID: -6, Role: notify.Team, Lang: lang},
	}
}

func TestTheFirstMinuteIsExplained(t *testing.T) {
	c := composer(t)
	shops := []config.Shop{deer, {ID: "fox-2"}, {ID: "owl", Name: "Owl & <Co>"}}
	both(t, "start", func(lang string, s *sheet) {
		v := view(t)
		v.Lang = lang
		bound := func(chat notify.Chat) notify.BoundView {
			return notify.BoundView{SettingsView: notify.SettingsView{View: v, Chat: chat}}
		}
		page := func(title string) func(string, [][]outbox.Button) {
			return func(html string, buttons [][]outbox.Button) { s.page(title, html, buttons) }
		}
		page("start")(c.Start(notify.StartView{Lang: lang, Bot: "deer_bot"}))
		page("start, name of the bot not known")(c.Start(notify.StartView{Lang: lang}))
		page("start when bound")(c.Start(notify.StartView{Lang: lang, Bot: "deer_bot", Shops: shops[:1]}))
		page("how to bind")(c.Begin(notify.StartView{Lang: lang, Bot: "deer_bot"}))
		page("sample")(c.Sample(lang))
		page("help")(c.Help(lang, false))
		page("help, all commands")(c.Help(lang, true))
		group := bound(notify.Chat{ID: -5, Role: notify.Team, Thread: 7, Alerts: true, Digest: true, Board: true})
		group.Posts, group.Thread = notify.Holds, 7
		page("bound group")(c.Bound(group))
		for _, role := range notify.InviteRoles() {
			page("bound " + string(role))(c.Bound(bound(notify.Chat{ID: 8, Role: role, Alerts: true, Digest: true})))
		}
		page("bound owner, all off")(c.Bound(bound(notify.Chat{ID: 8, Role: notify.Owner})))
		page("checklist")(c.Checklist(group))
		group.Posts, group.Thread, group.Others, group.Tested = notify.Fails, 3, shops[1:], v.Now
		page("checklist, tested, may not write, more shops")(c.Checklist(group))
		group = bound(notify.Chat{ID: -5, Role: notify.Team})
		page("checklist, nobody can tell")(c.Checklist(group))
		page("test sent")(c.TestSent(bound(notify.Chat{ID: 8, Alerts: true}).SettingsView))
		page("test sent, alerts off")(c.TestSent(bound(notify.Chat{ID: 8}).SettingsView))
		page("test sent, muted")(c.TestSent(bound(notify.Chat{ID: 8, Alerts: true, Muted: v.Now + 3_600_000}).SettingsView))
		s.messages([]outbox.Message{c.TestAlert(bound(notify.Chat{ID: 8, Alerts: true, Quiet: "00:00-23:59"}).SettingsView, 77)})
		page("shops")(c.Shops(lang, shops))
		page("one shop")(c.Shops(lang, shops[:1]))
		page("no shops")(c.Shops(lang, nil))
		page("which shop")(c.WhichShop(lang, "due", shops))
		for p := notify.UnknownShop; p <= notify.NoOwnerLeft; p++ {
			page("problem " + p.String())(c.Problem(lang, p))
		}
	})
}

func TestWhoWatchesAShopIsShownAndChanged(t *testing.T) {
	c := composer(t)
	both(t, "team", func(lang string, s *sheet) {
		v := view(t)
		v.Lang = lang
		page := func(title string) func(string, [][]outbox.Button) {
			return func(html string, buttons [][]outbox.Button) { s.page(title, html, buttons) }
		}
		owner := notify.TeamView{View: v, Chats: staff(lang), Self: 11, Acts: notify.Owner, Change: true}
		manager, agent, group := owner, owner, owner
		manager.Self, manager.Acts = 12, notify.Manager
		agent.Self, agent.Acts = 13, notify.Agent
		group.Self, group.Change, group.Acts = -5, false, notify.Agent
		page("as its owner sees it")(c.Team(owner))
		page("as a manager sees it")(c.Team(manager))
		page("as an agent sees it")(c.Team(agent))
		page("in a group")(c.Team(group))
		many := owner
		for i := range int64(14) {
			many.Chats = append(many.Chats, notify.Chat{ID: 100 + i, Title: "A" + string(rune('a'+i)), Role: notify.Agent})
		}
		many.Page = 1
		page("second page of many")(c.Team(many))
		page("one agent")(c.Member(notify.MemberView{TeamView: owner, Chat: owner.Chats[3]}))
		page("one agent, for a manager")(c.Member(notify.MemberView{TeamView: manager, Chat: owner.Chats[3]}))
		page("one group")(c.Member(notify.MemberView{TeamView: owner, Chat: owner.Chats[0]}))
		page("really a manager?")(c.Member(notify.MemberView{TeamView: owner, Chat: owner.Chats[3], To: notify.Manager}))
		page("really out?")(c.Member(notify.MemberView{TeamView: owner, Chat: owner.Chats[2], Out: true}))
		page("invite, for an owner")(c.Invite(owner))
		page("invite, for a manager")(c.Invite(manager))
		invited := notify.InviteView{View: v, Role: notify.Agent, Code: "pAb_C-9", Bot: "deer_bot", Lives: 24 * time.Hour}
		page("invited")(c.Invited(invited))
		invited.Role, invited.Bot = notify.Team, ""
		page("invited group, name of the bot not known")(c.Invited(invited))
		s.messages([]outbox.Message{c.RoleTold(v, owner.Chats[3], notify.Manager, "Li Na", 5)})
		s.messages([]outbox.Message{c.RoleTold(v, owner.Chats[3], "", "Li <b>", 6)})
		leave := notify.LeaveView{View: v, Chat: owner.Chats[2], Chats: owner.Chats}
		page("unbind")(c.Unbind(leave))
		s.messages(c.Left(leave, 9))
		leave.Chat = owner.Chats[1]
		page("unbind the last owner")(c.Unbind(leave))
		s.messages(c.Left(leave, 10))
		leave.Chats = owner.Chats[1:2]
		page("unbind the last chat")(c.Unbind(leave))
		page("unbound")(c.Unbound(lang, deer))
	})
}

func TestWhatIsKeptIsSaidAndDeleted(t *testing.T) {
	c := composer(t)
	both(t, "privacy", func(lang string, s *sheet) {
		page := func(title string) func(string, [][]outbox.Button) {
			return func(html string, buttons [][]outbox.Button) { s.page(title, html, buttons) }
		}
		days := func(n time.Duration) time.Duration { return n * 24 * time.Hour }
		owner := notify.PrivacyView{Lang: lang, Private: true, Retention: days(45), DayRetention: days(400),
			Owned: []config.Shop{deer}, Last: []config.Shop{deer}}
		agent, group := owner, owner
		agent.Owned, agent.Last = nil, nil
		group.Owned, group.Last, group.Private = nil, nil, false
		page("of an agent")(c.Privacy(agent))
		page("of an owner")(c.Privacy(owner))
		page("of a group")(c.Privacy(group))
		page("really?")(c.AskForget(agent))
		page("really, last owner?")(c.AskForget(owner))
		page("really, of a group?")(c.AskForget(group))
		page("done")(c.Forgotten(agent))
		page("done for a group")(c.Forgotten(group))
	})
}

// TestMenusSayWhatOneGets holds what Telegram and a phone's width ask of the menus and the profile.
func TestMenusSayWhatOneGets(t *testing.T) {
	c := composer(t)
	for _, lang := range locale.Languages() {
		known := map[string]bool{}
		for menu := notify.PrivateMenu; menu <= notify.AdminMenu; menu++ {
			for _, command := range c.BotCommands(menu, lang) {
				known[command.Name] = true
				if n := utf8.RuneCountInString(command.Text); n == 0 || n > 40 || strings.Contains(command.Text, "⟨") {
					t.Errorf("%s: /%s says %q", lang, command.Name, command.Text)
				}
			}
		}
		html, _ := c.Help(lang, true)
		for name := range known {
			if !strings.Contains(html, "/"+name+" ") {
				t.Errorf("%s: the help leaves out /%s", lang, name)
			}
		}
		short, long := c.About(lang)
		if n, m := utf8.RuneCountInString(short), utf8.RuneCountInString(long); n == 0 || n > 120 || m == 0 || m > 512 {
			t.Errorf("%s: short description of %d, description of %d characters", lang, n, m)
		}
	}
}

func TestTheSampleIsMarkedAsOneAndLooksLikeADay(t *testing.T) {
	c := composer(t)
	for _, lang := range locale.Languages() {
		html, buttons := c.Sample(lang)
		card, _ := c.Scorecard(c.SampleView(lang))
		if !strings.HasPrefix(html, "🧪") || !strings.Contains(html, card) || strings.Count(html, "🧪") != 2 {
			t.Errorf("%s: the sample is not marked above and below, or is no scorecard:\n%s", lang, html)
		}
		for _, b := range slices.Concat(buttons...) {
			if strings.Contains(b.Action, "|") || strings.HasSuffix(b.Action, ":sample") {
				t.Errorf("%s: a button leads into a shop that does not exist: %s", lang, b.Action)
			}
		}
	}
}

// peoplePages writes what is about people: the first minute, the team and what is kept.
func peoplePages(t testing.TB, c *notify.Composer, v notify.View, in nasties, check func(string) func(string, [][]outbox.Button)) {
	t.Helper()
	shops := slices.Repeat([]config.Shop{v.Shop}, 40)
	check("start")(c.Start(notify.StartView{Lang: in.lang, Bot: in.id}))
	check("start of a bound chat")(c.Start(notify.StartView{Lang: in.lang, Shops: shops}))
	check("how to bind")(c.Begin(notify.StartView{Lang: in.lang, Bot: in.name}))
	check("sample")(c.Sample(in.lang))
	check("sample's card")(c.Scorecard(c.SampleView(in.lang)))
	check("help")(c.Help(in.lang, true))
	for menu := notify.PrivateMenu; menu <= notify.AdminMenu; menu++ {
		for _, command := range c.BotCommands(menu, in.lang) {
			checkSigns(t, command.Name, command.Text)
		}
	}
	short, long := c.About(in.lang)
	checkSigns(t, "profile", short+long)
	chat := notify.Chat{ID: 9, Title: in.name, Role: notify.Role(in.rule), Lang: in.lang, Muted: v.Now + 1, Alerts: true, Since: 1}
	crowd := []notify.Chat{{ID: 1, Role: notify.Owner, Lang: in.lang}, chat}
	for i := range int64(40) {
		crowd = append(crowd, notify.Chat{ID: -100 - i, Title: in.name, Thread: 1 << 40, Paused: true, Since: v.Now})
	}
	b := notify.BoundView{SettingsView: notify.SettingsView{View: v, Chat: chat}, Others: shops, Tested: 1}
	check("bound")(c.Bound(b))
	check("test sent")(c.TestSent(b.SettingsView))
	b.Chat.ID = -9
	check("checklist")(c.Checklist(b))
	team := notify.TeamView{View: v, Chats: crowd, Self: 1, Acts: notify.Owner, Change: true, Page: 1 << 40}
	check("team")(c.Team(team))
	for _, m := range []notify.MemberView{{TeamView: team, Chat: chat}, {TeamView: team, Chat: chat, To: notify.Role(in.id)}, {TeamView: team, Chat: chat, Out: true}} {
		check("member")(c.Member(m))
		checkSigns(t, "changed", c.Changed(m))
	}
	check("invite")(c.Invite(team))
	check("invited")(c.Invited(notify.InviteView{View: v, Role: notify.Role(in.rule), Code: in.name, Bot: in.id, Lives: time.Hour}))
	leave := notify.LeaveView{View: v, Chat: crowd[0], Chats: crowd}
	check("unbind")(c.Unbind(leave))
	check("unbound")(c.Unbound(in.lang, v.Shop))
	leave.Chat = chat
	told := append(c.Left(leave, 1<<60), c.RoleTold(v, chat, notify.Role(in.id), in.name, 1), c.RoleTold(v, chat, "", in.name, 1), c.TestAlert(b.SettingsView, 1))
	if len(told) != 4 {
		t.Errorf("%d notices, want 4", len(told))
	}
	for _, m := range told {
		check(m.Key)(m.HTML, m.Buttons)
		if len(m.Key) > notify.MaxKey {
			t.Errorf("%s: key of %d bytes", m.Kind, len(m.Key))
		}
	}
	p := notify.PrivacyView{Lang: in.lang, Retention: time.Hour, DayRetention: time.Hour, Owned: shops, Last: shops}
	check("privacy")(c.Privacy(p))
	check("really forget")(c.AskForget(p))
	check("forgotten")(c.Forgotten(p))
}
