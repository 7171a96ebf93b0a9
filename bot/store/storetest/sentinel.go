package storetest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

// Sentinel is one Redis Sentinel over a master and a replica.
type Sentinel struct {
	addr  string
	nodes []*redis.Client
}

// masterName is what the Sentinel calls the pair.
const masterName = "shops"

// NewSentinel starts a master, a replica and a Sentinel that watches them, on the loopback, and returns when the replica
// has caught up. They are stopped when the test ends.
func NewSentinel(t testing.TB) *Sentinel {
	t.Helper()
	ports := freePorts(t, 3)
	s := &Sentinel{addr: "127.0.0.1:" + strconv.Itoa(ports[2])}
	for i, port := range ports[:2] {
		args := []string{"--port", strconv.Itoa(port), "--bind", "127.0.0.1", "--repl-diskless-sync-delay", "0"}
		if i > 0 {
			args = append(args, "--replicaof", fmt.Sprintf("127.0.0.1 %d", ports[0]))
		}
		start(t, args...)
		db := redis.NewClient(&redis.Options{Addr: "127.0.0.1:" + strconv.Itoa(port)})
		t.Cleanup(func() { _ = db.Close() })
		s.nodes = append(s.nodes, db)
		await(t, "redis-server", func(ctx context.Context) error { return db.Ping(ctx).Err() })
	}
	await(t, "replica", func(ctx context.Context) error {
		return contains(s.nodes[1].Info(ctx, "replication"), "master_link_status:up")
	})
	conf := filepath.Join(t.TempDir(), "sentinel.conf")
	text := fmt.Sprintf("port %d\nbind 127.0.0.1\nsentinel monitor %s 127.0.0.1 %d 1\n", ports[2], masterName, ports[0])
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	run(t, conf, "--sentinel")
	db := redis.NewSentinelClient(&redis.Options{Addr: s.addr})
	defer db.Close()
	await(t, "Sentinel", func(ctx context.Context) error {
		replicas, err := db.Replicas(ctx, masterName).Result()
		if err == nil && len(replicas) == 0 {
			err = errors.New("it has not seen the replica")
		}
		return err
	})
	return s
}

// URL returns where the store finds the Sentinel.
func (s *Sentinel) URL() string { return "redis+sentinel://" + s.addr + "?master=" + masterName }

// Failover has the Sentinel promote the replica, and returns when it is the master and the old one follows it. What was
// written before is on the replica by then: replication runs behind, and what a failover loses is not what is tested here.
func (s *Sentinel) Failover(t testing.TB) {
	t.Helper()
	await(t, "replication", s.caughtUp)
	db := redis.NewSentinelClient(&redis.Options{Addr: s.addr})
	defer db.Close()
	await(t, "failover", func(ctx context.Context) error { return db.Failover(ctx, masterName).Err() })
	await(t, "promotion", func(ctx context.Context) error { return contains(s.nodes[1].Info(ctx, "replication"), "role:master") })
	await(t, "demotion", func(ctx context.Context) error { return contains(s.nodes[0].Info(ctx, "replication"), "role:slave") })
}

// caughtUp marks the end of the stream and waits until the replica has come to it.
func (s *Sentinel) caughtUp(ctx context.Context) error {
	conn := s.nodes[0].Conn() // WAIT is about the writes of its own connection
	defer conn.Close()
	if err := conn.Set(ctx, "storetest:end", 1, 0).Err(); err != nil {
		return err
	}
	if n, err := conn.Wait(ctx, 1, time.Second).Result(); err != nil || n < 1 {
		return fmt.Errorf("%d replicas have caught up: %w", n, err)
	}
	return nil
}
