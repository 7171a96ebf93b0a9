package telegram

import (
	"context"
	"strconv"
	"strings"
	"testing"

	"shopwarden/bot/alarm"
	"shopwarden/bot/notify"
	"shopwarden/bot/outbox"
	"shopwarden/rules"
)

// The people of the team on a crowded stage, beside the owner.
const (
	managerID int64 = 21
	agentID   int64 = 22
	viewerID  int64 = 23
)

func newTeamStage(t *testing.T) *stage {
	s := newStage(t)
	for id, role := range map[int64]notify.Role{managerID: notify.Manager, agentID: notify.Agent, viewerID: notify.Viewer} {
		s.store.chats["alpha"][id] = notify.Chat{ID: id, Title: "the " + string(role), Role: role, Lang: "en", Alerts: true}
	}
	return s
}

func TestTheFirstMinuteLeadsToABoundShop(t *testing.T) {
	s := newStage(t)
	m := s.expect(s.say(99, 99, "/start"), "To begin", "t.me/shopwarden_bot?start=CODE")
	if m.Buttons[0][0].Action != "sample:" {
		t.Errorf("the first button is %+v", m.Buttons[0][0])
	}
	answers, _ := s.press(99, 99, "v1:sample:")
	s.expect(answers, "Sample", "made up")
	answers, _ = s.press(99, 99, "v1:help:all")
	s.expect(answers, "/privacy")
	m = s.expect(s.say(99, 99, "/start ALPHA-CODE"), "now watches Alpha Toys", "Do this now")
	if c, _ := s.store.chat("alpha", 99); c.Since != rules.InstantOf(noon) {
		t.Errorf("bound since %v", c.Since)
	}
	answers, _ = s.press(99, 99, "v1:"+m.Buttons[0][1].Action)
	alert, page := split(t, answers)
	s.expect([]outbox.Message{page}, "on its way", "nothing rang")
	if alert.Kind != outbox.Notice || alert.Silent || alert.Route != "alpha" || alert.Chat != 99 || alert.Key != "test/99/5" || !strings.Contains(alert.HTML, "This is a test") {
		t.Errorf("the test alert is %+v", alert)
	}
	if again, _ := s.repeat(pressedJSON(99, 99, "v1:test:alpha")); len(again) != 0 {
		t.Errorf("the same press rings twice: %v", again)
	}
}

// split is a message that was not asked for, and the answer that came after.
func split(t *testing.T, list []outbox.Message) (told, answer outbox.Message) {
	t.Helper()
	if len(list) != 2 || list[1].Kind != outbox.Reply {
		t.Fatalf("%d messages, want something told and an answer: %v", len(list), list)
	}
	return list[0], list[1]
}

func TestTheChecklistOfAGroupIsWhatWasLookedAt(t *testing.T) {
	s := newStage(t)
	s.expect(s.say(groupID, memberID, "/start"), "✔ I may write here", "no topic", "then see whether it rings")
	s.people.silenced = true
	s.expect(s.say(groupID, memberID, "/start"), "✘ I may not write here")
	s.people.silenced, s.people.down = false, true
	s.expect(s.say(groupID, memberID, "/start"), "❔ Telegram did not say")
	s.people.down = false
	if answers, notice := s.press(groupID, memberID, "v1:test:alpha"); len(answers) != 0 || !strings.Contains(notice, "Only administrators") {
		t.Errorf("anybody makes the group ring: %v %q", answers, notice)
	}
	answers, _ := s.press(groupID, adminID, "v1:test:alpha")
	alert, page := split(t, answers)
	s.expect([]outbox.Message{page}, "queued at 12:00")
	if alert.Chat != groupID {
		t.Errorf("it rings in %d", alert.Chat)
	}
}

func TestAPersonHasTheSameRightsInTheShopsGroup(t *testing.T) {
	s := newTeamStage(t)
	s.expect(s.say(groupID, managerID, "/alerts 5"), "Saved")
	s.expect(s.say(groupID, agentID, "/alerts 6"), "Only administrators")
	s.expect(s.say(groupID, viewerID, "/alerts 6"), "Only administrators")
	if n := s.office.shop("alpha").AlertAt; n != 5 || s.people.asked != 2 {
		t.Errorf("the line is %d, and Telegram was asked %d times", n, s.people.asked)
	}
}

func TestAViewerLooksAndDoesNotAct(t *testing.T) {
	s := newTeamStage(t)
	s.expect(s.say(viewerID, viewerID, "/today"), "Alpha Toys")
	s.expect(s.say(viewerID, viewerID, "/take 77"), "You may look here")
	for _, data := range []string{"v1:take:alpha|b|ship-on-time|order/1", "v1:seen:alpha|b|ship-on-time|order/1", "v1:snooze:alpha|b|hour|ship-on-time|order/1", "v1:undo:alpha|b|take|ship-on-time|order/1"} {
		if answers, notice := s.press(viewerID, viewerID, data); len(answers) != 0 || !strings.Contains(notice, "You may look here") {
			t.Errorf("%s: %v %q", data, answers, notice)
		}
	}
	if len(s.store.alarms["alpha"]) != 0 {
		t.Errorf("kept: %v", s.store.alarms["alpha"])
	}
	s.expect(s.say(agentID, agentID, "/excuse 77 outage"), "Only the owner or a manager")
}

func TestAnInvitationGivesItsRoleOnce(t *testing.T) {
	for _, tt := range []struct {
		asker int64
		role  string
		want  notify.Role // "" = may not be given
	}{
		{ownerID, "owner", notify.Owner}, {ownerID, "manager", notify.Manager}, {ownerID, "agent", notify.Agent}, {ownerID, "viewer", notify.Viewer},
		{managerID, "owner", ""}, {managerID, "manager", ""}, {managerID, "agent", notify.Agent}, {managerID, "viewer", notify.Viewer},
		{agentID, "viewer", ""}, {viewerID, "viewer", ""}, {rivalID, "agent", ""}, {ownerID, "king", ""},
	} {
		s := newTeamStage(t)
		answers, _ := s.press(tt.asker, tt.asker, "v1:team:alpha|invite|"+tt.role)
		if made := len(s.store.codes) == 3; made != (tt.want != "") {
			t.Errorf("%d makes a code for %s: %v", tt.asker, tt.role, made)
		}
		if tt.want == "" {
			continue
		}
		s.expect(answers, "https://t.me/shopwarden_bot?start=NEW-CODE-2", "/bind NEW-CODE-2")
		s.expect(s.say(50, 50, "/start NEW-CODE-2"), "now watches")
		if c, _ := s.store.chat("alpha", 50); c.Role != tt.want {
			t.Errorf("%s by %d makes %s", tt.role, tt.asker, c.Role)
		}
		s.expect(s.say(51, 51, "/start NEW-CODE-2"), "not valid")
	}
	s := newTeamStage(t)
	answers, _ := s.press(managerID, managerID, "v1:team:alpha|invite|team")
	s.expect(answers, "?startgroup=NEW-CODE-2")
}

func TestNoCodeLiesOpenInAGroup(t *testing.T) {
	s := newTeamStage(t)
	m := s.expect(s.say(groupID, adminID, "/team"), "the manager", "private chat")
	for _, row := range m.Buttons {
		for _, b := range row {
			if strings.HasPrefix(b.Action, "team:alpha|") {
				t.Errorf("the group is offered %s", b.Action)
			}
		}
	}
	for _, user := range []int64{adminID, managerID, ownerID} {
		for _, data := range []string{"v1:team:alpha|invite|agent", "v1:team:alpha|out|22|yes", "v1:team:alpha|set|22|viewer"} {
			if answers, notice := s.press(groupID, user, data); len(answers) != 0 || notice == "" {
				t.Errorf("%s by %d: %v %q", data, user, answers, notice)
			}
		}
	}
	if c, _ := s.store.chat("alpha", agentID); len(s.store.codes) != 2 || c.Role != notify.Agent {
		t.Errorf("%d codes, the agent is %+v", len(s.store.codes), c)
	}
}

func TestARoleIsChangedByThoseAboveItAndTold(t *testing.T) {
	for _, tt := range []struct {
		asker, target int64
		role          notify.Role
		may           bool
	}{
		{ownerID, agentID, notify.Manager, true}, {ownerID, managerID, notify.Owner, true}, {ownerID, managerID, notify.Viewer, true},
		{managerID, agentID, notify.Viewer, true}, {managerID, agentID, notify.Manager, false}, {managerID, ownerID, notify.Viewer, false},
		{managerID, managerID, notify.Owner, false}, {agentID, viewerID, notify.Agent, false}, {ownerID, groupID, notify.Owner, false},
		{ownerID, ownerID, notify.Viewer, false}, {ownerID, 4711, notify.Viewer, false},
	} {
		s := newTeamStage(t)
		before, _ := s.store.chat("alpha", tt.target)
		answers, notice := s.press(tt.asker, tt.asker, "v1:team:alpha|role|"+decimal(tt.target)+"|"+string(tt.role))
		if c, _ := s.store.chat("alpha", tt.target); c.Role != before.Role {
			t.Errorf("%d: asking changes the role: %v %q", tt.asker, answers, notice)
		}
		answers, _ = s.press(tt.asker, tt.asker, "v1:team:alpha|set|"+decimal(tt.target)+"|"+string(tt.role))
		c, _ := s.store.chat("alpha", tt.target)
		if changed := c.Role != before.Role; changed != tt.may {
			t.Errorf("%d makes %d %s: %v, want %v", tt.asker, tt.target, tt.role, changed, tt.may)
		}
		if !tt.may {
			continue
		}
		if told, _ := split(t, answers); told.Chat != tt.target || told.Route != decimal(tt.target) || !strings.Contains(told.HTML, "made you") {
			t.Errorf("told: %+v", told)
		}
	}
}

func decimal(id int64) string { return strconv.FormatInt(id, 10) }

func TestWhoIsRemovedIsToldAndSeesNothingMore(t *testing.T) {
	s := newTeamStage(t)
	answers, _ := s.press(managerID, managerID, "v1:team:alpha|out|22")
	m := s.expect(answers, "Remove <b>the agent</b>")
	if _, bound := s.store.chat("alpha", agentID); !bound {
		t.Fatal("it did not wait for the answer")
	}
	answers, notice := s.press(managerID, managerID, "v1:"+m.Buttons[0][0].Action)
	told, _ := split(t, answers)
	if told.Chat != agentID || !strings.Contains(told.HTML, "removed this chat from Alpha Toys") || !strings.Contains(notice, "was removed") {
		t.Errorf("told %+v, notice %q", told, notice)
	}
	s.expect(s.say(agentID, agentID, "/today"), "No shop is bound")
	for _, data := range []string{"v1:team:alpha|out|11|yes", "v1:team:alpha|out|21|yes"} { // an owner, and itself
		s.press(managerID, managerID, data)
	}
	if _, bound := s.store.chat("alpha", ownerID); !bound {
		t.Error("a manager removed an owner")
	}
	if _, bound := s.store.chat("alpha", managerID); !bound {
		t.Error("a manager removed itself past the question of /unbind")
	}
	s.store.chats["alpha"][50] = notify.Chat{ID: 50, Role: notify.Owner, Title: "second"}
	s.press(ownerID, ownerID, "v1:team:alpha|out|50|yes")
	if _, bound := s.store.chat("alpha", 50); bound {
		t.Error("an owner does not go")
	}
}

func TestTheLastOwnerIsWarnedAndTheOthersAreTold(t *testing.T) {
	s := newTeamStage(t)
	s.expect(s.say(ownerID, ownerID, "/unbind"), "last owner of Alpha Toys", "shopwarden shop code alpha", "4 other chats")
	answers, _ := s.press(ownerID, ownerID, "v1:unbind:alpha|yes") // of a question that was asked while there was another owner
	s.expect(answers, "last owner of Alpha Toys")
	answers, _ = s.press(ownerID, ownerID, "v1:unbind:alpha|last")
	told, answer := split(t, answers)
	s.expect([]outbox.Message{answer}, "no longer watches")
	if told.Chat != managerID || !strings.Contains(told.HTML, "no owner now") {
		t.Errorf("told: %+v", told)
	}
	answers = s.say(agentID, agentID, "/unbind")
	if told, answer := split(t, answers); told.Chat != managerID || strings.Contains(told.HTML, "no owner now") || !strings.Contains(answer.HTML, "no longer watches") {
		t.Errorf("told %+v, answered %s", told, answer.HTML)
	}
}

func TestWhatIsKeptIsDeletedForWhoeverItIs(t *testing.T) {
	s := newTeamStage(t)
	s.store.alarms["alpha"] = map[string]alarm.Alarm{"x": {ID: "x", Taken: alarm.Mark{Person: ownerID, Name: "Li", At: 1}}}
	s.expect(s.say(ownerID, ownerID, "/privacy"), "What I keep", "45 d", "400 d", "shopwarden shop remove alpha")
	if m := s.expect(s.say(agentID, agentID, "隐私"), "What I keep"); strings.Contains(m.HTML, "shop remove") {
		t.Error("an agent is told how to delete the shop")
	}
	answers, _ := s.press(ownerID, ownerID, "v1:privacy:forget")
	m := s.expect(answers, "Delete everything", "loses its last owner")
	s.expect(s.say(ownerID, ownerID, "/privacy forget yes"), "Delete everything") // typed words are no confirmation
	if _, bound := s.store.chat("alpha", ownerID); !bound {
		t.Fatal("it did not wait for the answer")
	}
	answers, _ = s.press(ownerID, ownerID, "v1:"+m.Buttons[0][0].Action)
	if told, answer := split(t, answers); told.Chat != managerID || !strings.Contains(answer.HTML, "I keep nothing of you") {
		t.Errorf("told %+v, answered %s", told, answer.HTML)
	}
	if _, bound := s.store.chat("alpha", ownerID); bound || s.store.alarms["alpha"]["x"].Taken.Person == ownerID || s.store.shops[ownerID] != "" {
		t.Error("something is left")
	}
}

func TestAGroupIsForgottenByItsAdministratorsOnly(t *testing.T) {
	s := newTeamStage(t)
	if answers, notice := s.press(groupID, memberID, "v1:privacy:forget|yes"); len(answers) != 0 || !strings.Contains(notice, "Only administrators") {
		t.Errorf("%v %q", answers, notice)
	}
	if _, bound := s.store.chat("alpha", groupID); !bound {
		t.Fatal("a member deleted the group")
	}
	s.press(groupID, adminID, "v1:privacy:forget|yes")
	if _, bound := s.store.chat("alpha", groupID); bound {
		t.Error("an administrator may not")
	}
}

func TestNoCodeMakesAnybodyLess(t *testing.T) {
	s := newTeamStage(t)
	s.store.codes["VIEWER"] = code{shop: "alpha", role: notify.Viewer}
	s.expect(s.say(managerID, managerID, "/bind VIEWER"), "You are a manager")
	s.store.codes["MANAGER"] = code{shop: "alpha", role: notify.Manager}
	s.expect(s.say(viewerID, viewerID, "/bind MANAGER"), "You are a manager")
	s.store.codes["OLD"] = code{shop: "alpha", role: notify.Team}
	s.expect(s.say(50, 50, "/bind OLD"), "You are an agent")
}

func TestWhoIsRemovedDoesNotComeBackByACodeOfBefore(t *testing.T) {
	s := newTeamStage(t)
	s.store.codes["HERS"] = code{shop: "alpha", role: notify.Manager}
	s.expect(s.say(31, 31, "/start HERS"), "now watches")
	s.press(ownerID, ownerID, "v1:team:alpha|out|31|yes")
	s.expect(s.say(31, 31, "/start HERS"), "not valid")
	if _, bound := s.store.chat("alpha", 31); bound {
		t.Error("who was removed is back by the code of before")
	}
	answers, _ := s.press(managerID, managerID, "v1:team:alpha|invite|agent")
	s.expect(answers, "NEW-CODE")
	s.press(ownerID, ownerID, "v1:team:alpha|out|"+decimal(managerID)+"|yes")
	for text := range s.store.codes {
		if strings.HasPrefix(text, "NEW-CODE") {
			s.expect(s.say(managerID, managerID, "/start "+text), "not valid")
		}
	}
}

func TestACodeThatWasUsedRaisesNobodyAgain(t *testing.T) {
	s := newTeamStage(t)
	s.store.codes["HERS"] = code{shop: "alpha", role: notify.Owner}
	for range 2 { // the second time as after a crash
		s.expect(s.say(31, 31, "/start HERS"), "now watches")
	}
	s.press(ownerID, ownerID, "v1:team:alpha|set|31|viewer")
	s.say(31, 31, "/start HERS")
	if c, _ := s.store.chat("alpha", 31); c.Role != notify.Viewer {
		t.Errorf("made %s by a code that was used", c.Role)
	}
}

// removing takes a chat out of a shop after the bindings were looked up, as another line of updates may.
type removing struct{ *memoryStore }

func (m removing) SaveChatPrefs(ctx context.Context, chat int64, lang, shop string) error {
	_ = m.Unbind(ctx, "alpha", managerID)
	return m.memoryStore.SaveChatPrefs(ctx, chat, lang, shop)
}

func TestASettingOnItsWayBringsNobodyBack(t *testing.T) {
	for _, text := range []string{"/digest off", "/alerts off", "/board on", "/quiet 22-7", "/mute 2h", "/budget 3"} {
		s := newTeamStage(t)
		s.router.store = removing{s.store}
		s.say(managerID, managerID, text)
		if _, bound := s.store.chat("alpha", managerID); bound {
			t.Errorf("%s binds who was removed meanwhile", text)
		}
	}
}

func TestAManagerMakesNoOwnerByWordsTooMany(t *testing.T) {
	for _, args := range []string{"invite owner x", "invite manager viewer", "invite owner viewer agent", "set 22 owner x", "set 22 manager viewer", "role 22 owner x", "set 22 owner yes no"} {
		for _, button := range []bool{false, true} {
			s := newTeamStage(t)
			if button {
				s.press(managerID, managerID, "v1:team:alpha|"+strings.ReplaceAll(args, " ", "|"))
			} else {
				s.say(managerID, managerID, "/team "+args)
			}
			if c, _ := s.store.chat("alpha", agentID); c.Role != notify.Agent {
				t.Errorf("%q makes an agent %s", args, c.Role)
			}
			for _, c := range s.store.codes {
				if c.by == managerID && !notify.Manager.MayGive(c.role) {
					t.Errorf("%q makes a code for %s", args, c.role)
				}
			}
		}
	}
}
