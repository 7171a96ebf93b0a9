package store

import (
	"context"
	"fmt"
)

// InstallationSecret returns the secret of this installation. The first caller's fresh text becomes it; it stays for ever.
func (s *Store) InstallationSecret(ctx context.Context, fresh string) (string, error) {
	if err := s.db.SetNX(ctx, installKey, fresh, 0).Err(); err != nil { // a repetition finds the key taken
		return "", fmt.Errorf("keeping the installation's secret: %w", err)
	}
	text, err := s.db.Get(ctx, installKey).Result()
	if err != nil {
		return "", fmt.Errorf("reading the installation's secret: %w", err)
	}
	return text, nil
}
