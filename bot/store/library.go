package store

import (
	"context"

	"github.com/redis/go-redis/v9"
)

// DiscardLibraryLog keeps go-redis from writing to standard error by itself, for every store of the process: what goes wrong
// comes back as an error and is logged once, by whoever handles it. Call it before the first Connect.
func DiscardLibraryLog() { redis.SetLogger(silence{}) }

type silence struct{}

// Printf says nothing.
func (silence) Printf(context.Context, string, ...any) {}
