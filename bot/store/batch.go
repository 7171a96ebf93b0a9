package store

import (
	"github.com/redis/go-redis/v9"
)

// maxArgs bounds the arguments of one write: Lua unpacks them onto a stack of some thousands.
const maxArgs = 500

// batch collects the writes of one commit.lua call. Every key is declared.
type batch struct {
	keys  []string
	index map[string]int
	args  []any
}

// newBatch starts the writes of a partition. version is the one they were computed from, "" for any.
func newBatch(p int, version string) *batch {
	return &batch{keys: []string{seqKey(p)}, index: map[string]int{}, args: append(make([]any, 0, 64), version)}
}

// empty reports whether nothing was written.
func (b *batch) empty() bool { return len(b.args) == 1 }

// key declares a key and returns its index as scripts count, from 1.
func (b *batch) key(name string) int {
	i, known := b.index[name]
	if !known {
		b.keys = append(b.keys, name)
		i = len(b.keys)
		b.index[name] = i
	}
	return i
}

// write adds one write.
func (b *batch) write(op, key string, args ...any) {
	b.args = append(b.args, op, b.key(key), len(args))
	b.args = append(b.args, args...)
}

// writeMany adds a write with any number of arguments, in pieces that hold whole groups of size.
func (b *batch) writeMany(op, key string, size int, args []any) {
	step := maxArgs / size * size
	for len(args) > 0 {
		n := min(step, len(args))
		b.write(op, key, args[:n]...)
		args = args[n:]
	}
}

// call returns the batch as a call of commit.lua.
func (b *batch) call(script *redis.Script) *call {
	return &call{script: script, keys: b.keys, args: b.args}
}
