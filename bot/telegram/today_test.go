package telegram

import (
	"github.com/google/go-cmp/cmp"

	"strings"
	"testing"

	"shopwarden/bot/notify"
	"shopwarden/rules"
)

func TestAPrincipleIsOpenedByItsButton(t *testing.T) {
	s := newStage(t)
	answers, _ := s.press(ownerID, ownerID, "v1:today:alpha|timely")
	if m := s.expect(answers, "Details", "Alpha Toys"); m.EditID != 9 {
		t.Errorf("edits %d, want the page in place", m.EditID)
	}
	answers, _ = s.press(ownerID, ownerID, "v1:today:alpha|splendid")
	s.expect(answers, "Nothing to judge yet")
}

func TestWhatWinsMostIsTakenFromThePage(t *testing.T) {
	s := newAlarmStage(t)
	answers, _ := s.press(groupID, memberID, "v1:due:alpha|save")
	m := s.expect(answers, "Save this one first", "<code>7</code>")
	if got := m.Buttons[0][0].Action; got != "due:alpha|take|"+near {
		t.Fatalf("first button %q", got)
	}
	answers, notice := s.tap(groupID, memberID, "Li", "v1:due:alpha|take|"+near)
	if notice != "1 case is yours." || len(answers) == 0 {
		t.Fatalf("notice %q, %d answers", notice, len(answers))
	}
	page := answers[len(answers)-1]
	if page.EditID != 9 || !strings.Contains(page.HTML, "🙋 Li until 14:00") || strings.HasPrefix(page.Buttons[0][0].Action, "due:alpha|take") {
		t.Errorf("the page does not say who has it: %+v", page)
	}
	kept := s.kept("alpha", near)
	if kept.Taken.Name != "Li" {
		t.Errorf("kept %+v", kept)
	}
	s.tap(groupID, memberID, "Li", "v1:due:alpha|take|"+near)
	if again := s.kept("alpha", near); !cmp.Equal(again, kept) {
		t.Errorf("taken twice: %+v, then %+v", kept, again)
	}
	if _, notice = s.tap(groupID, adminID, "Wang", "v1:due:alpha|take|"+near); !strings.Contains(notice, "Somebody else") {
		t.Errorf("the second is told %q", notice)
	}
}

func TestTakingFromThePageAsksTheTableOfRoles(t *testing.T) {
	s := newAlarmStage(t)
	a := ask{verb: verbDue, button: true, args: []string{"take", near}}
	if got := a.need(); got != plans[verbTake].need {
		t.Errorf("taking needs %v, want what the button of an alert needs", got)
	}
	for _, data := range []string{"v1:due:alpha|take|" + near, "v1:due:alpha|take|" + theirs} {
		if _, notice := s.tap(rivalID, rivalID, "Rival", data); notice == "" {
			t.Errorf("%s: a stranger is told nothing", data)
		}
	}
	if answers, _ := s.tap(groupID, memberID, "Li", "v1:due:alpha|take|"+theirs); len(answers) != 1 || strings.Contains(answers[0].HTML, "<code>9</code>") {
		t.Errorf("a case of another shop is taken through ours: %+v", answers)
	}
	if s.kept("alpha", near).Version != 0 || s.kept("beta", theirs).Version != 0 {
		t.Errorf("somebody took what is not theirs")
	}
	if _, notice := s.tap(groupID, anonymousAdmin, "Group", "v1:due:alpha|take|"+near); notice == "" || s.kept("alpha", near).Version != 0 {
		t.Errorf("nobody knows who took it: %q", notice)
	}
	s.store.chats["alpha"][ownerID] = notify.Chat{ID: ownerID, Role: notify.Viewer, Lang: "en"}
	answers, _ := s.press(ownerID, ownerID, "v1:due:alpha|save")
	for _, row := range s.expect(answers, "<code>7</code>").Buttons {
		if strings.HasPrefix(row[0].Action, "due:alpha|take") {
			t.Errorf("a viewer is offered %v", row)
		}
	}
}

func TestDueShowsWhoHasACase(t *testing.T) {
	s := newAlarmStage(t)
	s.as(groupID, memberID, "Li", "take:alpha|b|"+near)
	s.expect(s.say(groupID, memberID, "/due"), "Li until 14:00")
	s.expect(s.say(ownerID, ownerID, "待办"), "Li until 14:00")
}

func TestWhatIfIsAskedInButtonsAndInWords(t *testing.T) {
	s := newStage(t)
	s.expect(s.say(ownerID, ownerID, "如果"), "What if?", "Alpha Toys")
	s.expect(s.say(groupID, memberID, "/whatif ship-on-time"), "How many more")
	answers, _ := s.press(groupID, memberID, "v1:whatif:alpha|miss|3|ship-on-time")
	if m := s.expect(answers, "3 more missed", "A simulation by our own count"); m.EditID != 9 || m.Buttons[0][2].Action != "whatif:alpha|miss|3|ship-on-time" {
		t.Errorf("%+v", m)
	}
	for _, data := range []string{"v1:whatif:alpha|miss|-3|ship-on-time", "v1:whatif:alpha|miss|99999999|ship-on-time", "v1:whatif:alpha|miss|x|ship-on-time", "v1:whatif:alpha|gain|3|ship-on-time"} {
		answers, _ = s.press(groupID, memberID, data)
		s.expect(answers, "How many more")
	}
	if q := readSuppose(&ask{button: true, args: []string{"save", "5", "a|b"}}); q != (rules.Suppose{Rule: "a|b", Save: 5}) {
		t.Errorf("read %+v", q)
	}
}

func TestAQuestionMayBeginWithTheWordOfACommand(t *testing.T) {
	s := newAlarmStage(t)
	for said, want := range map[string]string{
		"why did we lose points?":     "Where the points of 30 days come from",
		"what can we still save?":     "Save this one first",
		"/due save":                   "Save this one first",
		"/today timely":               "Details",
		"/today nowhere":              "I know no such shop here",
		"why 7":                       "Why:",
		"quiet hours, where are they": "Quiet hours",
	} {
		s.expect(s.say(ownerID, ownerID, said), want)
	}
}
