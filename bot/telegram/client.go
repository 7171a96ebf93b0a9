package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/go-telegram/bot"

	"shopwarden/config"
)

// Config is how a Client reaches the Bot API. Token is required; the rest works when zero.
type Config struct {
	Token  config.Secret
	APIURL string        // https://api.telegram.org when empty
	Proxy  config.Secret // http, https, socks5 or socks5h URL; as HTTPS_PROXY it is for https addresses only
	// Timeout is for one call; 25 s. Telegram holds some calls for 15 seconds and then sends the message after all, so
	// less than 20 turns slow answers into doubtful ones.
	Timeout time.Duration
	Log     *slog.Logger // nil = none
}

func (c Config) withDefaults() Config {
	if c.APIURL == "" {
		c.APIURL = "https://api.telegram.org"
	}
	if c.Timeout <= 0 {
		c.Timeout = 25 * time.Second
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return c
}

// Client calls the Bot API: the library gives the methods their types, and every call goes over a connection of our own that
// knows what became of it. Errors are *CallError; neither they nor the log ever hold the token. A Client is safe for
// concurrent use. It calls nobody until it is asked to.
type Client struct {
	api     *bot.Bot
	http    *http.Client
	files   string // where files are; holds the token
	timeout time.Duration
	log     *slog.Logger
}

// NewClient returns a client. It errs when the token is missing, or an address is no URL.
func NewClient(cfg Config) (*Client, error) {
	cfg = cfg.withDefaults()
	address, err := url.Parse(cfg.APIURL)
	if err != nil || address.Host == "" {
		return nil, errors.New("the address of the Bot API is no URL")
	}
	proxy, err := proxyFor(cfg.Proxy)
	if err != nil {
		return nil, err
	}
	c := &Client{timeout: cfg.Timeout, log: cfg.Log, http: newHTTP(proxy), files: fileAddress(cfg.APIURL, cfg.Token.Reveal())}
	c.api, err = bot.New(cfg.Token.Reveal(),
		bot.WithServerURL(strings.TrimSuffix(cfg.APIURL, "/")),
		bot.WithSkipGetMe(), // Telegram may be away for the moment
		bot.WithHTTPClient(0, &wire{http: c.http}),
		bot.WithErrorsHandler(func(error) {}), // they come back as the outcome of the call
	)
	if err != nil {
		return nil, errors.New("the bot token is empty")
	}
	return c, nil
}

// HTTP returns the client's own HTTP client, proxy included. It has no time-out.
func (c *Client) HTTP() *http.Client { return c.http }

// Close closes idle connections. The client can still be used.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// proxyFor returns the choice of a proxy for each request: none without a setting.
func proxyFor(setting config.Secret) (func(*http.Request) (*url.URL, error), error) {
	if setting == "" {
		return nil, nil
	}
	proxy, err := url.Parse(setting.Reveal())
	if err != nil || proxy.Host == "" {
		return nil, errors.New("the address of the proxy is no URL") // it may hold a password
	}
	return func(r *http.Request) (*url.URL, error) {
		if r.URL.Scheme != "https" {
			return nil, nil
		}
		return proxy, nil
	}, nil
}

func newHTTP(proxy func(*http.Request) (*url.URL, error)) *http.Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.Proxy = proxy
	transport.MaxIdleConnsPerHost = 32
	return &http.Client{
		Transport: transport,
		// The token is in the path: it goes to nobody Telegram points at.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// do makes one call and says what became of it: the result as Telegram sent it, or a *CallError. What the library makes of
// the answer does not count; it calls a message not sent when it cannot read the reply.
func (c *Client) do(ctx context.Context, method string, call func(ctx context.Context)) (json.RawMessage, *CallError) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	r := &record{}
	call(context.WithValue(ctx, recordKey{}, r))
	result, failed := classify(r.exchange())
	if failed != nil {
		failed.Method = method
		c.log.Debug("telegram call failed", "method", method, "reason", failed.Reason, "code", failed.Code)
		return nil, failed
	}
	return result, nil
}

// errorOf keeps a missing *CallError from becoming an error that is not nil.
func errorOf(failed *CallError) error {
	if failed == nil {
		return nil
	}
	return failed
}

// decode reads a result that Telegram called ok.
func decode(method string, raw json.RawMessage, into any) error {
	if err := json.Unmarshal(raw, into); err != nil {
		return fmt.Errorf("reading the result of %s: %w", method, err)
	}
	return nil
}
