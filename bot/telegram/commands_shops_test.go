package telegram

import (
	"slices"
	"testing"

	"shopwarden/bot/notify"
	"shopwarden/bot/outbox"
)

func hasAction(rows [][]outbox.Button, action string) bool {
	return slices.ContainsFunc(rows, func(row []outbox.Button) bool {
		return slices.ContainsFunc(row, func(b outbox.Button) bool { return b.Action == action })
	})
}

func TestAChatOfSeveralShopsSeesHowEachStands(t *testing.T) {
	s := newStage(t)
	s.store.chats["beta"][ownerID] = notify.Chat{ID: ownerID, Role: notify.Owner, Lang: "en"}
	m := s.expect(s.say(ownerID, ownerID, "/shops"), "of 2 shops", "Alpha Toys", "Beta Hats")
	if !hasAction(m.Buttons, "today:alpha") || !hasAction(m.Buttons, "today:beta") || !hasAction(m.Buttons, "shops:0|mine") {
		t.Errorf("buttons %v", m.Buttons)
	}
	answers, _ := s.press(ownerID, ownerID, "v1:shops:0|mine")
	if m := s.expect(answers, "Nothing needs you"); m.EditID != 9 || !hasAction(m.Buttons, "shops:0|all") {
		t.Errorf("edits %d, buttons %v", m.EditID, m.Buttons)
	}
	for _, data := range []string{"v1:shops:", "v1:shops:99|all", "v1:shops:-1|x", "v1:shops:1e9|mine|more"} {
		answers, _ := s.press(ownerID, ownerID, data)
		s.expect(answers, "of 2 shops")
	}
}

func TestTheOtherShopIsOneTapAwayWhereThereIsOne(t *testing.T) {
	s := newStage(t)
	for _, several := range []bool{false, true} {
		if several {
			s.store.chats["beta"][ownerID] = notify.Chat{ID: ownerID, Role: notify.Owner, Lang: "en"}
		}
		for _, text := range []string{"/today alpha", "/due alpha", "/violations alpha", "/tips alpha"} {
			if m := s.expect(s.say(ownerID, ownerID, text), "Alpha Toys"); hasAction(m.Buttons, "shops:") != several {
				t.Errorf("%s with several %v: %v", text, several, m.Buttons)
			}
		}
	}
}
