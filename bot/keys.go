package main

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"sync"
	"time"

	"shopwarden/bot/sla"
	"shopwarden/bot/webhook"
	"shopwarden/config"
)

// vault opens the seals of webhook secrets. Without DATA_SECRET it uses a secret of the installation's own that lies in
// Redis beside what it seals: everything works, and whoever can read Redis can read the secrets. A DATA_SECRET set later
// takes over; what was sealed before still opens.
func (a *app) vault(ctx context.Context) (*config.Vault, error) {
	fresh := make([]byte, config.MinDataSecret)
	if _, err := rand.Read(fresh); err != nil {
		return nil, err
	}
	own, err := a.store.InstallationSecret(ctx, base64.StdEncoding.EncodeToString(fresh))
	if err != nil {
		return nil, err
	}
	if a.settings.DataSecret == "" {
		a.log.Warn("DATA_SECRET is not set: webhook secrets can be read by whoever can read Redis")
		return config.NewVault(config.Secret(own))
	}
	return config.NewVault(a.settings.DataSecret, a.settings.DataSecretPrevious, config.Secret(own))
}

// keyring answers the doors' question how a shop signs. What it knows of a shop it believes for keyringTTL: a new secret
// works after that long at the latest, and an old one has its overlap.
type keyring struct {
	store interface {
		Shop(ctx context.Context, id string) (config.Shop, error)
	}
	vault *config.Vault
	now   func() time.Time

	mu    sync.Mutex
	known map[string]cached
}

type cached struct {
	ring webhook.Keyring
	read time.Time // by the machine's clock
}

const keyringTTL = 2 * time.Second

// Keyring implements webhook.Keys. Unknown shops are not remembered: strangers may ask for any name.
func (k *keyring) Keyring(ctx context.Context, id string) (webhook.Keyring, error) {
	k.mu.Lock()
	c, ok := k.known[id]
	k.mu.Unlock()
	if ok && time.Since(c.read) < keyringTTL {
		return c.ring, nil
	}
	shop, err := k.store.Shop(ctx, id)
	if errors.Is(err, sla.ErrUnknownShop) {
		return webhook.Keyring{}, webhook.ErrUnknownShop
	}
	if err != nil {
		return webhook.Keyring{}, err
	}
	secrets, err := shop.ValidSecrets(k.vault, k.now())
	if err != nil && len(secrets) == 0 {
		return webhook.Keyring{}, err
	}
	c = cached{webhook.Keyring{Platform: shop.Platform, AppKey: shop.AppKey, Secrets: secrets}, time.Now()}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.known[id] = c
	return c.ring, nil
}
