package store

import (
	"context"
	"crypto/rand"
	"fmt"
	"sync"
	"time"

	"github.com/alicebob/miniredis/v2"
)

// expireEvery is how often keys of the embedded store grow older. Its own clock would look through all keys before every
// command, which makes each of them twenty times as slow.
const expireEvery = time.Second

// ConnectMini starts a Redis inside this process and opens a store on it. It keeps nothing: what is stored is gone when done
// is called or the process ends. It is for the demo and for quick tests.
//
// It listens on the loopback behind a password that nobody else knows. A pipe within the process would do without a port,
// but it has no buffer: server and client wait for each other as soon as a pipeline is longer than one read.
func ConnectMini(cfg Config) (s *Store, done func(), err error) {
	mini := miniredis.NewMiniRedis()
	password := rand.Text()
	mini.RequireAuth(password)
	if err := mini.Start(); err != nil {
		return nil, nil, fmt.Errorf("starting the embedded store: %w", err)
	}
	s, err = Connect(context.Background(), Options{Config: cfg, URL: "redis://:" + password + "@" + mini.Addr() + "/0"})
	if err != nil {
		mini.Close()
		return nil, nil, fmt.Errorf("opening the embedded store: %w", err)
	}
	s.embedded = true
	aging, stop := context.WithCancel(context.Background())
	var ended sync.WaitGroup
	ended.Go(func() { age(aging, mini) })
	return s, func() {
		stop()
		ended.Wait()
		_ = s.Close() // nothing of it is kept
		mini.Close()
	}, nil
}

// age lets keys expire.
func age(ctx context.Context, mini *miniredis.Miniredis) {
	ticker := time.NewTicker(expireEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			mini.FastForward(expireEvery)
		}
	}
}
