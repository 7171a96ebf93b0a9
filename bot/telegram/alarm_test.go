package telegram

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"shopwarden/bot/alarm"
	"shopwarden/bot/notify"
	"shopwarden/bot/outbox"
	"shopwarden/rules"
)

// late is the alarm of an order of alpha that was due twelve hours ago, near that of one due in an hour, done that of one
// that left in time, theirs one of beta.
const (
	late   = "ship-on-time|order/8"
	near   = "ship-on-time|order/7"
	done   = "ship-on-time|order/6"
	theirs = "ship-on-time|order/9"
)

func newAlarmStage(t *testing.T) *stage {
	s := newStage(t)
	paid := func(hours time.Duration) rules.Fact {
		return rules.Fact{Type: "order.paid", At: rules.InstantOf(noon.Add(-hours * time.Hour))}
	}
	s.office.cases["alpha order/8"] = []rules.Fact{paid(60)}
	s.office.cases["alpha order/7"] = []rules.Fact{paid(47)}
	s.office.cases["alpha order/6"] = []rules.Fact{paid(40), {Type: "order.shipped", At: rules.InstantOf(noon)}}
	s.office.cases["beta order/9"] = []rules.Fact{paid(60)}
	return s
}

// as presses a button under news, by somebody with a name.
func (s *stage) as(chat, user int64, name, data string) (edits []outbox.Message, notice string) {
	s.t.Helper()
	return s.tap(chat, user, name, "n1:"+data)
}

func (s *stage) tap(chat, user int64, name, data string) (edits []outbox.Message, notice string) {
	s.t.Helper()
	quoted, _ := json.Marshal(data)
	edits, notices := s.handle(fmt.Sprintf(`{"callback_query":{"id":"q","from":{"id":%d,"first_name":%q,"language_code":"en"},"data":%s,"message":{"message_id":9,"date":1,"chat":%s,"text":"alert"}}}`,
		user, name, quoted, chatJSON(chat)))
	if len(notices) != 1 {
		s.t.Fatalf("%d notices for one press, want 1", len(notices))
	}
	return edits, notices[0]
}

func (s *stage) kept(shop, id string) alarm.Alarm {
	s.t.Helper()
	a, err := s.store.Alarm(s.t.Context(), shop, id)
	if err != nil {
		s.t.Fatal(err)
	}
	return a
}

// breachDue is when late was due.
var breachDue = rules.InstantOf(noon.Add(-12 * time.Hour))

func TestWhoTakesAnAlertIsShownInEveryChat(t *testing.T) {
	s := newAlarmStage(t)
	edits, notice := s.as(groupID, memberID, "Li <Na>", "take:alpha|b|"+late)
	if notice != "It is yours." || len(edits) != 2 {
		t.Fatalf("notice %q, %d edits", notice, len(edits))
	}
	for _, m := range edits {
		key := notify.BreachKey("alpha", "ship-on-time", rules.Subject{Kind: rules.Order, ID: "8"}, breachDue, m.Chat)
		if m.Kind != outbox.Status || m.EditOf != key || m.Key != "status/"+key+"/1" || !m.Silent || m.Route != "alpha" || m.EditID != 0 ||
			!strings.Contains(m.HTML, "Li &lt;Na&gt; has it") {
			t.Errorf("%+v", m)
		}
	}
	want := alarm.Mark{Person: memberID, Name: "Li <Na>", At: rules.InstantOf(noon)}
	if got := s.kept("alpha", late); got.Taken != want || got.Level != alarm.Broken {
		t.Errorf("kept %+v", got)
	}
}

func TestOfTwoWhoTakeAnAlertTheSecondLearnsWhoWasFirst(t *testing.T) {
	s := newAlarmStage(t)
	s.as(groupID, memberID, "Li", "take:alpha|b|"+late)
	edits, notice := s.as(groupID, adminID, "Wang", "take:alpha|b|"+late)
	if !strings.Contains(notice, "Li was first") || len(edits) != 1 || edits[0].EditID != 9 || !strings.Contains(edits[0].HTML, "Li has it") {
		t.Errorf("notice %q, %+v", notice, edits)
	}
	if edits, notice = s.as(groupID, adminID, "Wang", "over:alpha|b|"+late); notice != "It is yours." || !strings.Contains(edits[0].HTML, "Wang has it") {
		t.Errorf("notice %q, %+v", notice, edits)
	}
	edits, notice = s.as(ownerID, ownerID, "Boss", "undo:alpha|b|take|"+late)
	if !strings.Contains(notice, "nobody has it") || len(edits) != 2 || strings.Contains(edits[0].HTML, "has it") {
		t.Errorf("notice %q, %+v", notice, edits)
	}
	if _, notice = s.as(ownerID, ownerID, "Boss", "undo:alpha|b|take|"+late); !strings.Contains(notice, "nothing to take back") {
		t.Errorf("notice %q", notice)
	}
}

func TestASecondTapAndASecondDeliveryChangeNothing(t *testing.T) {
	s := newAlarmStage(t)
	for _, data := range []string{"take:alpha|b|" + late, "seen:alpha|b|" + late, "snooze:alpha|b|hour|" + late, "excuse:alpha|b|outage|" + near} {
		s.as(ownerID, ownerID, "Boss", data)
		id := data[strings.LastIndex(data, "ship-on-time|"):]
		before, events := s.kept("alpha", id), len(s.office.events)
		s.now = s.now.Add(2 * time.Second)
		if edits, notice := s.as(ownerID, ownerID, "Boss", data); notice == "" || len(edits) > 1 {
			t.Errorf("%s: notice %q, %d edits", data, notice, len(edits))
		}
		if diff := cmp.Diff(before, s.kept("alpha", id)); diff != "" {
			t.Errorf("%s pressed twice (-first +second):\n%s", data, diff)
		}
		if len(s.office.events) != events && s.office.events[events].ID != s.office.events[0].ID {
			t.Errorf("%s: another event %v", data, s.office.events)
		}
	}
}

// TestWhatACrashLeftIsCompleted: the alarm was kept, the edits were not queued.
func TestWhatACrashLeftIsCompleted(t *testing.T) {
	s := newAlarmStage(t)
	s.queue.down = true
	s.update++
	press := pressedJSON(ownerID, ownerID, "n1:excuse:alpha|b|outage|"+late)
	_ = s.try(press) // the answer says so; that cannot be queued either
	s.queue.down = false
	if edits, _ := s.repeat(press); len(edits) == 0 || edits[0].Kind != outbox.Status || len(s.office.events) != 2 || s.office.events[0].ID != s.office.events[1].ID {
		t.Errorf("%+v, events %v", edits, s.office.events)
	}
}

func TestASnoozeAsksForHowLong(t *testing.T) {
	s := newAlarmStage(t)
	edits, notice := s.as(groupID, memberID, "Li", "snooze:alpha|b|ask|"+late)
	if notice != "" || len(edits) != 1 || edits[0].EditID != 9 || edits[0].Kind != outbox.Status || edits[0].Buttons[0][0].Action != "snooze:alpha|b|hour|"+late {
		t.Fatalf("notice %q, %+v", notice, edits)
	}
	if a := s.kept("alpha", late); a.Version != 0 {
		t.Errorf("asking did something: %+v", a)
	}
	edits, notice = s.as(groupID, memberID, "Li", "snooze:alpha|b|hour|"+late)
	if !strings.Contains(notice, "Quiet until 13:00") || len(edits) != 2 || !strings.Contains(edits[0].HTML, "Quiet until 13:00 today (Li)") {
		t.Errorf("notice %q, %+v", notice, edits)
	}
	if a := s.kept("alpha", late); a.Quiet != rules.InstantOf(noon.Add(time.Hour)) || a.Hushed != alarm.Broken {
		t.Errorf("kept %+v", a)
	}
	edits, _ = s.as(groupID, memberID, "Li", "alarm:alpha|b|"+late)
	if len(edits) != 1 || edits[0].EditID != 9 || edits[0].Buttons[1][0].Action != "undo:alpha|b|snooze|"+late {
		t.Errorf("back: %+v", edits)
	}
}

func TestWhatIsSnoozedIsListedAndWoken(t *testing.T) {
	s := newAlarmStage(t)
	s.expect(s.say(groupID, memberID, "/snoozed"), "Nothing is snoozed", "Alpha Toys")
	for _, id := range []string{late, near} {
		s.as(groupID, memberID, "Li", "snooze:alpha|b|today|"+id)
	}
	a := s.kept("alpha", near)
	a.Hushed = 0 // it was better at the snooze
	s.store.alarms["alpha"][near] = a
	m := s.expect(s.say(groupID, memberID, "/snoozed"), "<code>8</code>", "00:00 tomorrow", "Li")
	if strings.Contains(m.HTML, "<code>7</code>") {
		t.Errorf("what got worse is called quiet:\n%s", m.HTML)
	}
	answers, _ := s.tap(groupID, adminID, "Wang", "v1:"+m.Buttons[0][0].Action)
	if len(answers) != 3 || !strings.Contains(answers[2].HTML, "Nothing is snoozed") || answers[2].EditID != 9 || s.kept("alpha", late).Quiet != 0 {
		t.Errorf("%+v", answers)
	}
	s.expect(s.say(groupID, memberID, "/snoozed beta"), "no such shop")
}

func TestNotOurFaultCorrectsTheCount(t *testing.T) {
	s := newAlarmStage(t)
	edits, _ := s.as(groupID, adminID, "Wang", "excuse:alpha|b|ask|"+late)
	if len(edits) != 1 || edits[0].Buttons[0][0].Action != "excuse:alpha|b|outage|"+late {
		t.Fatalf("%+v", edits)
	}
	edits, notice := s.as(groupID, adminID, "Wang", "excuse:alpha|b|outage|"+late)
	if notice != "It does not count any more." || len(edits) != 2 || !strings.Contains(edits[0].HTML, "<s>") || !strings.Contains(edits[0].HTML, "says Wang · 12:00: Platform outage") {
		t.Errorf("notice %q, %+v", notice, edits)
	}
	if e := s.office.events[0]; e.Type != "case.excused" || e.Data.Subject != "order/8" || e.Data.Code != "outage" || !e.At.Equal(noon) || e.Data.By != "14" {
		t.Errorf("%+v", e)
	}
	s.now = s.now.Add(time.Minute)
	edits, notice = s.as(groupID, adminID, "Wang", "undo:alpha|m|excuse|"+late)
	if !strings.Contains(notice, "it counts again") || len(edits) != 3 || strings.Contains(edits[0].HTML, "<s>") || s.office.events[1].Type != "case.reinstated" {
		t.Errorf("notice %q, %d edits, events %v", notice, len(edits), s.office.events)
	}
	s.now = s.now.Add(time.Minute)
	if _, notice = s.as(groupID, adminID, "Wang", "excuse:alpha|b|outage|"+late); notice != "It does not count any more." {
		t.Errorf("again: %q", notice)
	}
	edits, notice = s.as(groupID, adminID, "Wang", "excuse:alpha|b|courier|"+near)
	if !strings.Contains(notice, "still counts") || len(s.office.events) != 3 {
		t.Errorf("no exception: %q, %+v", notice, edits)
	}
}

func TestWhoMayDoWhatAboutAnAlert(t *testing.T) {
	team := func(s *stage) {
		s.store.chats["alpha"][ownerID] = notify.Chat{ID: ownerID, Role: notify.Team, Lang: "en", Alerts: true}
	}
	excused := func(s *stage) { s.as(groupID, adminID, "Wang", "excuse:alpha|b|outage|"+late) }
	nothing := func(*stage) {}
	for _, tt := range []struct {
		name       string
		prepare    func(*stage)
		chat, user int64
		data       string
		notice     string
	}{
		{"a member takes", nothing, groupID, memberID, "take:alpha|b|" + late, "It is yours"},
		{"a member excuses", nothing, groupID, memberID, "excuse:alpha|b|outage|" + late, "Only administrators"},
		{"a member asks how to excuse", nothing, groupID, memberID, "excuse:alpha|b|ask|" + late, "Only administrators"},
		{"a member takes an excuse back", excused, groupID, memberID, "undo:alpha|b|excuse|" + late, "Only administrators"},
		{"an administrator excuses", nothing, groupID, adminID, "excuse:alpha|b|outage|" + late, "does not count"},
		{"the owner excuses", nothing, ownerID, ownerID, "excuse:alpha|b|outage|" + late, "does not count"},
		{"a team's private chat takes", team, ownerID, ownerID, "take:alpha|b|" + late, "It is yours"},
		{"a team's private chat excuses", team, ownerID, ownerID, "excuse:alpha|b|outage|" + late, "Only the owner"},
		{"another shop's chat", nothing, rivalID, rivalID, "take:alpha|b|" + late, "no such shop"},
		{"another shop's alarm under this shop", nothing, groupID, memberID, "take:alpha|b|" + theirs, "nothing like that"},
		{"a chat bound to nothing", nothing, 77, 77, "take:alpha|b|" + late, "no such shop"},
		{"an anonymous administrator takes", nothing, groupID, anonymousAdmin, "take:alpha|b|" + late, "anonymous"},
		{"an anonymous administrator excuses", nothing, groupID, anonymousAdmin, "excuse:alpha|b|outage|" + late, "anonymous"},
		{"a cause that was not offered", nothing, groupID, adminID, "excuse:alpha|b|spam|" + late, "too old"},
		{"an excuse for a line", nothing, groupID, adminID, "excuse:alpha|v|outage|ship-on-time|day/2026-11-23", "nothing like that"},
		{"a snooze without an end", nothing, groupID, memberID, "snooze:alpha|b|forever|" + late, "too old"},
		{"no id", nothing, groupID, memberID, "take:alpha|b|", "too old"},
		{"no such act", nothing, groupID, memberID, "undo:alpha|b|dance|" + late, "too old"},
		{"no such case", nothing, groupID, memberID, "seen:alpha|b|ship-on-time|order/404", "nothing like that"},
		{"an id that is none", nothing, groupID, memberID, "seen:alpha|b|%%%", "nothing like that"},
		{"a step that is none", nothing, groupID, memberID, "snooze:alpha|x|hour|" + late, "too old"},
	} {
		s := newAlarmStage(t)
		tt.prepare(s)
		before := s.kept("alpha", late)
		edits, notice := s.as(tt.chat, tt.user, "Someone", tt.data)
		if !strings.Contains(notice, tt.notice) {
			t.Errorf("%s: notice %q, want %q", tt.name, notice, tt.notice)
		}
		changed := s.kept("alpha", late).Version != before.Version
		if may := strings.HasSuffix(tt.notice, "yours") || tt.notice == "does not count"; changed != may || len(edits) > 0 != may {
			t.Errorf("%s: changed %v with %d edits", tt.name, changed, len(edits))
		}
		if len(s.store.alarms["beta"]) != 0 {
			t.Errorf("%s: another shop's alarm %v", tt.name, s.store.alarms["beta"])
		}
	}
}

func TestAPressOnWhatIsSettledChangesNothingButTheMessage(t *testing.T) {
	for _, data := range []string{"take:alpha|1|", "seen:alpha|1|", "snooze:alpha|1|ask|", "excuse:alpha|1|ask|"} {
		s := newAlarmStage(t)
		edits, notice := s.as(groupID, adminID, "Wang", data+done)
		if !strings.Contains(notice, "settled") || len(edits) != 1 || edits[0].EditID != 9 || edits[0].Chat != groupID || !strings.Contains(edits[0].HTML, "Settled") {
			t.Errorf("%s: notice %q, %+v", data, notice, edits)
			continue
		}
		for _, row := range edits[0].Buttons {
			for _, b := range row {
				if strings.Contains(b.Text, "Take") || strings.Contains(b.Text, "Snooze") {
					t.Errorf("%s: a button %q is left", data, b.Text)
				}
			}
		}
		if got := s.kept("alpha", done); got.Version != 0 {
			t.Errorf("%s: kept %+v", data, got)
		}
		if edits, _ := s.as(groupID, adminID, "Wang", strings.Replace(data, "|1|", "|f|", 1)+done); len(edits) != 0 {
			t.Errorf("%s: a message that tells of several lost its rows", data)
		}
	}
}

func TestAForgedTokenDoesNothing(t *testing.T) {
	s := newAlarmStage(t)
	for _, data := range []string{"u1:forged", "u1:", "t1:0", "n1:take", "n1:take:", "n1:take:alpha"} {
		if edits, notice := s.tap(groupID, memberID, "Li", data); len(edits) != 0 || !strings.Contains(notice, "too old") {
			t.Errorf("%s: notice %q, %+v", data, notice, edits)
		}
	}
	s.store.tokens["long"] = "take:alpha|b|" + late
	if _, notice := s.tap(rivalID, rivalID, "Rival", "u1:long"); !strings.Contains(notice, "no such shop") {
		t.Errorf("a token seen elsewhere: %q", notice)
	}
	if _, notice := s.tap(groupID, memberID, "Li", "u1:long"); notice != "It is yours." {
		t.Errorf("the token: %q", notice)
	}
}

func TestAnAnonymousAdministratorSeesByButtonAndTakesByCommand(t *testing.T) {
	s := newAlarmStage(t)
	edits, notice := s.as(groupID, anonymousAdmin, "Group", "seen:alpha|b|"+late)
	if notice == "" || len(edits) != 2 || !strings.Contains(edits[0].HTML, "Seen by an administrator") {
		t.Errorf("notice %q, %+v", notice, edits)
	}
	said := `{"message":{"message_id":5,"date":1,"chat":{"id":-1001,"type":"supergroup","title":"Packers"},"from":{"id":1087968824,"is_bot":true},"sender_chat":{"id":%d,"type":"supergroup"},%s"text":"%s"}}`
	answers, _ := s.handle(fmt.Sprintf(said, -1002, "", "/take 8"))
	s.expect(answers, "anonymous")
	answers, _ = s.handle(fmt.Sprintf(said, groupID, `"author_signature":"Boss",`, "/take 8"))
	if len(answers) != 3 || !strings.Contains(answers[2].HTML, "Boss has it") {
		t.Errorf("%+v", answers)
	}
	answers, _ = s.handle(fmt.Sprintf(said, groupID, "", "/excuse 8 outage"))
	if len(answers) != 3 || !strings.Contains(answers[2].HTML, "Not our fault, says Packers") || len(s.office.events) != 1 {
		t.Errorf("%+v", answers)
	}
	answers, _ = s.handle(fmt.Sprintf(said, groupID, "", "/excuse 8 undo"))
	if len(answers) != 3 || strings.Contains(answers[2].HTML, "Not our fault, says") || len(s.office.events) != 2 {
		t.Errorf("%+v", answers)
	}
}

func TestACaseIsTakenByItsID(t *testing.T) {
	s := newAlarmStage(t)
	answers, _ := s.handle(fmt.Sprintf(`{"message":{"message_id":5,"date":1,"chat":%s,"from":{"id":13,"first_name":"Li"},"text":"/take 8"}}`, chatJSON(groupID)))
	m := answers[len(answers)-1]
	if len(answers) != 3 || m.Kind != outbox.Reply || m.ReplyTo != 5 || !strings.Contains(m.HTML, "Li has it") || m.Buttons[0][1].Action != "undo:alpha|m|take|"+late {
		t.Errorf("%+v", answers)
	}
	answers, notice := s.tap(groupID, memberID, "Li", "v1:"+m.Buttons[0][1].Action) // under the answer
	if m := answers[len(answers)-1]; notice == "" || m.EditID != 9 || m.Kind != outbox.Reply || strings.Contains(m.HTML, "has it") {
		t.Errorf("notice %q, %+v", notice, answers)
	}
	s.expect(s.say(groupID, memberID, "/take 404"), "nothing for that")
	s.expect(s.say(groupID, memberID, "/take 6"), "settled")
	s.expect(s.say(groupID, memberID, "/take"), "Alpha Toys")
	s.expect(s.say(groupID, memberID, "/excuse 8"), "Only administrators")
	if m := s.expect(s.say(groupID, adminID, "/excuse 8"), "order <code>8</code>"); m.Buttons[0][0].Action != "excuse:alpha|m|outage|"+late {
		t.Errorf("%+v", m.Buttons)
	}
}

func TestWhatWasToldTogetherIsTakenTogether(t *testing.T) {
	s := newAlarmStage(t)
	s.as(groupID, adminID, "Wang", "take:alpha|b|"+near)
	all := notify.JoinIDs([]string{late, near, done, theirs})
	s.store.tokens["all"] = "take:alpha|f|" + all
	edits, notice := s.tap(groupID, memberID, "Li", "u1:all")
	if !strings.HasPrefix(notice, "1 alert is yours") || s.kept("alpha", late).Taken.Name != "Li" || s.kept("alpha", near).Taken.Name != "Wang" {
		t.Errorf("notice %q", notice)
	}
	for _, m := range edits {
		if m.EditID != 0 {
			t.Errorf("the message of several becomes one of one: %+v", m)
		}
	}
	s.store.tokens["gone"] = "take:alpha|f|" + notify.JoinIDs([]string{done, done})
	if _, notice := s.tap(groupID, memberID, "Li", "u1:gone"); !strings.Contains(notice, "settled") {
		t.Errorf("notice %q", notice)
	}
}

func TestAButtonOfAReminderNeedsNoStep(t *testing.T) {
	s := newAlarmStage(t)
	edits, notice := s.as(ownerID, ownerID, "Boss", "take:alpha|"+late)
	if notice != "It is yours." || len(edits) != 3 || edits[2].EditID != 9 || edits[2].Kind != outbox.Status {
		t.Errorf("notice %q, %+v", notice, edits)
	}
}
