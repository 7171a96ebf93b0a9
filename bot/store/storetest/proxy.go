package storetest

import (
	"bytes"
	"context"
	"net"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// Proxy stands between a store and its server and does to the connection what networks do. The server it forwards to is
// never disturbed: what was sent to it is carried out, only the reply may be lost.
type Proxy struct {
	network, target string
	listener        net.Listener
	wg              sync.WaitGroup

	mu    sync.Mutex
	conns map[net.Conn]struct{}
	skip  int // replies to let pass before the next is lost, -1 to lose none
	lost  int
	delay time.Duration
}

// NewProxy starts a proxy in front of the server that a URL of [Redis] or [Mini] names. It is stopped when the test ends.
func NewProxy(t testing.TB, target string) *Proxy {
	t.Helper()
	u, err := url.Parse(target)
	if err != nil {
		t.Fatal(err)
	}
	p := &Proxy{network: "tcp", target: u.Host, conns: map[net.Conn]struct{}{}, skip: -1}
	if u.Scheme == "unix" {
		p.network, p.target = "unix", u.Path
	}
	if p.listener, err = new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	p.wg.Go(p.accept)
	t.Cleanup(func() {
		_ = p.listener.Close() // ends accept
		p.Cut()
		p.wg.Wait()
	})
	return p
}

// URL returns where the store finds the proxy.
func (p *Proxy) URL() string { return "redis://" + p.listener.Addr().String() }

// LoseReply lets n replies pass and loses the next one: the server has carried the request out, the client sees its
// connection break. Greetings of new connections do not count. A negative n loses nothing.
func (p *Proxy) LoseReply(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.skip, p.lost = n, 0
}

// Lost returns how many replies were lost since the last LoseReply.
func (p *Proxy) Lost() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.lost
}

// Delay holds every reply back for d.
func (p *Proxy) Delay(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.delay = d
}

// Cut breaks all connections. New ones are let in.
func (p *Proxy) Cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.conns {
		_ = c.Close() // it breaks either way
	}
}

func (p *Proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		server, err := new(net.Dialer).DialContext(context.Background(), p.network, p.target)
		if err != nil {
			_ = client.Close() // that is what the client sees
			continue
		}
		p.track(client, server)
		var greeting atomic.Bool
		p.wg.Go(func() { p.pump(server, client, func(b []byte) bool { greeting.Store(isGreeting(b)); return true }) })
		p.wg.Go(func() { p.pump(client, server, func([]byte) bool { return greeting.Load() || p.pass() }) })
	}
}

func (p *Proxy) track(conns ...net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range conns {
		p.conns[c] = struct{}{}
	}
}

// pump copies until either side breaks or pass says no, and breaks both.
func (p *Proxy) pump(to, from net.Conn, pass func([]byte) bool) {
	defer func() {
		_, _ = to.Close(), from.Close() // one of them is broken already
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.conns, from)
	}()
	buf := make([]byte, 1<<20)
	for {
		n, err := from.Read(buf)
		if n > 0 && !pass(buf[:n]) {
			return
		}
		if _, err := to.Write(buf[:n]); err != nil {
			return
		}
		if err != nil {
			return
		}
	}
}

// pass holds a reply back for the delay and decides whether it goes on.
func (p *Proxy) pass() bool {
	p.mu.Lock()
	delay := p.delay
	lose := p.skip == 0
	if lose {
		p.lost++
	}
	if p.skip >= 0 {
		p.skip--
	}
	p.mu.Unlock()
	if delay > 0 {
		<-time.After(delay)
	}
	return !lose
}

// isGreeting reports whether a request is what a client says on a new connection.
func isGreeting(request []byte) bool {
	_, rest, _ := bytes.Cut(request[:min(len(request), 64)], []byte("\r\n$"))
	_, name, _ := bytes.Cut(rest, []byte("\r\n"))
	name = bytes.ToLower(name)
	return bytes.HasPrefix(name, []byte("hello\r\n")) || bytes.HasPrefix(name, []byte("client\r\n"))
}
