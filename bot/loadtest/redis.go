package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// startLimit is how long a server may take until it answers.
const startLimit = 20 * time.Second

const missingRedis = "redis-server is missing; install it: make need-redis, or apt-get install redis-server, or brew install redis " +
	"(version 7 or newer), or name a running one that is empty with --redis"

// server is the Redis of one round, empty at first.
type server struct {
	url  string
	db   *redis.Client
	stop func()
}

// startServer starts a private redis-server on a Unix socket, with the append-only file as in production. Rewriting that
// file is off: the one rewrite that might fall into a short round would weigh more there than it ever does in a long one.
func startServer(ctx context.Context) (s *server, err error) {
	path, err := exec.LookPath("redis-server")
	if err != nil {
		return nil, errors.New(missingRedis)
	}
	dir, err := os.MkdirTemp("", "shopwarden-load-") // short: the path of a socket may have some hundred bytes
	if err != nil {
		return nil, err
	}
	var output bytes.Buffer
	socket := filepath.Join(dir, "s")
	cmd := exec.CommandContext(ctx, path, "--port", "0", "--unixsocket", socket, "--dir", dir, "--daemonize", "no", "--save", "",
		"--appendonly", "yes", "--appendfsync", "everysec", "--auto-aof-rewrite-percentage", "0",
		"--maxmemory-policy", "noeviction", "--loglevel", "warning")
	cmd.Stdout, cmd.Stderr = &output, &output
	if err := cmd.Start(); err != nil {
		_ = os.RemoveAll(dir) // empty
		return nil, fmt.Errorf("starting redis-server: %w", err)
	}
	s = &server{url: "unix://" + socket, db: redis.NewClient(&redis.Options{Network: "unix", Addr: socket})}
	s.stop = func() {
		_ = s.db.Close()
		_ = cmd.Process.Kill() // what it keeps is thrown away
		_ = cmd.Wait()         // it was killed
		_ = os.RemoveAll(dir)
	}
	if err := s.await(ctx); err != nil {
		s.stop()
		return nil, fmt.Errorf("starting redis-server: %w: %s", err, output.String())
	}
	return s, nil
}

func (s *server) await(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	for {
		err := s.db.Ping(ctx).Err()
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// useServer takes a Redis that is running already. It must be empty, and stop empties it.
func useServer(ctx context.Context, url string) (*server, error) {
	opts, err := redis.ParseURL(url)
	if err != nil {
		return nil, errors.New("--redis is not a URL of one server, such as redis://127.0.0.1:6379/9") // err may hold a password
	}
	s := &server{url: url, db: redis.NewClient(opts)}
	s.stop = func() {
		_ = s.db.FlushDB(context.WithoutCancel(ctx)).Err() // a Redis that is not empty is refused the next time
		_ = s.db.Close()
	}
	keys, err := s.db.DBSize(ctx).Result()
	if err == nil && keys > 0 {
		err = fmt.Errorf("database %d has %d keys; name an empty one, because each round ends with FLUSHDB", opts.DB, keys)
	}
	if err != nil {
		_ = s.db.Close()
		return nil, fmt.Errorf("using the Redis of --redis: %w", err)
	}
	return s, nil
}

// cpuTime returns the processor time the server has used.
func (s *server) cpuTime(ctx context.Context) (time.Duration, error) {
	user, err := s.info(ctx, "cpu", "used_cpu_user")
	if err != nil {
		return 0, err
	}
	system, err := s.info(ctx, "cpu", "used_cpu_sys")
	if err != nil {
		return 0, err
	}
	var sum float64
	for _, text := range []string{user, system} {
		seconds, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return 0, fmt.Errorf("reading the processor time of Redis: %w", err)
		}
		sum += seconds
	}
	return time.Duration(sum * float64(time.Second)), nil
}

// describe names the server and how it persists.
func (s *server) describe(ctx context.Context) (string, error) {
	version, err := s.info(ctx, "server", "redis_version")
	if err != nil {
		return "", err
	}
	how, err := s.db.ConfigGet(ctx, "append*").Result()
	switch {
	case err != nil:
		return "Redis " + version, nil // some hosts do not tell
	case how["appendonly"] == "yes":
		return "Redis " + version + ", AOF " + how["appendfsync"], nil
	}
	return "Redis " + version + ", no AOF", nil
}

func (s *server) info(ctx context.Context, section, field string) (string, error) {
	text, err := s.db.Info(ctx, section).Result()
	if err != nil {
		return "", fmt.Errorf("asking Redis for %s: %w", field, err)
	}
	_, rest, ok := strings.Cut(text, field+":")
	if !ok {
		return "", fmt.Errorf("asking Redis for %s: it does not say", field)
	}
	value, _, _ := strings.Cut(rest, "\r\n")
	return value, nil
}
