package telegramtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxBody is Telegram's 50 MB for uploads and room for the other fields.
const maxBody = 50<<20 + 1<<20

// request is one call of a method with its parameters, however they were sent.
type request struct {
	method string // as the caller wrote it
	values map[string]string
	files  map[string]upload
}

type upload struct {
	name   string
	data   []byte
	broken bool // a picture that does not decode; see request.look
}

// readRequest reads the whole body, also what follows the last multipart
// boundary: net/http notices that a client went away only after that.
func readRequest(r *http.Request, name string) (*request, error) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	if err != nil {
		return nil, badRequest("request body could not be read")
	}
	if len(body) > maxBody {
		return nil, &Error{Code: http.StatusRequestEntityTooLarge, Description: "Request Entity Too Large"}
	}
	req := &request{method: name, values: map[string]string{}, files: map[string]upload{}}
	req.addForm(r.URL.Query())
	if err := req.addBody(r.Header.Get("Content-Type"), body); err != nil {
		return nil, err
	}
	for key, value := range req.values {
		if !utf8.ValidString(value) {
			return nil, badRequest("strings must be encoded in UTF-8: %s", strconv.QuoteToASCII(key))
		}
	}
	return req, nil
}

func (r *request) addForm(form url.Values) {
	for key, values := range form {
		r.values[key] = values[0]
	}
}

func (r *request) addBody(contentType string, body []byte) error {
	kind, params, _ := mime.ParseMediaType(contentType)
	switch {
	case len(body) == 0:
		return nil
	case kind == "multipart/form-data":
		return r.addParts(multipart.NewReader(bytes.NewReader(body), params["boundary"]))
	case kind == "application/json":
		return r.addJSON(body)
	case kind == "application/x-www-form-urlencoded":
		form, err := url.ParseQuery(string(body))
		if err != nil {
			return badRequest("can't parse parameters")
		}
		r.addForm(form)
		return nil
	default:
		return badRequest("unsupported content type")
	}
}

func (r *request) addParts(parts *multipart.Reader) error {
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return badRequest("can't parse multipart body")
		}
		data, err := io.ReadAll(part)
		if err != nil {
			return badRequest("can't parse multipart body")
		}
		if part.FileName() != "" {
			r.files[part.FormName()] = upload{name: part.FileName(), data: data}
			continue
		}
		r.values[part.FormName()] = string(data)
	}
}

// addJSON takes strings as they are and everything else as its JSON text, the
// form in which multipart bodies carry it.
func (r *request) addJSON(body []byte) error {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(body, &fields); err != nil {
		return badRequest("can't parse JSON object")
	}
	for key, raw := range fields {
		var text string
		if json.Unmarshal(raw, &text) == nil {
			r.values[key] = text
			continue
		}
		r.values[key] = string(raw)
	}
	return nil
}

func (r *request) has(key string) bool    { return r.values[key] != "" }
func (r *request) text(key string) string { return r.values[key] }

// number is the integer under key; absent and malformed both give 0, as in
// Telegram, and the check that follows finds no such chat or message.
func (r *request) number(key string) int64 {
	n, _ := strconv.ParseInt(strings.TrimSpace(r.values[key]), 10, 64)
	return n
}

func (r *request) flag(key string) bool {
	switch strings.ToLower(r.values[key]) {
	case "true", "1", "yes":
		return true
	}
	return false
}

// object decodes the JSON under key into dest and leaves dest alone when the
// parameter is absent.
func (r *request) object(key string, dest any) error {
	if !r.has(key) {
		return nil
	}
	if err := json.Unmarshal([]byte(r.values[key]), dest); err != nil {
		return badRequest("can't parse %s: %s", key, "wrong JSON")
	}
	return nil
}

// Error is a refusal in Telegram's shape.
type Error struct {
	Code        int    // HTTP status and error_code
	Description string // as Telegram words it, e.g. "Bad Request: chat not found"
	RetryAfter  int    // seconds, with 429
	MigrateTo   int64  // the supergroup's id, with 400 after a migration
}

// Error is the description with its code.
func (e *Error) Error() string { return fmt.Sprintf("%d %s", e.Code, e.Description) }

func badRequest(format string, args ...any) error {
	return &Error{Code: http.StatusBadRequest, Description: "Bad Request: " + fmt.Sprintf(format, args...)}
}

func forbidden(reason string) error {
	return &Error{Code: http.StatusForbidden, Description: "Forbidden: " + reason}
}

func notFound(description string) *Error {
	return &Error{Code: http.StatusNotFound, Description: description}
}

type errorBody struct {
	OK          bool             `json:"ok"`
	ErrorCode   int              `json:"error_code"`
	Description string           `json:"description"`
	Parameters  *errorParameters `json:"parameters,omitempty"`
}

type errorParameters struct {
	RetryAfter int   `json:"retry_after,omitempty"`
	MigrateTo  int64 `json:"migrate_to_chat_id,omitempty"`
}

func writeError(w http.ResponseWriter, e *Error) {
	body := errorBody{ErrorCode: e.Code, Description: e.Description}
	if e.RetryAfter != 0 || e.MigrateTo != 0 {
		body.Parameters = &errorParameters{RetryAfter: e.RetryAfter, MigrateTo: e.MigrateTo}
	}
	writeJSON(w, e.Code, body)
}

func writeResult(w http.ResponseWriter, result json.RawMessage) {
	writeJSON(w, http.StatusOK, struct {
		OK     bool            `json:"ok"`
		Result json.RawMessage `json:"result"`
	}{true, result})
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // a client that went away is its own affair
}
