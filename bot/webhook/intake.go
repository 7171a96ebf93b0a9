package webhook

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"shopwarden/rules"
)

// Intake takes what a platform reported.
type Intake interface {
	// Apply commits the events of one delivery, all or none. nil means that they are durable; any error means that the
	// platform has to send them again, which it may do even after nil. Events are of known types, checked, and at least
	// one. Apply must return soon after ctx is done. It is called concurrently, also for one shop.
	Apply(ctx context.Context, shop string, events []rules.Event) error
}

// Keys knows how the deliveries of a shop are signed.
type Keys interface {
	// Keyring returns what verifies the shop's deliveries, an error that wraps [ErrUnknownShop] when there is no such
	// shop, and any other error when that cannot be told now (answered with 503). It is called once per delivery,
	// concurrently, with names that strangers may have made up.
	Keyring(ctx context.Context, shop string) (Keyring, error)
}

// ErrUnknownShop is what [Keys] answer for a shop they do not have.
var ErrUnknownShop = errors.New("unknown shop")

// Keyring is what verifies the deliveries of one shop. It prints without its secrets.
type Keyring struct {
	// Platform is the dialect the shop was set up for, [Standard] or [Doudian]. A delivery on another route is refused.
	Platform string
	// AppKey is the key of the shop's app on the platform; Doudian needs it, Standard Webhooks has none.
	AppKey string
	// Secrets are all valid now, newest first: while a secret is being rotated the old one stays in the list.
	// Standard Webhooks secrets are base64, with or without the prefix whsec_. Empty and unreadable ones match nothing.
	Secrets []string `json:"-" yaml:"-"`
	// ShopID, when given, is the shop's id on the platform. One Doudian app pushes the messages of all its shops to one
	// address: entries that name another shop are then counted as unknown and not applied.
	ShopID string
}

// String tells all but the secrets.
func (k Keyring) String() string {
	return fmt.Sprintf("%s keyring of app %q, %d secrets", k.Platform, k.AppKey, len(k.Secrets))
}

// GoString is String, so that %#v does not tell the secrets either.
func (k Keyring) GoString() string { return k.String() }

// LogValue keeps the secrets out of structured logs.
func (k Keyring) LogValue() slog.Value { return slog.StringValue(k.String()) }
