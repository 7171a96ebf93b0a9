package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"time"

	"golang.org/x/sync/errgroup"
)

// answerLimit is how long an answer may take.
const answerLimit = 20 * time.Second

// line is one keep-alive connection. It speaks just enough HTTP/1.1 to send what is written already and to understand the
// answer, because a full client would take as much of the machine as the service under test.
type line struct {
	conn net.Conn
	in   *bufio.Reader
	body []byte
}

func dial(ctx context.Context, address string, n int) (lines []*line, err error) {
	var dialer net.Dialer
	for range n {
		conn, err := dialer.DialContext(ctx, "tcp", address)
		if err != nil {
			hangUp(lines)
			return nil, fmt.Errorf("connecting to the service: %w", err)
		}
		lines = append(lines, &line{conn: conn, in: bufio.NewReader(conn)})
	}
	return lines, nil
}

func hangUp(lines []*line) {
	for _, l := range lines {
		_ = l.conn.Close() // nothing is on its way
	}
}

// send sends a post and waits until it is acknowledged. An answer that does not say that all its events were accepted is
// an error.
func (l *line) send(p *post) error {
	if err := l.conn.SetDeadline(time.Now().Add(answerLimit)); err != nil {
		return err
	}
	if _, err := l.conn.Write(p.wire); err != nil {
		return fmt.Errorf("sending: %w", err)
	}
	status, err := l.answer()
	if err != nil {
		return fmt.Errorf("reading the answer: %w", err)
	}
	if status != 200 || accepted(l.body) != p.events {
		return fmt.Errorf("the answer to %d events was %d %s", p.events, status, l.body)
	}
	return nil
}

// answer reads one answer with a Content-Length, which all of the service's have. The body is good until the next one.
func (l *line) answer() (status int, err error) {
	size := -1
	for first := true; ; first = false {
		head, err := l.in.ReadSlice('\n')
		if err != nil {
			return 0, err
		}
		head = bytes.TrimRight(head, "\r\n")
		name, value, _ := bytes.Cut(head, []byte(" "))
		switch {
		case first:
			if status, err = strconv.Atoi(string(value[:min(3, len(value))])); err != nil {
				return 0, errAnswer
			}
		case len(head) == 0:
			if size < 0 {
				return 0, errAnswer
			}
			l.body = slices.Grow(l.body[:0], size)[:size]
			_, err = io.ReadFull(l.in, l.body)
			return status, err
		case bytes.EqualFold(name, []byte("Content-Length:")):
			if size, err = strconv.Atoi(string(value)); err != nil {
				return 0, errAnswer
			}
		}
	}
}

var errAnswer = errors.New("not an answer the generator understands")

func accepted(body []byte) int {
	_, rest, ok := bytes.Cut(body, []byte(`"accepted":`))
	if !ok {
		return -1
	}
	n := 0
	for _, c := range rest {
		if c < '0' || c > '9' {
			break
		}
		n = n*10 + int(c-'0')
	}
	return n
}

// sample is what came of driving a service for a while.
type sample struct {
	events  int64
	opens   [len(opened)]int64
	elapsed time.Duration
	delays  []time.Duration // from sending a post to its acknowledgement, sorted
}

// drive sends posts on every line, each line its next one when the one before is acknowledged, until the time is over or
// the pool is empty. Every post that was sent is acknowledged when it returns without an error.
func drive(ctx context.Context, lines []*line, from *pool, span time.Duration) (sample, error) {
	parts := make([]sample, len(lines))
	begin := time.Now()
	work, ctx := errgroup.WithContext(ctx)
	for i, l := range lines {
		work.Go(func() error { return parts[i].fill(ctx, l, from, begin.Add(span)) })
	}
	if err := work.Wait(); err != nil {
		return sample{}, err
	}
	all := sample{elapsed: time.Since(begin)}
	for _, part := range parts {
		all.add(part)
	}
	slices.Sort(all.delays)
	return all, nil
}

func (s *sample) fill(ctx context.Context, l *line, from *pool, until time.Time) error {
	for begin := time.Now(); begin.Before(until); {
		if err := ctx.Err(); err != nil {
			return err
		}
		p := from.take()
		if p == nil {
			return nil
		}
		if err := l.send(p); err != nil {
			return err
		}
		end := time.Now()
		s.delays = append(s.delays, end.Sub(begin))
		begin = end
		s.events += int64(p.events)
		for i, n := range p.opens {
			s.opens[i] += int64(n)
		}
	}
	return nil
}

// add adds the counts and delays of another sample.
func (s *sample) add(other sample) {
	s.events += other.events
	for i, n := range other.opens {
		s.opens[i] += n
	}
	s.delays = append(s.delays, other.delays...)
}

// rate is events per second.
func (s *sample) rate() float64 { return float64(s.events) / s.elapsed.Seconds() }

// delay is the time in which a share of the posts was acknowledged.
func (s *sample) delay(share float64) time.Duration {
	if len(s.delays) == 0 {
		return 0
	}
	return s.delays[min(int(share*float64(len(s.delays))), len(s.delays)-1)]
}
