package notify_test

import (
	"strings"
	"testing"

	"shopwarden/bot/locale"
	"shopwarden/bot/notify"
	"shopwarden/bot/outbox"
	"shopwarden/config"
	"shopwarden/rules"
)

func TestAScorecardSaysHowTheDayWentAndOneThingToDo(t *testing.T) {
	c := composer(t)
	both(t, "scorecard", func(lang string, s *sheet) {
		v := view(t)
		v.Lang, v.Now, v.Heard = lang, at(24, "09:00:00"), at(24, "08:41:00")
		day := func(n int, t rules.DayTallies) rules.Scorecard { return v.Policy.Score(date(n), date(n+1), t) }
		page := func(title string, d notify.ScorecardView) {
			d.Day = date(23)
			html, buttons := c.Scorecard(d)
			s.page(title, html, buttons)
		}
		before := rules.DayTallies{"ship-on-time": {Met: 30, Breached: 6}, "chat-first-response": {Met: 20, Breached: 1}, "platform-ticket-response": {Met: 6}}
		page("mixed", notify.ScorecardView{View: v, Card: day(23, tallies()), Before: day(22, before), Worst: late1(t)})
		page("first, all good, sent late", notify.ScorecardView{View: v, Late: true,
			Card: day(23, rules.DayTallies{"ship-on-time": {Met: 40}, "chat-first-response": {Met: 31}})})
		page("nothing finished", notify.ScorecardView{View: v, Card: day(23, rules.DayTallies{"invoice-on-time": {Open: 2}}), Before: day(22, before)})
		v.Heard = at(23, "14:00:00")
		page("went silent", notify.ScorecardView{View: v, Card: day(23, rules.DayTallies{"ship-on-time": {Met: 40}}), Before: day(22, before)})
		v.Heard = at(22, "23:00:00")
		page("silent all day", notify.ScorecardView{View: v, Card: day(23, nil), Before: day(22, before)})
		page("silent, and yet late", notify.ScorecardView{View: v, Card: day(23, rules.DayTallies{"ship-on-time": {Breached: 4}}), Before: day(22, before)})
		v.Heard = 0
		page("never heard", notify.ScorecardView{View: v, Card: day(23, nil)})
	})
}

func TestScorecardsGoToThoseWhoTakeThem(t *testing.T) {
	v := view(t)
	v.Now = at(24, "09:00:00")
	card := notify.ScorecardView{View: v, Day: date(23), Card: v.Policy.Score(date(23), date(24), tallies())}
	got := composer(t).Scorecards(card, chats())
	if len(got) != 2 || got[0].Chat != 100 || got[1].Chat != 300 {
		t.Fatalf("got %+v", got)
	}
	m := got[0]
	if m.Key != "scorecard/deer/2026-11-23/100" || m.Kind != outbox.Scorecard || m.Route != "deer" || m.Expires != at(25, "09:00:00") || m.HTML == got[1].HTML {
		t.Errorf("got %+v", m)
	}
}

func TestSettingsShowWhatIsSetAndWhatCanBe(t *testing.T) {
	c := composer(t)
	both(t, "settings", func(lang string, s *sheet) {
		v := view(t)
		v.Lang = lang
		page := func(title, html string, buttons [][]outbox.Button) { s.page(title, html, buttons) }
		on := notify.SettingsView{View: v, Chat: notify.Chat{Alerts: true, Digest: true}, Saved: true}
		off := notify.SettingsView{View: v}
		own := on
		own.Shop.AlertAt, own.Shop.DigestAt = 5, "off"
		html, buttons := c.AlertSettings(on)
		page("alerts on", html, buttons)
		html, buttons = c.AlertSettings(own)
		page("own line", html, buttons)
		unclear, member := on, on
		unclear.Saved, unclear.Unclear = false, "1e9 <b>"
		member.Chat.ID, member.Chat.Role = 8, notify.Team
		html, buttons = c.AlertSettings(unclear)
		page("alerts, not understood", html, buttons)
		html, buttons = c.DigestSettings(unclear)
		page("digest, not understood", html, buttons)
		html, buttons = c.AlertSettings(member)
		page("alerts of a team member in private", html, buttons)
		html, buttons = c.DigestSettings(member)
		page("digest of a team member in private", html, buttons)
		html, buttons = c.AlertSettings(off)
		page("alerts off", html, buttons)
		html, buttons = c.DigestSettings(on)
		page("digest on", html, buttons)
		html, buttons = c.DigestSettings(off)
		page("digest off", html, buttons)
		html, buttons = c.DigestSettings(own)
		page("no digest at all", html, buttons)
		html, buttons = c.LangSettings(lang, "")
		page("language", html, buttons)
	})
}

func TestTheScorecardSaysWhatWasOnlyCounted(t *testing.T) {
	v := view(t)
	v.Now = at(24, "09:00:00")
	card := notify.ScorecardView{View: v, Day: date(23), Card: v.Policy.Score(date(23), date(24), tallies()),
		Noise: map[int64]outbox.NoiseCount{100: {Rang: 12, Spared: 31}, 300: {Rang: 12}}}
	got := composer(t).Scorecards(card, chats())
	if want := "🔕 这一天这里响了 12 次，另外 31 条只记数、没有打扰 → /violations。"; !strings.Contains(got[0].HTML, want) {
		t.Errorf("it lacks %q:\n%s", want, got[0].HTML)
	}
	if strings.Contains(got[1].HTML, "🔕") {
		t.Errorf("nothing was spared here:\n%s", got[1].HTML)
	}
}

func TestWhenAChatMayBeDisturbedIsShown(t *testing.T) {
	c := composer(t)
	both(t, "quiet", func(lang string, s *sheet) {
		v := view(t)
		v.Lang = lang
		plain := notify.SettingsView{View: v, Chat: notify.Chat{Alerts: true}}
		full := notify.SettingsView{View: v, Saved: true, Noise: &outbox.NoiseCount{Rang: 6, Spared: 4},
			Chat: notify.Chat{Alerts: true, Quiet: "22:00-08:00", Urgent: "platform-ticket-response,ship-on-time", Budget: 6, Muted: at(24, "08:00:00")}}
		own := full
		own.Policy, own.Chat.Budget, own.Noise = owned(t), notify.Unlimited, nil
		some := plain
		some.Noise = &outbox.NoiseCount{Rang: 3}
		unclear := plain
		unclear.Unclear = "1e9 <b>"
		for _, page := range []struct {
			name string
			page func(notify.SettingsView) (string, [][]outbox.Button)
		}{{"alerts", c.AlertSettings}, {"quiet", c.QuietSettings}, {"mute", c.MuteSettings}, {"urgent", c.UrgentSettings}, {"budget", c.BudgetSettings}} {
			for _, view := range []struct {
				name string
				view notify.SettingsView
			}{{"as it is at first", plain}, {"everything set", full}, {"hours of its own", own}, {"some rang", some}, {"not understood", unclear}} {
				if page.name == "alerts" && view.name == "not understood" || view.name == "hours of its own" && page.name == "mute" {
					continue
				}
				html, buttons := page.page(view.view)
				s.page(page.name+", "+view.name, html, buttons)
			}
		}
	})
}

func TestAShopBeginsWhenItOpensOrAtNine(t *testing.T) {
	for _, tt := range []struct{ now, own, platform rules.Instant }{
		{at(23, "08:00:00"), at(23, "09:00:00"), at(23, "09:00:00")},
		{at(23, "09:00:00"), at(24, "09:00:00"), at(24, "09:00:00")},
		{at(23, "22:00:00"), at(24, "09:00:00"), at(24, "09:00:00")},
	} {
		if got := notify.Opening(owned(t), tt.now); got != tt.own {
			t.Errorf("%s: by its own hours at %s", tt.now.Time(), got.Time())
		}
		if got := notify.Opening(policy(t), tt.now); got != tt.platform {
			t.Errorf("%s: by the platform at %s", tt.now.Time(), got.Time())
		}
	}
}

func TestNoticesArePlain(t *testing.T) {
	if got := composer(t).Notice("en", notify.NotBound); got != "No shop is bound to this chat yet. Send /bind CODE with the code of your shop." {
		t.Errorf("notice: %q", got)
	}
}

func TestEveryRuleOfThePacksIsSpokenOf(t *testing.T) {
	packs, err := config.LoadPacks(config.BuiltIn(), "")
	if err != nil {
		t.Fatal(err)
	}
	texts, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range packs.Names() {
		if name == "custom" { // an example to copy: rules of one's own are spoken of by their names
			continue
		}
		book, err := packs.Get(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, edition := range book.Editions {
			for _, r := range edition.Rules {
				for _, lang := range locale.Languages() {
					p := texts.Printer(lang)
					for _, key := range []string{"rule." + r.ID + ".do", "rule." + r.ID + ".now", "cause.missed." + r.ID,
						"kind." + string(r.Subject), "principle." + r.Principle.String()} {
						if !p.Has(key) {
							t.Errorf("%s of pack %s: %s lacks %s", r.ID, name, lang, key)
						}
					}
				}
			}
		}
	}
}
