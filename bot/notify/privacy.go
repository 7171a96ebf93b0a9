package notify

import (
	"time"

	"shopwarden/bot/locale"
	"shopwarden/bot/outbox"
	"shopwarden/config"
)

// Forget is what the buttons of /privacy ask for: privacy:forget asks, privacy:forget|yes does it.
const Forget = "forget"

// PrivacyView is what is kept of a chat.
type PrivacyView struct {
	Lang         string
	Private      bool          // a private chat, which is a person
	Retention    time.Duration // of cases, events and texts
	DayRetention time.Duration // of counts
	Owned        []config.Shop // shops the chat is an owner of
	Last         []config.Shop // of these the ones without another owner
}

// Privacy says in a few lines what is kept, where, for how long and who sees it. An owner learns how a shop is deleted.
func (c *Composer) Privacy(p PrivacyView) (string, [][]outbox.Button) {
	v := c.voice(View{Lang: p.Lang})
	lines := []locale.HTML{"<b>" + v.T("privacy.title", nil) + "</b>", v.T("privacy.what_"+whose(p), nil), v.T("privacy.orders", nil),
		v.T("privacy.where", nil), v.T("privacy.days", locale.Args{"Cases": v.Duration(p.Retention), "Days": v.Duration(p.DayRetention)}),
		v.T("privacy.who", nil), v.T("privacy.rights", nil)}
	var owner section
	for _, shop := range p.Owned[:min(len(p.Owned), 3)] {
		owner.lines = append(owner.lines, v.T("privacy.shop", locale.Args{"Shop": shopName(shop), "Command": locale.Code("shopwarden shop remove " + shop.ID)}))
	}
	return v.compose(section{lines: lines}, owner), [][]outbox.Button{{v.button("forget_"+whose(p), "privacy", Forget)}, {v.button("help", "help")}}
}

func whose(p PrivacyView) string {
	if p.Private {
		return "person"
	}
	return "group"
}

// AskForget asks before all of a chat is deleted, and says what goes, what stays, and which shops lose their last owner.
func (c *Composer) AskForget(p PrivacyView) (string, [][]outbox.Button) {
	v := c.voice(View{Lang: p.Lang})
	lines := []locale.HTML{"<b>" + v.T("privacy.ask_"+whose(p), nil) + "</b>", v.T("privacy.goes_"+whose(p), nil), v.T("privacy.stays", locale.Args{"Cases": v.Duration(p.Retention)})}
	var rows []locale.HTML
	for _, shop := range p.Last[:min(len(p.Last), shopsShown)] {
		rows = append(rows, v.T("privacy.last", locale.Args{"Shop": shopName(shop), "Command": locale.Code("shopwarden shop code " + shop.ID)}))
	}
	return v.compose(section{lines: lines}, section{rows: rows, hidden: len(p.Last) - len(rows)}), [][]outbox.Button{
		{v.button("forget_yes", "privacy", Forget, "yes"), v.button("not_now", "privacy")}}
}

// Forgotten says what became of it.
func (c *Composer) Forgotten(p PrivacyView) (string, [][]outbox.Button) {
	v := c.voice(View{Lang: p.Lang})
	return v.compose(section{lines: []locale.HTML{v.T("privacy.done_"+whose(p), nil), v.T("privacy.stays", locale.Args{"Cases": v.Duration(p.Retention)}), v.T("privacy.again", nil)}}), nil
}
