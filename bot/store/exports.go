package store

import (
	"context"
	"fmt"
	"strconv"
	"time"
)

// wishLives is how long a file that was asked for is worth making.
const wishLives = 24 * time.Hour

// AskExport keeps that a chat asks for a file, and returns the wish that stands: this one, or an earlier one that is still to
// be made. Repeating it changes nothing. line tells apart what is made side by side.
func (s *Store) AskExport(ctx context.Context, line int, chat int64, wish string) (standing string, err error) {
	c := &call{script: s.scripts.wish, keys: []string{exportsKey(line)}, args: []any{chat, wish, wishLives.Milliseconds()}}
	if err := s.run(ctx, []*call{c}); err != nil {
		return "", fmt.Errorf("asking for a file: %w", err)
	}
	if standing, err = c.result.Text(); err != nil {
		return "", fmt.Errorf("asking for a file: %w", err)
	}
	return standing, nil
}

// Exports returns what is asked for on a line, by chat.
func (s *Store) Exports(ctx context.Context, line int) (map[int64]string, error) {
	fields, err := s.db.HGetAll(ctx, exportsKey(line)).Result()
	if err != nil {
		return nil, fmt.Errorf("reading which files are asked for: %w", err)
	}
	wishes := make(map[int64]string, len(fields))
	for field, wish := range fields {
		chat, err := strconv.ParseInt(field, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("reading which files are asked for: %w", err)
		}
		wishes[chat] = wish
	}
	return wishes, nil
}

// DoneExport forgets a wish; nothing happens when the chat has another one by now.
func (s *Store) DoneExport(ctx context.Context, line int, chat int64, wish string) error {
	if _, err := s.runOne(ctx, s.scripts.granted, []string{exportsKey(line)}, chat, wish); err != nil {
		return fmt.Errorf("noting that a file is made: %w", err)
	}
	return nil
}
