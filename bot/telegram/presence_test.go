package telegram

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"shopwarden/bot/notify"
	"shopwarden/bot/outbox"
)

// teamChat is a second private chat of a stage's first shop.
const teamChat int64 = 15

func gone(shop string, chat int64, day string, told int64) string {
	return fmt.Sprintf("gone/%s/%d/%s/%d", shop, chat, day, told)
}

func TestTheOtherChatsAreToldOnceThatOneStoppedReceiving(t *testing.T) {
	s := newStage(t)
	s.store.chats["alpha"][teamChat] = notify.Chat{ID: teamChat, Role: notify.Team, Lang: "zh", Alerts: true}
	for range 3 { // three messages were on their way
		if err := s.router.here.ChatGone(t.Context(), ownerID, outbox.ReasonBlocked); err != nil {
			t.Fatal(err)
		}
	}
	var keys []string
	for _, m := range s.queue.all() {
		keys = append(keys, m.Key)
		if m.Kind != outbox.Notice || m.Due <= m.Created {
			t.Errorf("%s: kind %s, due %d ms after it was written", m.Key, m.Kind, m.Due-m.Created)
		}
		if m.Chat == groupID && m.HTML != "🔕 The owner's chat stopped receiving (Alpha Toys): the bot was blocked there. Alerts go on here." {
			t.Errorf("the group reads %q", m.HTML)
		}
		if m.Chat == teamChat && !strings.Contains(m.HTML, "店主的会话收不到") {
			t.Errorf("the colleague reads %q", m.HTML)
		}
	}
	slices.Sort(keys)
	day := s.now.Format("2006-01-02")
	want := []string{gone("alpha", ownerID, day, groupID), gone("alpha", ownerID, day, teamChat)}
	slices.Sort(want)
	if diff := cmp.Diff(want, keys); diff != "" {
		t.Errorf("notices (-want +got):\n%s", diff)
	}
}

func TestAChatThatIsBackIsToldWhatItMissed(t *testing.T) {
	s := newStage(t)
	s.office.missed = 7
	s.handle(membershipJSON(ownerID, "member", "kicked"))
	answers := s.say(ownerID, ownerID, "/help")
	if len(answers) != 2 || !strings.Contains(answers[0].HTML, "Meanwhile 7 promises were missed: /violations") {
		t.Errorf("a chat that speaks again gets %v", answers)
	}
	if want := gone("alpha", ownerID, s.now.Format("2006-01-02"), groupID); !slices.Contains(s.store.withdrawn, want) {
		t.Errorf("withdrawn %v, want %s among them: it is not true any more", s.store.withdrawn, want)
	}
	if answers := s.say(ownerID, ownerID, "/help"); len(answers) != 1 {
		t.Errorf("and is told again: %v", answers)
	}
}

func TestNobodyIsToldThatAGroupIsGoneWhichOnlyMoved(t *testing.T) {
	s := newStage(t)
	s.handle(membershipJSON(groupID, "member", "left"))
	s.handle(fmt.Sprintf(`{"message":{"message_id":1,"date":1,"chat":{"id":%d,"type":"group"},"migrate_to_chat_id":-2002}}`, groupID))
	queued := s.queue.all()
	if len(queued) != 1 || !slices.Contains(s.store.withdrawn, queued[0].Key) {
		t.Errorf("queued %v, withdrawn %v", queued, s.store.withdrawn)
	}
}

func TestAClosedTopicIsSaidOnceAndGeneralGetsTheRest(t *testing.T) {
	s := newStage(t)
	bind := func(thread int) {
		c := s.store.chats["alpha"][groupID]
		c.Thread = thread
		s.store.chats["alpha"][groupID] = c
	}
	bind(42)
	late := outbox.Message{Shop: "alpha", Chat: groupID, Thread: 42, Kind: outbox.Breach}
	for range 2 {
		if err := s.router.here.Rerouted(t.Context(), late, outbox.ReasonGeneral); err != nil {
			t.Fatal(err)
		}
	}
	m := s.expect(s.queue.all(), "closed or gone", "Alpha Toys")
	if c, _ := s.store.chat("alpha", groupID); c.Thread != 0 || m.Thread != 0 || m.Kind != outbox.Notice {
		t.Errorf("bound to topic %d, told in topic %d as %s", c.Thread, m.Thread, m.Kind)
	}
	bind(43) // an answer in some other topic says nothing about this one
	if err := s.router.here.Rerouted(t.Context(), late, outbox.ReasonGeneral); err != nil {
		t.Fatal(err)
	}
	if c, _ := s.store.chat("alpha", groupID); c.Thread != 43 || len(s.queue.all()) != 1 {
		t.Errorf("topic %d, %d notices", c.Thread, len(s.queue.all()))
	}
}

func TestStartInATopicMovesMessagesThereForAdministrators(t *testing.T) {
	s := newStage(t)
	start := func(user int64) outbox.Message {
		answers, _ := s.handle(fmt.Sprintf(`{"message":{"message_id":5,"date":1,"message_thread_id":9,"is_topic_message":true,"chat":%s,"from":{"id":%d},"text":"/start"}}`,
			chatJSON(groupID), user))
		return s.expect(answers)
	}
	thread := func() int { c, _ := s.store.chat("alpha", groupID); return c.Thread }
	start(memberID)
	if thread() != 0 {
		t.Error("a member moved the messages")
	}
	if m := start(adminID); thread() != 9 || !strings.Contains(m.HTML, "come to this topic") {
		t.Errorf("topic %d, answer %q", thread(), m.HTML)
	}
}
