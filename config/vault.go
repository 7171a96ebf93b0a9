package config

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
)

// ErrSealed says that a sealed secret cannot be opened: its key is gone, it belongs to another shop, or it is damaged.
var ErrSealed = errors.New("the sealed secret cannot be opened with DATA_SECRET")

// sealedPrefix tells the form of what follows: base64url of a random nonce and AES-256-GCM's output.
const sealedPrefix = "v1:"

// Vault seals the secrets of shops, so that whoever reads the store cannot sign webhooks. The key comes from DATA_SECRET;
// the id of the shop is bound into the seal, so that one shop's sealed secret is worthless to another. Safe for concurrent
// use.
type Vault struct {
	keys []cipher.AEAD // the current one first
}

// NewVault returns a vault under dataSecret. Secrets sealed under one of previous still open; empty ones are skipped. It
// fails with a *[SettingError] when dataSecret is missing or too short.
func NewVault(dataSecret Secret, previous ...Secret) (*Vault, error) {
	v := &Vault{}
	for i, secret := range append([]Secret{dataSecret}, previous...) {
		if i > 0 && secret == "" {
			continue
		}
		if err := checkDataSecret(secret); err != nil {
			problem := err.Error()
			if secret == "" {
				problem = "is not set: secrets of shops can be neither kept nor read"
			}
			return nil, &SettingError{"DATA_SECRET", problem, "write at least 32 bytes, such as the output of: openssl rand -base64 32"}
		}
		key, err := keyOf(secret)
		if err != nil {
			return nil, fmt.Errorf("making the key of the vault: %w", err)
		}
		v.keys = append(v.keys, key)
	}
	return v, nil
}

func keyOf(secret Secret) (cipher.AEAD, error) {
	key, err := hkdf.Key(sha256.New, []byte(secret.Reveal()), nil, "shopwarden/shop-secret/v1", 32)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// Seal encrypts a secret for one shop. Sealing twice gives different texts.
func (v *Vault) Seal(shop string, secret Secret) string {
	raw := v.keys[0].Seal(nil, nil, []byte(secret.Reveal()), []byte(shop)) //nolint:gosec // no nonce is given because the AEAD draws one
	return sealedPrefix + base64.RawURLEncoding.EncodeToString(raw)
}

// Open decrypts what Seal returned for the same shop, also under a previous DATA_SECRET. The error is [ErrSealed].
func (v *Vault) Open(shop, sealed string) (Secret, error) {
	secret, _, err := v.open(shop, sealed)
	return secret, err
}

// open also tells which key fitted.
func (v *Vault) open(shop, sealed string) (secret Secret, key int, err error) {
	text, ok := strings.CutPrefix(sealed, sealedPrefix)
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if !ok || err != nil {
		return "", 0, ErrSealed
	}
	for i, key := range v.keys {
		if plain, err := key.Open(nil, nil, raw, []byte(shop)); err == nil {
			return Secret(plain), i, nil
		}
	}
	return "", 0, ErrSealed
}

// NewWebhookSecret returns a fresh secret in the form of Standard Webhooks: whsec_ and the base64 of 32 random bytes.
func NewWebhookSecret() Secret {
	raw := make([]byte, 32)
	_, _ = rand.Read(raw) // never fails: it ends the program instead
	return Secret("whsec_" + base64.StdEncoding.EncodeToString(raw))
}
