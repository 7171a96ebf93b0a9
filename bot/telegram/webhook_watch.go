package telegram

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"
)

// WebhookState is what Telegram says of the pushing of updates.
type WebhookState struct {
	URL       string    // where it pushes, "" = nowhere
	Pending   int       // updates that wait
	LastError time.Time // when a push failed last, zero = never
	Problem   string    // what Telegram says of that
}

// HookWatch asks Telegram how the pushing goes: a webhook that went dark tells nobody by itself. It is safe for concurrent
// use.
type HookWatch struct {
	api     endpoint
	address string
	log     *slog.Logger

	mu    sync.Mutex
	last  WebhookState
	known bool
}

// pendingFew is how many updates may wait while all is well: Telegram pushes some of them at once, and a burst takes a while.
const pendingFew = 100

// NewHookWatch returns a watch over the webhook at address.
func NewHookWatch(client *http.Client, apiURL, token, address string, log *slog.Logger) *HookWatch {
	return &HookWatch{api: endpoint{url: strings.TrimRight(apiURL, "/"), token: token, http: client}, address: address, log: log}
}

// Look asks once and logs what is wrong: updates pile up, a push failed since the last look, or somebody has them pushed
// elsewhere. The error, which never holds the token, says that Telegram could not be asked.
func (w *HookWatch) Look(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	var info struct {
		URL     string `json:"url"`
		Pending int    `json:"pending_update_count"`
		At      int64  `json:"last_error_date"`
		Problem string `json:"last_error_message"`
	}
	if err := w.api.call(ctx, "getWebhookInfo", map[string]any{}, &info); err != nil {
		return err
	}
	now := WebhookState{URL: info.URL, Pending: info.Pending, Problem: cutWords(info.Problem, 160)}
	if info.At != 0 {
		now.LastError = time.Unix(info.At, 0)
	}
	w.mu.Lock()
	before, known := w.last, w.known
	w.last, w.known = now, true
	w.mu.Unlock()
	switch {
	case now.URL != w.address:
		w.log.Error("telegram does not push updates here: somebody set or ended the webhook")
	case now.Pending > pendingFew, now.LastError.After(before.LastError) && known:
		w.log.Warn("pushing of updates does not go well", "pending", now.Pending, "last_error", now.Problem, "at", now.LastError)
	}
	return nil
}

// State returns what the last look found; ok is false when none has.
func (w *HookWatch) State() (s WebhookState, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.last, w.known
}
