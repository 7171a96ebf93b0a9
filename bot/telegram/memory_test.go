package telegram

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"
)

var errDown = errors.New("store is down")

// memoryInbox keeps updates and leases in memory, as the store does it in Redis.
type memoryInbox struct {
	mu     sync.Mutex
	down   bool // every call fails
	next   int
	known  map[int64]bool
	lines  [Shards][]StoredUpdate
	chats  map[int64]int64 // by update id
	aside  map[int64]string
	done   []int64
	held   map[string]holder
	stored chan struct{} // one per stored update; buffered
}

type holder struct {
	owner string
	until time.Time
}

func newMemoryInbox() *memoryInbox {
	return &memoryInbox{known: map[int64]bool{}, chats: map[int64]int64{}, aside: map[int64]string{}, held: map[string]holder{},
		stored: make(chan struct{}, 1<<16)}
}

// shardOf spreads chats as the store does, in its own way.
func shardOf(chat int64) int { return int(uint64(chat) % Shards) }

func (m *memoryInbox) lock() (func(), error) {
	m.mu.Lock()
	if m.down {
		m.mu.Unlock()
		return nil, errDown
	}
	return m.mu.Unlock, nil
}

func (m *memoryInbox) setDown(down bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.down = down
}

func (m *memoryInbox) StoreUpdate(_ context.Context, updateID, chatID int64, raw []byte) error {
	unlock, err := m.lock()
	if err != nil {
		return err
	}
	defer unlock()
	if m.known[updateID] {
		return nil
	}
	m.known[updateID] = true
	m.chats[updateID] = chatID
	m.next++
	u := StoredUpdate{ID: strconv.Itoa(m.next), UpdateID: updateID, Raw: slices.Clone(raw)}
	m.lines[shardOf(chatID)] = append(m.lines[shardOf(chatID)], u)
	m.stored <- struct{}{}
	return nil
}

func (m *memoryInbox) NextUpdates(_ context.Context, shard, n int) ([]StoredUpdate, error) {
	unlock, err := m.lock()
	if err != nil {
		return nil, err
	}
	defer unlock()
	return slices.Clone(m.lines[shard][:min(n, len(m.lines[shard]))]), nil
}

func (m *memoryInbox) DoneUpdate(_ context.Context, shard int, id string) error {
	unlock, err := m.lock()
	if err != nil {
		return err
	}
	defer unlock()
	if u, ok := m.remove(shard, id); ok {
		m.done = append(m.done, u.UpdateID)
	}
	return nil
}

func (m *memoryInbox) SetAside(_ context.Context, shard int, id, reason string) error {
	unlock, err := m.lock()
	if err != nil {
		return err
	}
	defer unlock()
	if u, ok := m.remove(shard, id); ok {
		m.aside[u.UpdateID] = reason
	}
	return nil
}

func (m *memoryInbox) remove(shard int, id string) (StoredUpdate, bool) {
	i := slices.IndexFunc(m.lines[shard], func(u StoredUpdate) bool { return u.ID == id })
	if i < 0 {
		return StoredUpdate{}, false
	}
	u := m.lines[shard][i]
	m.lines[shard] = slices.Delete(m.lines[shard], i, i+1)
	return u, true
}

func (m *memoryInbox) Lease(_ context.Context, name, owner string, ttl time.Duration) (bool, error) {
	unlock, err := m.lock()
	if err != nil {
		return false, err
	}
	defer unlock()
	if h := m.held[name]; h.owner != owner && time.Now().Before(h.until) {
		return false, nil
	}
	m.held[name] = holder{owner, time.Now().Add(ttl)}
	return true, nil
}

func (m *memoryInbox) Release(_ context.Context, name, owner string) error {
	unlock, err := m.lock()
	if err != nil {
		return err
	}
	defer unlock()
	if m.held[name].owner == owner {
		delete(m.held, name)
	}
	return nil
}

func (m *memoryInbox) waiting() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := 0
	for _, line := range m.lines {
		n += len(line)
	}
	return n
}

func (m *memoryInbox) settled() (done []int64, aside map[int64]string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	aside = map[int64]string{}
	for id, reason := range m.aside {
		aside[id] = reason
	}
	return slices.Clone(m.done), aside
}

// quiet is a logger for tests: failures are what they are about, so nothing is printed.
func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// eventually polls until cond holds. It is for what goes over a socket, where no fake clock reaches.
func eventually(t *testing.T, what string, cond func() bool) {
	t.Helper()
	deadline := time.After(10 * time.Second)
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for !cond() {
		select {
		case <-deadline:
			t.Fatalf("waited in vain for: %s", what)
		case <-tick.C:
		}
	}
}

// background runs f until the test ends, or until the returned function is called, and waits for its end.
func background(t *testing.T, f func(context.Context) error) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- f(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run = %v", err)
		}
	})
	t.Cleanup(stop)
	return stop
}
