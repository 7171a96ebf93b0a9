package store

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/redis/go-redis/v9"
)

// Problem names what may be wrong with a server.
type Problem int

// Embedded: the server is part of this process and keeps nothing. NoAOF: it does not write its append-only file, so that
// what was acknowledged can be lost. AOFFailing: its last write to that file went wrong. Evicts: it drops keys when memory
// runs out. TooOld: it is older than Redis 7. Silent: it does not say how it is set up.
const (
	Embedded Problem = iota + 1
	NoAOF
	AOFFailing
	Evicts
	TooOld
	Silent
)

var problemNames = [...]string{Embedded: "embedded", NoAOF: "no_aof", AOFFailing: "aof_failing", Evicts: "evicts",
	TooOld: "too_old", Silent: "silent"}

// String returns the problem in snake case.
func (p Problem) String() string {
	if p < Embedded || p > Silent {
		return "problem(" + strconv.Itoa(int(p)) + ")"
	}
	return problemNames[p]
}

// Finding is one problem of one server. Detail is what the server said, such as "allkeys-lru" or "6.2.7".
type Finding struct {
	Problem Problem
	Server  string // address
	Detail  string
}

// oldestMajor is the oldest major version the scripts and commands are tested on.
const oldestMajor = 7

// Health asks every server whether what it acknowledges is safe. No findings: it is. An error: it could not be reached.
func (s *Store) Health(ctx context.Context) ([]Finding, error) {
	if s.embedded {
		return []Finding{{Problem: Embedded, Server: "in this process"}}, s.Ping(ctx)
	}
	var mu sync.Mutex
	var all []Finding
	err := s.eachMaster(ctx, func(ctx context.Context, db *redis.Client) error {
		found, err := examine(ctx, db)
		mu.Lock()
		defer mu.Unlock()
		all = append(all, found...)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("asking Redis for its health: %w", err)
	}
	slices.SortFunc(all, func(a, b Finding) int { return strings.Compare(a.Server, b.Server) })
	return all, nil
}

func examine(ctx context.Context, db *redis.Client) ([]Finding, error) {
	server := db.Options().Addr
	if err := db.Ping(ctx).Err(); err != nil {
		return nil, err
	}
	info, err := db.Info(ctx).Result()
	if err != nil {
		return []Finding{{Silent, server, "INFO is refused"}}, nil
	}
	facts := parseInfo(info)
	var found []Finding
	add := func(p Problem, detail string) { found = append(found, Finding{p, server, detail}) }
	switch aof, known := facts["aof_enabled"]; {
	case !known:
		add(Silent, "no aof_enabled in INFO")
	case aof != "1":
		add(NoAOF, "appendonly no")
	case facts["aof_last_write_status"] == "err":
		add(AOFFailing, "aof_last_write_status err")
	}
	if policy := facts["maxmemory_policy"]; policy != "" && policy != "noeviction" {
		add(Evicts, policy)
	}
	major, _, _ := strings.Cut(facts["redis_version"], ".")
	if n, err := strconv.Atoi(major); err == nil && n < oldestMajor {
		add(TooOld, facts["redis_version"])
	}
	return found, nil
}

// parseInfo reads the answer to INFO: lines of name:value.
func parseInfo(info string) map[string]string {
	facts := map[string]string{}
	for line := range strings.Lines(info) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), ":"); ok {
			facts[name] = value
		}
	}
	return facts
}
