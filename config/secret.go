package config

import (
	"fmt"
	"io"
	"log/slog"
)

// Secret is text that must never be shown. It prints *** in every verb of fmt, in slog, JSON and YAML, also inside other
// values; an empty secret prints nothing, which tells "not set" from "set". Only [Secret.Reveal] gives the text.
type Secret string

const masked = "***"

// Reveal returns the secret itself, for the one place that needs it.
func (s Secret) Reveal() string { return string(s) }

// String returns *** or, for an empty secret, nothing.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return masked
}

// Format prints what String returns, whatever the verb and flags. Without it %x and %#v would show the text.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.String()) }

// LogValue masks the secret in logs.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText masks the secret in JSON and YAML. It is no key for a map: encoding/json writes keys of a string
// type as they are.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
