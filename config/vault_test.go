package config

import (
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func vaultOf(t *testing.T, secret Secret, previous ...Secret) *Vault {
	t.Helper()
	v, err := NewVault(secret, previous...)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

var (
	keyA = Secret(strings.Repeat("a", MinDataSecret))
	keyB = Secret(strings.Repeat("b", MinDataSecret))
	noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
)

func TestAVaultOpensWhatItSealed(t *testing.T) {
	v := vaultOf(t, keyA)
	for _, secret := range []Secret{"", "app-secret", Secret(strings.Repeat("长", 1000))} {
		sealed := v.Seal("shop", secret)
		if got, err := v.Open("shop", sealed); err != nil || got.Reveal() != secret.Reveal() {
			t.Errorf("got %q, %v", got.Reveal(), err)
		}
		if !strings.HasPrefix(sealed, "v1:") || secret != "" && strings.Contains(sealed, secret.Reveal()) {
			t.Errorf("sealed as %q", sealed)
		}
	}
	if once, again := v.Seal("shop", "x"), v.Seal("shop", "x"); once == again {
		t.Error("equal secrets show as equal")
	}
}

func TestASealedSecretIsWorthlessElsewhere(t *testing.T) {
	v := vaultOf(t, keyA)
	sealed := v.Seal("shop", "secret")
	raw, err := base64.RawURLEncoding.DecodeString(strings.TrimPrefix(sealed, "v1:"))
	if err != nil {
		t.Fatal(err)
	}
	raw[len(raw)-1] ^= 1
	tests := map[string]struct {
		vault  *Vault
		shop   string
		sealed string
	}{
		"another shop":   {v, "shop2", sealed},
		"another key":    {vaultOf(t, keyB), "shop", sealed},
		"one bit off":    {v, "shop", "v1:" + base64.RawURLEncoding.EncodeToString(raw)},
		"cut":            {v, "shop", sealed[:10]},
		"no text":        {v, "shop", ""},
		"another form":   {v, "shop", "v2:" + sealed[3:]},
		"not sealed":     {v, "shop", "secret"},
		"not base64":     {v, "shop", "v1:&&&"},
		"prefix dropped": {v, "shop", sealed[3:]},
	}
	for name, tt := range tests {
		if got, err := tt.vault.Open(tt.shop, tt.sealed); !errors.Is(err, ErrSealed) || got != "" {
			t.Errorf("%s: got %q, %v", name, got.Reveal(), err)
		}
	}
}

func TestNoVaultWithoutAGoodDataSecret(t *testing.T) {
	for _, secret := range []Secret{"", "hunter2"} {
		_, err := NewVault(secret)
		if se := (*SettingError)(nil); !errors.As(err, &se) || se.Name != "DATA_SECRET" || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("got %v", err)
		}
	}
	if _, err := NewVault(keyA, ""); err != nil {
		t.Errorf("an absent previous secret: %v", err)
	}
}

func TestSecretsSurviveANewDataSecret(t *testing.T) {
	s := NewShop("a", Standard, noon)
	secret, err := s.Rotate(vaultOf(t, keyA), noon, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	both := vaultOf(t, keyB, keyA)
	want := []string{secret.Reveal()}
	if got, err := s.ValidSecrets(both, noon); err != nil || !cmp.Equal(got, want) {
		t.Fatalf("got %v, %v", got, err)
	}
	if changed, err := s.Reseal(both); !changed || err != nil {
		t.Fatalf("first reseal: %v, %v", changed, err)
	}
	if changed, err := s.Reseal(both); changed || err != nil {
		t.Errorf("a second reseal changes something: %v, %v", changed, err)
	}
	if got, err := s.ValidSecrets(vaultOf(t, keyB), noon); err != nil || !cmp.Equal(got, want) {
		t.Errorf("under the new secret alone: got %v, %v", got, err)
	}
	if changed, err := s.Reseal(vaultOf(t, keyA)); changed || !errors.Is(err, ErrSealed) {
		t.Errorf("resealing what cannot be opened: %v, %v", changed, err)
	}
}

func TestARotatedSecretIsGoodUntilTheOverlapEnds(t *testing.T) {
	v := vaultOf(t, keyA)
	s := NewShop("a", Standard, noon)
	first, err := s.Rotate(v, noon, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	second, err := s.Rotate(v, noon, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		at   time.Time
		want []string
	}{
		{noon, []string{second.Reveal(), first.Reveal()}},
		{noon.Add(time.Hour - 1), []string{second.Reveal(), first.Reveal()}},
		{noon.Add(time.Hour), []string{second.Reveal()}},
	} {
		if got, err := s.ValidSecrets(v, tt.at); err != nil || !cmp.Equal(got, tt.want) {
			t.Errorf("at %v: got %d secrets, %v", tt.at, len(got), err)
		}
	}
	if _, err := s.Rotate(v, noon.Add(2*time.Hour), 0); err != nil || len(s.Secrets) != 1 {
		t.Errorf("what has run out is kept: %d secrets, %v", len(s.Secrets), err)
	}
}

func TestOneBrokenSecretDoesNotHideTheOthers(t *testing.T) {
	v := vaultOf(t, keyA)
	s := NewShop("a", Doudian, noon)
	for _, secret := range []Secret{"old", "new"} {
		if err := s.AddSecret(v, secret, noon, time.Hour); err != nil {
			t.Fatal(err)
		}
	}
	s.Secrets[0].Sealed = "v1:damaged"
	if got, err := s.ValidSecrets(v, noon); !errors.Is(err, ErrSealed) || !cmp.Equal(got, []string{"old"}) {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestOnlySecretsOfThePlatformsFormAreTaken(t *testing.T) {
	v := vaultOf(t, keyA)
	for _, tt := range []struct {
		platform string
		secret   Secret
		ok       bool
	}{
		{Standard, NewWebhookSecret(), true},
		{Standard, "whsec_AAAA", false},
		{Standard, "whsec_???", false},
		{Doudian, "3c9f1a", true},
		{Doudian, "3c9f1a\n", false},
		{Doudian, "", false},
	} {
		s := NewShop("a", tt.platform, noon)
		if err := s.AddSecret(v, tt.secret, noon, 0); (err == nil) != tt.ok {
			t.Errorf("%s %q: %v", tt.platform, tt.secret.Reveal(), err)
		}
	}
	s := NewShop("a", Doudian, noon)
	if _, err := s.Rotate(v, noon, 0); err == nil || len(s.Secrets) != 0 {
		t.Errorf("we made up a secret for Doudian: %v", err)
	}
}

func TestOfAnUnknownPlatformNothingElseIsSaid(t *testing.T) {
	v, s := vaultOf(t, keyA), NewShop("a", "amazon", noon)
	const want = `platform "amazon" is unknown; there are standard, doudian`
	if secret, err := s.Rotate(v, noon, 0); err == nil || err.Error() != want || secret != "" {
		t.Errorf("rotating: got %v, want %s", err, want)
	}
	if err := s.AddSecret(v, "", noon, 0); err == nil || err.Error() != want || len(s.Secrets) != 0 {
		t.Errorf("adding: got %v, want %s", err, want)
	}
}

func TestWebhookSecretsAreLongAndNeverTheSame(t *testing.T) {
	a, b := NewWebhookSecret().Reveal(), NewWebhookSecret().Reveal()
	raw, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(a, "whsec_"))
	if err != nil || len(raw) != 32 || a == b {
		t.Errorf("got %d bytes, %v, twice the same: %v", len(raw), err, a == b)
	}
}
