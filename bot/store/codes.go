package store

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"shopwarden/bot/notify"
	"shopwarden/bot/sla"
)

// ErrNoCode says that a bind code is unknown, has run out, or was taken by another chat.
var ErrNoCode = errors.New("no such code")

// codeBytes is one byte for the partition and 128 random bits.
const codeBytes = 1 + 16

// Invite is what a bind code stands for.
type Invite struct {
	Shop  string
	Role  notify.Role
	By    int64 // the chat of whoever invites; 0 = whoever runs the program
	Spent bool  // it has bound its chat
}

// NewCode returns a code of 23 characters from A–Z, a–z, 0–9, - and _ that binds one chat to a shop until ttl has passed.
// Redis holds only its hash. It returns [sla.ErrUnknownShop] when the shop is not set up.
func (s *Store) NewCode(ctx context.Context, shop string, role notify.Role, ttl time.Duration) (string, error) {
	return s.Invite(ctx, Invite{Shop: shop, Role: role}, ttl)
}

// Invite is NewCode on behalf of a chat.
func (s *Store) Invite(ctx context.Context, invite Invite, ttl time.Duration) (string, error) {
	shop := invite.Shop
	p := partitionOf(shop)
	secret := make([]byte, codeBytes)
	secret[0] = byte(p)
	_, _ = rand.Read(secret[1:]) // never fails: crypto/rand ends the program instead
	code := base64.RawURLEncoding.EncodeToString(secret)
	b := newBatch(p, "")
	b.write("require", keysOf(shop).settings())
	b.write("HSET", codeKey(p, digest(code)), "shop", shop, "role", string(invite.Role), "by", invite.By)
	b.write("PEXPIRE", codeKey(p, digest(code)), ttl.Milliseconds())
	if err := s.apply(ctx, b); err != nil {
		return "", fmt.Errorf("making a code for shop %s: %w", shop, err)
	}
	return code, nil
}

// TakeCode uses a code up for one chat and returns what it stands for. The same chat gets the same answer again until the
// code runs out, and learns whether it was spent; everybody else gets [ErrNoCode]. Whoever offers codes to guessers must limit their attempts.
func (s *Store) TakeCode(ctx context.Context, code string, chat int64) (Invite, error) {
	secret, err := base64.RawURLEncoding.DecodeString(code)
	if err != nil || len(secret) != codeBytes {
		return Invite{}, ErrNoCode
	}
	c := &call{script: s.scripts.take, keys: []string{codeKey(int(secret[0]), digest(code))}, args: []any{chat}}
	if err := s.run(ctx, []*call{c}); err != nil {
		return Invite{}, fmt.Errorf("taking a code: %w", err)
	}
	answer, err := c.result.StringSlice()
	if errors.Is(err, redis.Nil) {
		return Invite{}, ErrNoCode
	}
	if err != nil || len(answer) != 4 {
		return Invite{}, fmt.Errorf("taking a code: unexpected answer: %w", err)
	}
	invite := Invite{Shop: answer[0], Role: notify.Role(answer[1]), Spent: answer[3] == "1"}
	if invite.By, err = strconv.ParseInt(answer[2], 10, 64); err != nil {
		return Invite{}, fmt.Errorf("taking a code: %w", err)
	}
	if _, err := s.Shop(ctx, invite.Shop); errors.Is(err, sla.ErrUnknownShop) {
		return Invite{}, ErrNoCode
	} else if err != nil {
		return Invite{}, fmt.Errorf("taking a code: %w", err)
	}
	return invite, nil
}

// SpendCode notes that a code has bound its chat. Repeating it changes nothing, and neither does a code that has run out.
func (s *Store) SpendCode(ctx context.Context, code string) error {
	secret, err := base64.RawURLEncoding.DecodeString(code)
	if err != nil || len(secret) != codeBytes {
		return nil
	}
	b := newBatch(int(secret[0]), "")
	b.write("require", codeKey(int(secret[0]), digest(code)))
	b.write("HSET", codeKey(int(secret[0]), digest(code)), "spent", "1")
	if err := s.apply(ctx, b); err != nil && !errors.Is(err, sla.ErrUnknownShop) {
		return fmt.Errorf("spending a code: %w", err)
	}
	return nil
}

// digest is the first 132 bits of SHA-256 in 22 characters that are safe in URLs and keys.
func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return base64.RawURLEncoding.EncodeToString(sum[:])[:22]
}
