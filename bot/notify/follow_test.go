package notify_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"shopwarden/bot/alarm"
	"shopwarden/bot/notify"
	"shopwarden/bot/outbox"
	"shopwarden/rules"
)

// followed is order 1234, due at 18:00 and told then, as it stands at 20:10.
func followed(t testing.TB) notify.FollowView {
	v := view(t)
	v.Now, v.Heard = at(23, "20:10:00"), at(23, "20:06:00")
	k := shipping(t, "1234", v.Now)
	return notify.FollowView{View: v, Ref: k.Ref(), Subject: k.Subject, Case: k, Found: true, Today: 4, Before: 5,
		Alarm: alarm.Alarm{Since: at(23, "18:00:01")}}
}

// crew is a group, an owner and somebody on duty.
func crew(lang string) []notify.Chat {
	return []notify.Chat{
		{ID: -200, Thread: 7, Role: notify.Team, Lang: lang, Alerts: true},
		{ID: 100, Role: notify.Owner, Lang: lang, Alerts: true, Title: "王姐"},
		{ID: 300, Role: notify.Team, Lang: lang, Title: "Li Na", Duty: "mon-fri 09:00-18:00; sat 10:00-16:00"},
	}
}

func TestTimeTellsWhatIsStillOpenAndWhoIsAsked(t *testing.T) {
	c := composer(t)
	remind := []alarm.Task{{Kind: alarm.Remind, N: 1}}
	taken := alarm.Mark{Person: 5, Name: "Li Na", At: at(23, "18:20:00")}
	both(t, "follow", func(lang string, s *sheet) {
		f := followed(t)
		s.messages(c.Follow(f, crew(lang), append(remind, alarm.Task{Kind: alarm.AskDuty, To: []int64{300}})))
		s.messages(c.Follow(f, crew(lang), []alarm.Task{{Kind: alarm.AskOwner, Asked: true, To: []int64{100}}}))
		f.Alarm.Taken = taken
		s.messages(c.Follow(f, crew(lang)[:1], remind))
		f.Now = at(23, "21:10:00")
		s.messages(c.Follow(f, crew(lang), append(remind, alarm.Task{Kind: alarm.AskOwner, Round: taken.At, To: []int64{100}})))
		line := f
		line.Ref, line.Subject, line.Case, line.Day, line.Alarm = "ship-on-time", rules.Subject{}, rules.Case{}, date(23), alarm.Alarm{Since: at(23, "20:50:00")}
		line.Finding = rules.Finding{Rule: "ship-on-time", Day: date(23), Breached: 3, Limit: 3}
		s.messages(c.Follow(line, crew(lang), []alarm.Task{{Kind: alarm.AskDuty, To: []int64{300}}}))
		f.Case = shipping(t, "1234", f.Now, fact("order.picked_up", at(23, "20:10:00")))
		s.messages(c.Follow(f, crew(lang)[:1], []alarm.Task{{Kind: alarm.TellDone}}))
	})
}

func TestAReminderThatWaitsSaysNothingOfWhoHasItNow(t *testing.T) {
	f := followed(t)
	chats := []notify.Chat{{ID: 1, Lang: "en", Alerts: true, Muted: f.Now + 9*3_600_000}, {ID: 2, Lang: "en", Alerts: true}}
	for _, m := range composer(t).Follow(f, chats, []alarm.Task{{Kind: alarm.Remind, N: 1}}) {
		if got := strings.Contains(m.HTML, "Nobody has taken it"); got != (m.Chat == 2) {
			t.Errorf("chat %d, due %s:\n%s", m.Chat, m.Due.Time(), m.HTML)
		}
	}
}

func TestADoneCaseEditsItsAlertWithOneSilentReplyWhoeverTellsOfIt(t *testing.T) {
	c, n, f := composer(t), news(t), followed(t)
	n.Now = at(23, "19:30:00")
	n.Breached = []rules.Case{shipping(t, "1234", n.Now)}
	told := c.Alerts(n)
	n.Now, n.Breached = f.Now, nil
	n.Finished = []rules.Case{shipping(t, "1234", f.Now, fact("order.picked_up", at(23, "20:10:00")))}
	f.Case = n.Finished[0]
	byCommit, byLook := c.Alerts(n), c.Follow(f, n.Chats, []alarm.Task{{Kind: alarm.TellDone}})
	keys := func(list []outbox.Message) (out []string) {
		for _, m := range list {
			out = append(out, m.Key)
		}
		return out
	}
	if got, want := keys(byLook), keys(byCommit); !slices.Equal(got, want) {
		t.Errorf("the look tells %v, the commit %v", got, want)
	}
	for _, was := range told {
		var edits, notes int
		for _, m := range byCommit {
			if m.EditOf == was.Key && m.Key == "done/"+was.Key && m.Kind == outbox.Status && m.Fold != nil {
				edits++
			}
			if m.ReplyOf == was.Key && m.Key == "done-note/"+was.Key && m.Kind == outbox.Status && m.Silent {
				notes++
			}
		}
		if edits != 1 || notes != 1 {
			t.Errorf("%s has %d edits and %d replies, want one each", was.Key, edits, notes)
		}
	}
}

func TestOnlyWhatCanBeFollowedUpIs(t *testing.T) {
	n := news(t)
	n.Now = at(23, "19:30:00")
	n.Warned = []rules.Case{shipping(t, "1", at(23, "17:00:00"))}
	open, late := shipping(t, "2", n.Now), shipping(t, "3", n.Now, fact("order.picked_up", at(23, "19:20:00")))
	n.Breached = []rules.Case{open, late}
	n.Violations = []rules.Finding{{Rule: "ship-on-time", Day: date(23), Breached: 3, Limit: 3}}
	for set, want := range map[string]map[string]time.Duration{
		"":    {alarm.CaseID("ship-on-time", order("2")): 15 * time.Minute, alarm.DayID("ship-on-time", date(23)): 15 * time.Minute},
		"3h":  {alarm.CaseID("ship-on-time", order("2")): time.Hour, alarm.DayID("ship-on-time", date(23)): 3 * time.Hour},
		"off": {alarm.CaseID("ship-on-time", order("2")): time.Hour},
	} {
		n.Shop.Escalate = set
		got := map[string]time.Duration{}
		for _, m := range composer(t).Alerts(n) {
			if m.Follow != nil {
				got[m.Follow.Alarm] = time.Duration(m.Follow.In) * time.Millisecond
			}
		}
		if len(got) != len(want) {
			t.Errorf("escalate %q: %v, want %v", set, got, want)
		}
		for id, in := range want {
			if got[id] != in {
				t.Errorf("escalate %q: %s is looked at after %v, want %v", set, id, got[id], in)
			}
		}
	}
}

func TestWhoBeginsIsTold(t *testing.T) {
	c := composer(t)
	both(t, "duty", func(lang string, s *sheet) {
		v := view(t)
		v.Now = at(23, "17:15:00")
		h := notify.HandoverView{View: v, From: at(23, "17:15:00"), Until: at(23, "23:00:00"), Cases: due(t), Total: 3, Oldest: 8 * time.Minute}
		person := crew(lang)[2]
		s.messages([]outbox.Message{c.Handover(h, person)})
		h.Cases, h.Total = nil, 0
		s.messages([]outbox.Message{c.Handover(h, person)})
		h.Heard = 0
		s.messages([]outbox.Message{c.Handover(h, person)})

		v.Lang = lang
		owner := crew(lang)[1]
		owner.Duty = "sat,sun 09:00-21:00"
		r := notify.RosterView{SettingsView: notify.SettingsView{View: v, Chat: crew(lang)[1]},
			People: []notify.OnDuty{{Chat: person, Now: true, Until: at(23, "18:00:00")}, {Chat: owner}}}
		page := func(title string) {
			html, buttons := c.Roster(r)
			s.page(title, html, buttons)
		}
		page("the owner, without hours")
		r.Chat, r.Saved = person, true
		page("somebody of the team")
		r.Chat, r.Saved, r.Unclear, r.People = crew(lang)[0], false, "9 to 5", nil
		page("a group")
		r.Shop.Escalate = "off"
		page("switched off")
	})
}

func TestAHandOverOfNothingMakesNoSound(t *testing.T) {
	v := view(t)
	h := notify.HandoverView{View: v, From: v.Now, Until: at(23, "18:00:00")}
	quiet := composer(t).Handover(h, crew("en")[2])
	h.Cases, h.Total = due(t), 3
	loud := composer(t).Handover(h, crew("en")[2])
	if !quiet.Silent || loud.Silent || quiet.Key != loud.Key || !strings.HasPrefix(quiet.Key, "handover/deer/2026-11-23T17:15/") {
		t.Errorf("silent %v and %v, keys %q and %q", quiet.Silent, loud.Silent, quiet.Key, loud.Key)
	}
}
