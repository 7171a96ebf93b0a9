package telegram_test

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"shopwarden/bot/outbox"
	"shopwarden/bot/telegram"
	"shopwarden/bot/telegram/telegramtest"
)

func TestAFileThatSomebodySentIsFetched(t *testing.T) {
	b := newBooth(t, telegramtest.Limits{})
	proof := bytes.Repeat([]byte("signed for\n"), 1000)
	m, err := b.SayDocument(b.chat, owner.ID, "proof.txt", proof, "/appeal P1")
	if err != nil {
		t.Fatal(err)
	}
	photo, err := b.SayPhoto(b.chat, owner.ID, pngOf(t, 60, 40), "/appeal P1")
	if err != nil {
		t.Fatal(err)
	}
	data, name, err := b.client.Download(t.Context(), m.FileID, telegram.MaxDownload)
	if err != nil || !bytes.Equal(data, proof) || !strings.HasSuffix(name, ".txt") {
		t.Errorf("%d bytes of %q, %v", len(data), name, err)
	}
	if data, _, err = b.client.Download(t.Context(), photo.FileID, 1<<20); err != nil || !bytes.Equal(data, photo.Photo) {
		t.Errorf("%d bytes of the picture, %v", len(data), err)
	}
}

func wantCall(t *testing.T, err error, verdict outbox.Verdict, reason string) {
	t.Helper()
	var failed *telegram.CallError
	if !errors.As(err, &failed) || failed.Verdict != verdict || failed.Reason != reason {
		t.Errorf("got %v, want verdict %d %q", err, verdict, reason)
	}
}

func TestAFileThatIsTooBigOrUnknownIsRefused(t *testing.T) {
	b := newBooth(t, telegramtest.Limits{})
	m, err := b.SayDocument(b.chat, owner.ID, "a.bin", make([]byte, 1000), "")
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = b.client.Download(t.Context(), m.FileID, 999)
	wantCall(t, err, outbox.Refused, outbox.ReasonTooBig)
	if m, err = b.SayDocument(b.chat, owner.ID, "b.bin", make([]byte, telegram.MaxDownload+1), ""); err != nil {
		t.Fatal(err)
	}
	_, _, err = b.client.Download(t.Context(), m.FileID, 1<<40)
	wantCall(t, err, outbox.Refused, outbox.ReasonTooBig)
	_, _, err = b.client.Download(t.Context(), "unknown", 1<<20)
	wantCall(t, err, outbox.Refused, outbox.ReasonBadRequest)
}

// TestWhatGoesWrongWithAFileIsNamedWithoutTheToken answers getFile as told and the file in other ways.
func TestWhatGoesWrongWithAFileIsNamedWithoutTheToken(t *testing.T) {
	tests := []struct {
		name, path string
		size       int
		file       http.HandlerFunc
		verdict    outbox.Verdict
		reason     string
	}{
		{"gone", "a/b", 1, http.NotFound, outbox.NotSent, outbox.ReasonNotFound},
		{"wrong token", "a/b", 1, status(401), outbox.NotSent, outbox.ReasonUnauthorized},
		{"flood", "a/b", 1, status(429), outbox.Flooded, outbox.ReasonFlood},
		{"server error", "a/b", 1, status(502), outbox.NotSent, outbox.ReasonServerError},
		{"redirect", "a/b", 1, status(302), outbox.NotSent, outbox.ReasonProxy},
		{"bigger than said", "a/b", 1, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, 200)) }, outbox.Refused, outbox.ReasonTooBig},
		{"cut", "a/b", 1, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "50")
			_, _ = w.Write([]byte("a"))
		}, outbox.NotSent, outbox.ReasonNetwork},
		{"hang", "a/b", 1, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, outbox.NotSent, outbox.ReasonTimeout},
		{"path on a disk", "/var/lib/a", 1, status(200), outbox.Refused, outbox.ReasonBadRequest},
		{"path that climbs", "../getMe", 1, status(200), outbox.Refused, outbox.ReasonBadRequest},
		{"no path", "", 1, status(200), outbox.Refused, outbox.ReasonBadRequest},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			mux := http.NewServeMux()
			mux.HandleFunc("/bot42:SECRET/getFile", func(w http.ResponseWriter, _ *http.Request) {
				fmt.Fprintf(w, `{"ok":true,"result":{"file_id":"f","file_unique_id":"u","file_size":%d,"file_path":%q}}`, tt.size, tt.path)
			})
			mux.HandleFunc("/file/bot42:SECRET/", tt.file)
			server := httptest.NewServer(mux)
			defer server.Close()
			var l log
			client := newClient(t, telegram.Config{Token: "42:SECRET", APIURL: server.URL, Timeout: 300 * time.Millisecond, Log: l.logger()})
			data, _, err := client.Download(t.Context(), "f", 100)
			wantCall(t, err, tt.verdict, tt.reason)
			if text := l.String() + fmt.Sprint(err); data != nil || strings.Contains(text, "SECRET") {
				t.Errorf("%d bytes, and the token is in %q", len(data), text)
			}
		})
	}
}

func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
}
