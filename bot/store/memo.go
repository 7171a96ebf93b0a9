package store

import (
	"encoding/json"
	"sync"
)

// memoLimit is how many values a memo holds before it starts afresh.
const memoLimit = 20_000

// memo remembers what JSON texts decode to, so that the settings that come with every load are decoded once. The values
// are shared: nobody may write to what they point to. The zero value is empty and ready.
type memo[T any] struct {
	mu     sync.Mutex
	values map[string]T
}

func (m *memo[T]) decode(raw string) (T, error) {
	m.mu.Lock()
	v, known := m.values[raw]
	m.mu.Unlock()
	if known {
		return v, nil
	}
	if err := json.Unmarshal([]byte(raw), &v); err != nil {
		return v, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.values == nil || len(m.values) >= memoLimit {
		m.values = map[string]T{}
	}
	m.values[raw] = v
	return v, nil
}
