package telegram

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path"
	"strings"

	"github.com/go-telegram/bot"

	"shopwarden/bot/outbox"
)

// MaxDownload is the most bytes of a file that Telegram hands to a bot (core.telegram.org/bots/api#getfile).
const MaxDownload = 20 << 20

// downloadFactor is how many times longer than a call a file may take: it is larger than an answer.
const downloadFactor = 4

// Download fetches a file that somebody sent, of at most that many bytes and never more than [MaxDownload], and the name it has at
// Telegram, such as file_3.jpg; the name a document was sent under stands in its message. It may be repeated. What fails is a
// *CallError: with ReasonTooBig the file is larger than that, with Refused it will never be had, otherwise later perhaps. No
// error names the address, which holds the token.
func (c *Client) Download(ctx context.Context, fileID string, most int64) (data []byte, name string, err error) {
	raw, failed := c.do(ctx, "getFile", func(ctx context.Context) {
		_, _ = c.api.GetFile(ctx, &bot.GetFileParams{FileID: fileID}) // do knows better
	})
	if failed != nil {
		return nil, "", failed
	}
	var file struct {
		Path string `json:"file_path"`
		Size int64  `json:"file_size"`
	}
	if err := decode("getFile", raw, &file); err != nil {
		return nil, "", err
	}
	most = min(most, MaxDownload)
	switch {
	case file.Size > most:
		return nil, "", downloadError(outbox.Refused, outbox.ReasonTooBig, 0)
	case !plainPath(file.Path): // a server that keeps files on its own disk gives a path there
		return nil, "", downloadError(outbox.Refused, outbox.ReasonBadRequest, 0)
	}
	data, err = c.fetch(ctx, file.Path, most)
	return data, path.Base(file.Path), err
}

// plainPath reports whether a path leads to where files are, whatever it is appended to.
func plainPath(p string) bool {
	return p != "" && path.Clean("/"+p) == "/"+p && !strings.ContainsAny(p, "\\?#%")
}

func downloadError(verdict outbox.Verdict, reason string, code int) *CallError {
	return &CallError{Method: "file", Verdict: verdict, Reason: reason, Code: code, Description: http.StatusText(code)}
}

// fetch gets a file by its path.
func (c *Client) fetch(ctx context.Context, file string, most int64) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, downloadFactor*c.timeout)
	defer cancel()
	address, err := url.JoinPath(c.files, file)
	if err != nil {
		return nil, errors.New("the address of a file is no URL")
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return nil, errors.New("the address of a file is no URL")
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, c.lostFile(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(io.LimitReader(resp.Body, most+1))
	switch {
	case resp.StatusCode != http.StatusOK:
		return nil, c.noFile(resp.StatusCode)
	case err != nil:
		return nil, c.lostFile(err)
	case int64(len(data)) > most:
		return nil, downloadError(outbox.Refused, outbox.ReasonTooBig, 0)
	}
	return data, nil
}

// lostFile is a file that did not arrive. Fetching it again does no harm, so it is never in doubt.
func (c *Client) lostFile(err error) error {
	reason := outbox.ReasonNetwork
	if timedOut(err) {
		reason = outbox.ReasonTimeout
	}
	c.log.Debug("telegram file not fetched", "reason", reason)
	return downloadError(outbox.NotSent, reason, 0)
}

// noFile is an answer that is no file. A path is good for an hour; then, and for a wrong token, there is a 404.
func (c *Client) noFile(status int) error {
	c.log.Debug("telegram file not fetched", "code", status)
	switch {
	case status == http.StatusUnauthorized:
		return downloadError(outbox.NotSent, outbox.ReasonUnauthorized, status)
	case status == http.StatusNotFound:
		return downloadError(outbox.NotSent, outbox.ReasonNotFound, status)
	case status == http.StatusTooManyRequests:
		return downloadError(outbox.Flooded, outbox.ReasonFlood, status)
	case status >= http.StatusInternalServerError:
		return downloadError(outbox.NotSent, outbox.ReasonServerError, status)
	}
	return downloadError(outbox.NotSent, outbox.ReasonProxy, status)
}

// fileAddress is where files are. It holds the token.
func fileAddress(apiURL, token string) string {
	return fmt.Sprintf("%s/file/bot%s", strings.TrimSuffix(apiURL, "/"), token)
}
