package store

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alicebob/miniredis/v2"
)

func TestKeysOfTheEmbeddedStoreExpire(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		mini := miniredis.NewMiniRedis()
		if err := mini.Set("key", "value"); err != nil {
			t.Fatal(err)
		}
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
	s, done, err := ConnectMini(Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer done()
	for range 3 {
		if _, err := s.Shops(t.Context()); err != nil { // one command per partition in one pipeline
			t.Fatal(err)
		}
	}
}
