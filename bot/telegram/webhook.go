package telegram

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
	"time"
)

// maxUpdate is the longest webhook body that is read. Telegram's own updates stay far below.
const maxUpdate = 1 << 20

// Hook receives updates that Telegram pushes. It answers 200 only after the Intake has the update; anything else makes
// Telegram send it again. It is safe for concurrent use, and any number of processes may serve it.
type Hook struct {
	intake Intake
	secret [sha256.Size]byte
	stored func()
	log    *slog.Logger
	now    func() time.Time

	received atomic.Int64
}

// NewHook returns the handler for the address given to setWebhook. secret is the secret_token given there and must not be
// empty: without it anybody could speak as Telegram. stored is called after an update was stored and must not block.
func NewHook(intake Intake, secret string, stored func(), now func() time.Time, log *slog.Logger) *Hook {
	h := &Hook{intake: intake, stored: stored, now: now, log: log}
	if secret != "" {
		h.secret = sha256.Sum256([]byte(secret))
	}
	return h
}

// LastUpdate returns when this process last received an update, the zero time when it never did.
func (h *Hook) LastUpdate() time.Time { return instant(&h.received) }

// ServeHTTP takes one update: 401 without the secret, 400 for what is no JSON object or longer than
// 1 MB, 503 when it could not be stored.
func (h *Hook) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		http.Error(w, "want POST", http.StatusMethodNotAllowed)
		return
	}
	given := sha256.Sum256([]byte(r.Header.Get("X-Telegram-Bot-Api-Secret-Token")))
	if subtle.ConstantTimeCompare(given[:], h.secret[:]) != 1 {
		http.Error(w, "wrong secret", http.StatusUnauthorized)
		return
	}
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxUpdate))
	if err != nil {
		http.Error(w, "body cut off or too long", http.StatusBadRequest)
		return
	}
	var object map[string]json.RawMessage
	if json.Unmarshal(raw, &object) != nil || object == nil {
		h.log.Warn("webhook body is no update", "bytes", len(raw))
		http.Error(w, "want a JSON object", http.StatusBadRequest)
		return
	}
	id, chat, _ := identify(raw)
	if err := h.intake.StoreUpdate(r.Context(), id, chat, raw); err != nil {
		h.log.Error("update not stored", "update", id, "err", err)
		http.Error(w, "not stored, send again", http.StatusServiceUnavailable)
		return
	}
	h.received.Store(h.now().UnixMilli())
	h.stored()
}

// SetWebhook makes Telegram push updates to address, with secret in each. Doing so again changes nothing. To go back, poll:
// a Poller ends the pushing by itself. No error of it holds the token.
func SetWebhook(ctx context.Context, client *http.Client, apiURL, token, address, secret string) error {
	e := endpoint{url: strings.TrimRight(apiURL, "/"), token: token, http: client}
	return e.call(ctx, "setWebhook", map[string]any{
		"url": address, "secret_token": secret, "allowed_updates": AllowedUpdates(),
	}, nil)
}
