package webhook

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"shopwarden/rules"
)

// retryAfter is what a platform is asked to wait, in seconds, after a failure of ours.
const retryAfter = 5

// maxMessage bounds what a reply quotes of a body, in bytes.
const maxMessage = 400

// The results that [Config.Observe] sees: this set is closed.
const (
	ResultAccepted     = "accepted"      // acknowledged, all known events committed
	ResultTest         = "test"          // Doudian's address test, acknowledged, nothing to commit
	ResultMethod       = "method"        // 405
	ResultEncoding     = "encoding"      // 415
	ResultTooLarge     = "too_large"     // 413
	ResultSlowBody     = "slow_body"     // 408
	ResultBrokenBody   = "broken_body"   // 400, the sender went away in the middle
	ResultUnknownShop  = "unknown_shop"  // 401, told as bad_signature
	ResultBadSignature = "bad_signature" // 401
	ResultBadTimestamp = "bad_timestamp" // 401
	ResultBadJSON      = "bad_json"      // 400
	ResultBadEvent     = "bad_event"     // 400
	ResultStore        = "store"         // 503
	ResultTimeout      = "timeout"       // 503
	ResultGone         = "gone"          // the sender went away before the commit was done
	ResultPanic        = "panic"         // 500
)

// failure is why a delivery is not acknowledged. code and message go to the sender, label to the metrics, cause to the
// log.
type failure struct {
	status  int
	code    string // a Result constant
	label   string // another one, where the sender must not know; else ""
	message string
	index   *int   // of the bad event
	field   string // of the bad event
	cause   error
}

func (f *failure) Error() string {
	if f.cause != nil {
		return fmt.Sprintf("%s: %v", f.result(), f.cause)
	}
	return f.result() + ": " + f.message
}

func (f *failure) result() string {
	if f.label != "" {
		return f.label
	}
	return f.code
}

// badSignature is all that strangers are told; reason is for the log.
func badSignature(reason string) *failure {
	return &failure{
		status: http.StatusUnauthorized, code: ResultBadSignature,
		message: "the signature does not match", cause: errors.New(reason),
	}
}

// badBody explains a body that was signed well and cannot be used.
func badBody(err error) *failure {
	f := &failure{status: http.StatusBadRequest, code: ResultBadJSON, message: clip(err.Error())}
	if bad := (*rules.BadEventError)(nil); errors.As(err, &bad) {
		f.code, f.index, f.field = ResultBadEvent, &bad.Index, clip(bad.Field)
	}
	return f
}

func clip(s string) string {
	if len(s) <= maxMessage {
		return s
	}
	return s[:maxMessage] + "…"
}

// jsonError is the reply to a delivery that is not acknowledged.
type jsonError struct {
	Error struct {
		Code    string `json:"code"`
		Message string `json:"message"`
		Index   *int   `json:"index,omitempty"`
		Field   string `json:"field,omitempty"`
	} `json:"error"`
}

func (f *failure) json() jsonError {
	var body jsonError
	body.Error.Code, body.Error.Message = f.code, f.message
	body.Error.Index, body.Error.Field = f.index, f.field
	return body
}

func writeFailure(w http.ResponseWriter, f *failure, body any) {
	if f.status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", strconv.Itoa(retryAfter))
	}
	if f.status == http.StatusRequestEntityTooLarge || f.status == http.StatusRequestTimeout {
		w.Header().Set("Connection", "close") // what is left of the body is not worth reading
	}
	writeJSON(w, f.status, body)
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	text, err := json.Marshal(body)
	if err != nil {
		status, text = http.StatusInternalServerError, []byte("{}")
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(text)))
	w.WriteHeader(status)
	_, _ = w.Write(text) // a sender that is gone will send again
}
