package demo

import (
	"bytes"
	"encoding/json"
	"errors"
	"html/template"
	"io/fs"
	"net/http"
	"strings"
	"sync"
	"time"

	"shopwarden/bot/telegram/telegramtest"
	"shopwarden/rules"
)

// pages serves the page, its stream and what its buttons do. It is safe for concurrent use.
//
//	GET  /                  the page; ?lang=zh or ?lang=en chooses its own words
//	GET  /demo/stream       Server-Sent Events: snapshot, message, answer, typing, delivery, pace; resumes at Last-Event-ID
//	GET  /demo/file/{id}    a picture or document of a chat
//	POST /demo/say          {"chat","text"}: the owner writes
//	POST /demo/attach       {"chat","text","name","data"}: the owner sends a picture or a file, data in base64
//	POST /demo/press        {"chat","message","data"}: the owner presses a button
//	POST /demo/pace         {"speed"} or {"skip":true}
//	POST /demo/cause        {"what"}: a Happening
//
// What changes something takes JSON from pages of the same origin only.
type pages struct {
	d       *demo
	mux     *http.ServeMux
	page    *template.Template
	text    map[string]labels
	visited chan struct{} // closed when the first browser listens
	first   sync.Once
}

// Paths below the page.
const (
	filePath = "/demo/file/"
	maxBody  = 32 << 10
	maxFile  = 8 << 20 // bytes of a file that is attached
)

func newPages(d *demo, text map[string]labels) (*pages, error) {
	page, err := template.ParseFS(assets, "page.html")
	if err != nil {
		return nil, err
	}
	p := &pages{d: d, page: page, text: text, mux: http.NewServeMux(), visited: make(chan struct{})}
	p.mux.HandleFunc("GET /{$}", p.front)
	p.mux.HandleFunc("GET /demo/style.css", p.asset("style.css", "text/css; charset=utf-8"))
	p.mux.HandleFunc("GET /demo/page.js", p.asset("page.js", "text/javascript; charset=utf-8"))
	p.mux.HandleFunc("GET /demo/icon.svg", p.asset("icon.svg", "image/svg+xml"))
	p.mux.HandleFunc("GET /demo/stream", p.stream)
	p.mux.HandleFunc("GET "+filePath+"{id}", p.file)
	same := http.NewCrossOriginProtection()
	for path, act := range map[string]func(*http.Request) (any, error){
		"/demo/say": p.say, "/demo/press": p.press, "/demo/pace": p.pace, "/demo/cause": p.cause} {
		p.mux.Handle("POST "+path, same.Handler(answering(act, maxBody)))
	}
	p.mux.Handle("POST /demo/attach", same.Handler(answering(p.attach, maxBody+maxFile/3*4)))
	return p, nil
}

// policy lets the page use what comes from here and nothing else, and no script write markup.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"

// ServeHTTP answers one request.
func (p *pages) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	p.mux.ServeHTTP(w, r)
}

// front is the page itself.
func (p *pages) front(w http.ResponseWriter, r *http.Request) {
	lang := r.URL.Query().Get("lang")
	if p.text[lang] == nil {
		lang = p.d.cfg.Lang
	}
	var out bytes.Buffer
	err := p.page.Execute(&out, map[string]any{
		"Lang": lang, "T": p.text[lang], "Commands": commands, "Happenings": Happenings(), "Speeds": p.speeds(),
		"Chats": []string{ownerChat, teamChat}, "Zone": zoneName, "Shop": p.d.shop.Name,
	})
	if err != nil {
		p.d.cfg.Log.Error("writing the page of the demo", "err", err)
		http.Error(w, "the page cannot be shown", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(out.Bytes())
}

// commands are what the page suggests to type.
var commands = [...]string{"/today", "/due", "/violations", "/trend", "/tips", "/points", "/appeal", "/export", "/settings", "/help"}

// speeds are the stops of the slider: pause, real time, a minute a second, five, and what the demo was started with.
func (p *pages) speeds() []float64 {
	stops := []float64{0, 1, 60, 300}
	for i, stop := range stops {
		switch {
		case stop == p.d.cfg.Speed:
			return stops
		case stop > p.d.cfg.Speed:
			return append(stops[:i:i], append([]float64{p.d.cfg.Speed}, stops[i:]...)...)
		}
	}
	return append(stops, p.d.cfg.Speed)
}

func (p *pages) asset(name, kind string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		data, err := fs.ReadFile(assets, name)
		if err != nil {
			http.Error(w, "not found", http.StatusNotFound)
			return
		}
		w.Header().Set("Content-Type", kind)
		_, _ = w.Write(data)
	}
}

// file hands out a picture to be shown, and any other file to be saved: a document may be HTML.
func (p *pages) file(w http.ResponseWriter, r *http.Request) {
	data, ok := p.d.stage.telegram.File(r.PathValue("id"))
	if !ok {
		http.NotFound(w, r)
		return
	}
	kind := http.DetectContentType(data)
	if !strings.HasPrefix(kind, "image/") {
		kind = "application/octet-stream"
		w.Header().Set("Content-Disposition", "attachment")
	}
	w.Header().Set("Content-Type", kind)
	_, _ = w.Write(data) //nolint:gosec // G705: only pictures are shown, anything else is saved as a file
}

// refusal is why something was not done. Its text is a key of the page's labels.
type refusal struct {
	status int
	label  string
}

func (r refusal) Error() string { return r.label }

var errBadRequest = refusal{http.StatusBadRequest, "error_request"}

// answering makes a handler of something that may refuse, of bodies of up to limit bytes.
func answering(act func(*http.Request) (any, error), limit int64) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		status, value := http.StatusOK, any(nil)
		if kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";"); kind == "application/json" {
			r.Body = http.MaxBytesReader(w, r.Body, limit)
			var err error
			if value, err = act(r); err != nil {
				status, value = refuse(err)
			}
		} else {
			status, value = refuse(errBadRequest)
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(value) // a browser that went away is its own affair
	})
}

func refuse(err error) (int, any) {
	var r refusal
	if !errors.As(err, &r) {
		r = refusal{http.StatusConflict, "error_failed"}
	}
	return r.status, map[string]string{"error": r.label}
}

// read decodes the body of a request.
func read[T any](r *http.Request) (v T, err error) {
	if err := json.NewDecoder(r.Body).Decode(&v); err != nil {
		return v, errBadRequest
	}
	return v, nil
}

// chat finds a chat of the page.
func (p *pages) chat(name string) (int64, error) {
	id, ok := p.d.stage.chats[name]
	if !ok {
		return 0, errBadRequest
	}
	return id, nil
}

// maxText is what Telegram takes in one message, in UTF-16 units; bytes are close enough for a visitor.
const maxText = 4096

func (p *pages) say(r *http.Request) (any, error) {
	in, err := read[struct{ Chat, Text string }](r)
	if err != nil {
		return nil, err
	}
	id, err := p.chat(in.Chat)
	if text := strings.TrimSpace(in.Text); err != nil || text == "" || len(text) > maxText {
		return nil, errBadRequest
	}
	m, err := p.d.stage.telegram.Say(id, p.d.stage.owner.ID, strings.TrimSpace(in.Text))
	return map[string]int{"message": m.ID}, err
}

// attach sends a picture as such where Telegram would take it, and anything else as a file.
func (p *pages) attach(r *http.Request) (any, error) {
	in, err := read[struct {
		Chat, Text, Name string
		Data             []byte
	}](r)
	if err != nil {
		return nil, err
	}
	id, err := p.chat(in.Chat)
	text := strings.TrimSpace(in.Text)
	if err != nil || len(in.Data) == 0 || len(in.Data) > maxFile || len(text) > maxText || in.Name == "" || len(in.Name) > maxName {
		return nil, refusal{http.StatusBadRequest, "error_file"}
	}
	post := telegramtest.Post{ChatID: id, UserID: p.d.stage.owner.ID, Text: text, FileName: in.Name}
	var m telegramtest.Message
	if kind := http.DetectContentType(in.Data); kind == "image/png" || kind == "image/jpeg" || kind == "image/gif" {
		post.Photo = in.Data
		if m, err = p.d.stage.telegram.Post(post); err == nil {
			return map[string]int{"message": m.ID}, nil
		}
	}
	post.Photo, post.Document = nil, in.Data
	m, err = p.d.stage.telegram.Post(post)
	return map[string]int{"message": m.ID}, err
}

// maxName is the most bytes of a file's name.
const maxName = 255

func (p *pages) press(r *http.Request) (any, error) {
	in, err := read[struct {
		Chat    string
		Message int
		Data    string
	}](r)
	if err != nil {
		return nil, err
	}
	id, err := p.chat(in.Chat)
	if err != nil {
		return nil, err
	}
	query, err := p.d.stage.telegram.Press(id, in.Message, p.d.stage.owner.ID, in.Data)
	if errors.Is(err, telegramtest.ErrNoButton) || errors.Is(err, telegramtest.ErrNoMessage) {
		return nil, refusal{http.StatusNotFound, "error_button"}
	}
	return map[string]string{"query": query}, err
}

func (p *pages) pace(r *http.Request) (any, error) {
	in, err := read[struct {
		Speed *float64
		Skip  bool
	}](r)
	switch {
	case err != nil:
		return nil, err
	case in.Skip:
		p.skip()
	case in.Speed != nil && *in.Speed >= 0 && *in.Speed <= maxSpeed:
		p.d.clock.SetSpeed(*in.Speed)
	default:
		return nil, errBadRequest
	}
	p.d.hub.wake()
	return p.paceNow(), nil
}

// skip runs to the next morning, also from a standstill.
func (p *pages) skip() {
	pace := p.d.clock.Pace()
	if pace.Speed == 0 {
		p.d.clock.SetSpeed(p.d.cfg.Speed)
	}
	p.d.clock.RushTo(beforeNine(pace.Now, p.d.time.world.zone), rushSpeed)
}

// beforeNine is the next minute before nine, local time.
func beforeNine(now time.Time, zone *time.Location) time.Time {
	const minute = 8*60 + 59
	day := rules.DateOf(rules.InstantOf(now), zone)
	if at := day.At(minute, zone).Time(); at.After(now) {
		return at
	}
	return day.Next(1).At(minute, zone).Time()
}

func (p *pages) cause(r *http.Request) (any, error) {
	in, err := read[struct{ What Happening }](r)
	if err != nil {
		return nil, err
	}
	subject, err := p.d.time.cause(in.What, p.d.clock.Now())
	for bad, label := range map[error]string{errNothingLate: "error_nothing_late", errNotLateYet: "error_not_late_yet", errNight: "error_night"} {
		if errors.Is(err, bad) {
			return nil, refusal{http.StatusConflict, label}
		}
	}
	if err != nil {
		return nil, errBadRequest
	}
	return map[string]string{"subject": subject}, nil
}
