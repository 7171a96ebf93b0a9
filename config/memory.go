package config

import "sync"

// memory keeps what was made of a key, up to max of them; beyond that any one makes room. It is safe for concurrent use, and
// makes one thing at a time, each once.
type memory[K comparable, V any] struct {
	max  int
	mu   sync.Mutex
	list map[K]V
	made int
}

// get returns what build made of the key, now or before. What failed is not kept.
func (m *memory[K, V]) get(key K, build func(K) (V, error)) (V, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if v, ok := m.list[key]; ok {
		return v, nil
	}
	v, err := build(key)
	if err != nil {
		return v, err
	}
	m.made++
	if m.list == nil {
		m.list = map[K]V{}
	}
	if len(m.list) >= m.max {
		for old := range m.list { // whoever holds it keeps it
			delete(m.list, old)
			break
		}
	}
	m.list[key] = v
	return v, nil
}
