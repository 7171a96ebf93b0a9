package webhook

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"runtime/debug"
	"time"

	"shopwarden/rules"
)

// Config tunes a [Handler]; the zero value works.
type Config struct {
	// MaxBody is the largest body taken, in bytes; 1 MiB when 0.
	MaxBody int64
	// ReadTimeout is how long a sender may take to deliver its body; 5 s when 0.
	ReadTimeout time.Duration
	// ApplyTimeout is how long finding the keys and committing may take together; 4 s when 0, because Doudian waits
	// 5 s for its acknowledgement.
	ApplyTimeout time.Duration
	// Tolerance is how far a Standard Webhooks timestamp may be off, either way, inclusive and in whole seconds; 5 min
	// when 0.
	Tolerance time.Duration
	// Now is the clock; time.Now when nil.
	Now func() time.Time
	// DoudianTags is what Doudian's tags mean; the table that comes with the program when nil.
	DoudianTags *DoudianTags
	// Observe, when given, is called once per delivery with the platform ([Standard] or [Doudian]) and one of the
	// Result constants. It is called concurrently.
	Observe func(platform, result string)
	// ObserveEvents, when given, is called once per acknowledged delivery with the number of events that were
	// committed and of those left out, which the vocabulary does not know or which lie in the future ([MaxAhead]). It is
	// called concurrently.
	ObserveEvents func(platform string, accepted, unknown int)
}

func (c Config) withDefaults() Config {
	if c.MaxBody <= 0 {
		c.MaxBody = 1 << 20
	}
	if c.ReadTimeout <= 0 {
		c.ReadTimeout = 5 * time.Second
	}
	if c.ApplyTimeout <= 0 {
		c.ApplyTimeout = 4 * time.Second
	}
	if c.Tolerance <= 0 {
		c.Tolerance = 5 * time.Minute
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.DoudianTags == nil {
		c.DoudianTags = builtinDoudianTags()
	}
	if c.Observe == nil {
		c.Observe = func(string, string) {}
	}
	if c.ObserveEvents == nil {
		c.ObserveEvents = func(string, int, int) {}
	}
	return c
}

// Handler answers the webhooks of all platforms. It is safe for concurrent use and keeps nothing between requests.
type Handler struct {
	cfg    Config
	keys   Keys
	intake Intake
	log    *slog.Logger
	mux    *http.ServeMux
	decoy  string // a secret nobody knows; shops that do not exist are verified with it
}

// dialect is what differs between platforms.
type dialect interface {
	platform() string
	// test reports whether an unverified body asks for nothing but an acknowledgement.
	test(body []byte) bool
	// verify judges the raw bytes. It does the same work whatever the ring holds.
	verify(d delivery, ring Keyring) *failure
	// parse turns a verified body into checked events of known types. Any error refuses the whole body.
	parse(d delivery, ring Keyring) (parsed, error)
	// accept writes the platform's acknowledgement, refuse its opposite.
	accept(w http.ResponseWriter, accepted, unknown int)
	refuse(w http.ResponseWriter, f *failure)
}

// delivery is one request, read.
type delivery struct {
	shop    string
	header  http.Header
	body    []byte
	arrived time.Time
}

// parsed is what a body says. unknown names what the vocabulary has no word for, once per event; ahead says the same of
// events of the future that are left out.
type parsed struct {
	events  []rules.Event
	unknown []string
	ahead   []string
}

// leftOut is how many events are acknowledged and not applied.
func (p parsed) leftOut() int { return len(p.unknown) + len(p.ahead) }

// New returns the handler of the routes in the package comment; mount it at /hooks/. log gets refused deliveries,
// without secrets and without bodies.
func New(cfg Config, keys Keys, intake Intake, log *slog.Logger) *Handler {
	cfg = cfg.withDefaults()
	h := &Handler{cfg: cfg, keys: keys, intake: intake, log: log, mux: http.NewServeMux(), decoy: randomSecret()}
	for _, d := range []dialect{
		standardDialect{now: cfg.Now, tolerance: cfg.Tolerance},
		doudianDialect{tags: cfg.DoudianTags},
	} {
		route := "/hooks/" + d.platform() + "/{shop}"
		h.mux.Handle("POST "+route, h.deliver(d))
		h.mux.Handle(route, h.wrongMethod(d))
	}
	h.mux.HandleFunc("/", noSuchPath)
	return h
}

// ServeHTTP answers one delivery.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) { h.mux.ServeHTTP(w, r) }

func randomSecret() string {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails
	return base64.StdEncoding.EncodeToString(key)
}

func noSuchPath(w http.ResponseWriter, _ *http.Request) {
	f := &failure{status: http.StatusNotFound, code: "no_such_path", message: "there is nothing here; webhooks go to /hooks/{platform}/{shop}"}
	writeFailure(w, f, f.json())
}

func (h *Handler) wrongMethod(d dialect) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		h.cfg.Observe(d.platform(), ResultMethod)
		w.Header().Set("Allow", http.MethodPost)
		d.refuse(w, &failure{status: http.StatusMethodNotAllowed, code: ResultMethod, message: "webhooks are sent with POST"})
	}
}

// deliver answers the deliveries of one dialect. It is the one place that writes replies, logs and counts.
func (h *Handler) deliver(d dialect) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		shop := r.PathValue("shop")
		defer h.recoverPanic(w, d, shop)
		if got, result, fail := h.take(w, r, d, shop); fail != nil {
			h.cfg.Observe(d.platform(), fail.result())
			h.logFailure(d, shop, fail)
			d.refuse(w, fail)
		} else {
			h.cfg.Observe(d.platform(), result)
			h.cfg.ObserveEvents(d.platform(), len(got.events), got.leftOut())
			h.logLeftOut(d, shop, got)
			d.accept(w, len(got.events), got.leftOut())
		}
	}
}

// take reads, verifies, parses and commits one delivery. Without a failure the delivery may be acknowledged.
func (h *Handler) take(w http.ResponseWriter, r *http.Request, d dialect, shop string) (parsed, string, *failure) {
	got := delivery{shop: shop, header: r.Header, arrived: h.cfg.Now()}
	body, fail := h.readBody(w, r)
	if fail != nil {
		return parsed{}, "", fail
	}
	got.body = body
	if d.test(body) {
		return parsed{}, ResultTest, nil
	}
	ctx, cancel := context.WithTimeout(r.Context(), h.cfg.ApplyTimeout)
	defer cancel()
	ring, fail := h.verify(ctx, d, got)
	if fail != nil {
		return parsed{}, "", fail
	}
	said, err := d.parse(got, ring)
	if err != nil {
		return parsed{}, "", badBody(err)
	}
	if len(said.events) == 0 {
		return said, ResultAccepted, nil
	}
	if err := h.intake.Apply(ctx, shop, said.events); err != nil {
		return parsed{}, "", unavailable(ctx, fmt.Errorf("applying %d events: %w", len(said.events), err))
	}
	return said, ResultAccepted, nil
}

func (h *Handler) readBody(w http.ResponseWriter, r *http.Request) ([]byte, *failure) {
	if enc := r.Header.Get("Content-Encoding"); enc != "" && enc != "identity" {
		return nil, &failure{status: http.StatusUnsupportedMediaType, code: ResultEncoding, message: "send the body without Content-Encoding"}
	}
	if r.ContentLength > h.cfg.MaxBody {
		return nil, h.tooLarge()
	}
	// Deadlines of connections belong to the kernel's clock, not to the injected one. A ResponseWriter that has no
	// connection (a test recorder) has no deadline either. The server lifts it when the body is complete.
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(h.cfg.ReadTimeout))
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, h.cfg.MaxBody))
	if err == nil {
		return body, nil
	}
	switch {
	case errors.As(err, new(*http.MaxBytesError)):
		return nil, h.tooLarge()
	case errors.Is(err, os.ErrDeadlineExceeded):
		return nil, &failure{status: http.StatusRequestTimeout, code: ResultSlowBody, message: "the body did not arrive in time", cause: err}
	}
	return nil, &failure{status: http.StatusBadRequest, code: ResultBrokenBody, message: "the body ended too early", cause: err}
}

func (h *Handler) tooLarge() *failure {
	return &failure{
		status: http.StatusRequestEntityTooLarge, code: ResultTooLarge,
		message: fmt.Sprintf("the body is larger than %d bytes", h.cfg.MaxBody),
	}
}

// verify finds the shop's keys and judges the delivery by them. A shop that is not there is judged as well, by a secret
// nobody knows, so that neither the answer nor the time it takes tells who is a customer here.
func (h *Handler) verify(ctx context.Context, d dialect, got delivery) (Keyring, *failure) {
	ring, err := h.keys.Keyring(ctx, got.shop)
	if err != nil && !errors.Is(err, ErrUnknownShop) {
		return Keyring{}, unavailable(ctx, fmt.Errorf("finding the keys: %w", err))
	}
	known := err == nil && ring.Platform == d.platform()
	if !known {
		ring = Keyring{AppKey: "decoy", Secrets: []string{h.decoy}}
	}
	fail := d.verify(got, ring)
	if known {
		return ring, fail
	}
	if fail == nil {
		fail = badSignature("") // somebody guessed 256 random bits
	}
	if fail.code == ResultBadSignature {
		fail.label, fail.cause = ResultUnknownShop, ErrUnknownShop
		if err == nil {
			fail.cause = errors.New("the shop is set up for another platform")
		}
	}
	return Keyring{}, fail
}

// unavailable tells a store that failed from one that was too slow and from a sender that did not wait.
func unavailable(ctx context.Context, cause error) *failure {
	f := &failure{
		status: http.StatusServiceUnavailable, code: ResultStore,
		message: "the events could not be stored; send them again", cause: cause,
	}
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		f.code = ResultGone
	case ctx.Err() != nil || errors.Is(cause, context.DeadlineExceeded):
		f.code = ResultTimeout
	}
	return f
}

// recoverPanic keeps a bug in a parser from taking the process, and the deliveries of every other shop, down.
func (h *Handler) recoverPanic(w http.ResponseWriter, d dialect, shop string) {
	p := recover()
	if p == nil {
		return
	}
	if err, ok := p.(error); ok && errors.Is(err, http.ErrAbortHandler) {
		panic(p)
	}
	h.cfg.Observe(d.platform(), ResultPanic)
	h.log.Error("webhook panicked", "platform", d.platform(), "shop", clip(shop), "err", fmt.Sprint(p), "stack", string(debug.Stack()))
	d.refuse(w, &failure{status: http.StatusInternalServerError, code: ResultPanic, message: "something is wrong on our side"})
}

// logFailure raises its voice with what the operator can do about it: strangers knock all day.
func (h *Handler) logFailure(d dialect, shop string, f *failure) {
	level := slog.LevelInfo
	switch f.result() {
	case ResultStore, ResultTimeout:
		level = slog.LevelError
	case ResultBadJSON, ResultBadEvent:
		level = slog.LevelWarn
	}
	h.log.Log(context.Background(), level, "webhook refused", "platform", d.platform(), "shop", clip(shop), "err", f)
}

// logLeftOut tells of what was acknowledged and not applied. Events of the future mean that a clock is wrong, which
// somebody has to set right.
func (h *Handler) logLeftOut(d dialect, shop string, got parsed) {
	if n := len(got.unknown); n > 0 {
		h.log.Debug("webhook with unknown events", "platform", d.platform(), "shop", shop, "count", n, "first", clip(got.unknown[0]))
	}
	if n := len(got.ahead); n > 0 {
		h.log.Warn("webhook with events of the future, left out", "platform", d.platform(), "shop", shop, "count", n, "first", clip(got.ahead[0]))
	}
}
