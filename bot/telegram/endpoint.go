package telegram

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
)

// maxAnswer is the longest answer that is read: a hundred updates of the largest kind.
const maxAnswer = 64 << 20

// endpoint is the Bot API for the few calls the library has no use for here: those that deal in raw updates.
type endpoint struct {
	url   string
	token string // never logged, and in no error
	http  *http.Client
}

// refusal is an error answer of Telegram.
type refusal struct {
	Code        int    `json:"error_code"`
	Description string `json:"description"`
	Parameters  struct {
		RetryAfter int `json:"retry_after"`
	} `json:"parameters"`
}

func (r *refusal) Error() string { return fmt.Sprintf("telegram: %d %s", r.Code, r.Description) }

// call posts to one method. A refusal comes as *refusal.
func (e endpoint) call(ctx context.Context, method string, params, result any) error {
	body, err := json.Marshal(params)
	if err != nil {
		return fmt.Errorf("encoding %s: %w", method, err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, e.url+"/bot"+e.token+"/"+method, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("calling %s: the address of the Bot API is no URL", method)
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := e.http.Do(req)
	if err != nil {
		return fmt.Errorf("calling %s: %w", method, withoutURL(err))
	}
	defer resp.Body.Close()
	return decodeAnswer(method, resp, result)
}

// decodeAnswer reads Telegram's envelope.
func decodeAnswer(method string, resp *http.Response, result any) error {
	var answer struct {
		OK bool `json:"ok"`
		refusal
		Result json.RawMessage `json:"result"`
	}
	if err := json.NewDecoder(io.LimitReader(resp.Body, maxAnswer)).Decode(&answer); err != nil {
		return fmt.Errorf("reading the answer to %s: status %d: %w", method, resp.StatusCode, err)
	}
	if !answer.OK {
		return fmt.Errorf("calling %s: %w", method, &answer.refusal)
	}
	if result == nil {
		return nil
	}
	if err := json.Unmarshal(answer.Result, result); err != nil {
		return fmt.Errorf("reading the result of %s: %w", method, err)
	}
	return nil
}

// withoutURL takes the address, and the token in it, out of an error of net/http.
func withoutURL(err error) error {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		return wrapped.Err
	}
	return err
}
