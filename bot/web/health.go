package web

import (
	"context"
	"encoding/json"
	"net/http"
	"time"
)

// Check is one thing that must work. Run returns nil, or why it does not, in a short text without addresses or secrets.
type Check struct {
	Name string
	Run  func(ctx context.Context) error
}

// healthTimeout bounds all checks of one request together.
const healthTimeout = 3 * time.Second

// Health answers 200 and {"ok":true} when every check passes, else 503 with what fails.
func Health(checks []Check) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), healthTimeout)
		defer cancel()
		answer := struct {
			OK     bool              `json:"ok"`
			Checks map[string]string `json:"checks"`
		}{OK: true, Checks: map[string]string{}}
		for _, c := range checks {
			answer.Checks[c.Name] = "ok"
			if err := c.Run(ctx); err != nil {
				answer.OK = false
				answer.Checks[c.Name] = err.Error()
			}
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-store")
		if !answer.OK {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		_ = json.NewEncoder(w).Encode(answer) // the client may be gone
	})
}
