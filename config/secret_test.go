package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

func TestASecretIsNeverPrinted(t *testing.T) {
	const text = "hunter2-hunter2"
	s := Secret(text)
	type holder struct {
		Token Secret
		List  []Secret
		Map   map[string]Secret
		Ptr   *Secret
	}
	h := holder{s, []Secret{s}, map[string]Secret{"key": s}, &s}
	var out []string
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "% x", "%d", "%T %v", "%10s", "%-10v", "%U", "%t"} {
		for _, arg := range []any{s, &s, h, &h, []any{s}} {
			out = append(out, strings.ReplaceAll(fmt.Sprintf(strings.Replace(verb, "%T ", "", 1), arg), "%!", ""))
		}
	}
	out = append(out, fmt.Sprintln(s, h), fmt.Errorf("wrapped: %w %v", errors.New("x"), s).Error(), s.String())
	for _, marshal := range []func(any) ([]byte, error){json.Marshal, yaml.Marshal} {
		for _, arg := range []any{s, h, map[string]any{"a": s}} {
			raw, err := marshal(arg)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, string(raw))
		}
	}
	var log bytes.Buffer
	for _, handler := range []slog.Handler{slog.NewTextHandler(&log, nil), slog.NewJSONHandler(&log, nil)} {
		slog.New(handler).Info("said", "secret", s, "holder", h, slog.Group("g", "secret", s))
	}
	out = append(out, log.String())
	for _, got := range out {
		if strings.Contains(got, "hunter") || strings.Contains(strings.ToLower(strings.ReplaceAll(got, " ", "")), fmt.Sprintf("%x", text)) {
			t.Errorf("the secret shows in %q", got)
		}
	}
	if s.Reveal() != text {
		t.Errorf("Reveal: got %q", s.Reveal())
	}
	if got := fmt.Sprintf("%v|%q|%s", Secret(""), s, s); got != "|***|***" {
		t.Errorf("got %q", got)
	}
}
