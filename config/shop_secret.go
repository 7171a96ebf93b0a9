package config

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"
)

// maxSecrets bounds how many rotations may overlap; minWebhookKey is the least that Standard Webhooks asks for, in bytes.
const (
	maxSecrets    = 8
	minWebhookKey = 24
)

// AddSecret makes a secret the shop's current one. The one before it is good until now+overlap; what has run out by now is
// dropped. It is how a secret that the platform gives (Doudian's app secret) comes in.
func (s *Shop) AddSecret(vault *Vault, secret Secret, now time.Time, overlap time.Duration) error {
	if err := checkPlatform(s.Platform); err != nil {
		return err
	}
	if err := checkWebhookSecret(s.Platform, secret); err != nil {
		return err
	}
	kept := []ShopSecret{{Sealed: vault.Seal(s.ID, secret)}}
	for _, old := range s.Secrets {
		if old.Until.IsZero() {
			old.Until = now.Add(overlap).UTC()
		}
		if old.Until.After(now) && len(kept) < maxSecrets {
			kept = append(kept, old)
		}
	}
	s.Secrets = kept
	return nil
}

// Rotate gives the shop a fresh secret of our making and returns it, for the one time it can be shown. The one before it is
// good until now+overlap. A Doudian shop is refused: its secret comes from the platform.
func (s *Shop) Rotate(vault *Vault, now time.Time, overlap time.Duration) (Secret, error) {
	if err := checkPlatform(s.Platform); err != nil {
		return "", err
	}
	if s.Platform != Standard {
		return "", fmt.Errorf("the secret of a %s shop is given by the platform; set the one it shows", s.Platform)
	}
	secret := NewWebhookSecret()
	return secret, s.AddSecret(vault, secret, now, overlap)
}

// ValidSecrets returns the secrets that sign this shop's webhooks now, newest first. An error means that some cannot be
// opened ([ErrSealed]); those that can are returned with it.
func (s Shop) ValidSecrets(vault *Vault, now time.Time) (secrets []string, err error) {
	for _, one := range s.Secrets {
		if !one.Until.IsZero() && !one.Until.After(now) {
			continue
		}
		secret, e := vault.Open(s.ID, one.Sealed)
		if e != nil {
			err = fmt.Errorf("shop %s: %w", s.ID, e)
			continue
		}
		secrets = append(secrets, secret.Reveal())
	}
	return secrets, err
}

// Reseal seals again under the current DATA_SECRET whatever is sealed under a previous one, and reports whether anything
// was. Secrets that cannot be opened stay as they are and are reported.
func (s *Shop) Reseal(vault *Vault) (changed bool, err error) {
	list := make([]ShopSecret, len(s.Secrets))
	for i, one := range s.Secrets {
		list[i] = one
		secret, key, e := vault.open(s.ID, one.Sealed)
		switch {
		case e != nil:
			err = fmt.Errorf("shop %s: %w", s.ID, e)
		case key > 0:
			list[i].Sealed, changed = vault.Seal(s.ID, secret), true
		}
	}
	if changed {
		s.Secrets = list
	}
	return changed, err
}

func checkWebhookSecret(platform string, secret Secret) error {
	text := secret.Reveal()
	switch {
	case text == "":
		return errors.New("the secret is empty")
	case strings.TrimSpace(text) != text:
		return errors.New("the secret begins or ends with a space or a line break")
	case platform != Standard:
		return nil
	}
	raw, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(text, "whsec_"))
	if err != nil || len(raw) < minWebhookKey {
		return fmt.Errorf("the secret of a standard shop is whsec_ and the base64 of at least %d bytes", minWebhookKey)
	}
	return nil
}
