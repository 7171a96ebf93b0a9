package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

// TestMain lets the test binary be the service and the worker too, as the program itself is.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && (os.Args[1] == "serve" || os.Args[1] == "deliver") {
		os.Exit(run(context.Background(), os.Args[1:], world{os.Stdin, os.Stdout, os.Stderr}))
	}
	_ = os.Setenv("GORACE", "atexit_sleep_ms=0") // else each service takes a second to end under the race detector
	goleak.VerifyTestMain(m)
}

// measured runs the program and returns what it printed as JSON. It fails the test when the counts differ.
func measured(t *testing.T, args ...string) report {
	t.Helper()
	var out, errs bytes.Buffer
	if code := run(t.Context(), append(args, "--json"), world{strings.NewReader(""), &out, &errs}); code != 0 {
		t.Fatalf("exit code %d: %s", code, errs.String())
	}
	var r report
	if err := json.Unmarshal(out.Bytes(), &r); err != nil {
		t.Fatal(err)
	}
	return r
}

// TestGroupsBeatARoundTripPerCommand holds the reason for committing in groups. The margin is wide of what is measured (2
// to 3 with single events, 8 and more with bodies of 20), and noise gets three tries.
func TestGroupsBeatARoundTripPerCommand(t *testing.T) {
	const tries = 3
	for _, tt := range []struct {
		batch, connections string
		least              float64
	}{{"1", "64", 1.3}, {"20", "16", 2}} {
		t.Run(tt.batch, func(t *testing.T) {
			var got float64
			for range tries {
				r := measured(t, "--short", "--batch", tt.batch, "--connections", tt.connections)
				if got = r.Tables[0].OfBaseline.Median; got >= tt.least {
					return
				}
			}
			t.Errorf("ours takes %.2f times the events of the baseline, want %.1f", got, tt.least)
		})
	}
}

func TestAWrongCommandLineIsRefused(t *testing.T) {
	for _, args := range [][]string{{"--batch", "501"}, {"--shops", "0"}, {"--seconds", "61"}, {"--connections", "0"}, {"--rounds", "0"}} {
		var out, errs bytes.Buffer
		if code := run(t.Context(), args, world{strings.NewReader(""), &out, &errs}); code != 2 || errs.Len() == 0 {
			t.Errorf("%v: exit code %d, %q", args, code, errs.String())
		}
	}
}

// TestARedisInUseIsLeftAlone: a round ends with FLUSHDB.
func TestARedisInUseIsLeftAlone(t *testing.T) {
	s, err := startServer(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer s.stop()
	if err := s.db.Set(t.Context(), "somebody", "else's", 0).Err(); err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	code := run(t.Context(), []string{"--short", "--redis", s.url}, world{strings.NewReader(""), &out, &errs})
	if code != 1 || !strings.Contains(errs.String(), "name an empty one") {
		t.Errorf("exit code %d, %q", code, errs.String())
	}
	if n := s.db.DBSize(t.Context()).Val(); n != 1 {
		t.Errorf("%d keys are left, want 1", n)
	}
}
