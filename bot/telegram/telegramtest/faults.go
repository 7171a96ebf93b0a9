package telegramtest

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
)

// FaultKind says how a call goes wrong.
type FaultKind int

// The ways a call can go wrong. After the first four nothing has happened in
// the chat; after the last two everything has and the bot does not know.
const (
	// FaultError answers with Telegram's error JSON and Fault.Code.
	FaultError FaultKind = iota + 1
	// FaultHTML answers as a proxy in front of Telegram does: an HTML page with
	// Fault.Code, 502 when zero.
	FaultHTML
	// FaultHang never answers; the client has to give up.
	FaultHang
	// FaultDrop cuts the connection before the call is handled.
	FaultDrop
	// FaultLostReply handles the call and cuts the connection instead of answering.
	FaultLostReply
	// FaultLateReply handles the call and never answers; the client has to give up.
	FaultLateReply
)

// String is the kind in words.
func (k FaultKind) String() string {
	switch k {
	case FaultError:
		return "error"
	case FaultHTML:
		return "html"
	case FaultHang:
		return "hang"
	case FaultDrop:
		return "drop"
	case FaultLostReply:
		return "lost reply"
	case FaultLateReply:
		return "late reply"
	}
	return fmt.Sprintf("FaultKind(%d)", int(k))
}

// Fault is one thing that goes wrong.
type Fault struct {
	Kind        FaultKind // FaultError when zero
	Code        int       // status of FaultError (500 when zero) and FaultHTML (502)
	Description string    // of FaultError; "Internal Server Error" or the like when empty
	RetryAfter  int       // seconds, for a FaultError of 429
}

// FaultShare is a fault that a share of all calls meets.
type FaultShare struct {
	Fault Fault
	Share float64 // 0.1 is every tenth call in the long run
}

// mix draws a fault for every call.
type mix struct {
	shares []FaultShare
	random *rand.Rand
}

// draw is the fault of the next call, the zero Fault when it is spared.
func (m *mix) draw() Fault {
	if len(m.shares) == 0 {
		return Fault{}
	}
	at := m.random.Float64()
	for _, s := range m.shares {
		if at < s.Share {
			return s.Fault.kinded()
		}
		at -= s.Share
	}
	return Fault{}
}

// Mix makes calls of all methods fail from now on, each at most in one way; the
// shares add up to 1 or less. The n-th call meets the same fault for the same
// seed. It replaces an earlier mix; ClearFaults ends it. Faults of FailNext come
// first and leave the mix as it is.
func (s *Server) Mix(shares []FaultShare, seed uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mix = mix{shares: slices.Clone(shares), random: rand.New(rand.NewPCG(seed, 0))}
}

type armedFault struct {
	method string // lower case; "" is every method
	fault  Fault
	left   int // calls still to fail; negative is for ever
}

// FailNext makes the next n calls of a method fail; n < 0 means until
// ClearFaults. An empty method stands for all of them. Faults armed earlier are
// used up first.
func (s *Server) FailNext(method string, f Fault, n int) {
	if n == 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, &armedFault{method: strings.ToLower(method), fault: f, left: n})
}

// ClearFaults forgets all armed faults and the mix; requests that hang already go
// on hanging.
func (s *Server) ClearFaults() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults, s.mix = nil, mix{}
}

// takeFault is the fault for this call, the zero Fault when there is none.
// The caller holds s.mu.
func (s *Server) takeFault(method string) Fault {
	for i, armed := range s.faults {
		if armed.method != "" && armed.method != method {
			continue
		}
		armed.left--
		if armed.left == 0 {
			s.faults = append(s.faults[:i], s.faults[i+1:]...)
		}
		return armed.fault.kinded()
	}
	return s.mix.draw()
}

// kinded is the fault with its kind spelled out.
func (f Fault) kinded() Fault {
	if f.Kind == 0 {
		f.Kind = FaultError
	}
	return f
}

// early tells whether the fault keeps the call from being handled.
func (f Fault) early() bool {
	switch f.Kind {
	case FaultError, FaultHTML, FaultHang, FaultDrop:
		return true
	}
	return false
}

// code is the status the fault answers with, 0 when it does not answer.
func (f Fault) code() int {
	switch f.Kind {
	case FaultError:
		return cmp.Or(f.Code, http.StatusInternalServerError)
	case FaultHTML:
		return cmp.Or(f.Code, http.StatusBadGateway)
	}
	return 0
}

// before acts out a fault that keeps the call from being handled.
func (s *Server) before(w http.ResponseWriter, r *http.Request, f Fault) {
	switch f.Kind {
	case FaultError:
		writeError(w, f.refusal())
	case FaultHTML:
		writeHTML(w, f.code())
	case FaultHang:
		s.hang(r)
	default:
		panic(http.ErrAbortHandler)
	}
}

// after acts out the faults that lose the answer of a handled call.
func (s *Server) after(r *http.Request, f Fault) {
	switch f.Kind {
	case FaultLostReply:
		panic(http.ErrAbortHandler)
	case FaultLateReply:
		s.hang(r)
	}
}

// hang waits until the client or the server gives up, then cuts the connection.
func (s *Server) hang(r *http.Request) {
	select {
	case <-r.Context().Done():
	case <-s.ctx.Done():
	}
	panic(http.ErrAbortHandler)
}

func (f Fault) refusal() *Error {
	code := f.code()
	description := f.Description
	if description == "" {
		description = http.StatusText(code)
		if f.RetryAfter > 0 {
			description = fmt.Sprintf("%s: retry after %d", description, f.RetryAfter)
		}
	}
	return &Error{Code: code, Description: description, RetryAfter: f.RetryAfter}
}

func writeHTML(w http.ResponseWriter, code int) {
	w.Header().Set("Content-Type", "text/html")
	w.WriteHeader(code)
	title := fmt.Sprintf("%d %s", code, http.StatusText(code))
	_, _ = fmt.Fprintf(w, "<html>\n<head><title>%s</title></head>\n<body><center><h1>%s</h1></center></body>\n</html>\n", title, title) //nolint:gosec // a status and its text
}
