package telegramtest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Config holds what a Server may be told. The zero value works.
type Config struct {
	// Token is the bot's token; "42:TEST" when empty. The number before the
	// colon is the bot's user id.
	Token string
	// Username is the bot's @name without the @; "shopwarden_bot" when empty.
	Username string
	// Name is the bot's first name; "Shopwarden" when empty.
	Name string
	// Addr is where Start listens; "127.0.0.1:0" when empty.
	Addr string
	// Now dates messages and drives Limits; time.Now when nil. Long polls and
	// webhook retries wait in real time whatever Now says.
	Now func() time.Time
	// Limits are the flood limits; the zero value has none. See TelegramLimits.
	Limits Limits
	// FirstUpdateID is the id of the first update; 1 when zero. A server that
	// restarts in front of a bot that remembers ids needs a higher one.
	FirstUpdateID int64
	// ReadsAll switches the bot's privacy mode off: in groups it then receives
	// every message, not only those meant for it.
	ReadsAll bool
	// PlainWebApps allows Mini App buttons with http addresses, as Telegram's test
	// environment does.
	PlainWebApps bool
	// Rich lets the server know sendRichMessage, as those of Bot API 10.1 and later
	// do. Without it the method is unknown.
	Rich bool
	// WebhookRetry is the pause after the first refused webhook delivery; it
	// doubles up to 32 times that. One second when zero.
	WebhookRetry time.Duration
	// Observe, when set, is told of every call before it is answered, from several
	// goroutines at once. ctx is the request's: what the http.Server around this
	// handler put into it, by BaseContext for example, is in there.
	Observe func(ctx context.Context, c Call)
}

// Server is one bot's Telegram. It is safe for concurrent use. Close it.
type Server struct {
	cfg     Config
	methods map[string]method
	ctx     context.Context // ends with Close
	cancel  context.CancelFunc
	work    sync.WaitGroup // requests, pushers, watchers, the listener
	hooks   *http.Client

	mu        sync.Mutex
	closed    bool
	url       string
	http      *http.Server
	changed   chan struct{} // closed and replaced whenever anything changes
	me        User
	users     map[int64]User
	chats     map[int64]*chat
	lastGroup int64
	updates   updateQueue
	poll      *poll
	hook      *webhook
	faults    []*armedFault
	mix       mix
	calls     map[string]int
	pace      pace
	queries   map[string]*callback
	answers   []CallbackAnswer
	files     map[string]*file
	profile   profile
	watchers  map[*watcher]struct{}
}

// New returns a server with no chats. It listens nowhere until Start is called;
// as an http.Handler it works at once.
func New(cfg Config) *Server {
	cfg = withDefaults(cfg)
	ctx, cancel := context.WithCancel(context.Background())
	s := &Server{
		cfg: cfg, ctx: ctx, cancel: cancel, hooks: webhookClient(),
		changed:   make(chan struct{}),
		me:        User{ID: botID(cfg.Token), IsBot: true, FirstName: cfg.Name, Username: cfg.Username},
		users:     map[int64]User{},
		chats:     map[int64]*chat{},
		lastGroup: 1000,
		updates:   updateQueue{next: cfg.FirstUpdateID},
		calls:     map[string]int{},
		pace:      newPace(cfg.Limits),
		queries:   map[string]*callback{},
		files:     map[string]*file{},
		profile:   newProfile(),
		watchers:  map[*watcher]struct{}{},
	}
	s.methods = s.table()
	return s
}

func withDefaults(cfg Config) Config {
	cfg.Token = cmp.Or(cfg.Token, "42:TEST")
	cfg.Username = cmp.Or(cfg.Username, "shopwarden_bot")
	cfg.Name = cmp.Or(cfg.Name, "Shopwarden")
	cfg.Addr = cmp.Or(cfg.Addr, "127.0.0.1:0")
	cfg.FirstUpdateID = cmp.Or(cfg.FirstUpdateID, 1)
	cfg.WebhookRetry = cmp.Or(cfg.WebhookRetry, time.Second)
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	return cfg
}

// botID is the number before the colon of a token, 42 when there is none.
func botID(token string) int64 {
	head, _, _ := strings.Cut(token, ":")
	if id, err := strconv.ParseInt(head, 10, 64); err == nil && id > 0 {
		return id
	}
	return 42
}

// Start listens on Config.Addr and serves until Close. It errs when the address
// is taken, and when the server was started or closed before.
func (s *Server) Start() error {
	listener, err := (&net.ListenConfig{}).Listen(s.ctx, "tcp", s.cfg.Addr)
	if err != nil {
		return fmt.Errorf("listen for bots: %w", err)
	}
	server := &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second}
	if err := s.adopt(server, listener.Addr()); err != nil {
		_ = listener.Close()
		return err
	}
	go func() {
		defer s.work.Done()
		_ = server.Serve(listener) // ErrServerClosed: Close is the only way out
	}()
	return nil
}

func (s *Server) adopt(server *http.Server, addr net.Addr) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || s.http != nil {
		return errors.New("start the Bot API: already started or closed")
	}
	s.http, s.url = server, "http://"+addr.String()
	s.work.Add(1)
	return nil
}

// URL is the address for the bot's server setting, without a trailing slash;
// empty before Start.
func (s *Server) URL() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.url
}

// Token is the token the server accepts.
func (s *Server) Token() string { return s.cfg.Token }

// Close ends polls, webhook pushes, hanging requests and watches, and returns
// when all of them are gone. What the chats show can still be read. Repeated
// calls do nothing.
func (s *Server) Close() {
	s.mu.Lock()
	s.closed = true
	server := s.http
	s.mu.Unlock()
	s.cancel()
	if server != nil {
		_ = server.Close()
	}
	s.work.Wait()
	s.hooks.CloseIdleConnections()
}

// enter counts a piece of work that Close has to wait for; false after Close.
func (s *Server) enter() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.work.Add(1)
	return true
}

// announce wakes everybody who waits for a change. The caller holds s.mu.
func (s *Server) announce() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// ServeHTTP answers /bot<token>/<method> and /file/bot<token>/<path>.
// It panics with http.ErrAbortHandler to cut a connection, as net/http expects.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !s.enter() {
		writeError(w, &Error{Code: http.StatusServiceUnavailable, Description: "Service Unavailable"})
		return
	}
	defer s.work.Done()
	path, isFile := strings.CutPrefix(r.URL.Path, "/file")
	path, isBot := strings.CutPrefix(path, "/bot")
	token, rest, found := strings.Cut(path, "/")
	switch {
	case !isBot || !found:
		writeError(w, notFound("Not Found"))
	case token != s.cfg.Token:
		writeError(w, &Error{Code: http.StatusUnauthorized, Description: "Unauthorized"})
	case isFile:
		s.serveFile(w, rest)
	default:
		s.serveMethod(w, r, rest)
	}
}
