package telegramtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"time"
)

// webhook is where updates are pushed to, and how the last push went.
type webhook struct {
	url            string
	secret         string
	maxConnections int
	stop           context.CancelFunc
	failedAt       time.Time
	failure        string
}

// webhookClient follows no redirects, uses no proxy and gives the bot a minute.
func webhookClient() *http.Client {
	return &http.Client{
		Timeout:       time.Minute,
		Transport:     &http.Transport{},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

func (s *Server) setWebhook(r *request) (any, error) {
	if !r.has("url") {
		return s.deleteWebhook(r)
	}
	if err := checkWebhook(r); err != nil {
		return nil, err
	}
	var allowed []string
	if err := r.object("allowed_updates", &allowed); err != nil {
		return nil, err
	}
	if r.has("allowed_updates") {
		s.updates.allowed = allowed
	}
	s.dropHook(r.flag("drop_pending_updates"))
	s.endPolls("terminated by setWebhook request")
	connections := int(r.number("max_connections"))
	if connections == 0 {
		connections = 40
	}
	ctx, stop := context.WithCancel(s.ctx)
	hook := &webhook{url: r.text("url"), secret: r.text("secret_token"), maxConnections: connections, stop: stop}
	s.hook = hook
	s.work.Add(1)
	go func() {
		defer s.work.Done()
		defer stop()
		s.push(ctx, hook)
	}()
	return true, nil
}

var secretToken = regexp.MustCompile(`^[A-Za-z0-9_-]{1,256}$`)

func checkWebhook(r *request) error {
	target, err := url.Parse(r.text("url"))
	if err != nil || target.Host == "" || (target.Scheme != "http" && target.Scheme != "https") {
		return badRequest("bad webhook: invalid webhook URL specified")
	}
	if n := r.number("max_connections"); n < 0 || n > 100 {
		return badRequest("bad webhook: max_connections must be between 1 and 100")
	}
	secret := r.text("secret_token")
	if secret != "" && !secretToken.MatchString(secret) {
		return badRequest("secret token contains unallowed characters")
	}
	return nil
}

func (s *Server) deleteWebhook(r *request) (any, error) {
	s.dropHook(r.flag("drop_pending_updates"))
	s.announce()
	return true, nil
}

// dropHook ends pushing; a push under way is cut off. The caller holds s.mu.
func (s *Server) dropHook(forget bool) {
	if s.hook != nil {
		s.hook.stop()
		s.hook = nil
	}
	if forget {
		s.updates.waiting = nil
	}
}

type wireWebhookInfo struct {
	URL              string   `json:"url"`
	HasCertificate   bool     `json:"has_custom_certificate"`
	Pending          int      `json:"pending_update_count"`
	LastErrorDate    int64    `json:"last_error_date,omitempty"`
	LastErrorMessage string   `json:"last_error_message,omitempty"`
	MaxConnections   int      `json:"max_connections,omitempty"`
	AllowedUpdates   []string `json:"allowed_updates,omitempty"`
}

func (s *Server) getWebhookInfo(*request) (any, error) {
	info := wireWebhookInfo{Pending: len(s.updates.waiting), AllowedUpdates: s.updates.allowed}
	if s.hook != nil {
		info.URL = s.hook.url
		info.MaxConnections = s.hook.maxConnections
		info.LastErrorMessage = s.hook.failure
		if !s.hook.failedAt.IsZero() {
			info.LastErrorDate = s.hook.failedAt.Unix()
		}
	}
	return info, nil
}

// push delivers updates one by one, each until the bot answers 2xx.
func (s *Server) push(ctx context.Context, hook *webhook) {
	pause := s.cfg.WebhookRetry
	for {
		next, ok := s.awaitUpdate(ctx)
		if !ok {
			return
		}
		err := s.deliver(ctx, hook, next)
		if err != nil && ctx.Err() != nil {
			return // cut off by deleteWebhook or Close: the update stays
		}
		s.settlePush(hook, next, err)
		if err == nil {
			pause = s.cfg.WebhookRetry
			continue
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
		pause = min(2*pause, 32*s.cfg.WebhookRetry)
	}
}

// awaitUpdate is the oldest waiting update; false when the webhook is gone.
func (s *Server) awaitUpdate(ctx context.Context) (update, bool) {
	for {
		next, changed, ok := s.oldest()
		if ctx.Err() != nil {
			return update{}, false
		}
		if ok {
			return next, true
		}
		select {
		case <-ctx.Done():
			return update{}, false
		case <-changed:
		}
	}
}

// oldest is the oldest waiting update, if there is one, and a channel that
// closes on the next change.
func (s *Server) oldest() (update, <-chan struct{}, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.updates.waiting) == 0 {
		return update{}, s.changed, false
	}
	return s.updates.waiting[0], s.changed, true
}

func (s *Server) deliver(ctx context.Context, hook *webhook, u update) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, hook.url, bytes.NewReader(u.body))
	if err != nil {
		return fmt.Errorf("build webhook request: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	if hook.secret != "" {
		req.Header.Set("X-Telegram-Bot-Api-Secret-Token", hook.secret)
	}
	resp, err := s.hooks.Do(req)
	if err != nil {
		var wrapped *url.Error
		if errors.As(err, &wrapped) {
			err = wrapped.Err // the URL may hold a secret
		}
		return err
	}
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 1<<20))
	_ = resp.Body.Close()
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return errors.New("Wrong response from the webhook: " + resp.Status)
	}
	return nil
}

// settlePush forgets a delivered update, or notes why it was not.
func (s *Server) settlePush(hook *webhook, u update, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		hook.failure, hook.failedAt = err.Error(), s.cfg.Now()
	} else {
		s.updates.seek(u.id + 1)
	}
	s.announce()
}
