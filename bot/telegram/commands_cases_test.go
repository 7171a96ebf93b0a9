package telegram

import (
	"slices"
	"strings"
	"testing"

	"shopwarden/bot/outbox"
)

// actions are what the buttons of a message do.
func actions(m outbox.Message) (list []string) {
	for _, row := range m.Buttons {
		for _, b := range row {
			list = append(list, b.Action)
		}
	}
	return list
}

func TestAListOfMissesIsFilteredByWordsAndByButtons(t *testing.T) {
	for text, want := range map[string]string{"/violations": "", "/violations yesterday": "yesterday", "/violations dispatch 30": "rule=ship-on-time 30",
		"/violations alpha today": "1", "违规 昨天": "yesterday", "/violations no-such-thing": ""} {
		s := newAlarmStage(t)
		m := s.expect(s.say(ownerID, ownerID, text), "Alpha Toys", "Missed promises")
		if s.office.filter != want {
			t.Errorf("%s: filter %q, want %q", text, s.office.filter, want)
		}
		if unclear := strings.Contains(m.HTML, "could not read"); unclear != strings.Contains(text, "such") {
			t.Errorf("%s:\n%s", text, m.HTML)
		}
	}
	s := newAlarmStage(t)
	answers, _ := s.press(groupID, memberID, "v1:violations:alpha|rule=ship-on-time timely 30")
	m := s.expect(answers, "ship-on-time", "timely")
	if m.EditID != 9 || s.office.filter != "rule=ship-on-time timely 30" || !slices.Contains(actions(m), "why:alpha|rule=ship-on-time timely 30!ship-on-time|order/8") {
		t.Errorf("edits %d, filter %q, %v", m.EditID, s.office.filter, actions(m))
	}
	answers, _ = s.press(groupID, memberID, "v1:why:alpha|rule=ship-on-time timely 30!ship-on-time|order/8")
	if m = s.expect(answers, "<code>8</code>"); !slices.Contains(actions(m), "violations:alpha|rule=ship-on-time timely 30") {
		t.Errorf("the list is not found again: %v", actions(m))
	}
}

// TestACorrectionIsAskedShownMadeAndTakenBack goes all the way by the buttons that the pages offer.
func TestACorrectionIsAskedShownMadeAndTakenBack(t *testing.T) {
	s := newAlarmStage(t)
	step := func(prefix string, m outbox.Message, parts ...string) outbox.Message {
		t.Helper()
		i := slices.IndexFunc(actions(m), func(a string) bool { return strings.HasPrefix(a, prefix) })
		if i < 0 {
			t.Fatalf("no button %s: %v", prefix, actions(m))
		}
		answers, _ := s.tap(groupID, adminID, "Wang", "v1:"+actions(m)[i])
		last := slices.IndexFunc(answers, func(m outbox.Message) bool { return m.Kind == outbox.Reply })
		if last < 0 || answers[last].EditID != 9 {
			t.Fatalf("%s: %+v", prefix, answers)
		}
		return s.expect(answers[last:last+1], parts...)
	}
	list := s.expect(s.say(groupID, adminID, "/violations 30"))
	m := step("why:alpha|30!", list, "<code>8</code>")
	m = step("excuse:alpha|w30!|ask|", m, "Why was it not your fault")
	m = step("excuse:alpha|w30!|outage|", m, "missed → left out", "Platform outage")
	if len(s.office.events) != 0 || s.kept("alpha", late).Version != 0 || len(s.office.weighed) != 1 {
		t.Errorf("showing it did it: %v, %+v", s.office.events, s.kept("alpha", late))
	}
	m = step("excuse:alpha|w30!|yes-outage|", m, "Does not count", "Wang: not our fault, Platform outage")
	if len(s.office.events) != 1 || s.office.events[0].Type != "case.excused" {
		t.Errorf("events %v", s.office.events)
	}
	m = step("undo:alpha|w30!|excuse|", m, "Overdue", "taken back", "by Wang")
	if len(s.office.events) != 2 || s.office.events[1].Type != "case.reinstated" {
		t.Errorf("events %v", s.office.events)
	}
	m = step("take:alpha|w30!|", m, "Wang has it")
	m = step("undo:alpha|w30!|take|", m, "Overdue")
	step("violations:alpha|30", m, "Missed promises")
}

func TestWhoMayCorrectFromThePageOfACase(t *testing.T) {
	for _, tt := range []struct {
		chat, user int64
		data       string
		notice     string
	}{
		{groupID, memberID, "excuse:alpha|w|ask|" + late, "Only administrators"},
		{groupID, memberID, "excuse:alpha|w|yes-outage|" + late, "Only administrators"},
		{groupID, memberID, "undo:alpha|w|excuse|" + late, "Only administrators"},
		{groupID, memberID, "take:alpha|w|" + late, "It is yours"},
		{rivalID, rivalID, "excuse:alpha|w|yes-outage|" + late, "no such shop"},
		{groupID, adminID, "excuse:alpha|w|yes-spam|" + late, "too old"},
		{groupID, adminID, "excuse:alpha|w|yes-outage|" + theirs, "nothing like that"},
		{groupID, adminID, "excuse:alpha|w|yes-outage|" + late, "does not count"},
	} {
		s := newAlarmStage(t)
		if _, notice := s.tap(tt.chat, tt.user, "Someone", "v1:"+tt.data); !strings.Contains(notice, tt.notice) {
			t.Errorf("%s by %d: %q, want %q", tt.data, tt.user, notice, tt.notice)
		}
		if made := len(s.office.events) > 0; made != (tt.notice == "does not count") {
			t.Errorf("%s by %d: events %v", tt.data, tt.user, s.office.events)
		}
	}
}

func TestWithoutAnIDWhatMayBeMeantIsOffered(t *testing.T) {
	s := newAlarmStage(t)
	m := s.expect(s.say(groupID, adminID, "/take"), "Which one do you take", "<code>7</code>", "<code>8</code>")
	if got := actions(m); !slices.Contains(got, "take:alpha|w|"+late) || !slices.Contains(got, "take:alpha|w|"+near) {
		t.Errorf("%v", got)
	}
	m = s.expect(s.say(groupID, adminID, "/excuse"), "Which one do you correct", "<code>8</code>")
	if got := actions(m); !slices.Contains(got, "excuse:alpha|w|ask|"+late) || strings.Contains(m.HTML, "<code>7</code>") {
		t.Errorf("%v", got)
	}
	s.tap(groupID, adminID, "Wang", "v1:take:alpha|w|"+late)
	if m = s.expect(s.say(groupID, adminID, "/take")); strings.Contains(m.HTML, "<code>8</code>") {
		t.Errorf("what somebody has is offered:\n%s", m.HTML)
	}
}
