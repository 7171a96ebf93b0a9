package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
)

// startLimit is how long a server may take until it answers.
const startLimit = 20 * time.Second

// Redis starts a private redis-server without persistence on a Unix socket and returns its URL. It is stopped when the
// test ends.
func Redis(t testing.TB) (url string) {
	t.Helper()
	socket := filepath.Join(socketDir(t), "s")
	start(t, "--port", "0", "--unixsocket", socket)
	db := redis.NewClient(&redis.Options{Network: "unix", Addr: socket})
	defer db.Close()
	await(t, "redis-server", func(ctx context.Context) error { return db.Ping(ctx).Err() })
	return "unix://" + socket
}

// Mini starts the embedded server on a port of the loopback and returns its URL and the server, whose clock tests can
// turn. It is stopped when the test ends.
func Mini(t testing.TB) (url string, mini *miniredis.Miniredis) {
	t.Helper()
	mini = miniredis.RunT(t)
	mini.ClockTTL(true)
	return "redis://" + mini.Addr(), mini
}

// socketDir returns a directory with a name short enough for a socket: their paths end at some hundred bytes, which the
// name of a test may use up.
func socketDir(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "shopwarden-redis-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

// start runs a redis-server that keeps nothing until the test ends.
func start(t testing.TB, args ...string) {
	t.Helper()
	run(t, append([]string{"--save", "", "--appendonly", "no", "--daemonize", "no", "--dir", t.TempDir(), "--loglevel", "warning"},
		args...)...)
}

// run runs a redis-server until the test ends. What it said is shown when the test fails.
func run(t testing.TB, args ...string) {
	t.Helper()
	path, err := exec.LookPath("redis-server")
	if err != nil {
		t.Fatal("redis-server is missing; install it: make need-redis, or apt-get install redis-server, or brew install redis (version 7 or newer)")
	}
	var output bytes.Buffer
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), path, args...)
	cmd.Stdout, cmd.Stderr = &output, &output
	if err := cmd.Start(); err != nil {
		t.Fatalf("starting redis-server: %v", err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGKILL) // nothing to save
		_ = cmd.Wait()                          // it was killed
		if t.Failed() && output.Len() > 0 {
			t.Logf("redis-server said:\n%s", output.String())
		}
	})
}

// contains reports what an answer lacks.
func contains(cmd *redis.StringCmd, want string) error {
	text, err := cmd.Result()
	if err == nil && !strings.Contains(text, want) {
		err = fmt.Errorf("no %s", want)
	}
	return err
}

// await asks until ready says nil.
func await(t testing.TB, what string, ready func(context.Context) error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), startLimit)
	defer cancel()
	for {
		err := ready(ctx)
		if err == nil {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatalf("%s is not ready after %v: %v", what, startLimit, err)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// freePorts returns ports of the loopback that were free just now, each with the port 10000 above it, which a cluster
// node takes for its bus.
func freePorts(t testing.TB, n int) []int {
	t.Helper()
	var ports []int
	for len(ports) < n {
		port, err := freePort(t.Context())
		if err != nil {
			continue
		}
		ports = append(ports, port)
	}
	return ports
}

func freePort(ctx context.Context) (int, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	port := l.Addr().(*net.TCPAddr).Port
	if port+10000 > 65535 {
		return 0, errors.New("no room for the bus port")
	}
	bus, err := new(net.ListenConfig).Listen(ctx, "tcp", fmt.Sprintf("127.0.0.1:%d", port+10000))
	if err != nil {
		return 0, err
	}
	return port, bus.Close()
}
