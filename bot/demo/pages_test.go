package demo

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"shopwarden/bot/telegram/telegramtest"
	"shopwarden/config"
)

// theatre is the pages of a demo without a program, a store and a shop, at ten in the morning, with the clock running.
type theatre struct {
	*demo
	url string
}

func newTheatre(t *testing.T, lang string) theatre {
	t.Helper()
	line, now := quietShop(t)
	text, err := loadLabels()
	must(t, err)
	cfg, err := Config{Lang: lang}.withDefaults()
	must(t, err)
	d := &demo{cfg: cfg, clock: NewClock(now, time.Now), time: line, hub: newHub("run"), shop: config.Shop{Name: "Shop"}}
	d.clock.SetSpeed(cfg.Speed)
	d.stage, err = newStage(d.clock.Now, lang, text[cfg.Lang])
	must(t, err)
	t.Cleanup(d.stage.telegram.Close)
	d.pages, err = newPages(d, text)
	must(t, err)
	server := httptest.NewServer(d.pages)
	t.Cleanup(server.Close)
	t.Cleanup(d.hub.close) // before the server, which waits for its streams
	return theatre{d, server.URL}
}

func (s theatre) request(t *testing.T, method, path, body string, header ...string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, s.url+path, strings.NewReader(body))
	must(t, err)
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	answer, err := http.DefaultClient.Do(req)
	must(t, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	must(t, err)
	return answer, string(text)
}

func TestThePageIsWholeInBothLanguages(t *testing.T) {
	s := newTheatre(t, "en")
	all, err := loadLabels()
	must(t, err)
	for path, lang := range map[string]string{"/": "en", "/?lang=zh": "zh", "/?lang=en": "en", "/?lang=xx": "en"} {
		answer, page := s.request(t, http.MethodGet, path, "")
		if answer.StatusCode != http.StatusOK || answer.Header.Get("Content-Security-Policy") != policy {
			t.Errorf("%s: %d %v", path, answer.StatusCode, answer.Header)
		}
		if !strings.Contains(page, `<html lang="`+lang+`">`) || !strings.Contains(page, all[lang]["ship_late"]) {
			t.Errorf("%s is not in %s", path, lang)
		}
		for _, bad := range []string{"<no value>", "ZgotmplZ", "style=", "onclick", "http://", "https://"} {
			if strings.Contains(page, bad) {
				t.Errorf("%s holds %q", path, bad)
			}
		}
		for _, both := range []string{all["en"]["banner"], all["zh"]["banner"]} {
			if !strings.Contains(page, both) {
				t.Errorf("%s does not say %q", path, both)
			}
		}
	}
}

func TestWhatThePageNeedsComesFromHere(t *testing.T) {
	s := newTheatre(t, "en")
	_, page := s.request(t, http.MethodGet, "/", "")
	for _, m := range regexp.MustCompile(`(?:src|href)="(/demo/[^"]+)"`).FindAllStringSubmatch(page, -1) {
		if answer, text := s.request(t, http.MethodGet, m[1], ""); answer.StatusCode != http.StatusOK || text == "" {
			t.Errorf("%s: %d", m[1], answer.StatusCode)
		}
	}
	for _, path := range []string{"/nothing", "/demo/", "/demo/labels.json", "/demo/file/nothing"} {
		if answer, _ := s.request(t, http.MethodGet, path, ""); answer.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d, want 404", path, answer.StatusCode)
		}
	}
}

func TestLabelsAreTheSameInBothLanguages(t *testing.T) {
	all, err := loadLabels()
	must(t, err)
	script, err := assets.ReadFile("page.js")
	must(t, err)
	for key, text := range all["en"] {
		if all["zh"][key] == "" || text == "" {
			t.Errorf("%s lacks a language", key)
		}
	}
	if len(all["en"]) != len(all["zh"]) {
		t.Errorf("%d labels in English, %d in Chinese", len(all["en"]), len(all["zh"]))
	}
	for _, m := range regexp.MustCompile(`labels\.([a-z_]+)`).FindAllStringSubmatch(string(script), -1) {
		if all["en"][m[1]] == "" {
			t.Errorf("the script uses the label %s, which is not there", m[1])
		}
	}
	for _, what := range Happenings() {
		if all["en"]["done_"+string(what)] == "" {
			t.Errorf("nothing is said when %s is done", what)
		}
	}
}

func TestTheScriptWritesNoMarkup(t *testing.T) {
	script, err := assets.ReadFile("page.js")
	must(t, err)
	for _, bad := range []string{"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "DOMParser"} {
		if strings.Contains(string(script), bad) {
			t.Errorf("the script uses %s", bad)
		}
	}
}

func TestSayReachesTheBotAsTheOwner(t *testing.T) {
	s := newTheatre(t, "en")
	for _, chat := range []string{ownerChat, teamChat} {
		if answer, text := s.request(t, http.MethodPost, "/demo/say", `{"chat":"`+chat+`","text":" /today "}`); answer.StatusCode != http.StatusOK {
			t.Fatalf("%d %s", answer.StatusCode, text)
		}
		said := s.stage.telegram.Messages(s.stage.chats[chat])
		if last := said[len(said)-1]; last.Text != "/today" || last.From.ID != ownerID {
			t.Errorf("%s: said %q by %d", chat, last.Text, last.From.ID)
		}
	}
}

func TestAPictureOrAFileReachesTheBotWithItsCaption(t *testing.T) {
	s := newTheatre(t, "en")
	attach := func(name string, data []byte) telegramtest.Message {
		t.Helper()
		body, err := json.Marshal(map[string]any{"chat": ownerChat, "text": " /appeal P1 ", "name": name, "data": data})
		must(t, err)
		if answer, text := s.request(t, http.MethodPost, "/demo/attach", string(body)); answer.StatusCode != http.StatusOK {
			t.Fatalf("%d %s", answer.StatusCode, text)
		}
		said := s.stage.telegram.Messages(ownerID)
		return said[len(said)-1]
	}
	photo, wide, paper := pictureOf(t, 60, 40), pictureOf(t, 400, 4), []byte("%PDF-1.7")
	if m := attach("shelf.png", photo); !bytes.Equal(m.Photo, photo) || m.Text != "/appeal P1" || m.From.ID != ownerID {
		t.Errorf("the picture arrived as %+v", m)
	}
	if m := attach("wide.png", wide); !bytes.Equal(m.Document, wide) {
		t.Errorf("what is no photo to Telegram arrived as %+v", m)
	}
	m := attach("proof.pdf", paper)
	if view := s.stage.viewOf(ownerChat, m); !bytes.Equal(m.Document, paper) || view.FileName != "proof.pdf" || view.Size != len(paper) || view.File == "" {
		t.Errorf("the file arrived as %+v", m)
	}
	for _, bad := range []map[string]any{
		{"chat": ownerChat, "name": "a"}, {"chat": ownerChat, "data": paper}, {"chat": "nobody", "name": "a", "data": paper},
		{"chat": ownerChat, "name": strings.Repeat("n", 300), "data": paper}, {"chat": ownerChat, "name": "a", "data": make([]byte, maxFile+1)},
	} {
		body, err := json.Marshal(bad)
		must(t, err)
		if answer, text := s.request(t, http.MethodPost, "/demo/attach", string(body)); answer.StatusCode != http.StatusBadRequest {
			t.Errorf("%.60s: %d %s", body, answer.StatusCode, text)
		}
	}
}

func TestRequestsThatMakeNoSenseAreRefused(t *testing.T) {
	s := newTheatre(t, "en")
	before := s.clock.Pace().Speed
	for _, x := range [][2]string{
		{"/demo/say", `{"chat":"owner","text":"  "}`}, {"/demo/say", `{"chat":"1001","text":"hi"}`}, {"/demo/say", `{"chat":"owner","text":"` + strings.Repeat("x", 5000) + `"}`},
		{"/demo/say", `{`}, {"/demo/say", `{"chat":"owner","text":"` + strings.Repeat("x", maxBody) + `"}`},
		{"/demo/press", `{"chat":"nobody","message":1,"data":"x"}`}, {"/demo/press", `{"chat":"owner","message":"1"}`},
		{"/demo/pace", `{}`}, {"/demo/pace", `{"speed":-1}`}, {"/demo/pace", `{"speed":1e9}`}, {"/demo/cause", `{"what":"earthquake"}`},
	} {
		answer, text := s.request(t, http.MethodPost, x[0], x[1])
		if answer.StatusCode != http.StatusBadRequest || !strings.Contains(text, "error_request") {
			t.Errorf("%s %.60s: %d %s", x[0], x[1], answer.StatusCode, text)
		}
	}
	if got := s.clock.Pace().Speed; got != before {
		t.Errorf("the speed changed to %v", got)
	}
}

func TestOtherSitesChangeNothing(t *testing.T) {
	s := newTheatre(t, "en")
	said := len(s.stage.telegram.Messages(ownerID))
	for _, header := range [][]string{{"Origin", "https://elsewhere.example"}, {"Sec-Fetch-Site", "cross-site"}, {"Origin", "null"}} {
		if answer, _ := s.request(t, http.MethodPost, "/demo/say", `{"chat":"owner","text":"hi"}`, header...); answer.StatusCode != http.StatusForbidden {
			t.Errorf("%v: %d", header, answer.StatusCode)
		}
	}
	if answer, _ := s.request(t, http.MethodPost, "/demo/say", `{"chat":"owner","text":"hi"}`, "Content-Type", "text/plain"); answer.StatusCode != http.StatusBadRequest {
		t.Errorf("a form's content type: %d", answer.StatusCode)
	}
	if answer, _ := s.request(t, http.MethodGet, "/demo/say", ""); answer.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("GET: %d", answer.StatusCode)
	}
	if n := len(s.stage.telegram.Messages(ownerID)); n != said {
		t.Errorf("%d messages were said", n-said)
	}
}

func TestPressGoesToButtonsThatAreThere(t *testing.T) {
	s := newTheatre(t, "en")
	id := s.botSays(t, `{"chat_id":1001,"text":"Pick","reply_markup":{"inline_keyboard":[[{"text":"Due","callback_data":"v1:due:demo"}]]}}`)
	if answer, text := s.request(t, http.MethodPost, "/demo/press", `{"chat":"owner","message":`+id+`,"data":"v1:due:demo"}`); answer.StatusCode != http.StatusOK {
		t.Errorf("%d %s", answer.StatusCode, text)
	}
	if n := s.stage.telegram.Pending(); n == 0 {
		t.Error("the bot hears nothing of it")
	}
	for _, body := range []string{`{"chat":"owner","message":` + id + `,"data":"v1:other"}`, `{"chat":"owner","message":99,"data":"v1:due:demo"}`} {
		if answer, text := s.request(t, http.MethodPost, "/demo/press", body); answer.StatusCode != http.StatusNotFound || !strings.Contains(text, "error_button") {
			t.Errorf("%s: %d %s", body, answer.StatusCode, text)
		}
	}
}

// botSays calls sendMessage and returns the message's id.
func (s theatre) botSays(t *testing.T, body string) string {
	t.Helper()
	url := s.stage.telegram.URL() + "/bot" + s.stage.telegram.Token() + "/sendMessage"
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(body))
	must(t, err)
	req.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(req)
	must(t, err)
	defer answer.Body.Close()
	var out struct {
		OK     bool
		Result struct {
			ID json.Number `json:"message_id"`
		}
	}
	must(t, json.NewDecoder(answer.Body).Decode(&out))
	if !out.OK {
		t.Fatalf("sendMessage refused %s", body)
	}
	return out.Result.ID.String()
}

func TestPaceChangesTheClock(t *testing.T) {
	s := newTheatre(t, "en")
	for _, x := range []struct {
		body  string
		speed float64
		rush  bool
	}{{`{"speed":300}`, 300, false}, {`{"speed":0}`, 0, false}, {`{"skip":true}`, rushSpeed, true}, {`{"speed":1}`, 1, false}} {
		_, text := s.request(t, http.MethodPost, "/demo/pace", x.body)
		var got paceView
		must(t, json.Unmarshal([]byte(text), &got))
		if got.Speed != x.speed || got.Rush != x.rush {
			t.Errorf("%s: %+v", x.body, got)
		}
	}
}

func TestSkippingEndsAMinuteBeforeTheNextScorecard(t *testing.T) {
	for _, x := range []struct{ now, want time.Time }{
		{morning, today.At(8*60+59, shanghai).Time()},
		{today.At(8*60+59, shanghai).Time(), today.Next(1).At(8*60+59, shanghai).Time()},
		{today.At(23*60+59, shanghai).Time(), today.Next(1).At(8*60+59, shanghai).Time()},
		{today.At(10, shanghai).Time(), today.At(8*60+59, shanghai).Time()},
	} {
		if got := beforeNine(x.now, shanghai); !got.Equal(x.want) {
			t.Errorf("from %v to %v, want %v", x.now, got, x.want)
		}
	}
}

func TestCauseMakesItHappenOrSaysWhyNot(t *testing.T) {
	s := newTheatre(t, "en")
	if _, text := s.request(t, http.MethodPost, "/demo/cause", `{"what":"late_proof"}`); !strings.Contains(text, "error_nothing_late") {
		t.Errorf("got %s", text)
	}
	if _, text := s.request(t, http.MethodPost, "/demo/cause", `{"what":"ship_late"}`); !strings.Contains(text, `"subject":"900001"`) {
		t.Errorf("got %s", text)
	}
	if events := s.time.take(s.clock.Now()); len(events) != 2 {
		t.Errorf("%d events, want 2", len(events))
	}
}

func TestDocumentsAreSavedAndPicturesAreShown(t *testing.T) {
	s := newTheatre(t, "en")
	for _, x := range []struct {
		post telegramtest.Post
		kind string
	}{
		{telegramtest.Post{ChatID: ownerID, UserID: ownerID, Photo: pictureOf(t, 8, 8)}, "image/png"},
		{telegramtest.Post{ChatID: ownerID, UserID: ownerID, Document: []byte("<script>alert(1)</script>"), FileName: "a.html"}, "application/octet-stream"},
	} {
		m, err := s.stage.telegram.Post(x.post)
		must(t, err)
		answer, _ := s.request(t, http.MethodGet, filePath+m.FileID, "")
		saved := answer.Header.Get("Content-Disposition") == "attachment"
		if answer.Header.Get("Content-Type") != x.kind || saved == strings.HasPrefix(x.kind, "image/") || answer.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%v", answer.Header)
		}
		if v := s.stage.viewOf(ownerChat, m); v.Photo+v.File != filePath+m.FileID {
			t.Errorf("shown as %+v", v)
		}
	}
}

func TestTheSliderHasTheSpeedTheDemoWasStartedWith(t *testing.T) {
	for speed, want := range map[float64][]float64{60: {0, 1, 60, 300}, 120: {0, 1, 60, 120, 300}, 0.5: {0, 0.5, 1, 60, 300}, 1000: {0, 1, 60, 300, 1000}} {
		p := pages{d: &demo{cfg: Config{Speed: speed}}}
		if got := p.speeds(); !slices.Equal(got, want) {
			t.Errorf("%v: %v, want %v", speed, got, want)
		}
	}
}

func TestEntitiesGoToThePageAndMarkupDoesNot(t *testing.T) {
	s := newTheatre(t, "en")
	changes := s.stage.telegram.Watch(t.Context())
	s.botSays(t, `{"chat_id":1001,"parse_mode":"HTML","text":"<b>5 &lt; 6</b> &amp; more"}`)
	s.stage.tell(s.hub, <-changes)
	m := stateOf(t, s.hub).Chats[ownerChat][0]
	if m.Text != "5 < 6 & more" || len(m.Entities) != 1 || m.Entities[0].Length != 5 || m.Who != "bot" {
		t.Errorf("got %+v", m)
	}
}
