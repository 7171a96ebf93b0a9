package telegram

import (
	"context"
	"errors"
	"fmt"
	"path"
	"strings"
	"time"
	"unicode"

	"shopwarden/bot/chart"
	"shopwarden/bot/outbox"
)

// Painter draws pictures as PNG. It is called from several goroutines at once.
type Painter interface {
	Draw(p chart.Picture) ([]byte, error)
}

// A picture that takes longer than drawFor is left out; it takes some milliseconds. No more than drawAtOnce are drawn at a
// time: more would only make each of them slower, and what never comes to an end holds no more than these.
const (
	drawFor    = 3 * time.Second
	drawAtOnce = 4
)

// maxPhoto and maxFile are the most bytes of a picture and of a document (core.telegram.org/bots/api#sending-files).
const (
	maxPhoto = 10 << 20
	maxFile  = 50 << 20
)

var (
	errSlowPicture = errors.New("drawing takes too long")
	errEmpty       = errors.New("the picture is empty")
	errHuge        = errors.New("the picture is too big")
)

// studio draws for a sender, and comes back in time whatever the painter does.
type studio struct {
	painter Painter
	seats   chan struct{}
	limit   time.Duration
}

func newStudio(p Painter) *studio {
	return &studio{painter: p, seats: make(chan struct{}, drawAtOnce), limit: drawFor}
}

// draw draws a picture. A painter that panics is an error. One that does not come back is left behind with its seat: there
// is no way to stop it.
func (s *studio) draw(ctx context.Context, p chart.Picture) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, s.limit)
	defer cancel()
	select {
	case s.seats <- struct{}{}:
	case <-ctx.Done():
		return nil, errSlowPicture
	}
	type drawn struct {
		png []byte
		err error
	}
	done := make(chan drawn, 1)
	go func() {
		defer func() { <-s.seats }()
		png, err := safely(s.painter, p)
		done <- drawn{png, err}
	}()
	select {
	case d := <-done:
		return d.png, d.err
	case <-ctx.Done():
		return nil, errSlowPicture
	}
}

// safely draws, and makes an error of a panic and of what cannot be sent.
func safely(painter Painter, p chart.Picture) (png []byte, err error) {
	defer func() {
		if r := recover(); r != nil {
			png, err = nil, fmt.Errorf("drawing panicked: %v", r)
		}
	}()
	png, err = painter.Draw(p)
	switch {
	case err != nil:
		return nil, fmt.Errorf("drawing: %w", err)
	case len(png) == 0:
		return nil, errEmpty
	case len(png) > maxPhoto:
		return nil, errHuge
	}
	return png, nil
}

// illustrate draws the picture of a message into its draft. Without one the text goes alone, and the note says so; with no
// painter there are no pictures, and nothing to say.
func (s *Sender) illustrate(ctx context.Context, m outbox.Message, d draft) draft {
	if m.Picture == nil || d.as != asText || s.studio == nil {
		return d
	}
	if !d.fitsCaption() {
		s.log.Warn("a text is too long to go with its picture and goes alone", "key", m.Key, "chat", m.Chat, "units", visible(d.text))
		return d.alone()
	}
	png, err := s.studio.draw(ctx, *m.Picture)
	if err != nil {
		s.log.Warn("a picture could not be drawn, its text goes alone", "key", m.Key, "chat", m.Chat, "err", err)
		return d.alone()
	}
	d.as, d.picture = asPhoto, png
	return d
}

// longestName is the most bytes of a file name that every system keeps.
const longestName = 120

// fileName cleans the name of a document: no folders, nothing that cannot be seen, nothing that a system takes for more than
// a name. The extension survives.
func fileName(name string) string {
	name = strings.Map(func(r rune) rune {
		switch {
		case !unicode.IsPrint(r), r == '\uFFFD':
			return -1
		case strings.ContainsRune(`/\:*?"<>|`, r):
			return '-'
		}
		return r
	}, name)
	name = strings.Trim(name, " .-")
	if name == "" {
		return "file"
	}
	ext := path.Ext(name)
	if len(ext) > longestName/4 {
		ext = ""
	}
	stem := strings.TrimSuffix(name, ext)
	for len(stem)+len(ext) > longestName {
		runes := []rune(stem)
		stem = string(runes[:len(runes)-1])
	}
	return stem + ext
}
