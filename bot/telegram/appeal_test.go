package telegram

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"shopwarden/bot/appeal"
	"shopwarden/bot/notify"
	"shopwarden/rules"
)

// appealed is a stage on which alpha and beta have a penalty each, and files can be fetched unless their id says otherwise.
func appealed(t *testing.T) *stage {
	s := newStage(t)
	s.office.penalties = map[string]rules.Sanction{"alpha P-1": penalty("P-1"), "alpha a|b c": penalty("a|b c"), "beta B-1": penalty("B-1")}
	s.router.cfg.Download = func(_ context.Context, id string, _ int64) ([]byte, string, error) {
		if id == "lost" {
			return nil, "", errors.New("secret words of a server")
		}
		return []byte("bytes of " + id), "x/" + id, nil
	}
	return s
}

// photoJSON is a photo with a caption that replies to a message of the bot with a button; "" for no such message.
func photoJSON(chat, user int64, file, caption, button string) string {
	quoted, _ := json.Marshal(caption)
	reply := ""
	if button != "" {
		data, _ := json.Marshal(button)
		reply = fmt.Sprintf(`,"reply_to_message":{"message_id":9,"date":1,"chat":%s,"from":{"id":1,"is_bot":true,"username":"shopwarden_bot"},"text":"page",
			"reply_markup":{"inline_keyboard":[[{"text":"x","url":"https://t.me/x"}],[{"text":"y","callback_data":%s}]]}}`, chatJSON(chat), data)
	}
	return fmt.Sprintf(`{"message":{"message_id":6,"date":1,"chat":%s,"from":{"id":%d,"first_name":"Li","language_code":"en"},"caption":%s,
		"photo":[{"file_id":"s","file_unique_id":"us","file_size":9},{"file_id":%q,"file_unique_id":"u-%s","file_size":90000}]%s}}`, chatJSON(chat), user, quoted, file, file, reply)
}

func TestAPhotoIsKeptForTheAppealItIsMeantFor(t *testing.T) {
	for name, tt := range map[string]struct {
		chat, user                     int64
		caption, button, penalty, note string
	}{
		"by its caption":            {ownerID, ownerID, "/appeal P-1", "", "P-1", ""},
		"in Chinese":                {ownerID, ownerID, "申诉 P-1", "", "P-1", ""},
		"with a note":               {ownerID, ownerID, "/appeal P-1 the slip", "", "P-1", "the slip"},
		"by an id with a space":     {ownerID, ownerID, "/appeal a|b c", "", "a|b c", ""},
		"by a reply":                {ownerID, ownerID, "the slip", "v1:appeal:alpha|P-1", "P-1", "the slip"},
		"by a reply, folder button": {ownerID, ownerID, "", "v1:folder:alpha|pack|-|a|b c", "a|b c", ""},
		"of a member of the group":  {groupID, memberID, "", "v1:appeal:alpha|P-1", "P-1", ""},
		"under a token":             {ownerID, ownerID, "", "t1:abc", "P-1", ""},
	} {
		s := appealed(t)
		s.store.tokens["abc"] = "appeal:alpha|P-1"
		update := photoJSON(tt.chat, tt.user, "f1", tt.caption, tt.button)
		answers, _ := s.handle(update)
		s.expect(answers, "Kept for", "1 of 20")
		if again, _ := s.repeat(update); len(again) != 0 {
			t.Errorf("%s: a repeated update is answered again", name)
		}
		f := s.store.folders["alpha "+tt.penalty]
		if len(f.Files) != 1 || f.Files[0].File != "f1" || f.Files[0].ID != "u-f1" || f.Files[0].Note != tt.note || f.Files[0].By.Person != tt.user || f.Files[0].Size != 90000 {
			t.Errorf("%s: kept %+v", name, s.store.folders)
		}
	}
}

func TestAPhotoThatIsMeantForNoAppealOfTheChatIsNotKept(t *testing.T) {
	for name, tt := range map[string]struct {
		chat            int64
		caption, button string
		answers         int
	}{
		"nothing said":                 {ownerID, "look", "", 0},
		"in a group":                   {groupID, "", "", 0},
		"reply to another page":        {ownerID, "", "v1:due:alpha", 0},
		"reply to what is no button":   {ownerID, "", "garbage", 0},
		"no such penalty":              {ownerID, "/appeal P-9", "", 1},
		"no penalty named":             {ownerID, "/appeal", "", 1},
		"of another's shop":            {ownerID, "/appeal B-1", "", 1},
		"of another's shop, by button": {ownerID, "", "v1:appeal:beta|B-1", 1},
		"of a stranger":                {99, "/appeal P-1", "", 1},
	} {
		s := appealed(t)
		answers, _ := s.handle(photoJSON(tt.chat, ownerID, "f1", tt.caption, tt.button))
		if len(answers) != tt.answers || len(s.store.folders) != 0 {
			t.Errorf("%s: %d answers, want %d, and kept %v", name, len(answers), tt.answers, s.store.folders)
		}
		if len(answers) == 1 && strings.Contains(answers[0].HTML, "Beta Hats") {
			t.Errorf("%s: another's shop is named:\n%s", name, answers[0].HTML)
		}
	}
	s := appealed(t)
	s.store.chats["alpha"][ownerID] = notify.Chat{ID: ownerID, Role: notify.Viewer, Lang: "en"}
	s.handle(photoJSON(ownerID, ownerID, "f1", "/appeal P-1", ""))
	if len(s.store.folders) != 0 {
		t.Errorf("a viewer added to an appeal: %v", s.store.folders)
	}
}

func TestTheTwentyFirstAttachmentIsRefusedInWords(t *testing.T) {
	s := appealed(t)
	for i := range appeal.Most {
		s.handle(photoJSON(ownerID, ownerID, fmt.Sprint(i), "/appeal P-1", ""))
	}
	answers, _ := s.handle(photoJSON(ownerID, ownerID, "more", "/appeal P-1", ""))
	s.expect(answers, "Not kept")
	answers, _ = s.press(ownerID, ownerID, "v1:folder:alpha|drop|u-3|P-1")
	s.expect(answers, "Taken out", "19 of 20")
}

func TestThePackIsADocumentWithWhatCouldBeFetched(t *testing.T) {
	s := appealed(t)
	s.handle(photoJSON(ownerID, ownerID, "f1", "/appeal P-1", ""))
	s.handle(photoJSON(ownerID, ownerID, "lost", "/appeal P-1", ""))
	answers, _ := s.press(ownerID, ownerID, "v1:folder:alpha|pack|-|P-1")
	m := s.expect(answers, "could not be fetched")
	if m.File == nil || m.File.Name != "appeal-P-1.zip" || m.EditID != 0 {
		t.Fatalf("document %+v, edits %d", m.File, m.EditID)
	}
	r, err := zip.NewReader(bytes.NewReader(m.File.Data), int64(len(m.File.Data)))
	must(t, err)
	var names []string
	for _, f := range r.File {
		names = append(names, f.Name)
	}
	if want := []string{"appeal.html", "timeline.csv", "files/01-photo.jpg"}; !slices.Equal(names, want) {
		t.Errorf("the pack holds %v, want %v", names, want)
	}
}

func TestAPackIsGivenInPrivateChatsOnly(t *testing.T) {
	s := appealed(t)
	answers, _ := s.press(groupID, adminID, "v1:folder:alpha|pack|-|P-1")
	m := s.expect(answers, "private chat")
	if m.File != nil {
		t.Error("a group got the pack")
	}
	if text := fmt.Sprint(m.Buttons); !strings.Contains(text, "https://t.me/shopwarden_bot") || strings.Contains(text, "pack|") {
		t.Errorf("buttons in a group: %s", text)
	}
}

func TestThatAnAppealWasMadeIsNotedOnceWithWhoAndWhen(t *testing.T) {
	s := appealed(t)
	answers, _ := s.press(ownerID, ownerID, "v1:folder:alpha|filed|-|P-1")
	s.expect(answers, "was appealed", "platform's word")
	s.now = s.now.Add(5)
	s.press(ownerID, ownerID, "v1:folder:alpha|filed|-|P-1")
	if f := s.store.folders["alpha P-1"].Filed; f.Person != ownerID || f.At != rules.InstantOf(noon) {
		t.Errorf("noted %+v", f)
	}
	for _, e := range s.office.events {
		if e.Type != "penalty.appealed" || e.Data.PenaltyID != "P-1" || !e.At.Equal(noon) || e.Data.By != fmt.Sprint(ownerID) {
			t.Errorf("event %+v", e)
		}
	}
	if len(s.office.events) != 2 { // the second says the same, and the counters know it
		t.Errorf("%d events, want the same one twice", len(s.office.events))
	}
	over := penalty("P-1")
	over.AppealBy = rules.InstantOf(noon) - 1
	s.office.penalties["alpha P-1"] = over
	if answers, notice := s.press(ownerID, ownerID, "v1:folder:alpha|filed|-|P-1"); len(answers) != 0 || notice == "" || len(s.office.events) != 2 {
		t.Errorf("after the deadline: %d answers, notice %q, %d events", len(answers), notice, len(s.office.events))
	}
}

func TestOnlyThoseWhoManageChangeAFolderByButtons(t *testing.T) {
	for _, act := range []string{"filed|-", "drop|u-f1", "pack|-"} {
		for _, who := range []struct{ chat, user int64 }{{groupID, memberID}, {groupID, 77}, {rivalID, rivalID}, {99, 99}} {
			s := appealed(t)
			s.handle(photoJSON(ownerID, ownerID, "f1", "/appeal P-1", ""))
			answers, notice := s.press(who.chat, who.user, "v1:folder:alpha|"+act+"|P-1")
			if f := s.store.folders["alpha P-1"]; len(answers) != 0 || notice == "" || len(f.Files) != 1 || !f.Filed.Nobody() || len(s.office.events) != 0 {
				t.Errorf("%s by %d in %d: %d answers, notice %q, folder %+v", act, who.user, who.chat, len(answers), notice, f)
			}
		}
	}
	s := appealed(t)
	for _, data := range []string{"v1:folder:alpha", "v1:folder:alpha|pack", "v1:folder:alpha|burn|-|P-1", "v1:folder:alpha|pack|-|P-9"} {
		if answers, notice := s.press(ownerID, ownerID, data); len(answers) != 0 || notice == "" {
			t.Errorf("%s: %d answers, notice %q", data, len(answers), notice)
		}
	}
}

func TestPointsAppealsAndTrendsAnswerInBothLanguages(t *testing.T) {
	for _, text := range []string{"/points", "积分", "/积分", "points", "/appeal", "申诉", "/appeal P-1", "/trend", "趋势 90天", "/trend hours", "/trend 7", "/trend nonsense", "/appeal alpha P-1"} {
		s := appealed(t)
		s.expect(s.say(ownerID, ownerID, text), "Alpha Toys")
	}
	s := appealed(t)
	s.expect(s.say(ownerID, ownerID, "/appeal P-9"))
}

func TestATrendIsAPictureAndItsButtonsEditIt(t *testing.T) {
	s := appealed(t)
	m := s.expect(s.say(ownerID, ownerID, "/trend"), "30 days")
	if m.Picture == nil || m.Picture.Trend == nil || len(m.Picture.Trend.Days) != 30 {
		t.Fatalf("picture %+v", m.Picture)
	}
	onPicture := fmt.Sprintf(`{"callback_query":{"id":"q","from":{"id":%d},"data":"v1:trend:alpha|hours","message":{"message_id":9,"date":1,"chat":%s,"caption":"x","photo":[{"file_id":"a"}]}}}`, ownerID, chatJSON(ownerID))
	answers, _ := s.handle(onPicture)
	if m := s.expect(answers, "12–14 h: 9 of 9"); m.EditID != 9 || m.Picture == nil || m.Picture.Heat == nil {
		t.Errorf("edits %d, picture %+v", m.EditID, m.Picture)
	}
	c := s.store.chats["alpha"][ownerID]
	c.Pictures = "off"
	s.store.chats["alpha"][ownerID] = c
	if m := s.expect(s.say(ownerID, ownerID, "/trend 7"), "7 days"); m.Picture != nil {
		t.Error("a chat without pictures gets one")
	}
	c.Pictures = "dark"
	s.store.chats["alpha"][ownerID] = c
	if m := s.expect(s.say(ownerID, ownerID, "/trend 7")); m.Picture == nil || m.Picture.Theme != "dark" {
		t.Errorf("picture %+v, want a dark one", m.Picture)
	}
}
