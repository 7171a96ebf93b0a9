package telegram

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"shopwarden/bot/notify"
	"shopwarden/bot/outbox"
	"shopwarden/rules"
)

func TestABoundChatGetsItsAnswer(t *testing.T) {
	for _, text := range []string{"/today", "/today@shopwarden_bot", "/today alpha", "/today ALPHA", "today", "今天", "／today", "/due", "/violations", "/tips", "/why 77", "/why", "为什么 77"} {
		s := newStage(t)
		want := "Alpha Toys"
		if strings.Contains(text, "77") {
			want = "77 of alpha"
		}
		m := s.expect(s.say(ownerID, ownerID, text), want)
		if m.Key != "reply/1/0" || m.Route != "11" || m.Kind != outbox.Reply || m.Chat != ownerID || m.Shop != "alpha" || m.EditID != 0 || m.ReplyTo != 0 {
			t.Errorf("%s: %+v", text, m)
		}
		if m.Expires <= m.Created {
			t.Errorf("%s: the answer lives until %v", text, m.Expires)
		}
	}
}

func TestAButtonEditsItsPageInPlace(t *testing.T) {
	s := newStage(t)
	answers, notice := s.press(ownerID, ownerID, "v1:due:alpha")
	if m := s.expect(answers, "Alpha Toys"); m.EditID != 9 || notice != "" {
		t.Errorf("edits %d, notice %q", m.EditID, notice)
	}
	s.store.tokens["abc"] = "why:alpha|ship-on-time|order/1|2"
	answers, _ = s.press(ownerID, ownerID, "t1:abc")
	s.expect(answers, "1|2 of alpha")
	answers, _ = s.handle(`{"callback_query":{"id":"q","from":{"id":11},"data":"v1:due:alpha","message":{"message_id":9,"date":0,"chat":{"id":11,"type":"private"}}}}`)
	if m := s.expect(answers, "Alpha Toys"); m.EditID != 0 {
		t.Error("a message that cannot be seen any more is edited")
	}
	answers, _ = s.handle(`{"callback_query":{"id":"q","from":{"id":11},"data":"v1:due:alpha","message":{"message_id":9,"date":7,"caption":"chart","chat":{"id":11,"type":"private"}}}}`)
	if m := s.expect(answers, "Alpha Toys"); m.EditID != 0 {
		t.Error("a picture is turned into a page")
	}
}

func TestAButtonUnderAnAlertLeavesTheAlertStanding(t *testing.T) {
	s := newStage(t)
	answers, _ := s.press(ownerID, ownerID, "n1:due:alpha")
	if m := s.expect(answers, "Alpha Toys"); m.EditID != 0 || m.ReplyTo != 9 {
		t.Errorf("edits %d, replies to %d", m.EditID, m.ReplyTo)
	}
	s.store.tokens["abc"] = "why:alpha|ship-on-time|order/1|2"
	answers, _ = s.press(ownerID, ownerID, "u1:abc")
	if m := s.expect(answers, "1|2 of alpha"); m.EditID != 0 || m.ReplyTo != 9 {
		t.Errorf("edits %d, replies to %d", m.EditID, m.ReplyTo)
	}
}

func TestWhatIsSaidToATipIsKeptByThoseWhoMay(t *testing.T) {
	tip := notify.TipChoice{Decision: notify.Accepted, Tip: "ship-late-evening", Rule: "ship-on-time", Dim: rules.ByCarrier, Value: "SF|Express"}
	for _, tt := range []struct {
		name       string
		chat, user int64
		data       string
		want       []chosen
	}{
		{"owner", ownerID, ownerID, "v1:tip:alpha|accept|ship-late-evening|ship-on-time|carrier|SF|Express", []chosen{{"alpha", tip}}},
		{"administrator, no cause", groupID, adminID, "v1:tip:alpha|later|a|b", []chosen{{"alpha", notify.TipChoice{Decision: notify.Later, Tip: "a", Rule: "b"}}}},
		{"member", groupID, memberID, "v1:tip:alpha|useless|a|b", nil},
		{"stranger", rivalID, rivalID, "v1:tip:alpha|accept|a|b", nil},
		{"no decision", ownerID, ownerID, "v1:tip:alpha|maybe|a|b", nil},
		{"no dimension", ownerID, ownerID, "v1:tip:alpha|accept|a|b|colour|red", nil},
		{"half a cause", ownerID, ownerID, "v1:tip:alpha|accept|a|b|carrier", nil},
		{"nothing", ownerID, ownerID, "v1:tip:alpha", nil},
	} {
		s := newStage(t)
		answers, notice := s.press(tt.chat, tt.user, tt.data)
		if diff := cmp.Diff(tt.want, s.office.chosen, cmp.AllowUnexported(chosen{})); diff != "" {
			t.Errorf("%s: -want +got:\n%s", tt.name, diff)
		}
		if kept := len(tt.want) > 0; kept != (notice == "") || kept != (len(answers) == 1 && answers[0].EditID == 9) {
			t.Errorf("%s: %d answers and the notice %q", tt.name, len(answers), notice)
		}
	}
}

func TestNoPathShowsAShopToAChatOfAnother(t *testing.T) {
	// whatever a stranger writes or presses, nothing of beta may come back: neither its name nor a hint that it exists
	var commands, data []string
	for v := verbStart; int(v) < len(plans); v++ {
		for _, args := range []string{"", " beta", " beta 77", " beta ship-on-time order/1", " beta on", " beta 21:30"} {
			commands = append(commands, "/"+v.String()+args)
		}
		for _, args := range []string{"", "beta", "beta|ship-on-time|order/1", "beta|on", "beta|5", "beta|21:30", "BETA", "beta ", "../beta", "alpha/../beta"} {
			data = append(data, "v1:"+v.String()+":"+args)
		}
	}
	for _, chat := range []int64{ownerID, groupID, 99} {
		unknown := newStage(t).answersTo(chat, strings.NewReplacer("beta", "nosuch", "BETA", "NOSUCH"), commands, data)
		s := newStage(t)
		s.store.shops[chat] = "beta" // looked at in better times
		got := s.answersTo(chat, strings.NewReplacer(), commands, data)
		for i, text := range got {
			if strings.Contains(strings.ToLower(text), "beta hats") {
				t.Errorf("chat %d sees another's shop by %s:\n%s", chat, slices.Concat(commands, data)[i], text)
			}
			if strings.NewReplacer("beta", "nosuch", "BETA", "NOSUCH").Replace(text) != unknown[i] {
				t.Errorf("chat %d can tell that a shop exists by %s:\n%s\nunknown shop:\n%s", chat, slices.Concat(commands, data)[i], text, unknown[i])
			}
		}
		if c, bound := s.store.chat("beta", chat); bound {
			t.Errorf("chat %d is bound: %+v", chat, c)
		}
		if shop := s.office.shop("beta"); shop.AlertAt != 0 || shop.DigestAt != "" {
			t.Errorf("chat %d changed another's shop: %+v", chat, shop)
		}
	}
}

// answersTo says and presses everything as an administrator and returns what came of each.
func (s *stage) answersTo(chat int64, words *strings.Replacer, commands, data []string) (got []string) {
	s.t.Helper()
	user := chat
	if chat < 0 {
		user = adminID
	}
	collect := func(answers []outbox.Message, notices []string) {
		text := strings.Join(notices, "\n")
		for _, m := range answers {
			text += fmt.Sprintf("\n%s %v", m.HTML, m.Buttons)
		}
		got = append(got, text)
	}
	for _, text := range commands {
		if strings.HasPrefix(text, "/unbind") {
			text = "/today" // would change what the others see
		}
		collect(s.handle(saidJSON(chat, user, words.Replace(text))))
	}
	for _, d := range data {
		collect(s.handle(pressedJSON(chat, user, words.Replace(d))))
	}
	return got
}

func TestABindingThatEndedEndsItsButtons(t *testing.T) {
	s := newStage(t)
	s.expect(s.say(ownerID, ownerID, "/unbind"), "last owner of Alpha Toys")
	answers, _ := s.press(ownerID, ownerID, "v1:unbind:alpha|last")
	s.expect(answers, "no longer watches Alpha Toys")
	answers, notice := s.press(ownerID, ownerID, "v1:today:alpha")
	if len(answers) != 0 || !strings.Contains(notice, "no such shop") {
		t.Errorf("%v, notice %q", answers, notice)
	}
	s.expect(s.say(ownerID, ownerID, "/today"), "No shop is bound")
}

// otherThan is the other chat of alpha.
func otherThan(chat int64) int64 { return ownerID + groupID - chat }

func TestSettingsAreForTheOwnerAndForAdministrators(t *testing.T) {
	tests := []struct {
		name       string
		chat, user int64
		prepare    func(s *stage)
		may        bool
	}{
		{"owner", ownerID, ownerID, func(*stage) {}, true},
		{"administrator", groupID, adminID, func(*stage) {}, true},
		{"member", groupID, memberID, func(*stage) {}, false},
		{"stranger", groupID, 77, func(*stage) {}, false},
		{"nobody can tell", groupID, adminID, func(s *stage) { s.people.down = true }, false},
	}
	for _, tt := range tests {
		for _, text := range []string{"/alerts off", "v1:alerts:alpha|off", "/digest on", "v1:digest:alpha|on", "/alerts 5", "v1:alerts:alpha|5", "/digest 21:30", "v1:digest:alpha|21:30", "/board on", "v1:board:alpha|on", "/unbind", "v1:unbind:alpha|yes"} {
			s := newStage(t)
			tt.prepare(s)
			s.store.chats["alpha"][88] = notify.Chat{ID: 88, Role: notify.Owner, Paused: true} // so that the owner is not the last
			delete(s.store.chats["alpha"], otherThan(tt.chat))
			before := fmt.Sprint(s.store.chats["alpha"][tt.chat], s.office.shop("alpha"))
			if strings.HasPrefix(text, "/") {
				if n := len(s.say(tt.chat, tt.user, text)); n != 1 {
					t.Errorf("%s, %s: %d answers", tt.name, text, n)
				}
			} else {
				s.press(tt.chat, tt.user, text)
			}
			after := fmt.Sprint(s.store.chats["alpha"][tt.chat], s.office.shop("alpha"))
			if changed := before != after; changed != tt.may {
				t.Errorf("%s, %s: changed %v, want %v", tt.name, text, changed, tt.may)
			}
		}
	}
}

func TestAPrivateChatOfTheTeamChangesWhatIsItsOwnAndNoMore(t *testing.T) {
	for text, may := range map[string]bool{
		"/alerts off": true, "v1:alerts:alpha|off": true, "/digest on": true, "v1:digest:alpha|on": true, "/unbind": true, "v1:unbind:alpha|yes": true, "/board on": true, "v1:board:alpha|on": true,
		"/alerts 5": false, "v1:alerts:alpha|0": false, "/digest 21:30": false, "v1:digest:alpha|21:30": false,
	} {
		s := newStage(t)
		s.store.chats["alpha"][ownerID] = notify.Chat{ID: ownerID, Role: notify.Team, Lang: "en", Alerts: true}
		shop := s.office.shop("alpha")
		shop.DigestAt, shop.AlertAt = "off", 3
		s.office.shops["alpha"] = shop
		before := fmt.Sprint(s.store.chats["alpha"][ownerID])
		answers, notice := []outbox.Message(nil), ""
		if strings.HasPrefix(text, "/") {
			answers = s.say(ownerID, ownerID, text)
		} else {
			answers, notice = s.press(ownerID, ownerID, text)
		}
		if changed := before != fmt.Sprint(s.store.chats["alpha"][ownerID]); changed != may {
			t.Errorf("%s changed the chat: %v, want %v", text, changed, may)
		}
		if fmt.Sprint(s.office.shop("alpha")) != fmt.Sprint(shop) {
			t.Errorf("%s changed the shop: %+v", text, s.office.shop("alpha"))
		}
		if said := notice + fmt.Sprint(answers); !may && !strings.Contains(said, "Only the owner") {
			t.Errorf("%s was refused by %s", text, said)
		}
	}
}

func TestAWeakerCodeTakesNothingAway(t *testing.T) {
	s := newStage(t)
	s.store.codes["TEAM-CODE"] = code{shop: "alpha", role: notify.Team}
	s.expect(s.say(ownerID, ownerID, "/bind TEAM-CODE"), "Alpha Toys", "change settings")
	s.expect(s.say(ownerID, ownerID, "/alerts 5"), "Saved")
	s.store.codes["TEAM-CODE"] = code{shop: "alpha", role: notify.Team}
	if m := s.expect(s.say(50, 50, "/bind TEAM-CODE"), "Alpha Toys", "only the owner"); strings.Contains(m.HTML, "dministrator") {
		t.Errorf("a private chat has no administrators:\n%s", m.HTML)
	}
	s.expect(s.say(50, 50, "/bind ALPHA-CODE"), "change settings")
	if c, _ := s.store.chat("alpha", 50); c.Role != notify.Owner {
		t.Errorf("a stronger code gives nothing: %+v", c)
	}
}

func TestStoppingByAButtonAsksFirst(t *testing.T) {
	s := newStage(t)
	answers, _ := s.press(ownerID, ownerID, "v1:unbind:alpha")
	m := s.expect(answers, "Stop watching Alpha Toys")
	if _, bound := s.store.chat("alpha", ownerID); !bound {
		t.Error("it did not wait for the answer")
	}
	answers, _ = s.press(ownerID, ownerID, "v1:"+m.Buttons[0][0].Action)
	s.expect(answers, "no longer watches Alpha Toys")
	if _, bound := s.store.chat("alpha", ownerID); bound {
		t.Error("yes was not heard")
	}
}

func TestWhatIsNotUnderstoodInASettingIsSaid(t *testing.T) {
	s := newStage(t)
	for text, parts := range map[string][]string{
		"/alerts -1": {"“-1”", "/alerts 3"}, "/alerts 1e9": {"“1e9”", "/alerts 3"}, "/alerts abc": {"“abc”"}, "/alerts 10001": {"“10001”"},
		"/digest 25:00": {"“25:00”", "/digest 09:30"}, "/digest 9:5": {"“9:5”", "/digest 09:30"}, "/digest <b>": {"“&lt;b&gt;”"},
	} {
		s.expect(s.say(ownerID, ownerID, text), append(parts, "did not understand", "Alpha Toys")...)
		s.expect(s.say(groupID, memberID, text), append(parts, "Alpha Toys")...)
	}
	if c, _ := s.store.chat("alpha", ownerID); !c.Alerts || c.Digest {
		t.Errorf("changed: %+v", c)
	}
}

func TestAGroupHasTheBoardFromTheStartAndAPrivateChatWhenItAsks(t *testing.T) {
	s := newStage(t)
	for id, want := range map[int64]bool{50: false, -1009: true} {
		s.store.codes["ALPHA-CODE"] = code{shop: "alpha", role: notify.Team}
		s.expect(s.say(id, adminID, "/bind ALPHA-CODE"), "Alpha Toys")
		if c, _ := s.store.chat("alpha", id); c.Board != want {
			t.Errorf("chat %d has the board: %v, want %v", id, c.Board, want)
		}
	}
	board := func(want bool) {
		t.Helper()
		if c, _ := s.store.chat("alpha", 50); c.Board != want {
			t.Errorf("board %v, want %v", c.Board, want)
		}
	}
	s.expect(s.say(50, 50, "/board"), "Off")
	board(false)
	s.expect(s.say(50, 50, "/board on"), "Saved", "On")
	board(true)
	s.expect(s.say(50, 50, "/board perhaps"), "did not understand", "On")
	answers, _ := s.press(50, 50, "v1:board:alpha|off")
	s.expect(answers, "Saved", "Off")
	board(false)
	s.expect(s.say(groupID, memberID, "/board off"), "Only administrators")
}

func TestTheLanguageOfAGroupIsForAdministrators(t *testing.T) {
	s := newStage(t)
	s.expect(s.say(groupID, memberID, "/lang 中文"), "Only administrators")
	answers, notice := s.press(groupID, memberID, "v1:lang:zh")
	if len(answers) != 0 || !strings.Contains(notice, "Only administrators") {
		t.Errorf("%v, notice %q", answers, notice)
	}
	if c, _ := s.store.chat("alpha", groupID); c.Lang != "en" {
		t.Error("a member changed the language of the group")
	}
	s.expect(s.say(groupID, memberID, "/lang"), "English")
	s.expect(s.say(groupID, adminID, "/lang 中文"), "中文")
	if c, _ := s.store.chat("alpha", groupID); c.Lang != "zh" {
		t.Error("an administrator changed nothing")
	}
}

func TestRefusalsInAGroupSpeakItsLanguage(t *testing.T) {
	s := newStage(t)
	c := s.store.chats["alpha"][groupID]
	c.Lang = "zh"
	s.store.chats["alpha"][groupID] = c
	s.expect(s.say(groupID, memberID, "/bind GUESS"), "绑定码不对")
	s.expect(s.say(groupID, memberID, "/lang en"), "只有群管理员")
	s.expect(s.say(groupID, memberID, "/alerts off"), "只有群管理员")
	s.expect(s.say(groupID, memberID, "/today gamma"), "没有这个店铺")
	for data, want := range map[string]string{"v1:alerts:alpha|off": "只有群管理员", "v1:today:beta": "没有这个店铺", "v1:nonsense": "太旧了", "v1:lang:en": "只有群管理员"} {
		if _, notice := s.press(groupID, memberID, data); !strings.Contains(notice, want) {
			t.Errorf("%s: %q", data, notice)
		}
	}
}

func TestLookingAtSettingsIsFreeToTheChat(t *testing.T) {
	s := newStage(t)
	s.expect(s.say(groupID, memberID, "/alerts"), "Alpha Toys")
	answers, _ := s.press(groupID, memberID, "v1:digest:alpha")
	s.expect(answers, "Alpha Toys")
	if s.people.asked != 0 {
		t.Error("Telegram was asked who that is, for nothing")
	}
}

func TestAnonymousAdministratorsCommandButDoNotPress(t *testing.T) {
	s := newStage(t)
	said := `{"message":{"message_id":5,"date":1,"chat":{"id":-1001,"type":"supergroup"},"from":{"id":1087968824,"is_bot":true},"sender_chat":{"id":%d,"type":"supergroup"},"text":"/alerts off"}}`
	s.handle(fmt.Sprintf(said, -1002)) // a channel that speaks in the group
	if c, _ := s.store.chat("alpha", groupID); !c.Alerts {
		t.Error("another chat's voice changed a setting")
	}
	s.handle(fmt.Sprintf(said, groupID))
	if c, _ := s.store.chat("alpha", groupID); c.Alerts {
		t.Error("an anonymous administrator changed nothing")
	}
	answers, notice := s.press(groupID, anonymousAdmin, "v1:alerts:alpha|on")
	if len(answers) != 0 || !strings.Contains(notice, "anonymous") {
		t.Errorf("%v, notice %q", answers, notice)
	}
}

func TestSettingsAreKept(t *testing.T) {
	s := newStage(t)
	s.expect(s.say(ownerID, ownerID, "/alerts 5"), "Saved", "5 misses")
	s.expect(s.say(ownerID, ownerID, "/alerts 关"), "Saved", "Off")
	s.expect(s.say(ownerID, ownerID, "/digest 9"), "Saved", "09:00")
	s.expect(s.say(ownerID, ownerID, "/digest ２１：３０"), "Saved", "21:30")
	if c, _ := s.store.chat("alpha", ownerID); c.Alerts || !c.Digest {
		t.Errorf("%+v", c)
	}
	if shop := s.office.shop("alpha"); shop.AlertAt != 5 || shop.DigestAt != "21:30" {
		t.Errorf("%+v", shop)
	}
	s.expect(s.say(ownerID, ownerID, "/digest off"), "Saved", "Off")
	s.expect(s.say(ownerID, ownerID, "/digest on"), "Saved", "21:30")
	for _, nonsense := range []string{"/digest 25:00", "/digest 9:7", "/alerts -1", "/alerts many", "/alerts 99999999999999999999"} {
		if m := s.expect(s.say(ownerID, ownerID, nonsense), "Alpha Toys"); strings.Contains(m.HTML, "Saved") {
			t.Errorf("%s was saved", nonsense)
		}
	}
}

func TestADigestTurnedOnWakesAShopWithoutScorecards(t *testing.T) {
	s := newStage(t)
	shop := s.office.shops["alpha"]
	shop.DigestAt = "off"
	s.office.shops["alpha"] = shop
	s.expect(s.say(ownerID, ownerID, "/digest on"), "Saved", "09:00")
}

func TestACodeBindsAndAnswersTwiceTheSame(t *testing.T) {
	s := newStage(t)
	start := saidJSON(50, 50, "/start ALPHA-CODE")
	answers, _ := s.handle(start)
	s.expect(answers, "Alpha Toys", "change settings")
	c, bound := s.store.chat("alpha", 50)
	if !bound || c.Role != notify.Owner || c.Title != "Li" || c.Lang != "en" || !c.Alerts || !c.Digest {
		t.Errorf("bound %v: %+v", bound, c)
	}
	if again, _ := s.repeat(start); len(again) != 0 {
		t.Error("a repeated update brought a second answer")
	}
	s.expect(s.say(50, 50, "/bind ALPHA-CODE"), "Alpha Toys")
	s.expect(s.say(51, 51, "/bind ALPHA-CODE"), "not valid")
	s.expect(s.say(50, 50, "/today"), "Alpha Toys")
}

func TestAGroupIsATeamWhateverTheCodeSays(t *testing.T) {
	s := newStage(t)
	answers, _ := s.handle(`{"message":{"message_id":5,"message_thread_id":33,"is_topic_message":true,"date":1,"chat":{"id":-1005,"type":"supergroup","title":"Packers","is_forum":true},"from":{"id":50,"language_code":"en"},"text":"/start@shopwarden_bot ALPHA-CODE"}}`)
	if m := s.expect(answers, "Alpha Toys"); m.Thread != 33 || m.ReplyTo != 5 {
		t.Errorf("answer goes to topic %d, in reply to %d", m.Thread, m.ReplyTo)
	}
	c, _ := s.store.chat("alpha", -1005)
	if c.Role != notify.Team || c.Thread != 33 || c.Title != "Packers" || c.Lang != "zh" {
		t.Errorf("%+v", c)
	}
}

func TestWrongCodesAreLimitedPerChat(t *testing.T) {
	s := newStage(t)
	for range wrongCodes {
		s.expect(s.say(50, 50, "/bind GUESS"), "not valid")
	}
	if m := s.expect(s.say(50, 50, "/bind ALPHA-CODE"), "Too many", "10 minutes"); strings.Contains(m.HTML, "not valid") {
		t.Error("a good code is called bad")
	}
	if _, bound := s.store.chat("alpha", 50); bound {
		t.Error("guessing was not stopped")
	}
	s.expect(s.say(51, 51, "/bind BETA-CODE"), "Beta Hats")
	s.now = s.now.Add(wrongCodesWithin + time.Second)
	s.expect(s.say(50, 50, "/bind ALPHA-CODE"), "Alpha Toys")
}

func TestWhyTakesAnIDAsItIs(t *testing.T) {
	for text, want := range map[string]string{
		"/why 77": "|77", "/why  A  7 b ": "|A  7 b", "/why alpha A 7": "|A 7", "为什么 订单 7": "|订单 7", "/why alpha": "",
		"/why ship-on-time A 7": "ship-on-time|A 7", "/why ship-on-time": "|ship-on-time", "/why alpha ship-on-time order/A  7": "ship-on-time|order/A  7",
		"/why@shopwarden_bot：A 7": "|A 7",
	} {
		s := newStage(t)
		s.say(ownerID, ownerID, text)
		if got := s.office.sought; got != want {
			t.Errorf("%q looks for %q, want %q", text, got, want)
		}
	}
}

func TestWhatNoPromiseCoversIsNotCalledUnknown(t *testing.T) {
	s := newStage(t)
	s.office.noCase = true
	if m := s.expect(s.say(ownerID, ownerID, "/why 77"), "77 of alpha", "no promise"); strings.Contains(m.HTML, "no such case") {
		t.Errorf("%s", m.HTML)
	}
}

func TestAChatOfSeveralShopsIsAskedWhichAndRemembers(t *testing.T) {
	s := newStage(t)
	s.store.chats["beta"][ownerID] = notify.Chat{ID: ownerID, Role: notify.Owner, Lang: "en"}
	m := s.expect(s.say(ownerID, ownerID, "/due"), "Which shop")
	if m.Buttons[0][0].Action != "due:alpha" {
		t.Errorf("buttons %v", m.Buttons)
	}
	answers, _ := s.press(ownerID, ownerID, "v1:due:beta")
	s.expect(answers, "Beta Hats")
	s.expect(s.say(ownerID, ownerID, "/today"), "Beta Hats")
	s.expect(s.say(ownerID, ownerID, "/today alpha"), "Alpha Toys")
	s.expect(s.say(ownerID, ownerID, "/why alpha 77"), "77 of alpha")
	s.expect(s.say(ownerID, ownerID, "/why 77"), "77 of alpha")
	s.expect(s.say(ownerID, ownerID, "/today gamma"), "no such shop")
	s.expect(s.say(ownerID, ownerID, "/unbind"), "Which shop")
	s.expect(s.say(ownerID, ownerID, "/shops"), "Alpha Toys", "Beta Hats")
}

func TestStrangersAndGroupsAreTreatedKindly(t *testing.T) {
	s := newStage(t)
	s.expect(s.say(50, 50, "/start"), "/bind")
	s.expect(s.say(50, 50, "/bind"), "/bind")
	s.expect(s.say(50, 50, "/help"), "/today")
	s.expect(s.say(50, 50, "/today"), "No shop is bound")
	s.expect(s.say(50, 50, "how are you?"), "I did not understand “how are you?”")
	s.expect(s.say(50, 50, "/weather in Paris"), "I did not understand “/weather”")
	for _, text := range []string{"how are you?", "今天", "/weather", "/today@weather_bot", "see /today"} {
		if answers := s.say(groupID, memberID, text); len(answers) != 0 {
			t.Errorf("the group hears %q in answer to %q", answers[0].HTML, text)
		}
	}
	for _, silent := range []string{
		`{"message":{"message_id":5,"date":1,"chat":{"id":50,"type":"private"},"sticker":{"file_id":"x"}}}`,
		`{"message":{"message_id":5,"date":1,"chat":{"id":-7,"type":"channel"},"text":"/today"}}`,
		`{"message":{"message_id":5,"date":1,"chat":{"id":-1001,"type":"supergroup"},"from":{"id":70,"is_bot":true},"text":"/today"}}`,
		`{"edited_message":{"message_id":5,"date":1,"chat":{"id":11,"type":"private"},"text":"/today"}}`,
		`{"poll":{"id":"1"}}`, `{}`,
	} {
		if answers, _ := s.handle(silent); len(answers) != 0 {
			t.Errorf("%s was answered: %v", silent, answers)
		}
	}
	answers, _ := s.handle(`{"message":{"message_id":5,"date":1,"chat":{"id":11,"type":"private"},"from":{"id":11},"caption":"/today","photo":[]}}`)
	s.expect(answers, "Alpha Toys")
}

func TestOldAndForgedButtonsAreAnsweredAndDoNothing(t *testing.T) {
	s := newStage(t)
	for _, data := range []string{"t1:gone", "", "v1:", "v1:today", "v1:today:", "v1:drop:alpha", "v9:today:alpha", "\x00", "v1:why:|||"} {
		answers, notice := s.press(ownerID, ownerID, data)
		if len(answers) != 0 || notice == "" {
			t.Errorf("%q: %v, notice %q", data, answers, notice)
		}
	}
	_, notices := s.handle(`{"callback_query":{"id":"q","from":{"id":11},"inline_message_id":"x","data":"v1:today:alpha"}}`)
	if len(notices) != 1 || notices[0] == "" {
		t.Errorf("a button of no chat: %q", notices)
	}
}

func TestTheLanguageOfAChatHoldsEverywhere(t *testing.T) {
	s := newStage(t)
	s.expect(s.say(ownerID, ownerID, "/lang"), "English")
	s.expect(s.say(ownerID, ownerID, "/lang 中文"), "语言")
	s.expect(s.say(ownerID, ownerID, "/unknown"), "没看懂")
	if c, _ := s.store.chat("alpha", ownerID); c.Lang != "zh" {
		t.Errorf("alerts go on in %s", c.Lang)
	}
	answers, _ := s.press(ownerID, ownerID, "v1:lang:en")
	s.expect(answers, "English")
	s.expect(s.say(ownerID, ownerID, "/lang klingon"), "English")
}

func membershipJSON(chat int64, from, to string) string {
	return fmt.Sprintf(`{"my_chat_member":{"chat":%s,"from":{"id":11,"language_code":"en"},"date":1,"old_chat_member":{"status":%q,"user":{"id":1}},"new_chat_member":{"status":%q,"user":{"id":1}}}}`,
		chatJSON(chat), from, to)
}

func TestABlockedBotRestsUntilItIsBack(t *testing.T) {
	s := newStage(t)
	paused := func(chat int64) bool { c, _ := s.store.chat("alpha", chat); return c.Paused }
	s.handle(membershipJSON(ownerID, "member", "kicked"))
	if !paused(ownerID) {
		t.Error("a blocked chat is not paused")
	}
	answers, _ := s.handle(membershipJSON(ownerID, "kicked", "member"))
	s.expect(answers, "gets messages of Alpha Toys again")
	if paused(ownerID) {
		t.Error("a chat that is back is paused")
	}
	s.handle(membershipJSON(groupID, "administrator", "left"))
	if !paused(groupID) {
		t.Error("a group that removed the bot is not paused")
	}
	if answers := s.say(groupID, memberID, "/today"); len(answers) != 2 || answers[0].Kind != outbox.Notice || paused(groupID) {
		t.Error("a question did not wake the chat")
	}
	if answers, _ := s.handle(membershipJSON(groupID, "left", "member")); len(answers) != 0 {
		t.Error("a bound group is greeted")
	}
	answers, _ = s.handle(membershipJSON(-1009, "left", "member"))
	s.expect(answers, "/bind")
	if answers, _ := s.handle(membershipJSON(-1009, "member", "administrator")); len(answers) != 0 {
		t.Error("a promotion is greeted")
	}
}

func TestAGroupThatMovesKeepsItsBindingInAnyOrder(t *testing.T) {
	toNew := fmt.Sprintf(`{"message":{"message_id":1,"date":1,"chat":{"id":%d,"type":"group"},"migrate_to_chat_id":-2002}}`, groupID)
	fromOld := fmt.Sprintf(`{"message":{"message_id":1,"date":1,"chat":{"id":-2002,"type":"supergroup"},"migrate_from_chat_id":%d}}`, groupID)
	left := membershipJSON(groupID, "member", "left")
	for _, order := range [][]string{{toNew, fromOld, left}, {fromOld, left, toNew}, {left, toNew, fromOld}, {left, fromOld, toNew}, {toNew}, {fromOld}} {
		s := newStage(t)
		for _, update := range order {
			s.handle(update)
		}
		c, bound := s.store.chat("alpha", -2002)
		if _, old := s.store.chat("alpha", groupID); !bound || old || c.Paused {
			t.Errorf("new bound %v, old bound %v, paused %v", bound, old, c.Paused)
		}
	}
}

func TestAFailureIsToldInWordsAndOnlyAQueueThatFailsMakesARetry(t *testing.T) {
	s := newStage(t)
	s.office.broken = true
	m := s.expect(s.say(ownerID, ownerID, "/today"), "try again")
	if strings.Contains(m.HTML, "secret words") {
		t.Errorf("an error reached a chat:\n%s", m.HTML)
	}
	if _, notice := s.press(ownerID, ownerID, "v1:today:alpha"); !strings.Contains(notice, "try again") {
		t.Errorf("notice %q", notice)
	}
	s.office.broken, s.queue.down = false, true
	s.update++
	if err := s.try(saidJSON(ownerID, ownerID, "/today")); err == nil {
		t.Error("an answer that was not queued counts as given")
	}
	s.queue.down = false
	answers, _ := s.repeat(saidJSON(ownerID, ownerID, "/today"))
	s.expect(answers, "Alpha Toys")
	if again, _ := s.repeat(saidJSON(ownerID, ownerID, "/today")); len(again) != 0 {
		t.Error("the answer came twice")
	}
}

func TestClockIsReadAsPeopleTypeIt(t *testing.T) {
	for text, want := range map[string]string{"9": "09:00", "09:30": "09:30", "9:30": "09:30", "23:59": "23:59", "21点": "21:00", "0": "00:00",
		"24": "", "24:00": "", "9:5": "", "9:60": "", "-1": "", "+9": "", "": "", "009": "", "9:": "", ":30": "", "nine": ""} {
		if got, _ := readClock(text); got != want {
			t.Errorf("readClock(%q) = %q, want %q", text, got, want)
		}
	}
}
