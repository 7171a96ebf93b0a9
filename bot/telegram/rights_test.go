package telegram_test

import (
	"testing"

	"shopwarden/bot/telegram/telegramtest"
)

func TestTheBotLooksWhetherItMayWrite(t *testing.T) {
	b := newBooth(t, telegramtest.Limits{})
	if can, err := b.client.CanPost(t.Context(), b.forum); !can || err != nil {
		t.Errorf("where it is: %v, %v", can, err)
	}
	if can, err := b.client.CanPost(t.Context(), -4711); can || err == nil {
		t.Errorf("where it is not: %v, %v", can, err)
	}
}
