package telegram_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"shopwarden/bot/outbox"
	"shopwarden/bot/telegram/telegramtest"
)

// TestEveryWrittenTextIsTakenByTelegramAsItIs sends what package notify writes in its tests to a Bot API that parses as
// Telegram does.
func TestEveryWrittenTextIsTakenByTelegramAsItIs(t *testing.T) {
	files, err := filepath.Glob("../notify/testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	b := newBooth(t, telegramtest.Limits{})
	sent := 0
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, page := range strings.Split(string(raw), "════ ")[1:] {
			title, html := goldenPage(page)
			out := b.send(t, outbox.Message{Chat: b.chat, HTML: html}, 0)
			if out.Verdict != outbox.Delivered || out.Reason != "" {
				t.Errorf("%s, %s: %+v\n%s", filepath.Base(file), title, out, html)
			}
			sent++
		}
	}
	if sent < 50 {
		t.Errorf("%d texts, want all of them", sent)
	}
}

// goldenPage takes a page of a golden file apart: its title, and its text without the facts above and the buttons below.
func goldenPage(page string) (title, html string) {
	lines := strings.Split(strings.TrimSpace(page), "\n")
	title, lines = lines[0], lines[1:]
	for len(lines) > 0 && (strings.HasPrefix(lines[0], "key ") || strings.HasPrefix(lines[0], "edits ") || strings.HasPrefix(lines[0], "until ")) {
		lines = lines[1:]
	}
	for len(lines) > 0 && strings.HasPrefix(lines[len(lines)-1], "[") && strings.Contains(lines[len(lines)-1], " → ") {
		lines = lines[:len(lines)-1]
	}
	return title, strings.Join(lines, "\n")
}
