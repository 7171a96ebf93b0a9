package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// delivered runs the program small and returns its rows by name. Whether goals are met at that size proves
// nothing; that the exit code says so is checked.
func delivered(t *testing.T, args ...string) map[string]goal {
	t.Helper()
	var out, errs bytes.Buffer
	args = append([]string{"--delivery", "--quick", "--json", "--scale", "5"}, args...)
	code := run(t.Context(), args, world{strings.NewReader(""), &out, &errs})
	var g goals
	if err := json.Unmarshal(out.Bytes(), &g); err != nil {
		t.Fatalf("exit code %d: %v: %s", code, err, errs.String())
	}
	if want := map[bool]int{true: 1}[missed(g.Rows)]; code != want {
		t.Errorf("exit code %d, want %d: %s", code, want, errs.String())
	}
	rows := map[string]goal{}
	for _, r := range g.Rows {
		if rows[r.Name].Name != "" {
			t.Errorf("two rows are called %q", r.Name)
		}
		rows[r.Name] = r
	}
	return rows
}

// TestEveryDigestOfALoadArrivesAndIsCounted goes the whole way: Redis, a worker in a process of its own, the Bot API.
func TestEveryDigestOfALoadArrivesAndIsCounted(t *testing.T) {
	rows := delivered(t, "--digests", "120", "--messages", "4")
	for _, name := range []string{"load: messages missing", "load: duplicates", "faults: messages left on the queue"} {
		if r, ok := rows[name]; !ok || !r.OK {
			t.Errorf("%s: got %+v", name, r)
		}
	}
	if got := rows["load: digests queued first"].Value; got != 120 {
		t.Errorf("%v digests", got)
	}
	if got := rows["load: share of the allowed rate used"].Value; got <= 0 {
		t.Errorf("share %v", got)
	}
	if got := rows["faults: calls gone wrong"].Value; got < 10 || got > 95 {
		t.Errorf("%v %% of the calls went wrong", got)
	}
}

func TestGoalsAreJSONAsPromised(t *testing.T) {
	raw, err := json.Marshal(goals{[]goal{atMost("load: x", 1.5004, "s", 1.5), none("load: y", 0, "answers"), info("load: z", 3, "")}})
	if err != nil {
		t.Fatal(err)
	}
	want := `{"rows":[{"name":"load: x","value":1.5,"unit":"s","goal":"≤ 1.5","ok":false},` +
		`{"name":"load: y","value":0,"unit":"answers","goal":"0","ok":true},{"name":"load: z","value":3,"unit":"","goal":"","ok":true}]}`
	if diff := cmp.Diff(want, string(raw)); diff != "" {
		t.Error(diff)
	}
}

func TestTheTableMarksWhatWasMissed(t *testing.T) {
	var out strings.Builder
	rows := []goal{atLeast("load: share", 0.9, "", 0.95), below("load: memory", 20_000, "MB", 30_000), info("faults: kill -9", 7, "times")}
	if err := printGoals(&out, rows); err != nil {
		t.Fatal(err)
	}
	table, _, _ := strings.Cut(out.String(), "Seconds are")
	var got [][]string
	for line := range strings.Lines(table) {
		if fields := strings.Fields(line); len(fields) > 0 {
			got = append(got, fields)
		}
	}
	want := [][]string{
		{"value", "goal"}, {"load"}, {"share", "0.9", "≥", "0.95", "MISSED"}, {"memory", "20,000", "MB", "<", "30000", "ok"},
		{"faults"}, {"kill", "-9", "7", "times"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if !missed(rows) || missed(rows[1:]) {
		t.Error("missed is wrong about these rows")
	}
}

func TestQuickAndItsLikeGoWithDelivery(t *testing.T) {
	for _, args := range [][]string{{"--quick"}, {"--delivery", "--scale", "0.5"}, {"--delivery", "--scale", "101"}, {"--delivery", "--digests", "-1"}} {
		var out, errs bytes.Buffer
		if code := run(t.Context(), args, world{strings.NewReader(""), &out, &errs}); code != 2 || errs.Len() == 0 {
			t.Errorf("%v: exit code %d, %q", args, code, errs.String())
		}
	}
	for _, tt := range []struct {
		flags             deliveryFlags
		digests, messages int
	}{
		{deliveryFlags{}, 100_000, 3000}, {deliveryFlags{Quick: true}, 6000, 300}, {deliveryFlags{Quick: true, Digests: 5, Messages: 7}, 5, 7},
	} {
		if digests, messages := tt.flags.sizes(); digests != tt.digests || messages != tt.messages {
			t.Errorf("%+v: %d digests and %d messages", tt.flags, digests, messages)
		}
	}
}
