package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"time"

	"shopwarden/bot/telegram/telegramtest"
)

// replica is a worker in a process of its own. It reaches the Bot API through a door of its own, so that each call is known
// to be of this process.
type replica struct {
	cmd    *exec.Cmd
	in     io.WriteCloser
	door   *http.Server
	served chan error
	killed time.Time // on the machine's clock; 0 = never
}

// shared lets several processes complain at once.
type shared struct {
	mu sync.Mutex
	to io.Writer
}

// Write implements io.Writer.
func (s *shared) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.to.Write(p)
}

type replicaKey struct{}

// replicaOf is the process a call came from, nil when it is none of a run's.
func replicaOf(ctx context.Context) *replica {
	r, _ := ctx.Value(replicaKey{}).(*replica)
	return r
}

// startReplica starts this program once more, as a worker, and returns when that works.
func startReplica(ctx context.Context, tg *telegramtest.Server, redis string, c clock, complaints io.Writer) (r *replica, err error) {
	path, err := os.Executable()
	if err != nil {
		return nil, err
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	r = &replica{served: make(chan error, 1)}
	r.door = &http.Server{Handler: tg, ReadHeaderTimeout: 10 * time.Second, BaseContext: func(net.Listener) context.Context {
		return context.WithValue(context.WithoutCancel(ctx), replicaKey{}, r)
	}}
	go func() { r.served <- r.door.Serve(l) }()
	defer func() {
		if err != nil {
			err = errors.Join(err, r.shut())
		}
	}()
	deliver := deliverCmd{Redis: redis, API: "http://" + l.Addr().String(), Token: tg.Token(), Origin: c.origin.UnixNano(), Scale: c.scale}
	r.cmd = exec.CommandContext(ctx, path, deliver.args()...)
	r.cmd.Stderr = complaints
	if r.in, err = r.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	err = r.begin()
	return r, err
}

// begin returns when the worker works.
func (r *replica) begin() error {
	out, err := r.cmd.StdoutPipe()
	if err == nil {
		err = r.cmd.Start()
	}
	if err != nil {
		return fmt.Errorf("starting a worker: %w", err)
	}
	if _, err := io.ReadFull(out, make([]byte, len(readyLine))); err != nil {
		_ = r.in.Close()
		return fmt.Errorf("starting a worker: %w", errors.Join(err, r.cmd.Wait()))
	}
	return nil
}

// kill is kill -9.
func (r *replica) kill() error {
	r.killed = time.Now()
	_ = r.cmd.Process.Kill() // it may have ended by itself, which Wait tells
	err := r.cmd.Wait()
	if exit := (*exec.ExitError)(nil); !errors.As(err, &exit) || exit.Exited() {
		return errors.Join(fmt.Errorf("a worker ended before it was killed: %w", err), r.shut())
	}
	return r.shut()
}

// stop ends the worker as a deployment does, and waits for it.
func (r *replica) stop() error {
	_ = r.in.Close() // closed already when the process is gone
	err := r.cmd.Wait()
	if err != nil {
		err = fmt.Errorf("a worker ended badly: %w", err)
	}
	return errors.Join(err, r.shut())
}

func (r *replica) shut() error {
	err := r.door.Close()
	if end := <-r.served; !errors.Is(end, http.ErrServerClosed) {
		err = errors.Join(err, end)
	}
	return err
}

// errNoPeak says that this system does not tell how much memory a process had at most.
var errNoPeak = errors.New("no peak in /proc/PID/status")

// peak is the most memory the process has had so far, in bytes. What Wait reports will not do: it counts the moment in
// which the child still was the parent.
func (r *replica) peak() (int64, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", r.cmd.Process.Pid))
	if errors.Is(err, os.ErrNotExist) {
		return 0, errNoPeak
	}
	if err != nil {
		return 0, err
	}
	return peakOf(status)
}

// peakOf reads VmHWM, which is in kilobytes (man 5 proc).
func peakOf(status []byte) (int64, error) {
	_, rest, _ := bytes.Cut(status, []byte("VmHWM:"))
	fields := bytes.Fields(rest)
	if len(fields) == 0 {
		return 0, errNoPeak
	}
	kb, err := strconv.ParseInt(string(fields[0]), 10, 64)
	return kb << 10, err
}
