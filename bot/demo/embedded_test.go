package demo

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alicebob/miniredis/v2"

	"shopwarden/bot/store"
)

func TestKeysOfTheEmbeddedStoreExpire(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		mini := miniredis.NewMiniRedis()
		must(t, mini.Set("key", "value"))
		mini.SetTTL("key", 5*time.Second)
		ctx, stop := context.WithCancel(t.Context())
		go age(ctx, mini)
		time.Sleep(4500 * time.Millisecond)
		if !mini.Exists("key") {
			t.Error("it expired too early")
		}
		time.Sleep(time.Second)
		if mini.Exists("key") {
			t.Error("it lives on")
		}
		stop()
		synctest.Wait()
	})
}

func TestTheEmbeddedStoreTakesLongPipelines(t *testing.T) {
	s, drop, err := openStore(t.Context(), store.Config{})
	must(t, err)
	defer drop()
	for range 3 {
		_, err := s.Shops(t.Context()) // one command per partition in one pipeline
		must(t, err)
	}
}
