package telegram

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"sync"
)

// maxReply is the longest reply to a call that is read; a message is some kilobytes.
const maxReply = 8 << 20

// wire carries the library's calls. It sends the body in one piece with its length, so that a call which was cut off is no
// call for the server, and notes in the record that the context brings how far each call got.
type wire struct{ http *http.Client }

// Do implements bot.HttpClient. Its errors name no address: the token is in it.
func (w *wire) Do(req *http.Request) (*http.Response, error) {
	r := recordOf(req.Context())
	body, err := io.ReadAll(req.Body)
	_ = req.Body.Close() // a pipe of the library's; it takes the end as a hint
	if err != nil {
		r.notBuilt()
		return nil, fmt.Errorf("composing the call: %w", err)
	}
	out := req.Clone(httptrace.WithClientTrace(req.Context(), r.trace()))
	out.ContentLength = int64(len(body))
	// With GetBody net/http takes a fresh connection for a call of which it wrote nothing on a dead one.
	out.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
	out.Body, _ = out.GetBody()
	if len(body) == 0 {
		out.Body, out.GetBody = http.NoBody, nil
	}
	resp, err := w.http.Do(out) //nolint:gosec // the address is the operator's own setting
	if err != nil {
		r.failed(err)
		return nil, withoutURL(err)
	}
	defer resp.Body.Close()
	reply, err := io.ReadAll(io.LimitReader(resp.Body, maxReply))
	r.replied(resp.StatusCode, reply, err)
	if err != nil {
		return nil, withoutURL(err)
	}
	resp.Body = io.NopCloser(bytes.NewReader(reply))
	return resp, nil
}

type recordKey struct{}

// recordOf finds the record of a call; one that nobody reads when the context brings none.
func recordOf(ctx context.Context) *record {
	if r, ok := ctx.Value(recordKey{}).(*record); ok {
		return r
	}
	return &record{}
}

// record notes how far a call got. The notes come from goroutines of net/http.
type record struct {
	mu sync.Mutex
	ex exchange
}

// exchange is what became of one call on the wire.
type exchange struct {
	broken  bool // never became a request: what was to be sent cannot be
	begun   bool // a connection stood and the server may have seen something of it
	cut     bool // writing it failed: the server cannot have seen all of it
	status  int  // 0 = no reply
	reply   []byte
	partial bool // the reply broke off
	timeout bool
}

// trace follows a request. net/http may try a second connection when it wrote nothing on the first; then the second counts.
func (r *record) trace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		GetConn:      func(string) { r.note(func(ex *exchange) { ex.begun, ex.cut = false, false }) },
		GotConn:      func(httptrace.GotConnInfo) { r.note(func(ex *exchange) { ex.begun, ex.cut = true, false }) },
		WroteRequest: func(i httptrace.WroteRequestInfo) { r.note(func(ex *exchange) { ex.cut = i.Err != nil }) },
	}
}

func (r *record) note(f func(*exchange)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	f(&r.ex)
}

func (r *record) notBuilt() { r.note(func(ex *exchange) { ex.broken = true }) }

func (r *record) failed(err error) { r.note(func(ex *exchange) { ex.timeout = timedOut(err) }) }

func (r *record) replied(status int, reply []byte, err error) {
	r.note(func(ex *exchange) {
		ex.status, ex.reply, ex.partial, ex.timeout = status, reply, err != nil, timedOut(err)
	})
}

func (r *record) exchange() exchange {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.ex
}

func timedOut(err error) bool {
	var t net.Error
	return errors.Is(err, context.DeadlineExceeded) || errors.As(err, &t) && t.Timeout()
}
