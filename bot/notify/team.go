package notify

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"time"

	"shopwarden/bot/locale"
	"shopwarden/bot/outbox"
	"shopwarden/rules"
)

// What the buttons of /team ask for: team:<shop>|page|<n>, |chat|<id>, |role|<id>|<role> asks, |set|<id>|<role> does it,
// |out|<id> asks, |out|<id>|yes does it, |invite offers, |invite|<role> makes a link.
const (
	TeamPage   = "page"
	TeamChat   = "chat"
	TeamRole   = "role"
	TeamSet    = "set"
	TeamOut    = "out"
	TeamInvite = "invite"
)

// TeamView is who watches a shop, and as whom one looks.
type TeamView struct {
	View
	Chats  []Chat
	Self   int64 // the chat that asks
	Acts   Role  // what the asker may do there
	Page   int   // from 0
	Change bool  // changes are offered: in private chats alone
}

// teamShown is how many chats stand on one page of the team, each with a button.
const teamShown = 8

// Team lists who watches a shop, people first, then groups. Whoever may change something has a button for it.
func (c *Composer) Team(t TeamView) (string, [][]outbox.Button) {
	v := c.voice(t.View)
	chats := slices.SortedFunc(slices.Values(t.Chats), byRank)
	pages := max(1, (len(chats)+teamShown-1)/teamShown)
	t.Page = min(max(t.Page, 0), pages-1)
	first := t.Page * teamShown
	var rows []locale.HTML
	var buttons [][]outbox.Button
	for i, chat := range chats[first:min(len(chats), first+teamShown)] {
		row := v.T("row", locale.Args{"N": first + i + 1, "Text": v.member(t, chat)})
		rows = append(rows, row)
		if t.Change && chat.ID != t.Self && t.Acts.MayManage(chat) {
			label := v.Label("button.member", locale.Args{"N": first + i + 1, "Name": v.called(chat)})
			buttons = inPairs(buttons, action(label, "team", v.Shop.ID, TeamChat, strconv.FormatInt(chat.ID, 10)))
		}
	}
	buttons = append(buttons, v.teamPages(t.Page, pages)...)
	end := section{lines: []locale.HTML{v.T("team.roles", nil)}}
	switch {
	case t.Change && t.Acts.Covers(Manager):
		buttons = append(buttons, []outbox.Button{v.button("invite", "team", v.Shop.ID, TeamInvite)})
	case !t.Change:
		end.lines = append(end.lines, v.T("team.private", nil))
	}
	return v.compose(section{lines: []locale.HTML{v.title("team.title"), v.T("team.total", locale.Args{"Count": len(chats)})}, rows: rows}, end), buttons
}

// byRank sorts people before groups and the strongest role first.
func byRank(a, b Chat) int {
	return cmp.Or(cmp.Compare(group(a), group(b)), cmp.Compare(b.Role.rank(), a.Role.rank()), cmp.Compare(a.ID, b.ID))
}

func group(c Chat) int {
	if c.ID < 0 {
		return 1
	}
	return 0
}

// teamPages is the buttons to the pages before and after.
func (v voice) teamPages(page, pages int) [][]outbox.Button {
	var row []outbox.Button
	if page > 0 {
		row = append(row, v.button("page_before", "team", v.Shop.ID, TeamPage, strconv.Itoa(page-1)))
	}
	if page < pages-1 {
		row = append(row, v.button("page_after", "team", v.Shop.ID, TeamPage, strconv.Itoa(page+1)))
	}
	if row == nil {
		return nil
	}
	return [][]outbox.Button{row}
}

// inPairs adds a button to rows of two.
func inPairs(rows [][]outbox.Button, b outbox.Button) [][]outbox.Button {
	if n := len(rows); n > 0 && len(rows[n-1]) == 1 {
		rows[n-1] = append(rows[n-1], b)
		return rows
	}
	return append(rows, []outbox.Button{b})
}

// member is one chat of a team in one line.
func (v voice) member(t TeamView, chat Chat) locale.HTML {
	line := v.T("team.row", locale.Args{"Mark": locale.HTML(sign(chat)), "Name": v.called(chat), "Role": v.role(chat)})
	if chat.ID == t.Self {
		line = v.T("team.self", locale.Args{"Row": line})
	}
	if chat.Thread != 0 {
		line = v.T("team.topic", locale.Args{"Row": line, "Topic": strconv.Itoa(chat.Thread)})
	}
	if chat.Since != 0 {
		line = v.T("team.since", locale.Args{"Row": line, "Day": v.date(rules.DateOf(chat.Since, v.zone()))})
	}
	if chat.Paused {
		line = v.T("team.paused", locale.Args{"Row": line})
	}
	return line
}

func sign(chat Chat) string {
	if chat.ID < 0 {
		return "👥"
	}
	return "👤"
}

// called is what a chat is called by its title; without one by what it is.
func (v voice) called(chat Chat) locale.HTML {
	if chat.Title == "" {
		return v.T("team.untitled_"+[...]string{"person", "group"}[group(chat)], nil)
	}
	return locale.Escape(chat.Title)
}

// role is what a chat may do, in one word.
func (v voice) role(chat Chat) locale.HTML {
	if chat.ID < 0 {
		return v.T("role.group", nil)
	}
	return v.T("role."+string(chat.Role.Acts()), nil)
}

// MemberView is one chat of a team, and what is about to become of it.
type MemberView struct {
	TeamView
	Chat Chat
	To   Role // a role that is asked about, "" = none
	Out  bool // whether it is removed is asked about
}

// Member shows one chat of a team with what may be changed, or asks whether it really shall be.
func (c *Composer) Member(m MemberView) (string, [][]outbox.Button) {
	v := c.voice(m.View)
	id := strconv.FormatInt(m.Chat.ID, 10)
	back := v.button("team_back", "team", v.Shop.ID)
	args := locale.Args{"Name": v.called(m.Chat), "Shop": v.shop()}
	keep := v.button("not_now", "team", v.Shop.ID, TeamChat, id)
	switch {
	case m.Out:
		return v.compose(section{lines: []locale.HTML{v.T("team.ask_out", args), v.T("team.out_means", nil)}}), [][]outbox.Button{
			{v.button("out_yes", "team", v.Shop.ID, TeamOut, id, "yes"), keep}}
	case m.To != "":
		args["Role"] = v.T("role."+string(m.To.Acts()), nil)
		return v.compose(section{lines: []locale.HTML{v.T("team.ask_role", args), v.roleMay(m.To)}}), [][]outbox.Button{
			{v.button("sure", "team", v.Shop.ID, TeamSet, id, string(m.To)), keep}}
	}
	var buttons [][]outbox.Button
	if m.Chat.ID > 0 {
		for _, r := range InviteRoles() {
			if r != m.Chat.Role.Acts() && m.Acts.MayGive(r) {
				buttons = inPairs(buttons, action("→ "+v.Label("role."+string(r), nil), "team", v.Shop.ID, TeamRole, id, string(r)))
			}
		}
	}
	buttons = append(buttons, []outbox.Button{v.button("out", "team", v.Shop.ID, TeamOut, id), back})
	head := section{lines: []locale.HTML{v.title("team.title"), v.member(m.TeamView, m.Chat)}}
	may := m.Chat.Role
	if m.Chat.ID < 0 {
		may = Team
	}
	head.lines = append(head.lines, v.roleMay(may))
	return v.compose(head), buttons
}

// roleMay is what a role lets one do, in one line; Team is a group.
func (v voice) roleMay(r Role) locale.HTML {
	if r == Team {
		return v.T("team.role_may", locale.Args{"Role": v.T("role.group", nil), "May": v.T("team.group_is", nil)})
	}
	return v.T("team.role_may", locale.Args{"Role": v.T("role."+string(r.Acts()), nil), "May": v.T("bound."+string(r.Acts())+"_is", nil)})
}

// Invite offers the roles that the asker may hand on.
func (c *Composer) Invite(t TeamView) (string, [][]outbox.Button) {
	v := c.voice(t.View)
	lines := []locale.HTML{v.title("team.invite_title"), v.T("team.invite_as", nil)}
	var buttons [][]outbox.Button
	for _, r := range InviteRoles() {
		if t.Acts.MayGive(r) {
			lines = append(lines, v.roleMay(r))
			buttons = inPairs(buttons, action(v.Label("role."+string(r), nil), "team", v.Shop.ID, TeamInvite, string(r)))
		}
	}
	lines = append(lines, v.roleMay(Team))
	buttons = inPairs(buttons, action("👥 "+v.Label("role.group", nil), "team", v.Shop.ID, TeamInvite, string(Team)))
	return v.compose(section{lines: lines}), append(buttons, []outbox.Button{v.button("team_back", "team", v.Shop.ID)})
}

// InviteView is a code that was made.
type InviteView struct {
	View
	Role  Role // Team = for a group
	Code  string
	Bot   string // the bot's name, "" while it is not known
	Lives time.Duration
}

// Invited shows a code once, as a link and bare. Whoever gets it first has it.
func (c *Composer) Invited(i InviteView) (string, [][]outbox.Button) {
	v := c.voice(i.View)
	invited, how, param := v.T("team.invited", locale.Args{"Role": v.T("role."+string(i.Role.Acts()), nil), "Shop": v.shop()}), "person", "start"
	if i.Role == Team {
		invited, how, param = v.T("team.invited_group", locale.Args{"Shop": v.shop()}), "group", "startgroup"
	}
	lines := []locale.HTML{invited, v.T("team.once", locale.Args{"Lives": v.Duration(i.Lives)})}
	var link []locale.HTML
	if i.Bot != "" {
		link = append(link, v.T("team.link_"+how, nil), "https://t.me/"+locale.Escape(i.Bot)+locale.HTML("?"+param+"=")+locale.Escape(i.Code))
	}
	link = append(link, v.T("team.bare_"+how, locale.Args{"Command": locale.Code("/bind " + i.Code)}))
	return v.compose(section{lines: lines}, section{lines: link}), [][]outbox.Button{{v.button("invite", "team", v.Shop.ID, TeamInvite), v.button("team_back", "team", v.Shop.ID)}}
}

// RoleTold tells a chat what somebody changed about it: its role, or with "" that it is no longer of the shop. It goes on
// the chat's own route, so that what is taken back with a binding does not take it along. n makes it an event of its own.
func (c *Composer) RoleTold(view View, chat Chat, role Role, by string, n int64) outbox.Message {
	v := c.voice(view.in(chat.Lang))
	args := locale.Args{"Shop": v.shop(), "By": locale.Escape(by)}
	lines := []locale.HTML{v.T("team.told_out", args)}
	if role != "" {
		args["Role"] = v.T("role."+string(role.Acts()), nil)
		lines = []locale.HTML{v.T("team.told_role", args), v.T("bound."+string(role.Acts()), nil)}
	}
	m := v.notice(chat, keyFor(fmt.Sprintf("role/%s/%d", v.Shop.ID, n), chat.ID), lines...)
	m.Route = strconv.FormatInt(chat.ID, 10)
	return m
}

// Changed says in a moment's words what became of one chat: its new role or, with Out, that it was removed.
func (c *Composer) Changed(m MemberView) string {
	v := c.voice(m.View)
	if m.Out {
		return v.T("team.removed", locale.Args{"Name": v.called(m.Chat)}).Plain()
	}
	return v.T("team.changed", locale.Args{"Name": v.called(m.Chat), "Role": v.role(m.Chat)}).Plain()
}
